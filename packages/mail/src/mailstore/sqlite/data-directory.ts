// What is where in a data directory. Everything in it is for its owner's eyes: directories 0700, files 0600.
import { chmodSync, closeSync, existsSync, openSync, readdirSync } from "node:fs";
import { join, resolve } from "node:path";
import { makeDurableFolder, makeFolder, syncFolderInPlace, syncName } from "../../files/index.ts";

/** Bodies above this are files; up to it they are rows. */
export const rowOctetsMax = 65_536;

export interface DataDirectory {
  readonly root: string;
  readonly database: string;
  /** The reading index; made anew when it is not there. */
  readonly search: string;
  readonly bodies: string;
  /** Bodies that are still being received. */
  readonly incoming: string;
  /** Space kept back for a full disk. */
  readonly reserve: string;
  readonly ownerLock: string;
  readonly ownerNote: string;
}

/** Names the places; touches nothing. */
export function dataDirectory(directory: string): DataDirectory {
  const root = resolve(directory);
  return {
    root,
    database: join(root, "mail.db"),
    search: join(root, "search.db"),
    bodies: join(root, "bodies"),
    incoming: join(root, "bodies", "incoming"),
    reserve: join(root, "reserve"),
    ownerLock: join(root, "owner.lock"),
    ownerNote: join(root, "owner.json"),
  };
}

/** Makes what is not there yet, readable by its owner only. */
export function createDirectories(directory: DataDirectory): void {
  const { root } = directory;
  // A folder that held other things before, say /tmp, is not ours to close to others; what we put into it is.
  const ours = !existsSync(root) || existsSync(directory.database) || readdirSync(root).length === 0;
  makeDurableFolder(root);
  // Whoever made it may have died before its name was durable; where the database is, it is.
  if (!existsSync(directory.database)) syncName(root);
  for (const path of [directory.bodies, directory.incoming]) makeFolder(path);
  if (ours) chmodSync(root, 0o700);
  syncFolderInPlace(directory.bodies);
  syncFolderInPlace(root);
}

/**
 * The file exists with mode 0600 before SQLite opens it, since SQLite would take the mode from the umask.
 * One that is there is not opened: closing a file frees every POSIX lock this process has on it.
 */
export function createPrivateFile(path: string): void {
  if (!existsSync(path)) closeSync(openSync(path, "wx", 0o600));
}

/** Path of a body file below `bodies`: bodies/ab/UUID. */
export function bodyPath(bodies: string, file: string): string {
  return join(bodies, file.slice(0, 2), file);
}
