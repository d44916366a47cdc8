// Writes a folder of mboxes, one a mailbox: mboxrd quoting, LF line ends, a separator as RFC 4155 has it.
// Beside each stands how far it got, so that an export that was cut off or is repeated goes on behind the last message.
import { open, readFile, type FileHandle } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { StoredMessage } from "../../mailstore/index.ts";
import { segmentsOf } from "../imports/segments.ts";
import { TargetError, type MailTarget, type TargetOptions } from "./contract.ts";
import { isMissing, TouchedFolders, writeDurably } from "./durable-files.ts";
import { fromLine, quoted } from "./mbox-entry.ts";
import { copy, writeOctets } from "./write-octets.ts";

/** Messages between two notes of how far an mbox is; after a cut-off at most these are written again. */
const MESSAGES_PER_NOTE = 256;
const FILE_MODE = 0o600;

/** How far an mbox is. `octets` and `after` are certain; `complete` false means that an export may have died behind them. */
interface Note {
  readonly after: number;
  readonly octets: number;
  readonly complete: boolean;
}

/** Opens a folder for writing mboxes; it is made when it is not there. */
export async function openMboxTarget(o: TargetOptions): Promise<MailTarget> {
  const touched = new TouchedFolders();
  touched.make(o.path);
  const mboxes = new Map<string, Mbox>();
  const mboxOf = async (mailbox: string): Promise<Mbox> => {
    const known = mboxes.get(mailbox) ?? (await Mbox.open(mboxPath(o.path, mailbox), touched));
    mboxes.set(mailbox, known);
    return known;
  };
  return {
    concurrency: 1,
    write: async (message, octets) => (await mboxOf(message.mailbox)).write(message, octets),
    async finish() {
      for (const mbox of mboxes.values()) await mbox.close({ complete: true });
      await touched.sync();
    },
    async abandon() {
      for (const mbox of mboxes.values()) await mbox.close({ complete: false });
      await touched.sync();
    },
  };
}

class Mbox {
  readonly #path: string;
  readonly #file: FileHandle;
  readonly #touched: TouchedFolders;
  #at: number;
  #after: number;
  #sinceNote = 0;
  #begun = false;

  private constructor(o: {
    readonly path: string;
    readonly file: FileHandle;
    readonly note: Note;
    readonly touched: TouchedFolders;
  }) {
    this.#path = o.path;
    this.#file = o.file;
    this.#touched = o.touched;
    this.#at = o.note.octets;
    this.#after = o.note.after;
  }

  /** Throws TargetError when the file was not written by an export, or was changed since. */
  static async open(path: string, touched: TouchedFolders): Promise<Mbox> {
    touched.make(dirname(path));
    const note = (await readNote(path)) ?? { after: 0, octets: 0, complete: true };
    const file = await openForWriting(path);
    try {
      const { size } = await file.stat();
      const isOurs = note.complete ? size === note.octets : size >= note.octets;
      if (!isOurs) throw new TargetError(`${path} was written or changed by another program: choose another folder`);
      await file.truncate(note.octets);
      touched.add(dirname(path));
      return new Mbox({ path, file, note, touched });
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async write(message: StoredMessage, octets: () => AsyncIterable<Uint8Array>): Promise<boolean> {
    if (message.messageId <= this.#after) return false;
    if (!this.#begun) await this.#writeNote({ complete: false });
    this.#begun = true;
    const start = this.#at;
    try {
      this.#at = await this.#append(start, message, octets);
    } catch (error) {
      await this.#file.truncate(start);
      throw error;
    }
    this.#after = message.messageId;
    this.#sinceNote += 1;
    if (this.#sinceNote >= MESSAGES_PER_NOTE) await this.#writeNote({ complete: false });
    return true;
  }

  async close(o: { readonly complete: boolean }): Promise<void> {
    try {
      if (this.#begun) await this.#writeNote(o);
    } finally {
      await this.#file.close();
    }
  }

  async #append(start: number, message: StoredMessage, octets: () => AsyncIterable<Uint8Array>): Promise<number> {
    const begin = await copy(this.#file, start, once(await fromLine(message, octets)));
    const end = await writeOctets(this.#file, { start: begin, octets, rewrite: quoted });
    return copy(this.#file, end, once(Buffer.from("\n"))); // RFC 4155: an empty line ends the message
  }

  async #writeNote({ complete }: { readonly complete: boolean }): Promise<void> {
    await this.#file.sync();
    const note: Note = { after: this.#after, octets: this.#at, complete };
    const path = notePath(this.#path);
    await writeDurably({
      temporary: `${path}.tmp`,
      path,
      write: async (file) => void (await file.writeFile(`${JSON.stringify(note)}\n`)),
    });
    await this.#touched.sync();
    this.#touched.add(dirname(path));
    this.#sinceNote = 0;
  }
}

function mboxPath(root: string, mailbox: string): string {
  const segments = segmentsOf(mailbox);
  return join(root, ...segments.slice(0, -1), `${segments.at(-1)}.mbox`);
}

function notePath(path: string): string {
  return join(dirname(path), `.${path.slice(dirname(path).length + 1)}.export`);
}

async function readNote(path: string): Promise<Note | undefined> {
  let text: string;
  try {
    text = await readFile(notePath(path), "utf8");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const note: unknown = JSON.parse(text);
  if (isNote(note)) return note;
  throw new TargetError(
    `${notePath(path)} is not a note of an export: remove it and ${path}, or choose another folder`,
  );
}

function isNote(value: unknown): value is Note {
  if (typeof value !== "object" || value === null) return false;
  const { after, octets, complete } = value as Partial<Record<keyof Note, unknown>>;
  return Number.isSafeInteger(after) && Number.isSafeInteger(octets) && typeof complete === "boolean";
}

async function openForWriting(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r+");
  } catch (error) {
    if (!isMissing(error)) throw error;
    return open(path, "wx+", FILE_MODE);
  }
}

async function* once(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}
