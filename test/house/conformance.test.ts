// The conformance page says what the outcomes say, and a gap cannot hide.
import assert from "node:assert/strict";
import { test } from "node:test";
import { claimedIds, type TestOutcome } from "../../scripts/conformance/outcomes.ts";
import { conformancePage, staleScope, unprovedMusts, type Evidence } from "../../scripts/conformance/page.ts";
import { readOutOfScope, readRequirements } from "../../scripts/conformance/requirements.ts";
import { runCommand } from "../../scripts/house/command.ts";
import { plant } from "./planted.ts";

const HEAD = "id\tsection\tlevel\trequirement\n";
const TABLE = [
  "P3-S-001\t1939 §3\tmust\tGreets first",
  "P3-S-002\t1939 §4\tmust\tGreets with +OK",
  "P3-S-003\t1939 §4\tSHOULD\tGreets warmly",
  "P3-S-004\t1939 §7\tmust\tSpeaks APOP",
].join("\n");

function evidence(
  context: Parameters<typeof plant>[0],
  tests: readonly TestOutcome[],
  scope = "P3-S-004\tAPOP waits",
): Evidence {
  const root = plant(context, {
    "rfc/requirements/rfc1939.tsv": `${HEAD}${TABLE}\n`,
    "rfc/out-of-scope.tsv": `ids\treason\n${scope}\n`,
  });
  const tables = readRequirements(root);
  return { tables, outOfScope: readOutOfScope(root, tables), tests };
}

const ok = (name: string): TestOutcome => ({ name, file: "packages/pop/test/a.test.ts", outcome: "ok" });
const failed = (name: string): TestOutcome => ({ ...ok(name), outcome: "failed" });

test("a test may claim several requirements by the ids that lead its name", () => {
  assert.deepEqual(claimedIds("P3-S-001 LM-S-010 greets, see P3-S-002"), ["P3-S-001", "LM-S-010"]);
  assert.deepEqual(claimedIds("greets as P3-S-001 asks"), []);
});

test("each row carries its status and its proof", (context) => {
  const page = conformancePage(
    evidence(context, [ok("P3-S-001 says hello (40 of 200, seed 7)"), failed("P3-S-002 says +OK")]),
  );
  const row = (id: string): string => page.split("\n").find((line) => line.startsWith(`| ${id} `)) ?? "";
  assert.equal(
    row("P3-S-001"),
    "| P3-S-001 | 1939 §3 | must | Greets first | says hello ([a.test.ts](../packages/pop/test/a.test.ts)) | proved |",
  );
  assert.match(row("P3-S-002"), /\| fails \|$/);
  assert.match(row("P3-S-003"), /\| no test \|$/);
  assert.equal(row("P3-S-004"), "| P3-S-004 | 1939 §7 | must | Speaks APOP | APOP waits | out of scope |");
  assert.match(page, /^\| all \| +\| 1 \| 1 \| 1 \| 1 \| 4 \|$/m);
});

test("a binding row without a passing test is told; SHOULD and out of scope are not", (context) => {
  const gaps = unprovedMusts(evidence(context, [failed("P3-S-002 says +OK")]));
  assert.deepEqual(gaps, ["P3-S-001 Greets first", "P3-S-002 Greets with +OK"]);
});

test("a row that one test proves and another contradicts fails", (context) => {
  const page = conformancePage(evidence(context, [ok("P3-S-001 a"), failed("P3-S-001 b")]));
  assert.match(page, /^\| P3-S-001 .*\| fails \|$/m);
});

test("a line of rows that wait for nothing any more is told", (context) => {
  assert.deepEqual(staleScope(evidence(context, [ok("P3-S-004 digests")])), ["P3-S-004"]);
});

test("a family of which some rows are proved still waits for the others", (context) => {
  const some = evidence(context, [ok("P3-S-004 digests")], "P3-S-*\twaits");
  assert.deepEqual(staleScope(some), []);
  assert.match(conformancePage(some), /^\| P3-S-004 .*\| proved \|$/m);
  assert.match(conformancePage(some), /^\| P3-S-003 .*\| waits \| out of scope \|$/m);
});

