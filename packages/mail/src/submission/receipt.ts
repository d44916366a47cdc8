// A read receipt (RFC 8098): sent only when a person said so.
import { randomUUID } from "node:crypto";
import MimeNode from "nodemailer/lib/mime-node";
import type { MailAddress } from "../message/index.ts";
import { domainOnTheWire, isAscii, wireAddress } from "./addresses.ts";
import type { BuiltMessage } from "./contract.ts";
import { headerText, isMessageId } from "./header-text.ts";

export interface ReceiptOptions {
  readonly from: MailAddress;
  readonly to: MailAddress;
  /** Of the message that was read. */
  readonly subject: string;
  /** Its Message-ID without angle brackets. */
  readonly originalId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly hostName: string;
  readonly words: ReceiptWords;
}

/** What people read of it: `{subject}` of the message and `{address}` of who was shown it are filled in. */
export interface ReceiptWords {
  readonly subject: string;
  readonly text: string;
}

/** One line of the words, filled in. */
export function receiptText(template: string, values: { readonly subject: string; readonly address: string }): string {
  return headerText(template.replace(/\{(subject|address)\}/g, (_, name: "subject" | "address") => values[name]));
}

/** Throws SubmissionError `bad-address`. */
export async function buildReceipt(o: ReceiptOptions): Promise<BuiltMessage> {
  const from = wireAddress(o.from.address);
  const to = wireAddress(o.to.address);
  const read = { subject: o.subject, address: from };
  const id = `${randomUUID()}@${domainOnTheWire(from)}`;
  const original = o.originalId !== undefined && isMessageId(o.originalId) ? `<${o.originalId}>` : undefined;
  const root = new MimeNode("multipart/report; report-type=disposition-notification", { newline: "win" });
  root.setHeader({
    from: { name: headerText(o.from.name), address: from },
    to: { name: headerText(o.to.name), address: to },
    subject: receiptText(o.words.subject, read),
    date: new Date(o.now).toUTCString().replace("GMT", "+0000"),
    "message-id": `<${id}>`,
    ...(original === undefined ? {} : { "in-reply-to": original, references: original }),
    // RFC 8098 §2.1: nobody's machine answers it.
    "auto-submitted": "auto-replied",
  });
  root.createChild("text/plain; charset=utf-8").setContent(`${receiptText(o.words.text, read)}\r\n`);
  root
    .createChild("message/disposition-notification")
    .setContent(
      [
        `Reporting-UA: ${headerText(o.hostName).replace(/[^\w.-]/g, "")}; Restante`,
        `Final-Recipient: ${typedAddress(from)}`,
        ...(original === undefined ? [] : [`Original-Message-ID: ${original}`]),
        "Disposition: manual-action/MDN-sent-manually; displayed",
        "",
      ].join("\r\n"),
    );
  // RFC 8098 §2.1: a receipt has the null sender, so that nothing comes back for it.
  return { octets: await root.build(), envelope: { from: "", to: [to] }, id };
}

/** RFC 6533 §3: beyond ASCII an address has a type of its own, and a form that is ASCII again. */
function typedAddress(address: string): string {
  if (isAscii(address)) return `rfc822;${address}`;
  const octets = Array.from(address, (letter) =>
    isAscii(letter) && !/[\\+=]/.test(letter)
      ? letter
      : `\\x{${(letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(2, "0")}}`,
  );
  return `utf-8;${octets.join("")}`;
}
