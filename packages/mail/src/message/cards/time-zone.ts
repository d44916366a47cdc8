// Which moment a clock of some zone shows: by the name of the zone where it is one that everybody knows, else by what the
// calendar itself says of it (RFC 5545 §3.6.5), as programs do whose zones have names of their own.
import ICAL from "ical.js";
import { timeOf, wallOf, wordsOf } from "./calendar-text.ts";
import { ruleOf } from "./repetition.ts";

const DAY_MS = 86_400_000;
/** Of one zone; those that programs write have two, or some dozens of former ones. */
const OBSERVANCES_MAX = 100;
/** Of one observance. */
const DATES_MAX = 100;
/** In so many years a rule such as that of Sundays from the 25th to the 27th has come at least once. */
const YEARS_BACK = 12;
/** Of one rule in these years: a clock is not put forward more often. */
const ONSETS_MAX = 50;

export interface Zone {
  readonly name: string;
  /** Undefined where nothing tells. */
  readonly momentAt: (wall: number) => number | undefined;
}

export function zoneNamed(named: string, calendar: ICAL.Component): Zone {
  // Some programs put a path of their own before the name: /mozilla.org/20050126_1/Europe/Berlin.
  const [, tail = named] = /^\/.*?\/((?:[A-Z][A-Za-z_]+\/){1,2}[A-Z][A-Za-z_-]+)$/.exec(named) ?? [];
  for (const name of [named, tail]) {
    const offsetAt = knownOffset(name);
    if (offsetAt !== undefined) return { name, momentAt: (wall) => momentBy(offsetAt, wall) };
  }
  const described = calendar.getAllSubcomponents("vtimezone");
  const zone = described.find((one) => wordsOf(one.getFirstProperty("tzid")).trim() === named);
  return { name: named, momentAt: (wall) => (zone === undefined ? undefined : momentIn(zone, wall)) };
}

/** What is to be added to UTC at a moment. */
type OffsetAt = (at: number) => number;

function knownOffset(name: string): OffsetAt | undefined {
  try {
    const clock = new Intl.DateTimeFormat("en", { ...CLOCK, timeZone: name });
    return (at) => {
      const parts = new Map<string, number>(clock.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
      const part = (type: string): number => parts.get(type) ?? 0;
      return Date.UTC(part("year"), part("month") - 1, part("day"), part("hour"), part("minute"), part("second")) - at;
    };
  } catch {
    // A RangeError: there is no zone of that name.
    return undefined;
  }
}

const CLOCK = {
  hourCycle: "h23",
  year: "numeric",
  month: "numeric",
  day: "numeric",
  hour: "numeric",
  minute: "numeric",
  second: "numeric",
} as const;

/**
 * RFC 5545 §3.3.5: a time that comes twice, as a clock is put back, is the first of them; one that is left out, as it is
 * put forward, is told by the clock before that.
 */
function momentBy(offsetAt: OffsetAt, wall: number): number {
  const before = offsetAt(wall - DAY_MS);
  const after = offsetAt(wall + DAY_MS);
  const fits = [before, after].find((offset) => offsetAt(wall - offset) === offset);
  return wall - (fits ?? before);
}

/**
 * By its observances, and not by ICAL.Timezone: that one takes the other answer where a clock is put forward or back, UTC
 * for a time before the first of them, one date of several, and goes through every second since 1601 if it is told to.
 */
function momentIn(zone: ICAL.Component, wall: number): number | undefined {
  const observances = zone.getAllSubcomponents();
  if (observances.length > OBSERVANCES_MAX) return undefined;
  const known = observances.flatMap((one) => latestOf(one, wall) ?? []);
  const latest = known.toSorted((a, b) => b.onset - a.onset)[0];
  if (latest === undefined || latest.onset === -Infinity || known.length < observances.length) return undefined;
  const { from, to, onset } = latest;
  // What the clock left out as it was put forward.
  const isLeftOut = wall < onset + (to - from);
  return wall - (isLeftOut ? from : to);
}

interface Observance {
  readonly from: number;
  readonly to: number;
  /** When it last began by then, on the clock that was before it; -Infinity: it had not. */
  readonly onset: number;
}

/** Undefined where nobody can tell. */
function latestOf(said: ICAL.Component, wall: number): Observance | undefined {
  const [from, to] = [offsetOf(said, "tzoffsetfrom"), offsetOf(said, "tzoffsetto")];
  const first = timeOf(wordsOf(said.getFirstProperty("dtstart")));
  if (from === undefined || to === undefined || first === undefined) return undefined;
  const dates = said.getAllProperties("rdate").flatMap(({ jCal: [, , , ...values] }) => values);
  const named = dates.slice(0, DATES_MAX).flatMap((date) => timeOf(String(date)) ?? []);
  if (named.length < dates.length) return undefined;
  const rule = said.getFirstProperty("rrule");
  const others = rule === null ? [] : yearlyOnsets(wordsOf(rule), { first, from, wall });
  if (others === undefined) return undefined;
  const onsets = [...[first, ...named].map(wallOf), ...others];
  return { from, to, onset: Math.max(-Infinity, ...onsets.filter((onset) => onset <= wall)) };
}

/** `+0100` in milliseconds. */
function offsetOf(said: ICAL.Component, name: "tzoffsetfrom" | "tzoffsetto"): number | undefined {
  try {
    return ICAL.UtcOffset.fromString(wordsOf(said.getFirstProperty(name))).toSeconds() * 1_000;
  } catch {
    return undefined;
  }
}

interface Yearly {
  readonly first: ICAL.Time;
  readonly from: number;
  readonly wall: number;
}

/**
 * Of a rule such as FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU, those of the years before. Others take ical.js seconds or for ever,
 * or it has them wrong: days without a month, and days from the end of one.
 */
function yearlyOnsets(written: string, { first, from, wall }: Yearly): readonly number[] | undefined {
  const rule = ruleOf(written);
  if (rule?.freq !== "YEARLY" || rule.interval !== 1 || rule.count !== null) return undefined;
  const { BYMONTH = [], BYDAY = [], BYMONTHDAY = [], BYSETPOS = [] } = rule.parts;
  const isOfOneMonth = BYMONTH.length === 1 || Object.keys(rule.parts).length === 0;
  if (!isOfOneMonth || BYDAY.length > 1 || BYMONTHDAY.some((day) => day < 1) || BYSETPOS.length > 0) return undefined;
  // RFC 5545 §3.6.5: UNTIL is in UTC.
  const until = new Date(Math.min(wall, rule.until === null ? wall : wallOf(rule.until) + from));
  rule.until = ICAL.Time.fromJSDate(until, true);
  const start = first.clone();
  start.year = Math.max(start.year, until.getUTCFullYear() - YEARS_BACK);
  const onsets: number[] = [];
  try {
    const iterator = rule.iterator(start);
    for (let onset = iterator.next(); onset; onset = iterator.next()) {
      if (onsets.length === ONSETS_MAX) return undefined;
      onsets.push(wallOf(onset));
    }
  } catch {
    return undefined;
  }
  return onsets;
}
