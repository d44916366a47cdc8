// Takes a body in: made canonical and measured on the way, in memory up to 64 KiB, else in a file. finish() leaves the
// file durable under its final name, before any row speaks of it.
import { isAscii } from "node:buffer";
import { createHash, randomUUID, type Hash } from "node:crypto";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Canonicaliser, SurrogateScanner, type SurrogateEdit } from "@restante/pop/maildrop";
import { syncFolder } from "../../files/index.ts";
import type { BodyWriter, ReceivedBody } from "../contract.ts";
import type { BodyFolders } from "./body-folders.ts";
import { bodyPath, rowOctetsMax, type DataDirectory } from "./data-directory.ts";
import { StoredBody } from "./received-body.ts";
import { storeError } from "./result-codes.ts";
import { editsOf } from "./surrogates.ts";

const headOctetsMax = 65_536;
/** Gathered before it is written to the file. */
const pieceOctets = 262_144;

export class StoredBodyWriter implements BodyWriter {
  readonly #directory: DataDirectory;
  readonly #folders: BodyFolders;
  readonly #canonical = new Canonicaliser();
  readonly #hash: Hash = createHash("sha256");
  readonly #file = randomUUID();
  #pieces: Uint8Array[] = [];
  #gathered = 0;
  #isAscii = true;
  #head: Uint8Array | undefined;
  #handle: FileHandle | undefined;
  /** Where the file is now, if there is one. */
  #path: string | undefined;
  #writing: Promise<void> | undefined;
  #ended = false;

  constructor(directory: DataDirectory, folders: BodyFolders) {
    this.#directory = directory;
    this.#folders = folders;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#ended) throw new Error("the body is finished");
    this.#take(this.#canonical.push(chunk));
    if (this.#gathered >= (this.#handle === undefined ? rowOctetsMax + 1 : pieceOctets)) return this.#spill();
    return this.#writing;
  }

  async finish(): Promise<ReceivedBody> {
    if (this.#ended) throw new Error("the body is finished");
    this.#take(this.#canonical.end());
    this.#ended = true;
    try {
      await this.#writing;
      if (this.#gathered > rowOctetsMax && this.#handle === undefined) await this.#spill();
      return this.#handle === undefined ? this.#inMemory() : await this.#inFile(this.#handle);
    } catch (error) {
      await this.#forget();
      throw storeError(error, "while receiving a body");
    }
  }

  async discard(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    await this.#forget();
  }

  #take(pieces: readonly Uint8Array[]): void {
    // Copied, because whoever gave the chunk may use its memory for the next one.
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      this.#pieces.push(Uint8Array.prototype.slice.call(piece));
      this.#gathered += piece.length;
      this.#isAscii &&= isAscii(piece);
    }
  }

  /** Moves what was gathered to the file; one such move at a time. */
  #spill(): Promise<void> {
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#gathered = 0;
    this.#head ??= this.#headOf(Buffer.concat(pieces));
    const before = this.#writing;
    const writing = (async () => {
      await before;
      this.#handle ??= await this.#create(join(this.#directory.incoming, this.#file));
      for (const piece of pieces) this.#hash.update(piece);
      await this.#handle.writeFile(pieces);
    })().catch((error: unknown) => {
      throw storeError(error, "while receiving a body");
    });
    // Whoever writes next, or finishes, waits for this and learns of its failure.
    writing.catch(() => {});
    this.#writing = writing;
    return writing;
  }

  async #create(path: string): Promise<FileHandle> {
    const handle = await open(path, "wx+", 0o600);
    this.#path = path;
    return handle;
  }

  #inMemory(): StoredBody {
    // Shared memory: handed to the writer thread without a copy, and still here for the next account.
    const octets = new Uint8Array(new SharedArrayBuffer(this.#gathered));
    let at = 0;
    for (const piece of this.#pieces) {
      octets.set(piece, at);
      at += piece.length;
    }
    this.#pieces = [];
    this.#hash.update(octets);
    const surrogate = this.#isAscii ? [] : editsOf(octets);
    return new StoredBody(this.#measures(this.#headOf(octets), surrogate), { kind: "memory", octets });
  }

  async #inFile(handle: FileHandle): Promise<StoredBody> {
    if (this.#gathered > 0) await this.#spill();
    const surrogate = this.#isAscii ? [] : await this.#scanned(handle);
    // No second try after a failed fsync: it may claim success for octets the kernel has dropped.
    await handle.sync();
    this.#handle = undefined;
    await handle.close();
    const { bodies, incoming } = this.#directory;
    const path = bodyPath(bodies, this.#file);
    await this.#folders.make(dirname(path));
    await rename(join(incoming, this.#file), path);
    this.#path = path;
    await syncFolder(dirname(path));
    return new StoredBody(this.#measures(this.#head ?? new Uint8Array(0), surrogate), {
      kind: "file",
      bodies,
      file: this.#file,
    });
  }

  #measures(head: Uint8Array, surrogate: readonly SurrogateEdit[]): ConstructorParameters<typeof StoredBody>[0] {
    const { octets, stuffedLines, headerOctets } = this.#canonical;
    return { octets, stuffedLines, headerOctets, sha256: this.#hash.digest(), head, surrogate };
  }

  /** Reads the file again, as far as there may be headers in it. */
  async #scanned(handle: FileHandle): Promise<readonly SurrogateEdit[]> {
    const scanner = new SurrogateScanner();
    const piece = Buffer.allocUnsafe(pieceOctets);
    for (let at = 0, read = -1; read !== 0 && !scanner.isOver; at += read) {
      read = (await handle.read(piece, 0, piece.length, at)).bytesRead;
      scanner.push(piece.subarray(0, read));
    }
    return scanner.end();
  }

  /** The header as far as it is in the first octets; a copy, so that it does not keep them all. */
  #headOf(octets: Uint8Array): Uint8Array {
    return Buffer.from(octets.subarray(0, Math.min(headOctetsMax, this.#canonical.headerOctets)));
  }

  async #forget(): Promise<void> {
    this.#pieces = [];
    await this.#writing?.catch(() => {});
    const [handle, path] = [this.#handle, this.#path];
    this.#handle = this.#path = undefined;
    await handle?.close();
    // Wherever it failed: space that a refused message keeps would be missing for the next.
    if (path !== undefined) await unlink(path);
  }
}
