import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { Canonicaliser } from "../../src/maildrop/index.ts";

const SEED = 7_110_934;

interface Made {
  readonly text: string;
  readonly octets: number;
  readonly stuffedLines: number;
  readonly headerOctets: number;
}

function octetsOf(text: string): Uint8Array {
  return Buffer.from(text, "latin1");
}

function make(...chunks: readonly Uint8Array[]): Made {
  const canonical = new Canonicaliser();
  const out: Uint8Array[] = [];
  for (const chunk of chunks) out.push(...canonical.push(chunk));
  out.push(...canonical.end());
  const { octets, stuffedLines, headerOctets } = canonical;
  return { text: Buffer.concat(out).toString("latin1"), octets, stuffedLines, headerOctets };
}

// As received; as kept; lines that begin with a dot; octets of the header with its blank line. By hand.
const fixtures: readonly (readonly [claim: string, given: string, kept: string, dots: number, header: number])[] = [
  ["a dot line", "a\r\n.\r\nb\r\n", "a\r\n.\r\nb\r\n", 1, 9],
  ["lines of dots", "..\r\n...x\r\n", "..\r\n...x\r\n", 2, 10],
  ["a dot alone", ".\r\n", ".\r\n", 1, 3],
  ["a dot without a line end", ".", ".\r\n", 1, 3],
  ["LF line ends", "H: x\n\nb\n", "H: x\r\n\r\nb\r\n", 0, 8],
  ["LF dot LF", "x\n.\ny\n", "x\r\n.\r\ny\r\n", 1, 9],
  ["a bare CR", "a\rb\r\n", "a\rb\r\n", 0, 5],
  ["a dot after a bare CR", "a\r.\r\nb\r\n", "a\r.\r\nb\r\n", 0, 8],
  ["CR CR LF", "a\r\r\n", "a\r\r\n", 0, 4],
  ["a line of one CR is not blank", "a\r\n\r\r\nb\r\n", "a\r\n\r\r\nb\r\n", 0, 9],
  ["a final CR on its own line is not blank", "a\r\n\r", "a\r\n\r\r\n", 0, 6],
  ["NUL", "a\0b\r\n", "a\0b\r\n", 0, 5],
  ["an 8-bit body", "\xe9\r\n", "\xe9\r\n", 0, 3],
  ["a header that is not UTF-8", "Subject: \xff\r\n", "Subject: \xff\r\n", 0, 12],
  ["no final line end", "abc", "abc\r\n", 0, 5],
  ["a final CR", "abc\r", "abc\r\r\n", 0, 6],
  ["an empty message", "", "", 0, 0],
  ["a blank line alone", "\r\n", "\r\n", 0, 2],
  ["an LF alone", "\n", "\r\n", 0, 2],
  ["a header alone", "H: x\r\n", "H: x\r\n", 0, 6],
  ["only the first blank line ends the header", "H: x\r\n\r\n\r\n.\r\n", "H: x\r\n\r\n\r\n.\r\n", 1, 8],
  ["a message that begins with its blank line", "\n.x\n", "\r\n.x\r\n", 1, 2],
  ["mixed line ends", "H: x\r\n\n.\r\n\n", "H: x\r\n\r\n.\r\n\r\n", 1, 8],
];

for (const [claim, given, kept, stuffedLines, headerOctets] of fixtures) {
  const expected = { text: kept, octets: kept.length, stuffedLines, headerOctets };
  test(`${claim} is kept and measured, wherever it is cut`, () => {
    const octets = octetsOf(given);
    assert.deepEqual(make(octets), expected);
    assert.deepEqual(make(...Array.from(octets, (octet) => Uint8Array.of(octet))), expected, "octet by octet");
    for (let cut = 0; cut <= octets.length; cut += 1) {
      assert.deepEqual(make(octets.subarray(0, cut), octets.subarray(cut)), expected, `cut at ${cut}`);
    }
  });
}

test(`any cutting of any message gives what the whole gives (seed ${SEED})`, () => {
  const piece = fc.constantFrom("\r\n", "\n", "\r", ".", "a", "\0", "\xe9", "\r\n\r\n", "\n.\n");
  const messages = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(messages, fc.array(fc.nat(120)), (given, places) => {
      // The rule of line ends in one line; what is measured is read off its result.
      const lines = given.replace(/(?<!\r)\n/g, "\r\n");
      const text = lines === "" || lines.endsWith("\r\n") ? lines : `${lines}\r\n`;
      const blank = text.startsWith("\r\n") ? 2 : text.indexOf("\r\n\r\n") + 4;
      const expected: Made = {
        text,
        octets: text.length,
        stuffedLines: text.split("\r\n").filter((line) => line.startsWith(".")).length,
        headerOctets: blank === 3 ? text.length : blank,
      };
      const cuts = [0, ...places.toSorted((a, b) => a - b), given.length];
      const octets = octetsOf(given);
      const chunks = cuts.slice(1).map((cut, i) => octets.subarray(cuts[i], Math.max(cuts[i] ?? 0, cut)));
      assert.deepEqual(make(octets), expected);
      assert.deepEqual(make(...chunks), expected);
    }),
    { seed: SEED, numRuns: 1_500 },
  );
});

test("canonical octets are handed on, not copied", () => {
  const chunk = octetsOf("Subject: x\r\n\r\nbody\r\n");
  const [out, ...more] = new Canonicaliser().push(chunk);
  assert.equal(out, chunk);
  assert.deepEqual(more, []);
});

test("a body that comes in one huge chunk is made canonical like any other", () => {
  const given = `H: x\n\n${"123456789\n".repeat(20_000)}.end`;
  const kept = `H: x\r\n\r\n${"123456789\r\n".repeat(20_000)}.end\r\n`;
  const made = make(octetsOf(given));
  assert.ok(made.text === kept, "the octets differ");
  assert.deepEqual([made.octets, made.stuffedLines, made.headerOctets], [kept.length, 1, 8]);
});

test("octets are counted while they come", () => {
  const canonical = new Canonicaliser();
  canonical.push(octetsOf("H: x\n"));
  assert.deepEqual([canonical.octets, canonical.headerOctets], [6, 6]);
  canonical.push(octetsOf("\nb"));
  assert.deepEqual([canonical.octets, canonical.headerOctets], [9, 8]);
});

requirement("P3-S-108", "a line of 1 MB is neither wrapped nor cut", () => {
  const line = "x".repeat(1_000_000);
  const made = make(octetsOf(`${line}\r\n${line}`));
  assert.ok(made.text === `${line}\r\n${line}\r\n`);
});

test("wherever in a long chunk a line ends, it is kept and measured alike", () => {
  // A vector of the kernel, and a window of it.
  for (const around of [16, 32, 65_536])
    for (let octets = Math.max(1, around - 20); octets < around + 4; octets += 1) {
      const line = "a".repeat(octets);
      const kept = `H: x\r\n\r\n${line}\r\n.${line}\r\n${line}\r\n.\r\n`;
      const expected = { text: kept, octets: kept.length, stuffedLines: 2, headerOctets: 8 };
      assert.deepEqual(make(octetsOf(kept)), expected);
      assert.deepEqual(make(octetsOf(kept.replaceAll("\r\n", "\n"))), expected);
      assert.deepEqual(make(octetsOf(kept.replace(`${line}\r\n`, `${line}\n`))), expected);
    }
});
