// When an event is and how it repeats, as RFC 5545 has it: in its own examples, and as programs write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import ICAL from "ical.js";
import { calendarEvent } from "../../src/message/cards/calendar-event.ts";
import type { CalendarEvent } from "../../src/message/index.ts";

function eventOf(event: readonly string[], zones: readonly string[] = []): CalendarEvent {
  const lines = ["BEGIN:VCALENDAR", ...zones, "BEGIN:VEVENT", ...event, "END:VEVENT", "END:VCALENDAR"];
  const read = calendarEvent(Buffer.from(lines.join("\r\n")), undefined);
  assert.ok(read !== undefined);
  return read;
}

const startOf = (line: string, zones: readonly string[] = []): CalendarEvent["starts"] => eventOf([line], zones).starts;

const at = (moment: string): number => Date.parse(moment);

/** RFC 5545 §3.6.5, its rules of 2007. */
const NEW_YORK = (name: string): readonly string[] => [
  "BEGIN:VTIMEZONE",
  `TZID:${name}`,
  "BEGIN:STANDARD",
  "DTSTART:20071104T020000",
  "RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=1SU",
  "TZOFFSETFROM:-0400",
  "TZOFFSETTO:-0500",
  "END:STANDARD",
  "BEGIN:DAYLIGHT",
  "DTSTART:20070311T020000",
  "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=2SU",
  "TZOFFSETFROM:-0500",
  "TZOFFSETTO:-0400",
  "END:DAYLIGHT",
  "END:VTIMEZONE",
];

/** As Outlook writes it. */
const BERLIN = [
  "BEGIN:VTIMEZONE",
  "TZID:W. Europe Standard Time",
  "BEGIN:STANDARD",
  "DTSTART:16010101T030000",
  "TZOFFSETFROM:+0200",
  "TZOFFSETTO:+0100",
  "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10",
  "END:STANDARD",
  "BEGIN:DAYLIGHT",
  "DTSTART:16010101T020000",
  "TZOFFSETFROM:+0100",
  "TZOFFSETTO:+0200",
  "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3",
  "END:DAYLIGHT",
  "END:VTIMEZONE",
];

test("a time is a moment where its zone is known, and as it is written where not", () => {
  // RFC 5545 §3.3.5, the three forms of its examples.
  assert.deepEqual(startOf("DTSTART:19980118T230000"), { written: "1998-01-18T23:00" });
  assert.deepEqual(startOf("DTSTART:19980119T070000Z"), {
    written: "1998-01-19T07:00",
    zone: "UTC",
    at: at("1998-01-19T07:00Z"),
  });
  assert.deepEqual(startOf("DTSTART;TZID=America/New_York:19980119T020000"), {
    written: "1998-01-19T02:00",
    zone: "America/New_York",
    at: at("1998-01-19T07:00Z"),
  });
  assert.deepEqual(startOf("DTSTART;VALUE=DATE:20260320"), { written: "2026-03-20" });
  assert.deepEqual(startOf('DTSTART;TZID="Our house":20260320T090000'), {
    written: "2026-03-20T09:00",
    zone: "Our house",
  });
  assert.deepEqual(startOf("DTSTART;TZID=/mozilla.org/20050126_1/Europe/Berlin:20260320T090000"), {
    written: "2026-03-20T09:00",
    zone: "Europe/Berlin",
    at: at("2026-03-20T08:00Z"),
  });
});

test("a day or a time that there is not is none", () => {
  for (const value of ["20260231", "20261301T000000Z", "20260101T240000", "2026-01-01", "", "00000000"])
    assert.equal(startOf(`DTSTART:${value}`), undefined, value);
});

