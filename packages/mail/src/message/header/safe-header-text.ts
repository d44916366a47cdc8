import { TEXT_CHARACTERS_MAX } from "../limits.ts";

// Line and paragraph separators of every kind become a space, so that words stay apart.
const SEPARATORS = /[\t\n\v\f\r\u0085\u2028\u2029]+/gu;
/** Characters that reorder, hide or break the text around them and mean nothing in one line of text. */
const HIDDEN =
  /[\u200b\u200e\u200f\u2060-\u2064\u061c\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu;
const CONTROLS = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f]/gu;
/** More than four marks on one letter is nothing any script writes. */
const PILED_MARKS = /(\p{M}{4})\p{M}+/gu;
/** White space of any kind, characters that have no form of their own, and letters and signs that are drawn as nothing. */
const SHOWS_NOTHING = /^[\p{White_Space}\p{Default_Ignorable_Code_Point}\u2800\u{13441}\u{13442}\u{16fe4}\u{1d159}]*$/u;
const LONE_SURROGATES = /\p{Surrogate}/gu;

/**
 * Text of a header made safe to show in one line: no control characters, nothing that reorders the text after it, no
 * lone surrogates, no towers of marks, at most 998 characters. Empty when nothing of it would be seen.
 */
export function safeHeaderText(text: string, charactersMax: number = TEXT_CHARACTERS_MAX): string {
  // Cut first: nothing below makes it longer, and the work is bounded whatever comes in.
  const cut = text.length > 4 * charactersMax + 4_096 ? text.slice(0, 4 * charactersMax + 4_096) : text;
  const clean = cut
    .replace(SEPARATORS, " ")
    .replace(CONTROLS, "")
    .replace(HIDDEN, "")
    .replace(LONE_SURROGATES, "\ufffd")
    .replace(PILED_MARKS, "$1")
    .replace(/ {2,}/g, " ")
    .trim();
  const shown = firstCharacters(clean, charactersMax);
  return SHOWS_NOTHING.test(shown) ? "" : shown;
}

/** Something in it was written to hide or to reorder what is read. */
export function hidesCharacters(text: string): boolean {
  return text.search(HIDDEN) !== -1 || text.replace(SEPARATORS, " ").search(CONTROLS) !== -1;
}

/** The first `max` characters, never half of one. */
function firstCharacters(text: string, max: number): string {
  if (text.length <= max) return text;
  const end = /[\ud800-\udbff]/.test(text.charAt(max - 1)) ? max - 1 : max;
  return text.slice(0, end).trimEnd();
}
