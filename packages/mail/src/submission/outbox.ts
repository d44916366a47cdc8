// The outbox: what was written waits here until a server took it. Every step is written down before the next is done,
// so that a process that is killed loses nothing and sends nothing twice that was answered 250.
import { createHash, randomUUID } from "node:crypto";
import type { Mailstore } from "../mailstore/index.ts";
import { SubmissionError, type BuiltMessage, type OutboxEntry } from "./contract.ts";
import { fileAsSent, fileInTrash, isInOutbox, OUTBOX_MAILBOX } from "./filing.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";
import {
  entryOf,
  isMaybeSent,
  OutboxDocuments,
  whoLacks,
  type OutboxDocument,
  type UnreadableDocument,
} from "./outbox-documents.ts";
import { Sending, type Route } from "./sending.ts";
import { Slots } from "./slots.ts";
import { TakingBack, type KeepDraft } from "./taking-back.ts";

export interface OutboxOptions {
  readonly store: Mailstore;
  /** How a message of this identity leaves; asked before every attempt. */
  readonly route: (o: {
    readonly account: string;
    readonly identity: string;
    readonly to: readonly string[];
  }) => Promise<Route>;
  /** Names the server it would leave by, before an attempt; undefined when it needs none. */
  readonly serverFor: (o: {
    readonly account: string;
    readonly identity: string;
    readonly to: readonly string[];
  }) => Promise<string | undefined>;
  /** This host's name, for EHLO. */
  readonly hostName: string;
  readonly onChange?: (entry: OutboxEntry) => void;
  /** Told of what a message was written as when nobody can want it back any more; a process that ends may not come to it. */
  readonly onSpent?: (o: { readonly account: string; readonly draft: unknown }) => void;
  readonly onProblem: (problem: { readonly what: string; readonly cause: unknown }) => void;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** PEM, for servers of a house's own authority. */
  readonly ca?: string;
}

export interface QueueOptions {
  readonly account: string;
  /** The same for what is the same message: it is queued once, however often it is asked for. New unless said otherwise. */
  readonly id?: string;
  readonly identity: string;
  readonly built: BuiltMessage;
  readonly subject: string;
  /** Given back when the message is taken back; null for what nobody wrote. */
  readonly draft: unknown;
  /** The message this is the read receipt of. */
  readonly receiptOf?: number;
  /** Milliseconds; SUBMISSION_LIMITS.holdMs unless said otherwise. */
  readonly holdMs?: number;
}

/** A clock that jumps is looked at again after this long at the latest. */
const LONGEST_WAIT_MS = 60_000;

export class Outbox {
  readonly #o: OutboxOptions;
  readonly #documents: OutboxDocuments;
  readonly #sending: Sending;
  readonly #takingBack: TakingBack;
  readonly #stopping = new AbortController();
  readonly #running = new Map<string, Promise<void>>();
  readonly #slots = new Slots();
  /** Until when a message is left alone whose attempt could not even be written down, while nobody else changes it. */
  readonly #resting = new Map<string, { readonly version: number; readonly until: number }>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #lookAgain = false;

