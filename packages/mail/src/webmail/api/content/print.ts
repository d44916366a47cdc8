// A message as one page to print. Bodies stand in shadow trees: no style of theirs reaches our lines about the sender, and
// nothing of them is drawn above where they begin, where those lines are. What hangs out of one elsewhere is theirs to lose.
// The page has an end, however many bodies a message has and whatever they grow to.
import {
  type CalendarEvent,
  fragmentOf,
  ReadingError,
  type MailAddress,
  type MessageBody,
  type PartContent,
  type ReadMessage,
  type TextBlock,
} from "../../../message/index.ts";
import { readSettings } from "../handlers/settings.ts";
import type { Reading } from "../reading.ts";
import { saidEvent, type Saying } from "../schema/said-event.ts";
import { escaped } from "../web/escaped.ts";
import { pageWords, type PrintWords } from "../web/page-words.ts";
import { LIMITS } from "../limits.ts";
import { bodyHeaders, shownType } from "./headers.ts";
import type { ContentCall } from "./index.ts";

/** A message none of whose pictures can be read keeps nobody waiting for all of them. */
const FAILED_PICTURES_MAX = 3;

/**
 * How many characters of the page are left for what stands there as it was sent, and for text: neither takes from the other.
 * The first that does not fit is the last that is made.
 */
interface Room {
  asSent: number;
  text: number;
}

export async function sendPrint(reading: Reading, call: ContentCall): Promise<Response> {
  const { account, messageId, origin, signal } = call;
  const message = await reading.read(account, messageId, signal);
  const { summary, bodies, parts } = message;
  const words = pageWords((await readSettings(reading.house)).language);
  const { print } = words;
  const clock = clockOf(call);
  const room: Room = { asSent: LIMITS.printedCharacters, text: LIMITS.printedTextCharacters };
  const letters = new Map<MessageBody, string>();
  // Pictures have the room that letters leave.
  for (const body of bodies)
    if (body.kind !== "image") letters.set(body, await printed(reading, call, { body, print, clock, room }));
  const pictures = await picturesOf(reading, call, { bodies, room });
  const shown = bodies.map((body) => {
    if (body.kind !== "image") return letters.get(body) ?? "";
    const { fileName } = parts.find(({ part }) => part === body.part) ?? {};
    return picture(pictures.get(body.part), fileName, print.noPicture);
  });
  const rows = [
    row(print.from, addresses(summary.from)),
    row(print.to, addresses(summary.to)),
    row(print.cc, addresses(summary.cc)),
    row(print.date, summary.sentAt === undefined ? "" : dateBy(clock, new Date(summary.sentAt))),
    row(print.attached, parts.map(({ fileName }) => fileName).join(", ")),
  ];
  const subject = escaped(summary.subject);
  return new Response(
    `<!doctype html>
<html lang="${words.lang}" dir="${words.dir}">
<head>
<meta charset="utf-8">
<title>${subject}</title>
<style>
body { font: 11pt/1.5 system-ui, sans-serif; margin: 2rem; }
h1 { font-size: 1.3rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 1rem; }
h1 + dl { border-block-end: 1px solid; padding-block-end: .5rem; }
dd { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.picture { max-inline-size: 100%; max-block-size: 24cm; }
.note { position: relative; background: Canvas; }
.as-sent { display: flow-root; clip-path: inset(0 -9999px -99999px); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; unicode-bidi: plaintext; }
</style>
</head>
<body>
<h1 dir="auto">${subject}</h1>
<dl>${rows.join("")}</dl>
${[...leftOut(message, print), ...shown].join("\n")}
</body>
</html>
`,
    { headers: bodyHeaders(origin) },
  );
}

/** What of it is not on the paper, and why. */
function leftOut({ summary, bodies, problems }: ReadMessage, print: PrintWords): readonly string[] {
  const [only, ...others] = bodies;
  const isBlank = only?.kind === "html" && only.isBlank && others.length === 0;
  return [
    ...(summary.isUnreadable ? [print.unreadable, print.isKept] : []),
    ...problems.map((problem) => print.problems[problem]),
    ...(only === undefined && !summary.isUnreadable ? [print.noText] : []),
    ...(isBlank ? [print.blank] : []),
  ].map(note);
}

/** By their parts, each in an address of its own: the page has no origin to load it from. */
async function picturesOf(
  reading: Reading,
  call: ContentCall,
  { bodies, room }: { readonly bodies: readonly MessageBody[]; readonly room: Room },
): Promise<ReadonlyMap<string, string>> {
  const places = bodies.flatMap((body) => (body.kind === "image" ? [body.part] : []));
  const pictures = new Map<string, string>();
  let failed = 0;
  for (let done = 0; done < places.length && room.asSent > 0 && failed < FAILED_PICTURES_MAX;) {
    const some = await somePictures(reading, call, places.slice(done));
    for (const { part, content } of some) {
      const type = shownType(part, content);
      room.asSent -= Math.ceil(content.length / 3) * 4;
      if (type === undefined || room.asSent < 0) continue;
      pictures.set(part.part, `data:${type};base64,${Buffer.from(content).toString("base64")}`);
    }
    if (some.length === 0) failed += 1;
    done += Math.max(1, some.length);
  }
  return pictures;
}

