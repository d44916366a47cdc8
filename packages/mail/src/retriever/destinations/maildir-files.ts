// The messages of a Maildir, wherever other programs put them.
import { readdir } from "node:fs/promises";
import { join } from "node:path";

export interface MaildirFile {
  /** `new` or `cur` of a folder. */
  readonly folder: string;
  /** With its flags. */
  readonly name: string;
}

/** INBOX and the Maildir++ folders beside it: a message that was filed keeps its name there with most programs. */
export async function* filesIn(path: string): AsyncGenerator<MaildirFile, void, undefined> {
  const folders = ["", ...(await namesIn(path)).filter((name) => name.startsWith("."))];
  for (const inner of folders)
    for (const part of ["new", "cur"]) {
      const folder = join(path, inner, part);
      for (const name of await namesIn(folder)) yield { folder, name };
    }
}

export function nameUpToFlags(name: string): string {
  return name.split(":", 1)[0] ?? name;
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
