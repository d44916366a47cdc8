// Texts that are made from tables, and read back by them: what is kept and reported is a text a person can read, and
// whoever shows it in another language finds out which one it is, with its values.

export type Values = Readonly<Record<string, string | number>>;

export interface Said<Code extends string> {
  readonly code: Code;
  readonly values: Readonly<Record<string, string>>;
}

const PLACE = /\{(\w+)\}/g;

/** The row of a table with its places filled in. */
export function say(template: string, values: Values = {}): string {
  return template.replace(PLACE, (_, name: string) => String(values[name] ?? ""));
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
