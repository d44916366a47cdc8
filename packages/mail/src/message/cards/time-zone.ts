// Which moment a clock of some zone shows: by the name of the zone where it is one that everybody knows, else by what the
// calendar itself says of it (RFC 5545 §3.6.5), as programs do whose zones have names of their own.
import type { Component } from "./calendar-text.ts";
import { repetitionOf } from "./repetition.ts";
import { wallTime, weekdayOfMonth } from "./wall-time.ts";

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Of one zone; those that programs write have two, or some dozens of former ones. */
const OBSERVANCES_MAX = 200;

export interface Zone {
  readonly name: string;
  /** Undefined where nothing tells. */
  readonly momentAt: (wall: number) => number | undefined;
}

export function zoneNamed(named: string, described: readonly Component[]): Zone {
  // Some programs put a path of their own before the name: /mozilla.org/20050126_1/Europe/Berlin.
  const [, tail = named] = /^\/.*?\/((?:[A-Z][A-Za-z_]+\/){1,2}[A-Z][A-Za-z_-]+)$/.exec(named) ?? [];
  for (const name of [named, tail]) {
    const offsetAt = knownOffset(name);
    if (offsetAt !== undefined) return { name, momentAt: (wall) => momentBy(offsetAt, wall) };
  }
  const zone = described.find(({ properties }) => properties.get("TZID")?.value.trim() === named);
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

function momentIn(zone: Component, wall: number): number | undefined {
  const observances = zone.parts
    .filter(({ kind }) => kind === "STANDARD" || kind === "DAYLIGHT")
    .slice(0, OBSERVANCES_MAX)
    .map((one) => latestOf(one, wall));
  let latest: Observance | undefined;
  for (const one of observances) {
    if (one === undefined) return undefined;
    if (one.onset > (latest?.onset ?? -Infinity)) latest = one;
  }
  if (latest === undefined) return undefined;
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
function latestOf({ properties }: Component, wall: number): Observance | undefined {
  const value = (name: string): string => properties.get(name)?.value.trim() ?? "";
  const [from, to] = [offsetOf(value("TZOFFSETFROM")), offsetOf(value("TZOFFSETTO"))];
  const first = wallTime(value("DTSTART"));
  if (from === undefined || to === undefined || first === undefined) return undefined;
  const rule = value("RRULE");
  const others = rule === "" ? namedOnsets(value("RDATE")) : yearlyOnsets(rule, { first, from, wall });
  return others && { from, to, onset: Math.max(-Infinity, ...[first, ...others].filter((one) => one <= wall)) };
}

/** `+0100` in milliseconds. */
function offsetOf(written: string): number | undefined {
  const [, sign, hours, minutes] = /^([+-])(\d{2})(\d{2})(?:\d{2})?$/.exec(written) ?? [];
  if (sign === undefined) return undefined;
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
}

function namedOnsets(dates: string): readonly number[] {
  return dates.split(",", OBSERVANCES_MAX).flatMap((date) => wallTime(date.trim()) ?? []);
}

interface Yearly {
  readonly first: number;
  readonly from: number;
  readonly wall: number;
}

/** Of a rule such as FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU: those of the year and of the one before. */
function yearlyOnsets(rule: string, { first, from, wall }: Yearly): readonly number[] | undefined {
  const until = (value: string): { readonly written: string; readonly at: number } | undefined => {
    const at = wallTime(value);
    return at === undefined ? undefined : { written: value, at };
  };
  const yearly = repetitionOf(rule, { starts: first, until });
  if (yearly?.every !== "year" || yearly.interval !== 1 || yearly.count !== undefined) return undefined;
  const { month = 1, days, places } = yearly;
  const [place] = places;
  const [fixed = 1] = days;
  if (places.length > 1 || days.length > 1 || fixed < 1) return undefined;
  const timeOfDay = first - Math.floor(first / DAY_MS) * DAY_MS;
  const year = new Date(wall).getUTCFullYear();
  return [year, year - 1].flatMap((one) => {
    const day = place === undefined ? fixed : weekdayOfMonth({ year: one, month, ...place });
    if (day === undefined) return [];
    const onset = Date.UTC(one, month - 1, day) + timeOfDay;
    // RFC 5545 §3.6.5: UNTIL is in UTC.
    return onset >= first && onset - from <= (yearly.until?.at ?? Infinity) ? [onset] : [];
  });
}
