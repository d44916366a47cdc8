// The first event of a calendar part (RFC 5545) as plain words. Shown, not computed with: a rule of repetition is never
// expanded, an attached address never fetched.
import ICAL from "ical.js";
import type { CalendarEvent, CalendarMoment } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { SMALL_PART_OCTETS_MAX } from "../limits.ts";
import { decodeText, firstOf } from "../mime/charset.ts";
import { cleanText } from "../text/clean-text.ts";
import { calendarMoment, momentAfter, momentLike } from "./calendar-moment.ts";
import { calendarOf, durationOf, timeOf, wordsOf } from "./calendar-text.ts";
import { namedDays } from "./named-days.ts";
import { repetitionOf } from "./repetition.ts";

const DAY_MS = 86_400_000;

export function calendarEvent(octets: Uint8Array, charset: string | undefined): CalendarEvent | undefined {
  const calendar = calendarOf(decodeText(firstOf(octets, SMALL_PART_OCTETS_MAX), charset ?? "utf-8"));
  if (calendar === undefined) return undefined;
  const event = calendar.getFirstSubcomponent("vevent") ?? new ICAL.Component("vevent");
  const words = (name: string): string => safeHeaderText(wordsOf(event.getFirstProperty(name)));
  const starts = calendarMoment(event.getFirstProperty("dtstart"), calendar);
  const ends = lastOf(starts, endOf(event, calendar));
  const repeats = repetition(event, starts, calendar);
  return {
    method: safeHeaderText(wordsOf(calendar.getFirstProperty("method")), 40).toUpperCase(),
    title: words("summary"),
    place: words("location"),
    organiser: organiser(event.getFirstProperty("organizer")),
    ...(starts === undefined ? {} : { starts }),
    ...(ends === undefined ? {} : { ends }),
    ...(repeats === undefined ? {} : { repeats }),
    ...namedDays(event, starts, calendar),
    notes: cleanText(wordsOf(event.getFirstProperty("description")).slice(0, 8_192)),
  };
}

// An organiser that is not a mail address is none.
function organiser(property: ICAL.Property | null): string {
  const address = /^mailto:(.{1,320})$/i.exec(wordsOf(property).trim())?.[1];
  if (address === undefined) return "";
  const words = safeHeaderText(property?.getFirstParameter("cn") ?? "", 200);
  const clean = safeHeaderText(address);
  return words === "" || words === clean ? clean : `${words} <${clean}>`;
}

/** RFC 5545 §3.6.1: its end, or how long it takes. */
function endOf(event: ICAL.Component, calendar: ICAL.Component): CalendarMoment | undefined {
  const [start, end] = [event.getFirstProperty("dtstart"), event.getFirstProperty("dtend")];
  if (start === null || end !== null) return calendarMoment(end, calendar);
  const duration = durationOf(wordsOf(event.getFirstProperty("duration")));
  return duration && momentAfter(start, duration, calendar);
}

/** RFC 5545 §3.6.1: an event of days ends before the day that is its end. */
function lastOf(starts: CalendarMoment | undefined, ends: CalendarMoment | undefined): CalendarMoment | undefined {
  if (ends === undefined || ends.written.includes("T")) return ends;
  const last = new Date(Date.parse(ends.written) - DAY_MS).toISOString().slice(0, 10);
  return starts !== undefined && last <= starts.written ? undefined : { written: last };
}

function repetition(
  event: ICAL.Component,
  starts: CalendarMoment | undefined,
  calendar: ICAL.Component,
): CalendarEvent["repeats"] | undefined {
  const written = wordsOf(event.getFirstProperty("rrule"));
  const rule = safeHeaderText(written);
  if (rule === "") return undefined;
  const start = event.getFirstProperty("dtstart");
  const said = repetitionOf(written, {
    starts: timeOf(wordsOf(start)),
    // The days of the rule are days there, and so is the last of them.
    until: (time) => momentLike(starts, { property: start, time, calendar }),
  });
  return { rule, ...(said === undefined ? {} : { said }) };
}
