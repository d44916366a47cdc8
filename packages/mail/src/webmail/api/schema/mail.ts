// What the reader and the command line read of mail. Zod schemas are the one source of these types.
import { z } from "zod";
import { messageProblem } from "./problems.ts";
import { trusted } from "./settings.ts";
import { sourceName } from "./sources.ts";

export const accountId = z.string().regex(/^\d{1,15}$/);
/** One account, or all of them. */
export const scope = z.union([accountId, z.literal("all")]);
export const messageId = z.int().min(1);
export const cursor = z.string().min(1).max(200);

/** What the store takes as a name: so that a wrong one is refused with a reason. */
export const mailboxName = z
  .string()
  .min(1)
  .max(255)
  .refine((name) => new TextEncoder().encode(name).length <= 255, { params: { reason: "mailbox-name-too-long" } })
  .refine((name) => !/\p{Cc}/u.test(name), { params: { reason: "mailbox-name-controls" } });

export const mailAddress = z.strictObject({ name: z.string(), address: z.string() });

/** Somebody of a message. */
const person = mailAddress.extend({
  /** What to call them: the name, or the address where the name passes for something else; empty where there is neither. */
  shown: z.string(),
});

export const role = z.enum(["inbox", "archive", "junk", "trash", "sent", "drafts"]);

export const account = z.strictObject({
  account: accountId,
  name: z.string(),
  addresses: z.array(z.string()),
});

export const mailbox = z.strictObject({
  account: accountId,
  mailbox: z.string(),
  role: role.nullable(),
  messages: z.int(),
  unread: z.int(),
  /** Of the message that came into it last; what comes later gets a larger one. */
  lastUid: z.int(),
});

/** Where a message came from: collected from a source, or delivered here. */
const origin = z.strictObject({ kind: z.enum(["source", "delivered"]), name: z.string() });

/** What is still on the server it was collected from, and what will become of it. */
export const serverCopy = z.strictObject({
  source: z.string(),
  state: z.enum(["kept", "to-be-removed", "removed", "headers-only", "unknown"]),
  /** Milliseconds since the epoch. */
  removeAt: z.number().nullable(),
  /** Of a header that is here alone: what to ask /download for, how much that is, and whether it was asked for already. */
  whole: z.strictObject({ uniqueId: z.string(), octets: z.number(), isComing: z.boolean() }).nullable(),
});

export const ref = z.strictObject({ account: accountId, messageId });

/** How far what lists and searches are answered from is behind the mail of the accounts that were asked for. */
export const indexState = z.strictObject({
  /** Messages that are in no list yet. */
  waiting: z.int(),
  messages: z.int(),
  /** Why nothing more is listed for now; the words of a failure are for the log. */
  stopped: z.enum(["disk", "failure"]).nullable(),
});

/** Which mail is in a list: one of a mailbox by name, a role over all accounts, and what is starred; or all. */
export const listed = {
  mailbox: mailboxName.optional(),
  role: role.optional(),
  starred: z.literal("1").optional(),
  unread: z.literal("1").optional(),
  source: sourceName.optional(),
};

/** All messages of a row as it was shown, or of a conversation, however many. What came after `upTo` is not of them. */
export const wholeRow = z.strictObject({
  account: accountId,
  conversation: messageId,
  upTo: messageId,
  /** When there are more by now, the act is refused. */
  count: z.int().min(1),
  ...listed,
});

/** One row of a list: a conversation, or one message of it. */
export const row = z.strictObject({
  account: accountId,
  /** The newest message of the row. */
  messageId,
  /** All messages of the row in this list, newest first, at most 100. */
  messageIds: z.array(messageId),
  /** Those of them that one wrote oneself, in a list of all mailboxes: they stay when the others are moved. Without them, left out. */
  written: z.array(messageId).optional(),
  /** What names all of them to an act; null when `messageIds` does. */
  whole: wholeRow.nullable(),
  conversation: z.int(),
  count: z.int(),
  mailbox: z.string(),
  role: role.nullable(),
  /** Who wrote in it, oldest first, at most 5. */
  senders: z.array(person.extend({ isMe: z.boolean() })),
  to: z.array(person),
  subject: z.string(),
  preview: z.string(),
  /** What the list is sorted by; milliseconds since the epoch. */
  date: z.number(),
  octets: z.int(),
  attachments: z.int(),
  isUnread: z.boolean(),
  isStarred: z.boolean(),
  labels: z.array(z.string()),
  origin,
  server: serverCopy.nullable(),
  isUnreadable: z.boolean(),
});

