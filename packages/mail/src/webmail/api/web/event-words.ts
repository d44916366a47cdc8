// How a printed page says when an event is and how it repeats, beside the reader's own catalogue.
import type { EventWord } from "../schema/said-event.ts";

export type EventWords = Readonly<Record<EventWord, (values: Readonly<Record<string, string | number>>) => string>>;

const NTH: Readonly<Record<string, string>> = { 1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth" };

export const ENGLISH_EVENT: EventWords = {
  "calendar.here-and-there": ({ here, there, zone }) => `${here} (${there} ${zone})`,
  "calendar.there": ({ there, zone }) => `${there} ${zone}`,
  "calendar.days": ({ interval }) => every("day", interval),
  "calendar.weeks": ({ interval, on }) => `${every("week", interval)} on ${on}`,
  "calendar.workdays": ({ interval }) => `${every("week", interval)} from Monday to Friday`,
  "calendar.months": ({ interval, on }) => `${every("month", interval)} on ${on}`,
  "calendar.years": ({ interval, on }) => `${every("year", interval)} on ${on}`,
  "calendar.nth-day": ({ day }) => `day ${day}`,
  "calendar.last-day": () => "the last day",
  "calendar.nth-weekday": ({ nth, weekday }) => `the ${NTH[String(nth)] ?? "last"} ${weekday}`,
  "calendar.of-month": ({ on, month }) => `${on} of ${month}`,
  "calendar.in-zone": ({ often, zone }) => `${often} (days in ${zone})`,
  "calendar.times": ({ often, count }) => `${often}, ${numeral(count)} times`,
  "calendar.until": ({ often, day }) => `${often}, until ${day}`,
};

function every(unit: string, interval: string | number | undefined): string {
  return interval === 1 ? `Every ${unit}` : `Every ${numeral(interval)} ${unit}s`;
}

function numeral(value: string | number | undefined): string {
  return Number(value).toLocaleString("en");
}
