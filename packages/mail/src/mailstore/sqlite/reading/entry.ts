// One row of the index, made of a message's place in mail.db and of what its parser says.
import { hash } from "node:crypto";
import { isReplySubject, type MailAddress, type MessageSummary } from "../../../message/index.ts";
import { unpackKeywords } from "../folding.ts";
import type { MailItem } from "./mail-source.ts";
import { indexedText } from "./words.ts";

/** Addresses a row keeps of each kind; all of them are found by search. */
const addressesMax = 20;
/** RFC 822 is of 1982: a date before its decade was never meant. */
const firstBelievableMs = Date.UTC(1980, 0, 1);
/** What positions have room for. */
const lastMs = (2 ** 33 - 1) * 1_000;

export type PlacedItem = Extract<MailItem, { readonly kind: "placed" }>;

/** Rows hold what never changes; mailbox, keywords and conversation are set beside it. */
export interface EntryFacts {
  readonly sortAt: number;
  readonly subject: string;
  readonly sender: readonly MailAddress[];
  readonly recipient: readonly MailAddress[];
  readonly copied: readonly MailAddress[];
  readonly preview: string;
  readonly attachments: number;
  readonly id: string | undefined;
  readonly references: readonly string[];
  readonly threadSubject: Uint8Array | null;
  readonly isLooseReply: boolean;
  readonly isPersonal: boolean;
  readonly isUnreadable: boolean;
  readonly words: WordColumns;
}

/** What the full-text index is given, by column. */
export interface WordColumns {
  readonly subject: string;
  readonly sender: string;
  readonly recipient: string;
  readonly attachment: string;
  readonly body: string;
}

export function entryFacts(item: PlacedItem, summary: MessageSummary): EntryFacts {
  const { subject, from, to, cc, threadSubject, references } = summary;
  return {
    sortAt: sortAt(summary.sentAt, item.receivedAt),
    subject,
    sender: from.slice(0, addressesMax),
    recipient: to.slice(0, addressesMax),
    copied: cc.slice(0, addressesMax),
    preview: summary.preview,
    attachments: summary.attachments.length,
    id: summary.id,
    references,
    threadSubject: threadSubject === "" ? null : digest(threadSubject),
    isLooseReply: references.length === 0 && threadSubject !== "" && isReplySubject(subject),
    isPersonal: !summary.isAutomatic && summary.listId === undefined,
    isUnreadable: summary.isUnreadable,
    words: {
      subject: indexedText(subject),
      sender: indexedText(addressText([...from, ...summary.replyTo])),
      recipient: indexedText(addressText([...to, ...cc])),
      attachment: indexedText(summary.attachments.join(" \n ")),
      body: indexedText(summary.text),
    },
  };
}

/** When it was sent, as far as that can be believed: never after it came. */
function sortAt(sentAt: number | undefined, receivedAt: number): number {
  const received = Math.min(Math.max(0, receivedAt), lastMs);
  return sentAt === undefined || !(sentAt >= firstBelievableMs) ? received : Math.min(sentAt, received);
}

export function digest(text: string): Uint8Array {
  return hash("sha256", text, "buffer").subarray(0, 16);
}

export function isStarred(keywords: string): boolean {
  return unpackKeywords(keywords).includes("$flagged");
}

function addressText(addresses: readonly MailAddress[]): string {
  return addresses.map(({ name, address }) => `${name} ${address}`).join(" \n ");
}
