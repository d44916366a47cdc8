// How large a picture says it is: headers written by hand from their specifications, whole and cut.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { declaredPixels, isDrawable } from "../../src/message/parts/declared-pixels.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

/** 60,000 × 50,000 where the format has room for it, each by the section that says where its size stands. */
const HEADERS: Readonly<Record<string, readonly [Buffer, number]>> = {
  "PNG (third edition §11.2.1)": [
    Buffer.concat([hex("89504e470d0a1a0a 0000000d"), latin1("IHDR"), hex("0000ea60 0000c350 0806000000")]),
    3_000_000_000,
  ],
  "GIF (89a §18)": [Buffer.concat([latin1("GIF89a"), hex("60ea 50c3 f70000")]), 3_000_000_000],
  "JPEG, baseline behind a JFIF segment (T.81 §B.2.2)": [
    hex("ffd8 ffe0 0010 4a46494600 0101 00 0001 0001 0000 ffc0 0011 08 c350 ea60 03"),
    3_000_000_000,
  ],
  "JPEG, progressive behind tables and fill": [
    hex("ffd8 ffdb 0004 0000 ffc4 0004 0000 ff ffc2 0011 08 0010 0020 03"),
    512,
  ],
  "WebP, lossy (RFC 6386 §9.1)": [
    Buffer.concat([latin1("RIFF\0\0\0\0WEBPVP8 "), hex("0a000000 000000 9d012a ff3f ff3f")]),
    16_383 * 16_383,
  ],
  "WebP, lossless (RFC 9649 §3.4)": [
    Buffer.concat([latin1("RIFF\0\0\0\0WEBPVP8L"), hex("0a000000 2f ffffff0f")]),
    16_384 * 16_384,
  ],
  "WebP, extended (RFC 9649 §2.7)": [
    Buffer.concat([latin1("RIFF\0\0\0\0WEBPVP8X"), hex("0a000000 00000000 5fea00 4fc300")]),
    3_000_000_000,
  ],
  "AVIF, the largest of its extents (ISO/IEC 23008-12 §6.5.3)": [
    Buffer.concat([
      hex("0000001c"),
      latin1("ftypavif"),
      hex("00000000"),
      hex("00000014"),
      latin1("ispe"),
      hex("00000000 00000010 00000010"),
      hex("00000014"),
      latin1("ispe"),
      hex("00000000 0000ea60 0000c350"),
    ]),
    3_000_000_000,
  ],
};

for (const [name, [header, pixels]] of Object.entries(HEADERS)) {
  test(`${name}: its size is read`, () => {
    assert.equal(declaredPixels(header), pixels);
    assert.equal(isDrawable(header, pixels), true);
    assert.equal(isDrawable(header, pixels - 1), false);
  });

  test(`${name}: cut anywhere it says nothing, or the same, and throws nothing`, () => {
    for (let end = 0; end < header.length; end += 1) {
      const said = declaredPixels(header.subarray(0, end));
      assert.ok(said === undefined || said === pixels || name.startsWith("AVIF"), `${end}: ${said}`);
    }
  });
}

test("a picture another program made has the size it has", () => {
  const picture = readFileSync(new URL("../../../../docs/reader/inbox-light-desk.png", import.meta.url));
  assert.equal(declaredPixels(picture), 1_280 * 800);
});

test("what is no picture, or has no pixels, is not drawn", () => {
  for (const octets of [
    Buffer.alloc(0),
    latin1("<svg/>"),
    hex("ffd8 ffda 0008 00"),
    hex("ffd8 ff00"),
    latin1("GIF89a\0\0\0\0"),
  ])
    assert.equal(isDrawable(octets, 1_000), false);
});

test("no octets behind a mark make it throw or go on for ever", () => {
  const begins = fc.constantFrom(...Object.values(HEADERS).map(([header]) => header.subarray(0, 16)), hex("ffd8ff"));
  fc.assert(
    fc.property(begins, fc.uint8Array({ maxLength: 400 }), (begin, rest) => {
      const pixels = declaredPixels(Buffer.concat([begin, rest]));
      assert.ok(pixels === undefined || pixels > 0);
    }),
    { seed: 20_261_126, numRuns: 2_000 },
  );
});
