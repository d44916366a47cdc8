// Line ends as the caller wants them. A CR at the end of a chunk waits for what follows it.
import { buffer } from "./buffer-kernel.ts";

export interface LineEnds {
  push(chunk: Uint8Array): Uint8Array;
  /** What was held back. */
  end(): Uint8Array;
}

const REWRITES = {
  /** Every LF, and every CRLF, becomes CRLF. */
  crlf: (text: string) => text.replace(/\r?\n/g, "\r\n"),
  lf: (text: string) => text.replace(/\r\n/g, "\n"),
} as const;

/** Octets in, octets out; nothing but line ends changes. */
export function lineEnds(kind: keyof typeof REWRITES): LineEnds {
  let held = "";
  return {
    push(chunk) {
      const text = held + buffer(chunk).toString("latin1");
      held = text.endsWith("\r") ? "\r" : "";
      return Buffer.from(REWRITES[kind](held === "" ? text : text.slice(0, -1)), "latin1");
    },
    end: () => Buffer.from(held, "latin1"),
  };
}
