// What takes acts back: where each message was and what it was marked with. In memory: an undo is for this sitting.
import { randomBytes } from "node:crypto";
import { LIMITS } from "./limits.ts";

/** One message as it was before an act. */
export interface MessageBefore {
  readonly account: string;
  readonly messageId: number;
  readonly mailbox: string;
  readonly keywords: readonly string[];
}

interface Entry {
  readonly before: readonly MessageBefore[];
  readonly until: number;
}

export class UndoLog {
  readonly #entries = new Map<string, Entry>();

  /** Gives what to say to take it back. */
  add(before: readonly MessageBefore[], now = Date.now()): string {
    for (const [id, { until }] of this.#entries) {
      if (until > now && this.#entries.size < LIMITS.undoEntries) break;
      this.#entries.delete(id);
    }
    const id = randomBytes(16).toString("base64url");
    this.#entries.set(id, { before, until: now + LIMITS.undoMs });
    return id;
  }

  /** Each once; undefined when it is too late. */
  take(id: string, now = Date.now()): readonly MessageBefore[] | undefined {
    const entry = this.#entries.get(id);
    this.#entries.delete(id);
    return entry === undefined || entry.until <= now ? undefined : entry.before;
  }
}