/** The first of them, and more; none when the first cannot be read. */
async function somePictures(
  reading: Reading,
  call: ContentCall,
  places: readonly string[],
): Promise<readonly PartContent[]> {
  try {
    // The reader keeps the octets it is given: each round has them from the store.
    return await reading.octets.lend(call, (octets) => reading.house.mail.parts(octets, places), call.signal);
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    // The one that failed may stand behind others.
    return places.length > 1 ? somePictures(reading, call, places.slice(0, 1)) : [];
  }
}

function picture(src: string | undefined, fileName: string | undefined, without: string): string {
  if (src === undefined) return note(without);
  return `<p><img class="picture" src="${src}" alt="${escaped(fileName ?? "")}"></p>`;
}

/** An HTML body that cannot be rebuilt, or for which there is no room, is printed as its text, and says so. */
async function printed(
  reading: Reading,
  { account, messageId, origin, query, signal }: ContentCall,
  { body, room, ...o }: TextOf & { readonly body: MessageBody; readonly room: Room },
): Promise<string> {
  const text = (): string => textWithin(room, textBody(body, o), o.print);
  if (body.kind !== "html") return text();
  const asText = (): string => note(o.print.asText) + text();
  if (body.isTooLarge || room.asSent <= 0) return asText();
  try {
    const images = query("images") === "1" ? "shown" : "blocked";
    const place = { account, messageId, part: body.part };
    const { html } = await reading.html(place, { images, theme: "as-sent", origin }, signal);
    // The images that it holds are in it: bodies that share one have it each.
    room.asSent -= html.length;
    if (room.asSent < 0) return asText();
    return `<div class="as-sent"><template shadowrootmode="open">${fragmentOf(html)}</template></div>`;
  } catch (error) {
    if (!(error instanceof ReadingError)) throw error;
    return asText();
  }
}

/** As many of the pieces as there is room for; where some are left out, it says so. */
function textWithin(room: Room, pieces: Iterable<string>, print: PrintWords): string {
  const within: string[] = [];
  for (const piece of pieces) {
    room.text -= piece.length;
    if (room.text < 0) return [...within, note(print.textGoesOn)].join("\n");
    within.push(piece);
  }
  return within.join("\n");
}

type Clock = Pick<Saying, "locale" | "timeZone">;

interface TextOf {
  readonly print: PrintWords;
  readonly clock: Clock;
}

/** The person's own English, and the clock of their browser: each for itself, where it is one. */
function clockOf({ languages, query }: ContentCall): Clock {
  const locale = /(?:^|[,\s])(en\b[\w-]{0,20})/i.exec(languages)?.[1] ?? "en";
  const timeZone = query("zone");
  return {
    locale: isKnown({ locale, timeZone: undefined }) ? locale : "en",
    timeZone: isKnown({ locale: "en", timeZone }) ? timeZone : undefined,
  };
}

function isKnown(clock: Clock): boolean {
  try {
    dateBy(clock, new Date(0));
    return true;
  } catch {
    // A RangeError: a name no zone or language has.
    return false;
  }
}

/** As the reader writes it. */
function dateBy({ locale, timeZone }: Clock, date: Date): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short", timeZone }).format(date);
}

function row(label: string, value: string): string {
  return value === "" ? "" : `<dt>${label}</dt><dd dir="auto">${escaped(value)}</dd>`;
}

function addresses(list: readonly MailAddress[]): string {
  return list.map(({ name, address }) => (name === "" ? address : `${name} <${address}>`)).join(", ");
}

function* textBody(body: MessageBody, { print, clock }: TextOf): Generator<string> {
  switch (body.kind) {
    case "text":
      yield* textBlocks(body.blocks);
      if (body.isCut) yield note(print.textGoesOn);
      return;
    case "html":
      yield* textBlocks(body.text);
      return;
    case "calendar":
      yield eventCard(body.event, { print, clock });
      return;
    case "delivery-report":
      for (const { address, action, status, words } of body.report.recipients)
        yield paragraph([address, `${action} ${status}`.trim(), words]);
      return;
    case "encrypted":
      yield note(print.encrypted[body.with]);
      yield note(print.noKeys);
      return;
    // A picture is none.
    case "image":
  }
}

function eventCard(event: CalendarEvent, { print, clock }: TextOf): string {
  const say: Saying["say"] = (word, values) => print.event[word](values, clock.locale);
  const { kind, facts } = saidEvent(event, { ...clock, say }, Date.now());
  const rows = facts.map(([label, text]) => row(print.eventLabels[label], text));
  const title = event.title === "" ? "" : paragraph([event.title]);
  return `${note(print.eventLabels[kind])}${title}<dl>${rows.join("")}</dl>`;
}

/** Our own words, over whatever hangs out of a body before them. */
function note(words: string): string {
  return `<p class="note"><em>${escaped(words)}</em></p>`;
}

function paragraph(lines: readonly string[]): string {
  return `<pre dir="auto">${escaped(lines.filter((line) => line !== "").join("\n"))}</pre>`;
}

function* textBlocks(blocks: readonly TextBlock[]): Generator<string> {
  for (const { quote, text } of blocks) yield `<pre dir="auto">${escaped(quoted(text, quote))}</pre>`;
}

function quoted(text: string, depth: number): string {
  if (depth === 0) return text;
  const mark = `${">".repeat(Math.min(depth, 20))} `;
  return text
    .split("\n")
    .map((line) => mark + line)
    .join("\n");
}
