// Texts as they are given to the full-text index. Scripts written without spaces (Han, kana, Hangul, Thai, Lao, Khmer,
// Burmese) would be one word a sentence: their runs become pairs of neighbouring letters, each a word, in place, so that
// phrases and the columns of from: and subject: work for them as for any other.

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\u30fc\uff70\u3005]/u;
const runs = new RegExp(`(?:${unspaced.source}\\p{M}*)+`, "gu");
const letters = new RegExp(`${unspaced.source}\\p{M}*`, "gu");

/** Accents of every alphabet go, not only the Latin ones the index itself knows; full-width letters become plain ones. */
function folded(text: string): string {
  // oxlint-disable-next-line no-control-regex -- ASCII, which most mail is, stays as it is
  if (!/[^\x00-\x7f]/.test(text)) return text;
  return text
    .normalize("NFKD")
    .replace(/[\u0300-\u036f]+/g, "")
    .normalize("NFKC");
}

/** A text to be indexed. The last letter of a run stands alone, too, so that every letter begins some word. */
export function indexedText(text: string): string {
  const plain = folded(text);
  if (!unspaced.test(plain)) return plain;
  return plain.replace(runs, (run) => {
    const parts = run.match(letters) ?? [];
    return ` ${[...pairs(parts), parts.at(-1) ?? ""].join(" ")} `;
  });
}

/** A text to be looked for: the same pairs, so that it is found as a phrase; the run it ends with may go on. */
export function soughtText(text: string): string {
  const plain = folded(text);
  if (!unspaced.test(plain)) return plain;
  return plain.replace(runs, (run, at: number) => {
    const parts = run.match(letters) ?? [];
    const mayGoOn = parts.length > 1 && !/[\p{L}\p{N}\p{Co}]/u.test(plain.slice(at + run.length));
    return ` ${[...pairs(parts), ...(mayGoOn ? [] : [parts.at(-1) ?? ""])].join(" ")} `;
  });
}

/** What is looked for ends with a single letter of such a script: within a run it only begins a pair. */
export function endsInLoneLetter(sought: string): boolean {
  const last = sought.match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu)?.at(-1);
  return last !== undefined && last.match(letters)?.[0] === last;
}

function pairs(parts: readonly string[]): readonly string[] {
  return parts.slice(1).map((part, i) => `${parts[i] ?? ""}${part}`);
}
