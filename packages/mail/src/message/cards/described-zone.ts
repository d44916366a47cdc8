// A clock as a calendar itself describes it (RFC 5545 §3.6.5). By its observances, and not by ICAL.Timezone: that one takes
// the other answer where a clock is put forward or back, UTC for a time before the first of them, one date of several, and
// goes through every second since 1601 if it is told to.
import type ICAL from "ical.js";
import { offsetOf, timeOf, timesWritten, wallOf, wordsOf } from "./calendar-text.ts";
import { type Yearly, latestOf, yearlyOf } from "./yearly-onset.ts";

/** Of one zone; those that programs write have two, or some dozens of former ones. */
const OBSERVANCES_MAX = 100;
/** Of one observance. */
const DATES_MAX = 100;

interface Observance {
  readonly from: number;
  readonly to: number;
  /** When it begins, on the clock that was before it. */
  readonly dates: readonly number[];
  readonly yearly: Yearly | undefined;
}

/** Each zone is read once, however often it is asked. */
const known = new WeakMap<ICAL.Component, readonly Observance[]>();

export function momentIn(zone: ICAL.Component, wall: number): number | undefined {
  const latest = latestIn(zone, () => wall);
  // What the clock left out as it was put forward is told by the clock before.
  return latest && wall - (wall < latest.onset + latest.to - latest.from ? latest.from : latest.to);
}

export function wallIn(zone: ICAL.Component, at: number): number | undefined {
  const latest = latestIn(zone, ({ from }) => at + from);
  return latest && at + latest.to;
}

/** The observance that began last by then; undefined where none had. */
function latestIn(
  zone: ICAL.Component,
  wallOn: (observance: Observance) => number,
): (Observance & { readonly onset: number }) | undefined {
  const begun = observancesOf(zone).map((one) => {
    const wall = wallOn(one);
    const onset = Math.max(-Infinity, ...one.dates.filter((date) => date <= wall), latestOf(one.yearly, wall));
    return { ...one, onset, since: onset - wall };
  });
  const latest = begun.toSorted((a, b) => b.since - a.since)[0];
  return latest === undefined || latest.onset === -Infinity ? undefined : latest;
}

/** None where one of them is not understood. */
function observancesOf(zone: ICAL.Component): readonly Observance[] {
  const found = known.get(zone);
  if (found !== undefined) return found;
  const said = zone.getAllSubcomponents();
  const read = said.length > OBSERVANCES_MAX ? [] : said.flatMap((one) => observanceOf(one) ?? []);
  const observances = read.length < said.length ? [] : read;
  known.set(zone, observances);
  return observances;
}

function observanceOf(said: ICAL.Component): Observance | undefined {
  const [from, to] = [offsetOf(said, "tzoffsetfrom"), offsetOf(said, "tzoffsetto")];
  const first = timeOf(wordsOf(said.getFirstProperty("dtstart")));
  if (from === undefined || to === undefined || first === undefined) return undefined;
  const dates = said.getAllProperties("rdate").flatMap(timesWritten);
  const named = dates.slice(0, DATES_MAX).flatMap((date) => timeOf(date) ?? []);
  if (named.length < dates.length) return undefined;
  const rule = said.getFirstProperty("rrule");
  const yearly = rule === null ? undefined : yearlyOf(wordsOf(rule), first, from);
  if (rule !== null && yearly === undefined) return undefined;
  return { from, to, dates: [first, ...named].map(wallOf), yearly };
}
