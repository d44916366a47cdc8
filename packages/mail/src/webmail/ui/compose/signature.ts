/** RFC 3676 §4.3: the line that begins a signature. */
const MARK = "-- ";

/** `text` with the signature of another identity, when it still holds the one of the identity before. */
export function withOtherSignature(text: string, before: string, after: string): string {
  const old = before === "" ? "" : `\n\n${MARK}\n${before}`;
  const next = after === "" ? "" : `\n\n${MARK}\n${after}`;
  if (old !== "") return text.includes(old) ? text.replace(old, () => next) : text;
  // Without one there is nothing to take the place of; a text nobody has begun yet takes it.
  return text.trim() === "" ? next : text;
}
