// A rule of repetition (RFC 5545 §3.3.10) that can be said in a sentence. It is not expanded: nobody computes the days.
import type { CalendarMoment, Repetition } from "../contract.ts";

const WEEKDAYS = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const FREQUENCIES: Readonly<Record<string, Repetition["every"]>> = {
  DAILY: "day",
  WEEKLY: "week",
  MONTHLY: "month",
  YEARLY: "year",
};
/** The week's first day changes nothing of what is said. */
const KNOWN = new Set(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"]);

export interface RuleOf {
  /** What its first clock shows, see wall-time.ts: what the rule does not say is taken from there. */
  readonly starts: number | undefined;
  readonly until: (value: string) => CalendarMoment | undefined;
}

/** Undefined for what is no such rule, and for one that says more than a sentence. */
export function repetitionOf(rule: string, { starts, until }: RuleOf): Repetition | undefined {
  const parts = partsOf(rule);
  const every = FREQUENCIES[parts?.get("FREQ") ?? ""];
  if (parts === undefined || every === undefined) return undefined;
  const interval = counts(parts.get("INTERVAL") ?? "1", 9_999);
  const count = counts(parts.get("COUNT") ?? "", 999_999_999);
  const month = counts(parts.get("BYMONTH") ?? "", 12);
  const days = numbers(parts.get("BYMONTHDAY") ?? "", 31);
  const places = placesOf(parts.get("BYDAY") ?? "", parts.get("BYSETPOS"));
  if (interval?.length !== 1 || !count || count.length > 1 || !month || !days || !places) return undefined;
  const begins = starts === undefined ? undefined : new Date(starts);
  const isEach = interval[0] === 1;
  const when = whenOf(every, { begins, isEach, month, days, places });
  const written = parts.get("UNTIL");
  const end = written === undefined ? undefined : until(written);
  // It ends in one way, or not at all.
  if (when === undefined || (written !== undefined && (end === undefined || count.length > 0))) return undefined;
  const [often] = count;
  return {
    ...when,
    interval: interval[0] ?? 1,
    ...(often === undefined ? {} : { count: often }),
    ...(end === undefined ? {} : { until: end }),
  };
}

/** Undefined where a part is not known here, or there twice. */
function partsOf(rule: string): ReadonlyMap<string, string> | undefined {
  const parts = new Map<string, string>();
  for (const part of rule.trim().toUpperCase().split(";")) {
    const [name = "", value = ""] = part.split("=");
    if (!KNOWN.has(name) || value === "" || parts.has(name)) return undefined;
    parts.set(name, value);
  }
  return parts;
}

/** From 1 to `max`, or -1 for the last; each once, in order. Undefined where there is another. */
function numbers(list: string, max: number): readonly number[] | undefined {
  if (list === "") return [];
  const all = list.split(",").map((one) => (/^\+?\d{1,9}$|^-1$/.test(one) ? Number(one) : 0));
  const isSayable = all.every((one) => (one >= 1 && one <= max) || one === -1);
  return isSayable ? [...new Set(all)].toSorted((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b)) : undefined;
}

/** The same without the last. */
function counts(list: string, max: number): readonly number[] | undefined {
  const all = numbers(list, max);
  return all?.every((one) => one > 0) === true ? all : undefined;
}

/** Of a weekday without a number: all of them. */
type Place = Omit<Repetition["places"][number], "nth"> & { readonly nth: number | undefined };

/** Undefined where one is none. Outlook writes BYDAY=TU;BYSETPOS=2 for BYDAY=2TU. */
function placesOf(days: string, at: string | undefined): readonly Place[] | undefined {
  const position = at === undefined ? undefined : numbers(at, 5);
  const places: Place[] = [];
  for (const day of days === "" ? [] : days.split(",")) {
    const [, nth, name = ""] = /^(\+?[1-5]|-1)?([A-Z]{2})$/.exec(day) ?? [];
    const weekday = WEEKDAYS.indexOf(name);
    if (weekday < 0 || places.length >= 35) return undefined;
    places.push({ nth: nth === undefined ? undefined : Number(nth), weekday });
  }
  if (at === undefined) return places;
  const [only] = places;
  const isOne = only?.nth === undefined && places.length === 1 && position?.length === 1;
  return isOne && only !== undefined ? [{ ...only, nth: position[0] }] : undefined;
}

interface When {
  readonly begins: Date | undefined;
  /** No day, week, month or year is left out. */
  readonly isEach: boolean;
  readonly month: readonly number[];
  readonly days: readonly number[];
  readonly places: readonly Place[];
}

type Sayable = Pick<Repetition, "every" | "weekdays" | "days" | "places" | "month">;

/** RFC 5545 §3.3.10: what a rule leaves open is as the event begins. */
function whenOf(every: Repetition["every"], when: When): Sayable | undefined {
  const { begins, isEach, month, days, places } = when;
  const none = { weekdays: [], days: [], places: [] };
  switch (every) {
    case "day":
    case "week": {
      const weekdays = [...new Set(places.map(({ weekday }) => weekday))].toSorted();
      const areAll = places.every(({ nth }) => nth === undefined);
      if (month.length + days.length > 0 || !areAll) return undefined;
      if (every === "day" && weekdays.length === 0) return { ...none, every };
      const on = weekdays.length === 0 && begins !== undefined ? [begins.getUTCDay()] : weekdays;
      const isOfWeeks = on.length > 0 && (every === "week" || isEach);
      return isOfWeeks ? { ...none, every: "week", weekdays: on } : undefined;
    }
    case "month":
      return month.length > 0 ? undefined : inMonth({ every, ...none }, when);
    case "year": {
      // Of a year, days without a month are those of every month, or of the whole year.
      const isOpen = month.length === 0 && days.length + places.length === 0;
      const [only, ...others] = isOpen && begins !== undefined ? [begins.getUTCMonth() + 1] : month;
      return only === undefined || others.length > 0 ? undefined : inMonth({ every, month: only, ...none }, when);
    }
  }
}

function inMonth(within: Sayable, { begins, days, places }: When): Sayable | undefined {
  // Friday the 13th.
  if (days.length > 0 && places.length > 0) return undefined;
  const counted = places.flatMap(({ nth, weekday }) => (nth === undefined ? [] : [{ nth, weekday }]));
  if (counted.length < places.length) return undefined;
  if (places.length > 0) return { ...within, places: counted };
  const on = days.length === 0 && begins !== undefined ? [begins.getUTCDate()] : days;
  return on.length === 0 ? undefined : { ...within, days: on };
}
