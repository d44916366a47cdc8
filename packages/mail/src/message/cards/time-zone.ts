// Which moment a clock of some zone shows: by the name of the zone where it is one that everybody knows, else by what the
// calendar itself says of it (RFC 5545 §3.6.5), as programs do whose zones have names of their own.
import type ICAL from "ical.js";
import { wordsOf } from "./calendar-text.ts";
import { momentIn, wallIn } from "./described-zone.ts";

const DAY_MS = 86_400_000;

export interface Zone {
  readonly name: string;
  /** Undefined where nothing tells. */
  readonly momentAt: (wall: number) => number | undefined;
  /** What its clock shows; never a time that it leaves out. Undefined where nothing tells. */
  readonly wallAt: (at: number) => number | undefined;
}

export function zoneNamed(named: string, calendar: ICAL.Component): Zone {
  // Some programs put a path of their own before the name: /mozilla.org/20050126_1/Europe/Berlin.
  const [, tail = named] = /^\/.*?\/((?:[A-Z][A-Za-z_]+\/){1,2}[A-Z][A-Za-z_-]+)$/.exec(named) ?? [];
  for (const name of [named, tail]) {
    const offsetAt = knownOffset(name);
    if (offsetAt !== undefined)
      return { name, momentAt: (wall) => momentBy(offsetAt, wall), wallAt: (at) => at + offsetAt(at) };
  }
  const described = calendar.getAllSubcomponents("vtimezone");
  const zone = described.find((one) => wordsOf(one.getFirstProperty("tzid")).trim() === named);
  if (zone === undefined) return unknownZone(named);
  return { name: named, momentAt: (wall) => momentIn(zone, wall), wallAt: (at) => wallIn(zone, at) };
}

export function unknownZone(name: string): Zone {
  return { name, momentAt: () => undefined, wallAt: () => undefined };
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
