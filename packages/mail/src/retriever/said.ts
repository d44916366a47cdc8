// Texts that are made from tables. What is reported has its code and its values beside it, for whoever says it in another
// language; what fetch.db keeps is the text alone, and is read back by the table.

export type Values = Readonly<Record<string, string | number>>;

/** One row of a table, filled in. */
export interface Saying<Code extends string> {
  readonly code: Code;
  readonly values: Values;
  /** In English. */
  readonly text: string;
}

/** What was read back; its values are as they stood in the text. */
export interface Said<Code extends string> {
  readonly code: Code;
  readonly values: Readonly<Record<string, string>>;
}

const PLACE = /\{(\w+)\}/g;

/** The row of a table with its places filled in. */
export function say(template: string, values: Values = {}): string {
  return template.replace(PLACE, (_, name: string) => String(values[name] ?? ""));
}

/** Says rows of `texts`. */
export function sayerOf<Code extends string>(
  texts: Readonly<Record<Code, string>>,
): (code: Code, values?: Values) => Saying<Code> {
  return (code, values = {}) => ({ code, values, text: say(texts[code], values) });
}

/** Which row of `texts` a text was made from; undefined for none. The first that fits counts. */
export function readerOf<Code extends string>(
  texts: Readonly<Record<Code, string>>,
): (text: string) => Said<Code> | undefined {
  const rows = (Object.entries(texts) as [Code, string][]).map(([code, template]) => ({
    code,
    pattern: patternOf(template),
  }));
  return (text) => {
    for (const { code, pattern } of rows) {
      const found = pattern.exec(text);
      if (found !== null) return { code, values: { ...found.groups } };
    }
    return undefined;
  };
}

function patternOf(template: string): RegExp {
  const parts = template.split(PLACE);
  const source = parts.map((part, at) => (at % 2 === 0 ? escaped(part) : `(?<${part}>[^]*?)`)).join("");
  return new RegExp(`^${source}$`);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
