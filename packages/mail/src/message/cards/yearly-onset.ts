// When a clock is put forward or back by a rule such as FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU. ical.js would go through all the
// years for each question, for seconds or for ever by some rules, and has days from the end of a month wrong.
import type ICAL from "ical.js";
import { wallOf } from "./calendar-text.ts";
import { ruleOf, WEEKDAYS } from "./repetition.ts";

const DAY_MS = 86_400_000;
/** In so many years a rule such as that of Sundays from the 25th to the 27th has come at least once. */
const YEARS_BACK = 12;

export interface Yearly {
  /** From 0. */
  readonly month: number;
  /** Undefined: any. */
  readonly days: readonly number[] | undefined;
  readonly weekday: number | undefined;
  /** Which of those weekdays of the month, from its end below 0; 0 is any. */
  readonly nth: number;
  readonly timeOfDay: number;
  readonly first: number;
  readonly until: number;
}

/** Undefined for a rule that is another one. */
export function yearlyOf(written: string, first: ICAL.Time, from: number): Yearly | undefined {
  const rule = ruleOf(written);
  if (rule?.freq !== "YEARLY" || rule.interval !== 1 || rule.count !== null) return undefined;
  const { BYMONTH = [], BYDAY = [], BYMONTHDAY = [], BYSETPOS = [] } = rule.parts;
  const isOpen = Object.keys(rule.parts).length === 0;
  const [month = first.month, ...others] = BYMONTH;
  if ((BYMONTH.length === 0 && !isOpen) || others.length > 0 || BYDAY.length > 1 || BYSETPOS.length > 0)
    return undefined;
  if (BYMONTHDAY.some((day) => day < 1)) return undefined;
  const [, nth = 0, name = ""] = /^([+-]?[1-5])?([A-Z]{2})$/.exec(String(BYDAY[0] ?? "")) ?? [];
  const weekday = WEEKDAYS.indexOf(name);
  if (BYDAY.length > 0 && weekday < 0) return undefined;
  const own = BYDAY.length === 0 ? [first.day] : undefined;
  return {
    month: month - 1,
    days: BYMONTHDAY.length > 0 ? BYMONTHDAY : own,
    weekday: BYDAY.length === 0 ? undefined : weekday,
    nth: Number(nth),
    timeOfDay: ((wallOf(first) % DAY_MS) + DAY_MS) % DAY_MS,
    first: wallOf(first),
    // RFC 5545 §3.6.5: UNTIL is in UTC.
    until: rule.until === null ? Infinity : wallOf(rule.until) + from,
  };
}

/** The last one by then, on the clock that was before it; -Infinity: there was none. */
export function latestOf(yearly: Yearly | undefined, wall: number): number {
  if (yearly === undefined) return -Infinity;
  const last = Math.min(wall, yearly.until);
  const year = new Date(last).getUTCFullYear();
  for (let back = 0; back <= YEARS_BACK; back += 1) {
    const onset = onsetsOf(yearly, year - back).findLast((one) => one <= last);
    if (onset !== undefined) return onset < yearly.first ? -Infinity : onset;
  }
  return -Infinity;
}

function onsetsOf({ month, days, weekday, nth, timeOfDay }: Yearly, year: number): readonly number[] {
  const length = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const begins = new Date(Date.UTC(year, month, 1));
  const isDay = (day: number): boolean => {
    const place = nth < 0 ? -Math.ceil((length - day + 1) / 7) : Math.ceil(day / 7);
    const isWeekday = weekday === undefined || (begins.getUTCDay() + day - 1) % 7 === weekday;
    return isWeekday && (nth === 0 || place === nth) && (days?.includes(day) ?? true);
  };
  return Array.from({ length }, (_, index) => index + 1)
    .filter(isDay)
    .map((day) => begins.getTime() + (day - 1) * DAY_MS + timeOfDay);
}
