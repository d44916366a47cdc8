// Writes a Maildir, other mailboxes as Maildir++ folders: tmp, fsync, then cur or new (https://cr.yp.to/proto/maildir.html).
// The name begins with the unique-id, so that an export that is started again knows what is there, whatever its flags are now.
import { readdir, rename } from "node:fs/promises";
import { join } from "node:path";
import type { StoredMessage } from "../../mailstore/index.ts";
import type { MailTarget, TargetOptions } from "./contract.ts";
import { maildirFlagsOf } from "../imports/keywords.ts";
import { encodeModifiedUtf7 } from "../imports/modified-utf7.ts";
import { TouchedFolders, writeDurably } from "./durable-files.ts";
import { KeywordFile } from "./keyword-file.ts";
import { writeOctets } from "./write-octets.ts";

const CONCURRENCY = 8;

interface Folder {
  readonly path: string;
  /** What each name begins with, up to its first comma. */
  readonly present: Set<string>;
  readonly keywords: KeywordFile;
}

/** Opens a Maildir for writing; it is made when it is not there. */
export async function openMaildirTarget(o: TargetOptions): Promise<MailTarget> {
  const touched = new TouchedFolders();
  const folders = new Map<string, Promise<Folder>>();
  const folderOf = (mailbox: string): Promise<Folder> => {
    const known = folders.get(mailbox) ?? openFolder(join(o.path, folderName(mailbox)), touched);
    folders.set(mailbox, known);
    return known;
  };
  await folderOf("INBOX");
  return {
    concurrency: CONCURRENCY,
    async write(message, octets) {
      const folder = await folderOf(message.mailbox);
      const key = keyOf(message);
      if (folder.present.has(key)) return false;
      folder.present.add(key);
      await writeMessage({ folder, key, message, octets, touched });
      return true;
    },
    finish: () => touched.sync(),
    abandon: () => touched.sync(),
  };
}

async function writeMessage(o: {
  readonly folder: Folder;
  readonly key: string;
  readonly message: StoredMessage;
  readonly octets: () => AsyncIterable<Uint8Array>;
  readonly touched: TouchedFolders;
}): Promise<void> {
  const { folder, key, message } = o;
  const { letters, others } = maildirFlagsOf(message.keywords);
  const flags = letters + (await folder.keywords.lettersOf(others));
  const place = join(folder.path, flags === "" ? "new" : "cur");
  let size = 0;
  const temporary = join(folder.path, "tmp", key);
  const complete = join(folder.path, "tmp", `${key}.complete`);
  await writeDurably({
    temporary,
    path: complete,
    modifiedAt: message.receivedAt,
    write: async (file) => {
      size = await writeOctets(file, { start: 0, octets: o.octets });
    },
  });
  await rename(complete, join(place, `${key},S=${size},W=${message.octets}${flags === "" ? "" : `:2,${flags}`}`));
  o.touched.add(place);
}

async function openFolder(path: string, touched: TouchedFolders): Promise<Folder> {
  const present = new Set<string>();
  for (const name of ["tmp", "new", "cur"]) {
    touched.make(join(path, name));
    if (name === "tmp") continue;
    for (const entry of await readdir(join(path, name))) present.add(entry.split(/[,:]/, 1)[0] ?? entry);
  }
  return { path, present, keywords: await KeywordFile.open(path) };
}

/** Seconds first, as Maildir readers sort by them. */
function keyOf(message: StoredMessage): string {
  const uniqueId = message.uniqueId.replace(
    /[^A-Za-z0-9._-]/g,
    (octet) => `%${octet.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${Math.floor(message.receivedAt / 1_000)}.${uniqueId}.restante`;
}

// Maildir++: INBOX is the root, a dot begins a folder and parts its levels, so a dot in a name is coded.
function folderName(mailbox: string): string {
  if (mailbox.toUpperCase() === "INBOX") return "";
  return `.${mailbox
    .split("/")
    .map((name) => encodeModifiedUtf7(name, /\./))
    .join(".")}`;
}
