// Looks at lines and changes their ends, by a kernel that takes sixteen octets at a time: a tenth of what a loop costs, and
// nothing to collect afterwards. A thread has one kernel, and each call is done before the next begins.
import { KERNEL } from "./kernel.ts";

/** Octets that are given at a time, at most. */
export const LINES_OCTETS_MAX = 65_536;
const FROM = 16;
const TO = FROM + LINES_OCTETS_MAX;

/** Of WebAssembly, what is used here: Node's types leave it to those of browsers. */
declare const WebAssembly: {
  readonly Module: new (octets: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

interface Counted {
  readonly value: number;
}

interface Kernel {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly bareLfs: Counted;
  readonly stuffedLines: Counted;
  readonly lineStart: Counted;
  scan(from: number, length: number): void;
  unix(from: number, length: number, to: number, isStrict: number): number;
}

let ready: { readonly kernel: Kernel; readonly octets: Uint8Array } | undefined;

/** Made when it is first needed: most threads look at no line. */
function made(): NonNullable<typeof ready> {
  if (ready !== undefined) return ready;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Buffer.from(KERNEL, "base64")));
  const kernel = exports as Kernel;
  ready = { kernel, octets: new Uint8Array(kernel.memory.buffer) };
  return ready;
}

export interface LinesSeen {
  /** LFs without a CR before them. */
  readonly bareLfs: number;
  /** Lines that begin with a dot. */
  readonly stuffedLines: number;
  /** Where the last line begins that begins in it; undefined where none does. */
  readonly lineStart: number | undefined;
}

/** At most `LINES_OCTETS_MAX`; `before` is the octet that came before, LF where a message begins. */
export function seeLines(window: Uint8Array, before: number): LinesSeen {
  const { kernel, octets } = made();
  octets[FROM - 1] = before;
  octets.set(window, FROM);
  kernel.scan(FROM, window.length);
  const start = kernel.lineStart.value;
  return {
    bareLfs: kernel.bareLfs.value,
    stuffedLines: kernel.stuffedLines.value,
    lineStart: start === -1 ? undefined : start,
  };
}

export interface UnixLinesOptions {
  /** The octet that came before. */
  readonly before: number;
  readonly isReversible: boolean;
}

/**
 * LF for CRLF, of at most `LINES_OCTETS_MAX` that do not end between the two; good until the next call. With `isReversible`
 * undefined where CRLF for LF would not give back the same: an LF without its CR, a CR before a CRLF.
 */
export function unixLines(window: Uint8Array, { before, isReversible }: UnixLinesOptions): Uint8Array | undefined {
  const { kernel, octets } = made();
  octets[FROM - 1] = before;
  octets.set(window, FROM);
  const length = kernel.unix(FROM, window.length, TO, isReversible ? 1 : 0);
  return length === -1 ? undefined : octets.subarray(TO, TO + length);
}