test("a leap second is the second before it", () => {
  // RFC 5545 §3.3.12: 60 is a second, and where there are no leap seconds it is 59.
  assert.deepEqual(startOf("DTSTART:19970630T235960Z"), {
    written: "1997-06-30T23:59",
    zone: "UTC",
    at: at("1997-06-30T23:59:59Z"),
  });
  assert.deepEqual(startOf("DTSTART:19970630T235960"), { written: "1997-06-30T23:59" });
  for (const value of ["19970630T236000Z", "19970630T235961Z"]) assert.equal(startOf(`DTSTART:${value}`), undefined);
});

test("a time that comes twice is the first of them, and one that is left out is told by the clock before", () => {
  // RFC 5545 §3.3.5: "TZID=America/New_York:20071104T013000 indicates November 4, 2007 at 1:30 A.M. EDT (UTC-04:00)",
  // and "20070311T023000 indicates March 11, 2007 at 3:30 A.M. EDT (UTC-04:00)".
  const times = [
    ["20071104T013000", "2007-11-04T05:30Z"],
    ["20070311T023000", "2007-03-11T07:30Z"],
    ["20071104T020000", "2007-11-04T07:00Z"],
    ["20070311T030000", "2007-03-11T07:00Z"],
    ["20080701T120000", "2008-07-01T16:00Z"],
    ["20260101T120000", "2026-01-01T17:00Z"],
  ] as const;
  for (const name of ["America/New_York", "A zone of ours"])
    for (const [written, moment] of times)
      assert.equal(startOf(`DTSTART;TZID=${name}:${written}`, NEW_YORK(name))?.at, at(moment), `${name} ${written}`);
});

test("a zone that nobody knows by its name is known by what the calendar says of it", () => {
  const moment = (written: string, zones: readonly string[] = BERLIN): number | undefined =>
    startOf(`DTSTART;TZID=W. Europe Standard Time:${written}`, zones)?.at;
  assert.equal(moment("20260320T130000"), at("2026-03-20T12:00Z"));
  assert.equal(moment("20260329T030000"), at("2026-03-29T01:00Z"));
  assert.equal(moment("20260701T130000"), at("2026-07-01T11:00Z"));
  assert.equal(moment("20261025T023000"), at("2026-10-25T00:30Z"));
  assert.equal(moment("20261225T130000"), at("2026-12-25T12:00Z"));
  // Other programs name the seven days that the last Sunday can be.
  const days = BERLIN.map((line) => line.replace("BYDAY=-1SU", "BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31"));
  assert.equal(moment("20260329T030000", days), at("2026-03-29T01:00Z"));
  assert.equal(moment("20261225T130000", days), at("2026-12-25T12:00Z"));
  // RFC 5545 §3.6.5: UNTIL is in UTC, and names the last time that the clock is put forward.
  const ended = BERLIN.map((line) => line.replace(/^RRULE.*BYMONTH=3/, "$&;UNTIL=20250330T010000Z"));
  assert.equal(moment("20250701T130000", ended), at("2025-07-01T11:00Z"));
  assert.equal(moment("20260701T130000", ended), at("2026-07-01T12:00Z"));
  // What it was before its first rule, or by a rule that is not understood, is not guessed.
  assert.equal(moment("15000101T000000"), undefined);
  const odd = [
    "FREQ=SECONDLY",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=YEARLY;BYDAY=SU",
    "FREQ=YEARLY;BYMONTHDAY=1",
  ];
  for (const rule of [...odd, "FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=-7,-6,-5,-4,-3,-2,-1", "yearly"]) {
    const zone = BERLIN.map((line) => line.replace(/^RRULE.*BYMONTH=3/, `RRULE:${rule}`));
    assert.equal(moment("20260701T130000", zone), undefined, rule);
  }
  assert.equal(moment("20260701T130000", []), undefined);
  // A zone has some dozens of observances, not a hundred and more.
  const former = BERLIN.slice(2, -1);
  const many = [...BERLIN.slice(0, 2), ...Array.from({ length: 60 }, () => former).flat(), "END:VTIMEZONE"];
  assert.equal(moment("20260701T130000", many), undefined);
  const once = BERLIN.map((line) =>
    line
      .replace(/^RRULE.*BYMONTH=10/, "RDATE:20251026T030000,20261025T030000")
      .replace(/^RRULE.*/, "RDATE:20250330T020000,20260329T020000"),
  );
  assert.equal(moment("20260701T130000", once), at("2026-07-01T11:00Z"));
});

