// A file in a Maildir's tmp while its message comes in: gathered in pieces, rewritten if need be, synced, or gone.
import { open, rename, rm, type FileHandle } from "node:fs/promises";

const FILE_MODE = 0o600;
const BLOCK_OCTETS = 65_536;

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

  /** Everything so far, each block changed; blocks are cut anywhere. */
  async rewrite(change: (octets: Uint8Array) => Uint8Array): Promise<void> {
    await this.spill();
    const path = `${this.path}.rewritten`;
    const file = await open(path, "wx+", FILE_MODE);
    let octets = 0;
    try {
      const block = Buffer.alloc(BLOCK_OCTETS);
      for (let at = 0; at < this.octets;) {
        const { bytesRead } = await this.#file.read(block, 0, block.length, at);
        if (bytesRead === 0) throw new Error(`${this.path} became shorter`);
        const changed = change(block.subarray(0, bytesRead));
        await file.writeFile(changed);
        octets += changed.length;
        at += bytesRead;
      }
      await rename(path, this.path);
    } catch (error) {
      await file.close();
      await rm(path, { force: true });
      throw error;
    }
    await this.#file.close();
    this.#file = file;
    this.octets = octets;
  }

  /** Synced and closed. */
  async finish(): Promise<void> {
    await this.#file.sync();
    await this.#close();
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
