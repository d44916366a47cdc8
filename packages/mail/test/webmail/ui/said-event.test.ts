// When an event is and how it repeats, as a person in Britain reads it, on the screen and on paper.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CalendarMoment, Repetition } from "../../../src/webmail/api/schema/index.ts";
import { saidEvent, saidMoment, saidRepetition, type Saying } from "../../../src/webmail/api/schema/said-event.ts";
import { pageWords } from "../../../src/webmail/api/web/page-words.ts";
import { wordsIn } from "../../../src/webmail/ui/words/words.ts";

const { event } = pageWords("en").print;

/** Said on the screen; on paper it is the same. */
function both(timeZone: string, said: (saying: Saying) => string, english = "en-GB"): string {
  const { locale, say } = wordsIn("en", [english]);
  const shown = said({ locale, timeZone, say });
  assert.equal(said({ locale, timeZone, say: (word, values) => event[word](values, locale) }), shown);
  return shown;
}

const moment = (written: string, zone?: string, at?: string): CalendarMoment => ({
  written,
  ...(zone === undefined ? {} : { zone }),
  ...(at === undefined ? {} : { at: Date.parse(at) }),
});

const PLANNING = moment("2026-03-20T13:00", "UTC", "2026-03-20T13:00Z");
const LATE_IN_NEW_YORK = moment("2026-03-20T22:30", "America/New_York", "2026-03-21T02:30Z");

const MOMENTS: readonly (readonly [claim: string, CalendarMoment, zone: string, text: string])[] = [
  [
    "a time is that of the reader, with the one it has there",
    PLANNING,
    "Europe/Berlin",
    "Friday, 20 March 2026 at 14:00 (13:00 UTC)",
  ],
  ["where the clocks show the same, no zone is named", PLANNING, "Europe/London", "Friday, 20 March 2026 at 13:00"],
  [
    "of another day, that is said, too",
    LATE_IN_NEW_YORK,
    "Europe/Berlin",
    "Saturday, 21 March 2026 at 03:30 (Friday, 20 March 2026 at 22:30 America/New York)",
  ],
  [
    "a time without a zone is as it is written",
    moment("2026-03-20T13:00"),
    "Asia/Tokyo",
    "Friday, 20 March 2026 at 13:00",
  ],
  ["a day is the same everywhere", moment("2026-03-20"), "Pacific/Apia", "Friday, 20 March 2026"],
  [
    "of a zone that is not known the time is as it is written",
    moment("2026-03-20T13:00", "Our house"),
    "Asia/Tokyo",
    "Friday, 20 March 2026 at 13:00 Our house",
  ],
];

for (const [claim, one, zone, text] of MOMENTS)
  test(claim, () =>
    assert.equal(
      both(zone, (saying) => saidMoment(one, saying)),
      text,
    ),
  );

const DAYS: Pick<Repetition, "interval" | "weekdays" | "days" | "places"> = {
  interval: 1,
  weekdays: [],
  days: [],
  places: [],
};
/** By the clock of an event in New York: in UTC it is the day after. */
const until = moment("1997-12-24T19:00", "America/New_York", "1997-12-25T00:00Z");

const REPETITIONS: readonly (readonly [Repetition, string])[] = [
  [{ ...DAYS, every: "day", count: 10 }, "Every day, 10 times"],
  [{ ...DAYS, every: "day", count: 5_000 }, "Every day, 5,000 times"],
  [{ ...DAYS, every: "day", until }, "Every day, until Wednesday, 24 December 1997"],
  [{ ...DAYS, every: "day", until: moment("2026-03-20") }, "Every day, until Friday, 20 March 2026"],
  [{ ...DAYS, every: "day", interval: 2 }, "Every 2 days"],
  [{ ...DAYS, every: "week", weekdays: [2, 4] }, "Every week on Tuesday and Thursday"],
  [{ ...DAYS, every: "week", weekdays: [0, 1, 3], interval: 2 }, "Every 2 weeks on Monday, Wednesday and Sunday"],
  [{ ...DAYS, every: "week", weekdays: [1, 2, 3, 4, 5] }, "Every week from Monday to Friday"],
  [{ ...DAYS, every: "week", weekdays: [1, 2, 3, 4, 5], interval: 2 }, "Every 2 weeks from Monday to Friday"],
  [{ ...DAYS, every: "week", weekdays: [0, 1, 2, 3, 4, 5, 6] }, "Every day"],
  [{ ...DAYS, every: "month", days: [15] }, "Every month on day 15"],
  [{ ...DAYS, every: "month", days: [1, -1], interval: 3 }, "Every 3 months on day 1 and the last day"],
  [{ ...DAYS, every: "month", places: [{ nth: 2, weekday: 2 }] }, "Every month on the second Tuesday"],
  [
    { ...DAYS, every: "month", places: ([1, 3, 4, 5, -1] as const).map((nth) => ({ nth, weekday: 0 })) },
    "Every month on the first Sunday, the third Sunday, the fourth Sunday, the fifth Sunday and the last Sunday",
  ],
  [{ ...DAYS, every: "year", month: 2, days: [29] }, "Every year on 29 February"],
  [{ ...DAYS, every: "year", month: 2, days: [-1] }, "Every year on the last day of February"],
  [
    { ...DAYS, every: "year", month: 10, places: [{ nth: -1, weekday: 0 }], interval: 4, count: 2 },
    "Every 4 years on the last Sunday of October, 2 times",
  ],
];

