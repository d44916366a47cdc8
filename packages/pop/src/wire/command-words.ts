// The first look at a command line, the same in every generation: its keyword in any case, and what may not be in it.
import { SPACE } from "./octets.ts";

const DELETE = 0x7f;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;

/** Octets before the first space. */
export function keywordLength(line: Uint8Array): number {
  const space = line.indexOf(SPACE);
  return space < 0 ? line.length : space;
}

/** The first octets as text. ASCII only: String's own upper case would turn an octet 0xDF into "SS". */
export function upperCase(octets: Uint8Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += 1) {
    const octet = octets[at] as number;
    text += String.fromCharCode(octet >= LOWER_A && octet <= LOWER_Z ? octet - 0x20 : octet);
  }
  return text;
}

/** An octet that no command may hold. */
export function isControl(octet: number): boolean {
  return octet < SPACE || octet === DELETE;
}
