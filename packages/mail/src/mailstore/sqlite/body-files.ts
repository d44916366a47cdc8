// Large bodies are files. Read in pieces on the event loop: from the page cache a piece costs a tenth of a millisecond,
// while a round trip through the thread pool costs more than that in processor time.
import { closeSync, openSync, readSync } from "node:fs";
import { PopError } from "@restante/pop/maildrop";
import { bodyPath } from "./data-directory.ts";
import { storeError } from "./result-codes.ts";

export const pieceOctets = 262_144;

/** Reads one body file from its beginning. */
export class BodyFile {
  readonly #path: string;
  #fd: number | undefined;
  #left: number;

  /** `octets` is what the file must hold: more or fewer is damage. Throws PopError STORE_BROKEN, STORE_UNAVAILABLE. */
  constructor(bodies: string, file: string, octets: number) {
    this.#path = bodyPath(bodies, file);
    this.#left = octets;
    try {
      this.#fd = openSync(this.#path, "r");
    } catch (error) {
      throw missing(error) ? new PopError("STORE_BROKEN", `body file ${this.#path} is missing`, { cause: error }) : storeError(error, "opening a body");
    }
  }

  /** Octets not yet read. */
  get left(): number {
    return this.#left;
  }

  /** The next piece, at most 256 KiB. */
  read(): Uint8Array {
    if (this.#fd === undefined) throw new Error("the body file is closed");
    const piece = Buffer.allocUnsafeSlow(Math.min(pieceOctets, this.#left));
    for (let at = 0; at < piece.length; ) {
      const octets = this.#readInto(this.#fd, piece, at);
      if (octets === 0) throw new PopError("STORE_BROKEN", `body file ${this.#path} is too short`);
      at += octets;
    }
    this.#left -= piece.length;
    return piece;
  }

  close(): void {
    if (this.#fd === undefined) return;
    closeSync(this.#fd);
    this.#fd = undefined;
  }

  #readInto(fd: number, piece: Buffer, at: number): number {
    try {
      return readSync(fd, piece, at, piece.length - at, null);
    } catch (error) {
      throw storeError(error, "reading a body");
    }
  }
}

function missing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
