// In a Maildir: a whole message, durable by now, takes the place of the header that stood for it, in its folder and with
// its flags; then the header's file goes. Each step can be taken again, so that a crash between two is made up for.
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { syncFolder } from "../../files/index.ts";
import { filesIn, nameUpToFlags, type MaildirFile } from "./maildir-files.ts";

/** Begins every header that stands alone. */
export const STUB_FIELD = "X-Restante-Header-Only";

export interface TakingPlace {
  readonly path: string;
  /** Names up to the flags. */
  readonly stub: string;
  readonly whole: string;
  readonly checkpoint: ((step: string) => void) | undefined;
}

/** A header that is gone, or is not what was written, changes nothing. Throws the error of the system. */
export async function takeStubsPlace({ path, stub, whole, checkpoint }: TakingPlace): Promise<void> {
  const found = await find(path, [stub, whole]);
  const from = found.get(whole);
  const at = found.get(stub);
  if (from === undefined || at === undefined || !(await isStub(join(at.folder, at.name)))) return;
  const name = `${whole}${at.name.slice(stub.length)}`;
  if (from.folder !== at.folder || from.name !== name) {
    await rename(join(from.folder, from.name), join(at.folder, name));
    await syncFolder(at.folder);
    await syncFolder(from.folder);
  }
  checkpoint?.("maildir-stub-followed");
  await rm(join(at.folder, at.name), { force: true });
  await syncFolder(at.folder);
  checkpoint?.("maildir-stub-removed");
}

async function find(path: string, wanted: readonly string[]): Promise<ReadonlyMap<string, MaildirFile>> {
  const found = new Map<string, MaildirFile>();
  for await (const file of filesIn(path)) {
    const name = nameUpToFlags(file.name);
    if (wanted.includes(name)) found.set(name, file);
  }
  return found;
}

async function isStub(file: string): Promise<boolean> {
  const begin = `${STUB_FIELD}: `;
  const handle = await open(file, "r");
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(begin.length), 0, begin.length, 0);
    return buffer.toString("latin1", 0, bytesRead) === begin;
  } finally {
    await handle.close();
  }
}
