// What a search could go on with: operators, their values where there are few of them, and people. Of what is typed only
// the last term is looked at, and only what would replace it is offered.
import type { MailboxRow, SearchOperator } from "../../api/schema/index.ts";
import { type Address, beginsLike } from "../compose/addresses.ts";
import type { WordId } from "../words/catalogue.ts";

export interface Offer {
  /** As one would type it. */
  readonly term: string;
  /** What it does, or who it is. */
  readonly means: { readonly word: WordId } | { readonly name: string } | null;
  /** The whole query once it is taken. */
  readonly query: string;
}

/** What is known by now of one's own mail. */
export interface Known {
  readonly people: readonly Address[];
  readonly mailboxes: readonly Pick<MailboxRow, "mailbox" | "role">[];
  /** Names; there is nothing to choose between fewer than two. */
  readonly accounts: readonly string[];
}

/** Without quotes, in lower case. */
interface LastTerm {
  readonly before: string;
  readonly minus: string;
  readonly operator: SearchOperator | null;
  readonly value: string;
  readonly isQuoted: boolean;
}

type Value = Omit<Offer, "query"> & {
  /** What one may begin to type for it. */
  readonly begins: readonly string[];
};

interface Operator {
  /** Without it, it is offered with its values alone. */
  readonly means?: WordId;
  /** What follows it; "typed" is what nobody can guess. */
  readonly values: Readonly<Record<string, WordId>> | "people" | "mailboxes" | "accounts" | "typed";
}

/** In the order they are offered. */
const OPERATORS: Readonly<Record<SearchOperator, Operator>> = {
  from: { means: "search.means.from", values: "people" },
  to: { means: "search.means.to", values: "people" },
  subject: { means: "search.means.subject", values: "typed" },
  has: { values: { attachment: "search.means.attachment" } },
  is: {
    means: "search.means.is",
    values: {
      unread: "search.means.unread",
      starred: "search.means.starred",
      read: "search.means.read",
      unstarred: "search.means.unstarred",
    },
  },
  in: { means: "search.means.in", values: "mailboxes" },
  on: { values: { server: "search.means.server" } },
  after: { means: "search.means.after", values: "typed" },
  before: { means: "search.means.before", values: "typed" },
  larger: { means: "search.means.larger", values: "typed" },
  smaller: { means: "search.means.smaller", values: "typed" },
  account: { means: "search.means.account", values: "accounts" },
};
const NAMES = Object.keys(OPERATORS) as readonly SearchOperator[];

const OFFERS_MAX = 8;
/** Of people, where a word may be meant as well. */
const NAMED_MAX = 4;
/** One letter begins nearly everybody. */
const WORD_MIN = 2;

/** Who is sought by the last term, if anybody is: to be asked for. */
export function personSought(query: string): string {
  const { operator, value, isQuoted } = lastTerm(query);
  if (operator !== null) return isOfPeople(operator) ? value : "";
  return isQuoted || value.length < WORD_MIN ? "" : value;
}

/** What `query` may become. Nothing where a term has ended and none begins, unless `isAsked`. */
export function offersFor(query: string, known: Known, { isAsked = false } = {}): readonly Offer[] {
  const last = lastTerm(query);
  const isEmpty = query.trim() === "" || (isAsked && /\s$/.test(query) && last.value === "");
  return (isEmpty ? operators(known) : valuesFor(last, known))
    .map(({ term, means }) => ({ term, means, query: `${last.before}${last.minus}${term}${goesOn(term) ? "" : " "}` }))
    .filter((offer) => offer.query.trimEnd() !== query);
}

function isOfPeople(operator: SearchOperator): boolean {
  return OPERATORS[operator].values === "people";
}

function goesOn(term: string): boolean {
  return term.endsWith(":");
}

