// What goes into a header of ours: one line, no controls, whatever the text came from (a quoted subject, a display name,
// a Message-ID of somebody else's making).
import { SUBMISSION_LIMITS } from "./limits.ts";

/** One line of text: controls, line and paragraph separators and bidirectional controls become a space or go. */
export function headerText(text: string): string {
  const line = text
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/g, "")
    .trim();
  // A cut in the middle of a pair leaves half of it.
  return wellFormed(line.slice(0, SUBMISSION_LIMITS.subjectCharactersMax));
}

/** Halves of surrogate pairs have no UTF-8. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

/** Of tokens that can stand in References: the first, and the last so many. Others are left out. */
export function messageIds(ids: readonly string[]): readonly string[] {
  const sound = ids.filter(isMessageId);
  const max = SUBMISSION_LIMITS.referencesMax;
  const kept = sound.length <= max ? sound : [sound[0] as string, ...sound.slice(1 - max)];
  return [...new Set(kept)];
}

/** Without angle brackets: printable ASCII, no brackets, no blanks. */
export function isMessageId(id: string): boolean {
  return /^[\x21-\x3b\x3d\x3f-\x7e]{1,250}$/.test(id);
}
