// Brings a source into an account: several messages at a time so that the store can commit them together, in the
// source's order, and restartable: what was brought in before is recognised by what it is.
import { createHash } from "node:crypto";
import type { Delivered } from "@restante/pop/maildrop";
import type { Mailstore, ReceivedBody } from "../../mailstore/index.ts";
import type { MailSource, SourceMessage } from "./contract.ts";
import { DeliveryError } from "../delivery-error.ts";
import { receive } from "../deliver-message.ts";
import { firstField } from "../header-fields.ts";
import { SourceError } from "./contract.ts";
import { Slots } from "./slots.ts";

const CONCURRENCY = 16;
/** Complaints kept for the summary; all are counted. */
const FAILURES_KEPT = 1_000;

/** How far an import is; `done` of `total` in the source's unit. */
export interface ImportProgress {
  readonly unit: "messages" | "octets";
  readonly done: number;
  readonly total: number;
  readonly added: number;
  readonly alreadyThere: number;
  readonly failed: number;
}

export interface ImportSummary {
  readonly added: number;
  /** Brought in by an earlier import. */
  readonly alreadyThere: number;
  readonly failed: number;
  /** Octets of the added messages as POP sends them. */
  readonly octets: number;
  /** The first of the entries that were not imported, with the reason. */
  readonly failures: readonly ImportFailure[];
}

export interface ImportFailure {
  readonly name: string;
  readonly code: "too-large" | "mailbox-name" | "unreadable";
  /** The same in English words. */
  readonly reason: string;
}

export interface ImportOptions {
  readonly store: Pick<Mailstore, "newBody" | "place">;
  readonly account: string;
  readonly source: MailSource;
  /** Messages in flight; 16 unless given. */
  readonly concurrency?: number;
  /** Octets; larger messages are left out and told. */
  readonly octetsMax?: number;
  readonly onProgress?: (progress: ImportProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Imports everything that can be read and tells what could not. Throws PopError when the store refuses (OVER_QUOTA,
 * STORE_FULL, STORE_UNAVAILABLE), SourceError when the source itself cannot be read, or the signal's reason; what was
 * imported until then stays, and a second import goes on from there.
 */
export async function importMail(o: ImportOptions): Promise<ImportSummary> {
  const { unit, total } = await o.source.measure();
  const run = new ImportRun(o, { unit, total });
  for await (const entry of o.source.entries()) {
    await run.slots.take();
    if (run.stopped()) {
      run.slots.give();
      break;
    }
    if (entry.kind === "skipped") run.skip(entry);
    else run.begin(entry);
  }
  return run.end();
}

function codeOf(error: Error): ImportFailure["code"] {
  if (error instanceof RangeError) return "mailbox-name";
  return error instanceof DeliveryError && error.code === "message-too-big" ? "too-large" : "unreadable";
}

class ImportRun {
  readonly slots: Slots;
  readonly #o: ImportOptions;
  readonly #measure: Pick<ImportProgress, "unit" | "total">;
  readonly #identities = new Identities();
  readonly #failures: ImportFailure[] = [];
  #counts = { added: 0, alreadyThere: 0, failed: 0, octets: 0 };
  #done = 0;
  #broken: { readonly error: unknown } | undefined;
  /** Settled when the message before has been handed to the store: uids follow the source's order. */
  #turn: Promise<void> = Promise.resolve();

  constructor(o: ImportOptions, measure: Pick<ImportProgress, "unit" | "total">) {
    this.#o = o;
    this.#measure = measure;
    this.slots = new Slots(o.concurrency ?? CONCURRENCY);
  }

  stopped(): boolean {
    if (this.#o.signal?.aborted === true) this.#broken ??= { error: this.#o.signal.reason };
    return this.#broken !== undefined;
  }

  skip(entry: { readonly name: string; readonly reason: string; readonly position: number }): void {
    this.#fail({ name: entry.name, code: "unreadable", reason: entry.reason });
    this.#finish(entry.position);
  }

  begin(message: SourceMessage): void {
    const before = this.#turn;
    let pass = (): void => undefined;
    this.#turn = new Promise((resolve) => (pass = resolve));
    this.#bring(message, { before, pass })
      .catch((error: unknown) => {
        // RangeError: its folder's name can be no mailbox's here.
        const isOfMessage =
          error instanceof SourceError || error instanceof DeliveryError || error instanceof RangeError;
        if (isOfMessage) this.#fail({ name: message.name, code: codeOf(error), reason: error.message });
        else this.#broken ??= { error };
      })
      .finally(() => {
        void before.then(pass);
        this.#finish(message.position);
      });
  }

  async end(): Promise<ImportSummary> {
    await this.slots.idle();
    if (this.#broken !== undefined) throw this.#broken.error;
    return { ...this.#counts, failures: this.#failures };
  }

  async #bring(
    message: SourceMessage,
    turn: { readonly before: Promise<void>; readonly pass: () => void },
  ): Promise<void> {
    const { store, octetsMax, signal } = this.#o;
    const limits = { ...(octetsMax === undefined ? {} : { octetsMax }), ...(signal === undefined ? {} : { signal }) };
    const body = await receive({ store, body: message.open(), ...limits });
    try {
      await turn.before;
      if (this.stopped()) return;
      const placed = this.#place(message, body);
      turn.pass();
      this.#count(await placed, body);
    } finally {
      await body.discard();
    }
  }

  #place(message: SourceMessage, body: ReceivedBody): Promise<Delivered> {
    const { mailbox, keywords } = message;
    const receivedAt = Math.min(message.receivedAt ?? ownDate(body.head) ?? message.modifiedAt, Date.now());
    const deliveryId = this.#identities.next(mailbox, body.sha256);
    return this.#o.store.place(this.#o.account, body, { mailbox, keywords, receivedAt, deliveryId });
  }

  #count(delivered: Delivered, body: ReceivedBody): void {
    this.#counts[delivered.added ? "added" : "alreadyThere"] += 1;
    if (delivered.added) this.#counts.octets += body.octets;
  }

  #fail(failure: ImportFailure): void {
    this.#counts.failed += 1;
    if (this.#failures.length < FAILURES_KEPT) this.#failures.push(failure);
  }

  #finish(position: number): void {
    this.#done = Math.max(this.#done, position);
    const { added, alreadyThere, failed } = this.#counts;
    try {
      this.#o.onProgress?.({ ...this.#measure, done: this.#done, added, alreadyThere, failed });
    } catch (error) {
      this.#broken ??= { error }; // who cannot be told stops the import
    }
    this.slots.give();
  }
}

/**
 * Names messages by what they are: mailbox, content, and which of several equal ones. It holds whatever renames, moves
 * or flags the source has seen meanwhile. Costs some 50 octets of memory a message.
 */
class Identities {
  readonly #seen = new Map<string, Map<number, number>>();

  next(mailbox: string, sha256: string): string {
    const counts = this.#seen.get(mailbox) ?? new Map<number, number>();
    this.#seen.set(mailbox, counts);
    const key = Number.parseInt(sha256.slice(0, 13), 16);
    const before = counts.get(key) ?? 0;
    counts.set(key, before + 1);
    return `import:${createHash("sha256")
      .update(JSON.stringify([mailbox, sha256, before]))
      .digest("hex")}`;
  }
}

// When the last hop took it in; else when its author wrote it.
function ownDate(head: Uint8Array): number | undefined {
  const received = firstField(head, "Received")?.split(";").at(-1);
  return [received, firstField(head, "Date")].map((text) => Date.parse(text ?? "")).find((at) => at > 0);
}
