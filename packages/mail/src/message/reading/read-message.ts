import type { MessagePart, MessageSummary, ReadMessage } from "../contract.ts";
import { authenticationOf } from "../header/authentication.ts";
import { addressesOf, receiptTo, summarizeHeader, unsubscribe } from "../header/message-fields.ts";
import { senderWarnings } from "../header/sender-warnings.ts";
import { linesBeside } from "../html/says-more.ts";
import { SEARCH_OCTETS_MAX } from "../limits.ts";
import { describePart } from "../parts/message-part.ts";
import { firstOctets } from "../text/clean-text.ts";
import { previewOf } from "../text/preview.ts";
import { readBody, readBodyText, wordsOf } from "./bodies.ts";
import type { ReadBody } from "./bodies.ts";
import { InlineImages } from "./inline-images.ts";
import { foundPart, openMessage } from "./open-message.ts";
import type { OpenMessage } from "./open-message.ts";

export interface ReadingOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** `octets` are a header without what followed it. */
  readonly isHeaderOnly: boolean;
}

/** The whole message as the reader shows it. */
export async function readMessage(octets: Uint8Array, o: ReadingOptions): Promise<ReadMessage> {
  const message = await openMessage(octets, o.isHeaderOnly);
  const bodies: ReadBody[] = [];
  const images = new InlineImages(message.root);
  for (const shown of message.selection.shown) bodies.push(await readBody(shown, images));
  const parts = await partsOf(message, bodies, images);
  // A picture that an HTML body shows is not shown again below it.
  const isInline = new Set(parts.filter((part) => part.isInline).map(({ part }) => part));
  const summary = summaryOf({ message, bodies, parts, now: o.now });
  const { header } = message.root;
  return {
    summary,
    bcc: addressesOf(header, "bcc"),
    sender: addressesOf(header, "sender"),
    warnings: senderWarnings(header, summary),
    authentication: authenticationOf(header, summary.from[0]?.address ?? ""),
    bodies: bodies.flatMap(({ body }) => (body?.kind === "image" && isInline.has(body.part) ? [] : (body ?? []))),
    parts,
    signed: message.selection.signed,
    unsubscribe: unsubscribe(header),
    receiptTo: receiptTo(header),
    problems: message.problems,
  };
}

/** What a list and the search index need of it. */
export async function summarizeMessage(octets: Uint8Array, o: ReadingOptions): Promise<MessageSummary> {
  const message = await openMessage(octets, o.isHeaderOnly);
  const { shown, listed } = message.selection;
  const mayRefer = listed.some(({ contentId }) => contentId !== undefined);
  const images = new InlineImages(message.root);
  const bodies: ReadBody[] = [];
  for (const body of shown) bodies.push(await readBodyText(body, images, mayRefer));
  const parts = await partsOf(message, bodies, images);
  return { ...summaryOf({ message, bodies, parts, now: o.now }), text: searchedText(bodies) };
}

function summaryOf(o: {
  readonly message: OpenMessage;
  readonly bodies: readonly ReadBody[];
  readonly parts: readonly MessagePart[];
  readonly now: number;
}): Omit<MessageSummary, "text"> {
  const technical = new Set(Array.from(o.message.selection.technical, ({ place }) => place));
  const attachments = o.parts.filter(({ part, isInline }) => !isInline && !technical.has(part));
  return {
    ...summarizeHeader(o.message.root.header, o.now),
    preview: previewOf(o.bodies.find(({ text }) => text.length > 0)?.text ?? []),
    attachments: attachments.map(({ fileName }) => fileName),
    isUnreadable: o.message.isHeaderOnly,
  };
}

/** What a person reads, and what the sender wrote beside it. */
function searchedText(bodies: readonly ReadBody[]): string {
  const texts = bodies.flatMap(({ text, plain }) => {
    const read = wordsOf(text);
    return [read, plain.length === 0 ? "" : linesBeside(wordsOf(plain), read)];
  });
  const cards = bodies.map(({ body }) =>
    body?.kind === "calendar" ? `${body.event.title}\n${body.event.place}\n${body.event.notes}` : "",
  );
  return firstOctets([...texts, ...cards].filter((text) => text !== "").join("\n"), SEARCH_OCTETS_MAX);
}

async function partsOf(
  message: OpenMessage,
  bodies: readonly ReadBody[],
  images: InlineImages,
): Promise<readonly MessagePart[]> {
  const drawn = new Set(bodies.flatMap((body) => [...body.drawn]));
  const parts: MessagePart[] = [];
  for (const part of message.selection.listed) {
    parts.push(describePart(await foundPart(part, images.decoded(part)), drawn.has(part.place)));
  }
  return [...parts, ...bodies.flatMap(({ files }) => files.map((file) => describePart(file, false)))];
}
