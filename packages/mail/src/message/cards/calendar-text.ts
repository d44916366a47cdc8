// The text of a calendar (RFC 5545 §3.1, §3.4) as components within one another. ical.js reads each line by itself, so that
// one it cannot read is left out and the others stay; what is not closed ends with the text.
import ICAL from "ical.js";

type Open = [kind: string, properties: unknown[], parts: Open[]];

/** Rules are kept as they are written: an event shows them, see repetition.ts. */
const DESIGN = { ...ICAL.design.icalendar, value: { ...ICAL.design.icalendar.value, recur: {} } };

/** Of lines that are none there may be many, and what is thrown takes its time. */
const LINE = /^[A-Z0-9-]+(?:;[^]*)?:/i;
/** So many lines that cannot be read, and the others are not tried. */
const UNREADABLE_MAX = 200;

/** Undefined where there is no calendar. */
export function calendarOf(text: string): ICAL.Component | undefined {
  const outside: Open = ["", [], []];
  const open = [outside];
  let unreadable = 0;
  // A line goes on where the next one begins with white space.
  for (const line of text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const [, properties, parts] = open.at(-1) ?? outside;
    const [name = "", kind = ""] = line.split(":", 2);
    if (name.toUpperCase() === "BEGIN") {
      const begun: Open = [kind.trim().toLowerCase(), [], []];
      parts.push(begun);
      open.push(begun);
    } else if (name.toUpperCase() === "END") open.pop();
    else if (unreadable < UNREADABLE_MAX && LINE.test(line)) {
      const property = propertyOf(line);
      if (property === undefined) unreadable += 1;
      else properties.push(property);
    }
  }
  const calendar = outside[2].find(([kind]) => kind === "vcalendar");
  return calendar && new ICAL.Component(calendar);
}

function propertyOf(line: string): unknown {
  try {
    return ICAL.parse.property(line, DESIGN);
  } catch {
    return undefined;
  }
}

/** Of a property the first value, as it is written: empty where it is none of words. */
export function wordsOf(property: ICAL.Property | null | undefined): string {
  const value: unknown = property?.jCal[3];
  return typeof value === "string" ? value : "";
}

/** Of days and times all that a property names, as they are written; of a period its start. */
export function timesWritten({ jCal: [, , , ...values] }: ICAL.Property): readonly string[] {
  return values.map((value) => String(Array.isArray(value) ? value[0] : value));
}

/** Of a day or a time as ical.js writes it; undefined where there is none such: it makes the 31st of June one of July. */
export function timeOf(written: string): ICAL.Time | undefined {
  // RFC 5545 §3.3.12: a leap second, which a clock without one takes for the second before.
  const shown = written.replace(/:60(?=Z?$)/, ":59");
  try {
    const time = ICAL.Time.fromString(shown, undefined);
    return time.toString() === shown ? time : undefined;
  } catch {
    return undefined;
  }
}

/** Of `PT1H30M`; undefined for what is none. */
export function durationOf(written: string): ICAL.Duration | undefined {
  try {
    return ICAL.Duration.fromString(written);
  } catch {
    return undefined;
  }
}

/** `+0100` in milliseconds; undefined for what is none. */
export function offsetOf(said: ICAL.Component, name: "tzoffsetfrom" | "tzoffsetto"): number | undefined {
  try {
    return ICAL.UtcOffset.fromString(wordsOf(said.getFirstProperty(name))).toSeconds() * 1_000;
  } catch {
    return undefined;
  }
}

/** What the hands of its clock show, in milliseconds as if they were those of UTC. */
export function wallOf(time: ICAL.Time): number {
  return time.toUnixTime() * 1_000;
}
