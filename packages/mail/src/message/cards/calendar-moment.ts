// A day or a time of a calendar, as it is written and, where its zone is known, as a moment.
import ICAL from "ical.js";
import type { CalendarMoment } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { timeOf, wallOf, wordsOf } from "./calendar-text.ts";
import { type Zone, unknownZone, zoneNamed } from "./time-zone.ts";

const ZONE_CHARACTERS_MAX = 80;
const DAY_SECONDS = 86_400;
/** The last moment of the year 9999. */
const WALL_MAX = 253_402_300_799_999;

/** `time` is another one by the same clock. */
export function calendarMoment(
  property: ICAL.Property | null,
  calendar: ICAL.Component,
  time = timeOf(wordsOf(property)),
): CalendarMoment | undefined {
  if (property === null || time === undefined) return undefined;
  return time.isDate ? { written: time.toString() } : shown(wallOf(time), zoneOf(property, time, calendar));
}

/** RFC 5545 §3.3.6: days go by as the calendar has them, hours as they pass. */
export function momentAfter(
  property: ICAL.Property,
  duration: ICAL.Duration,
  calendar: ICAL.Component,
): CalendarMoment | undefined {
  const start = timeOf(wordsOf(property));
  const seconds = duration.toSeconds();
  if (start === undefined || seconds <= 0 || wallOf(start) + seconds * 1_000 > WALL_MAX) return undefined;
  if (start.isDate) {
    start.addDuration(duration);
    return { written: start.toString() };
  }
  const days = (7 * duration.weeks + duration.days) * DAY_SECONDS;
  const zone = zoneOf(property, start, calendar);
  const at = zone.momentAt(wallOf(start) + days * 1_000);
  if (at === undefined) return shown(wallOf(start) + seconds * 1_000, zone);
  return byClock(zone, at + (seconds - days) * 1_000);
}

export interface AnotherMoment {
  readonly property: ICAL.Property | null;
  readonly time: ICAL.Time;
  readonly calendar: ICAL.Component;
}

/** One of an event that starts then: by the same clock, as it is where nothing tells what that shows. */
export function momentLike(
  starts: CalendarMoment | undefined,
  { property, time, calendar }: AnotherMoment,
): CalendarMoment | undefined {
  // Of days it is a day, whatever time is written behind it.
  if (starts?.written.includes("T") === false) time.isDate = true;
  const moment = calendarMoment(property, calendar, time);
  if (moment?.at === undefined || starts?.zone === undefined) return moment;
  return byClock(zoneNamed(starts.zone, calendar), moment.at) ?? moment;
}

/** Undefined where nothing tells what its clock shows, and in a year that is not written with four digits. */
function byClock(zone: Zone, at: number): CalendarMoment | undefined {
  const wall = zone.wallAt(at);
  return wall === undefined || wall > WALL_MAX ? undefined : shown(wall, zone, at);
}

function zoneOf(property: ICAL.Property, time: ICAL.Time, calendar: ICAL.Component): Zone {
  if (time.zone === ICAL.Timezone.utcTimezone) return { name: "UTC", momentAt: (wall) => wall, wallAt: (at) => at };
  const named = safeHeaderText(property.getFirstParameter("tzid") ?? "", ZONE_CHARACTERS_MAX);
  // RFC 5545 §3.3.5: a time without a zone is that of the clock wherever one is.
  return named === "" ? unknownZone("") : zoneNamed(named, calendar);
}

function shown(wall: number, { name, momentAt }: Zone, at = momentAt(wall)): CalendarMoment {
  const written = new Date(wall).toISOString().slice(0, 16);
  return { written, ...(name === "" ? {} : { zone: name }), ...(at === undefined ? {} : { at }) };
}
