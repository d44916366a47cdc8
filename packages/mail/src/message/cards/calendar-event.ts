// The first event of a calendar part (RFC 5545) as plain words. Shown, not computed with: a rule of repetition is never
// expanded, an attached address never fetched.
import type { CalendarEvent, CalendarMoment } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { SMALL_PART_OCTETS_MAX } from "../limits.ts";
import { decodeText, firstOf } from "../mime/charset.ts";
import { cleanText } from "../text/clean-text.ts";
import { calendarMoment } from "./calendar-moment.ts";
import { calendarOf, type Component, parameter, type Property } from "./calendar-text.ts";
import { repetitionOf } from "./repetition.ts";
import { wallTime } from "./wall-time.ts";

const DAY_MS = 86_400_000;

export function calendarEvent(octets: Uint8Array, charset: string | undefined): CalendarEvent | undefined {
  const calendar = calendarOf(decodeText(firstOf(octets, SMALL_PART_OCTETS_MAX), charset ?? "utf-8"));
  if (calendar === undefined) return undefined;
  const event = calendar.parts.find(({ kind }) => kind === "VEVENT")?.properties ?? new Map<string, Property>();
  const zones = calendar.parts.filter(({ kind }) => kind === "VTIMEZONE");
  const words = (name: string): string => safeHeaderText(unescaped(event.get(name)?.value ?? ""));
  const starts = calendarMoment(event.get("DTSTART"), zones);
  const ends = lastOf(starts, calendarMoment(event.get("DTEND"), zones));
  const repeats = repetition(event, zones);
  return {
    method: safeHeaderText(calendar.properties.get("METHOD")?.value ?? "", 40).toUpperCase(),
    title: words("SUMMARY"),
    place: words("LOCATION"),
    organiser: organiser(event.get("ORGANIZER")),
    ...(starts === undefined ? {} : { starts }),
    ...(ends === undefined ? {} : { ends }),
    ...(repeats === undefined ? {} : { repeats }),
    notes: cleanText(unescaped(event.get("DESCRIPTION")?.value ?? "").slice(0, 8_192)),
  };
}

// RFC 5545 §3.3.11.
function unescaped(value: string): string {
  return value.slice(0, 16_384).replace(/\\([\\;,nN])/g, (_, escaped: string) => (/n/i.test(escaped) ? "\n" : escaped));
}

// An organiser that is not a mail address is none.
function organiser(property: Property | undefined): string {
  const address = /^mailto:(.{1,320})$/i.exec(property?.value.trim() ?? "")?.[1];
  if (address === undefined) return "";
  const words = safeHeaderText(parameter(property, "CN"), 200);
  const clean = safeHeaderText(address);
  return words === "" || words === clean ? clean : `${words} <${clean}>`;
}

/** RFC 5545 §3.6.1: an event of days ends before the day that is its end. */
function lastOf(starts: CalendarMoment | undefined, ends: CalendarMoment | undefined): CalendarMoment | undefined {
  if (ends === undefined || ends.written.includes("T")) return ends;
  const last = new Date(Date.parse(ends.written) - DAY_MS).toISOString().slice(0, 10);
  return starts !== undefined && last <= starts.written ? undefined : { written: last };
}

function repetition(
  event: ReadonlyMap<string, Property>,
  zones: readonly Component[],
): CalendarEvent["repeats"] | undefined {
  const written = event.get("RRULE")?.value ?? "";
  const rule = safeHeaderText(written);
  if (rule === "") return undefined;
  const start = event.get("DTSTART");
  const first = start?.value.trim() ?? "";
  const said = repetitionOf(written, {
    starts: wallTime(first),
    until: (value) => {
      const parameters = start?.parameters ?? "";
      // Of days the last one is a day, whatever time is written behind it.
      return calendarMoment({ parameters, value: first.includes("T") ? value : value.slice(0, 8) }, zones);
    },
  });
  return { rule, ...(said === undefined ? {} : { said }) };
}
