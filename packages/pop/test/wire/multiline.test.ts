import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { DotStuffer, DotUnstuffer, TERMINATION } from "../../src/wire/index.ts";
import { cutAt, octets, text } from "./octet-text.ts";

const SEED = 5_321_452;

function stuffed(...chunks: readonly Uint8Array[]): string {
  const stuffer = new DotStuffer();
  const data = chunks.map((chunk) => text(...stuffer.push(chunk)));
  return data.join("") + text(stuffer.end());
}

/** Data and rest of stuffed octets; the rest is undefined while no end was seen. */
function unstuffed(...chunks: readonly Uint8Array[]): { readonly data: string; readonly rest: string | undefined } {
  const unstuffer = new DotUnstuffer();
  let data = "";
  let rest: string | undefined;
  for (const chunk of chunks) {
    const out = unstuffer.push(chunk);
    data += text(...out.data);
    if (out.rest !== undefined) rest = (rest ?? "") + text(out.rest);
  }
  return { data, rest };
}

function everyCut(whole: Uint8Array): readonly (readonly Uint8Array[])[] {
  const cuts = Array.from({ length: whole.length }, (_, place) => cutAt(whole, [place]));
  const every = Array.from(whole, (octet) => Uint8Array.of(octet));
  return [...cuts, every, cutAt(whole, [1, 2, 3]), cutAt(whole, [2, 4, 6])];
}

// Canonical data as stored, and what RETR sends of it with its termination line.
const fixtures: readonly (readonly [claim: string, stored: string, wire: string])[] = [
  ["a dot line gets a second dot", "a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n.\r\n"],
  ["each line of dots gets one more", "..\r\n...x\r\n", "...\r\n....x\r\n.\r\n"],
  ["a message of one dot", ".\r\n", "..\r\n.\r\n"],
  ["a line that begins with a dot", ".x\r\n", "..x\r\n.\r\n"],
  ["a dot inside a line stays alone", "a.b\r\n", "a.b\r\n.\r\n"],
  ["a bare CR is kept", "a\rb\r\n", "a\rb\r\n.\r\n"],
  ["a dot behind a bare CR is not at a line start", "a\r.\r\nb\r\n", "a\r.\r\nb\r\n.\r\n"],
  ["a dot behind a bare LF is not at a line start", "a\n.\r\nb\r\n", "a\n.\r\nb\r\n.\r\n"],
  ["CR CR LF ends a line", "a\r\r\n.\r\n", "a\r\r\n..\r\n.\r\n"],
  ["NUL goes as it is", "a\0b\r\n", "a\0b\r\n.\r\n"],
  ["8-bit octets go as they are", "\xe9\r\n", "\xe9\r\n.\r\n"],
  ["a message without a final line end gets one", "abc", "abc\r\n.\r\n"],
  ["a message that ends with CR gets a whole line end", "abc\r", "abc\r\r\n.\r\n"],
  ["a message that ends with a bare LF gets a whole line end", "abc\n", "abc\n\r\n.\r\n"],
  ["an empty message is only the termination line", "", ".\r\n"],
  ["a message of one blank line", "\r\n", "\r\n.\r\n"],
  ["a header alone", "H: x\r\n", "H: x\r\n.\r\n"],
  ["quoting of mbox is not touched", ">From x\r\nFrom y\r\n", ">From x\r\nFrom y\r\n.\r\n"],
  ["many dot lines", ".\r\n".repeat(40), `${"..\r\n".repeat(40)}.\r\n`],
];

for (const [claim, stored, wire] of fixtures) {
  test(`stuffing: ${claim}, wherever it is cut`, () => {
    assert.equal(stuffed(octets(stored)), wire);
    for (const chunks of everyCut(octets(stored))) assert.equal(stuffed(...chunks), wire);
  });
  test(`un-stuffing: ${claim}, wherever it is cut`, () => {
    const canonical = stored === "" || stored.endsWith("\r\n") ? stored : `${stored}\r\n`;
    for (const chunks of [[octets(wire)], ...everyCut(octets(wire))]) {
      assert.deepEqual(unstuffed(...chunks), { data: canonical, rest: "" });
    }
  });
}

requirement(
  "P3-S-101",
  "every line that begins with a dot gets one more dot, and only there, at every chunk boundary",
  () => {
    for (const [stored, wire] of [
      [".\r\n", "..\r\n.\r\n"],
      ["..\r\n", "...\r\n.\r\n"],
      [".x\r\n", "..x\r\n.\r\n"],
      ["a.b\r\n", "a.b\r\n.\r\n"],
      ["x\r\n.\r\ny\r\n", "x\r\n..\r\ny\r\n.\r\n"],
    ] as const) {
      for (const chunks of everyCut(octets(stored))) assert.equal(stuffed(...chunks), wire);
    }
  },
);

requirement(
  "P3-S-102",
  "the terminator is CRLF . CRLF, and a message without a final line end gets its CRLF first",
  () => {
    assert.equal(TERMINATION, ".\r\n");
    assert.equal(stuffed(octets("abc")), "abc\r\n.\r\n");
    assert.equal(stuffed(octets("abc\r\n")), "abc\r\n.\r\n");
    assert.equal(stuffed(octets("abc\r")), "abc\r\r\n.\r\n");
  },
);