test("a zone of a hundred observances is read once, and no rule of it is gone through", (t) => {
  const dates = Array.from({ length: 99 }, (_, year) => `${1901 + year}0325T020000`).join(",");
  const rule = "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=SU;BYMONTHDAY=25,26,27,28,29,30,31";
  const daylight = BERLIN.slice(8, -1).flatMap((line) =>
    line.startsWith("RRULE") ? [rule, `RDATE:${dates}`] : [line],
  );
  const many = [...BERLIN.slice(0, 8), ...Array.from({ length: 99 }, () => daylight).flat(), "END:VTIMEZONE"];
  const gone = t.mock.method(ICAL.RecurIterator.prototype, "next").mock;
  const read = t.mock.method(ICAL.Time, "fromString").mock;
  const zone = "TZID=W. Europe Standard Time";
  const lines = [`DTSTART;${zone}:20260701T130000`, `DTEND;${zone}:20260702T130000`];
  const { starts, ends, repeats } = eventOf([...lines, "RRULE:FREQ=WEEKLY;UNTIL=20261201T110000Z"], many);
  assert.equal(starts?.at, at("2026-07-01T11:00Z"));
  assert.equal(ends?.at, at("2026-07-02T11:00Z"));
  assert.equal(repeats?.said?.until?.written, "2026-12-01T12:00");
  assert.equal(gone.callCount(), 0);
  // Each of its days once, and some of the event.
  assert.ok(read.callCount() < 100 * 100 + 20, String(read.callCount()));
});

test("the last day of an event of days is the one before its end", () => {
  // RFC 5545 §3.6.1: "from June 28th, 2007 to July 8th, 2007 inclusively".
  const festival = eventOf(["DTSTART;VALUE=DATE:20070628", "DTEND;VALUE=DATE:20070709"]);
  assert.deepEqual([festival.starts, festival.ends], [{ written: "2007-06-28" }, { written: "2007-07-08" }]);
  const one = eventOf(["DTSTART;VALUE=DATE:20260320", "DTEND;VALUE=DATE:20260321"]);
  assert.deepEqual([one.starts?.written, one.ends], ["2026-03-20", undefined]);
});

