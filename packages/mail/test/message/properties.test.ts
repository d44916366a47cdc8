// What holds for every mail, whoever wrote it, tried on many made from pieces of the worst ones.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { safeFileName, safeHeaderText, threadSubjectOf } from "../../src/message/index.ts";
import { calendarEvent } from "../../src/message/cards/calendar-event.ts";
import { readAddresses } from "../../src/message/header/addresses.ts";
import { readDate } from "../../src/message/header/sent-at.ts";
import { quotable, sanitize } from "../../src/message/html/sanitize.ts";
import { readMessage } from "../../src/message/reading/read-message.ts";
import { textBlocks } from "../../src/message/text/text-blocks.ts";
import { takeUuencoded } from "../../src/message/text/uuencode.ts";
import { mails } from "./corpus.ts";
import { assertGrammar } from "./html-grammar.ts";

const SEED = { seed: 20_261_126 };
const NOW = Date.UTC(2026, 10, 26);

const HEADERS = [
  "From: a <a@b.example>\r\n",
  "From: =?utf-8?B?8J+YgA==?= <\r\n",
  "Subject: =?iso-2022-jp?B?GyRC?=\r\n",
  "Content-Type: multipart/mixed; boundary=b\r\n",
  "Content-Type: multipart/alternative; boundary*0=b; boundary*1=\r\n",
  'Content-Type: multipart/related; boundary=b; start="<x>"\r\n',
  "Content-Type: text/html; charset=utf-16le\r\n",
  "Content-Type: text/plain; format=flowed; delsp=yes\r\n",
  "Content-Type: text/calendar; method=REQUEST\r\n",
  "Content-Type: message/delivery-status\r\n",
  "Content-Type: application/pkcs7-mime; smime-type=signed-data\r\n",
  "Content-Transfer-Encoding: base64\r\n",
  "Content-Transfer-Encoding: quoted-printable\r\n",
  "Content-Disposition: attachment; filename*0*=utf-8''%; filename*1=..\r\n",
  "Content-ID: <x>\r\n",
  " folded\r\n",
  "\r\n",
  "--b\r\n",
  "--b--\r\n",
  "begin 644 x\r\n#0V%T\r\n`\r\nend\r\n",
  "> > quoted \r\n",
  "<img src=cid:x>",
];
const octets = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HEADERS).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 40 }),
    ),
    { maxLength: 40 },
  )
  .map((pieces) => new Uint8Array(Buffer.concat(pieces)));

test("any octets are read", async () => {
  await fc.assert(
    fc.asyncProperty(octets, async (message) => {
      const read = await readMessage(message, { now: NOW, isHeaderOnly: false });
      assert.equal(read.summary.isUnreadable, false);
    }),
    { ...SEED, numRuns: 400 },
  );
});

const NAMES = [
  "DTSTART",
  "DTEND",
  "DURATION",
  "RRULE",
  "RDATE",
  "EXDATE",
  "TZID",
  "TZOFFSETFROM",
  "TZOFFSETTO",
  "ORGANIZER",
];
const PARAMETERS = [
  "",
  ";TZID=Ours",
  ";VALUE=DATE",
  ";VALUE=RECUR",
  ";VALUE=PERIOD",
  ';CN="a:b"',
  ";TZID",
  ";constructor=a",
];
const VALUES = [
  "20260320T130000",
  "16010101T000000",
  "20260320",
  "20260231T250000Z",
  "20260101T000000/P1D",
  "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU",
  "FREQ=YEARLY;BYMONTH=2;BYDAY=5MO;BYMONTHDAY=30,31",
  "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2;UNTIL=20271231T000000Z",
  "FREQ=SECONDLY",
  "FREQ=WEEKLY;COUNT",
  "+0100",
  "-9999",
  "P1DT2H",
  "PD",
  "Ours",
  "mailto:a@b.example",
];
const CALENDAR_EDGES = ["VCALENDAR", "VEVENT", "VTIMEZONE", "STANDARD"].flatMap((kind) => [
  `BEGIN:${kind}`,
  `END:${kind}`,
]);
const calendarLine = fc.oneof(
  fc.constantFrom(...CALENDAR_EDGES),
  fc
    .tuple(fc.constantFrom(...NAMES), fc.constantFrom(...PARAMETERS), fc.constantFrom(...VALUES))
    .map(([name, parameters, value]) => `${name}${parameters}:${value}`),
  fc.string({ maxLength: 40 }),
);

