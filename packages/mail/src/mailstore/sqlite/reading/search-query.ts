// What somebody typed into the search box, made into what the index can be asked. Whatever is typed, it is a query: words
// reach the full-text index quoted, what an operator cannot make sense of is said and left out.
import type { SearchOperator, SearchProblem, SearchTerm } from "../../reading-index.ts";
import { placesInSecond } from "./schema.ts";
import { endsInLoneLetter, soughtText } from "./words.ts";

const textMax = 1_000;
const termsMax = 32;

/** Plain data: it crosses to a thread. */
export interface SearchPlan {
  /** Of the full-text index; undefined when no word is sought. */
  readonly match: string | undefined;
  /** Of the full-text index, and not wanted. */
  readonly without: string | undefined;
  readonly conditions: readonly Condition[];
  /** Positions from here, and below there. */
  readonly from: number | undefined;
  readonly below: number | undefined;
  /** What `in:` was typed with. */
  readonly mailboxes: readonly NamedTerm[];
  /** Messages that are still on the server, or not. */
  readonly onServer: boolean | undefined;
  /** What `account:` was typed with. */
  readonly accounts: readonly NamedTerm[];
}

export interface NamedTerm {
  /** As typed. */
  readonly name: string;
  readonly isNegated: boolean;
  /** It may be the beginning of a name. */
  readonly mayGoOn: boolean;
}

/** On a row of `e`. The text is ours, values are bound. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

export interface ParsedQuery {
  readonly plan: SearchPlan;
  readonly terms: readonly SearchTerm[];
  readonly problems: readonly SearchProblem[];
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] extends readonly (infer Item)[] ? Item[] : T[K] };

interface Building extends Omit<Mutable<SearchPlan>, "match" | "without"> {
  readonly wanted: string[];
  readonly unwanted: string[];
}

interface Written extends SearchTerm {
  /** In quotes: whole words. */
  readonly isQuoted: boolean;
  /** Nothing was typed behind it. */
  readonly isLast: boolean;
}

/** Adds what a term asks for. Gives a problem when it makes no sense. */
type Understand = (plan: Building, term: Written) => SearchProblem | undefined;

const inColumn =
  (column: string): Understand =>
  (plan, term) =>
    addWords(plan, term, column);

const named =
  (what: "mailboxes" | "accounts"): Understand =>
  (plan, { value, isNegated, isLast, isQuoted }) => {
    plan[what].push({ name: value, isNegated, mayGoOn: isLast && !isQuoted });
    return undefined;
  };

const OPERATORS: Readonly<Record<SearchOperator, Understand>> = {
  from: inColumn("sender"),
  to: inColumn("recipient"),
  subject: inColumn("subject"),
  has: oneOf({ attachment: "e.attachments > 0", attachments: "e.attachments > 0" }),
  is: oneOf({
    unread: "e.unread = 1",
    read: "e.unread = 0",
    starred: "e.starred = 1",
    unstarred: "e.starred = 0",
  }),
  in: named("mailboxes"),
  account: named("accounts"),
  before: (plan, term) => between(plan, term, "below"),
  after: (plan, term) => between(plan, term, "from"),
  larger: (plan, term) => sized(plan, term, ">"),
  smaller: (plan, term) => sized(plan, term, "<"),
  on: (plan, term) => {
    if (term.value.toLowerCase() !== "server") return unknownValue(term, ["server"]);
    plan.onServer = !term.isNegated;
    return undefined;
  },
};

const quotes = /[\u201c\u201d\u201e\u201f\u00ab\u00bb]/g;
const written = new RegExp(`(-?)(?:(${Object.keys(OPERATORS).join("|")}):)?(?:"([^"]*)("?)|([^\\s"]+)|(?<=:))`, "giy");

export function parseQuery(typed: string): ParsedQuery {
  const problems: SearchProblem[] = [];
  if (typed.length > textMax) problems.push({ code: "query-cut", characters: textMax });
  // oxlint-disable-next-line no-control-regex -- NUL would end the text in the middle of a quoted word
  const text = typed
    .slice(0, textMax)
    .replace(/[\u0000-\u001f\u007f]/g, " ")
    .replace(quotes, '"');
  const all = writtenTerms(text);
  if (all.length > termsMax) problems.push({ code: "terms-cut", words: termsMax });
  const plan: Building = {
    wanted: [],
    unwanted: [],
    conditions: [],
    from: undefined,
    below: undefined,
    mailboxes: [],
    onServer: undefined,
    accounts: [],
  };
  const terms: SearchTerm[] = [];
  for (const term of all.slice(0, termsMax)) {
    const { operator, value, isNegated } = term;
    const understand = operator === undefined ? addWords : OPERATORS[operator];
    const problem: SearchProblem | undefined =
      value === "" ? { code: "empty-term", term: typedAs(term) } : understand?.(plan, term);
    if (problem === undefined) terms.push({ operator, value, isNegated });
    else problems.push(problem);
  }
  const { wanted, unwanted, ...rest } = plan;
  const match = wanted.length === 0 ? undefined : wanted.join(" AND ");
  return {
    plan: { ...rest, match, without: unwanted.length === 0 ? undefined : unwanted.join(" OR ") },
    terms,
    problems,
  };
}

