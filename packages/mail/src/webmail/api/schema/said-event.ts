// What an event is, when it is and how it repeats, in the words of whoever says it: the reader and the printed page say the
// same. Nothing is imported here that a browser would have to load.
import type { EventLabel } from "./event-labels.ts";
import { kept } from "./kept.ts";
import type { Body, CalendarMoment, Repetition } from "./mail.ts";

export type EventWord =
  | "calendar.here-and-there"
  | "calendar.there"
  | "calendar.days"
  | "calendar.weeks"
  | "calendar.workdays"
  | "calendar.months"
  | "calendar.years"
  | "calendar.nth-day"
  | "calendar.last-day"
  | "calendar.nth-weekday"
  | "calendar.of-month"
  | "calendar.in-zone"
  | "calendar.times"
  | "calendar.until"
  | "calendar.more";

export interface Saying {
  readonly locale: string;
  /** The reader's; undefined for that of this program. */
  readonly timeZone?: string | undefined;
  readonly say: (word: EventWord, values: Readonly<Record<string, string | number>>) => string;
}

type CalendarEvent = Extract<Body, { kind: "calendar" }>["event"];

interface SaidEvent {
  readonly kind: EventLabel;
  /** Those that are known. */
  readonly facts: readonly (readonly [label: EventLabel, text: string])[];
}

const TIME = { timeStyle: "short" } as const;
const DAY = { dateStyle: "full" } as const;
/** Of several days in a row, where a comma stands between them. */
const SHORT_DAY = { dateStyle: "long" } as const;
type DayStyle = typeof DAY | typeof SHORT_DAY;

const DAY_MS = 86_400_000;
/** Days that are named one by one. */
const NAMED_MAX = 5;

export function saidEvent(event: CalendarEvent, saying: Saying, now: number): SaidEvent {
  const { method, starts, ends, repeats, place, organiser, notes } = event;
  const named = (days: readonly CalendarMoment[]): string => saidNamed(toCome(days, now), event, saying);
  const facts = [
    ["calendar.starts", starts === undefined ? "" : saidMoment(starts, saying)],
    ["calendar.ends", ends === undefined ? "" : saidMoment(ends, saying)],
    ["calendar.repeats", saidRule(repeats, starts, saying)],
    ["calendar.left-out", named(event.leftOut)],
    ["calendar.added", named(event.added)],
    ["calendar.place", place],
    ["calendar.organiser", organiser],
    ["calendar.notes", notes],
  ] as const;
  return {
    kind: /^cancel$/i.test(method) ? "calendar.cancelled" : "calendar.title",
    facts: facts.filter(([, text]) => text !== ""),
  };
}

/** A rule that says more than a sentence is shown as it is. */
function saidRule(repeats: CalendarEvent["repeats"], starts: CalendarMoment | undefined, saying: Saying): string {
  const { rule = "", said } = repeats ?? {};
  return said === undefined ? rule : saidRepetition(said, starts, saying);
}

/** In the reader's zone, with the time where the event is when that is another. What names no moment is as it is written. */
export function saidMoment(moment: CalendarMoment, saying: Saying, day: DayStyle = DAY): string {
  const { zone, at } = moment;
  const whole = { ...day, ...TIME };
  const there = formatWritten(saying, moment.written.includes("T") ? whole : day, moment);
  if (zone === undefined) return there;
  if (at === undefined) return saying.say("calendar.there", { there, zone: zoneName(zone) });
  const here = format(saying, whole, at);
  if (here === there) return here;
  const isSameDay = isDayThere(moment, saying);
  const time = isSameDay ? formatWritten(saying, TIME, moment) : there;
  return saying.say("calendar.here-and-there", { here, there: time, zone: zoneName(zone) });
}

/** Of an event that starts then: the days of the rule, and the last of them, are days there. Empty for what comes once. */
export function saidRepetition(repetition: Repetition, starts: CalendarMoment | undefined, saying: Saying): string {
  const { count, until } = repetition;
  const { say } = saying;
  if (count === 1) return "";
  const often = saidOften(repetition, starts, saying);
  if (count !== undefined) return say("calendar.times", { often, count });
  return until === undefined ? often : say("calendar.until", { often, day: formatWritten(saying, DAY, until) });
}

/** Of many days those from the first that is not over; of those that are as many as there is room for. */
function toCome(days: readonly CalendarMoment[], now: number): readonly CalendarMoment[] {
  const isOver = ({ written, at = wallOf(written) }: CalendarMoment): boolean => at + DAY_MS <= now;
  return days.slice(Math.min(days.filter(isOver).length, Math.max(0, days.length - NAMED_MAX)));
}

function saidNamed(days: readonly CalendarMoment[], event: CalendarEvent, saying: Saying): string {
  const named = days.slice(0, NAMED_MAX).map((day) => saidDay(day, event, saying));
  const count = days.length - named.length;
  return listed(saying, count === 0 ? named : [...named, saying.say("calendar.more", { count })]);
}

