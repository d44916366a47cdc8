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

/** ISO/IEC 14496-12 §4.2. */
function box(type: string, ...body: readonly Buffer[]): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, "latin1");
  return Buffer.concat([head, ...body]);
}

/** The same by its other length, of eight octets. */
function largeBox(type: string, ...body: readonly Buffer[]): Buffer {
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(16n + BigInt(body.reduce((sum, { length }) => sum + length, 0)));
  return Buffer.concat([hex("00000001"), latin1(type), size, ...body]);
}

/** ISO/IEC 23008-12 §6.5.3. */
function ispe(width: number, height: number): Buffer {
  const extents = Buffer.alloc(12);
  extents.writeUInt32BE(width, 4);
  extents.writeUInt32BE(height, 8);
  return box("ispe", extents);
}

/** ISO/IEC 14496-12 §8.3.2, of either version: a track's size ends it. */
function tkhd(version: 0 | 1, width: number, height: number): Buffer {
  const body = Buffer.alloc(version === 0 ? 84 : 96);
  body.writeUInt8(version);
  body.writeUInt16BE(width, body.length - 8);
  body.writeUInt16BE(height, body.length - 4);
  return box("tkhd", body);
}

const FTYP = box("ftyp", latin1("avif\0\0\0\0mif1"));
const FTYP_MOVING = box("ftyp", latin1("avis\0\0\0\0msf1"));
const HDLR = box("hdlr", Buffer.alloc(24));
const meta = (...properties: readonly Buffer[]): Buffer =>
  box("meta", hex("00000000"), HDLR, box("iprp", box("ipco", ...properties)));

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
    Buffer.concat([FTYP, meta(ispe(16, 16), ispe(60_000, 50_000))]),
    3_000_000_000,
  ],
  "AVIF that moves, by its track (ISO/IEC 14496-12 §8.3.2)": [
    Buffer.concat([FTYP_MOVING, box("moov", box("mvhd", Buffer.alloc(100)), box("trak", tkhd(0, 60_000, 50_000)))]),
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
      assert.ok(said === undefined || said === pixels, `${end}: ${said}`);
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

test("an AVIF is as large as the box for it says, and no box that only looks like it", () => {
  const real = meta(ispe(60_000, 60_000));
  const decoy = ispe(1, 1);
  for (const boxes of [
    [box("free", decoy, Buffer.alloc(66_000)), real],
    [decoy, box("iprp", box("ipco", decoy)), real],
    [largeBox("free", decoy), largeBox("meta", real.subarray(8))],
    [box("mdat", decoy), Buffer.concat([hex("00000000"), real.subarray(4)])],
    [meta(decoy), real],
    [real, meta(decoy)],
    [real, hex("00")],
    [real, box("mdat", Buffer.alloc(90)).subarray(0, 50)],
    [meta(decoy), box("moov", box("trak", tkhd(1, 60_000, 60_000)))],
    [box("moov", box("trak", tkhd(0, 60_000, 60_000))), meta(decoy)],
  ]) {
    assert.equal(declaredPixels(Buffer.concat([FTYP, ...boxes])), 3_600_000_000);
  }
});

test("an AVIF whose boxes are cut, too many or not where they belong says nothing", () => {
  const real = meta(ispe(10, 10));
  const tooLong = Buffer.concat([real]);
  tooLong.writeUInt32BE(real.length + 1);
  const within = Buffer.concat([real]);
  within.writeUInt32BE(4_000, within.indexOf("ipco") - 4);
  const tooSmall = Buffer.concat([real]);
  tooSmall.writeUInt32BE(7, tooSmall.indexOf("hdlr") - 4);
  for (const boxes of [
    [],
    [ispe(10, 10)],
    [box("free", ispe(10, 10))],
    [box("mdat", real)],
    [box("meta", hex("00000000"), ispe(10, 10))],
    [tooLong],
    [within],
    [tooSmall],
    [hex("00000004"), real],
    [real, box("moov", box("trak", tkhd(0, 10, 10))).subarray(0, 60)],
    [...Array.from({ length: 5_000 }, () => box("free")), real],
  ]) {
    assert.equal(declaredPixels(Buffer.concat([FTYP, ...boxes])), undefined);
  }
});

test("a JPEG in which a mark of nothing stands is not drawn: others would find another frame behind it", () => {
  const frame = (width: string): Buffer => hex(`ffc0 000b 08 0001 ${width} 01 011100`);
  // A length for whoever takes the mark for one of a segment, and the frame a browser finds.
  assert.equal(declaredPixels(Buffer.concat([hex("ffd8 ff00 000f"), frame("ea60"), frame("0001")])), undefined);
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
