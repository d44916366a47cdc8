// What takes acts back: where each message was, what it was marked with, and what was done to it then. In memory: an undo
// is for this sitting.
import { randomBytes } from "node:crypto";
import { mailboxName } from "../../mailstore/index.ts";
import { LIMITS } from "./limits.ts";
import type { Change, MessageBefore } from "./places.ts";

/** What was done to some messages of one account. */
export interface Done {
  readonly account: string;
  readonly before: readonly MessageBefore[];
  readonly change: Change;
}

interface Entry {
  readonly done: readonly Done[];
  readonly until: number;
}

interface Renaming {
  readonly account: string;
  readonly from: string;
  readonly to: string;
}

export class UndoLog {
  readonly #entries = new Map<string, Entry>();

  /** Gives what to say to take it back. */
  add(done: readonly Done[], now = Date.now()): string {
    for (const [id, { until }] of this.#entries) {
      if (until > now && this.#entries.size < LIMITS.undoEntries) break;
      this.#entries.delete(id);
    }
    // Given on command lines, too, where a dash before it would make it an option.
    const id = randomBytes(16).toString("hex");
    this.#entries.set(id, { done, until: now + LIMITS.undoMs });
    return id;
  }

  /** Undefined when it is too late. */
  find(id: string, now = Date.now()): readonly Done[] | undefined {
    const entry = this.#entries.get(id);
    return entry === undefined || entry.until <= now ? undefined : entry.done;
  }

  /** It was taken back: once is enough. */
  forget(id: string): void {
    this.#entries.delete(id);
  }

  /** A mailbox has another name now, and its mail goes back to it, or from it, under that. */
  rename(renaming: Renaming): void {
    for (const [id, { done, until }] of this.#entries)
      this.#entries.set(id, { done: done.map((one) => renamed(one, renaming)), until });
  }
}

function renamed(done: Done, { account, from, to }: Renaming): Done {
  if (done.account !== account) return done;
  const named = (name: string): string => (mailboxName(name) === mailboxName(from) ? mailboxName(to) : name);
  const { before, change } = done;
  return {
    account,
    before: before.map((was) => ({ ...was, mailbox: named(was.mailbox) })),
    change: change.mailbox === undefined ? change : { ...change, mailbox: named(change.mailbox) },
  };
}
