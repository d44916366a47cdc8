// The outbox as the store keeps it: one document a message, whose version decides who changes it.
import { z } from "zod";
import type { Documents, StoredDocument } from "../mailstore/index.ts";
import type { OutboxEntry } from "./contract.ts";

const KIND = "outbox";

const stored = z.object({
  state: z.enum(["held", "queued", "sending", "sent", "failed"]),
  /** The final dot may have been sent. */
  isCommitting: z.boolean(),
  messageId: z.number(),
  identity: z.string(),
  subject: z.string(),
  envelope: z.object({ from: z.string(), to: z.array(z.string()) }),
  /** Entries of before this was kept have none. */
  taken: z.array(z.string()).default([]),
  queuedAt: z.number(),
  holdUntil: z.number(),
  nextTryAt: z.number(),
  attempts: z.number(),
  sentAt: z.number().optional(),
  /** The message this is the read receipt of. */
  receiptOf: z.number().optional(),
  trouble: z.object({ code: z.string(), reply: z.string(), words: z.string() }).optional(),
  /** An attempt before this one ended without an answer, whatever became of the later ones. */
  wasMaybeSent: z.boolean().default(false),
  refused: z.array(z.object({ address: z.string(), reply: z.string() })),
  /** What it was written as, to go on writing when it is taken back; null for what nobody wrote, and once it was given back. */
  draft: z.unknown(),
});

export type StoredEntry = z.output<typeof stored>;

export interface OutboxDocument {
  readonly account: string;
  readonly id: string;
  readonly version: number;
  readonly entry: StoredEntry;
}

/** An entry that is there and says nothing that can be understood. */
export interface UnreadableDocument {
  readonly account: string;
  readonly id: string;
  /** The stored message, when it says that much. */
  readonly messageId: number | undefined;
}

export interface OutboxListing {
  readonly documents: readonly OutboxDocument[];
  readonly unreadable: readonly UnreadableDocument[];
}

/** What may be left of a damaged entry. */
const remains = z.object({ messageId: z.int().positive() });

export class OutboxDocuments {
  readonly #documents: Documents;

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Undefined also for one that cannot be read. */
  async find(account: string, id: string): Promise<OutboxDocument | undefined> {
    const found = await this.#documents.get({ kind: KIND, account, id });
    const read = stored.safeParse(found?.value);
    return found === undefined || !read.success ? undefined : { account, id, version: found.version, entry: read.data };
  }

  /** All of them, however many; of every account unless one is named. One that cannot be read hides no other. */
  async list(account?: string): Promise<OutboxListing> {
    const documents: OutboxDocument[] = [];
    const unreadable: UnreadableDocument[] = [];
    for (let after: StoredDocument | undefined; ;) {
      const of = { kind: KIND, ...(account === undefined ? {} : { account }) };
      const rows = await this.#documents.list({ ...of, ...(after === undefined ? {} : { after }) });
      for (const { account: owner, id, version, value } of rows) {
        if (owner === undefined) continue;
        const read = stored.safeParse(value);
        if (read.success) documents.push({ account: owner, id, version, entry: read.data });
        else unreadable.push({ account: owner, id, messageId: remains.safeParse(value).data?.messageId });
      }
      after = rows.at(-1);
      if (after === undefined) return { documents, unreadable };
    }
  }

  /** Undefined when there is one already. */
  async add(account: string, id: string, entry: StoredEntry): Promise<OutboxDocument | undefined> {
    const put = await this.#documents.put({ kind: KIND, account, id }, entry, { ifVersion: 0 });
    return put === "conflict" ? undefined : { account, id, version: put.version, entry };
  }

  /** Undefined when somebody changed it meanwhile. */
  async change(document: OutboxDocument, change: Partial<StoredEntry>): Promise<OutboxDocument | undefined> {
    const entry = { ...document.entry, ...change };
    const { account, id } = document;
    const put = await this.#documents.put({ kind: KIND, account, id }, entry, { ifVersion: document.version });
    return put === "conflict" ? undefined : { account, id, version: put.version, entry };
  }

  /** Undefined when there is none, or it can be read. */
  async findUnreadable(account: string, id: string): Promise<UnreadableDocument | undefined> {
    const found = await this.#documents.get({ kind: KIND, account, id });
    if (found === undefined || stored.safeParse(found.value).success) return undefined;
    return { account, id, messageId: remains.safeParse(found.value).data?.messageId };
  }

  /** Leaves one that somebody changed meanwhile, when the version is known. */
  async remove({
    account,
    id,
    version,
  }: Pick<OutboxDocument, "account" | "id"> & { readonly version?: number }): Promise<void> {
    await this.#documents.remove({ kind: KIND, account, id }, version === undefined ? {} : { ifVersion: version });
  }
}

export function entryOf({ account, id, entry }: OutboxDocument): OutboxEntry {
  const { isCommitting: _, draft, identity: __, receiptOf: ___, wasMaybeSent: ____, trouble, sentAt, ...shown } = entry;
  const isWaiting = entry.state !== "sent" && entry.state !== "sending";
  const canBeTakenBack = draft !== null && (isWaiting || (entry.state === "sent" && whoLacks(entry).length > 0));
  const isUnwritten = draft === null && isWaiting && entry.taken.length === 0;
  const isMaybe = isMaybeSent(entry);
  return {
    ...shown,
    id,
    account,
    sentAt,
    canBeTakenBack,
    canBeCancelled: isUnwritten && !isMaybe,
    isMaybeSent: isMaybe,
    canBeFiled: isUnwritten && isMaybe,
    trouble: trouble as OutboxEntry["trouble"],
  };
}

/** Whether somebody may have it of whom nobody knows; a later attempt that failed does not change that. */
export function isMaybeSent({ wasMaybeSent, trouble }: StoredEntry): boolean {
  return wasMaybeSent || trouble?.code === "maybe-sent";
}

/** Who does not have the message: those it still goes to, and those who were refused. */
export function whoLacks({ envelope, refused }: StoredEntry): readonly string[] {
  return [...new Set([...refused.map(({ address }) => address), ...envelope.to])];
}