test("an event that says how long it takes is shown with its end", () => {
  const end = (start: string, duration: string): CalendarEvent["ends"] => eventOf([start, `DURATION:${duration}`]).ends;
  // RFC 5545 §3.3.6 and §3.8.2.5, their examples: 15 days, 5 hours and 20 seconds, 7 weeks, an hour, 15 minutes.
  const utc = { zone: "UTC" };
  const start = "DTSTART:19980118T230000Z";
  assert.deepEqual(end(start, "P15DT5H0M20S"), { ...utc, written: "1998-02-03T04:00", at: at("1998-02-03T04:00:20Z") });
  assert.deepEqual(end(start, "P7W"), { ...utc, written: "1998-03-08T23:00", at: at("1998-03-08T23:00Z") });
  assert.deepEqual(end(start, "PT1H0M0S"), { ...utc, written: "1998-01-19T00:00", at: at("1998-01-19T00:00Z") });
  assert.deepEqual(end("DTSTART:19980118T230000", "PT15M"), { written: "1998-01-18T23:15" });
  // Days go by as the calendar has them, hours as they pass: the clock is put forward in that night.
  const zone = "America/New_York";
  const evening = `DTSTART;TZID=${zone}:20070310T200000`;
  assert.deepEqual(end(evening, "P1D"), { zone, written: "2007-03-11T20:00", at: at("2007-03-12T00:00Z") });
  assert.deepEqual(end(evening, "PT24H"), { zone, written: "2007-03-11T21:00", at: at("2007-03-12T01:00Z") });
  // A time that the clock leaves out is none that it shows, and of one that comes twice the second may be the end.
  const shows = (name: string, zones: readonly string[], time: string, duration: string): unknown => {
    const { ends } = eventOf([`DTSTART;TZID=${name}:${time}`, `DURATION:${duration}`], zones);
    return [ends?.written, ends?.at];
  };
  for (const name of ["Europe/Berlin", "W. Europe Standard Time"]) {
    const after = (time: string, duration: string): unknown => shows(name, BERLIN, time, duration);
    assert.deepEqual(after("20260329T013000", "PT1H"), ["2026-03-29T03:30", at("2026-03-29T01:30Z")]);
    assert.deepEqual(after("20260329T013000", "PT30M"), ["2026-03-29T03:00", at("2026-03-29T01:00Z")]);
    assert.deepEqual(after("20260329T013000", "PT29M"), ["2026-03-29T01:59", at("2026-03-29T00:59Z")]);
    assert.deepEqual(after("20261025T013000", "PT1H"), ["2026-10-25T02:30", at("2026-10-25T00:30Z")]);
    assert.deepEqual(after("20261025T013000", "PT2H"), ["2026-10-25T02:30", at("2026-10-25T01:30Z")]);
  }
  for (const name of ["America/New_York", "A zone of ours"]) {
    const ended = shows(name, NEW_YORK(name), "20260308T013000", "PT1H");
    assert.deepEqual(ended, ["2026-03-08T03:30", at("2026-03-08T07:30Z")]);
  }
  // RFC 5545 §3.6.1: of days, and the last one is the one before.
  assert.deepEqual(end("DTSTART;VALUE=DATE:20070628", "P11D"), { written: "2007-07-08" });
  assert.equal(end("DTSTART;VALUE=DATE:20070628", "P1D"), undefined);
  for (const none of ["-PT15M", "PT0S", "P", "PD", "15", "P99999999999999D"]) assert.equal(end(start, none), undefined);
});

test("a line that cannot be read is left out, and an end that is missing or too many changes nothing", () => {
  const read = (lines: readonly string[]): CalendarEvent | undefined =>
    calendarEvent(Buffer.from(lines.join("\r\n")), undefined);
  const broken = [
    "no line",
    "RRULE;:FREQ=DAILY",
    'X;A="b:c',
    ";:",
    ":",
    "__proto__:a",
    "constructor;VALUE=constructor:a",
  ];
  const event = ["BEGIN:VEVENT", ...broken, 'SUMMARY;X="a:b;c":Soup\\, and a \\\\n', "DTSTART:20260320T130000Z"];
  for (const ends of [["END:VEVENT", "END:VCALENDAR"], [], ["END:VEVENT", "END:VCALENDAR", "END:VCALENDAR", "X:a"]]) {
    const found = read(["BEGIN:VCALENDAR", ...broken, ...event, ...ends]);
    assert.deepEqual([found?.title, found?.starts?.at], ["Soup, and a \\n", at("2026-03-20T13:00Z")]);
  }
  assert.equal(read(broken), undefined);
  assert.equal(read(Array.from({ length: 32_000 }, () => "BEGIN:VCALENDAR"))?.title, "");
});

test("of lines that cannot be read some hundreds are tried, and those that are no lines at all are not", (t) => {
  const tried = t.mock.method(ICAL.parse, "property").mock;
  const triedOf = (line: string, times: number): readonly unknown[] => {
    tried.resetCalls();
    const { title } = eventOf([...Array.from({ length: times }, () => line), "SUMMARY:Soup"]);
    return [title, tried.callCount()];
  };
  assert.deepEqual(triedOf("A;", 60_000), ["Soup", 1]);
  assert.deepEqual(triedOf("A;:", 199), ["Soup", 200]);
  assert.deepEqual(triedOf("A;:", 50_000), ["", 200]);
  assert.deepEqual(triedOf('A;B=":', 30_000), ["", 200]);
});

