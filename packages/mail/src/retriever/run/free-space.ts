// Collecting stops before the disk is full: what is left is needed by whoever else writes on it. What is on a server can
// wait there.
import { statfsSync, statSync } from "node:fs";
import type { SourceDestination } from "../../config/index.ts";
import { renderOctets } from "../../observe/index.ts";
import { FetchError } from "../fetch-error.ts";

/** Once short, so many times what must be free is: a disk at the limit would stop and go with every message. */
const AGAIN = 1.1;

export interface FreeSpaceOptions {
  /** The disk it is on is looked at. */
  readonly folder: string;
  /** Octets that stay free; 0 never stops. */
  readonly freeOctetsMin: number;
  /** Octets that are free there. */
  readonly freeOctets?: (folder: string) => number;
}

/** Shared by all that collect onto one disk. */
export class FreeSpace {
  readonly #o: FreeSpaceOptions;
  #freeOctetsMin: number;
  #isShort = false;

  constructor(o: FreeSpaceOptions) {
    this.#o = o;
    this.#freeOctetsMin = o.freeOctetsMin;
  }

  /** From now on so many octets stay free. */
  setFreeOctetsMin(octets: number): void {
    if (octets === this.#freeOctetsMin) return;
    this.#freeOctetsMin = octets;
    this.#isShort = false;
  }

  /** Whether so many octets more leave free what must be. */
  hasRoomFor(octets: number): boolean {
    const { folder, freeOctets = freeOctetsOf } = this.#o;
    return this.#freeOctetsMin === 0 || freeOctets(folder) - octets >= this.#freeOctetsMin;
  }

  /** Why nothing is collected now; undefined while there is room. */
  shortage(): FetchError | undefined {
    const { folder, freeOctets = freeOctetsOf } = this.#o;
    const freeOctetsMin = this.#freeOctetsMin;
    if (freeOctetsMin === 0) return undefined;
    const least = this.#isShort ? freeOctetsMin * AGAIN : freeOctetsMin;
    this.#isShort = freeOctets(folder) < least;
    if (!this.#isShort) return undefined;
    const text = `less than ${renderOctets(Math.ceil(least))} is free on the disk of the data directory: nothing is collected; what is on the server stays there`;
    return new FetchError("low-space", text, { values: { least: Math.ceil(least) } });
  }
}

/** How many copies of a message are written on the disk of the data directory: by the store, and by Maildirs that are there. */
export function copiesOnDisk(
  dataDir: string,
  destinations: readonly SourceDestination[],
  diskOf: (folder: string) => number | undefined = diskOfFolder,
): number {
  const disk = diskOf(dataDir);
  const isThere = (one: SourceDestination): boolean =>
    one.kind === "store" || (one.kind === "maildir" && diskOf(one.path) === disk);
  return destinations.filter(isThere).length;
}

/** Undefined where there is no such folder yet, or it cannot be asked. */
function diskOfFolder(folder: string): number | undefined {
  try {
    return statSync(folder).dev;
  } catch {
    return undefined;
  }
}

/** What cannot be asked stops nobody: whoever writes there will meet it. */
function freeOctetsOf(folder: string): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Infinity;
  }
}