for (const [repetition, text] of REPETITIONS)
  test(`"${text}" is said`, () => {
    assert.equal(
      both("Europe/London", (saying) => saidRepetition(repetition, PLANNING, saying)),
      text,
    );
    assert.match(saidRepetition(repetition, PLANNING, wordsIn("pseudo", ["en-GB"])), /[åçéîñöšûý]/);
  });

test("days of a rule that are others here are said to be those of the event", () => {
  const weekly: Repetition = { ...DAYS, every: "week", weekdays: [5], count: 3 };
  const said = (zone: string): string => both(zone, (saying) => saidRepetition(weekly, LATE_IN_NEW_YORK, saying));
  assert.equal(said("America/Chicago"), "Every week on Friday, 3 times");
  assert.equal(said("Europe/Berlin"), "Every week on Friday (days in America/New York), 3 times");
});

test("every day is every day everywhere, of a week of all its days too", () => {
  const weekdays = [0, 1, 2, 3, 4, 5, 6];
  for (const often of [{ every: "day" }, { every: "week", weekdays }] as const)
    assert.equal(
      both("Europe/Berlin", (saying) => saidRepetition({ ...DAYS, ...often }, LATE_IN_NEW_YORK, saying)),
      "Every day",
    );
});

test("of what comes once nothing is said", () => {
  for (const often of [{ every: "day" }, { every: "week", weekdays: [5] }] as const)
    assert.equal(
      both("Europe/Berlin", (saying) => saidRepetition({ ...DAYS, ...often, count: 1 }, LATE_IN_NEW_YORK, saying)),
      "",
    );
});

test("the last day of a rule is one by the clock of the event, wherever it is read", () => {
  const mondays: Repetition = { ...DAYS, every: "week", weekdays: [1] };
  const said = (zone: string, starts: CalendarMoment, last: CalendarMoment): string =>
    both(zone, (saying) => saidRepetition({ ...mondays, until: last }, starts, saying));
  const inNewYork = moment("2026-02-02T10:00", "America/New_York", "2026-02-02T15:00Z");
  const sunday = moment("2026-03-01T23:59", "America/New_York", "2026-03-02T04:59Z");
  for (const zone of ["Europe/Berlin", "America/New_York", "Asia/Tokyo"])
    assert.match(said(zone, inNewYork, sunday), /, until Sunday, 1 March 2026$/, zone);
  const inSydney = moment("2026-02-02T09:00", "Australia/Sydney", "2026-02-01T22:00Z");
  const monday = moment("2026-03-02T09:00", "Australia/Sydney", "2026-03-01T22:00Z");
  assert.equal(
    said("America/New_York", inSydney, monday),
    "Every week on Monday (days in Australia/Sydney), until Monday, 2 March 2026",
  );
});

test("what says dates and lists is made when an event is first said, and kept", (context) => {
  const words = wordsIn("en", ["en-GB"]);
  const weekly: Repetition = { ...DAYS, every: "week", weekdays: [1, 5], until };
  const said = (): string => saidMoment(LATE_IN_NEW_YORK, words) + saidRepetition(weekly, LATE_IN_NEW_YORK, words);
  const first = said();
  const made = [context.mock.method(Intl, "DateTimeFormat"), context.mock.method(Intl, "ListFormat")];
  assert.equal(said(), first);
  assert.deepEqual(
    made.map(({ mock }) => mock.callCount()),
    [0, 0],
  );
});

test("a number is written as the English of whoever reads it writes it", () => {
  const often: Repetition = { ...DAYS, every: "day", count: 500_000 };
  const said = (english: string): string => both("UTC", (saying) => saidRepetition(often, PLANNING, saying), english);
  assert.equal(said("en-GB"), "Every day, 500,000 times");
  assert.equal(said("en-IN"), "Every day, 5,00,000 times");
});

const CREW = moment("2026-05-05T09:00", "America/New_York", "2026-05-05T13:00Z");
const crewOn = (day: string): CalendarMoment => moment(`${day}T09:00`, "America/New_York", `${day}T13:00Z`);
const TUESDAYS = ["2026-05-12", "2026-05-19", "2026-05-26", "2026-06-02", "2026-06-09", "2026-06-16", "2026-06-23"];

