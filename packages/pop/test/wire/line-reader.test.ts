import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LineReader, type LineLimit, type ReadLine } from "../../src/wire/index.ts";
import { heldOctets } from "../support/garbage.ts";
import { cutAt, octets, text } from "./octet-text.ts";

const SEED = 2_449_041;
const limit100: LineLimit = () => 100;

function shown(line: ReadLine | undefined): string | undefined {
  return line?.kind === "line" ? text(line.octets) : line?.kind;
}

/** All lines in these chunks, each read as soon as it can be. */
function linesOf(chunks: readonly Uint8Array[], limit: LineLimit = limit100): readonly string[] {
  const reader = new LineReader();
  const lines: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let line = reader.next(limit); line !== undefined; line = reader.next(limit)) lines.push(shown(line) ?? "");
  }
  return lines;
}

const cases: readonly (readonly [claim: string, input: string, lines: readonly string[]])[] = [
  ["a line ends at CRLF", "NOOP\r\n", ["NOOP"]],
  ["a bare LF ends a line", "NOOP\nSTAT\r\n", ["NOOP", "STAT"]],
  ["a bare CR never ends a line", "NOOP\rNOOP\r\n", ["NOOP\rNOOP"]],
  ["only one CR belongs to the line end", "a\r\r\n", ["a\r"]],
  ["a line may be empty", "\r\n\n\r\n", ["", "", ""]],
  ["a line without its end is not a line", "QUIT", []],
  ["a line that ends with CR only is not a line", "QUIT\r", []],
  ["NUL and octets over 127 are octets like others", "\0\xff\r\n", ["\0\xff"]],
];

for (const [claim, input, lines] of cases) {
  test(`${claim}, wherever the input is cut`, () => {
    assert.deepEqual(linesOf([octets(input)]), lines);
    for (let place = 1; place < input.length; place += 1)
      assert.deepEqual(linesOf(cutAt(octets(input), [place])), lines);
    assert.deepEqual(linesOf(Array.from(octets(input), (octet) => Uint8Array.of(octet))), lines);
  });
}

test("the limit counts the line end", () => {
  const longest = `${"x".repeat(98)}\r\n`;
  assert.deepEqual(linesOf([octets(longest)]), ["x".repeat(98)]);
  assert.deepEqual(linesOf([octets(`x${longest}`)]), ["too-long"]);
  assert.deepEqual(linesOf([octets(`${"x".repeat(99)}\n`)]), ["x".repeat(99)]);
  assert.deepEqual(linesOf([octets(`${"x".repeat(100)}\n`)]), ["too-long"]);
});

test("a line over the limit is told once, before its end is there, and the next line is read cleanly", () => {
  const reader = new LineReader();
  reader.push(octets("x".repeat(99)));
  assert.equal(reader.next(limit100), undefined);
  reader.push(octets("x"));
  assert.equal(shown(reader.next(limit100)), "too-long");
  assert.equal(reader.next(limit100), undefined);
  reader.push(octets("x".repeat(500)));
  assert.equal(reader.next(limit100), undefined);
  assert.equal(reader.buffered, 0);
  reader.push(octets("x\r\nNOOP\r\n"));
  assert.equal(shown(reader.next(limit100)), "NOOP");
  assert.equal(reader.next(limit100), undefined);
});

test("chunks already queued behind the beginning of a line that is too long are thrown away up to its end", () => {
  const reader = new LineReader();
  for (const chunk of ["y".repeat(150), "y".repeat(50), "yy\r\nSTAT\r\nNO", "OP\r\n"]) reader.push(octets(chunk));
  assert.deepEqual(
    [1, 2, 3, 4].map(() => shown(reader.next(limit100))),
    ["too-long", "STAT", "NOOP", undefined],
  );
});

