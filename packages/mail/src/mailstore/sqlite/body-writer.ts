// Takes a body in: made canonical and measured on the way, in memory up to 64 KiB, else in a file. finish() leaves the
// file durable under its final name, before any row speaks of it.
import { isAscii } from "node:buffer";
import { createHash, hash, randomUUID, type Hash } from "node:crypto";
import { open, rename, unlink, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Canonicaliser, SurrogateScanner, type SurrogateEdit } from "@restante/pop/maildrop";
import { type PieceMemory, syncFolder } from "../../files/index.ts";
import type { BodyOptions, BodyWriter, ReceivedBody } from "../contract.ts";
import type { BodyFolders } from "./body-folders.ts";
import { bodyPath, rowOctetsMax, type DataDirectory } from "./data-directory.ts";
import { StoredBody, type Measures } from "./received-body.ts";
import { storeError } from "./result-codes.ts";
import { editsOf } from "./surrogates.ts";

const headOctetsMax = 65_536;
/** Gathered before it is written to the file. */
const pieceOctets = 524_288;
/** A piece is not split: the last chunk in it may stick out by this much, which is as large as chunks are. */
export const pieceMemoryOctets = pieceOctets + 262_144;
const NO_OCTETS = Buffer.alloc(0);

/** What the writers of one store share. */
export interface BodyHouse {
  readonly directory: DataDirectory;
  readonly folders: BodyFolders;
  /** Of `pieceMemoryOctets`. */
  readonly pieces: PieceMemory;
}

export class StoredBodyWriter implements BodyWriter {
  readonly #house: BodyHouse;
  readonly #canonical = new Canonicaliser();
  readonly #isDigested: boolean;
  /** Of what went to the file; a body in memory is digested as a whole. */
  #hash: Hash | undefined;
  /** As it was given, before line ends were made canonical. */
  #written = 0;
  readonly #file = randomUUID();
  /** What was gathered lies at its beginning. */
  #memory: Buffer = NO_OCTETS;
  #gathered = 0;
  #isAscii = true;
  #head: Uint8Array | undefined;
  #handle: FileHandle | undefined;
  /** Where the file is now, if there is one. */
  #path: string | undefined;
  #writing: Promise<void> | undefined;
  #ended = false;

