// A folder and those above it. Node's own recursive mkdir never returns where the system refuses a new name with ENOENT
// though the folder above is there, as it does below /proc.
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";

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

function makeOne(path: string): readonly string[] {
  try {
    mkdirSync(path, { mode: 0o700 });
    return [path];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST" || !statSync(path).isDirectory()) throw error;
    return [];
  }
}
