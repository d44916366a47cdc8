// How large a picture says it is: headers written by hand from their specifications, whole and cut.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import fc from "fast-check";
import { declaredPixels, isDrawable } from "../../src/message/parts/declared-pixels.ts";

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/g, ""), "hex");
const latin1 = (text: string): Buffer => Buffer.from(text, "latin1");

const word = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);

/** GIF89a §17 and §18, with a colour table of two. */
const gifScreen = (width: number, height: number): Buffer =>
  Buffer.concat([latin1("GIF89a"), word(width), word(height), hex("800000 000000 ffffff")]);

interface GifPicture {
  readonly size: readonly [number, number];
  readonly left?: number;
  readonly top?: number;
  /** It has a colour table of its own, of four. */
  readonly hasColours?: boolean;
}

/** GIF89a §20 to §22, with data of three octets. */
const gifPicture = ({ size: [width, height], left = 0, top = 0, hasColours = false }: GifPicture): Buffer =>
  Buffer.concat([
    latin1(","),
    ...[left, top, width, height].map(word),
    hasColours ? Buffer.concat([hex("81"), Buffer.alloc(12, 0x2c)]) : hex("00"),
    hex("02 03 2c4401 00"),
  ]);

/** GIF89a §24: a comment, in as many whole sub-blocks. */
const gifComment = (subBlocks: number): Buffer =>
  Buffer.concat([
    hex("21fe"),
    Buffer.concat(Array.from({ length: subBlocks }, () => Buffer.alloc(256, 0xff))),
    hex("00"),
  ]);

const GIF_CONTROL = hex("21f9 04 00 0a00 00 00");
const GIF_END = latin1(";");

/** 60,000 × 50,000 where the format has room for it, each by the section that says where its size stands. */
const HEADERS: Readonly<Record<string, readonly [Buffer, number]>> = {
  "PNG (third edition §11.2.1)": [
    Buffer.concat([hex("89504e470d0a1a0a 0000000d"), latin1("IHDR"), hex("0000ea60 0000c350 0806000000")]),
    3_000_000_000,
  ],
  "GIF, its screen (89a §18)": [
    Buffer.concat([gifScreen(60_000, 50_000), gifPicture({ size: [10, 10] })]),
    3_000_000_000,
  ],
  "GIF, what its first picture makes of the screen (89a §20)": [
    Buffer.concat([gifScreen(1, 50_000), GIF_CONTROL, gifPicture({ size: [20_000, 10], left: 40_000 })]),
    3_000_000_000,
  ],
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

test("a GIF is as large as its largest picture needs it, wherever that stands", () => {
  const large = gifPicture({ size: [16_000, 16_000] });
  const small = gifPicture({ size: [1, 1], hasColours: true });
  for (const blocks of [
    [large.subarray(0, 10)],
    [large, GIF_END],
    [gifComment(0), GIF_CONTROL, large],
    // Longer than what other kinds say first, as a colour profile may be.
    [gifComment(400), large],
    [GIF_CONTROL, small, GIF_CONTROL, small, gifComment(1), large, small, GIF_END],
  ]) {
    assert.equal(declaredPixels(Buffer.concat([gifScreen(1, 1), ...blocks])), 256_000_000);
  }
  const apart = [gifPicture({ size: [1, 1], left: 8 }), gifPicture({ size: [1, 1], top: 4 })];
  assert.equal(declaredPixels(Buffer.concat([gifScreen(1, 1), ...apart])), 9 * 5);
  const bare = Buffer.concat([latin1("GIF87a"), word(1), word(1), hex("000000"), gifPicture({ size: [3, 3] })]);
  assert.equal(declaredPixels(bare), 9);
});

test("a GIF without a first picture, or with something else in its place, is not drawn", () => {
  const screen = gifScreen(7, 7);
  const picture = gifPicture({ size: [7, 7] });
  for (const blocks of [
    [],
    [GIF_END, picture],
    [hex("00"), picture],
    [picture.subarray(0, 9)],
    [gifComment(2).subarray(0, 300)],
    // Nobody looks on for ever.
    [gifComment(70_000), picture],
  ]) {
    assert.equal(isDrawable(Buffer.concat([screen, ...blocks]), 1_000), false);
  }
});

test("no octets behind a mark make it throw or go on for ever", () => {
  const heads = Object.values(HEADERS).flatMap(([header]) => [16, 36].map((end) => header.subarray(0, end)));
  const begins = fc.constantFrom(...heads, hex("ffd8ff"));
  fc.assert(
    fc.property(begins, fc.uint8Array({ maxLength: 400 }), (begin, rest) => {
      const pixels = declaredPixels(Buffer.concat([begin, rest]));
      assert.ok(pixels === undefined || pixels > 0);
    }),
    { seed: 20_261_126, numRuns: 2_000 },
  );
});