  private constructor(o: OutboxOptions) {
    this.#o = o;
    this.#documents = new OutboxDocuments(o.store.documents);
    const shared = { ...o, documents: this.#documents, now: () => this.#now() };
    this.#sending = new Sending({ ...shared, signal: this.#stopping.signal });
    this.#takingBack = new TakingBack(shared);
  }

  /** Takes up what a process before left behind. */
  static async open(o: OutboxOptions): Promise<Outbox> {
    const outbox = new Outbox(o);
    await outbox.#takeUp();
    outbox.#wake();
    return outbox;
  }

  /**
   * Resolves when the message and its place in the queue are durable; to the entry that is there when there is one, which
   * is sent anew when it had failed. Throws SubmissionError `too-late` when that one may have been sent, or is being
   * taken back: whoever asks keeps what it was written as.
   */
  async queue({
    account,
    id: wanted = randomUUID(),
    identity,
    built,
    subject,
    draft,
    receiptOf,
    holdMs = SUBMISSION_LIMITS.holdMs,
  }: QueueOptions): Promise<OutboxEntry> {
    let id = wanted;
    for (let known = await this.#documents.find(account, id); known !== undefined;) {
      if (!isWrittenOn(known)) return await this.#again(known);
      id = idAfter(known);
      known = await this.#documents.find(account, id);
    }
    const messageId = await this.#keep(account, built.octets);
    const now = this.#now();
    const document = await this.#documents.add(account, id, {
      state: holdMs > 0 ? "held" : "queued",
      isCommitting: false,
      messageId,
      identity,
      subject,
      envelope: { from: built.envelope.from, to: [...built.envelope.to] },
      taken: [],
      queuedAt: now,
      holdUntil: now + holdMs,
      nextTryAt: now + holdMs,
      attempts: 0,
      refused: [],
      wasMaybeSent: false,
      ...(receiptOf === undefined ? {} : { receiptOf }),
      draft,
    });
    if (document !== undefined) return this.#changed(document);
    // Asked for twice at once, and the other was first.
    await this.#o.store.remove(account, [messageId]);
    return entryOf(await this.#mustFind(account, id));
  }

  /** What is queued already. Somebody who sends what had failed does not mean that it stays unsent. */
  async #again(known: OutboxDocument): Promise<OutboxEntry> {
    if (this.#takingBack.isUnderWay(known)) throw tooLate();
    if (known.entry.state !== "failed") return entryOf(known);
    if (isMaybeSent(known.entry)) throw tooLate();
    return this.retry(known.account, known.id);
  }

  /** Everything on its way, and what was sent lately. */
  async list(account: string): Promise<readonly OutboxEntry[]> {
    return (await this.listing(account)).entries;
  }