test("what was read is let go of, also when there is always a line more", () => {
  const reader = new LineReader();
  const line = octets(`${"x".repeat(4_000)}\r\n`);
  const before = heldOctets();
  reader.push(line.slice());
  for (let count = 0; count < 4_000; count += 1) {
    reader.push(line.slice());
    assert.equal(reader.next(() => 4_096)?.kind, "line");
  }
  const held = heldOctets() - before;
  assert.equal(reader.buffered, line.length);
  assert.ok(held < 65_536 + 100 * line.length, `${held} octets are held`);
});

test("64 MiB without a line end are never held", () => {
  const reader = new LineReader();
  const chunk = new Uint8Array(65_536).fill(0x78);
  const told: string[] = [];
  for (let count = 0; count < 1_024; count += 1) {
    reader.push(chunk);
    const line = reader.next(() => 4_096);
    if (line !== undefined) told.push(line.kind);
    assert.equal(reader.buffered, 0);
  }
  assert.deepEqual(told, ["too-long"]);
});

test("the limit is asked with all of the line there is, so a cut never changes which limit holds", () => {
  const limit: LineLimit = (head) => (text(head.subarray(0, 4)) === "AUTH" ? 60 : 20);
  const input = octets(`AUTH ${"a".repeat(50)}\r\nUSER ${"b".repeat(50)}\r\nNOOP\r\n`);
  const expected = [`AUTH ${"a".repeat(50)}`, "too-long", "NOOP"];
  for (let place = 1; place < input.length; place += 1) {
    assert.deepEqual(linesOf(cutAt(input, [place]), limit), expected);
  }
});

test("peek shows the line that next then gives, whole or too long, in one chunk or two", () => {
  for (const chunks of [["one\r\ntwo\r\n"], ["on", "e\r\ntw", "o\r\n"]]) {
    const reader = new LineReader();
    for (const chunk of chunks) reader.push(octets(chunk));
    assert.equal(shown(reader.peek(limit100)), "one");
    assert.equal(shown(reader.peek(limit100)), "one");
    assert.equal(reader.buffered, 10);
    assert.equal(shown(reader.next(limit100)), "one");
    assert.equal(reader.buffered, 5);
    assert.equal(shown(reader.next(limit100)), "two");
    assert.equal(reader.peek(limit100), undefined);
    assert.equal(reader.buffered, 0);
  }
  const reader = new LineReader();
  reader.push(octets(`${"x".repeat(200)}\r\nNOOP\r\n`));
  assert.deepEqual([reader.peek(limit100)?.kind, reader.next(limit100)?.kind], ["too-long", "too-long"]);
  assert.equal(shown(reader.next(limit100)), "NOOP");
});

test("takeRest gives every octet not read, a peeked line included, and leaves a new reader", () => {
  for (const chunks of [["one\r\nDATA\r\nab"], ["one\r\nDA", "TA", "\r\na", "b"], ["one\r\n", "DATA\r\nab"]]) {
    for (const peeks of [false, true]) {
      const reader = new LineReader();
      for (const chunk of chunks) reader.push(octets(chunk));
      assert.equal(shown(reader.next(limit100)), "one");
      if (peeks) assert.equal(shown(reader.peek(limit100)), "DATA");
      assert.equal(text(reader.takeRest()), "DATA\r\nab");
      assert.equal(reader.buffered, 0);
      assert.equal(reader.next(limit100), undefined);
      reader.push(octets("new\r\n"));
      assert.equal(shown(reader.next(limit100)), "new");
    }
  }
});

test("takeRest in the middle of a line that is thrown away ends the throwing away", () => {
  const reader = new LineReader();
  reader.push(octets("x".repeat(101)));
  assert.equal(reader.next(limit100)?.kind, "too-long");
  assert.equal(reader.takeRest().length, 0);
  reader.push(octets("new\r\n"));
  assert.equal(shown(reader.next(limit100)), "new");
});

