// Reads a folder of .eml files, its subfolders as mailboxes.
import { join } from "node:path";
import type { MailSource, SourceEntry, SourceOptions } from "./contract.ts";
import { SourceError } from "./contract.ts";
import { listFolder, openFile, readRange, refusalOf, resolveRoot } from "./files.ts";
import { decodeSegment } from "./segments.ts";

const FOLDER_DEPTH_MAX = 32;

interface Found {
  readonly path: string;
  readonly name: string;
  readonly mailbox: string;
  readonly refusal: string | undefined;
}

/** Opens a folder of .eml files for reading. Throws SourceError. */
export async function openEmlFolder(o: SourceOptions): Promise<MailSource> {
  const root = await resolveRoot(o.path);
  if (!root.stats.isDirectory()) throw new SourceError(`${o.path}: is not a folder`);
  return {
    format: "eml",
    async measure() {
      let total = 0;
      for await (const _ of filesIn(root.path, [], o.mailbox)) total += 1;
      return { unit: "messages", total };
    },
    async *entries() {
      let position = 0;
      for await (const found of filesIn(root.path, [], o.mailbox)) {
        position += 1;
        yield await entryOf(found, position);
      }
    },
  };
}

async function* filesIn(path: string, names: readonly string[], root: string | undefined): AsyncGenerator<Found> {
  const entries = await listFolder(path);
  const mailbox = names.length === 0 ? (root ?? "INBOX") : [...(root === undefined ? [] : [root]), ...names].join("/");
  for (const entry of entries) {
    if (entry.isDirectory() || entry.name.startsWith(".") || !/\.eml$/i.test(entry.name)) continue;
    yield { path: join(path, entry.name), name: [...names, entry.name].join("/"), mailbox, refusal: refusalOf(entry) };
  }
  if (names.length >= FOLDER_DEPTH_MAX) return;
  for (const entry of entries) {
    if (entry.isDirectory() && !entry.name.startsWith("."))
      yield* filesIn(join(path, entry.name), [...names, decodeSegment(entry.name)], root);
  }
}

async function entryOf(found: Found, position: number): Promise<SourceEntry> {
  const { name, mailbox } = found;
  if (found.refusal !== undefined) return { kind: "skipped", name, reason: found.refusal, position };
  try {
    const { handle, stats } = await openFile(found.path);
    await handle.close();
    const modifiedAt = Math.floor(stats.mtimeMs);
    // A file's time is mostly when it was saved: the message's own fields know better.
    return {
      kind: "message",
      name,
      mailbox,
      keywords: [],
      receivedAt: undefined,
      modifiedAt,
      position,
      open: () => readFile(found.path),
    };
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { kind: "skipped", name, reason: error.message, position };
  }
}

async function* readFile(path: string): AsyncGenerator<Uint8Array> {
  const { handle, stats } = await openFile(path);
  try {
    yield* readRange(handle, { start: 0, end: stats.size });
  } finally {
    await handle.close();
  }
}
