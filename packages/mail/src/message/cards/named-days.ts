// The days that an event names beside its rule: those it leaves out (RFC 5545 §3.8.5.1) and those it adds (§3.8.5.2).
import type ICAL from "ical.js";
import type { CalendarEvent, CalendarMoment } from "../contract.ts";
import { NAMED_DAYS_MAX } from "../limits.ts";
import { momentLike } from "./calendar-moment.ts";
import { timeOf, timesWritten } from "./calendar-text.ts";

export function namedDays(
  event: ICAL.Component,
  starts: CalendarMoment | undefined,
  calendar: ICAL.Component,
): Pick<CalendarEvent, "leftOut" | "added"> {
  const named = (name: "exdate" | "rdate"): readonly CalendarMoment[] => {
    const written = event
      .getAllProperties(name)
      .flatMap((property) => timesWritten(property).map((value) => ({ property, value })));
    const moments = written.slice(-NAMED_DAYS_MAX).flatMap(({ property, value }) => {
      const time = timeOf(value);
      return (time && momentLike(starts, { property, time, calendar })) ?? [];
    });
    return inOrder(moments);
  };
  const leftOut = named("exdate");
  // Programs list the first day with those they add. What is left out does not come, whoever adds it.
  const others = new Set([...(starts === undefined ? [] : [starts]), ...leftOut].map(shownBy));
  return { leftOut, added: named("rdate").filter((moment) => !others.has(shownBy(moment))) };
}

/** Each once. */
function inOrder(moments: readonly CalendarMoment[]): readonly CalendarMoment[] {
  const each = new Map(moments.map((moment) => [shownBy(moment), moment]));
  return [...each].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, moment]) => moment);
}

function shownBy({ written, zone = "" }: CalendarMoment): string {
  return `${written} ${zone}`;
}
