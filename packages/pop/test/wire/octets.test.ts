import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { DotStuffer, DotUnstuffer, LineReader, PLAIN_KERNEL, type OctetKernel } from "../../src/wire/index.ts";
import { cutAt, octets, text } from "./octet-text.ts";

const SEED = 19_390_501;

/** The kernel a driver on Node injects. */
const BUFFER_KERNEL: OctetKernel = {
  indexOf: (all, octet, from) => Buffer.from(all.buffer, all.byteOffset, all.length).indexOf(octet, from),
  latin1: (all) => Buffer.from(all.buffer, all.byteOffset, all.length).toString("latin1"),
};

test(`the plain kernel finds and reads octets as Node's Buffer does (seed ${SEED})`, () => {
  const sample = fc.tuple(fc.uint8Array({ maxLength: 300 }), fc.nat(255), fc.nat(310));
  fc.assert(
    fc.property(sample, ([all, octet, from]) => {
      assert.equal(PLAIN_KERNEL.indexOf(all, octet, from), BUFFER_KERNEL.indexOf(all, octet, from));
      assert.equal(PLAIN_KERNEL.latin1(all), BUFFER_KERNEL.latin1(all));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

test("latin1 text of more octets than a call has arguments is whole", () => {
  const all = Uint8Array.from({ length: 300_001 }, (_, index) => index % 256);
  assert.equal(PLAIN_KERNEL.latin1(all), text(all));
});

test(`reader and codecs give the same with either kernel (seed ${SEED})`, () => {
  const piece = fc.constantFrom("\r", "\n", "\r\n", ".", "a", "\r\n.", "\r\n.\r\n");
  const sample = fc.tuple(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(90), { maxLength: 6 }));
  fc.assert(
    fc.property(sample, ([pieces, places]) => {
      const chunks = cutAt(octets(pieces.join("")), places);
      assert.deepEqual(everything(chunks, BUFFER_KERNEL), everything(chunks, PLAIN_KERNEL));
    }),
    { seed: SEED, numRuns: 500 },
  );
});

function everything(chunks: readonly Uint8Array[], kernel: OctetKernel): readonly string[] {
  const reader = new LineReader({ kernel });
  const stuffer = new DotStuffer({ kernel });
  const unstuffer = new DotUnstuffer({ kernel });
  const seen: string[] = [];
  for (const chunk of chunks) {
    reader.push(chunk);
    for (let line = reader.next(() => 8); line !== undefined; line = reader.next(() => 8)) {
      seen.push(line.kind === "line" ? `line ${text(line.octets)}` : line.kind);
    }
    const { data, rest } = unstuffer.push(chunk);
    seen.push(text(...stuffer.push(chunk)), text(...data), rest === undefined ? "open" : text(rest));
  }
  return [...seen, text(stuffer.end())];
}
