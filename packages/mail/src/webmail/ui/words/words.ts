// Texts, dates and numbers in one language. Messages are parsed when first said and kept.
import { IntlMessageFormat } from "intl-messageformat";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { CATALOGUE, type WordId } from "./catalogue.ts";
import { pseudo, pseudoRightToLeft } from "./pseudo.ts";

type Language = ReaderSettings["language"];
export type Values = Readonly<Record<string, string | number>>;

export interface Words {
  readonly language: Language;
  readonly direction: "ltr" | "rtl";
  /** For `Intl`: what the browser asks for, in a language the texts are in. */
  readonly locale: string;
  /** Several names, one after another. */
  readonly list: (names: readonly string[]) => string;
  /** The text of `id` with `values` filled in. */
  readonly say: (id: WordId, values?: Values) => string;
}

interface Made {
  readonly direction: "ltr" | "rtl";
  readonly message: (text: string) => string | ReturnType<typeof pseudo>;
}

const LANGUAGES: Readonly<Record<Language, Made>> = {
  en: { direction: "ltr", message: (text) => text },
  pseudo: { direction: "ltr", message: pseudo },
  "pseudo-rtl": { direction: "rtl", message: pseudoRightToLeft },
};

/** `preferred` is what the browser says of its person, best first, as in `navigator.languages`. */
export function wordsIn(language: Language, preferred: readonly string[]): Words {
  const { direction, message } = LANGUAGES[language];
  const locale = preferred.find((tag) => /^en\b/i.test(tag)) ?? "en";
  const names = new Intl.ListFormat(locale, { type: "unit", style: "short" });
  const parsed = new Map<WordId, IntlMessageFormat>();
  return {
    language,
    direction,
    locale,
    list: (several) => names.format(several),
    say(id, values) {
      let format = parsed.get(id);
      if (format === undefined) {
        format = new IntlMessageFormat(message(CATALOGUE[id]), locale);
        parsed.set(id, format);
      }
      return String(format.format(isolated(values, direction)));
    },
  };
}

/** Letters that run from right to left, in the scripts that have them. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]|\uD83A[\uDC00-\uDFFF]/;

/** Names keep their own direction and do not turn the sentence around: U+2068 and U+2069 stand around them. */
function isolated(values: Values | undefined, direction: Words["direction"]): Record<string, string | number> {
  const entries = Object.entries(values ?? {}).map(([name, value]) => {
    const needsIsolation = typeof value === "string" && (direction === "rtl" || RIGHT_TO_LEFT.test(value));
    return [name, needsIsolation ? `\u2068${value}\u2069` : value] as const;
  });
  return Object.fromEntries(entries);
}