test("any lines between the ends of a calendar are read", () => {
  const zone = ["BEGIN:VTIMEZONE", "TZID:Ours", "BEGIN:STANDARD"];
  const event = ["BEGIN:VEVENT", "SUMMARY:Tea"];
  const lines = fc.array(calendarLine, { maxLength: 12 });
  fc.assert(
    fc.property(lines, lines, (inZone, inEvent) => {
      const text = ["BEGIN:VCALENDAR", ...zone, ...inZone, "END:STANDARD", "END:VTIMEZONE", ...event, ...inEvent];
      assert.notEqual(calendarEvent(Buffer.from(text.join("\r\n")), undefined), undefined);
    }),
    { ...SEED, numRuns: 2_000 },
  );
});

test("an ordinary mail cut anywhere is read", async () => {
  const cut = fc
    .constantFrom(...mails("benign").filter(({ octets: all }) => all().byteLength < 20_000))
    .chain((mail) => fc.nat(mail.octets().byteLength).map((end) => mail.octets().slice(0, end)));
  await fc.assert(
    fc.asyncProperty(cut, async (message) => {
      await readMessage(message, { now: NOW, isHeaderOnly: false });
    }),
    { ...SEED, numRuns: 300 },
  );
});

const MARKUP = [
  "<div>",
  "</div>",
  "<p style='",
  "'>",
  '<a href="',
  '">',
  "<table><tr><td>",
  "<svg>",
  "<math><mtext>",
  "<style>",
  "</style>",
  "<!--",
  "-->",
  "<![CDATA[",
  "]]>",
  "<script>",
  "</script>",
  "<title>",
  "<textarea>",
  "<noscript>",
  "<xmp>",
  "<plaintext>",
  "<template>",
  "<select>",
  "<img src=x onerror=alert(1)>",
  "<img src=http://t.example/x>",
  "javascript:alert(1)",
  "background:url(http://t.example)",
  "color:red;",
  "{",
  "}",
  "@import 'x';",
  "@media screen{",
  ".a{color:red}",
  "*{--x:url(y)}",
  "&lt;script&gt;",
  "&#x6a;avascript:",
  "\u0000",
  "\\75rl(",
  "position:fixed",
  "<blockquote type=cite>",
  "<body bgcolor=white text=white>",
  "<form>",
  "<input>",
  "<frameset>",
  "<foreignObject>",
  "<mglyph>",
  "<base href=//e>",
];
const html = fc
  .array(fc.oneof(fc.constantFrom(...MARKUP), fc.string({ unit: "binary", maxLength: 8 })), { maxLength: 40 })
  .map((all) => all.join(""));

test("whatever the HTML, the page is made of what is allowed and loads nothing", () => {
  fc.assert(
    fc.property(html, fc.constantFrom("as-sent" as const, "adapt-dark" as const), (body, theme) => {
      assertGrammar(sanitize(body, { images: "blocked", theme }, () => undefined).html);
      assertGrammar(quotable(body));
    }),
    { ...SEED, numRuns: 1_500 },
  );
});

test("a page sanitized again has the same text", () => {
  fc.assert(
    fc.property(html, (body) => {
      const once = quotable(body);
      assert.equal(quotable(once).replace(/\s+/g, ""), once.replace(/\s+/g, ""));
    }),
    { ...SEED, numRuns: 300 },
  );
});

test("cleaned texts stay clean, and file names stay safe", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 300 }), (text) => {
      const clean = safeHeaderText(text);
      assert.equal(safeHeaderText(clean), clean);
      assert.doesNotMatch(clean, /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u);
      const name = safeFileName(text);
      assert.equal(safeFileName(name), name);
      assert.doesNotMatch(name, /[/\\:]|^\.|[.\s]$/);
      assert.ok(name !== "" && Buffer.byteLength(name) <= 150);
      const subject = threadSubjectOf(clean);
      assert.equal(threadSubjectOf(`Re: ${clean}`), subject);
      readAddresses(text);
      readDate(text);
    }),
    { ...SEED, numRuns: 1_000 },
  );
});

test("blocks hold the whole of a text, and links point into it", () => {
  const line = fc.constantFrom(
    "> a",
    ">> b ",
    "-- ",
    "see http://a.example/x.",
    "www.b.example",
    "m@c.example ",
    "tel:+123456",
    "",
    " x",
    "begin 644 y",
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 30 }), fc.boolean(), fc.boolean(), (lines, isFlowed, deletesSpace) => {
      const text = takeUuencoded(lines.join("\n")).text;
      const { blocks, isCut } = textBlocks(text, { isFlowed, deletesSpace });
      assert.equal(isCut, false);
      const letters = (all: string): string => all.replace(/[^a-z]/g, "");
      assert.equal(letters(blocks.map((block) => block.text).join("")), letters(text));
      for (const block of blocks) {
        for (const link of block.links) assert.match(link.href, /^(?:https?|mailto|tel):/);
      }
    }),
    { ...SEED, numRuns: 300 },
  );
});