test("a line is not changed by what is read later", () => {
  const reader = new LineReader();
  for (const chunk of ["fir", "st\r\nsec", "ond\r\n"]) reader.push(octets(chunk));
  const first = reader.next(limit100);
  const second = reader.next(limit100);
  assert.deepEqual([shown(first), shown(second)], ["first", "second"]);
});

test("lines inside one chunk are not copied", () => {
  const chunk = octets("one\r\ntwo\r\n");
  const reader = new LineReader();
  reader.push(chunk);
  const line = reader.next(limit100);
  assert.equal(line?.kind === "line" && line.octets.buffer === chunk.buffer, true);
});

test("an octet is looked at a bounded number of times when a long line comes one octet at a time", () => {
  let looked = 0;
  const kernel = {
    indexOf(all: Uint8Array, octet: number, from: number): number {
      const found = all.indexOf(octet, from);
      looked += (found < 0 ? all.length : found + 1) - from;
      return found;
    },
    latin1: text,
  };
  const reader = new LineReader({ kernel });
  const line = octets(`${"x".repeat(60_000)}\r\n`);
  for (const octet of line) {
    reader.push(Uint8Array.of(octet));
    if (octet !== 0x0a)
      assert.equal(
        reader.next(() => 65_536),
        undefined,
      );
  }
  assert.equal(shown(reader.next(() => 65_536))?.length, 60_000);
  assert.equal(looked, line.length);
});

test("an octet is copied a bounded number of times when a long line comes one octet at a time", (context) => {
  const octetArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
  const set = Reflect.get(octetArray, "set") as (from: ArrayLike<number>, at?: number) => void;
  let copied = 0;
  context.mock.method(octetArray, "set", function (this: Uint8Array, from: ArrayLike<number>, at?: number): void {
    copied += from.length;
    set.call(this, from, at);
  });
  const reader = new LineReader();
  for (let count = 0; count < 60_000; count += 1) {
    reader.push(Uint8Array.of(0x78));
    assert.equal(
      reader.next(() => 65_536),
      undefined,
    );
  }
  // Once into the buffer, and once on average when it doubles.
  assert.ok(copied >= 60_000 && copied < 3 * 60_000, `${copied} octets copied`);
});

test(`any cutting of any input gives the same lines (seed ${SEED})`, () => {
  const piece = fc.constantFrom("\r", "\n", "\r\n", "a", "bb", "x".repeat(40), "y".repeat(120));
  const sample = fc.tuple(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(1_500), { maxLength: 12 }));
  fc.assert(
    fc.property(sample, ([pieces, places]) => {
      const input = pieces.join("");
      // By hand: cut at LF, drop one CR, judge by the octets with the line end.
      const expected = input
        .split("\n")
        .slice(0, -1)
        .map((line) => (line.length >= 100 ? "too-long" : line.replace(/\r$/u, "")));
      const unended = input.length - (input.lastIndexOf("\n") + 1);
      assert.deepEqual(linesOf(cutAt(octets(input), places)), unended >= 100 ? [...expected, "too-long"] : expected);
    }),
    { seed: SEED, numRuns: 1_000 },
  );
});

test(`reading late gives the same lines as reading at once (seed ${SEED})`, () => {
  const piece = fc.constantFrom("\r\n", "a", "x".repeat(40), "y".repeat(120));
  const sample = fc.tuple(fc.array(piece, { maxLength: 40 }), fc.array(fc.nat(1_500), { maxLength: 12 }));
  fc.assert(
    fc.property(sample, ([pieces, places]) => {
      const chunks = cutAt(octets(pieces.join("")), places);
      const reader = new LineReader();
      for (const chunk of chunks) reader.push(chunk);
      const late: string[] = [];
      for (let line = reader.next(limit100); line !== undefined; line = reader.next(limit100))
        late.push(shown(line) ?? "");
      assert.deepEqual(late, linesOf(chunks));
    }),
    { seed: SEED, numRuns: 500 },
  );
});
