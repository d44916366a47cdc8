// What conversations are told apart by when references are missing: the base subject of RFC 5256 §2.1, with the reply
// and forward marks of more languages than the RFC knew.
const MARKS = [
  "re",
  "fw",
  "fwd",
  "aw",
  "antw",
  "antwort",
  "wg",
  "sv",
  "vs",
  "vb",
  "vl",
  "res",
  "enc",
  "rv",
  "tr",
  "ref",
  "rif",
  "r",
  "i",
  "odp",
  "pd",
  "ynt",
  "ilt",
  "doorst",
  "bls",
  "atb",
  "rép",
  "réf",
  "továbbítás",
  "válasz",
  "απ",
  "σχετ",
  "πρθ",
  "отв",
  "ответ",
  "пересл",
  "תשובה",
  "השב",
  "העבר",
  "رد",
  "إعادة توجيه",
  "回复",
  "回覆",
  "答复",
  "答覆",
  "转发",
  "轉寄",
  "轉發",
  "返信",
  "転送",
  "답장",
  "회신",
  "전달",
];
const MARK = new RegExp(`^(?:${MARKS.join("|")})\\s*(?:[\\[(]\\d{1,4}[\\])]|\\^\\d{1,4}|\\d{1,4})?\\s*[::]\\s*`, "iu");
const TAG = /^\[[^\][]{1,80}\]\s*/u;
const TRAILER = /\s*(?:\(fwd\)|\((?:was|war|est|était|vorher)\s*:[^()]*\))$/iu;
/** Marks and tags taken off one subject: each takes a look at the whole of it. */
const MARKS_MAX = 50;

/** `subject` (already cleaned) without marks, list tags and "(was: …)", in lower case. */
export function threadSubjectOf(subject: string): string {
  let base = subject.normalize("NFKC").replace(/\s+/g, " ").trim();
  for (let taken = 0; taken < MARKS_MAX; taken++) {
    const shorter = withoutTag(base.replace(TRAILER, "").replace(MARK, ""));
    if (shorter === base) break;
    base = shorter;
  }
  return base.toLowerCase();
}

// A subject that is a tag and nothing else keeps it.
function withoutTag(subject: string): string {
  const rest = subject.replace(TAG, "");
  return rest === "" ? subject : rest;
}
