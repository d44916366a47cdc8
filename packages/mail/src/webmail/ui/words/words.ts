// Texts, dates and numbers in one language. What says a text is made when it is first said, and kept.
import { type Formatters, IntlMessageFormat } from "intl-messageformat";
import type { ReaderSettings } from "../../api/schema/index.ts";
import { kept } from "../../api/schema/kept.ts";
import type { WordId } from "./catalogue.ts";
import { pseudo, pseudoRightToLeft } from "./pseudo.ts";
import { isSimple, partsOf, type Text, TEXTS } from "./texts.ts";

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
  /** Stands between two names of several: to make an Intl.ListFormat takes as long as to draw the rows. */
  readonly between: string;
  readonly text: (text: Text) => Text;
}

const LANGUAGES: Readonly<Record<Language, Made>> = {
  en: { direction: "ltr", between: ", ", text: (text) => text },
  pseudo: { direction: "ltr", between: ", ", text: pseudo },
  "pseudo-rtl": { direction: "rtl", between: ", ", text: pseudoRightToLeft },
};

/** `preferred` is what the browser says of its person, best first, as in `navigator.languages`. */
export function wordsIn(language: Language, preferred: readonly string[]): Words {
  const { direction, between, text } = LANGUAGES[language];
  const locale = preferred.find((tag) => /^en\b/i.test(tag)) ?? "en";
  const made = new Map<WordId, Say>();
  return {
    language,
    direction,
    locale,
    list: (names) => names.join(between),
    say(id, values) {
      let format = made.get(id);
      if (format === undefined) {
        format = sayOf(text(TEXTS[id]), locale, direction);
        made.set(id, format);
      }
      return format(values);
    },
  };
}

/** For all texts: left to itself the library makes its own for each of them. */
const FORMATTERS: Formatters = {
  getNumberFormat: kept((...like) => new Intl.NumberFormat(...like)),
  getDateTimeFormat: kept((...like) => new Intl.DateTimeFormat(...like)),
  getPluralRules: kept((...like) => new Intl.PluralRules(...like)),
};

type Say = (values?: Values) => string;

function sayOf(text: Text, locale: string, direction: Words["direction"]): Say {
  if (!isSimple(text)) {
    const format = new IntlMessageFormat(text, locale, undefined, { formatters: FORMATTERS });
    return (values) => String(format.format(isolatedAll(values, direction)));
  }
  const [first = "", ...rest] = partsOf(text);
  if (rest.length === 0) return () => first;
  return (values = {}) =>
    rest.reduce((said, part, at) => said + (at % 2 === 0 ? isolated(values[part] ?? "", direction) : part), first);
}

/** Letters that run from right to left, in the scripts that have them. */
const RIGHT_TO_LEFT = /[\u0590-\u08FF\uFB1D-\uFDFF\uFE70-\uFEFC]|\uD83A[\uDC00-\uDFFF]/;

/** Names keep their own direction and do not turn the sentence around: U+2068 and U+2069 stand around them. */
export function isolated(value: string | number, direction: Words["direction"]): string | number {
  const needsIsolation = typeof value === "string" && (direction === "rtl" || RIGHT_TO_LEFT.test(value));
  return needsIsolation ? `\u2068${value}\u2069` : value;
}

function isolatedAll(values: Values = {}, direction: Words["direction"]): Record<string, string | number> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, isolated(value, direction)]));
}
