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

/** Image spatial extents stand in the meta box, which comes first; of several pictures in it the largest counts. */
const AVIF_HEADER_OCTETS = 65_536;

function avifPixels(view: Buffer): number | undefined {
  const head = view.subarray(0, AVIF_HEADER_OCTETS);
  let largest: number | undefined;
  for (let at = head.indexOf("ispe"); at !== -1; at = head.indexOf("ispe", at + 4)) {
    const pixels = head.readUInt32BE(at + 8) * head.readUInt32BE(at + 12);
    largest = Math.max(largest ?? 0, pixels);
  }
  return largest;
}

/** It may be drawn: it says how large it is, and that is not too much. */
export function isDrawable(octets: Uint8Array, pixelsMax: number): boolean {
  const pixels = declaredPixels(octets);
  return pixels !== undefined && pixels <= pixelsMax;
}
