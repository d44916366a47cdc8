// One message, expanded. Bodies and parts are named here and loaded from addresses of their own.
import type { IndexedMessage } from "../../../mailstore/index.ts";
import type { MessageBody, MessagePart, ReadMessage } from "../../../message/index.ts";
import { refusalOf } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { Body, Message, MessageProblem, Part } from "../schema/index.ts";
import { contentUrl } from "../content/addresses.ts";
import { removableCopyOf } from "../server-copies.ts";
import { labelsOf, RECEIPT_SENT, shownPerson } from "./shown.ts";
import type { Some } from "./handler.ts";
import { trustOf } from "./trusted.ts";

export function messageHandlers(reading: Reading): Some<"message" | "imagesLoaded"> {
  return {
    async message({ account, messageId }, { signal }) {
      const indexed = await reading.indexed(account, messageId);
      const read = await readOrNot(reading, indexed, signal);
      const sender = indexed.from[0]?.address ?? "";
      const authentic = verdictOn(reading, indexed, read);
      // Whoever forges a trusted sender is not trusted for it. Where nobody looks, there is nothing else to go by.
      const isBelieved = authentic === "authentic" || authentic === "unknown";
      const imagesTrusted = isBelieved ? await trustOf(reading, sender) : [];
      if (typeof read !== "string" && imagesTrusted.length === 0) expectFrame(reading, indexed, read);
      return shownMessage(reading, { indexed, read, imagesTrusted, authentic });
    },
    async imagesLoaded({ account, messageId, part }) {
      await reading.indexed(account, messageId);
      return { failed: reading.failedImages.countIn({ account, messageId, part }) };
    },
  };
}

/** Of the first HTML body; one that is too large is shown as text. */
function expectFrame(
  reading: Reading,
  { account, messageId, conversation }: IndexedMessage,
  { bodies }: ReadMessage,
): void {
  for (const body of bodies)
    if (body.kind === "html" && !body.isTooLarge)
      return reading.expectFrame({ account, messageId, part: body.part }, conversation);
}

/** Only one server is believed: the one that took the mail in for us, as the configuration names it. */
function verdictOn(
  reading: Reading,
  { origin }: IndexedMessage,
  read: ReadMessage | MessageProblem,
): Message["authentic"] {
  const { settings } = reading.house;
  const believed =
    origin.kind === "source"
      ? settings.sources().find(({ name }) => name === origin.name)?.authservId
      : settings.authservId();
  if (believed === undefined || typeof read === "string") return "unknown";
  return read.authentication.find(({ server }) => server === believed)?.verdict ?? "unknown";
}

/** A message whose reading fails is shown all the same: what the list knows of it, its source, its file. */
async function readOrNot(
  reading: Reading,
  { account, messageId }: IndexedMessage,
  signal: AbortSignal,
): Promise<ReadMessage | MessageProblem> {
  try {
    return await reading.read(account, messageId, signal);
  } catch (error) {
    signal.throwIfAborted();
    const { code } = refusalOf(error);
    if (code === "not-found") throw error;
    reading.house.log.warn({ error, account, messageId }, "a message could not be read");
    return code === "too-large" || code === "took-too-long" || code === "unreadable" ? code : "not-now";
  }
}

interface Shown {
  readonly indexed: IndexedMessage;
  readonly read: ReadMessage | MessageProblem;
  readonly imagesTrusted: Message["imagesTrusted"];
  readonly authentic: Message["authentic"];
}

function shownMessage(reading: Reading, { indexed, read, imagesTrusted, authentic }: Shown): Message {
  const { account, messageId, keywords, origin } = indexed;
  const at = { account, messageId };
  return {
    ...at,
    conversation: indexed.conversation,
    mailbox: indexed.mailbox,
    role: indexed.role ?? null,
    ...(typeof read === "string" ? unread(indexed, read) : wholly(at, read)),
    receivedAt: indexed.receivedAt,
    octets: indexed.octets,
    isUnread: !keywords.includes("$seen"),
    isStarred: keywords.includes("$flagged"),
    labels: labelsOf(keywords),
    ...(keywords.includes(RECEIPT_SENT) ? { receiptTo: [] } : {}),
    origin,
    server: removableCopyOf(reading, indexed),
    imagesTrusted,
    authentic,
    urls: {
      source: contentUrl(at, "source"),
      eml: contentUrl(at, "eml"),
      zip: contentUrl(at, "zip"),
      print: contentUrl(at, "print"),
    },
  };
}

type OfReading = Pick<
  Message,
  | "subject"
  | "from"
  | "sender"
  | "replyTo"
  | "to"
  | "cc"
  | "bcc"
  | "sentAt"
  | "warnings"
  | "bodies"
  | "parts"
  | "signed"
  | "listId"
  | "unsubscribe"
  | "receiptTo"
  | "problems"
  | "isUnreadable"
>;

function wholly(at: { readonly account: string; readonly messageId: number }, read: ReadMessage): OfReading {
  const { summary, unsubscribe } = read;
  return {
    subject: summary.subject,
    from: summary.from.map(shownPerson),
    sender: read.sender.map(shownPerson),
    replyTo: summary.replyTo.map(shownPerson),
    to: summary.to.map(shownPerson),
    cc: summary.cc.map(shownPerson),
    bcc: read.bcc.map(shownPerson),
    sentAt: summary.sentAt ?? null,
    warnings: [...read.warnings],
    bodies: read.bodies.map((body) => shownBody(at, body)),
    parts: read.parts.map((part) => shownPart(at, part)),
    signed: read.signed ?? null,
    listId: summary.listId ?? null,
    unsubscribe:
      unsubscribe === undefined
        ? null
        : {
            oneClick: unsubscribe.oneClick ?? null,
            mail: unsubscribe.mail ?? null,
            page: unsubscribe.page ?? null,
          },
    receiptTo: read.receiptTo.map(shownPerson),
    problems: [...read.problems],
    isUnreadable: summary.isUnreadable,
  };
}

/** What the list knows. */
function unread({ subject, from, to, sortAt }: IndexedMessage, problem: MessageProblem): OfReading {
  return {
    subject,
    from: from.map(shownPerson),
    sender: [],
    replyTo: [],
    to: to.map(shownPerson),
    cc: [],
    bcc: [],
    sentAt: sortAt,
    warnings: [],
    bodies: [],
    parts: [],
    signed: null,
    listId: null,
    unsubscribe: null,
    receiptTo: [],
    problems: [problem],
    isUnreadable: true,
  };
}

function shownBody(at: { readonly account: string; readonly messageId: number }, body: MessageBody): Body {
  // Plain data of the same shape: what the schema adds is an address to load from.
  const plain = structuredClone(body) as Body;
  if (plain.kind === "html")
    return { ...plain, height: plain.height ?? null, url: contentUrl(at, `body/${plain.part}`) };
  if (plain.kind === "image") return { ...plain, url: `${contentUrl(at, `part/${plain.part}`)}?show=1` };
  return plain;
}

function shownPart(at: { readonly account: string; readonly messageId: number }, part: MessagePart): Part {
  const { contentId: _, namedBySender, ...rest } = part;
  return { ...rest, namedBySender: namedBySender ?? null, url: contentUrl(at, `part/${part.part}`) };
}
