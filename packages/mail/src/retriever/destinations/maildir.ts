// Into a Maildir: tmp, fsync, rename into new, fsync of new. The name is made of source, unique-id and octets, so that a
// message that comes again after a crash finds itself there (https://cr.yp.to/proto/maildir.html).
import { createHash } from "node:crypto";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CopyState } from "../decide/decide.ts";
import type { Copy } from "../decide/known.ts";
import { makeDurableFolder, PieceMemory } from "../../files/index.ts";
import { FetchError } from "../fetch-error.ts";
import type { Destination, IncomingFacts, Intake, Kept, WholeFacts } from "./contract.ts";
import { UnixLineEnds, withCrlf } from "./line-ends.ts";
import { filesIn, nameUpToFlags } from "./maildir-files.ts";
import { takeStubsPlace } from "./maildir-stub.ts";
import { MaildirWriter } from "./maildir-writer.ts";
import { noRoom } from "./disk-trouble.ts";

export interface MaildirDestinationOptions {
  readonly to: string;
  readonly path: string;
  readonly lineEnds: "lf" | "crlf";
  readonly source: string;
  /** Told after each step that a crash could follow; nobody else is served meanwhile. */
  readonly checkpoint: ((step: string) => void) | undefined;
  /** Nothing of it is made or removed. */
  readonly isLookedAt?: boolean;
}

/** So many are made durable together; a disk that becomes full is overrun by no more. */
const CONCURRENCY = 32;
/** Gathered before it is written. */
const PIECE_OCTETS = 1_048_576;
/** A piece is not split: the last chunk in it may stick out by this much, which is as large as chunks are. */
const CHUNK_OCTETS_MAX = 262_144;
const NO_OCTETS = Buffer.alloc(0);

interface Maildir {
  readonly of: MaildirDestinationOptions;
  /** Names up to the flags, of every folder. */
  readonly present: Set<string>;
  /** Names that are being entered: who has the same octets waits, and fails with who was first. */
  readonly entering: Map<string, Promise<void>>;
  /** Begins the names of this source's files in tmp. */
  readonly unfinished: string;
  readonly writer: MaildirWriter;
  /** Of large messages. */
  readonly pieces: PieceMemory;
}

/** Made when it is not there, unless it is looked at. The caller holds the source's lease, so files it left in tmp are nobody's. Throws FetchError. */
export async function openMaildirDestination(of: MaildirDestinationOptions): Promise<Destination> {
  const maildir: Maildir = {
    of,
    present: new Set(),
    entering: new Map(),
    unfinished: `restante.${hash(of.source).slice(0, 16)}.`,
    writer: new MaildirWriter({ inbox: join(of.path, "new"), checkpoint: of.checkpoint }),
    pieces: new PieceMemory({ octets: PIECE_OCTETS + CHUNK_OCTETS_MAX, isShared: true }),
  };
  await refusing(of, async () => {
    if (of.isLookedAt !== true) {
      makeFolders(of.path);
      await removeUnfinished(maildir);
    }
    await readNames(maildir);
  });
  let last = 0;
  return {
    to: of.to,
    isIdempotent: false,
    concurrency: CONCURRENCY,
    async begin(facts) {
      const intake = new MaildirIntake(maildir, facts, (last += 1));
      await intake.write(Buffer.from(facts.prefix, "latin1"));
      return intake;
    },
    states: (copies) => Promise.resolve(copies.map((copy) => stateOf(maildir, copy))),
    close: () => maildir.writer.close(),
  };
}

function stateOf({ present }: Maildir, { place }: Copy): CopyState {
  return present.has(place) ? "there" : "missing";
}

/** One message: gathered here, and written by the thread; a small one is a file only when it is whole. */
class MaildirIntake implements Intake {
  readonly #maildir: Maildir;
  readonly #facts: IncomingFacts;
  /** In tmp. */
  readonly #file: string;
  /** Shared with the thread, so that nothing is copied on the way. What was gathered lies at its beginning. */
  #memory: Buffer = NO_OCTETS;
  #gathered = 0;
  /** The last piece on its way; undefined while there is no file. */
  #writing: Promise<void> | undefined;
  /** Octets of the file. */
  #written = 0;
  /** Undefined: the octets go in as they come. */
  #lineEnds: UnixLineEnds | undefined;
  #wireOctets = 0;

