// Line ends, sixteen octets at a time. AssemblyScript: `npm run docs` compiles it into src/maildrop/lines/kernel.ts. What it
// is given begins at `from`, and the octet before that is the one that came before.

const LF: u8 = 10;
const CR: u8 = 13;
const DOT: u8 = 46;
/** Octets of a vector. */
const V: usize = 16;

/** What `scan` found: LFs without a CR, lines that begin with a dot, and where the last line begins, -1 for none. */
export let bareLfs: i32 = 0;
export let stuffedLines: i32 = 0;
export let lineStart: i32 = 0;

export function scan(from: usize, length: usize): void {
  const end = from + length;
  let at = from;
  let bare = 0;
  let stuffed = 0;
  let start: usize = 0;
  for (; at + V <= end; at += V) {
    const octets = v128.load(at);
    const before = v128.load(at - 1);
    const lfs = i8x16.bitmask(i8x16.eq(octets, i8x16.splat(LF)));
    const dots = v128.and(i8x16.eq(octets, i8x16.splat(DOT)), i8x16.eq(before, i8x16.splat(LF)));
    stuffed += popcnt<i32>(i8x16.bitmask(dots));
    if (lfs == 0) continue;
    bare += popcnt<i32>(lfs & ~i8x16.bitmask(i8x16.eq(before, i8x16.splat(CR))));
    start = at + (32 - clz<i32>(lfs));
  }
  for (; at < end; at += 1) {
    const octet = load<u8>(at);
    const before = load<u8>(at - 1);
    if (octet == DOT && before == LF) stuffed += 1;
    if (octet != LF) continue;
    if (before != CR) bare += 1;
    start = at + 1;
  }
  bareLfs = bare;
  stuffedLines = stuffed;
  lineStart = start == 0 ? -1 : i32(start - from);
}

/** Writes LF for CRLF to `to`, and answers how many octets that is. Strictly: -1 where it could not be undone. */
export function unix(from: usize, length: usize, to: usize, isStrict: bool): i32 {
  const end = from + length;
  let at = from;
  let out = to;
  while (at < end) {
    if (at + 2 * V <= end) {
      const octets = v128.load(at);
      const next = v128.load(at + V);
      // As a whole: what is wrong of it is written over.
      v128.store(out, octets);
      v128.store(out + V, next);
      const ends = lineEnds(octets) | (lineEnds(next) << 16);
      const plain: usize = ends == 0 ? 2 * V : ctz<i32>(ends);
      at += plain;
      out += plain;
      if (ends == 0) continue;
    }
    let octet = load<u8>(at);
    if (octet == LF && isStrict) return -1;
    if (octet == CR && at + 1 < end && load<u8>(at + 1) == LF) {
      if (load<u8>(at - 1) == CR && isStrict) return -1;
      octet = LF;
      at += 1;
    }
    store<u8>(out, octet);
    at += 1;
    out += 1;
  }
  return i32(out - to);
}

/** A bit for each CR and LF. */
function lineEnds(octets: v128): i32 {
  return i8x16.bitmask(v128.or(i8x16.eq(octets, i8x16.splat(CR)), i8x16.eq(octets, i8x16.splat(LF))));
}