  constructor(house: BodyHouse, { isDigested = false }: BodyOptions = {}) {
    this.#house = house;
    this.#isDigested = isDigested;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#ended) throw new Error("the body is finished");
    this.#written += chunk.length;
    this.#take(this.#canonical.push(chunk));
    if (this.#gathered >= (this.#handle === undefined ? rowOctetsMax + 1 : pieceOctets)) return this.#spill();
    return this.#writing;
  }

  async finish(sha256?: string): Promise<ReceivedBody> {
    if (this.#ended) throw new Error("the body is finished");
    this.#take(this.#canonical.end());
    const known = this.#knownDigest(sha256);
    this.#ended = true;
    try {
      await this.#writing;
      if (this.#gathered > rowOctetsMax && this.#handle === undefined) await this.#spill();
      return this.#handle === undefined ? this.#inMemory(known) : await this.#inFile(this.#handle, known);
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
      this.#makeRoom(this.#gathered + piece.length);
      this.#memory.set(piece, this.#gathered);
      this.#gathered += piece.length;
      this.#isAscii &&= isAscii(piece);
    }
  }

  /** Most mail comes in one chunk, and needs no more room than that. */
  #makeRoom(octets: number): void {
    if (octets <= this.#memory.length) return;
    const { pieces } = this.#house;
    const isForFile = octets > rowOctetsMax && octets <= pieces.octets;
    const memory = isForFile ? pieces.take() : Buffer.allocUnsafeSlow(Math.max(octets, 2 * this.#memory.length));
    memory.set(this.#memory.subarray(0, this.#gathered));
    pieces.give(this.#memory);
    this.#memory = memory;
  }

  /** Moves what was gathered to the file; one such move at a time. */
  #spill(): Promise<void> {
    const memory = this.#memory;
    const octets = memory.subarray(0, this.#gathered);
    this.#memory = NO_OCTETS;
    this.#gathered = 0;
    this.#head ??= this.#headOf(octets);
    const before = this.#writing;
    const writing = (async () => {
      await before;
      this.#handle ??= await this.#create(join(this.#house.directory.incoming, this.#file));
      if (!this.#isDigested) this.#digest(octets);
      await writeAll(this.#handle, octets);
      this.#house.pieces.give(memory);
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

  /** Line ends only ever add octets: where none were added, what is stored is what was written. */
  #knownDigest(sha256: string | undefined): Buffer | undefined {
    if (!this.#isDigested || sha256 === undefined || this.#canonical.octets !== this.#written) return undefined;
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError("a SHA-256 has 64 hex digits");
    // Memory of its own: crossing to the writer thread takes all the memory a view is of, such as Buffer's pool of 64 KiB.
    const digest = Buffer.allocUnsafeSlow(sha256.length / 2);
    digest.write(sha256, "hex");
    return digest;
  }

  #digest(octets: Uint8Array): void {
    this.#hash ??= createHash("sha256");
    this.#hash.update(octets);
  }

  #inMemory(known: Buffer | undefined): StoredBody {
    // Shared memory: handed to the writer thread without a copy, and still here for the next account.
    const octets = new Uint8Array(new SharedArrayBuffer(this.#gathered));
    octets.set(this.#memory.subarray(0, this.#gathered));
    this.#letGo();
    const sha256 = known ?? hash("sha256", octets, "buffer");
    const surrogate = this.#isAscii ? [] : editsOf(octets);
    const measures = this.#measures({ sha256, head: this.#headOf(octets), surrogate });
    return new StoredBody(measures, { kind: "memory", octets });
  }

  async #inFile(handle: FileHandle, known: Buffer | undefined): Promise<StoredBody> {
    if (this.#gathered > 0) await this.#spill();
    const sha256 = known ?? this.#hash?.digest() ?? (await digestOf(handle));
    const surrogate = this.#isAscii ? [] : await this.#scanned(handle);
    this.#letGo();
    // No second try after a failed fsync: it may claim success for octets the kernel has dropped.
    await handle.sync();
    this.#handle = undefined;
    await handle.close();
    const { directory, folders } = this.#house;
    const { bodies, incoming } = directory;
    const path = bodyPath(bodies, this.#file);
    await folders.make(dirname(path));
    await rename(join(incoming, this.#file), path);
    this.#path = path;
    await syncFolder(dirname(path));
    const measures = this.#measures({ sha256, head: this.#head ?? new Uint8Array(0), surrogate });
    return new StoredBody(measures, { kind: "file", bodies, file: this.#file });
  }

  #letGo(): void {
    this.#house.pieces.give(this.#memory);
    this.#memory = NO_OCTETS;
    this.#gathered = 0;
  }

  #measures(found: Pick<Measures, "sha256" | "head" | "surrogate">): Measures {
    const { octets, stuffedLines, headerOctets } = this.#canonical;
    return { octets, stuffedLines, headerOctets, ...found };
  }

  /** Reads the file again, as far as there may be headers in it. */
  async #scanned(handle: FileHandle): Promise<readonly SurrogateEdit[]> {
    const scanner = new SurrogateScanner();
    for await (const piece of piecesOf(handle)) {
      scanner.push(piece);
      if (scanner.isOver) break;
    }
    return scanner.end();
  }

  /** The header as far as it is in the first octets; a copy, so that it does not keep them all. */
  #headOf(octets: Uint8Array): Uint8Array {
    return Buffer.from(octets.subarray(0, Math.min(headOctetsMax, this.#canonical.headerOctets)));
  }

  async #forget(): Promise<void> {
    this.#letGo();
    await this.#writing?.catch(() => {});
    const [handle, path] = [this.#handle, this.#path];
    this.#handle = this.#path = undefined;
    await handle?.close();
    // Wherever it failed: space that a refused message keeps would be missing for the next.
    if (path !== undefined) await unlink(path);
  }
}

async function writeAll(handle: FileHandle, octets: Uint8Array): Promise<void> {
  for (let at = 0; at < octets.length;) at += (await handle.write(octets, at)).bytesWritten;
}

/** The file from its beginning, in one piece of memory that is used again and again. */
async function* piecesOf(handle: FileHandle): AsyncGenerator<Uint8Array, void, undefined> {
  const piece = Buffer.allocUnsafe(pieceOctets);
  for (let at = 0, read = -1; read !== 0; at += read) {
    read = (await handle.read(piece, 0, piece.length, at)).bytesRead;
    yield piece.subarray(0, read);
  }
}

/** Of what is stored where it is not what was written. */
async function digestOf(handle: FileHandle): Promise<Buffer> {
  const whole = createHash("sha256");
  for await (const piece of piecesOf(handle)) whole.update(piece);
  return whole.digest();
}