export const page = z.strictObject({
  rows: z.array(row),
  /** Ask for what follows with it; null at the end. */
  next: cursor.nullable(),
  /** Rows in the whole list; null where counting them would take too long. */
  total: z.int().nullable(),
});

export const textBlock = z.strictObject({
  quote: z.int(),
  text: z.string(),
  links: z.array(z.strictObject({ from: z.int(), to: z.int(), href: z.string() })),
  isSignature: z.boolean(),
});

/** A day or a time of a calendar. */
const calendarMoment = z.strictObject({
  /** `2026-03-20`, or `2026-03-20T13:00`. */
  written: z.string(),
  /** Whose clock it is; of a day none, nor of a time that is that of the clock wherever one is. */
  zone: z.string().optional(),
  /** Milliseconds since the epoch, where the zone is known. */
  at: z.int().optional(),
});

const repeated = {
  /** Every so many of them. */
  interval: z.int().min(1),
  /** Of a week; Sunday is 0. */
  weekdays: z.array(z.int().min(0).max(6)).readonly(),
  /** Of a month; the last one is -1. */
  days: z.array(z.union([z.int().min(1).max(31), z.literal(-1)])).readonly(),
  places: z.array(z.strictObject({ nth: z.literal([1, 2, 3, 4, 5, -1]), weekday: z.int().min(0).max(6) })).readonly(),
  count: z.int().min(1).optional(),
  until: calendarMoment.optional(),
};

const repetition = z.discriminatedUnion("every", [
  z.strictObject({ ...repeated, every: z.literal("day") }),
  z.strictObject({ ...repeated, every: z.enum(["week", "month"]) }),
  z.strictObject({ ...repeated, every: z.literal("year"), month: z.int().min(1).max(12) }),
]);

export const body = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("text"), part: z.string(), blocks: z.array(textBlock), isCut: z.boolean() }),
  z.strictObject({
    kind: z.literal("html"),
    part: z.string(),
    octets: z.int(),
    remoteImages: z.int(),
    trackers: z.int(),
    text: z.array(textBlock),
    isTooLarge: z.boolean(),
    /** Nothing of it is seen: no word and no picture. */
    isBlank: z.boolean(),
    /** CSS pixels it needs in a narrow and in a wide frame, roughly; null where pictures decide. */
    height: z.strictObject({ narrow: z.int(), wide: z.int() }).nullable(),
    /** Where the frame loads it from; `?images=1` shows remote images, `&theme=dark` adapts it. */
    url: z.string(),
  }),
  z.strictObject({ kind: z.literal("image"), part: z.string(), url: z.string() }),
  z.strictObject({
    kind: z.literal("calendar"),
    part: z.string(),
    event: z.strictObject({
      method: z.string(),
      title: z.string(),
      place: z.string(),
      organiser: z.string(),
      starts: calendarMoment.optional(),
      /** Of days the last one. */
      ends: calendarMoment.optional(),
      /** The rule as it is written, and what it says where that is a sentence. */
      repeats: z.strictObject({ rule: z.string(), said: repetition.optional() }).optional(),
      /** In order. */
      leftOut: z.array(calendarMoment).readonly(),
      added: z.array(calendarMoment).readonly(),
      notes: z.string(),
    }),
  }),
  z.strictObject({
    kind: z.literal("delivery-report"),
    part: z.string(),
    report: z.strictObject({
      kind: z.enum(["delivery", "read-receipt"]),
      recipients: z.array(
        z.strictObject({ address: z.string(), action: z.string(), status: z.string(), words: z.string() }),
      ),
    }),
  }),
  z.strictObject({ kind: z.literal("encrypted"), part: z.string(), with: z.enum(["pgp", "smime"]) }),
]);

