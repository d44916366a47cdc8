// A message is taken back: it stops first, its draft is kept next, and only then it is removed. What ends between two of
// these steps loses nothing and sends nothing by itself.
import type { Mailstore } from "../mailstore/index.ts";
import type { OutboxEntry } from "./contract.ts";
import { troubleOf } from "./failure-words.ts";
import { fileAsSent } from "./filing.ts";
import {
  entryOf,
  isMaybeSent,
  whoLacks,
  type OutboxDocument,
  type OutboxDocuments,
  type StoredEntry,
} from "./outbox-documents.ts";

/** Takes what a message was written as; `lacking` are those who do not have it, undefined when nobody has. */
export type KeepDraft = (draft: unknown, lacking: readonly string[] | undefined) => Promise<void>;

export interface TakingBackOptions {
  readonly store: Mailstore;
  readonly documents: OutboxDocuments;
  readonly onChange?: (entry: OutboxEntry) => void;
  readonly onProblem: (problem: { readonly what: string; readonly cause: unknown }) => void;
  readonly now: () => number;
}

export class TakingBack {
  readonly #o: TakingBackOptions;
  readonly #underWay = new Set<string>();

  constructor(o: TakingBackOptions) {
    this.#o = o;
  }

  /** While its draft is being kept, nobody else takes it back or sends it. */
  isUnderWay({ account, id }: OutboxDocument): boolean {
    return this.#underWay.has(`${account}/${id}`);
  }

  /** False when somebody changed it meanwhile. Rejects as `keep` does. */
  run(found: OutboxDocument, keep: KeepDraft): Promise<boolean> {
    return this.#stop(found, (stopped) => this.#handBack(stopped, keep, found.entry));
  }

  /** Its copy goes to Sent, and the entry goes. False when somebody changed it meanwhile. */
  file(found: OutboxDocument): Promise<boolean> {
    return this.#stop(found, async (stopped) => {
      await fileAsSent(this.#o.store, stopped);
      await this.#o.documents.remove(stopped);
    });
  }

  async #stop(found: OutboxDocument, then: (stopped: OutboxDocument) => Promise<void>): Promise<boolean> {
    const key = `${found.account}/${found.id}`;
    this.#underWay.add(key);
    try {
      // Whoever changes the document first has it: the sender's own step is refused after this one.
      const stopped = await this.#o.documents.change(found, this.#asStopped(found.entry));
      if (stopped === undefined) return false;
      await then(stopped).finally(() => this.#o.onChange?.(entryOf(stopped)));
      return true;
    } finally {
      this.#underWay.delete(key);
    }
  }

  /** Also what a process leaves behind that ends now; nothing of it may be untrue then. */
  #asStopped(entry: StoredEntry): Partial<StoredEntry> {
    const { state, taken, sentAt, trouble } = entry;
    const nextTryAt = Number.MAX_SAFE_INTEGER;
    if (taken.length > 0)
      return {
        state: "sent",
        sentAt: sentAt ?? this.#o.now(),
        trouble: state === "sent" ? trouble : undefined,
        nextTryAt,
      };
    return { state: "failed", trouble: troubleOf(isMaybeSent(entry) ? "maybe-sent" : "half-taken-back"), nextTryAt };
  }

  async #handBack(stopped: OutboxDocument, keep: KeepDraft, before: StoredEntry): Promise<void> {
    const { documents, store } = this.#o;
    const { account, entry } = stopped;
    if (entry.taken.length > 0) {
      await fileAsSent(store, stopped);
      await keep(entry.draft, whoLacks(entry));
      await documents.change(stopped, { draft: null });
      return;
    }
    try {
      await keep(entry.draft, undefined);
    } catch (error) {
      // What waited to be sent stays stopped: somebody just said that it shall not go as it is.
      if (before.state === "failed") await this.#putBack(stopped, before);
      throw error;
    }
    await store.remove(account, [entry.messageId]);
    await documents.remove(stopped);
  }

  async #putBack(stopped: OutboxDocument, { trouble, nextTryAt }: StoredEntry): Promise<void> {
    try {
      await this.#o.documents.change(stopped, { trouble, nextTryAt });
    } catch (cause) {
      this.#o.onProblem({
        what: `message ${stopped.id} of the outbox does not say any more why it was not sent`,
        cause,
      });
    }
  }
}
