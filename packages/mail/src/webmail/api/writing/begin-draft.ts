// How a draft begins: empty, as an answer, or with a message that is forwarded.
import { shownName, type ReadMessage, type TextBlock } from "../../../message/index.ts";
import { forwardedHead, headerText, quoteText, startAnswer, type Identity } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { AnswerKind, AnswerWords, DraftFields } from "../schema/writing.ts";
import { honestly } from "../handlers/shown.ts";
import { answerHead } from "./answer-words.ts";
import { carry } from "./carried.ts";
import type { DraftFiles } from "./draft-files.ts";
import { newDraftId, type StoredDraft } from "./drafts.ts";
import { answeringIdentity, identitiesOf } from "./identities.ts";
import { richStartOf } from "./rich-start.ts";
import { seenOf, type Seen } from "./seen.ts";

export interface Begun {
  readonly draft: StoredDraft;
  readonly richStart: string | null;
}

export async function beginNew(reading: Reading, account: string): Promise<Begun> {
  const identities = await identitiesOf(reading, account);
  const identity = identities.find(({ isDefault }) => isDefault) ?? identities[0];
  if (identity === undefined)
    throw new ApiError("refused", "this account has no address to write from; add one first", { reason: "no-address" });
  const fields = { ...EMPTY, from: identity.address, text: beginningWith(identity, "new", "") };
  return { draft: unsaved(account, fields), richStart: null };
}

export interface Answering {
  readonly account: string;
  readonly messageId: number;
  readonly kind: AnswerKind;
  readonly words?: AnswerWords | undefined;
  /** Of whoever waits for it. */
  readonly signal: AbortSignal;
}

export async function beginAnswer(reading: Reading, files: DraftFiles, asked: Answering): Promise<Begun> {
  const { account, messageId, signal } = asked;
  const message = await reading.read(account, messageId, signal);
  const isWhole = asked.kind === "forward-attached";
  const seen = isWhole ? [] : await seenOf(reading, { account, messageId, message, signal });
  const quote = isWhole ? "" : quoted(message, seen, asked);
  const isCut = seen.some((body) => !body.isWhole) || Buffer.byteLength(quote) > QUOTE_OCTETS_MAX;
  // Nothing of what is forwarded may be lost: what is too long to be quoted, or could not all be read, goes whole.
  const goesWhole = asked.kind === "forward" && (isCut || message.problems.length > 0);
  const kind = goesWhole ? "forward-attached" : asked.kind;
  const indexed = await reading.indexed(account, messageId);
  const identity = await answeringIdentity(reading, indexed, message);
  const identities = await identitiesOf(reading, account);
  const own = new Set([...reading.ownAddresses(account), ...identities.map(({ address }) => address.toLowerCase())]);
  const start = startAnswer(message, kind === "forward-attached" ? "forward" : kind, own);
  const draft = unsaved(account, {
    ...EMPTY,
    from: identity?.address ?? "",
    to: start.to.map(honestly),
    cc: start.cc.map(honestly),
    subject: start.subject,
    text: beginningWith(identity, kind, kind === "forward-attached" ? "" : isCut ? withoutRest(quote) : quote),
    inReplyTo: start.inReplyTo ?? null,
    references: [...start.references],
    answers: { messageId, kind },
  });
  const attachments = await carry(reading, files, { account, messageId, kind, draft: draft.id, message, signal });
  const isForward = kind === "forward";
  const richStart =
    isCut || goesWhole ? null : richStartOf(seen, { isForward, below: isForward ? signatureOf(identity) : "" });
  const isTooLong = richStart !== null && Buffer.byteLength(richStart) > QUOTE_OCTETS_MAX;
  return { draft: { ...draft, attachments }, richStart: isTooLong ? null : richStart };
}

/** Of a quote, as text and again as HTML; a draft holds more than both, so that there is room to write. */
const QUOTE_OCTETS_MAX = 300_000;

/** Cut behind a line, and said so. */
function withoutRest(quote: string): string {
  if (Buffer.byteLength(quote) <= QUOTE_OCTETS_MAX) return `${quote}\n> […]`;
  const kept = Buffer.from(quote).subarray(0, QUOTE_OCTETS_MAX);
  return `${kept.subarray(0, Math.max(kept.lastIndexOf("\n"), 0)).toString()}\n> […]`;
}

const EMPTY: DraftFields = {
  from: "",
  to: [],
  cc: [],
  bcc: [],
  subject: "",
  text: "",
  html: null,
  inReplyTo: null,
  references: [],
  answers: null,
  asksForReceipt: false,
};

function unsaved(account: string, fields: DraftFields): StoredDraft {
  return { account, id: newDraftId(), version: 0, updatedAt: Date.now(), fields, attachments: [] };
}

/**
 * The writer begins above. In an answer the signature stands below what is written and above what is quoted; a message
 * that is forwarded would be part of it there, so that it stands below that.
 */
function beginningWith(identity: Identity | undefined, kind: AnswerKind | "new", rest: string): string {
  const signature = signatureOf(identity);
  if (rest === "") return signature;
  return kind === "forward" ? `\n\n\n${rest}${signature}` : `\n${signature}\n\n${rest}`;
}

/** RFC 3676 §4.3. */
function signatureOf(identity: Identity | undefined): string {
  return identity === undefined || identity.signature === "" ? "" : `\n\n-- \n${identity.signature}`;
}

function quoted(message: ReadMessage, seen: readonly Seen[], { kind, words }: Answering): string {
  const { summary } = message;
  const { sentAt } = summary;
  const [writer] = summary.from;
  const blocks = seen.flatMap((body) => body.blocks);
  const head = answerHead(words);
  if (kind === "forward")
    return `${forwardedHead({ ...summary, date: head.date(sentAt) }, head.labels)}\n${blocks.map(plainLines).join("\n")}`;
  const who = headerText(writer === undefined ? "" : shownName(writer));
  return [head.wrote({ who, sentAt }), quoteText(blocks)].filter((part) => part !== "").join("\n");
}

function plainLines({ quote, text }: TextBlock): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return quote === 0 ? lines.join("\n") : lines.map((line) => `${">".repeat(quote)} ${line}`).join("\n");
}
