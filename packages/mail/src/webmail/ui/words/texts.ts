// The texts of the catalogue as they are said. The build parses them ahead (scripts/texts-ahead.ts), so that a page loads no
// parser; where the sources run unbuilt they are parsed when first said.
import { IntlMessageFormat } from "intl-messageformat";
import { CATALOGUE, type WordId } from "./catalogue.ts";

/** Of a parsed text. */
export type Element = ReturnType<IntlMessageFormat["getAst"]>[number];
/** One with nothing to parse stays as it was written. */
export type Text = string | Element[];

const LITERAL = 0;
const ARGUMENT = 1;
/** Nothing but text and names of values. */
const SIMPLE = /^(?:[^{}<'#]|'(?!['{}<#])|\{\w+\})*$/;
const NAME = /\{(\w+)\}/;

export const TEXTS: Readonly<Record<WordId, Text>> = CATALOGUE;

export function isSimple(text: Text): text is string {
  return typeof text === "string" && SIMPLE.test(text);
}

/** Of a simple one: text and names in turn. */
export function partsOf(text: string): readonly string[] {
  return text.split(NAME);
}

export function elementsOf(text: Text): Element[] {
  if (typeof text !== "string") return text;
  if (!isSimple(text)) return new IntlMessageFormat(text, "en").getAst();
  return partsOf(text).flatMap((value, at): Element[] =>
    value === "" ? [] : [{ type: at % 2 === 0 ? LITERAL : ARGUMENT, value }],
  );
}
