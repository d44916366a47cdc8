// What is written here: who one writes as, drafts, and messages on their way out.
import { z } from "zod";
import { accountId, mailAddress, scope } from "./mail.ts";

/** Letters, digits and dashes; made by whoever begins a draft. */
export const draftId = z.string().regex(/^[\w-]{8,64}$/);
const outboxId = z.string().regex(/^[\w-]{8,64}$/);
const attachmentId = z.string().regex(/^[\w-]{8,64}$/);

const identityServer = z.strictObject({
  host: z.string().min(1).max(253),
  port: z.int().min(1).max(65_535),
  tls: z.enum(["implicit", "starttls", "none"]),
  user: z.string().min(1).max(255).optional(),
  /** With xoauth2 the password is a token, read anew before each attempt. */
  mechanism: z.enum(["plain", "login", "xoauth2"]).default("plain"),
});

export const identity = z.strictObject({
  account: accountId,
  address: z.string().min(3).max(320),
  name: z.string().max(200),
  signature: z.string().max(10_000),
  isDefault: z.boolean(),
  /** Null: mail goes to accounts of this house alone. */
  server: identityServer.nullable(),
  hasPassword: z.boolean(),
  /** Said back when it is removed; another one whenever it is entered. 0: nobody entered it. */
  version: z.int(),
});

const newIdentity = identity.omit({ hasPassword: true, version: true }).extend({
  /** Left out: the one that is kept stays. */
  password: z.string().min(1).max(65_536).optional(),
});

export const attachment = z.strictObject({
  id: attachmentId,
  fileName: z.string(),
  mediaType: z.string(),
  octets: z.int(),
  isInline: z.boolean(),
});

/** What stands above a message that is quoted, in the language of who writes. */
const answerWords = z.strictObject({
  /** `{date}` and `{who}` are filled in. */
  wrote: z.string().min(1).max(300),
  forwarded: z.string().min(1).max(200),
  from: z.string().min(1).max(100),
  to: z.string().min(1).max(100),
  cc: z.string().min(1).max(100),
  date: z.string().min(1).max(100),
  subject: z.string().min(1).max(100),
  /** How dates are written: a tag of BCP 47, and a name of the time zone database. */
  locale: z.string().max(100),
  timeZone: z.string().max(100),
});

export const answerKind = z.enum(["reply", "reply-all", "forward", "forward-attached"]);

export const draftFields = z.strictObject({
  /** Address of an identity. */
  from: z.string().max(320),
  to: z.array(mailAddress).max(500),
  cc: z.array(mailAddress).max(500),
  bcc: z.array(mailAddress).max(500),
  subject: z.string().max(998),
  /** With `html` and all else of a draft at most 800,000 octets of JSON. */
  text: z.string(),
  /** Null: plain text. Cleaned again before it is sent. */
  html: z.string().nullable(),
  inReplyTo: z.string().max(250).nullable(),
  references: z.array(z.string().max(250)).max(40),
  answers: z.strictObject({ messageId: z.int(), kind: answerKind }).nullable(),
  asksForReceipt: z.boolean(),
});

export const draft = draftFields.extend({
  id: draftId,
  account: accountId,
  attachments: z.array(attachment),
  /** Said back when it is saved: of two windows that write, the second is told. 0 while it was never saved. */
  version: z.int(),
  updatedAt: z.number(),
  /** The same beginning for the rich editor, when the message it answers has HTML; null else. */
  richStart: z.string().nullable(),
});

export const draftRow = z.strictObject({
  id: draftId,
  account: accountId,
  subject: z.string(),
  to: z.array(mailAddress),
  preview: z.string(),
  version: z.int(),
  updatedAt: z.number(),
});

/** What kind of trouble a submission server made; `words` of it are English. */
const submissionFailure = z.enum([
  "no-server",
  "unreachable",
  "tls",
  "login-refused",
  "sender-refused",
  "recipients-refused",
  "ascii-only",
  "seven-bit",
  "too-large",
  "message-refused",
  "try-later",
  "maybe-sent",
  "half-taken-back",
  "our-side",
  "gave-up",
  "protocol",
]);

export const outboxEntry = z.strictObject({
  id: outboxId,
  account: accountId,
  state: z.enum(["held", "queued", "sending", "sent", "failed"]),
  messageId: z.int(),
  subject: z.string(),
  /** Everybody it was written to. */
  to: z.array(z.string()),
  /** Who of them has it. */
  taken: z.array(z.string()),
  /** Whether it can be written on: by nobody else but those who do not have it. */
  canBeTakenBack: z.boolean(),
  /** Whether it can be kept from being sent, and is nothing to write on. */
  canBeCancelled: z.boolean(),
  /** Whether somebody may have it of whom it is not known. */
  isMaybeSent: z.boolean(),
  /** Whether it may have been sent, and is nothing to write on. */
  canBeFiled: z.boolean(),
  queuedAt: z.number(),
  holdUntil: z.number(),
  nextTryAt: z.number(),
  attempts: z.int(),
  sentAt: z.number().nullable(),
  trouble: z
    .strictObject({
      code: submissionFailure,
      /** What stands in its text. */
      values: z.record(z.string(), z.number()),
      reply: z.string(),
      words: z.string(),
    })
    .nullable(),
  refused: z.array(z.strictObject({ address: z.string(), reply: z.string() })),
});

