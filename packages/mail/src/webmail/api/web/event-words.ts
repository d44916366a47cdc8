// How a printed page says when an event is and how it repeats, beside the reader's own catalogue.
import type { EventWord } from "../schema/said-event.ts";

/** `locale` is the English of whoever reads it: it writes the numbers. */
type Say = (values: Readonly<Record<string, string | number>>, locale: string) => string;

export type EventWords = Readonly<Record<EventWord, Say>>;

const NTH: Readonly<Record<string, string>> = { 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth" };

export const ENGLISH_EVENT: EventWords = {
  "calendar.here-and-there": ({ here, there, zone }) => `${here} (${there} ${zone})`,
  "calendar.there": ({ there, zone }) => `${there} ${zone}`,
  "calendar.days": ({ interval }, locale) => every("day", interval, locale),
  "calendar.weeks": ({ interval, on }, locale) => `${every("week", interval, locale)} on ${on}`,
  "calendar.workdays": ({ interval }, locale) => `${every("week", interval, locale)} from Monday to Friday`,
  "calendar.months": ({ interval, on }, locale) => `${every("month", interval, locale)} on ${on}`,
  "calendar.years": ({ interval, on }, locale) => `${every("year", interval, locale)} on ${on}`,
  "calendar.nth-day": ({ day }) => `day ${day}`,
  "calendar.last-day": () => "the last day",
  "calendar.nth-weekday": ({ nth, weekday }) => `the ${NTH[String(nth)] ?? "last"} ${weekday}`,
  "calendar.of-month": ({ on, month }) => `${on} of ${month}`,
  "calendar.in-zone": ({ often, zone }) => `${often} (days in ${zone})`,
  "calendar.times": ({ often, count }, locale) => `${often}, ${numeral(count, locale)} times`,
  "calendar.until": ({ often, day }) => `${often}, until ${day}`,
  "calendar.more": ({ count }, locale) => `${numeral(count, locale)} more`,
};

function every(unit: "day" | "week" | "month" | "year", interval: string | number | undefined, locale: string): string {
  return interval === 1 ? `Every ${unit}` : `Every ${numeral(interval, locale)} ${unit}s`;
}

function numeral(value: string | number | undefined, locale: string): string {
  return Number(value).toLocaleString(locale);
}