/** With its time where that is not the one of the start, or where a rule that is no sentence may name several of a day. */
function saidDay(moment: CalendarMoment, { starts, repeats }: CalendarEvent, saying: Saying): string {
  const { zone, at } = moment;
  const isOnceADay = repeats === undefined || repeats.said !== undefined;
  const isUsual = clockOf(moment) === (starts && clockOf(starts));
  if (!isOnceADay || !isUsual) return saidMoment(moment, saying, SHORT_DAY);
  const there = formatWritten(saying, SHORT_DAY, moment);
  if (at === undefined || zone === undefined || isDayThere(moment, saying)) return there;
  return saying.say("calendar.here-and-there", { here: format(saying, SHORT_DAY, at), there, zone: zoneName(zone) });
}

function clockOf({ written, zone = "" }: CalendarMoment): string {
  return written.slice("2026-03-20".length) + zone;
}

function saidOften(repetition: Repetition, starts: CalendarMoment | undefined, saying: Saying): string {
  const { interval, weekdays } = repetition;
  // A week of all its days is no week. Every day is every day everywhere.
  if (repetition.every === "day" || (weekdays.length === 7 && interval === 1))
    return saying.say("calendar.days", { interval });
  const often = saidDays(repetition, saying);
  const zone = starts?.zone;
  if (starts === undefined || zone === undefined || isDayThere(starts, saying)) return often;
  return saying.say("calendar.in-zone", { often, zone: zoneName(zone) });
}

type NotDaily = Exclude<Repetition, { every: "day" }>;

function saidDays(repetition: NotDaily, saying: Saying): string {
  const { interval, weekdays } = repetition;
  const { say } = saying;
  switch (repetition.every) {
    case "week": {
      if (weekdays.join("") === "12345") return say("calendar.workdays", { interval });
      const on = listed(
        saying,
        [...weekdays].sort(fromMonday).map((one) => weekdayName(saying, one)),
      );
      return say("calendar.weeks", { interval, on });
    }
    case "month":
      return say("calendar.months", { interval, on: listed(saying, daysOfMonth(repetition, saying)) });
    case "year":
      return say("calendar.years", { interval, on: dayOfYear(repetition, saying) });
  }
}

function fromMonday(a: number, b: number): number {
  return ((a + 6) % 7) - ((b + 6) % 7);
}

function daysOfMonth({ days, places }: Repetition, saying: Saying): readonly string[] {
  const { say } = saying;
  return [
    ...days.map((day) => (day < 0 ? say("calendar.last-day", {}) : say("calendar.nth-day", { day }))),
    ...places.map(({ nth, weekday }) => say("calendar.nth-weekday", { nth, weekday: weekdayName(saying, weekday) })),
  ];
}

function dayOfYear(repetition: Extract<Repetition, { every: "year" }>, saying: Saying): string {
  const { days, places, month } = repetition;
  const name = (day: number, parts: Intl.DateTimeFormatOptions): string =>
    formatsOf(saying)
      .date({ ...parts, timeZone: "UTC" })
      .format(Date.UTC(LEAP_YEAR, month - 1, day));
  const isCounted = places.length === 0 && days.every((day) => day > 0);
  if (isCounted)
    return listed(
      saying,
      days.map((day) => name(day, { day: "numeric", month: "long" })),
    );
  const on = listed(saying, daysOfMonth(repetition, saying));
  return saying.say("calendar.of-month", { on, month: name(1, { month: "long" }) });
}

/** The 29th of February is a day of it; it begins with a Saturday. */
const LEAP_YEAR = 2_000;
const FIRST_SUNDAY = 2;

function weekdayName(saying: Saying, weekday: number): string {
  const day = Date.UTC(LEAP_YEAR, 0, FIRST_SUNDAY + weekday);
  return formatsOf(saying).date({ weekday: "long", timeZone: "UTC" }).format(day);
}

function listed(saying: Saying, several: readonly string[]): string {
  return formatsOf(saying).list().format(several);
}

/** `America/New_York` as people write it. */
function zoneName(zone: string): string {
  return zone.replaceAll("_", " ");
}

/** It is the same day where the reader is, as far as anybody knows. */
function isDayThere(moment: CalendarMoment, saying: Saying): boolean {
  return moment.at === undefined || format(saying, DAY, moment.at) === formatWritten(saying, DAY, moment);
}

function formatWritten(saying: Saying, style: Intl.DateTimeFormatOptions, { written }: CalendarMoment): string {
  return formatsOf(saying)
    .date({ ...style, timeZone: "UTC" })
    .format(wallOf(written));
}

/** What the hands of its clock show, as if they were those of UTC. */
function wallOf(written: string): number {
  return Date.parse(written.includes("T") ? `${written}Z` : written);
}

function format(saying: Saying, style: Intl.DateTimeFormatOptions, at: number): string {
  return formatsOf(saying)
    .date({ ...style, timeZone: saying.timeZone })
    .format(at);
}

interface Formats {
  readonly date: (style: Intl.DateTimeFormatOptions) => Intl.DateTimeFormat;
  readonly list: () => Intl.ListFormat;
}

/** They go with whoever says it: a page may be asked for in any language and zone. */
const FORMATS = new WeakMap<Saying, Formats>();

function formatsOf(saying: Saying): Formats {
  const { locale } = saying;
  const formats = FORMATS.get(saying) ?? {
    date: kept((style) => new Intl.DateTimeFormat(locale, style)),
    list: kept(() => new Intl.ListFormat(locale, { type: "conjunction" })),
  };
  FORMATS.set(saying, formats);
  return formats;
}