type Event = Parameters<typeof saidEvent>[0];

const WEEKLY: Event = {
  method: "REQUEST",
  title: "",
  place: "",
  organiser: "",
  starts: CREW,
  repeats: { rule: "FREQ=WEEKLY", said: { ...DAYS, every: "week", weekdays: [2] } },
  leftOut: [],
  added: [],
  notes: "",
};

/** What is said of days beside the rule, by label. */
function saidOfDays(
  event: Partial<Event>,
  { zone = "Europe/London", now = "2026-05-01T00:00Z" } = {},
): Readonly<Record<string, string>> {
  const labels: readonly string[] = ["calendar.left-out", "calendar.added"];
  const facts = (saying: Saying): string =>
    JSON.stringify(
      saidEvent({ ...WEEKLY, ...event }, saying, Date.parse(now)).facts.filter(([label]) => labels.includes(label)),
    );
  return Object.fromEntries(JSON.parse(both(zone, facts)));
}

test("the days that are left out and those that are added are said, the same on paper", () => {
  assert.deepEqual(
    saidOfDays({ leftOut: [crewOn("2026-05-12"), crewOn("2026-05-19")], added: [crewOn("2026-06-03")] }),
    { "calendar.left-out": "12 May 2026 and 19 May 2026", "calendar.added": "3 June 2026" },
  );
  assert.deepEqual(saidOfDays({ leftOut: [moment("2026-05-12")] }), { "calendar.left-out": "12 May 2026" });
  assert.deepEqual(saidOfDays({}), {});
});

test("a day that is another one here is said with the one it is there", () => {
  const late = {
    starts: LATE_IN_NEW_YORK,
    added: [moment("2026-03-27T22:30", "America/New_York", "2026-03-28T02:30Z")],
  };
  assert.deepEqual(saidOfDays(late, { zone: "America/Chicago" }), { "calendar.added": "27 March 2026" });
  assert.deepEqual(saidOfDays(late, { zone: "Europe/Berlin" }), {
    "calendar.added": "28 March 2026 (27 March 2026 America/New York)",
  });
});

test("a day is said with its time where that is not the one of the start, or where a day may have several", () => {
  const noon = moment("2026-06-03T12:00", "America/New_York", "2026-06-03T16:00Z");
  assert.deepEqual(saidOfDays({ added: [crewOn("2026-06-02"), noon] }), {
    "calendar.added": "2 June 2026 and 3 June 2026 at 17:00 (12:00 America/New York)",
  });
  // By a clock that shows the same and is another.
  assert.deepEqual(saidOfDays({ added: [moment("2026-06-03T09:00", "UTC", "2026-06-03T09:00Z")] }), {
    "calendar.added": "3 June 2026 at 10:00 (09:00 UTC)",
  });
  assert.deepEqual(saidOfDays({ repeats: { rule: "FREQ=HOURLY" }, leftOut: [crewOn("2026-05-05")] }), {
    "calendar.left-out": "5 May 2026 at 14:00 (09:00 America/New York)",
  });
});

test("of many days those to come are said first, and how many there are behind them", () => {
  const said = (now: string, leftOut = TUESDAYS.map(crewOn)): string | undefined =>
    saidOfDays({ leftOut }, { now })["calendar.left-out"];
  const fromMay = "12 May 2026, 19 May 2026, 26 May 2026, 2 June 2026, 9 June 2026 and 2 more";
  assert.equal(said("2026-05-01T00:00Z"), fromMay);
  // A day is over at its end.
  assert.equal(said("2026-05-12T20:00Z"), fromMay);
  assert.equal(
    said("2026-05-14T00:00Z"),
    "19 May 2026, 26 May 2026, 2 June 2026, 9 June 2026, 16 June 2026 and 1 more",
  );
  // Of those that are over as many as there is room for.
  const last = "26 May 2026, 2 June 2026, 9 June 2026, 16 June 2026 and 23 June 2026";
  for (const now of ["2026-05-22T00:00Z", "2026-06-10T00:00Z", "2030-01-01T00:00Z"]) assert.equal(said(now), last, now);
  const all = TUESDAYS.slice(0, 2).map(crewOn);
  assert.equal(said("2030-01-01T00:00Z", all), "12 May 2026 and 19 May 2026");
  const many = Array.from({ length: 1_239 }, (_, day) => new Date(Date.parse("2026-05-12") + day * 86_400_000));
  assert.match(
    said(
      "2026-05-01T00:00Z",
      many.map((day) => moment(day.toISOString().slice(0, 10))),
    ) ?? "",
    /, 16 May 2026 and 1,234 more$/,
  );
});
