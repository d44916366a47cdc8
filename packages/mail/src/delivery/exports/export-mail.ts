// Writes an account's mail to a target, in order of message-id; restartable, and a later export adds what is new.
import { PopError } from "@restante/pop/wire";
import type { Mailstore, StoredMessage } from "../../mailstore/index.ts";
import type { MailTarget } from "./contract.ts";
import { Slots } from "../imports/slots.ts";

const PAGE = 500;

export interface ExportProgress {
  readonly done: number;
  /** Messages of the account when the export began. */
  readonly total: number;
  readonly written: number;
  readonly alreadyThere: number;
}

export interface ExportSummary {
  readonly written: number;
  /** Written by an earlier export. */
  readonly alreadyThere: number;
  /** Removed by their owner while the export ran. */
  readonly gone: number;
  /** Octets of the written messages as POP sends them. */
  readonly octets: number;
}

export interface ExportOptions {
  readonly store: Pick<Mailstore, "messages" | "octetsOf"> & {
    readonly directory: { account(account: string): { readonly messages: number } | undefined };
  };
  readonly account: string;
  readonly target: MailTarget;
  /** All unless given. */
  readonly mailboxes?: readonly string[];
  readonly onProgress?: (progress: ExportProgress) => void;
  readonly signal?: AbortSignal;
}

/** Resolves when everything is durable. Throws PopError of the store, TargetError, the system's error or the signal's reason. */
export async function exportMail(o: ExportOptions): Promise<ExportSummary> {
  const run = new ExportRun(o);
  try {
    for await (const message of messagesOf(o)) if (!(await run.begin(message))) break;
    await run.end();
  } catch (error) {
    await run.slots.idle();
    await o.target.abandon();
    throw error;
  }
  await o.target.finish();
  return run.summary();
}

class ExportRun {
  readonly slots: Slots;
  readonly #o: ExportOptions;
  readonly #total: number;
  #counts = { written: 0, alreadyThere: 0, gone: 0, octets: 0 };
  #broken: { readonly error: unknown } | undefined;

  constructor(o: ExportOptions) {
    this.#o = o;
    this.#total = o.store.directory.account(o.account)?.messages ?? 0;
    this.slots = new Slots(o.target.concurrency);
  }

  /** Starts to write one message when there is a place; false when there is no use in going on. */
  async begin(message: StoredMessage): Promise<boolean> {
    await this.slots.take();
    if (this.#o.signal?.aborted === true) this.#broken ??= { error: this.#o.signal.reason };
    if (this.#broken !== undefined) {
      this.slots.give();
      return false;
    }
    void this.#write(message);
    return true;
  }

  async end(): Promise<void> {
    await this.slots.idle();
    if (this.#broken !== undefined) throw this.#broken.error;
  }

  summary(): ExportSummary {
    return { ...this.#counts };
  }

  async #write(message: StoredMessage): Promise<void> {
    const { store, account, target, onProgress } = this.#o;
    try {
      const written = await target.write(message, () => store.octetsOf(account, message.messageId));
      this.#counts[written ? "written" : "alreadyThere"] += 1;
      if (written) this.#counts.octets += message.octets;
      const { written: so, alreadyThere, gone } = this.#counts;
      onProgress?.({ done: so + alreadyThere + gone, total: this.#total, written: so, alreadyThere });
    } catch (error) {
      if (error instanceof PopError && error.code === "NO_SUCH_MESSAGE") this.#counts.gone += 1;
      else this.#broken ??= { error };
    } finally {
      this.slots.give();
    }
  }
}

async function* messagesOf(o: ExportOptions): AsyncGenerator<StoredMessage> {
  const wanted = o.mailboxes === undefined ? undefined : new Set(o.mailboxes);
  let after = 0;
  for (;;) {
    const page = await o.store.messages(o.account, { after, limit: PAGE });
    for (const message of page) if (wanted?.has(message.mailbox) ?? true) yield message;
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.messageId;
  }
}
