// What the sessions of one run hand on to each other.
import type { Journal } from "./journal.ts";
import { LostReplies } from "./lost-replies.ts";

export class RunProgress {
  /** Rows of what this run collected, but for what is in doubt: that counts again when it comes again. */
  readonly collected = new Set<number>();
  /** Written down as collected, one that came again in another session too. */
  written = 0;
  /** The maildrop was this run's, and may still be held for it by a server that has not seen the connection end. */
  hasLoggedIn = false;
  /** A session of this run has looked. */
  hasLooked = false;
  /** Keys of messages a connection was lost at while their header was asked for. */
  readonly lostHeaders = new Set<string>();
  /** Messages the last session that removed some left there. */
  left: number | undefined;
  /** A session brought nothing but what this run had: the next one is not cut, so that it comes to what is behind. */
  isUncut = false;
  /** Of commands that were sent together. */
  readonly lostReplies = new LostReplies();
  /** All else is fetched in this session, and what failed before waits until it has removed what is to be. */
  holdsBack = false;
  /** Everything was removed that was to be, but for what comes after. */
  hasRemoved = false;

  /** Sessions that ended without the removals they were to make, because of what had come and was not here for good. */
  unremoving = 0;

  note({ written }: Journal): void {
    for (const { id } of written) this.collected.add(id);
    this.written += written.length;
  }

  /** Some came, whatever they are: connections to this server can last. */
  get haveSomeCome(): boolean {
    return this.written > 0;
  }

  doubt(rows: readonly number[]): void {
    for (const id of rows) this.collected.delete(id);
  }
}
