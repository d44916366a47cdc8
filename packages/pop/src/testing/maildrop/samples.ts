// Random messages from a seed: the same seed makes the same messages.

/** Numbers from 0 up to but not including `below` (mulberry32). */
export function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Where mail breaks: line ends, dots at line starts, octets that are not text. */
const pieces = [
  "\r\n",
  "\n",
  "\r",
  ".",
  "\r\n.\r\n",
  "\r\n\r\n",
  "\n.\n",
  "a",
  "H: x",
  "\0",
  "\xe9",
  "\xff",
  "From ",
  "y".repeat(120),
];

export function randomText(random: (below: number) => number): string {
  return Array.from({ length: random(40) }, () => pieces[random(pieces.length)]).join("");
}

/** Cuts octets anywhere, empty pieces among them. */
export function randomCuts(octets: Uint8Array, random: (below: number) => number): readonly Uint8Array[] {
  const cuts: Uint8Array[] = [];
  for (let at = 0; at < octets.length;) {
    const length = random(3) === 0 ? random(3) : random(octets.length + 1);
    cuts.push(octets.subarray(at, at + length));
    at += length;
  }
  return cuts;
}
