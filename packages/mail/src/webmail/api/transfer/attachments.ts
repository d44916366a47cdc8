// One file into a draft. The draft's list names it only once its octets are durable.
import { z } from "zod";
import { safeFileName } from "../../../message/index.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import { accountId } from "../schema/mail.ts";
import { draftId, type DraftAttachment } from "../schema/writing.ts";
import { DraftFiles } from "../writing/draft-files.ts";
import { Drafts, newDraftId } from "../writing/drafts.ts";

export const attachmentQuery = z.object({
  draft: draftId,
  account: accountId,
  name: z.string().min(1).max(1_000),
  type: z.string().max(200).default("application/octet-stream"),
  inline: z.literal("1").optional(),
});

/** Throws ApiError `not-found`, `too-large`. */
export async function takeAttachment(
  reading: Reading,
  named: z.output<typeof attachmentQuery>,
  octets: AsyncIterable<Uint8Array>,
): Promise<{ readonly attachment: DraftAttachment; readonly version: number }> {
  const { account, draft } = named;
  reading.account(account);
  const drafts = new Drafts(reading.house.store.documents);
  const files = new DraftFiles(reading.house.writing.draftFolder);
  const { attachments } = await drafts.mustFind(account, draft);
  const room = attachments.reduce((left, one) => left - one.octets, LIMITS.attachmentOctets as number);
  const id = newDraftId();
  const size = await files.write({ account, draft, attachment: id }, octets, room);
  const attachment: DraftAttachment = {
    id,
    fileName: safeFileName(named.name),
    mediaType: /^[\w.+-]{1,64}\/[\w.+-]{1,127}$/.test(named.type)
      ? named.type.toLowerCase()
      : "application/octet-stream",
    octets: size,
    isInline: named.inline === "1",
  };
  try {
    const { version } = await drafts.changeAttachments(account, draft, (list) => [...list, attachment]);
    return { attachment, version };
  } catch (error) {
    await files.remove({ account, draft, attachment: id });
    throw error;
  }
}
