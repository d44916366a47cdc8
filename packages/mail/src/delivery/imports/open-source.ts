// The formats mail can be imported from, and a guess at which one a path is.
import { join } from "node:path";
import type { MailFormat, MailSource, SourceOptions } from "./contract.ts";
import { openEmlFolder } from "./eml.ts";
import { isMaildirFolder, listFolder, resolveRoot } from "./files.ts";
import { openMaildir } from "./maildir.ts";
import { openMbox } from "./mbox.ts";

const SOURCES: Readonly<Record<MailFormat, (o: SourceOptions) => Promise<MailSource>>> = {
  maildir: openMaildir,
  mbox: openMbox,
  eml: openEmlFolder,
};

/** Opens what `path` is; the format is guessed unless given. Throws SourceError. */
export async function openSource(o: SourceOptions & { readonly format?: MailFormat }): Promise<MailSource> {
  return SOURCES[o.format ?? (await guessFormat(o.path))](o);
}

/** A file is an mbox; a folder is a Maildir when it or a child has cur or new, eml when there is such a file, else a folder of mboxes. Throws SourceError. */
export async function guessFormat(path: string): Promise<MailFormat> {
  const root = await resolveRoot(path);
  if (!root.stats.isDirectory()) return "mbox";
  if (await isMaildirFolder(root.path)) return "maildir";
  const entries = await listFolder(root.path);
  if (entries.some((entry) => entry.isFile() && /\.eml$/i.test(entry.name))) return "eml";
  const folders = entries.filter((entry) => entry.isDirectory());
  for (const folder of folders) if (await isMaildirFolder(join(root.path, folder.name))) return "maildir";
  for (const folder of folders) {
    if ((await listFolder(join(root.path, folder.name))).some((entry) => /\.eml$/i.test(entry.name))) return "eml";
  }
  return "mbox";
}
