// Octets as the strings tests are written in: one character for each octet.

export function octets(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function text(...pieces: readonly Uint8Array[]): string {
  return pieces.map((piece) => Array.from(piece, (octet) => String.fromCharCode(octet)).join("")).join("");
}

/** The same octets in pieces that end at the given places. */
export function cutAt(whole: Uint8Array, places: readonly number[]): readonly Uint8Array[] {
  const ends = [...new Set(places)].filter((place) => place > 0 && place < whole.length).toSorted((a, b) => a - b);
  return [...ends, whole.length].map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
}
