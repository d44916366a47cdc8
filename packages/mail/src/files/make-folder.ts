// A folder and those above it. Node's own recursive mkdir never returns where the system refuses a new name with ENOENT
// though the folder above is there, as it does below /proc.
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { syncFolderInPlace } from "./sync-folder.ts";

/** Makes what is missing, for its owner only, and answers what it made, the outermost first. Throws the system's error. */
export function makeFolder(folder: string): readonly string[] {
  const path = resolve(folder);
  try {
    return makeOne(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || existsSync(dirname(path))) throw error;
    return [...makeFolder(dirname(path)), ...makeOne(path)];
  }
}

/**
 * The same, and a power failure takes none of them back. Each is synced before one is made in it, so that whatever a crash
 * leaves behind, only the innermost may be there without being durable; and that one is synced before anything is made in it.
 */
export function makeDurableFolder(folder: string): readonly string[] {
  const path = resolve(folder);
  if (existsSync(path)) return makeOne(path);
  const above = dirname(path);
  const made = existsSync(above) ? [] : makeDurableFolder(above);
  if (made.length === 0) syncName(above);
  const one = makeOne(path);
  syncName(path);
  return [...made, ...one];
}

/** Makes a folder's own name durable, where its user may: what only lets him through cannot be synced by him. */
export function syncName(folder: string): void {
  try {
    syncFolderInPlace(dirname(folder));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EACCES") throw error;
  }
}

function makeOne(path: string): readonly string[] {
  try {
    mkdirSync(path, { mode: 0o700 });
    return [path];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(path).isDirectory()) throw error;
    return [];
  }
}
