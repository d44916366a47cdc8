// A draft made into the message it becomes. HTML is rebuilt by the sanitiser that shows mail, whatever an editor or a
// script put into it.
import type { Identity, OutgoingMessage } from "../../../submission/index.ts";
import { ApiError } from "../api-error.ts";
import type { Reading } from "../reading.ts";
import type { DraftFiles } from "./draft-files.ts";
import type { StoredDraft } from "./drafts.ts";

export async function outgoingOf(
  reading: Reading,
  files: DraftFiles,
  o: { readonly draft: StoredDraft; readonly identity: Identity },
): Promise<OutgoingMessage> {
  const { account, id, fields, attachments } = o.draft;
  const { name, address } = o.identity;
  return {
    from: { name, address },
    to: fields.to,
    cc: fields.cc,
    bcc: fields.bcc,
    subject: fields.subject,
    text: fields.text,
    ...(fields.html === null ? {} : { html: await harmless(reading, fields.html) }),
    ...(fields.inReplyTo === null ? {} : { inReplyTo: fields.inReplyTo }),
    references: fields.references,
    attachments: await Promise.all(
      attachments.map(async ({ id: attachment, fileName, mediaType, isInline }) => ({
        fileName,
        mediaType,
        content: await files.read({ account, draft: id, attachment }),
        ...(isInline ? { contentId: `${attachment}@restante` } : {}),
      })),
    ),
    asksForReceipt: fields.asksForReceipt,
  };
}

const HEAD = "MIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";

/** Throws ApiError `unreadable`. */
async function harmless(reading: Reading, html: string): Promise<string> {
  try {
    const octets = Uint8Array.from(Buffer.from(HEAD + html));
    const { html: clean } = await reading.house.mail.quote(octets, "1");
    return `<!doctype html><html><head><meta charset="utf-8"></head><body>${clean ?? ""}</body></html>`;
  } catch (error) {
    throw new ApiError("unreadable", "the formatted text cannot be sent; switch to plain text and try again", {
      cause: error,
      reason: "formatted-unreadable",
    });
  }
}
