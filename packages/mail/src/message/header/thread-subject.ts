// What conversations are told apart by when references are missing: the base subject of RFC 5256 §2.1, with the reply
// and forward marks of more languages than the RFC knew.
const REPLY_MARKS =
  "re aw antw antwoord antwort sv vs vá res ref rif r odp ynt bls atb bal ha rép réf válasz απ σχετ отв ответ תשובה השב رد 回复 回覆 答复 答覆 返信 답장 회신";
const FORWARD_MARKS =
  "fw fwd wg vb vl enc rv tr i pd ilt doorst továbbítás πρθ пересл העבר إعادة_توجيه 转发 轉寄 轉發 転送 전달";
const MARK = markOf(`${REPLY_MARKS} ${FORWARD_MARKS}`);
const REPLY_MARK = markOf(REPLY_MARKS);
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

/** `subject` (already cleaned) without the marks at its beginning, written as it is. */
export function withoutMarks(subject: string): string {
  let rest = subject.trim();
  for (let taken = 0; taken < MARKS_MAX; taken++) {
    const shorter = rest.replace(MARK, "");
    if (shorter === rest) break;
    rest = shorter;
  }
  return rest;
}

/** Says the subject that it answers something? */
export function isReplySubject(subject: string): boolean {
  return REPLY_MARK.test(subject.trim());
}

/** A mark, perhaps with a number, and its colon: `Re[2]:`. */
function markOf(marks: string): RegExp {
  const any = marks.replaceAll(" ", "|").replaceAll("_", " ");
  return new RegExp(`^(?:${any})\\s*(?:[\\[(]\\d{1,4}[\\])]|\\^\\d{1,4}|\\d{1,4})?\\s*[:：]\\s*`, "iu");
}

// A subject that is a tag and nothing else keeps it.
function withoutTag(subject: string): string {
  const rest = subject.replace(TAG, "");
  return rest === "" ? subject : rest;
}
