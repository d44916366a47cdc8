// Into a Maildir: tmp, fsync, rename into new, fsync of new. The name is made of source, unique-id and octets, so that a
// message that comes again after a crash finds itself there (https://cr.yp.to/proto/maildir.html).
import { createHash } from "node:crypto";
import { readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CopyState } from "../decide/decide.ts";
import type { Copy } from "../decide/known.ts";
import { makeFolder, syncFolder } from "../../files/index.ts";
import { FetchError } from "../fetch-error.ts";
import type { Destination, IncomingFacts, Intake, Kept, WholeFacts } from "./contract.ts";
import { UnixLineEnds, withCrlf } from "./line-ends.ts";
import { SyncedFolder } from "./synced-folder.ts";
import { TmpFile } from "./tmp-file.ts";

export interface MaildirDestinationOptions {
  readonly to: string;
  readonly path: string;
  readonly lineEnds: "lf" | "crlf";
  readonly source: string;
  /** Told after each step that a crash could follow. */
  readonly checkpoint: (step: string) => void;
  /** Nothing of it is made or removed. */
  readonly isLookedAt?: boolean;
}

const CONCURRENCY = 16;
/** Gathered before it is written. */
const PIECE_OCTETS = 131_072;

interface Maildir {
  readonly of: MaildirDestinationOptions;
  /** Names up to the flags, of every folder. */
  readonly present: Set<string>;
  /** Names that are being entered: who has the same octets waits, and fails with who was first. */
  readonly entering: Map<string, Promise<void>>;
  /** Begins the names of this source's files in tmp. */
  readonly unfinished: string;
  readonly inbox: SyncedFolder;
}

/** Made when it is not there, unless it is looked at. The caller holds the source's lease, so files it left in tmp are nobody's. Throws FetchError. */
export async function openMaildirDestination(of: MaildirDestinationOptions): Promise<Destination> {
  const maildir: Maildir = {
    of,
    present: new Set(),
    entering: new Map(),
    unfinished: `restante.${hash(of.source).slice(0, 16)}.`,
    inbox: new SyncedFolder(join(of.path, "new")),
  };
  await refusing(of.path, async () => {
    if (of.isLookedAt !== true) {
      await makeFolders(of.path);
      await removeUnfinished(maildir);
    }
    await readNames(maildir);
  });
  let last = 0;
  return {
    to: of.to,
    isIdempotent: false,
    concurrency: CONCURRENCY,
    begin: (facts) => refusing(of.path, () => MaildirIntake.begin(maildir, facts, (last += 1))),
    states: (copies) => Promise.resolve(copies.map((copy) => stateOf(maildir, copy))),
    close: () => Promise.resolve(),
  };
}

function stateOf({ present }: Maildir, { place }: Copy): CopyState {
  return present.has(place) ? "there" : "missing";
}

class MaildirIntake implements Intake {
  readonly #maildir: Maildir;
  readonly #uniqueId: string;
  readonly #file: TmpFile;
  /** Undefined: the octets go in as they come. */
  #lineEnds: UnixLineEnds | undefined;
  #wireOctets = 0;

  private constructor(maildir: Maildir, uniqueId: string, file: TmpFile) {
    this.#maildir = maildir;
    this.#uniqueId = uniqueId;
    this.#file = file;
    this.#lineEnds = maildir.of.lineEnds === "lf" ? new UnixLineEnds() : undefined;
  }

  static async begin(maildir: Maildir, facts: IncomingFacts, number: number): Promise<MaildirIntake> {
    const path = join(maildir.of.path, "tmp", `${maildir.unfinished}${process.pid}.${number}`);
    const intake = new MaildirIntake(maildir, facts.uniqueId, await TmpFile.create(path));
    await intake.write(Buffer.from(facts.prefix, "latin1"));
    return intake;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (chunk.length === 0) return;
    this.#wireOctets += chunk.length;
    if (this.#lineEnds === undefined) return this.#add(chunk);
    const octets = this.#lineEnds.pushReversibly(chunk);
    if (octets !== undefined) return this.#add(octets);
    // LF for CRLF would lose something: this message keeps its CRLFs, those of its beginning too.
    const rest = Buffer.concat([this.#lineEnds.held, chunk]);
    this.#lineEnds = undefined;
    return refusing(this.#maildir.of.path, async () => {
      await this.#file.rewrite(withCrlf);
      this.#file.add(rest);
    });
  }

  #add(octets: Uint8Array): void | Promise<void> {
    this.#file.add(octets);
    if (this.#file.gathered >= PIECE_OCTETS) return refusing(this.#maildir.of.path, () => this.#file.spill());
  }

  keep({ sha256 }: WholeFacts): Promise<Kept> {
    const { of } = this.#maildir;
    return refusing(of.path, async () => {
      this.#file.add(this.#lineEnds?.end() ?? new Uint8Array(0));
      await this.#file.spill();
      of.checkpoint("maildir-written");
      await this.#file.finish();
      of.checkpoint("maildir-synced");
      return await this.#enter(sha256);
    });
  }

  /** Puts the file under its name; one of that name holds the same octets. */
  async #enter(sha256: string): Promise<Kept> {
    const { of, present, entering, inbox } = this.#maildir;
    const place = `${nameOf(of.source, this.#uniqueId, sha256)},S=${this.#file.octets},W=${this.#wireOctets}`;
    await entering.get(place);
    const added = !present.has(place);
    if (added) {
      const renaming = rename(this.#file.path, join(of.path, "new", place)).then(() => void present.add(place));
      entering.set(place, renaming);
      await renaming.finally(() => entering.delete(place));
      of.checkpoint("maildir-renamed");
    } else await rm(this.#file.path, { force: true });
    // Also when it was there: the run that put it there may have died before it did this.
    await inbox.sync();
    of.checkpoint("maildir-durable");
    return { added, place };
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }
}

/** The same for the same message, whenever it comes; no time is in it. */
function nameOf(source: string, uniqueId: string, sha256: string): string {
  return `0.R${hash(JSON.stringify([source, uniqueId, sha256])).slice(0, 40)}.restante`;
}

function hash(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

async function makeFolders(path: string): Promise<void> {
  const made = ["tmp", "new", "cur"].flatMap((name) => makeFolder(join(path, name)));
  // A power cut must not take back a folder whose mail is acknowledged.
  for (const parent of new Set(made.map((folder) => dirname(folder)))) await syncFolder(parent);
}

async function removeUnfinished({ of, unfinished }: Maildir): Promise<void> {
  const folder = join(of.path, "tmp");
  for (const name of await readdir(folder))
    if (name.startsWith(unfinished)) await rm(join(folder, name), { force: true });
}

/** INBOX and the Maildir++ folders beside it: a message that was filed keeps its name there with most programs. */
async function readNames({ of, present }: Maildir): Promise<void> {
  const folders = ["", ...(await namesIn(of.path)).filter((name) => name.startsWith("."))];
  for (const folder of folders)
    for (const part of ["new", "cur"])
      for (const name of await namesIn(join(of.path, folder, part))) present.add(name.split(":", 1)[0] ?? name);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

async function refusing<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (cause) {
    if (cause instanceof FetchError || (cause as NodeJS.ErrnoException).syscall === undefined) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    throw new FetchError("destination", `the Maildir ${path} cannot be written (${String(code)})`, { cause });
  }
}
