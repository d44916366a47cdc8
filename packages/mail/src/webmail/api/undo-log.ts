// What takes acts back: where each message was and what it was marked with. In memory: an undo is for this sitting.
import { randomBytes } from "node:crypto";
import { LIMITS } from "./limits.ts";
import type { MessageBefore } from "./places.ts";

/** What an act changes of every message: nothing else is taken back with it. */
export interface Touched {
  /** Lower case, as the store keeps them. */
  readonly keywords: ReadonlySet<string>;
  readonly isMoved: boolean;
}

export function touching(keywords: readonly string[], isMoved: boolean): Touched {
  return { keywords: new Set(keywords.map((keyword) => keyword.toLowerCase())), isMoved };
}

export interface Undoable {
  readonly before: readonly MessageBefore[];
  readonly touched: Touched;
}

interface Entry extends Undoable {
  readonly until: number;
}

export class UndoLog {
  readonly #entries = new Map<string, Entry>();

  /** Gives what to say to take it back. */
  add(act: Undoable, now = Date.now()): string {
    for (const [id, { until }] of this.#entries) {
      if (until > now && this.#entries.size < LIMITS.undoEntries) break;
      this.#entries.delete(id);
    }
    // Given on command lines, too, where a dash before it would make it an option.
    const id = randomBytes(16).toString("hex");
    this.#entries.set(id, { ...act, until: now + LIMITS.undoMs });
    return id;
  }

  /** Undefined when it is too late. */
  find(id: string, now = Date.now()): Undoable | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.until <= now ? undefined : entry;
  }

  /** It was taken back: once is enough. */
  forget(id: string): void {
    this.#entries.delete(id);
  }
}
