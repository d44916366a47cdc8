// What was taken back is a draft again, with its files, under the name of the entry of the outbox it was. No window knows
// a draft of that name: under the one it was written as another text may be kept by now, or a window may save over the
// first version of it what it holds of an earlier one. Nobody who has the message is written to again by it.
import { wireAddress } from "../../../submission/index.ts";
import type { DraftFields } from "../schema/writing.ts";
import type { DraftFiles } from "./draft-files.ts";
import type { Drafts, StoredDraft } from "./drafts.ts";

export interface Taken {
  /** What it was written as. */
  readonly written: StoredDraft;
  readonly entry: string;
  /** Who does not have the message; undefined when nobody has. */
  readonly lacking: readonly string[] | undefined;
}

export async function keepTaken(
  { drafts, files }: { readonly drafts: Drafts; readonly files: DraftFiles },
  { written, entry, lacking }: Taken,
): Promise<StoredDraft> {
  const { account } = written;
  const before = await drafts.find(account, entry);
  // Kept before a process ended, and perhaps written on since.
  if (before !== undefined) return before;
  const kept = { ...written, id: entry, fields: lacking === undefined ? written.fields : onlyTo(lacking, written) };
  for (const { id: attachment } of kept.attachments)
    await files.copy({ account, draft: written.id, attachment }, entry);
  const saved = await drafts.save({ account, id: entry, version: 0 }, kept);
  // One that outlived its sending is the same message a second time.
  const outlived = await drafts.find(account, written.id);
  if (outlived !== undefined && isSame(outlived, written)) await drafts.removeSent(outlived);
  return { ...kept, ...saved };
}

/** Attachments are part of what was written. */
function isSame(one: StoredDraft, other: StoredDraft): boolean {
  const said = ({ fields, attachments }: StoredDraft): string => JSON.stringify([fields, attachments]);
  return said(one) === said(other);
}

/** Whoever has the message is not written to again. */
function onlyTo(lacking: readonly string[], { fields }: StoredDraft): DraftFields {
  const lack = new Set(lacking);
  const rest = (people: DraftFields["to"]): DraftFields["to"] =>
    people.filter(({ address }) => lack.has(wireAddress(address.trim())));
  return { ...fields, to: rest(fields.to), cc: rest(fields.cc), bcc: rest(fields.bcc) };
}
