// A file for a message on its way to a command: gathered in pieces, and gone with it.
import { open, rm, type FileHandle } from "node:fs/promises";

const FILE_MODE = 0o600;

/** What a file begins to gather in; it grows with the message. */
const GATHERED_OCTETS_LEAST = 16_384;

export class TmpFile {
  readonly path: string;
  #file: FileHandle;
  /** One piece of memory for the whole message, so that a large one leaves no heap of them behind. */
  #memory = Buffer.allocUnsafeSlow(GATHERED_OCTETS_LEAST);
  /** Octets not written yet. */
  gathered = 0;
  /** Octets written. */
  octets = 0;
  #isOpen = true;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  static async create(path: string): Promise<TmpFile> {
    return new TmpFile(path, await open(path, "wx+", FILE_MODE));
  }

  /** Copied. Not to be called while it spills. */
  add(octets: Uint8Array): void {
    const needed = this.gathered + octets.length;
    if (needed > this.#memory.length) this.#grow(needed);
    this.#memory.set(octets, this.gathered);
    this.gathered = needed;
  }

  async spill(): Promise<void> {
    const octets = this.#memory.subarray(0, this.gathered);
    await this.#file.writeFile(octets);
    this.gathered = 0;
    this.octets += octets.length;
  }

  #grow(needed: number): void {
    const memory = Buffer.allocUnsafeSlow(Math.max(needed, this.#memory.length * 2));
    memory.set(this.#memory.subarray(0, this.gathered));
    this.#memory = memory;
  }

  async discard(): Promise<void> {
    if (!this.#isOpen) return;
    await this.#close();
    await rm(this.path, { force: true });
  }

  async #close(): Promise<void> {
    this.#isOpen = false;
    await this.#file.close();
  }
}
