import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readFromLine, writeFromLine } from "../../../src/delivery/imports/from-line.ts";
import { FromQuoting } from "../../../src/delivery/imports/from-quoting.ts";

function rewritten(quoting: FromQuoting, chunks: readonly Uint8Array[]): string {
  return Buffer.concat([...chunks.flatMap((chunk) => [...quoting.push(chunk)]), ...quoting.end()]).toString("latin1");
}
const one = (text: string): Uint8Array[] => [Buffer.from(text, "latin1")];

// mbox(5) of qmail, "HOW A MESSAGE IS READ" and the mboxrd convention.
const QUOTED: readonly (readonly [string, string])[] = [
  ["From me\n", ">From me\n"],
  [">From me\n", ">>From me\n"],
  [">>>From me", ">>>>From me"],
  ["a\nFrom me\r\n\r\nFrom you", "a\n>From me\r\n\r\n>From you"],
  [" From me\n", " From me\n"],
  ["from me\n", "from me\n"],
  ["Fro\n", "Fro\n"],
  ["From", "From"],
  [">>", ">>"],
  ["", ""],
  ["a\rFrom me\n", "a\rFrom me\n"],
];

test("lines that look like a separator get one more mark, other lines none", () => {
  for (const [plain, quoted] of QUOTED) {
    assert.equal(rewritten(FromQuoting.quoting(), one(plain)), quoted);
    assert.equal(rewritten(FromQuoting.unquoting("mboxrd"), one(quoted)), plain);
  }
});

test("mboxo takes the mark of a line quoted once, and leaves what was quoted before", () => {
  assert.equal(
    rewritten(FromQuoting.unquoting("mboxo"), one(">From a\n>>From b\nFrom c\n")),
    "From a\n>>From b\nFrom c\n",
  );
  assert.equal(rewritten(FromQuoting.unquoting("none"), one(">From a\n>>From b\n")), ">From a\n>>From b\n");
});

test("quoting is undone exactly, in any chunks", () => {
  const text = fc.string({ unit: fc.constantFrom("From ", ">", "\n", "\r", "F", "x", " ") });
  fc.assert(
    fc.property(text, fc.array(fc.nat(5), { minLength: 1 }), (plain, cuts) => {
      const quoted = rewritten(FromQuoting.quoting(), cut(plain, cuts));
      assert.doesNotMatch(quoted, /(?:^|\n)From /);
      assert.equal(rewritten(FromQuoting.unquoting("mboxrd"), cut(quoted, cuts)), plain);
    }),
    { numRuns: 1_000 },
  );
});

test("a run of marks without end is passed on, not held", () => {
  const out = FromQuoting.quoting().push(Buffer.alloc(1_000_000, ">"));
  assert.ok(out.reduce((octets, piece) => octets + piece.length, 0) > 900_000);
});

function cut(text: string, cuts: readonly number[]): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = (cuts[turn % cuts.length] ?? 0) + 1;
    chunks.push(Buffer.from(text.slice(at, at + size), "latin1"));
    at += size;
  }
  return chunks;
}

const SEPARATORS: readonly (readonly [string, string, string])[] = [
  ["From ann@b.example Mon Mar  2 08:15:00 2026", "ann@b.example", "2026-03-02T08:15:00.000Z"],
  ["From MAILER-DAEMON Fri Jul  8 12:08:34 2011", "MAILER-DAEMON", "2011-07-08T12:08:34.000Z"],
  ["From - Sat Jan 03 01:05:34 1996", "-", "1996-01-03T01:05:34.000Z"],
  ["From 1234567890@xxx Tue Mar 03 08:12:11 +0000 2020", "1234567890@xxx", "2020-03-03T08:12:11.000Z"],
  ["From ann@b.example Mon Mar  2 08:15:00 +0130 2026", "ann@b.example", "2026-03-02T06:45:00.000Z"],
  ["From ann@b.example Mon Mar  2 08:15:00 CET 2026", "ann@b.example", "2026-03-02T08:15:00.000Z"],
  ["From ann@b.example Mon Mar  2 08:15:00 2026 -0500", "ann@b.example", "2026-03-02T13:15:00.000Z"],
  ["From ann@b.example Mon Mar  2 08:15 2026", "ann@b.example", "2026-03-02T08:15:00.000Z"],
  ["From ann@b.example Mon, 02 Mar 2026 08:15:00 +0000", "ann@b.example", "2026-03-02T08:15:00.000Z"],
  ['From "an n"@b.example Mon Mar  2 08:15:00 2026', '"an n"@b.example', "2026-03-02T08:15:00.000Z"],
  ["From uucp Mon Mar  2 08:15:00 2026 remote from oldbox", "uucp", "2026-03-02T08:15:00.000Z"],
];

test("separators are read with their sender and time, as different programs write them", () => {
  for (const [line, sender, at] of SEPARATORS) {
    const read = readFromLine(line);
    assert.equal(read?.sender, sender, line);
    assert.equal(new Date(read?.at ?? 0).toISOString(), at, line);
  }
});

test("a line of prose is no separator", () => {
  for (const line of [
    "From here on it gets better",
    "From Monday to Friday",
    "From Mon Mar 2",
    "from a Mon Mar  2 08:15:00 2026",
    "From: a@b.example",
  ]) {
    assert.equal(readFromLine(line), undefined, line);
  }
});

test("the separator is written as RFC 4155 has it, in UTC", () => {
  const at = Date.UTC(2026, 2, 2, 8, 5, 9);
  assert.equal(writeFromLine({ sender: "ann@b.example", at }), "From ann@b.example Mon Mar  2 08:05:09 2026");
});