const NONE = { interval: 1, weekdays: [], days: [], places: [] };

/** RFC 5545 §3.8.5.3: all start on Tuesday, the 2nd of September 1997 where nothing else is said. */
const RULES: readonly (readonly [rule: string, said: object | undefined, starts?: string])[] = [
  ["FREQ=DAILY;COUNT=10", { ...NONE, every: "day", count: 10 }],
  [
    "FREQ=DAILY;UNTIL=19971224T000000Z",
    {
      ...NONE,
      every: "day",
      until: { written: "1997-12-23T19:00", zone: "America/New_York", at: at("1997-12-24T00:00Z") },
    },
  ],
  ["FREQ=DAILY;INTERVAL=2", { ...NONE, every: "day", interval: 2 }],
  ["FREQ=DAILY;INTERVAL=10;COUNT=5", { ...NONE, every: "day", interval: 10, count: 5 }],
  ["FREQ=YEARLY;UNTIL=20000131T140000Z;BYMONTH=1;BYDAY=SU,MO,TU,WE,TH,FR,SA", undefined],
  ["FREQ=DAILY;UNTIL=20000131T140000Z;BYMONTH=1", undefined],
  ["FREQ=WEEKLY;COUNT=10", { ...NONE, every: "week", weekdays: [2], count: 10 }],
  ["FREQ=WEEKLY;INTERVAL=2;WKST=SU", { ...NONE, every: "week", interval: 2, weekdays: [2] }],
  ["FREQ=WEEKLY;COUNT=10;WKST=SU;BYDAY=TU,TH", { ...NONE, every: "week", weekdays: [2, 4], count: 10 }],
  ["FREQ=MONTHLY;COUNT=10;BYDAY=1FR", { ...NONE, every: "month", places: [{ nth: 1, weekday: 5 }], count: 10 }],
  [
    "FREQ=MONTHLY;INTERVAL=2;COUNT=10;BYDAY=1SU,-1SU",
    {
      ...NONE,
      every: "month",
      interval: 2,
      places: [
        { nth: 1, weekday: 0 },
        { nth: -1, weekday: 0 },
      ],
      count: 10,
    },
  ],
  ["FREQ=MONTHLY;COUNT=6;BYDAY=-2MO", undefined],
  ["FREQ=MONTHLY;BYMONTHDAY=-3", undefined],
  ["FREQ=MONTHLY;COUNT=10;BYMONTHDAY=2,15", { ...NONE, every: "month", days: [2, 15], count: 10 }],
  ["FREQ=MONTHLY;BYMONTHDAY=15,2,15", { ...NONE, every: "month", days: [2, 15] }],
  ["FREQ=MONTHLY;COUNT=10;BYMONTHDAY=1,-1", { ...NONE, every: "month", days: [1, -1], count: 10 }],
  ["FREQ=MONTHLY;INTERVAL=2;BYDAY=TU", undefined],
  ["FREQ=YEARLY;COUNT=10;BYMONTH=6,7", undefined],
  ["FREQ=YEARLY;INTERVAL=3;COUNT=10;BYYEARDAY=1,100,200", undefined],
  ["FREQ=YEARLY;BYDAY=20MO", undefined],
  ["FREQ=YEARLY;BYMONTH=3;BYDAY=TH", undefined],
  ["FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", undefined],
  ["FREQ=MONTHLY;COUNT=3;BYDAY=TU,WE,TH;BYSETPOS=3", undefined],
  ["FREQ=HOURLY;INTERVAL=3;UNTIL=19970902T170000Z", undefined],
  ["FREQ=YEARLY", { ...NONE, every: "year", month: 9, days: [2] }],
  // As Google and Outlook write them.
  ["FREQ=MONTHLY", { ...NONE, every: "month", days: [2] }],
  ["FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", { ...NONE, every: "month", places: [{ nth: 2, weekday: 2 }] }],
  ["FREQ=YEARLY;BYMONTHDAY=20;BYMONTH=3", { ...NONE, every: "year", month: 3, days: [20] }],
  // A day that its month never has; the 29th of February comes now and then.
  ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", undefined],
  ["FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=1,31", undefined],
  ["FREQ=YEARLY;BYMONTH=2", undefined, "DTSTART:19970831T090000"],
  ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", { ...NONE, every: "year", month: 2, days: [29] }],
  ["FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=31,-1", { ...NONE, every: "year", month: 12, days: [31, -1] }],
  ["FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10", { ...NONE, every: "year", month: 10, places: [{ nth: -1, weekday: 0 }] }],
  ["FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", { ...NONE, every: "week", weekdays: [1, 2, 3, 4, 5] }],
  ["freq=weekly;byday=mo", { ...NONE, every: "week", weekdays: [1] }],
  // Of days the last one is a day.
  [
    "FREQ=WEEKLY;UNTIL=19971224",
    { ...NONE, every: "week", weekdays: [2], until: { written: "1997-12-24" } },
    "DTSTART;VALUE=DATE:19970902",
  ],
  [
    "FREQ=WEEKLY;UNTIL=19971224T000000Z",
    { ...NONE, every: "week", weekdays: [2], until: { written: "1997-12-24" } },
    "DTSTART;VALUE=DATE:19970902",
  ],
  // What is no rule, says a thing twice, or ends twice.
  ["FREQ=WEEKLY;COUNT=2;UNTIL=19971224", undefined],
  ["FREQ=WEEKLY;UNTIL=soon", undefined],
  ["FREQ=WEEKLY;INTERVAL=0", undefined],
  ["FREQ=WEEKLY;INTERVAL=-1", undefined],
  ["FREQ=WEEKLY;COUNT=-1", undefined],
  // What begins as a number and is none, or a greater one than anybody says.
  ["FREQ=WEEKLY;COUNT=1e3", undefined],
  ["FREQ=WEEKLY;COUNT=5x", undefined],
  ["FREQ=WEEKLY;UNTIL=20270101T000000Zx", undefined],
  ["FREQ=WEEKLY;COUNT=99999999999999999999", undefined],
  [`FREQ=WEEKLY;COUNT=${"9".repeat(400)}`, undefined],
  ["FREQ=WEEKLY;COUNT=999999999", { ...NONE, every: "week", weekdays: [2], count: 999_999_999 }],
  ["FREQ=WEEKLY;INTERVAL=2x", undefined],
  ["FREQ=WEEKLY;INTERVAL=10000", undefined],
  ["FREQ=WEEKLY;INTERVAL=9999", { ...NONE, every: "week", weekdays: [2], interval: 9_999 }],
  ["FREQ=MONTHLY;BYMONTHDAY=1.5", undefined],
  ["FREQ=MONTHLY;BYMONTHDAY=2,", undefined],
  ["FREQ=YEARLY;BYMONTH=3x;BYMONTHDAY=1", undefined],
  ["FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2.5", undefined],
  ["FREQ=WEEKLY;BYDAY=1MO", undefined],
  ["FREQ=WEEKLY;BYDAY=XX", undefined],
  ["FREQ=DAILY;FREQ=WEEKLY", undefined],
  ["FREQ=DAILY;__PROTO__=1", undefined],
  ["FREQ=constructor", undefined],
  ["weekly", undefined],
  ["FREQ=WEEKLY", undefined, "DTSTART:soon"],
];