function valuesFor(last: LastTerm, known: Known): readonly Value[] {
  const { operator, value, isQuoted } = last;
  const people = known.people.filter((one) => beginsLike(one, value));
  if (operator !== null) {
    const found = valuesOf(operator, known).filter(({ begins }) => begins.some((one) => beginsWith(one, value)));
    const named = isOfPeople(operator) ? people.map((one) => personValue(operator, one)) : [];
    return [...found, ...named].slice(0, OFFERS_MAX);
  }
  if (isQuoted || value === "") return [];
  const isNamed = ({ begins }: Value): boolean =>
    value.length >= WORD_MIN && begins.some((one) => beginsWith(one, value));
  const begun = [
    ...operators(known).filter((one) => beginsWith(one.term, value) || isNamed(one)),
    ...NAMES.filter((one) => OPERATORS[one].means !== undefined).flatMap((one) => closedValues(one).filter(isNamed)),
  ];
  const named = value.length < WORD_MIN ? [] : people.slice(0, NAMED_MAX).map((one) => personValue("from", one));
  return [...begun.slice(0, OFFERS_MAX - named.length), ...named];
}

function beginsWith(text: string, start: string): boolean {
  return text.toLowerCase().startsWith(start);
}

/** Each by its name where it has more than one value. */
function operators(known: Known): readonly Value[] {
  return NAMES.flatMap((operator) => {
    const named = operatorValues(operator, known);
    return named.length > 0 ? named : closedValues(operator);
  });
}

function operatorValues(operator: SearchOperator, { accounts }: Known): readonly Value[] {
  const { means, values } = OPERATORS[operator];
  const isOffered = means !== undefined && (values !== "accounts" || accounts.length > 1);
  return isOffered ? [{ term: `${operator}:`, means: { word: means }, begins: [] }] : [];
}

function valuesOf(operator: SearchOperator, { mailboxes, accounts }: Known): readonly Value[] {
  const { values } = OPERATORS[operator];
  if (values === "accounts") return accounts.map((name) => namedValue(operator, name));
  if (values !== "mailboxes") return closedValues(operator);
  const anywhere: Value = {
    term: `${operator}:anywhere`,
    means: { word: "search.means.anywhere" },
    begins: ["anywhere"],
  };
  const sayable = mailboxes.filter(({ mailbox, role }) => role !== null || mailbox.search(QUOTES) < 0);
  const all = [...sayable.map((one) => mailboxValue(operator, one)), anywhere];
  // Several accounts have one of that name.
  return [...new Map(all.map((one) => [one.term, one])).values()];
}

function closedValues(operator: SearchOperator): readonly Value[] {
  const { values } = OPERATORS[operator];
  if (typeof values === "string") return [];
  return Object.entries(values).map(([value, word]) => ({
    term: `${operator}:${value}`,
    means: { word },
    begins: [value],
  }));
}

/** One with a role is found by that, whatever its name. */
function mailboxValue(operator: SearchOperator, { mailbox, role }: Known["mailboxes"][number]): Value {
  if (role === null) return namedValue(operator, mailbox);
  return { term: `${operator}:${role}`, means: { word: `role.${role}` }, begins: [role, mailbox] };
}

function namedValue(operator: SearchOperator, name: string): Value {
  return { term: termOf(operator, name), means: null, begins: [name] };
}

function personValue(operator: SearchOperator, { name, address }: Address): Value {
  return { term: termOf(operator, address), means: name === "" ? null : { name }, begins: [] };
}

/** All that search takes for a quote: within one there is none, so that a name that has some cannot be said. */
const QUOTES = /["\u201c\u201d\u201e\u201f\u00ab\u00bb]/g;

/** Of words, quotes within are not missed: they part them as blanks do. */
function termOf(operator: SearchOperator, value: string): string {
  const text = value.replaceAll(QUOTES, " ");
  return `${operator}:${/\s/.test(text) ? `"${text}"` : text}`;
}

const WRITTEN = new RegExp(`^(-?)(?:(${NAMES.join("|")}):)?("?)([^"]*)$`, "i");

function lastTerm(query: string): LastTerm {
  let from = 0;
  let isQuoted = false;
  for (let at = 0; at < query.length; at += 1) {
    const letter = query.charAt(at);
    if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && /\s/.test(letter)) from = at + 1;
  }
  const [, minus = "", operator, quote = "", value = ""] = WRITTEN.exec(query.slice(from)) ?? [];
  return {
    before: query.slice(0, from),
    minus,
    operator: (operator?.toLowerCase() as SearchOperator | undefined) ?? null,
    value: value.toLowerCase(),
    isQuoted: quote !== "",
  };
}
