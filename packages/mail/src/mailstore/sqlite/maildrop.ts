// One session's maildrop: a snapshot, a lease, and the octets behind both.
import { randomUUID } from "node:crypto";
import type { CommitOutcome, Maildrop, MessageReader, ReadOptions } from "@restante/pop/maildrop";
import type { MessageRow, RowWindow } from "./message-rows.ts";
import { StoredMessageReader } from "./message-reader.ts";
import { storeError } from "./result-codes.ts";
import type { Snapshot } from "./snapshot.ts";

/** What a maildrop needs of the store it belongs to. */
export interface MaildropHolder {
  readonly bodies: string;
  readonly window: RowWindow;
  holds(): boolean;
  touch(): void;
  /** Frees the lease and what was read ahead. */
  release(o: { readonly doubtful: boolean }): void;
  /** QUIT with something to remove; resolves when the outcome is known, or cannot be. */
  quit(o: { readonly token: string; readonly messageIds: readonly number[] }): Promise<CommitOutcome>;
  /** Something was read: it may be time to make other sessions give up what they read ahead. */
  readAhead(window: RowWindow): void;
}

export class SqliteMaildrop implements Maildrop {
  readonly #snapshot: Snapshot;
  readonly #holder: MaildropHolder;
  #outcome: Promise<CommitOutcome> | undefined;

  constructor(snapshot: Snapshot, holder: MaildropHolder) {
    this.#snapshot = snapshot;
    this.#holder = holder;
  }

  get count(): number {
    return this.#snapshot.count;
  }

  get octets(): number {
    return this.#snapshot.octets;
  }

  octetsOf(n: number): number {
    return this.#snapshot.octetsOf(n);
  }

  uniqueIdOf(n: number): string {
    return this.#snapshot.uniqueIdOf(n);
  }

  isSurrogate(n: number): boolean {
    return this.#snapshot.isSurrogate(n);
  }

  read(numbers: readonly number[], options: ReadOptions = {}): MessageReader {
    for (const n of numbers) this.#snapshot.octetsOf(n);
    return new StoredMessageReader({
      bodies: this.#holder.bodies,
      count: numbers.length,
      bodyLines: options.bodyLines,
      borrowed: options.borrowed ?? false,
      row: (i) => this.#row(numbers, i),
    });
  }

  commit(marked: ReadonlySet<number>): Promise<CommitOutcome> {
    this.#outcome ??= this.#commit(marked);
    return this.#outcome;
  }

  async release(): Promise<void> {
    if (this.#outcome !== undefined) {
      await this.#outcome.catch(() => {});
      return;
    }
    this.#outcome = Promise.resolve("failed");
    this.#holder.release({ doubtful: false });
  }

  touch(): void {
    this.#holder.touch();
  }

  #row(numbers: readonly number[], i: number): MessageRow {
    const { window } = this.#holder;
    try {
      return window.take(numbers, i);
    } catch (error) {
      throw storeError(error, "reading a message");
    } finally {
      this.#holder.readAhead(window);
    }
  }

  async #commit(marked: ReadonlySet<number>): Promise<CommitOutcome> {
    let outcome: CommitOutcome = "unknown";
    try {
      const messageIds = [...marked].map((n) => this.#snapshot.messageIdOf(n));
      // QUIT with nothing marked writes nothing.
      if (!this.#holder.holds()) outcome = "lost-lease";
      else outcome = messageIds.length === 0 ? "done" : await this.#holder.quit({ token: randomUUID(), messageIds });
      return outcome;
    } finally {
      this.#holder.release({ doubtful: outcome === "unknown" });
    }
  }
}
