// What the header of a message says, cleaned.
import type { MailAddress, MessageSummary, Unsubscribe } from "../contract.ts";
import { ADDRESSES_MAX, URL_CHARACTERS_MAX } from "../limits.ts";
import type { Header } from "../mime/header.ts";
import { readAddresses } from "./addresses.ts";
import { messageId, references } from "./message-ids.ts";
import { safeHeaderText } from "./safe-header-text.ts";
import { sentAt } from "./sent-at.ts";
import { threadSubjectOf } from "./thread-subject.ts";

export type HeaderSummary = Omit<MessageSummary, "preview" | "attachments" | "text" | "isUnreadable">;

/** `now` in milliseconds since the epoch: nothing was sent after tomorrow. */
export function summarizeHeader(header: Header, now: number): HeaderSummary {
  const subject = safeHeaderText(header.text("subject"));
  return {
    subject,
    // RFC 5322 §3.6: one From field. Of several, the first is the sender, here and everywhere.
    from: readAddresses(header.raw("from")),
    to: addressesOf(header, "to"),
    cc: addressesOf(header, "cc"),
    replyTo: addressesOf(header, "reply-to"),
    sentAt: sentAt(header, now),
    id: messageId(header),
    references: references(header),
    threadSubject: threadSubjectOf(subject),
    listId: listId(header),
    isAutomatic: isAutomatic(header),
  };
}

/** Of an address field that is there several times. */
const REPEATED_MAX = 20;

/** Fields that must not be repeated are, so all of them are read. */
export function addressesOf(header: Header, name: string): readonly MailAddress[] {
  return header.rawAll(name).slice(0, REPEATED_MAX).flatMap(readAddresses).slice(0, ADDRESSES_MAX);
}

/** Addresses that want to hear that the message was read. */
export function receiptTo(header: Header): readonly MailAddress[] {
  const wanted = ["disposition-notification-to", "return-receipt-to", "x-confirm-reading-to"];
  const field = wanted.find((name) => header.has(name));
  return field === undefined ? [] : addressesOf(header, field).filter(({ address }) => address.includes("@"));
}

// RFC 2919 §2: words, then the identifier in angle brackets.
function listId(header: Header): string | undefined {
  const value = header.text("list-id");
  const identifier = safeHeaderText(/<([^<>]{1,255})>/.exec(value)?.[1] ?? value, 255).toLowerCase();
  return identifier === "" ? undefined : identifier;
}

// RFC 3834 §5, and what was in use before it.
function isAutomatic(header: Header): boolean {
  const submitted = header.raw("auto-submitted").toLowerCase();
  if (submitted !== "" && !submitted.startsWith("no")) return true;
  if (/^(?:bulk|junk|list|auto_reply)\b/i.test(header.raw("precedence"))) return true;
  if (header.has("list-id") || header.has("x-auto-response-suppress")) return true;
  return header.has("return-path") && /^<>$/.test(header.raw("return-path").trim());
}

/** RFC 2369 and RFC 8058. Nothing of it is ever followed without a person asking. */
export function unsubscribe(header: Header): Unsubscribe | undefined {
  const targets = Array.from(
    header
      .raw("list-unsubscribe")
      .slice(0, 16_384)
      .matchAll(/<([^<>]{1,2048})>/g),
    (match) => (match[1] ?? "").replace(/\s+/g, ""),
  ).slice(0, 20);
  const page = targets.map((target) => urlOf(target, ["https:", "http:"])).find((url) => url !== undefined);
  const secure = targets.map((target) => urlOf(target, ["https:"])).find((url) => url !== undefined);
  const mail = targets.map(mailAddressOf).find((address) => address !== undefined);
  // RFC 8058 §3.1: the field says so in these words, and the target is https.
  const isOneClick = /^\s*list-unsubscribe\s*=\s*one-click\s*$/i.test(header.raw("list-unsubscribe-post"));
  if (page === undefined && mail === undefined) return undefined;
  return { oneClick: isOneClick ? secure : undefined, mail, page };
}

function urlOf(target: string, schemes: readonly string[]): string | undefined {
  if (target.length > URL_CHARACTERS_MAX) return undefined;
  try {
    const url = new URL(target);
    if (!schemes.includes(url.protocol) || url.username !== "" || url.password !== "") return undefined;
    return url.href;
  } catch {
    return undefined;
  }
}

// The address and the subject alone: a header or a copy to others hidden in the rest is not taken over.
function mailAddressOf(target: string): string | undefined {
  const [, written = "", query = ""] = /^mailto:([^?]{1,320})(?:\?(.*))?$/i.exec(target) ?? [];
  const address = safeHeaderText(decoded(written));
  if (!/^[^\s@,;<>"]+@[^\s@,;<>"]+$/.test(address)) return undefined;
  const subject = safeHeaderText(new URLSearchParams(query).get("subject") ?? "", 200);
  return `mailto:${address}${subject === "" ? "" : `?subject=${encodeURIComponent(subject)}`}`;
}

function decoded(component: string): string {
  try {
    return decodeURIComponent(component);
  } catch {
    return "";
  }
}
