// One message of the outbox, from "queued" to what became of it. The order is what keeps the promise: `sending` is
// written down before a server is asked, `isCommitting` before the final dot, `sent` before the copy is filed.
import type { Mailstore } from "../mailstore/index.ts";
import type { OutboxEntry, SubmissionServer, SubmissionTrouble } from "./contract.ts";
import { isTransient, troubleOf } from "./failure-words.ts";
import { fileAsSent } from "./filing.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";
import { entryOf, whoLacks, type OutboxDocument, type OutboxDocuments, type StoredEntry } from "./outbox-documents.ts";
import { submit, type AttemptOutcome, type RefusedRecipient } from "./submit.ts";

/** How a message leaves. */
export type Route =
  | { readonly kind: "server"; readonly server: SubmissionServer }
  /**
   * All recipients are of this house; placing twice within a week what was placed is placing once. Resolves to the refusal
   * of one who cannot have it; rejects when the store fails.
   */
  | {
      readonly kind: "local";
      readonly deliver: (o: {
        readonly to: string;
        readonly from: string;
        readonly octets: Uint8Array;
        readonly deliveryId: string;
      }) => Promise<RefusedRecipient | undefined>;
    }
  | { readonly kind: "none" };

export interface SendingOptions {
  readonly store: Mailstore;
  readonly documents: OutboxDocuments;
  readonly route: (o: {
    readonly account: string;
    readonly identity: string;
    readonly to: readonly string[];
  }) => Promise<Route>;
  readonly hostName: string;
  readonly ca?: string;
  readonly signal: AbortSignal;
  readonly onChange?: (entry: OutboxEntry) => void;
  readonly onSpent?: (o: { readonly account: string; readonly draft: unknown }) => void;
  readonly now: () => number;
}

export class Sending {
  readonly #o: SendingOptions;

  constructor(o: SendingOptions) {
    this.#o = o;
  }

