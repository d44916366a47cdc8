// The first event of a calendar part (RFC 5545) as plain words. Shown, not computed with: a rule of repetition is never
// expanded, an attached address never fetched.
import type { CalendarEvent } from "../contract.ts";
import { safeHeaderText } from "../header/safe-header-text.ts";
import { SMALL_PART_OCTETS_MAX } from "../limits.ts";
import { decodeText, firstOf } from "../mime/charset.ts";
import { cleanText } from "../text/clean-text.ts";

interface Property {
  readonly parameters: string;
  readonly value: string;
}

export function calendarEvent(octets: Uint8Array, charset: string | undefined): CalendarEvent | undefined {
  const text = decodeText(firstOf(octets, SMALL_PART_OCTETS_MAX), charset ?? "utf-8");
  // RFC 5545 §3.1: a line goes on where the next one begins with white space.
  const lines = text.replace(/\r?\n[ \t]/g, "").split(/\r?\n/);
  if (!lines.some((line) => /^BEGIN:VCALENDAR\s*$/i.test(line))) return undefined;
  const calendar = new Map<string, Property>();
  const event = new Map<string, Property>();
  const open: string[] = [];
  for (const line of lines) {
    const [, name = "", parameters = "", value = ""] =
      /^([A-Za-z0-9-]{1,60})((?:;[^:"]*(?:"[^"]*"[^:"]*)*)?):(.*)$/.exec(line) ?? [];
    const key = name.toUpperCase();
    if (key === "BEGIN") open.push(value.trim().toUpperCase());
    else if (key === "END") {
      if (open.pop() === "VEVENT") break;
    } else if (key !== "") {
      const target = open.length === 1 ? calendar : open.length === 2 && open[1] === "VEVENT" ? event : undefined;
      if (target !== undefined && !target.has(key)) target.set(key, { parameters, value });
    }
  }
  const words = (name: string): string => safeHeaderText(unescaped(event.get(name)?.value ?? ""));
  return {
    method: safeHeaderText(calendar.get("METHOD")?.value ?? "", 40).toUpperCase(),
    title: words("SUMMARY"),
    place: words("LOCATION"),
    organiser: organiser(event.get("ORGANIZER")),
    starts: moment(event.get("DTSTART")),
    ends: moment(event.get("DTEND")),
    repeats: words("RRULE"),
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
  const name = /;CN=(?:"([^"]*)"|([^;:"]*))/i.exec(property?.parameters ?? "");
  const words = safeHeaderText(name?.[1] ?? name?.[2] ?? "", 200);
  const clean = safeHeaderText(address);
  return words === "" || words === clean ? clean : `${words} <${clean}>`;
}

/** `20260320T130000Z` as `2026-03-20 13:00 UTC`, with the zone it was written in. */
function moment(property: Property | undefined): string {
  const [, year, month, day, hour, minute, zulu] =
    /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z)?)?$/.exec(property?.value.trim() ?? "") ?? [];
  if (year === undefined) return "";
  const date = `${year}-${String(month)}-${String(day)}`;
  if (hour === undefined) return date;
  const zone = /;TZID=(?:"([^"]*)"|([^;:"]*))/i.exec(property?.parameters ?? "");
  const named = zulu === undefined ? safeHeaderText(zone?.[1] ?? zone?.[2] ?? "", 80) : "UTC";
  return `${date} ${hour}:${String(minute)}${named === "" ? "" : ` ${named}`}`;
}
