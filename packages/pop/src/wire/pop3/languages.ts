// The languages this build speaks (RFC 6856 §3), and which of them a range asks for.
import { ENGLISH } from "./english.ts";
import { GERMAN } from "./german.ts";
import type { Language } from "./language.ts";

export const LANGUAGES: readonly Language[] = [ENGLISH, GERMAN];

/** The language that a range asks for: RFC 4647 §3.4, from the whole range to its first subtag. */
export function languageFor(range: string): Language | undefined {
  const subtags = range.toLowerCase().split("-");
  for (let length = subtags.length; length > 0; length -= 1) {
    const tag = subtags.slice(0, length).join("-");
    const found = LANGUAGES.find((language) => language.tag.toLowerCase() === tag);
    if (found !== undefined) return found;
  }
  return undefined;
}
