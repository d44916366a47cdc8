// Two languages nobody speaks, made from the catalogue, that show what a translation would break: texts 40 % longer
// with letters outside ASCII, and the same running from right to left.
import { type Element, elementsOf, type Text } from "./texts.ts";

const LITERAL = 0;
const ACCENTED: ReadonlyMap<string, string> = new Map(
  Array.from("aceinosuyACEINOSUY", (letter, at) => [letter, Array.from("åçéîñöšûýÅÇÉÎÑÖŠÛÝ")[at] ?? letter]),
);
/** How much longer than English a translation may be. */
const GROWTH = 0.4;

/** `text` with its texts longer and accented; what is filled in stays as it is. */
export function pseudo(text: Text): Element[] {
  return withTexts(elementsOf(text), (literal) => lengthened(accented(literal)));
}

/** `text` as `pseudo` makes it, its words forced to run from right to left. */
export function pseudoRightToLeft(text: Text): Element[] {
  // U+202E and U+202C around each word: the order of words comes from the direction of the page.
  return withTexts(elementsOf(text), (literal) =>
    lengthened(literal).replaceAll(/[^\s\p{P}]+/gu, (word) => `\u202E${word}\u202C`),
  );
}

function withTexts(elements: readonly Element[], change: (text: string) => string): Element[] {
  return elements.map((element) => {
    if (element.type === LITERAL) return { ...element, value: change(element.value) };
    if (!("options" in element)) return element;
    const options = Object.entries(element.options).map(([name, option]) => [
      name,
      { ...option, value: withTexts(option.value, change) },
    ]);
    return { ...element, options: Object.fromEntries(options) } as Element;
  });
}

function accented(text: string): string {
  return Array.from(text, (letter) => ACCENTED.get(letter) ?? letter).join("");
}

function lengthened(text: string): string {
  const letters = text.trim().length;
  if (letters === 0) return text;
  const tail = "one two three four five six seven eight nine ten ".repeat(Math.ceil(letters / 100));
  return text.replace(/\s*$/, (space) => ` ${accented(tail.slice(0, Math.ceil(letters * GROWTH))).trim()}${space}`);
}
