// The two things done to octets so often that a host may do them better: finding one, and reading them as latin1 text.

/** Injected by drivers that have faster ways (Node's Buffer); must agree with PLAIN_KERNEL on every input. */
export interface OctetKernel {
  /** Index of the first `octet` at or after `from`, or -1. */
  indexOf(octets: Uint8Array, octet: number, from: number): number;
  /** One character for each octet, U+0000 to U+00FF. */
  latin1(octets: Uint8Array): string;
}

// Function.apply has a limit of arguments that differs between engines; 8,192 is below all of them.
const LATIN1_STEP = 8_192;

/** The kernel of plain ECMAScript, the default everywhere. */
export const PLAIN_KERNEL: OctetKernel = {
  indexOf: (octets, octet, from) => octets.indexOf(octet, from),
  latin1(octets) {
    let text = "";
    for (let at = 0; at < octets.length; at += LATIN1_STEP) {
      text += String.fromCharCode(...octets.subarray(at, at + LATIN1_STEP));
    }
    return text;
  },
};

export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const DOT = 0x2e;
