// A day or a time of a calendar, as it is written and, where its zone is known, as a moment.
import type { CalendarMoment } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { type Component, parameter, type Property } from "./calendar-text.ts";
import { wallTime } from "./wall-time.ts";
import { zoneNamed } from "./time-zone.ts";

const ZONE_CHARACTERS_MAX = 80;

/** `zones` are those that the calendar describes. */
export function calendarMoment(
  property: Property | undefined,
  zones: readonly Component[],
): CalendarMoment | undefined {
  const value = property?.value.trim() ?? "";
  const wall = wallTime(value);
  if (wall === undefined) return undefined;
  const text = new Date(wall).toISOString();
  if (!value.includes("T")) return { written: text.slice(0, 10) };
  const written = text.slice(0, 16);
  if (value.endsWith("Z")) return { written, zone: "UTC", at: wall };
  const named = safeHeaderText(parameter(property, "TZID"), ZONE_CHARACTERS_MAX);
  // RFC 5545 §3.3.5: a time without a zone is that of the clock wherever one is.
  if (named === "") return { written };
  const { name, momentAt } = zoneNamed(named, zones);
  const at = momentAt(wall);
  return { written, zone: name, ...(at === undefined ? {} : { at }) };
}