/** An entry nobody can read: it stays, and is not sent, until somebody removes it. */
export const unreadableEntry = z.strictObject({
  id: outboxId,
  account: accountId,
  /** Where its message is saved from; null when nobody knows which it is. */
  eml: z.string().nullable(),
});

const one = z.strictObject({ account: accountId });
const ofDraft = one.extend({ draft: draftId });
const ofEntry = one.extend({ entry: outboxId });
const nothing = z.strictObject({});

export const WRITING_ROUTES = {
  identities: {
    method: "GET",
    path: "/api/identities",
    input: one,
    output: z.strictObject({ identities: z.array(identity) }),
  },
  saveIdentity: { method: "PUT", path: "/api/identities", input: newIdentity, output: identity },
  /** The version that was removed: one that was entered again since stays, with its password. */
  removeIdentity: {
    method: "DELETE",
    path: "/api/identities",
    input: one.extend({ address: z.string().max(320), version: z.int().min(0) }),
    output: nothing,
  },
  /** Connects and logs in; sends nothing. */
  testIdentity: {
    method: "POST",
    path: "/api/identities/test",
    input: newIdentity.pick({ account: true, address: true, password: true }).extend({ server: identityServer }),
    output: z.strictObject({
      /** Null: the server took the login. */
      trouble: submissionFailure.nullable(),
      words: z.string(),
      /** Of the server, as it said it. */
      reply: z.string(),
    }),
  },
  drafts: {
    method: "GET",
    path: "/api/drafts",
    input: z.strictObject({ account: scope }),
    output: z.strictObject({ drafts: z.array(draftRow) }),
  },
  draft: { method: "GET", path: "/api/drafts/:draft", input: ofDraft, output: draft },
  /** A new one, not saved yet: empty, an answer, or a message forwarded. */
  beginDraft: {
    method: "POST",
    path: "/api/drafts",
    input: one.extend({
      kind: z.union([z.literal("new"), answerKind]),
      messageId: z.int().min(1).optional(),
      /** Left out: names of header fields. */
      words: answerWords.optional(),
    }),
    output: draft,
  },
  saveDraft: {
    method: "PUT",
    path: "/api/drafts/:draft",
    input: ofDraft.extend({ version: z.int().min(0), fields: draftFields }),
    output: z.strictObject({ version: z.int(), updatedAt: z.number() }),
  },
  /** The version that was thrown away: what was written on since stays. */
  removeDraft: {
    method: "DELETE",
    path: "/api/drafts/:draft",
    input: ofDraft.extend({ version: z.int().min(0) }),
    output: nothing,
  },
  removeAttachment: {
    method: "DELETE",
    path: "/api/drafts/:draft/attachments/:attachment",
    input: ofDraft.extend({ attachment: attachmentId }),
    output: z.strictObject({ version: z.int() }),
  },
  /** Of the version that was saved last; held for ten seconds in which it can be taken back. */
  send: {
    method: "POST",
    path: "/api/drafts/:draft/send",
    input: ofDraft.extend({ version: z.int().min(1), confirmed: z.boolean().default(false) }),
    output: outboxEntry,
  },
  outbox: {
    method: "GET",
    path: "/api/outbox",
    input: z.strictObject({ account: scope }),
    output: z.strictObject({ entries: z.array(outboxEntry), unreadable: z.array(unreadableEntry) }),
  },
  /** The draft it was, for writing on; to nobody who has it. */
  takeBack: { method: "POST", path: "/api/outbox/:entry/take-back", input: ofEntry, output: draft },
  /** For what nobody wrote: a receipt, which may be asked for again then, or a mail that leaves a list. */
  cancelSending: { method: "POST", path: "/api/outbox/:entry/cancel", input: ofEntry, output: nothing },
  /** For what nobody wrote and may have been sent: its copy goes to Sent, and it is tried no more. */
  fileSending: { method: "POST", path: "/api/outbox/:entry/file", input: ofEntry, output: nothing },
  retrySending: { method: "POST", path: "/api/outbox/:entry/retry", input: ofEntry, output: outboxEntry },
  /** One that cannot be read alone; its message goes to Trash. */
  removeUnreadable: {
    method: "DELETE",
    path: "/api/outbox/:entry",
    input: ofEntry.extend({ confirmed: z.literal(true) }),
    output: nothing,
  },
  completeAddress: {
    method: "GET",
    path: "/api/addresses",
    input: z.strictObject({ account: scope, prefix: z.string().min(1).max(100) }),
    output: z.strictObject({ addresses: z.array(mailAddress) }),
  },
} as const;

export type IdentityRow = z.output<typeof identity>;
export type NewIdentity = z.input<typeof newIdentity>;
export type Draft = z.output<typeof draft>;
export type DraftFields = z.output<typeof draftFields>;
export type DraftRow = z.output<typeof draftRow>;
export type DraftAttachment = z.output<typeof attachment>;
export type AnswerWords = z.output<typeof answerWords>;
export type AnswerKind = z.output<typeof answerKind>;
export type OutboxRow = z.output<typeof outboxEntry>;
export type UnreadableRow = z.output<typeof unreadableEntry>;