function writtenTerms(text: string): readonly Written[] {
  const terms: Written[] = [];
  written.lastIndex = 0;
  for (let at = 0; at < text.length; at = Math.max(at + 1, written.lastIndex)) {
    written.lastIndex = at;
    const found = written.exec(text);
    if (found === null) {
      written.lastIndex = at + 1;
      continue;
    }
    const [, minus, operator, quoted, close, bare] = found;
    // A minus alone is no negation of nothing, and no word.
    if (operator === undefined && quoted === undefined && (bare === undefined || bare === "-")) continue;
    terms.push({
      operator: operator?.toLowerCase() as SearchOperator | undefined,
      value: (quoted ?? bare ?? "").trim(),
      isNegated: minus === "-",
      isQuoted: close === '"',
      isLast: written.lastIndex === text.length,
    });
  }
  return terms;
}

const anyColumn = "{subject sender recipient attachment body}";

function addWords(plan: Building, term: Written, column = anyColumn): SearchProblem | undefined {
  const text = soughtText(term.value).trim();
  // Nothing the index knows as a word, such as a dash or a smile.
  if (!/[\p{L}\p{N}\p{Co}]/u.test(text)) return { code: "no-word", term: typedAs(term) };
  const mayGoOn = term.isLast && !term.isQuoted && mayBePrefix(term.value);
  const prefix = mayGoOn || endsInLoneLetter(text) ? "*" : "";
  const phrase = `${column} : "${text.replaceAll('"', '""')}"${prefix}`;
  (term.isNegated ? plan.unwanted : plan.wanted).push(phrase);
  return undefined;
}

function typedAs({ operator, value }: Written): string {
  return operator === undefined ? `"${value}"` : `${operator}:${value}`;
}

function unknownValue(term: Written, known: readonly string[]): SearchProblem {
  const { operator = "" } = term;
  return { code: "unknown-value", term: typedAs(term), known: known.map((value) => `${operator}:${value}`) };
}

/** One letter begins nearly every message. */
function mayBePrefix(value: string): boolean {
  const last = /[\p{L}\p{N}\p{M}\p{Co}]+$/u.exec(value)?.[0] ?? "";
  return [...last].length > 1;
}

function oneOf(sqlByValue: Readonly<Record<string, string>>): Understand {
  return (plan, term) => {
    const value = term.value.toLowerCase();
    const sql = Object.hasOwn(sqlByValue, value) ? sqlByValue[value] : undefined;
    if (sql === undefined) return unknownValue(term, Object.keys(sqlByValue));
    plan.conditions.push({ sql: term.isNegated ? `NOT (${sql})` : sql, values: [] });
    return undefined;
  };
}

/** A year, a month or a day, where this computer is. */
function between(plan: Building, term: Written, end: "from" | "below"): SearchProblem | undefined {
  const ms = startOf(term.value);
  if (ms === undefined) return { code: "no-date", term: typedAs(term) };
  const position = Math.floor(ms / 1_000) * placesInSecond;
  // "not before" is "after", and the other way round.
  const side = term.isNegated === (end === "from") ? "below" : "from";
  plan[side] = side === "from" ? Math.max(plan.from ?? 0, position) : Math.min(plan.below ?? Infinity, position);
  return undefined;
}

function startOf(value: string): number | undefined {
  const [, year, month = "1", day = "1"] = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(value) ?? [];
  if (year === undefined) return undefined;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  const isReal = date.getMonth() === Number(month) - 1 && date.getDate() === Number(day);
  return isReal && Number(year) >= 1970 ? date.getTime() : undefined;
}

const UNITS: Readonly<Record<string, number>> = { "": 1, b: 1, k: 1e3, kb: 1e3, m: 1e6, mb: 1e6, g: 1e9, gb: 1e9 };

function sized(plan: Building, term: Written, sign: "<" | ">"): SearchProblem | undefined {
  const [, amount, unit = ""] = /^(\d{1,12}(?:\.\d{1,3})?)([kmg]?b?)$/i.exec(term.value) ?? [];
  const factor = UNITS[unit.toLowerCase()];
  if (amount === undefined || factor === undefined) return { code: "no-size", term: typedAs(term) };
  const sql = `e.octets ${sign} ?`;
  plan.conditions.push({ sql: term.isNegated ? `NOT (${sql})` : sql, values: [Number(amount) * factor] });
  return undefined;
}
