// SASLprep (RFC 4013) as far as it goes without the tables of Unicode 3.2: mapping, normalisation and prohibited
// characters follow them; code points assigned since are let through, as RFC 3454 §7 asks for a query; and "left to
// right" of the bidirectional rule means letters, letter numbers and spacing marks.

/** Prepares a name or password for comparison; undefined when the text is not allowed. An empty result is the caller's business. */
export type Saslprep = (text: string) => string | undefined;

/** RFC 3454 table C.1.2: become a space. */
const otherSpaces = /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u3000]/gu;
/** Table B.1: vanish. */
const invisible = /[\u00ad\u034f\u1806\u180b-\u180d\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff]/gu;
/** Tables C.2.1 to C.9: control, private use, non-characters, surrogates, unfit for plain text, ideographic description, display changing, tagging. */
const prohibited =
  /[\p{Cc}\p{Co}\p{Cs}\p{Noncharacter_Code_Point}\u06dd\u070f\u180e\u200e\u200f\u2028-\u202e\u2061-\u2063\u206a-\u206f\ufff9-\ufffd\u2ff0-\u2ffb\u0340\u0341\u{1d173}-\u{1d17a}\u{e0001}\u{e0020}-\u{e007f}]/u;
/** Table D.1. */
const rightToLeftClass =
  "\\u05be\\u05c0\\u05c3\\u05d0-\\u05ea\\u05f0-\\u05f4\\u061b\\u061f\\u0621-\\u063a\\u0640-\\u064a\\u066d-\\u066f\\u0671-\\u06d5\\u06dd\\u06e5\\u06e6\\u06fa-\\u06fe\\u0700-\\u070d\\u0710\\u0712-\\u072c\\u0780-\\u07a5\\u07b1\\u200f\\ufb1d\\ufb1f-\\ufb28\\ufb2a-\\ufb36\\ufb38-\\ufb3c\\ufb3e\\ufb40\\ufb41\\ufb43\\ufb44\\ufb46-\\ufbb1\\ufbd3-\\ufd3d\\ufd50-\\ufd8f\\ufd92-\\ufdc7\\ufdf0-\\ufdfc\\ufe70-\\ufe74\\ufe76-\\ufefc";
const rightToLeft = new RegExp(`[${rightToLeftClass}]`, "u");
const rightToLeftAround = new RegExp(`^[${rightToLeftClass}](?:.*[${rightToLeftClass}])?$`, "su");
const leftToRight = new RegExp(`(?![${rightToLeftClass}])[\\p{L}\\p{Nl}\\p{Mc}]`, "u");

/** The package's own SASLprep; give a mechanism another where the whole of RFC 4013 is needed. */
export function defaultSaslprep(text: string): string | undefined {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const prepared = text.replace(otherSpaces, " ").replace(invisible, "").normalize("NFKC");
  if (prohibited.test(prepared)) return undefined;
  if (!rightToLeft.test(prepared)) return prepared;
  // RFC 3454 §6: nothing of the other direction, and right to left at both ends.
  return rightToLeftAround.test(prepared) && !leftToRight.test(prepared) ? prepared : undefined;
}
