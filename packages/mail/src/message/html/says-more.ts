// Whether an HTML body says more than the plain text beside it, told without parsing it: most say the same, and reading
// HTML takes fifty times as long. Rough, but never for the plain text where a word of the HTML is not in it.

/** What of a page is no text of it: from one to the other, wherever they stand. */
const NO_TEXT = [
  ["<!--", "-->"],
  ["<style", "</style"],
  ["<title", "</title"],
] as const;
const TAG = /<[^<>]*>/g;
const WORDS_FOR_PICTURE = /\salt\s*=\s*(?:"([^"]*)"|'([^']*)')/i;
const REFERENCE =
  /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(?:nbsp|amp|lt|gt|quot|apos|[nm]dash|hellip|bull|[lr][sda]quo|copy));/gi;
const WORD = /[\p{L}\p{M}\p{N}]+/gu;

/** `html` has a word that is not in `text`. */
export function saysMore(html: string, text: string): boolean {
  return hasOther(textWithoutMarkup(html), wordSet(text));
}

/** The lines of `plain` with a word that is not in `text`. Addresses of pages are no words: each copy has its own. */
export function linesBeside(plain: string, text: string): string {
  const said = wordSet(text);
  const lines = plain.replace(/\bhttps?:\/\/\S+/gi, " ").split("\n");
  return lines.filter((line) => hasOther(line, said)).join("\n");
}

/** Looks no further than to the first one. */
function hasOther(text: string, said: ReadonlySet<string>): boolean {
  for (const [word] of text.matchAll(WORD)) if (!said.has(folded(word))) return true;
  return false;
}

function wordSet(text: string): ReadonlySet<string> {
  return new Set(text.match(WORD)?.map(folded));
}

function folded(word: string): string {
  return word.toLowerCase();
}

function textWithoutMarkup(html: string): string {
  let text = html;
  for (const [from, to] of NO_TEXT) text = without(text, from, to);
  return text.replace(TAG, wordsOfTag).replace(REFERENCE, character);
}

function wordsOfTag(tag: string): string {
  const [, double, single] = WORDS_FOR_PICTURE.exec(tag) ?? [];
  return ` ${double ?? single ?? ""} `;
}

function character(_: string, decimal: string | undefined, hexadecimal: string | undefined): string {
  const code = decimal === undefined ? Number.parseInt(hexadecimal ?? "20", 16) : Number(decimal);
  return code <= 0x10_ffff ? String.fromCodePoint(code) : " ";
}

/** Looks at each letter once, however often one begins that does not end. */
function without(text: string, from: string, to: string): string {
  const lower = text.toLowerCase();
  // A letter that is of another length in lower case would shift the places.
  if (lower.length !== text.length) return text;
  const kept: string[] = [];
  let at = 0;
  for (;;) {
    const begin = lower.indexOf(from, at);
    const end = begin === -1 ? -1 : lower.indexOf(to, begin + from.length);
    if (end === -1) break;
    kept.push(text.slice(at, begin));
    at = end;
  }
  return [...kept, text.slice(at)].join(" ");
}
