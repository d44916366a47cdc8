// How a draft begins: empty, as an answer, or with a message that is forwarded.
import type { MessageBody, ReadMessage, TextBlock } from "../../../message/index.ts";
import { answeringAddress, forwardedHead, quoteText, startAnswer, type Identity } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import type { AnswerKind, DraftAttachment, DraftFields } from "../schema/writing.ts";
import type { DraftFiles } from "./draft-files.ts";
import { newDraftId, type StoredDraft } from "./drafts.ts";
import { identitiesOf } from "./identities.ts";

export interface Begun {
  readonly draft: StoredDraft;
  readonly richStart: string | null;
}

export async function beginNew(reading: Reading, account: string): Promise<Begun> {
  const identities = await identitiesOf(reading, account);
  const identity = identities.find(({ isDefault }) => isDefault) ?? identities[0];
  if (identity === undefined) throw new ApiError("refused", "this account has no address to write from; add one first");
  const fields = { ...EMPTY, from: identity.address, text: withSignature(identity, "") };
  return { draft: unsaved(account, fields), richStart: null };
}

export interface Answering {
  readonly account: string;
  readonly messageId: number;
  readonly kind: AnswerKind;
}

export async function beginAnswer(reading: Reading, files: DraftFiles, o: Answering): Promise<Begun> {
  const { account, messageId, kind } = o;
  const message = await reading.read(account, messageId);
  const indexed = await reading.indexed(account, messageId);
  const identities = await identitiesOf(reading, account);
  const addresses = identities.map(({ address }) => address);
  const deliveredTo = indexed.origin.kind === "delivered" ? indexed.origin.name : undefined;
  const from = answeringAddress(message, addresses, deliveredTo) ?? "";
  const identity = identities.find(({ address }) => address === from);
  const start = startAnswer(message, kind === "forward-attached" ? "forward" : kind, reading.ownAddresses(account));
  const draft = unsaved(account, {
    ...EMPTY,
    from,
    to: [...start.to],
    cc: [...start.cc],
    subject: start.subject,
    text: withSignature(identity, quoted(message, kind)),
    inReplyTo: start.inReplyTo ?? null,
    references: [...start.references],
    answers: { messageId, kind },
  });
  const attachments = await carried(reading, files, { ...o, draft, message });
  return { draft: { ...draft, attachments }, richStart: await richQuote(reading, o, message) };
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

const LABELS = {
  title: "Forwarded message",
  from: "From",
  to: "To",
  cc: "Cc",
  date: "Date",
  subject: "Subject",
} as const;

function quoted(message: ReadMessage, kind: AnswerKind): string {
  if (kind === "forward-attached") return "";
  const { summary } = message;
  const blocks = shownText(message.bodies);
  const date = summary.sentAt === undefined ? "" : new Date(summary.sentAt).toUTCString();
  if (kind === "forward") return `${forwardedHead({ ...summary, date }, LABELS)}\n${blocks.map(plainLines).join("\n")}`;
  const who = summary.from[0]?.name || summary.from[0]?.address || "somebody";
  return `${date === "" ? who : `${date}, ${who}`}:\n${quoteText(blocks)}`;
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
    return (await reading.house.mail.quote(octets, html.part)).html ?? null;
  } catch (error) {
    reading.house.log.warn({ error, messageId: o.messageId }, "a message could not be quoted as HTML");
    return null;
  }
}

/** A message forwarded inline brings its attachments; one forwarded whole is one. */
async function carried(
  reading: Reading,
  files: DraftFiles,
  o: Answering & { readonly draft: StoredDraft; readonly message: ReadMessage },
): Promise<readonly DraftAttachment[]> {
  const { account, messageId, draft, message } = o;
  if (o.kind !== "forward" && o.kind !== "forward-attached") return [];
  const octets = await reading.octets(account, messageId);
  const wanted =
    o.kind === "forward-attached"
      ? [
          {
            fileName: wholeName(message),
            mediaType: "message/rfc822",
            isInline: false,
            content: () => Promise.resolve(octets),
          },
        ]
      : message.parts
          .filter(({ isInline }) => !isInline)
          .map(({ part, fileName, mediaType }) => ({
            fileName,
            mediaType,
            isInline: false,
            content: async () => (await reading.house.mail.part(Uint8Array.from(octets), part)).content,
          }));
  const attachments: DraftAttachment[] = [];
  let room: number = LIMITS.attachmentOctets;
  for (const { content, ...named } of wanted) {
    const id = newDraftId();
    const size = await files.write({ account, draft: draft.id, attachment: id }, chunksOf(await content()), room);
    room -= size;
    attachments.push({ id, ...named, octets: size });
  }
  return attachments;
}

function wholeName({ summary }: ReadMessage): string {
  return `${
    summary.subject
      .replace(/[/\\\p{Cc}]/gu, " ")
      .slice(0, 80)
      .trim() || "message"
  }.eml`;
}

// oxlint-disable-next-line typescript/require-await -- what takes octets takes a stream of them
async function* chunksOf(octets: Uint8Array): AsyncGenerator<Uint8Array> {
  yield octets;
}
