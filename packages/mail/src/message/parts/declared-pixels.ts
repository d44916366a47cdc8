// How many pixels a picture says it has, read from its header and nothing else: a few kilobytes can unfold to gigabytes
// in whatever draws them. No library that is kept here reads these five headers, and none is needed to.
import { kindOf } from "./magic.ts";

/** Undefined where the header is cut, damaged, or of no kind that is shown: such a picture is not drawn either. */
export function declaredPixels(octets: Uint8Array): number | undefined {
  const read = READERS[kindOf(octets)?.mediaType ?? ""];
  const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  try {
    const pixels = read?.(view);
    return pixels === undefined || pixels === 0 ? undefined : pixels;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // It ends before it has said how large it is.
    throw error;
  }
}

const READERS: Readonly<Record<string, (view: Buffer) => number | undefined>> = {
  "image/png": (view) =>
    view.toString("latin1", 12, 16) === "IHDR" ? view.readUInt32BE(16) * view.readUInt32BE(20) : undefined,
  "image/gif": gifPixels,
  "image/jpeg": jpegPixels,
  "image/webp": webpPixels,
  "image/avif": avifPixels,
};

/** Blocks and sub-blocks that are looked at: a long comment or a colour profile may stand before the first picture. */
const GIF_BLOCKS_MAX = 65_536;
const GIF_EXTENSION = 0x21;
const GIF_PICTURE = 0x2c;

/**
 * GIF89a §18 to §24. Chromium makes the screen as large as the first picture needs it, and cuts later ones to it; of all
 * that are looked at the largest counts here, as other browsers may do otherwise. Without a first one nothing is drawn.
 */
function gifPixels(view: Buffer): number | undefined {
  let [width, height] = [view.readUInt16LE(6), view.readUInt16LE(8)];
  let hasPicture = false;
  let isInData = false;
  let at = 13 + gifColourOctets(view.readUInt8(10));
  for (let blocks = 0; blocks < GIF_BLOCKS_MAX && at < view.length; blocks += 1) {
    const first = view.readUInt8(at);
    if (isInData) {
      isInData = first !== 0; // A sub-block is as long as it begins, and one of nothing is the last.
      at += 1 + first;
    } else if (first === GIF_EXTENSION) {
      isInData = true;
      at += 2;
    } else if (first === GIF_PICTURE && at + 10 <= view.length) {
      width = Math.max(width, view.readUInt16LE(at + 1) + view.readUInt16LE(at + 5));
      height = Math.max(height, view.readUInt16LE(at + 3) + view.readUInt16LE(at + 7));
      hasPicture = true;
      isInData = true;
      at += 10 + gifColourOctets(view.readUInt8(at + 9)) + 1; // Its data begin with the size of a code.
    } else {
      break;
    }
  }
  return hasPicture ? width * height : undefined;
}

/** Of a colour table, by the flags that tell of it. */
function gifColourOctets(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 * 2 ** ((flags & 0x07) + 1);
}

/** Markers without a length (ITU-T T.81 §B.1.1.3): TEM, and restarts. */
const BARE = new Set([0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8]);
/** Those among the frame headers' numbers that are none: DHT, JPG, DAC. */
const NO_FRAME = new Set([0xc4, 0xc8, 0xcc]);

function jpegPixels(view: Buffer): number | undefined {
  for (let at = 2; ;) {
    if (view.readUInt8(at) !== 0xff) return undefined;
    const marker = view.readUInt8(at + 1);
    if (marker === 0) return undefined; // Browsers pass over these two octets, and look for the next mark behind them.
    if (marker === 0xff) {
      at += 1; // Fill.
    } else if (BARE.has(marker)) {
      at += 2;
    } else if (marker >= 0xc0 && marker <= 0xcf && !NO_FRAME.has(marker)) {
      return view.readUInt16BE(at + 5) * view.readUInt16BE(at + 7);
    } else if (marker === 0xd9 || marker === 0xda) {
      return undefined;
    } else {
      at += 2 + Math.max(2, view.readUInt16BE(at + 2));
    }
  }
}

/** RFC 9649 §2. */
function webpPixels(view: Buffer): number | undefined {
  switch (view.toString("latin1", 12, 16)) {
    case "VP8X":
      return (view.readUIntLE(24, 3) + 1) * (view.readUIntLE(27, 3) + 1);
    case "VP8L": {
      const bits = view.readUInt32LE(21);
      return ((bits & 0x3fff) + 1) * (((bits >>> 14) & 0x3fff) + 1);
    }
    case "VP8 ":
      return (view.readUInt16LE(26) & 0x3fff) * (view.readUInt16LE(28) & 0x3fff);
    default:
      return undefined;
  }
}

/** Boxes that are looked at: what says how large a picture of many tiles is stands in some dozens. */
const AVIF_BOXES_MAX = 4_096;

/** The boxes on the way to those that say how large a picture is, or one that moves. */
const AVIF_WAYS = new Set(["meta", "meta/iprp", "meta/iprp/ipco", "moov", "moov/trak"]);

/**
 * ISO/IEC 14496-12 §4.2. Boxes have their places: the same four letters in padding, or in the picture itself, say nothing.
 * Of several extents the largest counts. A box on the way that is cut, or goes on behind the one around it, says nothing.
 */
function avifPixels(view: Buffer): number | undefined {
  let largest = 0;
  let boxes = 0;
  const walk = (within: string, from: number, to: number): void => {
    for (let at = from; at < to;) {
      if ((boxes += 1) > AVIF_BOXES_MAX) throw new RangeError("too many boxes");
      const { type, body, end } = boxAt(view, at, to);
      const path = within + type;
      const isWhole = body <= end && end <= to;
      // What came of a picture that is cut is drawn, and nobody reads on behind it.
      if (!isWhole && within === "" && !AVIF_WAYS.has(path)) return;
      if (!isWhole) throw new RangeError("a box is smaller than its head, or ends behind the one around it");
      if (AVIF_WAYS.has(path)) walk(`${path}/`, body + (path === "meta" ? 4 : 0), end);
      else largest = Math.max(largest, extent(view.subarray(body, end), path));
      at = end;
    }
  };
  walk("", 0, view.length);
  return largest;
}

interface Box {
  readonly type: string;
  readonly body: number;
  readonly end: number;
}

/** One of size 0 goes on to the end, one of size 1 says its size in eight octets behind its type. */
function boxAt(view: Buffer, at: number, to: number): Box {
  if (at + 8 > to) return { type: "", body: to, end: to + 1 };
  const size = view.readUInt32BE(at);
  const type = view.toString("latin1", at + 4, at + 8);
  const body = at + (size === 1 ? 16 : 8);
  const end = size === 0 ? to : at + (size === 1 ? Number(view.readBigUInt64BE(at + 8)) : size);
  return { type, body, end };
}

/** ISO/IEC 23008-12 §6.5.3 and, in whole pixels before the point, ISO/IEC 14496-12 §8.3.2. */
function extent(box: Buffer, path: string): number {
  switch (path) {
    case "meta/iprp/ipco/ispe":
      return box.readUInt32BE(4) * box.readUInt32BE(8);
    case "moov/trak/tkhd": {
      const at = box.readUInt8(0) === 0 ? 76 : 88;
      return box.readUInt16BE(at) * box.readUInt16BE(at + 4);
    }
    default:
      return 0;
  }
}

/** It may be drawn: it says how large it is, and that is not too much. */
export function isDrawable(octets: Uint8Array, pixelsMax: number): boolean {
  const pixels = declaredPixels(octets);
  return pixels !== undefined && pixels <= pixelsMax;
}