  constructor(maildir: Maildir, facts: IncomingFacts, number: number) {
    this.#maildir = maildir;
    this.#facts = facts;
    this.#file = join(maildir.of.path, "tmp", `${maildir.unfinished}${process.pid}.${number}`);
    this.#lineEnds = maildir.of.lineEnds === "lf" ? new UnixLineEnds() : undefined;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (chunk.length === 0) return;
    this.#wireOctets += chunk.length;
    if (this.#lineEnds === undefined) return this.#add(chunk);
    const gathered = this.#gathered;
    this.#makeRoom(gathered + this.#lineEnds.held.length + chunk.length);
    if (this.#lineEnds.pushReversibly(chunk, (octets) => this.#gather(octets))) return this.#spillWhenFull();
    this.#gathered = gathered;
    // LF for CRLF would lose something: this message keeps its CRLFs, those of its beginning too.
    const rest = Buffer.concat([this.#lineEnds.held, chunk]);
    this.#lineEnds = undefined;
    return this.#restoreLineEnds(rest);
  }

  async keep({ sha256 }: WholeFacts): Promise<Kept> {
    this.#gather(this.#lineEnds?.end() ?? NO_OCTETS);
    return refusing(this.#maildir.of, async () => {
      // One piece that is missing must not be followed by others.
      await this.#writing;
      const kept = await this.#enter(sha256);
      await this.#takeStubsPlace(kept);
      return kept;
    });
  }

  /** Also of one that was there before: a crash may have come between. A header that cannot be moved stays beside it. */
  async #takeStubsPlace({ place }: Kept): Promise<void> {
    const stub = this.#facts.replaces?.place;
    if (stub === undefined || stub === place) return;
    const { of, present } = this.#maildir;
    try {
      await takeStubsPlace({ path: of.path, stub, whole: place, checkpoint: of.checkpoint });
      present.delete(stub);
    } catch (error) {
      // The message is here and durable; who reads the Maildir meanwhile may rename what was found.
      if ((error as NodeJS.ErrnoException).syscall === undefined) throw error;
    }
  }

  async discard(): Promise<void> {
    const writing = this.#writing;
    if (writing === undefined) return;
    this.#writing = undefined;
    await writing.catch(nothing);
    await refusing(this.#maildir.of, () => this.#maildir.writer.run({ kind: "discard", file: this.#file }));
  }

  #add(octets: Uint8Array): void | Promise<void> {
    this.#gather(octets);
    return this.#spillWhenFull();
  }

  #spillWhenFull(): void | Promise<void> {
    if (this.#gathered >= PIECE_OCTETS) return this.#spill();
  }

  /** Copied. */
  #gather(octets: Uint8Array): void {
    this.#makeRoom(this.#gathered + octets.length);
    this.#memory.set(octets, this.#gathered);
    this.#gathered += octets.length;
  }

  /** Most mail has about as many octets as LIST told. */
  #makeRoom(needed: number): void {
    if (needed <= this.#memory.length) return;
    const { pieces } = this.#maildir;
    const wanted = Math.max(needed, this.#facts.octets, 2 * this.#memory.length);
    const memory =
      wanted >= PIECE_OCTETS && needed <= pieces.octets
        ? pieces.take()
        : Buffer.from(new SharedArrayBuffer(Math.max(needed, Math.min(wanted, PIECE_OCTETS))));
    memory.set(this.#memory.subarray(0, this.#gathered));
    pieces.give(this.#memory);
    this.#memory = memory;
  }

  /** What was gathered goes to the file. Resolves when the piece before it is there: two are under way at most. */
  #spill(): Promise<void> {
    const before = this.#writing;
    const memory = this.#memory;
    const octets = memory.subarray(0, this.#gathered);
    this.#memory = NO_OCTETS;
    this.#gathered = 0;
    this.#follow(async () => {
      await before;
      this.#written = await this.#maildir.writer.run({ kind: "write", file: this.#file, octets });
      this.#maildir.pieces.give(memory);
    });
    return refusing(this.#maildir.of, () => before ?? Promise.resolve());
  }

  /** Whoever writes next, or keeps it, learns of a failure. */
  #follow(work: () => Promise<void>): void {
    const writing = work();
    writing.catch(nothing);
    this.#writing = writing;
  }

  async #restoreLineEnds(rest: Uint8Array): Promise<void> {
    if (this.#writing === undefined) {
      const octets = withCrlf(this.#memory.subarray(0, this.#gathered));
      this.#gathered = 0;
      this.#gather(octets);
    } else {
      await this.#spill();
      const before = this.#writing;
      this.#follow(async () => {
        await before;
        this.#written = await this.#maildir.writer.run({ kind: "with-crlf", file: this.#file });
      });
      await refusing(this.#maildir.of, () => this.#writing ?? Promise.resolve());
    }
    await this.#add(rest);
  }

  /** Puts the file under its name; one of that name holds the same octets. */
  async #enter(sha256: string): Promise<Kept> {
    const { of, present, entering, writer, pieces } = this.#maildir;
    const file = this.#file;
    const memory = this.#memory;
    const octets = memory.subarray(0, this.#gathered);
    const size = this.#written + octets.length;
    const place = `${nameOf(of.source, this.#facts.uniqueId, sha256)},S=${size},W=${this.#wireOctets}`;
    while (entering.has(place)) await entering.get(place);
    // From here on there may be a file.
    this.#writing ??= Promise.resolve();
    if (present.has(place)) {
      // The run that put it there may have died before the name was durable.
      await writer.run({ kind: "known", file });
      return { added: false, place };
    }
    const to = join(of.path, "new", place);
    const entered = writer.run({ kind: "enter", file, octets, to }).then(() => {
      present.add(place);
      pieces.give(memory);
    });
    entering.set(place, entered);
    await entered.finally(() => entering.delete(place));
    return { added: true, place };
  }
}

/** The same for the same message, whenever it comes; no time is in it. */
function nameOf(source: string, uniqueId: string, sha256: string): string {
  return `0.R${hash(JSON.stringify([source, uniqueId, sha256])).slice(0, 40)}.restante`;
}

function hash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

/** A power cut must not take back a folder whose mail is acknowledged. */
function makeFolders(path: string): void {
  for (const name of ["tmp", "new", "cur"]) makeDurableFolder(join(path, name));
}

async function removeUnfinished({ of, unfinished }: Maildir): Promise<void> {
  const folder = join(of.path, "tmp");
  for (const name of await readdir(folder))
    if (name.startsWith(unfinished)) await rm(join(folder, name), { force: true });
}

async function readNames({ of, present }: Maildir): Promise<void> {
  for await (const { name } of filesIn(of.path)) present.add(nameUpToFlags(name));
}

async function refusing<T>(
  { to, path }: Pick<MaildirDestinationOptions, "to" | "path">,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof FetchError || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw (
      noRoom(to, cause) ??
      new FetchError("destination", `the Maildir ${path} cannot be written (${String(code)})`, { cause })
    );
  }
}

function nothing(): void {}