export const part = z.strictObject({
  part: z.string(),
  fileName: z.string(),
  namedBySender: z.string().nullable(),
  mediaType: z.string(),
  shownAs: z.enum(["image", "text", "audio", "video", "message", "calendar", "none"]),
  octets: z.int(),
  isInline: z.boolean(),
  isMismatched: z.boolean(),
  /** Saves it; `?show=1` shows what may be shown. */
  url: z.string(),
});

/** One message of a conversation, collapsed. */
export const card = z.strictObject({
  account: accountId,
  messageId,
  mailbox: z.string(),
  role: role.nullable(),
  from: z.array(person.extend({ isMe: z.boolean() })),
  to: z.array(person),
  preview: z.string(),
  date: z.number(),
  isUnread: z.boolean(),
  isStarred: z.boolean(),
  labels: z.array(z.string()),
  attachments: z.int(),
  /** Nobody of this conversation wrote from this address, or to it, before. */
  isNewOutsider: z.boolean(),
});

export const conversation = z.strictObject({
  subject: z.string(),
  /** The newest, at most 500, oldest first. */
  cards: z.array(card),
  /** Messages older than those. */
  older: z.int(),
  /** What names all of them to an act, but those in trash and junk; null when `cards` does. */
  whole: wholeRow.nullable(),
});

/** One message, expanded. */
export const message = z.strictObject({
  account: accountId,
  messageId,
  conversation: z.int(),
  mailbox: z.string(),
  role: role.nullable(),
  subject: z.string(),
  from: z.array(person),
  sender: z.array(person),
  replyTo: z.array(person),
  to: z.array(person),
  cc: z.array(person),
  bcc: z.array(person),
  /** As its sender says; null when it does not or cannot be believed. */
  sentAt: z.number().nullable(),
  receivedAt: z.number(),
  octets: z.int(),
  isUnread: z.boolean(),
  isStarred: z.boolean(),
  labels: z.array(z.string()),
  origin,
  server: serverCopy
    .extend({
      /** What to name to a plan of its removal; null when only its header is here, or it is not known to be there. */
      removable: z.string().nullable(),
      /** Its source is configured: else nothing can be downloaded from its server, or removed there. */
      isCollected: z.boolean(),
    })
    .nullable(),
  warnings: z.array(
    z.enum(["several-from", "name-holds-address", "mixed-scripts", "hidden-characters", "reply-elsewhere"]),
  ),
  bodies: z.array(body),
  parts: z.array(part),
  signed: z.enum(["pgp", "smime"]).nullable(),
  listId: z.string().nullable(),
  unsubscribe: z
    .strictObject({ oneClick: z.string().nullable(), mail: z.string().nullable(), page: z.string().nullable() })
    .nullable(),
  /** Who would like to be told that it was read; nobody any more once a receipt was sent. */
  receiptTo: z.array(person),
  problems: z.array(messageProblem),
  isUnreadable: z.boolean(),
  /** By what remote images of this sender are shown without asking: each of them is enough. None: they are not. */
  imagesTrusted: z.array(trusted),
  /**
   * What the receiving server found about the sender: unproved where it looked, and nothing speaks for them; unknown where
   * none is believed, or it does not say.
   */
  authentic: z.enum(["authentic", "failed", "unproved", "unknown"]),
  urls: z.strictObject({ source: z.string(), eml: z.string(), zip: z.string(), print: z.string() }),
});

export type Person = z.output<typeof person>;
export type MailboxRow = z.output<typeof mailbox>;
export type Role = z.output<typeof role>;
export type Row = z.output<typeof row>;
export type Page = z.output<typeof page>;
export type Card = z.output<typeof card>;
export type Conversation = z.output<typeof conversation>;
export type Message = z.output<typeof message>;
export type Body = z.output<typeof body>;
export type CalendarMoment = z.output<typeof calendarMoment>;
export type Repetition = z.output<typeof repetition>;
export type Part = z.output<typeof part>;
export type TextBlock = z.output<typeof textBlock>;
export type Ref = z.output<typeof ref>;
export type WholeRow = z.output<typeof wholeRow>;
export type ServerCopy = z.output<typeof serverCopy>;
