// Builds the octets of a message once: they are what is sent, what is stored and what is filed in Sent.
import { randomUUID } from "node:crypto";
import MailComposer from "nodemailer/lib/mail-composer";
import type { MailAddress } from "../message/index.ts";
import { domainOnTheWire, envelopeAddress, envelopeRecipients, wireAddress } from "./addresses.ts";
import { SubmissionError, type BuiltMessage, type OutgoingAttachment, type OutgoingMessage } from "./contract.ts";
import { flow } from "./flowed.ts";
import { headerText, isMessageId, messageIds, wellFormed } from "./header-text.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";

export interface BuildOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Without angle brackets; made here unless given. */
  readonly id?: string;
  /** A draft may lack recipients. */
  readonly mayLackRecipients?: boolean;
}

/** Throws SubmissionError. */
export async function buildMessage(message: OutgoingMessage, o: BuildOptions): Promise<BuiltMessage> {
  const from = wireAddress(message.from.address);
  const hasRecipients = message.to.length + message.cc.length + message.bcc.length > 0;
  const to =
    o.mayLackRecipients === true && !hasRecipients ? [] : envelopeRecipients(message.to, message.cc, message.bcc);
  const id = o.id ?? `${randomUUID()}@${domainOnTheWire(from)}`;
  const octets = await composed(message, { id, now: o.now });
  if (octets.length > SUBMISSION_LIMITS.messageOctetsMax)
    throw new SubmissionError(
      "too-large",
      `the message has ${inMegabytes(octets.length)} MB; it may have ${inMegabytes(SUBMISSION_LIMITS.messageOctetsMax)} MB, so send large files another way`,
      { megabytes: inMegabytes(octets.length), max: inMegabytes(SUBMISSION_LIMITS.messageOctetsMax) },
    );
  return { octets, envelope: { from, to }, id };
}

function composed(message: OutgoingMessage, o: { readonly id: string; readonly now: number }): Promise<Buffer> {
  const references = messageIds(message.references);
  const { inReplyTo } = message;
  const composer = new MailComposer({
    from: headerAddress(message.from),
    to: message.to.map(headerAddress),
    cc: message.cc.map(headerAddress),
    subject: headerText(message.subject),
    date: new Date(o.now),
    messageId: `<${o.id}>`,
    ...(inReplyTo !== undefined && isMessageId(inReplyTo) ? { inReplyTo: `<${inReplyTo}>` } : {}),
    ...(references.length > 0 ? { references: references.map((id) => `<${id}>`) } : {}),
    // Text first, what shows it best last (RFC 2046 §5.1.4). As `text` it would lose format=flowed.
    alternatives: [textPart(message.text), ...(message.html === undefined ? [] : [htmlPart(message.html)])],
    attachments: message.attachments.map(attachmentPart),
    // A header the library does not know takes text alone.
    headers: message.asksForReceipt ? { "Disposition-Notification-To": `<${wireAddress(message.from.address)}>` } : {},
    newline: "win",
    // Content is given, never fetched: a path or URL in it is text.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return composer.compile().build();
}

function headerAddress({ name, address }: MailAddress): { readonly name: string; readonly address: string } {
  return { name: headerText(name), address: envelopeAddress(address.trim()) };
}

/** Quoted-printable keeps the blanks at line ends, which mean something in flowed text. */
function textPart(text: string) {
  return {
    content: Buffer.from(flow(wellFormed(text))),
    contentType: "text/plain; charset=utf-8; format=flowed",
    contentTransferEncoding: "quoted-printable",
  };
}

function htmlPart(html: string) {
  return {
    content: Buffer.from(wellFormed(html).replace(/\r\n?|\n/g, "\r\n")),
    contentType: "text/html; charset=utf-8",
    contentTransferEncoding: "quoted-printable",
  };
}

function attachmentPart(attachment: OutgoingAttachment) {
  const isMessage = attachment.mediaType === "message/rfc822";
  return {
    filename: headerText(attachment.fileName),
    content: Buffer.from(attachment.content),
    contentType: mediaType(attachment.mediaType),
    // RFC 2046 §5.2.1: a message inside a message is not encoded.
    contentTransferEncoding: isMessage ? "8bit" : "base64",
    contentDisposition: attachment.contentId === undefined ? "attachment" : "inline",
    ...(attachment.contentId === undefined ? {} : { cid: headerText(attachment.contentId) }),
  };
}

/** A type that is none becomes octets: nothing of a sender's own text gets into the header. */
function mediaType(type: string): string {
  return /^[a-z0-9][\w.+-]{0,63}\/[a-z0-9][\w.+-]{0,127}$/i.test(type)
    ? type.toLowerCase()
    : "application/octet-stream";
}

function inMegabytes(octets: number): number {
  return Math.ceil(octets / 1_000_000);
}
