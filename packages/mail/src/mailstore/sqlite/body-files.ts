// Large bodies are files, read in pieces. From the page cache a piece costs some 40 microseconds in place, and three times
// that through the thread pool; from a cold disk it may take many milliseconds, in which an event loop must not stand
// still. So: in place, until one read was slow; the rest of that file through the thread pool.
import { closeSync, openSync, read, readSync } from "node:fs";
import { PopError } from "@restante/pop/maildrop";
import { bodyPath } from "./data-directory.ts";
import { freeMemory } from "./free-memory.ts";
import { storeError } from "./result-codes.ts";

const pieceOctets = 262_144;
/** A read in place that took longer did not come from the page cache. */
const slowReadMs = 1;

export interface BodyFileOptions {
  readonly bodies: string;
  readonly file: string;
  /** What the file must hold: fewer octets are damage. */
  readonly octets: number;
  /** A piece is done with when the next is asked for: all are read into the same memory. */
  readonly borrowed?: boolean;
  readonly slowReadMs?: number;
}

/** Reads one body file from its beginning. */
export class BodyFile {
  readonly #path: string;
  readonly #slowReadMs: number;
  readonly #borrowed: boolean;
  /** Where borrowed pieces are. */
  #memory: Buffer<ArrayBuffer> | undefined;
  #fd: number | undefined;
  #left: number;
  #isSlow = false;
  #reading = false;
  #closing = false;

  /** Throws PopError STORE_BROKEN, STORE_UNAVAILABLE. */
  constructor(options: BodyFileOptions) {
    this.#path = bodyPath(options.bodies, options.file);
    this.#left = options.octets;
    this.#borrowed = options.borrowed ?? false;
    this.#slowReadMs = options.slowReadMs ?? slowReadMs;
    try {
      this.#fd = openSync(this.#path, "r");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw storeError(error, "opening a body");
      throw new PopError("STORE_BROKEN", `body file ${this.#path} is missing`, { cause: error });
    }
  }

  /** Octets not yet read. */
  get left(): number {
    return this.#left;
  }

  /** The next piece, at most 256 KiB; one at a time. */
  read(): Uint8Array | Promise<Uint8Array> {
    if (this.#fd === undefined || this.#reading || this.#closing)
      throw new Error("the body file is closed or being read");
    const piece = this.#piece(Math.min(pieceOctets, this.#left));
    this.#left -= piece.length;
    return this.#isSlow ? this.#readLater(this.#fd, piece) : this.#readNow(this.#fd, piece);
  }

  /** Waits for a read that is under way before the file is really closed. */
  close(): void {
    this.#closing = true;
    if (this.#fd === undefined || this.#reading) return;
    closeSync(this.#fd);
    this.#fd = undefined;
    if (this.#memory !== undefined) freeMemory(this.#memory);
    this.#memory = undefined;
  }

  #piece(octets: number): Buffer {
    if (!this.#borrowed) return Buffer.allocUnsafeSlow(octets);
    // The first piece is the longest.
    this.#memory ??= Buffer.allocUnsafeSlow(octets);
    return this.#memory.subarray(0, octets);
  }

  #readNow(fd: number, piece: Buffer): Uint8Array {
    const began = performance.now();
    try {
      for (let at = 0; at < piece.length;) at += this.#some(readSync(fd, piece, at, piece.length - at, null));
    } catch (error) {
      throw storeError(error, "reading a body");
    }
    this.#isSlow = performance.now() - began > this.#slowReadMs;
    return piece;
  }

  async #readLater(fd: number, piece: Buffer): Promise<Uint8Array> {
    this.#reading = true;
    try {
      for (let at = 0; at < piece.length;) {
        at += this.#some(await readLater(fd, piece, at));
      }
      return piece;
    } catch (error) {
      throw storeError(error, "reading a body");
    } finally {
      this.#reading = false;
      if (this.#closing) this.close();
    }
  }

  #some(octets: number): number {
    if (octets === 0) throw new PopError("STORE_BROKEN", `body file ${this.#path} is too short`);
    return octets;
  }
}

/** Through the thread pool, by callback: node:fs/promises costs several times as much. */
function readLater(fd: number, piece: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    read(fd, piece, at, piece.length - at, null, (error, octets) => (error === null ? resolve(octets) : reject(error)));
  });
}
