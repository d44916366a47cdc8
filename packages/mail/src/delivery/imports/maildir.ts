// Reads a Maildir with its Maildir++ folders (.Name.Sub) and plain subfolders (Dovecot's LAYOUT=fs).
// https://cr.yp.to/proto/maildir.html; S= in names and dovecot-keywords as Dovecot and Courier write them.
import { join } from "node:path";
import type { MailSource, SourceEntry, SourceOptions } from "./contract.ts";
import { SourceError } from "./contract.ts";
import {
  compare,
  isMaildirFolder,
  isMissing,
  listFolder,
  openFile,
  readAt,
  readRange,
  refusalOf,
  resolveRoot,
  type OpenFile,
} from "./files.ts";
import { keywordsOfMaildirFlags } from "./keywords.ts";
import { decodeModifiedUtf7 } from "./modified-utf7.ts";

const FOLDER_DEPTH_MAX = 32;
const KEYWORDS_FILE_OCTETS_MAX = 65_536;

interface Folder {
  readonly path: string;
  readonly mailbox: string;
}

interface Found {
  readonly place: "new" | "cur";
  readonly name: string;
  readonly refusal: string | undefined;
}

/** Opens a Maildir for reading. Throws SourceError when there is none. */
export async function openMaildir(o: SourceOptions): Promise<MailSource> {
  const root = await resolveRoot(o.path);
  const folders = await foldersOf(root.path, o.mailbox);
  if (folders.length === 0) throw new SourceError(`${o.path}: is not a Maildir (it has no folder cur or new)`);
  return {
    format: "maildir",
    async measure() {
      let total = 0;
      for (const folder of folders) total += (await listMessages(folder)).length;
      return { unit: "messages", total };
    },
    async *entries() {
      let position = 0;
      for (const folder of folders) {
        const named = await readKeywordNames(folder);
        for (const found of await listMessages(folder)) {
          position += 1;
          yield await entryOf({ folder, found, named, position });
        }
      }
    },
  };
}

/** What a Maildir name says. https://cr.yp.to/proto/maildir.html, "What can I put in info?" */
export function readMaildirName(name: string): {
  readonly unique: string;
  readonly flags: string;
  readonly octets: number | undefined;
  readonly seconds: number | undefined;
} {
  const colon = name.lastIndexOf(":2,");
  const unique = colon === -1 ? (name.split(":", 1)[0] ?? name) : name.slice(0, colon);
  const octets = /,S=([0-9]{1,15})(?:,|$)/.exec(unique)?.[1];
  const seconds = /^([0-9]{1,10})\./.exec(unique)?.[1];
  return {
    unique,
    flags: colon === -1 ? "" : name.slice(colon + 3),
    octets: octets === undefined ? undefined : Number(octets),
    seconds: seconds === undefined ? undefined : Number(seconds),
  };
}

async function foldersOf(root: string, mailbox: string | undefined): Promise<readonly Folder[]> {
  const folders: Folder[] = [];
  const visit = async (path: string, names: readonly string[]): Promise<void> => {
    if (await isMaildirFolder(path)) folders.push({ path, mailbox: mailboxOf(names, mailbox) });
    if (names.length >= FOLDER_DEPTH_MAX) return;
    for (const entry of await listFolder(path)) {
      if (!entry.isDirectory() || entry.name === "cur" || entry.name === "new" || entry.name === "tmp") continue;
      await visit(join(path, entry.name), [...names, ...namesOf(entry.name)]);
    }
  };
  await visit(root, []);
  return folders;
}

function namesOf(folder: string): readonly string[] {
  const names = folder.startsWith(".") ? folder.slice(1).split(".") : [folder];
  return names.map(decodeModifiedUtf7).filter((name) => name !== "");
}

function mailboxOf(names: readonly string[], root: string | undefined): string {
  if (names.length === 0) return root ?? "INBOX";
  return [...(root === undefined ? [] : [root]), ...names].join("/");
}

async function listMessages({ path }: Folder): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const place of ["new", "cur"] as const) {
    for (const entry of await listFolder(join(path, place))) {
      if (!entry.name.startsWith(".")) found.push({ place, name: entry.name, refusal: refusalOf(entry) });
    }
  }
  const ageOf = ({ name }: Found): number => readMaildirName(name).seconds ?? 0;
  return found.sort((a, b) => ageOf(a) - ageOf(b) || compare(a.name, b.name));
}

async function entryOf(o: {
  readonly folder: Folder;
  readonly found: Found;
  readonly named: ReadonlyMap<string, string>;
  readonly position: number;
}): Promise<SourceEntry> {
  const { folder, found, position } = o;
  const name = `${folder.mailbox}: ${found.place}/${found.name}`;
  if (found.refusal !== undefined) return { kind: "skipped", name, reason: found.refusal, position };
  const said = readMaildirName(found.name);
  let file: OpenFile;
  try {
    file = await openMessage(folder, found);
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    return { kind: "skipped", name, reason: error.message, position };
  }
  await file.handle.close();
  // Another octet count than the name's: cut off, or compressed by the server that wrote it.
  if (said.octets !== undefined && said.octets !== file.stats.size) {
    return {
      kind: "skipped",
      name,
      reason: `has ${file.stats.size} octets where its name says ${said.octets}: cut off or compressed`,
      position,
    };
  }
  // The older of the two: a copy loses the file's time, an upload with an old date has a new name.
  const modifiedAt = Math.floor(file.stats.mtimeMs);
  const receivedAt = said.seconds === undefined ? modifiedAt : Math.min(modifiedAt, said.seconds * 1_000);
  return {
    kind: "message",
    name,
    mailbox: folder.mailbox,
    keywords: keywordsOfMaildirFlags(said.flags, o.named),
    receivedAt,
    modifiedAt,
    position,
    open: () => readMessage(folder, found),
  };
}

async function* readMessage(folder: Folder, found: Found): AsyncGenerator<Uint8Array> {
  const { handle, stats } = await openMessage(folder, found);
  try {
    yield* readRange(handle, { start: 0, end: stats.size });
  } finally {
    await handle.close();
  }
}

// A mail program may rename the file meanwhile: from new to cur, or with other flags. The part before the colon stays.
async function openMessage(folder: Folder, found: Found): Promise<OpenFile> {
  try {
    return await openFile(join(folder.path, found.place, found.name));
  } catch (error) {
    if (!(error instanceof SourceError && isMissing(error.cause))) throw error;
    const { unique } = readMaildirName(found.name);
    const now = (await listFolder(join(folder.path, "cur"))).find(
      (entry) => readMaildirName(entry.name).unique === unique,
    );
    if (now === undefined) throw error;
    return openFile(join(folder.path, "cur", now.name));
  }
}

/** Dovecot's names of the flags a to z: lines of a number and a name. */
async function readKeywordNames({ path }: Folder): Promise<ReadonlyMap<string, string>> {
  let file: OpenFile;
  try {
    file = await openFile(join(path, "dovecot-keywords"));
  } catch (error) {
    if (error instanceof SourceError) return new Map(); // most Maildirs have none
    throw error;
  }
  try {
    const text = (await readAt(file.handle, 0, KEYWORDS_FILE_OCTETS_MAX)).toString("utf8");
    // A name that no keyword can have here is left out, and not its message.
    const lines = [...text.matchAll(/^([0-9]{1,2}) ([!-~]{1,64})$/gm)].filter(([, index]) => Number(index) < 26);
    return new Map(lines.map(([, index, name]) => [String.fromCharCode(97 + Number(index)), name ?? ""]));
  } finally {
    await file.handle.close();
  }
}
