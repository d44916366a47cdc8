// A rule and the mail that is already in INBOX: how much it would match, and, when its owner says so, what it does to it.
import type { MailReader } from "../../message/index.ts";
import type { Mailstore } from "../../mailstore/index.ts";
import { sortingOf } from "./decide-placing.ts";
import { matches, type RuleFacts } from "./matches.ts";
import type { Rule } from "./rule.ts";

const PAGE = 200;
const HEAD_OCTETS = 65_536;
const END_OF_HEADER = "\r\n\r\n";

export interface ExistingOptions {
  readonly store: Mailstore;
  readonly reader: Pick<MailReader, "summarize">;
  readonly account: string;
  readonly rule: Rule;
  /** The address a message was delivered to, as far as somebody knows; its own fields may be its sender's. */
  readonly deliveredTo: (messageId: number) => Promise<string | undefined>;
  readonly signal?: AbortSignal;
  readonly onProgress?: (o: { readonly seen: number; readonly matched: number }) => void;
}

/** Messages of INBOX that the rule matches, oldest first. Rejects with the signal's reason. */
export async function* matchesInInbox(o: ExistingOptions): AsyncGenerator<number> {
  const { store, account, rule, signal } = o;
  let seen = 0;
  let matched = 0;
  for (let after = 0; ;) {
    const page = await store.messages(account, { after, limit: PAGE });
    for (const { messageId, octets } of page.filter(({ mailbox }) => mailbox === "INBOX")) {
      signal?.throwIfAborted();
      seen += 1;
      const facts = await factsOf(o, messageId, octets);
      if (facts === undefined || !matches(rule, facts)) continue;
      matched += 1;
      yield messageId;
    }
    o.onProgress?.({ seen, matched });
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.messageId;
  }
}

/** Does to messages what the rule says; those that left INBOX meanwhile, or are gone, are passed over. */
export async function applyRule(
  o: ExistingOptions & {
    /** Told of messages as soon as a part of it is done to them. */
    readonly onBegun?: (messageIds: readonly number[]) => void;
  },
  messageIds: readonly number[],
): Promise<void> {
  const { store, account, rule, signal, onBegun } = o;
  const { mailbox, keywords } = sortingOf(rule.actions);
  for (let at = 0; at < messageIds.length; at += PAGE) {
    signal?.throwIfAborted();
    const some = await stillInInbox(o, messageIds.slice(at, at + PAGE));
    if (some.length === 0) continue;
    if (keywords.length > 0) {
      await store.setKeywords(account, some, { add: keywords });
      onBegun?.(some);
    }
    if (mailbox !== undefined) {
      await store.move(account, some, mailbox);
      onBegun?.(some);
    }
  }
}

/** Its owner may have moved them, or thrown them away, since they matched. */
async function stillInInbox(
  { store, account }: ExistingOptions,
  messageIds: readonly number[],
): Promise<readonly number[]> {
  const places = await store.placementsOf(account, messageIds);
  return places.filter(({ mailbox }) => mailbox === "INBOX").map(({ messageId }) => messageId);
}

async function factsOf(o: ExistingOptions, messageId: number, octets: number): Promise<RuleFacts | undefined> {
  try {
    const head = await headOf(o.store.octetsOf(o.account, messageId));
    const summary = await o.reader.summarize(Uint8Array.from(head));
    const looksAtRecipient = o.rule.conditions.some(({ field }) => field === "recipient");
    return { summary, head, octets, deliveredTo: looksAtRecipient ? await o.deliveredTo(messageId) : undefined };
  } catch (error) {
    // Removed while we looked.
    if ((error as { readonly code?: unknown }).code === "NO_SUCH_MESSAGE") return undefined;
    throw error;
  }
}

async function headOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  let head = Buffer.alloc(0);
  for await (const chunk of chunks) {
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf(END_OF_HEADER);
    if (end >= 0) return head.subarray(0, end + END_OF_HEADER.length);
    if (head.length >= HEAD_OCTETS) break;
  }
  return head.subarray(0, HEAD_OCTETS);
}