test("ranges and families name rows, and a line that names none is an error", (context) => {
  const named = (scope: string): readonly string[] => evidence(context, [], scope).outOfScope.flatMap(({ ids }) => ids);
  assert.deepEqual(named("P3-S-002..P3-S-003\twaits"), ["P3-S-002", "P3-S-003"]);
  assert.equal(named("P3-S-*\twaits").length, 4);
  assert.throws(() => named("P3-S-099\twaits"), /P3-S-099 matches no requirement/);
  assert.throws(() => named("P3-S-001\ta\nP3-S-*\tb"), /P3-S-001 is listed twice/);
});

test("an unknown id in a test fails that test's file", async (context) => {
  const folder = plant(context, {
    "a.test.ts": `import { requirement } from ${JSON.stringify(new URL("../../scripts/conformance/requirement.ts", import.meta.url).href)};
requirement("P3-S-999", "nobody asked for this", () => {});
`,
  });
  const { code, output } = await runCommand("node", ["--test", "a.test.ts"], { cwd: folder });
  assert.equal(code, 1);
  assert.match(output, /P3-S-999 is not in rfc\/requirements/);
});

test("the reporter keeps name, file, outcome and reason of each test", async (context) => {
  const folder = plant(context, {
    "a.test.ts": `import { test } from "node:test";
test("passes", () => {});
test("fails", () => { throw new Error("no"); });
test("waits", { skip: "needs fetchmail" }, () => {});
`,
  });
  const reporter = new URL("../../scripts/conformance/outcome-reporter.ts", import.meta.url).href;
  const { output } = await runCommand("node", ["--test", `--test-reporter=${reporter}`, "a.test.ts"], { cwd: folder });
  const run = JSON.parse(output) as { readonly tests: readonly TestOutcome[]; readonly summary: readonly string[] };
  assert.deepEqual(run.tests, [
    { name: "fails", file: "a.test.ts", outcome: "failed" },
    { name: "passes", file: "a.test.ts", outcome: "ok" },
    { name: "waits", file: "a.test.ts", outcome: "skipped", reason: "needs fetchmail" },
  ]);
  assert.ok(run.summary.includes("fail 1"));
});

test("the reporter names the file that was run, not the helper that declared the test", async (context) => {
  const slow = 'import { claim } from "./helper.ts";\nclaim("A1");\nclaim("A2");\n';
  const folder = plant(context, {
    "helper.ts": `import { test } from "node:test";
export function claim(name: string): void {
  void test(name, () => new Promise<void>((resolve) => setImmediate(resolve)));
}
`,
    "a.test.ts": slow,
    "b.test.ts": slow.replaceAll("A", "B"),
    "c.test.ts": slow.replaceAll("A", "C"),
  });
  const reporter = new URL("../../scripts/conformance/outcome-reporter.ts", import.meta.url).href;
  const files = ["a.test.ts", "b.test.ts", "c.test.ts"];
  const { output } = await runCommand(
    "node",
    ["--test", "--test-concurrency=3", `--test-reporter=${reporter}`, ...files],
    {
      cwd: folder,
    },
  );
  const { tests } = JSON.parse(output) as { readonly tests: readonly TestOutcome[] };
  assert.deepEqual(
    tests.map(({ name, file }) => `${name} ${file}`),
    ["A1 a.test.ts", "A2 a.test.ts", "B1 b.test.ts", "B2 b.test.ts", "C1 c.test.ts", "C2 c.test.ts"],
  );
});

test("a file whose process dies is told as its own failure, not as the next file's", async (context) => {
  const folder = plant(context, {
    "a.test.ts":
      'import { test } from "node:test";\ntest("a passes", () => {});\ntest("dies", () => process.exit(3));\n',
    "b.test.ts": 'throw new Error("before any test");\n',
    "c.test.ts": 'import { test } from "node:test";\ntest("c passes", () => {});\n',
  });
  const reporter = new URL("../../scripts/conformance/outcome-reporter.ts", import.meta.url).href;
  const args = ["--test", `--test-reporter=${reporter}`, "a.test.ts", "b.test.ts", "c.test.ts"];
  const { output } = await runCommand("node", args, { cwd: folder });
  const { tests } = JSON.parse(output) as { readonly tests: readonly TestOutcome[] };
  assert.deepEqual(
    tests.filter(({ outcome }) => outcome === "failed").map(({ name, file }) => [name, file]),
    [
      ["a.test.ts", "a.test.ts"],
      ["b.test.ts", "b.test.ts"],
    ],
  );
  assert.deepEqual(tests.find(({ name }) => name === "c passes")?.file, "c.test.ts");
});
