/** Whether `text` speaks of something attached. `words` are parted by commas; lines that quote somebody else do not count. */
export function speaksOfAttachment(text: string, words: string): boolean {
  const own = text
    .split("\n")
    .filter((line) => !line.startsWith(">"))
    .join("\n")
    .split(/^-{5,} /m)[0];
  const said = (own ?? "").toLocaleLowerCase();
  return words
    .split(",")
    .map((word) => word.trim().toLocaleLowerCase())
    .some((word) => word !== "" && said.includes(word));
}
