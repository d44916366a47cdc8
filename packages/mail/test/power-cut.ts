// What would be left of a folder if the power went: octets that were synced, under names that were. Fed with the system
// calls of a process, it knows at each moment what a disk would have to keep, and takes nothing for granted beyond that.
import { dirname, join } from "node:path";
import { descriptorOf, pathsIn, type Moment, type SystemCall } from "./system-calls.ts";

interface File {
  /** As strace shows it, in the order in which it was written. */
  kept: string;
  /** Written since the last sync. */
  pending: string[];
}

interface Sync {
  readonly files: number;
  readonly names: ReadonlySet<string>;
}

export class PowerCut {
  readonly #root: string;
  readonly #files = new Map<string, File>();
  /** Names that a power cut may take back, each until its folder is synced. */
  readonly #loose = new Set<string>();
  /** Names that a power cut may bring back. */
  readonly #removed = new Set<string>();
  readonly #known: Set<string>;
  readonly #syncs = new Map<SystemCall, Sync>();

  /** `there`: paths below the root that were there before. All are safe but the names in `loose`. */
  constructor(
    root: string,
    { there, loose = [] }: { readonly there: readonly string[]; readonly loose?: readonly string[] },
  ) {
    this.#root = root;
    this.#known = new Set(there);
    for (const path of loose) this.#loose.add(path);
  }

  follow(moment: Moment): void {
    const { call } = moment;
    const does = CALLS[call.name];
    if (does === undefined) return;
    if (moment.kind === "begin") {
      if (does === "sync") this.#beginSync(call);
      return;
    }
    const failed = moment.result.startsWith("-1 ");
    if (does === "sync") return this.#endSync(call, failed);
    if (!failed) this.#done(does, call);
  }

  /** Nothing of it was written and not synced. */
  isSynced(path: string): boolean {
    const file = this.#files.get(path);
    return file !== undefined && file.pending.length === 0;
  }

  /** Whether the name, and those of the folders above it, outlive a power cut. */
  isNamed(path: string): boolean {
    for (let at = path; at.startsWith(`${this.#root}/`); at = dirname(at)) if (this.#loose.has(at)) return false;
    return true;
  }

  /** Whether a file that is gone stays away. */
  isGone(path: string): boolean {
    return !this.#known.has(path) && !this.#removed.has(path);
  }

  /** The files below `folder` that would have `text` in them, by names that would be there. */
  filesWith(text: string, folder: string): readonly string[] {
    return [...this.#files].flatMap(([path, { kept }]) =>
      path.startsWith(folder) && kept.includes(text) && this.isNamed(path) ? [path] : [],
    );
  }

  #done(does: Exclude<(typeof CALLS)[string], "sync">, call: SystemCall): void {
    const [first = "", second = ""] = pathsIn(call).map((path) => join(path));
    switch (does) {
      case "write":
        return this.#write(descriptorOf(call), call.arguments);
      case "open":
        if (call.arguments.includes("O_CREAT")) this.#create(first, call.arguments.includes("O_TRUNC"));
        return;
      case "make":
        return this.#name(first);
      case "move":
      case "link":
        return this.#move(first, second, does === "move");
      case "remove":
        return this.#remove(first);
    }
  }

  #isOurs(path: string): boolean {
    return path.startsWith(`${this.#root}/`);
  }

  #write(path: string, octets: string): void {
    if (this.#isOurs(path)) this.#fileAt(path).pending.push(octets);
  }

  #fileAt(path: string): File {
    const file = this.#files.get(path) ?? { kept: "", pending: [] };
    this.#files.set(path, file);
    return file;
  }

  #create(path: string, isEmptied: boolean): void {
    if (!this.#isOurs(path)) return;
    if (!this.#known.has(path)) this.#name(path);
    if (isEmptied) this.#files.delete(path);
    this.#fileAt(path);
  }

  #name(path: string): void {
    if (!this.#isOurs(path)) return;
    this.#known.add(path);
    this.#loose.add(path);
  }

  #move(from: string, to: string, isGone: boolean): void {
    if (!this.#isOurs(to)) return;
    this.#files.set(to, this.#fileAt(from));
    this.#name(to);
    if (isGone) this.#remove(from);
  }

  #remove(path: string): void {
    this.#files.delete(path);
    this.#known.delete(path);
    if (!this.#loose.delete(path)) this.#removed.add(path);
  }

  /** What is there when it begins is what it syncs. */
  #beginSync(call: SystemCall): void {
    const path = descriptorOf(call);
    const names = [...this.#loose, ...this.#removed].filter((name) => dirname(name) === path);
    this.#syncs.set(call, { files: this.#files.get(path)?.pending.length ?? 0, names: new Set(names) });
  }

  /** After a sync that failed the kernel may have dropped what was to be synced: no later one makes it good. */
  #endSync(call: SystemCall, failed: boolean): void {
    const sync = this.#syncs.get(call);
    this.#syncs.delete(call);
    const file = this.#files.get(descriptorOf(call));
    const octets = file?.pending.splice(0, sync?.files);
    if (failed) return;
    if (file !== undefined) file.kept += octets?.join("") ?? "";
    for (const name of sync?.names ?? []) {
      this.#loose.delete(name);
      this.#removed.delete(name);
    }
  }
}

const CALLS: Readonly<Record<string, "open" | "make" | "move" | "link" | "remove" | "write" | "sync">> = {
  openat: "open",
  mkdir: "make",
  mkdirat: "make",
  rename: "move",
  renameat: "move",
  renameat2: "move",
  link: "link",
  linkat: "link",
  unlink: "remove",
  unlinkat: "remove",
  write: "write",
  writev: "write",
  pwrite64: "write",
  pwritev: "write",
  fsync: "sync",
  fdatasync: "sync",
};
