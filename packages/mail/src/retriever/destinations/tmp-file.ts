// A file in a Maildir's tmp while its message comes in: gathered in pieces, rewritten if need be, synced, or gone.
import { open, rename, rm, type FileHandle } from "node:fs/promises";

const FILE_MODE = 0o600;
const BLOCK_OCTETS = 65_536;

export class TmpFile {
  readonly path: string;
  #file: FileHandle;
  #pieces: Uint8Array[] = [];
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

  /** Kept until it is written: the memory is the file's from now on. */
  add(octets: Uint8Array): void {
    if (octets.length === 0) return;
    this.#pieces.push(octets);
    this.gathered += octets.length;
  }

  async spill(): Promise<void> {
    const octets = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.gathered = 0;
    await this.#file.writeFile(octets);
    this.octets += octets.length;
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
