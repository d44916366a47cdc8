// What was taken back is a draft again. Nothing that is a draft meanwhile gives way to it, and nobody who has the message
// is written to again by it.
import { wireAddress } from "../../../submission/index.ts";
import type { DraftFields } from "../schema/writing.ts";
import type { DraftFiles } from "./draft-files.ts";
import { newDraftId, type Drafts, type StoredDraft } from "./drafts.ts";

interface Desk {
  readonly drafts: Drafts;
  readonly files: DraftFiles;
}

/**
 * Under the id it had, or, when another window keeps something else under that, under an id of its own, with its files.
 * `lacking` are those who do not have the message; undefined when nobody has.
 */
export async function keepTaken(
  { drafts, files }: Desk,
  written: StoredDraft,
  lacking: readonly string[] | undefined,
): Promise<StoredDraft> {
  const { account, id } = written;
  const kept = lacking === undefined ? written : onlyTo(written, lacking);
  const before = await drafts.find(account, id);
  // Kept before a process ended.
  if (before !== undefined && isSame(before, kept)) return before;
  // Or it outlived its sending.
  if (before === undefined || isSame(before, written))
    return { ...kept, ...(await drafts.save({ account, id, version: before?.version ?? 0 }, kept)) };
  const other = newDraftId();
  for (const { id: attachment } of kept.attachments) await files.copy({ account, draft: id, attachment }, other);
  return { ...kept, id: other, ...(await drafts.save({ account, id: other, version: 0 }, kept)) };
}

/** Attachments are part of what was written. */
function isSame(one: StoredDraft, other: StoredDraft): boolean {
  const said = ({ fields, attachments }: StoredDraft): string => JSON.stringify([fields, attachments]);
  return said(one) === said(other);
}

/** Whoever has the message is not written to again. */
function onlyTo(draft: StoredDraft, lacking: readonly string[]): StoredDraft {
  const lack = new Set(lacking);
  const rest = (people: DraftFields["to"]): DraftFields["to"] =>
    people.filter(({ address }) => lack.has(wireAddress(address.trim())));
  const { to, cc, bcc } = draft.fields;
  return { ...draft, fields: { ...draft.fields, to: rest(to), cc: rest(cc), bcc: rest(bcc) } };
}
