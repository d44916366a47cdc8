// How a draft begins: empty, as an answer, or with a message that is forwarded.
import type { MessageBody, ReadMessage, TextBlock } from "../../../message/index.ts";
import { forwardedHead, headerText, quoteText, startAnswer, type Identity } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { AnswerKind, AnswerWords, DraftFields } from "../schema/writing.ts";
import { answerHead } from "./answer-words.ts";
import { carry } from "./carried.ts";
import type { DraftFiles } from "./draft-files.ts";
import { newDraftId, type StoredDraft } from "./drafts.ts";
import { answeringIdentity, identitiesOf } from "./identities.ts";

export interface Begun {
  readonly draft: StoredDraft;
  readonly richStart: string | null;
}

export async function beginNew(reading: Reading, account: string): Promise<Begun> {
  const identities = await identitiesOf(reading, account);
  const identity = identities.find(({ isDefault }) => isDefault) ?? identities[0];
  if (identity === undefined)
    throw new ApiError("refused", "this account has no address to write from; add one first", { reason: "no-address" });
  const fields = { ...EMPTY, from: identity.address, text: withSignature(identity, "") };
  return { draft: unsaved(account, fields), richStart: null };
}

export interface Answering {
  readonly account: string;
  readonly messageId: number;
  readonly kind: AnswerKind;
  readonly words?: AnswerWords | undefined;
}

export async function beginAnswer(reading: Reading, files: DraftFiles, asked: Answering): Promise<Begun> {
  const { account, messageId } = asked;
  const message = await reading.read(account, messageId);
  const quote = quoted(message, asked);
  // Nothing of what is forwarded may be lost: what is too long to be quoted goes whole.
  const isCut = quote.length > QUOTE_CHARACTERS_MAX;
  const kind = isCut && asked.kind === "forward" ? "forward-attached" : asked.kind;
  const indexed = await reading.indexed(account, messageId);
  const identity = await answeringIdentity(reading, indexed, message);
  const identities = await identitiesOf(reading, account);
  const own = new Set([...reading.ownAddresses(account), ...identities.map(({ address }) => address.toLowerCase())]);
  const start = startAnswer(message, kind === "forward-attached" ? "forward" : kind, own);
  const draft = unsaved(account, {
    ...EMPTY,
    from: identity?.address ?? "",
    to: [...start.to],
    cc: [...start.cc],
    subject: start.subject,
    text: withSignature(identity, kind === "forward-attached" ? "" : withoutRest(quote)),
    inReplyTo: start.inReplyTo ?? null,
    references: [...start.references],
    answers: { messageId, kind },
  });
  const attachments = await carry(reading, files, { account, messageId, kind, draft: draft.id, message });
  const richStart = isCut ? null : await richQuote(reading, { ...asked, kind }, message);
  return { draft: { ...draft, attachments }, richStart };
}

/** Of a quote; a draft holds more, so that there is room to write. */
const QUOTE_CHARACTERS_MAX = 300_000;

/** Cut behind a line, and said so. */
function withoutRest(quote: string): string {
  if (quote.length <= QUOTE_CHARACTERS_MAX) return quote;
  const end = quote.lastIndexOf("\n", QUOTE_CHARACTERS_MAX);
  return `${quote.slice(0, Math.max(end, 0))}\n> […]`;
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

/** The writer begins above; a signature stands below what is written, above what is quoted. */
function withSignature(identity: Identity | undefined, rest: string): string {
  const signature = identity === undefined || identity.signature === "" ? "" : `\n\n-- \n${identity.signature}`;
  return rest === "" ? signature : `\n${signature}\n\n${rest}`;
}

function quoted(message: ReadMessage, { kind, words }: Answering): string {
  if (kind === "forward-attached") return "";
  const { summary } = message;
  const { sentAt } = summary;
  const blocks = shownText(message.bodies);
  const head = answerHead(words);
  if (kind === "forward")
    return `${forwardedHead({ ...summary, date: head.date(sentAt) }, head.labels)}\n${blocks.map(plainLines).join("\n")}`;
  const who = headerText(summary.from[0]?.name || summary.from[0]?.address || "");
  return [head.wrote({ who, sentAt }), quoteText(blocks)].filter((part) => part !== "").join("\n");
}

function shownText(bodies: readonly MessageBody[]): readonly TextBlock[] {
  return bodies.flatMap((body) => (body.kind === "text" ? body.blocks : body.kind === "html" ? body.text : []));
}

function plainLines({ quote, text }: TextBlock): string {
  const lines = text.replace(/\n$/, "").split("\n");
  return quote === 0 ? lines.join("\n") : lines.map((line) => `${">".repeat(quote)} ${line}`).join("\n");
}

/** Quoted from the tree that was made harmless, without what nobody saw; null when there is no HTML. */
async function richQuote(reading: Reading, o: Answering, message: ReadMessage): Promise<string | null> {
  const html = message.bodies.find((body) => body.kind === "html");
  if (html === undefined || o.kind === "forward-attached") return null;
  try {
    const octets = await reading.octets(o.account, o.messageId);
    const { html: quote } = await reading.house.mail.quote(octets, html.part);
    return quote === undefined || quote.length > QUOTE_CHARACTERS_MAX ? null : quote;
  } catch (error) {
    reading.house.log.warn({ error, messageId: o.messageId }, "a message could not be quoted as HTML");
    return null;
  }
}