for (const [rule, said, starts = "DTSTART;TZID=America/New_York:19970902T090000"] of RULES)
  test(`${rule} is ${said === undefined ? "shown as it is" : "said in words"}, of an event with ${starts}`, () => {
    const { repeats } = eventOf([starts, `RRULE:${rule}`]);
    assert.deepEqual(repeats, { rule, ...(said === undefined ? {} : { said }) });
  });

test("until when it repeats is told by the clock of the event", () => {
  const until = (zone: string, written: string, zones: readonly string[] = []): unknown =>
    eventOf([`DTSTART;TZID=${zone}:20260202T100000`, `RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=${written}`], zones).repeats
      ?.said?.until;
  for (const zone of ["America/New_York", "A zone of ours"]) {
    const there = (written: string): unknown => until(zone, written, NEW_YORK(zone));
    // Its clock is put forward on the 8th of March at 07:00 UTC, and back on the 1st of November at 06:00 UTC.
    for (const [written, shown, moment] of [
      ["20260302T045900Z", "2026-03-01T23:59", "2026-03-02T04:59Z"],
      ["20260308T065900Z", "2026-03-08T01:59", "2026-03-08T06:59Z"],
      ["20260308T070000Z", "2026-03-08T03:00", "2026-03-08T07:00Z"],
      ["20260309T035900Z", "2026-03-08T23:59", "2026-03-09T03:59Z"],
      ["20261102T045900Z", "2026-11-01T23:59", "2026-11-02T04:59Z"],
      ["20260301T235900", "2026-03-01T23:59", "2026-03-02T04:59Z"],
    ] as const)
      assert.deepEqual(there(written), { written: shown, zone, at: at(moment) }, `${zone} ${written}`);
    assert.deepEqual(there("20260302"), { written: "2026-03-02" });
  }
  for (const zone of ["Europe/Berlin", "W. Europe Standard Time"])
    for (const [written, shown, moment] of [
      ["20260329T005900Z", "2026-03-29T01:59", "2026-03-29T00:59Z"],
      ["20260329T010000Z", "2026-03-29T03:00", "2026-03-29T01:00Z"],
      ["20260329T013000Z", "2026-03-29T03:30", "2026-03-29T01:30Z"],
      ["20261025T013000Z", "2026-10-25T02:30", "2026-10-25T01:30Z"],
    ] as const)
      assert.deepEqual(until(zone, written, BERLIN), { written: shown, zone, at: at(moment) }, `${zone} ${written}`);
  assert.deepEqual(until("Australia/Sydney", "20260301T220000Z"), {
    written: "2026-03-02T09:00",
    zone: "Australia/Sydney",
    at: at("2026-03-01T22:00Z"),
  });
  // Of a zone that nobody knows, and of a year that is not written with four digits, it stays as it is written.
  for (const [zone, written] of [
    ["Our house", "2026-03-02T04:59"],
    ["Australia/Sydney", "9999-12-31T23:59"],
  ] as const)
    assert.deepEqual(until(zone, `${written.replace(/[-:]/g, "")}00Z`), {
      written,
      zone: "UTC",
      at: at(`${written}Z`),
    });
});

