// Moments and sizes as people read them, in the locale of the words.
import type { Words } from "./words.ts";

const DAY_MS = 86_400_000;

const STYLES = {
  time: { timeStyle: "short" },
  dayAndMonth: { day: "numeric", month: "short" },
  date: { dateStyle: "short" },
  day: { day: "numeric", month: "long", year: "numeric" },
  whole: { weekday: "short", day: "numeric", month: "long", year: "numeric", minute: "2-digit" },
} as const satisfies Readonly<Record<string, Intl.DateTimeFormatOptions>>;

/** As short as still tells when: the time today, the day this year, else the date. */
export function shortDate({ locale }: Words, at: number, now: number): string {
  const [day, today] = [new Date(at), new Date(now)];
  const [on, onToday] = [dateNumber(day), dateNumber(today)];
  if (on === onToday) return format(locale, "time", day);
  const style = day.getFullYear() === today.getFullYear() ? "dayAndMonth" : "date";
  const key = `${locale} ${style} ${on}`;
  const known = shortDates.get(key);
  if (known !== undefined) return known;
  // A list has many of few days, and to write one takes as long as to draw a part of its row.
  if (shortDates.size >= SHORT_DATES_MAX) shortDates.clear();
  const written = format(locale, style, day);
  shortDates.set(key, written);
  return written;
}

const SHORT_DATES_MAX = 1_000;
const shortDates = new Map<string, string>();

/** The same for moments of one day. */
function dateNumber(day: Date): number {
  return (day.getFullYear() * 12 + day.getMonth()) * 31 + day.getDate();
}

/** The whole moment, with its weekday. */
export function fullDate({ locale }: Words, at: number): string {
  return format(locale, "whole", new Date(at));
}

/** The time of a moment of today; else the whole moment. */
export function momentOf(words: Words, at: number, now: number): string {
  return isToday(at, now) ? timeOf(words, at) : fullDate(words, at);
}

export function isToday(at: number, now: number): boolean {
  return dateNumber(new Date(at)) === dateNumber(new Date(now));
}

/** The day alone, such as "18 November". */
export function dayOf({ locale }: Words, at: number): string {
  return format(locale, "day", new Date(at));
}

export function timeOf({ locale }: Words, at: number): string {
  return format(locale, "time", new Date(at));
}

/** How long ago, in the largest unit that fits: "2 minutes ago". */
export function ago({ locale }: Words, at: number, now: number): string {
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: "auto" });
  const ms = at - now;
  const [unit, length] = UNITS.find(([, unitMs]) => Math.abs(ms) >= unitMs) ?? ["minute", 60_000];
  return relative.format(Math.trunc(ms / length), unit);
}

/** How long until then, in the largest unit that fits and no less than a minute: "in 2 min". */
export function until({ locale }: Words, at: number, now: number): string {
  const relative = new Intl.RelativeTimeFormat(locale, { style: "short" });
  const ms = Math.max(60_000, at - now);
  const [unit, length] = UNITS.find(([, unitMs]) => ms >= unitMs) ?? ["minute", 60_000];
  return relative.format(Math.round(ms / length), unit);
}

const UNITS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
];

/** A length of time as it is, in the largest unit it is a whole number of: "36 hours". */
export function span({ locale }: Words, ms: number): string {
  const [unit, length] = SPANS.find(([, unitMs]) => ms % unitMs === 0) ?? ["millisecond", 1];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(ms / length);
}

const SPANS = [
  ["day", DAY_MS],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

const SIZES = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size in the unit that leaves at most three digits before the point. */
export function size({ locale }: Words, octets: number): string {
  const power = Math.min(SIZES.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, octets)) / 3)));
  const value = octets / 1000 ** power;
  return new Intl.NumberFormat(locale, {
    style: "unit",
    unit: SIZES[power] ?? "byte",
    unitDisplay: power === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 && power > 0 ? 1 : 0,
  }).format(value);
}

/** To make one takes longer than to draw the row it is for. */
const made = new Map<string, Intl.DateTimeFormat>();

function format(locale: string, style: keyof typeof STYLES, day: Date): string {
  const key = `${locale} ${style}`;
  let formatter = made.get(key);
  if (formatter === undefined) {
    const hour = style === "whole" ? { hour: hourIn(locale) } : {};
    formatter = new Intl.DateTimeFormat(locale, { ...STYLES[style], ...hour });
    made.set(key, formatter);
  }
  return formatter.format(day);
}

/** As the time alone has it: after a date some locales write 8:05 for 08:05. */
function hourIn(locale: string): "numeric" | "2-digit" {
  const parts = new Intl.DateTimeFormat(locale, STYLES.time).formatToParts(new Date(2026, 0, 1, 8));
  return parts.find(({ type }) => type === "hour")?.value.length === 2 ? "2-digit" : "numeric";
}
