// A read receipt (RFC 8098): sent only when a person said so.
import { randomUUID } from "node:crypto";
import MimeNode from "nodemailer/lib/mime-node";
import type { MailAddress } from "../message/index.ts";
import { envelopeAddress } from "./addresses.ts";
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
}

/** Throws SubmissionError `bad-address`. */
export async function buildReceipt(o: ReceiptOptions): Promise<BuiltMessage> {
  const from = envelopeAddress(o.from.address);
  const to = envelopeAddress(o.to.address);
  const id = `${randomUUID()}@${from.slice(from.lastIndexOf("@") + 1)}`;
  const original = o.originalId !== undefined && isMessageId(o.originalId) ? `<${o.originalId}>` : undefined;
  const root = new MimeNode("multipart/report; report-type=disposition-notification", { newline: "win" });
  root.setHeader({
    from: { name: headerText(o.from.name), address: from },
    to: { name: headerText(o.to.name), address: to },
    subject: headerText(`Read: ${o.subject}`),
    date: new Date(o.now).toUTCString().replace("GMT", "+0000"),
    "message-id": `<${id}>`,
    ...(original === undefined ? {} : { "in-reply-to": original, references: original }),
    // RFC 8098 §2.1: nobody's machine answers it.
    "auto-submitted": "auto-replied",
  });
  root
    .createChild("text/plain; charset=utf-8")
    .setContent(
      `Your message ${JSON.stringify(headerText(o.subject))} was shown to ${from}. That does not mean it was read or understood.\r\n`,
    );
  root
    .createChild("message/disposition-notification")
    .setContent(
      [
        `Reporting-UA: ${headerText(o.hostName).replace(/[^\w.-]/g, "")}; Restante`,
        `Final-Recipient: rfc822;${from}`,
        ...(original === undefined ? [] : [`Original-Message-ID: ${original}`]),
        "Disposition: manual-action/MDN-sent-manually; displayed",
        "",
      ].join("\r\n"),
    );
  // RFC 8098 §2.1: a receipt has the null sender, so that nothing comes back for it.
  return { octets: await root.build(), envelope: { from: "", to: [to] }, id };
}