const NEW_YORK_AT_NINE = "DTSTART;TZID=America/New_York:19960402T090000";
const utc = (written: string): object => ({ written, zone: "UTC", at: at(`${written}Z`) });
const days = (...several: readonly string[]): readonly object[] => several.map((written) => ({ written }));

test("the days that an event leaves out and adds are those that it names", () => {
  // RFC 5545 §3.8.5.1 and §3.8.5.2, all of their examples; the last of them lacks a comma there, where its line is folded.
  const inUtc = "DTSTART:19960401T010000Z";
  assert.deepEqual(
    eventOf([inUtc, "EXDATE:19960402T010000Z,19960403T010000Z,19960404T010000Z"]).leftOut,
    ["1996-04-02T01:00", "1996-04-03T01:00", "1996-04-04T01:00"].map(utc),
  );
  const added = (...lines: readonly string[]): CalendarEvent["added"] => eventOf(lines).added;
  assert.deepEqual(added(inUtc, "RDATE:19970714T123000Z"), [utc("1997-07-14T12:30")]);
  const zone = "America/New_York";
  const bastille = { written: "1997-07-14T08:30", zone, at: at("1997-07-14T12:30Z") };
  assert.deepEqual(added(NEW_YORK_AT_NINE, "RDATE;TZID=America/New_York:19970714T083000"), [bastille]);
  assert.deepEqual(
    added(inUtc, "RDATE;VALUE=PERIOD:19960403T020000Z/19960403T040000Z,", " 19960404T010000Z/PT3H"),
    ["1996-04-03T02:00", "1996-04-04T01:00"].map(utc),
  );
  assert.deepEqual(
    added(
      "DTSTART;VALUE=DATE:19961225",
      "RDATE;VALUE=DATE:19970101,19970120,19970217,19970421,19970526,19970704,19970901,19971014,19971128,19971129,19971225",
    ),
    days(
      "1997-01-01",
      "1997-01-20",
      "1997-02-17",
      "1997-04-21",
      "1997-05-26",
      "1997-07-04",
      "1997-09-01",
      "1997-10-14",
      "1997-11-28",
      "1997-11-29",
      "1997-12-25",
    ),
  );
  const { leftOut, added: none } = eventOf([NEW_YORK_AT_NINE]);
  assert.deepEqual([leftOut, none], [[], []]);
});

