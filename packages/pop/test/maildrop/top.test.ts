import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TopCutter } from "../../src/maildrop/index.ts";

const SEED = 2_204_871;

interface Cut {
  readonly text: string;
  /** Octets of the message that had to be read. */
  readonly read: number;
}

function top(o: { chunks: readonly string[]; bodyLines: number; headerOctets?: number | undefined }): Cut {
  const { bodyLines, headerOctets } = o;
  const cutter = new TopCutter(headerOctets === undefined ? { bodyLines } : { bodyLines, headerOctets });
  let text = "";
  let read = 0;
  for (const chunk of o.chunks) {
    if (cutter.done) break;
    text += Buffer.from(cutter.push(Buffer.from(chunk, "latin1"))).toString("latin1");
    read += chunk.length;
  }
  return { text: text + Buffer.from(cutter.end()).toString("latin1"), read };
}

const message = "A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n\r\nfour\r\n";

// Canonical message, body lines asked for, what TOP sends (RFC 1939 §7). By hand.
const fixtures: readonly (readonly [claim: string, message: string, bodyLines: number, sent: string])[] = [
  ["no body line", message, 0, "A: 1\r\nB: 2\r\n\r\n"],
  ["one body line", message, 1, "A: 1\r\nB: 2\r\n\r\none\r\n"],
  ["blank lines count as lines", message, 3, "A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n\r\n"],
  ["as many lines as there are", message, 4, message],
  ["more lines than there are", message, 5, message],
  ["far more lines than there are", message, 99_999_999, message],
  ["a header without a body", "A: 1\r\n\r\n", 3, "A: 1\r\n\r\n"],
  ["a header without a blank line gets one", "A: 1\r\n", 0, "A: 1\r\n\r\n"],
  ["a header without a blank line gets one, whatever was asked for", "A: 1\r\nB: 2\r\n", 9, "A: 1\r\nB: 2\r\n\r\n"],
  ["a message that begins with its blank line", "\r\none\r\ntwo\r\n", 1, "\r\none\r\n"],
  ["a blank line alone", "\r\n", 1, "\r\n"],
  ["an empty message", "", 1, ""],
  ["a line of one CR is not blank", "A\r\n\r\r\nb\r\n\r\none\r\ntwo\r\n", 1, "A\r\n\r\r\nb\r\n\r\none\r\n"],
];

for (const [claim, whole, bodyLines, sent] of fixtures) {
  test(`TOP: ${claim}, wherever the message is cut, with the header's length known or not`, () => {
    const blank = whole.startsWith("\r\n") ? 2 : whole.indexOf("\r\n\r\n") + 4;
    for (const headerOctets of [undefined, blank === 3 ? whole.length : blank]) {
      assert.equal(top({ chunks: [...whole], bodyLines, headerOctets }).text, sent, "octet by octet");
      for (let cut = 0; cut <= whole.length; cut += 1) {
        const chunks = [whole.slice(0, cut), whole.slice(cut)];
        assert.equal(top({ chunks, bodyLines, headerOctets }).text, sent, `cut at ${cut}`);
      }
    }
  });
}

test(`TOP of any message in any pieces is its header and its first lines (seed ${SEED})`, () => {
  const line = fc.constantFrom("", "a", "\r", ".", "\r\r", "word word").map((text) => `${text}\r\n`);
  const messages = fc.record({
    lines: fc.array(line, { maxLength: 12 }),
    bodyLines: fc.nat(6),
    pieces: fc.array(fc.nat(9)),
  });
  fc.assert(
    fc.property(messages, ({ lines, bodyLines, pieces }) => {
      const blank = lines.indexOf("\r\n");
      const header = blank === -1 ? lines : lines.slice(0, blank + 1);
      const body = blank === -1 ? [] : lines.slice(blank + 1);
      const added = blank === -1 && lines.length > 0 ? "\r\n" : "";
      const sent = [...header, added, ...body.slice(0, bodyLines)].join("");
      const whole = lines.join("");
      const chunks: string[] = [];
      let at = 0;
      for (const length of pieces) chunks.push(whole.slice(at, (at += length)));
      chunks.push(whole.slice(at));
      assert.equal(top({ chunks, bodyLines }).text, sent);
      assert.equal(top({ chunks, bodyLines, headerOctets: header.join("").length }).text, sent);
    }),
    { seed: SEED, numRuns: 1_500 },
  );
});

test("TOP says when it needs no more of the message", () => {
  const chunks = ["A: 1\r\n", "\r\n", "one\r\n", "two\r\n", "three\r\n"];
  assert.equal(top({ chunks, bodyLines: 0 }).read, 8);
  assert.equal(top({ chunks, bodyLines: 1 }).read, 13);
  const cutter = new TopCutter({ bodyLines: 0 });
  cutter.push(Buffer.from("A: 1\r\n\r\nbody"));
  assert.ok(cutter.done);
  assert.equal(cutter.push(Buffer.from("more\r\n")).length, 0);
});
