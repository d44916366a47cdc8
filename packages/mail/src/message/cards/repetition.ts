// A rule of repetition (RFC 5545 §3.3.10) that can be said in a sentence. It is not expanded: nobody computes the days.
import ICAL from "ical.js";
import type { CalendarMoment, RepeatedDays, Repetition } from "../contract.ts";

export const WEEKDAYS: readonly string[] = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
const NTH = [1, 2, 3, 4, 5, -1] as const;
const FREQUENCIES: Readonly<Record<string, Repetition["every"]>> = {
  DAILY: "day",
  WEEKLY: "week",
  MONTHLY: "month",
  YEARLY: "year",
};
/** The week's first day changes nothing of what is said. */
const KNOWN = new Set(["FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"]);
const RULE_CHARACTERS_MAX = 500;
const WHOLE_NUMBERS = /^[+-]?\d{1,3}(?:,[+-]?\d{1,3})*$/;
/** As they are written: ical.js takes 1e3 and 1x for one, no interval for one as well, and leaves out what is behind a day. */
const WRITTEN: ReadonlyMap<string, RegExp> = new Map([
  ["INTERVAL", /^[1-9]\d{0,3}$/],
  ["COUNT", /^[1-9]\d{0,8}$/],
  ["UNTIL", /^\d{8}(?:T\d{6}Z?)?$/],
  ["BYMONTHDAY", WHOLE_NUMBERS],
  ["BYMONTH", WHOLE_NUMBERS],
  ["BYSETPOS", WHOLE_NUMBERS],
]);

/** Undefined for what is no rule, and for one of which a part is not known here, or there twice. */
export function ruleOf(written: string): ICAL.Recur | undefined {
  const text = written.trim().toUpperCase();
  if (text.length > RULE_CHARACTERS_MAX) return undefined;
  const parts = text.split(";").map((part): [string, string] => {
    const [name = "", ...value] = part.split("=");
    return [name, value.join("=")];
  });
  const areKnown = parts.every(([name, value]) => KNOWN.has(name) && (WRITTEN.get(name)?.test(value) ?? true));
  if (!areKnown || new Map(parts).size < parts.length) return undefined;
  try {
    const rule = ICAL.Recur.fromString(text);
    // A day that there is not: see timeOf.
    return rule.until === null || text.includes(`UNTIL=${rule.until.toICALString()}`) ? rule : undefined;
  } catch {
    return undefined;
  }
}

export interface RuleOf {
  /** What the rule does not say is taken from there. */
  readonly starts: ICAL.Time | undefined;
  readonly until: (time: ICAL.Time) => CalendarMoment | undefined;
}

/** Undefined for what is no such rule, and for one that says more than a sentence. */
export function repetitionOf(written: string, { starts, until }: RuleOf): Repetition | undefined {
  const rule = ruleOf(written);
  const every = FREQUENCIES[rule?.freq ?? ""];
  if (rule === undefined || every === undefined) return undefined;
  const { interval, count, parts } = rule;
  const days = sayable(parts.BYMONTHDAY);
  const places = placesOf(parts);
  // It ends in one way, or not at all.
  if (!days || !places || (count !== null && (count < 1 || rule.until !== null))) return undefined;
  const when = whenOf(every, { starts, isEach: interval === 1, month: parts.BYMONTH ?? [], days, places });
  const end = rule.until === null ? undefined : until(rule.until);
  if (when === undefined || (rule.until !== null && end === undefined)) return undefined;
  return { ...when, interval, ...(count === null ? {} : { count }), ...(end === undefined ? {} : { until: end }) };
}

/** Days from the first on, or the last one, in order. Undefined where there is another. */
function sayable(days: readonly number[] = []): readonly number[] | undefined {
  if (!days.every((day) => day > 0 || day === -1)) return undefined;
  return days.toSorted((a, b) => (a < 0 ? 1 : b < 0 ? -1 : a - b));
}

/** Of a weekday without a number: all of them. */
type Place = Omit<Repetition["places"][number], "nth"> & { readonly nth: (typeof NTH)[number] | undefined };

/** Undefined where one is none. Outlook writes BYDAY=TU;BYSETPOS=2 for BYDAY=2TU. */
function placesOf({ BYDAY = [], BYSETPOS = [] }: ICAL.Recur["parts"]): readonly Place[] | undefined {
  const places: Place[] = [];
  for (const day of BYDAY) {
    const [, nth, name = ""] = /^(\+?[1-5]|-1)?([A-Z]{2})$/.exec(String(day)) ?? [];
    const weekday = WEEKDAYS.indexOf(name);
    if (weekday < 0) return undefined;
    places.push({ nth: NTH.find((one) => one === Number(nth)), weekday });
  }
  if (BYSETPOS.length === 0) return places;
  const [only] = places;
  const [position, ...others] = BYSETPOS;
  const nth = NTH.find((one) => one === position);
  const isOne = places.length === 1 && others.length === 0 && only?.nth === undefined;
  return isOne && only !== undefined && nth !== undefined ? [{ ...only, nth }] : undefined;
}

interface When {
  readonly starts: ICAL.Time | undefined;
  /** No day, week, month or year is left out. */
  readonly isEach: boolean;
  readonly month: readonly number[];
  readonly days: readonly number[];
  readonly places: readonly Place[];
}

/** RFC 5545 §3.3.10: what a rule leaves open is as the event begins. */
function whenOf(every: Repetition["every"], when: When): RepeatedDays | undefined {
  const { starts, isEach, month, days, places } = when;
  const none = { weekdays: [], days: [], places: [] };
  switch (every) {
    case "day":
    case "week": {
      const weekdays = [...new Set(places.map(({ weekday }) => weekday))].toSorted();
      const areAll = places.every(({ nth }) => nth === undefined);
      if (month.length + days.length > 0 || !areAll) return undefined;
      if (every === "day" && weekdays.length === 0) return { ...none, every };
      const on = weekdays.length === 0 && starts !== undefined ? [starts.dayOfWeek() - 1] : weekdays;
      const isOfWeeks = on.length > 0 && (every === "week" || isEach);
      return isOfWeeks ? { ...none, every: "week", weekdays: on } : undefined;
    }
    case "month":
      return month.length > 0 ? undefined : inMonth({ every, ...none }, when);
    case "year": {
      // Of a year, days without a month are those of every month, or of the whole year.
      const isOpen = month.length === 0 && days.length + places.length === 0;
      const [only, ...others] = isOpen && starts !== undefined ? [starts.month] : month;
      if (only === undefined || others.length > 0) return undefined;
      const inYear = inMonth({ every, month: only, ...none }, when);
      return inYear?.days.every((day) => day <= longest(only)) === true ? inYear : undefined;
    }
  }
}

/** Of a month the days that it has at most: those of a leap year. */
function longest(month: number): number {
  return new Date(Date.UTC(2000, month, 0)).getUTCDate();
}

function inMonth(within: RepeatedDays, { starts, days, places }: When): RepeatedDays | undefined {
  // Friday the 13th.
  if (days.length > 0 && places.length > 0) return undefined;
  const counted = places.flatMap(({ nth, weekday }) => (nth === undefined ? [] : [{ nth, weekday }]));
  if (counted.length < places.length) return undefined;
  if (places.length > 0) return { ...within, places: counted };
  const on = days.length === 0 && starts !== undefined ? [starts.day] : days;
  return on.length === 0 ? undefined : { ...within, days: on };
}
