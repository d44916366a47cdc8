// The file a source's password is in, when it was entered in the reader.
import { readFile, rm } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { writeSecretFile } from "../../../config/index.ts";
import type { Reading } from "../reading.ts";

export interface EnteredPassword {
  readonly file: string;
  readonly text: string;
}

export function passwordFile({ house }: Reading, name: string): string {
  return join(house.dataDir, "secrets", `${name}.password`);
}

/** As the configuration names it. */
export function namedPasswordFile(reading: Reading, name: string): string {
  const file = passwordFile(reading, name);
  const near = relative(dirname(resolve(reading.house.settings.file)), file);
  return near.startsWith("..") ? file : near;
}

/** On the disk, for its owner's eyes only, before `work` names it; what was there before is back when that rejects. */
export async function withPassword(entered: EnteredPassword | undefined, work: () => Promise<void>): Promise<void> {
  if (entered === undefined) return work();
  const { file, text } = entered;
  const former = await readIfThere(file);
  writeSecretFile(file, text);
  try {
    await work();
  } catch (error) {
    if (former === undefined) await rm(file, { force: true });
    else writeSecretFile(file, former.replace(/\n$/, ""));
    throw error;
  }
}

/** Nobody needs it any more, unless a source reads it, wherever that is configured. */
export async function removeUnlessRead({ house }: Reading, file: string): Promise<void> {
  const isRead = house.settings
    .sources()
    .some(({ password }) => password?.kind === "file" && resolve(password.path) === resolve(file));
  if (!isRead) await rm(file, { force: true });
}

async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
