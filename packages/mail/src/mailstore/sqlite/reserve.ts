// Space kept back for the day the disk is full: deleting mail needs room in the log, and it is what makes room.
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, statSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import { resultCode } from "./result-codes.ts";

/** Enough for a QUIT of some thousands of messages. */
const reserveOctets = 4 * 1_048_576;
const pieceOctets = 262_144;

export class Reserve {
  readonly #path: string;
  #ready = false;

  constructor(path: string) {
    this.#path = path;
    this.restore();
  }

  /** Whether the space is there, after trying to get it back. Delivery must wait for it, or it would take what others were promised. */
  restore(): boolean {
    if (this.#ready) return true;
    try {
      this.#ready = this.#isThere() || (this.#hasRoom() && this.#make());
    } catch (error) {
      // Any other failure than want of space is not what a reserve is for: whoever writes mail will meet it.
      this.#ready = resultCode(error) !== "full";
    }
    return this.#ready;
  }

  /** Gives the space back to the disk. False when there was none. */
  spend(): boolean {
    if (!this.#ready) return false;
    rmSync(this.#path, { force: true });
    this.#ready = false;
    return true;
  }

  #isThere(): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.size === reserveOctets;
  }

  #hasRoom(): boolean {
    const { bavail, bsize } = statfsSync(dirname(this.#path));
    return bavail * bsize > reserveOctets;
  }

  /** Throws the system's error, and then nothing of it stays. */
  #make(): true {
    const piece = Buffer.alloc(pieceOctets);
    const fd = openSync(this.#path, "w", 0o600);
    try {
      for (let octets = 0; octets < reserveOctets; octets += piece.length) writeAll(fd, piece);
      fsyncSync(fd);
      return true;
    } catch (error) {
      rmSync(this.#path, { force: true });
      throw error;
    } finally {
      closeSync(fd);
    }
  }
}

function writeAll(fd: number, octets: Uint8Array): void {
  for (let at = 0; at < octets.length;) at += writeSync(fd, octets, at);
}
