// Expected texts are written from RFC 3676 §4; what is flowed is unflowed again by the rules of its §4.4 and §4.5.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import fc from "fast-check";
import { flow } from "../../src/submission/flowed.ts";

test("a long line is cut behind a blank, and says that it goes on", () => {
  const line = "word ".repeat(30).trim();
  const [first = "", second = ""] = flow(line).split("\r\n");
  assert.ok(first.endsWith(" ") && first.length <= 72);
  assert.ok(second.length > 0);
});

test("lines that would be misread are stuffed with a blank", () => {
  assert.equal(flow(" indented\nFrom me\n>not a quote"), "  indented\r\n From me\r\n> not a quote");
});

test("a fixed line keeps no blank at its end, but for the signature's mark", () => {
  assert.equal(flow("end   \n-- \nAnna"), "end\r\n-- \r\nAnna");
});

test("whatever ends a line, the wire gets CRLF", () => {
  assert.equal(flow("one\rtwo\nthree\r\nfour"), "one\r\ntwo\r\nthree\r\nfour");
});

test("quoted lines keep their depth when they are cut", () => {
  const lines = flow(`> > ${"quoted ".repeat(20).trim()}`).split("\r\n");
  assert.ok(lines.length > 1);
  for (const line of lines) assert.match(line, /^>> \S/);
});

test("what is flowed reads the same once unflowed", () => {
  const line = fc
    .array(fc.constantFrom("a", "From", ">", "-", "wörd", "x".repeat(80), "--"), { maxLength: 40 })
    .map((words) => words.join(" ").trim());
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (lines) => {
      const text = lines.filter((one) => !one.startsWith(">")).join("\n");
      assert.equal(unflow(flow(text)), text);
    }),
    { seed: 3_676, numRuns: 500 },
  );
});

/** What a hostile mail can put on the lines that are quoted of it, and the letters among it. */
const HOSTILE: readonly (readonly [what: string, line: string, letters: string])[] = [
  ["300,000 blanks before the last word", `"x" + " ".repeat(300_000) + "y"`, "2"],
  ["300,000 blanks in a quote", `"> " + " ".repeat(300_000) + "y"`, "1"],
  ["deeper quoted than a line is long", `"> ".repeat(100) + "a b c"`, "3"],
  ["150,000 marks and half as many words", `">".repeat(150_000) + " a".repeat(75_000)`, "75000"],
];

for (const [what, line, letters] of HOSTILE)
  test(`a line of a hostile mail takes no longer than it is long: ${what}`, async () => {
    // In a process of its own, since nothing else ends what does not end; it takes a hundredth of its deadline.
    const code = `import { flow } from ${JSON.stringify(new URL("../../src/submission/flowed.ts", import.meta.url).href)};
      process.stdout.write(String(flow(${line}).replaceAll(/[^a-z]/g, "").length));`;
    const run = promisify(execFile)(process.execPath, ["--input-type=module", "--eval", code], { timeout: 60_000 });
    assert.equal((await run).stdout, letters);
  });

/** RFC 3676 §4.4, §4.5 for text without quotes. */
function unflow(text: string): string {
  const out: string[] = [];
  let open = "";
  for (const raw of text.split("\r\n")) {
    const line = raw.startsWith(" ") ? raw.slice(1) : raw;
    if (line.endsWith(" ") && line !== "-- ") open += line;
    else {
      out.push(open + line);
      open = "";
    }
  }
  return [...out, ...(open === "" ? [] : [open])].join("\n");
}