  /** Does nothing when somebody took the message back meanwhile. Rejects when the store fails; the message stays. */
  async run(found: OutboxDocument): Promise<void> {
    const begun = await this.#change(found, {
      state: "sending",
      isCommitting: false,
      attempts: found.entry.attempts + 1,
    });
    if (begun === undefined) return;
    const { account, entry } = begun;
    try {
      // A process ended after the last of the house had it.
      if (entry.envelope.to.length === 0 && entry.taken.length > 0) return await this.#taken(begun, []);
      const route = await this.#o.route({ account, identity: entry.identity, to: entry.envelope.to });
      if (route.kind === "none") await this.#failed(begun, troubleOf("no-server"), []);
      else if (route.kind === "local") await this.#deliver(begun, route);
      else await this.#submit(begun, route.server);
    } catch (error) {
      const latest = (await this.#o.documents.find(account, begun.id)) ?? begun;
      if (latest.entry.state === "sending" && !latest.entry.isCommitting) await this.#notGivenOver(latest);
      if (!this.#o.signal.aborted) throw error;
    }
  }

  /** It waits for the next process, or for what fails on our side, which is told like a failure of a server. */
  async #notGivenOver(document: OutboxDocument): Promise<void> {
    if (!this.#o.signal.aborted) return this.#failed(document, troubleOf("our-side"), []);
    await this.#change(document, { state: "queued", nextTryAt: this.#o.now() + SUBMISSION_LIMITS.retryMs[0] });
  }

  async #deliver(document: OutboxDocument, route: Extract<Route, { kind: "local" }>): Promise<void> {
    const { envelope } = document.entry;
    const octets = await this.#octets(document);
    const refused: RefusedRecipient[] = [];
    let latest = document;
    for (const to of envelope.to) {
      const deliveryId = `outbox/${document.id}/${to}`;
      const refusal = await route.deliver({ to, from: envelope.from, octets, deliveryId });
      if (refusal !== undefined) refused.push(refusal);
      // Written down before the next is asked: written on after a failure, it goes to nobody who has it.
      else latest = mustHave(await this.#change(latest, hasIt(latest.entry, to)));
    }
    if (refused.length < envelope.to.length) return this.#taken(latest, refused);
    const code = refused.every(({ isForGood }) => isForGood) ? "recipients-refused" : "try-later";
    await this.#failed(latest, troubleOf(code, refused[0]?.reply), refused);
  }

  async #submit(document: OutboxDocument, server: SubmissionServer): Promise<void> {
    const { hostName: name, signal, ca } = this.#o;
    // A server can answer or hang up while this is being written: nothing is settled before the newest version is known.
    let committing: Promise<OutboxDocument> = Promise.resolve(document);
    const attempt = submit({
      server,
      envelope: document.entry.envelope,
      octets: await this.#octets(document),
      name,
      signal,
      ...(ca === undefined ? {} : { ca }),
      beforeLastDot: async () => {
        committing = this.#change(document, { isCommitting: true }).then(mustHave);
        await committing;
      },
    });
    const outcome = await attempt.catch(async (error: unknown) => {
      // It rejects before the final dot alone.
      const current = await committing;
      if (current.entry.isCommitting) await this.#change(current, { isCommitting: false });
      throw error;
    });
    await this.#settle(await committing, outcome);
  }

  async #settle(document: OutboxDocument, outcome: AttemptOutcome): Promise<void> {
    switch (outcome.kind) {
      case "taken":
        return this.#taken(document, outcome.refused);
      case "refused":
        return this.#failed(document, outcome.trouble, outcome.refused);
      case "unknown":
        return this.#failed(document, troubleOf("maybe-sent"), []);
    }
  }

  /** Sent to some at least. Those who are to be tried again are asked alone from now on. */
  async #taken(document: OutboxDocument, refused: readonly RefusedRecipient[]): Promise<void> {
    const { entry } = document;
    const later = refused.filter(({ isForGood }) => !isForGood);
    const never = refusedSoFar(
      document,
      refused.filter(({ isForGood }) => isForGood),
    );
    const notNow = new Set(refused.map(({ address }) => address));
    const taken = [...entry.taken, ...entry.envelope.to.filter((address) => !notNow.has(address))];
    const envelope = { ...entry.envelope, to: later.map(({ address }) => address) };
    const settled = { ...document, entry: { ...entry, envelope, taken, refused: never } };
    if (later.length > 0) return this.#failed(settled, troubleOf("try-later", later[0]?.reply), later);
    await this.#sent(settled, never.length > 0 ? troubleOf("recipients-refused", never[0]?.reply) : undefined);
  }

  /** To somebody at least, and to nobody else by itself. */
  async #sent(document: OutboxDocument, trouble: SubmissionTrouble | undefined): Promise<void> {
    const sent = mustHave(await this.#change(document, this.#asSent(document, trouble)));
    await fileAsSent(this.#o.store, sent);
    if (sent.entry.draft === null) this.#o.onSpent?.({ account: sent.account, draft: document.entry.draft });
  }

  /** Its draft is kept for writing on while there is one who does not have it. */
  #asSent({ entry }: OutboxDocument, trouble: SubmissionTrouble | undefined): Partial<StoredEntry> {
    const draft = whoLacks(entry).length > 0 ? entry.draft : null;
    return { state: "sent", sentAt: this.#o.now(), isCommitting: false, trouble, draft };
  }

  /** A process ended in the middle of this one. Nobody is told: whoever listens asks first what there is. */
  async takeUp(document: OutboxDocument): Promise<void> {
    const { documents, now, store } = this.#o;
    const { isCommitting, taken } = document.entry;
    const trouble = troubleOf("maybe-sent");
    if (!isCommitting) await documents.change(document, { state: "queued", nextTryAt: now() });
    else if (taken.length === 0) await documents.change(document, { state: "failed", trouble });
    else await fileAsSent(store, mustHave(await documents.change(document, this.#asSent(document, trouble))));
  }

  /** Nobody took it this time. Those who were refused for good are not asked again with those who may yet take it. */
  async #failed(
    document: OutboxDocument,
    trouble: SubmissionTrouble,
    refused: readonly RefusedRecipient[],
  ): Promise<void> {
    const later = refused.filter(({ isForGood }) => !isForGood);
    const never = refused.filter(({ isForGood }) => isForGood);
    const isPassing = isTransient(trouble) || later.length > 0;
    if (isPassing && this.#o.now() - document.entry.queuedAt < SUBMISSION_LIMITS.giveUpMs) {
      const why = isTransient(trouble) ? trouble : troubleOf("try-later", later[0]?.reply);
      return this.#wait(later.length > 0 ? without(document, never) : document, why);
    }
    const entry = { ...document.entry, refused: refusedSoFar(document, refused) };
    const why = isPassing && trouble.code !== "our-side" ? troubleOf("gave-up", trouble.reply) : trouble;
    if (entry.taken.length > 0) return this.#sent({ ...document, entry }, why);
    mustHave(await this.#change({ ...document, entry }, { state: "failed", isCommitting: false, trouble: why }));
  }

  async #wait(document: OutboxDocument, trouble: SubmissionTrouble): Promise<void> {
    const { retryMs } = SUBMISSION_LIMITS;
    const wait = retryMs[Math.min(document.entry.attempts, retryMs.length) - 1] ?? retryMs[0];
    const nextTryAt = this.#o.now() + wait;
    mustHave(await this.#change(document, { state: "queued", isCommitting: false, trouble, nextTryAt }));
  }

  async #octets({ account, entry }: OutboxDocument): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#o.store.octetsOf(account, entry.messageId)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks);
  }

  async #change(document: OutboxDocument, change: Partial<StoredEntry>): Promise<OutboxDocument | undefined> {
    const changed = await this.#o.documents.change(document, { ...document.entry, ...change });
    if (changed !== undefined) this.#o.onChange?.(entryOf(changed));
    return changed;
  }
}

function hasIt({ envelope, taken }: StoredEntry, address: string): Partial<StoredEntry> {
  return {
    envelope: { ...envelope, to: envelope.to.filter((one) => one !== address) },
    taken: [...taken, address],
  };
}

function without(document: OutboxDocument, never: readonly RefusedRecipient[]): OutboxDocument {
  const { entry } = document;
  const gone = new Set(never.map(({ address }) => address));
  const to = entry.envelope.to.filter((address) => !gone.has(address));
  return {
    ...document,
    entry: { ...entry, envelope: { ...entry.envelope, to }, refused: refusedSoFar(document, never) },
  };
}

/** With what earlier attempts heard of recipients who are not asked again. */
function refusedSoFar({ entry }: OutboxDocument, now: readonly RefusedRecipient[]): StoredEntry["refused"] {
  const before = entry.refused.filter(({ address }) => !entry.envelope.to.includes(address));
  return [...before, ...now.map(({ address, reply }) => ({ address, reply }))];
}

function mustHave(document: OutboxDocument | undefined): OutboxDocument {
  if (document === undefined) throw new Error("an outbox entry that was being sent was changed by somebody else");
  return document;
}