test("a day that is left out or added is told by the clock of the event, once and in order", () => {
  const written = (...lines: readonly string[]): readonly string[] =>
    eventOf([NEW_YORK_AT_NINE, ...lines]).leftOut.map((moment) => moment.written + (moment.zone ?? ""));
  // As UTC has it, in its own zone, by another clock, and as a day; its clock is put forward on the 7th of April.
  const nine = (day: string): string => `1996-${day}T09:00America/New_York`;
  assert.deepEqual(
    written(
      "EXDATE:19960409T130000Z,19960404T140000Z",
      "EXDATE;TZID=America/New_York:19960416T090000,19960409T090000",
      "EXDATE;TZID=Europe/Berlin:19960405T160000",
      "EXDATE;VALUE=DATE:19960403",
    ),
    ["1996-04-03", ...["04-04", "04-05", "04-09", "04-16"].map(nine)],
  );
  // What is no day is none, and the others stay.
  assert.deepEqual(written("EXDATE:19960431T090000Z,soon,,19960409T130000Z", "EXDATE:", "EXDATE"), [nine("04-09")]);
  // Of days each is a day, whatever time is written behind it.
  const ofDays = eventOf(["DTSTART;VALUE=DATE:19960402", "EXDATE:19960409T000000Z", "RDATE:19960410T000000"]);
  assert.deepEqual([ofDays.leftOut, ofDays.added], [days("1996-04-09"), days("1996-04-10")]);
});

test("the first day is none that is added, nor is one that is left out", () => {
  const named = eventOf([
    NEW_YORK_AT_NINE,
    "RDATE:19960402T140000Z,19960404T140000Z,19960405T140000Z",
    "EXDATE;TZID=America/New_York:19960404T090000",
  ]);
  const written = (moments: CalendarEvent["added"]): unknown => moments.map((moment) => moment.written);
  assert.deepEqual(written(named.added), ["1996-04-05T09:00"]);
  assert.deepEqual(written(named.leftOut), ["1996-04-04T09:00"]);
});

test("of the days that an event names the last two hundred are read", (t) => {
  const read = t.mock.method(ICAL.Time, "fromString").mock;
  const many = Array.from({ length: 5_000 }, (_, year) => `${2000 + year}0401T090000`);
  const lines = [`EXDATE;TZID=America/New_York:${many.join(",")}`, ...many.map((day) => `RDATE:${day}`)];
  const { leftOut, added } = eventOf([NEW_YORK_AT_NINE, ...lines]);
  for (const named of [leftOut, added])
    assert.deepEqual([named.length, named.at(-1)?.written], [200, "6999-04-01T09:00"]);
  assert.ok(read.callCount() < 420, String(read.callCount()));
});