requirement("P3-S-105", "a bare CR is kept, and a dot behind it is not at a line start", () => {
  assert.equal(stuffed(octets("a\r.\r\nb\r\n")), "a\r.\r\nb\r\n.\r\n");
  for (const chunks of everyCut(octets("a\r.\r\nb\r\n"))) assert.equal(stuffed(...chunks), "a\r.\r\nb\r\n.\r\n");
});

test("data without dots at line starts leaves as parts of itself", () => {
  const chunk = octets("no dots. at line starts...\r\nhere\r\n");
  const pieces = new DotStuffer().push(chunk);
  assert.equal(pieces.length, 1);
  assert.equal(pieces[0]?.buffer, chunk.buffer);
});

test("a chunk of very many dot lines leaves in one piece, both ways", () => {
  const pieces = new DotStuffer().push(octets(".\r\n".repeat(10_000)));
  assert.deepEqual(
    pieces.map(({ length }) => length),
    [40_000],
  );
  const { data } = new DotUnstuffer().push(pieces[0] as Uint8Array);
  assert.deepEqual(
    data.map(({ length }) => length),
    [30_000],
  );
});

// What only looks like an end: the data goes on, and a client that means the rest as commands gets nothing run.
const smuggled: readonly (readonly [claim: string, wire: string, data: string])[] = [
  ["LF . LF", "a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"],
  ["LF . CRLF", "a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"],
  ["CRLF . LF", "a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"],
  ["CRLF . CR", "a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n"],
  ["CR . CR", "a\r.\rb\r\n.\r\n", "a\r.\rb\r\n"],
  ["CR . CRLF", "a\r.\r\nb\r\n.\r\n", "a\r.\r\nb\r\n"],
  ["CRLF . CR CR LF", "a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n"],
  ["CRLF . CR . CRLF", "a\r\n.\r.\r\nb\r\n.\r\n", "a\r\n\r.\r\nb\r\n"],
  ["LF . CRLF at the very start", "\n.\r\nb\r\n.\r\n", "\n.\r\nb\r\n"],
  ["a space behind the dot", ".\u0020\r\n.\r\n", "\u0020\r\n"],
];

for (const [claim, wire, data] of smuggled) {
  test(`${claim} does not end the data, wherever it is cut`, () => {
    for (const chunks of [[octets(wire)], ...everyCut(octets(wire))]) {
      assert.deepEqual(unstuffed(...chunks), { data, rest: "" });
    }
  });
}

test("what follows the end is rest, in the chunk of the end and in later ones", () => {
  assert.deepEqual(unstuffed(octets("a\r\n.\r\nQUIT\r\n")), { data: "a\r\n", rest: "QUIT\r\n" });
  assert.deepEqual(unstuffed(octets(".\r\n.\r\n")), { data: "", rest: ".\r\n" });
  for (const chunks of everyCut(octets("a\r\n.\r\nQUIT\r\n.\r\n"))) {
    assert.deepEqual(unstuffed(...chunks), { data: "a\r\n", rest: "QUIT\r\n.\r\n" });
  }
});

test("without the end there is no rest", () => {
  for (const wire of ["", "a\r\n", "a\r\n.", "a\r\n.\r", "a.\r\n", "..\r\n"]) {
    assert.equal(unstuffed(octets(wire)).rest, undefined);
  }
});

const anyData = fc
  .array(fc.constantFrom("\r", "\n", "\r\n", ".", "..", "a", "\0", "\xff", "\r\n.\r\n", "\r\n."), { maxLength: 60 })
  .map((pieces) => pieces.join(""));
const anyCuts = fc.array(fc.nat(250), { maxLength: 10 });

test(`any data comes back, with a final CRLF, through any cutting of both ways (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.tuple(anyData, anyCuts, anyCuts), ([data, first, second]) => {
      const wire = stuffed(...cutAt(octets(data), first));
      const canonical = data === "" || data.endsWith("\r\n") ? data : `${data}\r\n`;
      assert.deepEqual(unstuffed(...cutAt(octets(`${wire}STAT\r\n`), second)), { data: canonical, rest: "STAT\r\n" });
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test(`no data, however cut, puts CRLF.CRLF before the end (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.tuple(anyData, anyCuts), ([data, cuts]) => {
      const wire = `\r\n${stuffed(...cutAt(octets(data), cuts))}`;
      assert.equal(wire.indexOf("\r\n.\r\n"), wire.length - 5);
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});

test(`un-stuffing does not depend on the cuts, whatever the octets (seed ${SEED})`, () => {
  fc.assert(
    fc.property(fc.tuple(anyData, anyCuts), ([data, cuts]) => {
      assert.deepEqual(unstuffed(...cutAt(octets(data), cuts)), unstuffed(octets(data)));
    }),
    { seed: SEED, numRuns: 2_000 },
  );
});