  /** With those that nobody can read: nothing is sent of them, and nothing is removed by itself. */
  async listing(account: string): Promise<{
    readonly entries: readonly OutboxEntry[];
    /** `messageId`: of its message, as long as that is in the outbox and the entry says which it is. */
    readonly unreadable: readonly UnreadableDocument[];
  }> {
    const { documents, unreadable } = await this.#documents.list(account);
    const kept = unreadable.map(async (one) => ({ ...one, messageId: await this.#keptOf(one) }));
    return { entries: documents.map(entryOf), unreadable: await Promise.all(kept) };
  }

  async #keptOf({ account, messageId }: UnreadableDocument): Promise<number | undefined> {
    if (messageId === undefined) return undefined;
    return (await isInOutbox(this.#o.store, account, messageId)) ? messageId : undefined;
  }

  /**
   * An entry that cannot be read goes; its message goes to Trash first, where it can be looked at. Does nothing for one
   * that is gone. Throws SubmissionError `too-late` for one that can be read.
   */
  async discardUnreadable(account: string, id: string): Promise<void> {
    if ((await this.#documents.find(account, id)) !== undefined) throw tooLate();
    const found = await this.#documents.findUnreadable(account, id);
    if (found === undefined) return;
    if (found.messageId !== undefined) await fileInTrash(this.#o.store, account, found.messageId);
    await this.#documents.remove(found);
  }

  /** What the messages that may be taken back were written as. Undefined when an entry cannot be read: nobody knows of it. */
  async writtenAs(account: string): Promise<readonly unknown[] | undefined> {
    const { documents, unreadable } = await this.#documents.list(account);
    return unreadable.length > 0 ? undefined : documents.map(({ entry }) => entry.draft).filter((one) => one !== null);
  }

  /**
   * Takes a message back that nobody has yet, or that some do not have: then `keep` hears who, the message goes to Sent,
   * and its entry stays to say who has it. `keep` gets what it was written as before anything is removed; when it
   * rejects, so does this: the message is sent to nobody else by itself, and can be taken back again. After a kill it
   * may be kept twice. Throws SubmissionError `too-late` when it is being sent or taken back, or everybody has it.
   */
  async takeBack(account: string, id: string, keep: KeepDraft): Promise<void> {
    const document = await this.#mustFind(account, id);
    if (!entryOf(document).canBeTakenBack || this.#takingBack.isUnderWay(document)) throw tooLate();
    if (!(await this.#takingBack.run(document, keep))) throw tooLate();
  }

  /**
   * Removes a message nobody wrote and nobody can have. `before` hears, before it is gone, which message it was the receipt of.
   * Throws SubmissionError `too-late`.
   */
  async cancel(account: string, id: string, before: (receiptOf: number | undefined) => Promise<void>): Promise<void> {
    const document = await this.#mustFind(account, id);
    if (!entryOf(document).canBeCancelled || this.#takingBack.isUnderWay(document)) throw tooLate();
    if (!(await this.#takingBack.run(document, () => before(document.entry.receiptOf)))) throw tooLate();
  }

  /**
   * Puts a message nobody wrote, and somebody may have, with what was sent; it is tried no more. Throws SubmissionError
   * `too-late`.
   */
  async file(account: string, id: string): Promise<void> {
    const document = await this.#mustFind(account, id);
    if (!entryOf(document).canBeFiled || this.#takingBack.isUnderWay(document)) throw tooLate();
    if (!(await this.#takingBack.file(document))) throw tooLate();
  }

  /** Tries a message again now that failed or waits. Throws SubmissionError `too-late`. */
  async retry(account: string, id: string): Promise<OutboxEntry> {
    const document = await this.#mustFind(account, id);
    const { state, envelope } = document.entry;
    if (state === "sending" || state === "sent" || this.#takingBack.isUnderWay(document)) throw tooLate();
    const queued = await this.#documents.change(document, {
      state: "queued",
      nextTryAt: this.#now(),
      isCommitting: false,
      queuedAt: this.#now(),
      wasMaybeSent: isMaybeSent(document.entry),
      // Nobody has what failed, so it goes to all of them again.
      ...(state === "failed" ? { envelope: { ...envelope, to: [...whoLacks(document.entry)] }, refused: [] } : {}),
    });
    if (queued === undefined) throw tooLate();
    return this.#changed(queued);
  }

  /** Lets attempts end within `withinMs`, cuts those that have not given their message over. Safe twice. */
  async stop({ withinMs }: { readonly withinMs: number }): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const cut = setTimeout(() => this.#stopping.abort(), withinMs);
    if (withinMs === 0) this.#stopping.abort();
    await this.#looking;
    await Promise.all(this.#running.values());
    clearTimeout(cut);
    this.#stopping.abort();
    // What began when another had ended is cut, and waited for.
    await this.#looking;
    await Promise.all(this.#running.values());
  }

  // --- what a process before left

  async #takeUp(): Promise<void> {
    const { documents, unreadable } = await this.#documents.list();
    for (const document of documents) {
      // The answer was written down; the filing may not have been done.
      if (document.entry.state === "sent") await fileAsSent(this.#o.store, document);
      else if (document.entry.state === "sending") await this.#sending.takeUp(document);
    }
    for (const { account, id } of unreadable)
      this.#o.onProblem({
        what: "a message of the outbox is not sent: its entry cannot be read",
        cause: new Error(`entry ${id} of account ${account}`),
      });
  }

  // --- the queue

  #wake(): void {
    if (this.#stopping.signal.aborted) return;
    if (this.#looking !== undefined) {
      this.#lookAgain = true;
      return;
    }
    this.#looking = this.#look()
      .catch((cause: unknown) => {
        this.#o.onProblem({ what: "the outbox cannot be read", cause });
        this.#sleep(LONGEST_WAIT_MS);
      })
      .finally(() => {
        this.#looking = undefined;
        if (!this.#lookAgain) return;
        this.#lookAgain = false;
        this.#wake();
      });
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    const { documents } = await this.#documents.list();
    await this.#forgetSent(documents);
    const now = this.#now();
    for (const [key, { until }] of this.#resting) if (until <= now) this.#resting.delete(key);
    const waiting = documents
      .filter((one) => (one.entry.state === "held" || one.entry.state === "queued") && !this.#running.has(keyOf(one)))
      .map((document) => ({ document, dueAt: this.#dueAt(document) }))
      .sort((a, b) => a.dueAt - b.dueAt);
    for (const { document } of waiting.filter(({ dueAt }) => dueAt <= now))
      if (this.#slots.take(keyOf(document), await this.#serverFor(document))) this.#start(document);
    // One that is due and has no slot is woken by the end of an attempt.
    const next = waiting.find(({ dueAt }) => dueAt > now);
    if (next !== undefined) this.#sleep(next.dueAt - now);
  }

  #dueAt(document: OutboxDocument): number {
    const resting = this.#resting.get(keyOf(document));
    const until = resting?.version === document.version ? resting.until : 0;
    return Math.max(document.entry.nextTryAt, until);
  }

  async #serverFor({ account, entry }: OutboxDocument): Promise<string | undefined> {
    try {
      return await this.#o.serverFor({ account, identity: entry.identity, to: entry.envelope.to });
    } catch {
      // What cannot be read for this one is met again in its attempt, which says so; it holds up no other.
      return undefined;
    }
  }

  async #forgetSent(documents: readonly OutboxDocument[]): Promise<void> {
    const since = this.#now() - SUBMISSION_LIMITS.rememberSentMs;
    for (const document of documents)
      if (document.entry.state === "sent" && (document.entry.sentAt ?? 0) < since) {
        await this.#documents.remove(document);
        this.#o.onSpent?.({ account: document.account, draft: document.entry.draft });
      }
  }

  #start(document: OutboxDocument): void {
    const key = keyOf(document);
    const running = this.#sending
      .run(document)
      .catch((cause: unknown) => {
        this.#o.onProblem({ what: `message ${document.id} of the outbox was not sent`, cause });
        this.#resting.set(key, { version: document.version, until: this.#now() + LONGEST_WAIT_MS });
      })
      .finally(() => {
        this.#running.delete(key);
        this.#slots.free(key);
        this.#wake();
      });
    this.#running.set(key, running);
  }

  #sleep(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#stopping.signal.aborted) return;
    this.#timer = setTimeout(() => this.#wake(), Math.min(ms, LONGEST_WAIT_MS));
  }

  async #keep(account: string, octets: Uint8Array): Promise<number> {
    const writer = this.#o.store.newBody();
    await writer.write(octets);
    const body = await writer.finish();
    try {
      return (await this.#o.store.place(account, body, { mailbox: OUTBOX_MAILBOX, keywords: ["$seen"] })).messageId;
    } finally {
      await body.discard();
    }
  }

  async #mustFind(account: string, id: string): Promise<OutboxDocument> {
    const document = await this.#documents.find(account, id);
    if (document === undefined) throw tooLate();
    return document;
  }

  #changed(document: OutboxDocument): OutboxEntry {
    const entry = entryOf(document);
    this.#o.onChange?.(entry);
    this.#wake();
    return entry;
  }

  #now(): number {
    return (this.#o.now ?? Date.now)();
  }
}

/** Ids are of an account: a receipt's comes from the number of a message, which two accounts may both have. */
function keyOf({ account, id }: OutboxDocument): string {
  return `${account}/${id}`;
}

/** Some have it, and its draft was given back for the others: sent again, it is another message. */
function isWrittenOn({ entry }: OutboxDocument): boolean {
  return entry.state === "sent" && entry.draft === null && whoLacks(entry).length > 0;
}

/** The same whoever asks, so that what is written on is one message as well, however often it is sent. */
function idAfter({ id, entry }: OutboxDocument): string {
  return createHash("sha256")
    .update(JSON.stringify([id, entry.messageId]))
    .digest("hex")
    .slice(0, 32);
}

function tooLate(): SubmissionError {
  return new SubmissionError("too-late", "it is on its way or gone already, so it cannot be taken back");
}
