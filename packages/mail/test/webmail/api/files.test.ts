// What leaves a message as a file or to be looked at: parts, all of them as one, the message itself, its print.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type MailReader, openMailReader, ReadingError } from "../../../src/message/index.ts";
import { pageWords } from "../../../src/webmail/api/web/page-words.ts";
import { CATALOGUE, type WordId } from "../../../src/webmail/ui/words/catalogue.ts";
import { LIMITS } from "../../../src/webmail/api/limits.ts";
import { WITH_FILES } from "./letter-with-files.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let withFiles = 0;

before(async () => {
  office = await openReaderOffice();
  anna = await office.account("anna");
  withFiles = await office.deliver("anna", WITH_FILES);
});
after(() => office.stop());

test("a part is saved under a safe name, as nothing that runs", async () => {
  const { parts } = await office.ask("message", { account: anna, messageId: withFiles });
  const [first, , page] = parts;
  const saved = await office.load(first?.url ?? "");
  assert.equal(saved.text.trim(), "one");
  assert.match(
    String(saved.headers["content-disposition"]),
    /^attachment; filename="plan\.txt"; filename\*=UTF-8''plan\.txt$/,
  );
  assert.equal(saved.headers["x-content-type-options"], "nosniff");
  assert.equal(saved.headers["content-security-policy"], "sandbox; default-src 'none'");
  assert.equal(saved.headers["cross-origin-resource-policy"], "same-origin");
  const shown = await office.load(`${page?.url}?show=1`);
  assert.match(String(shown.headers["content-type"]), /^(?:text\/plain; charset=utf-8|application\/octet-stream)$/);
  const html = await office.load(page?.url ?? "");
  assert.equal(html.headers["content-type"], "application/octet-stream");
  assert.match(String(html.headers["content-disposition"]), /^attachment/);
});

test("attached text is shown in the letters it was written in, and saved octet for octet", async () => {
  const octetsOf = (hex: string): string => hex.replace(/../g, "=$&");
  const latin = "4772fcdf65"; // Grüße, ISO/IEC 8859-1
  const cases = [
    ['text/plain; charset=iso-8859-1; name="notiz.txt"', latin, "Grüße"],
    ['text/plain; name="notiz.txt"', latin, "Grüße"],
    ['text/plain; charset=us-ascii; name="notiz.txt"', latin, "Grüße"],
    ['application/octet-stream; name="notiz.txt"', latin, "Grüße"],
    ['text/plain; charset=utf-8; name="notiz.txt"', "4772c3bcc39f65", "Grüße"],
    ['text/plain; name="notiz.txt"', "4772c3bcc39f65", "Grüße"],
    ['text/plain; charset=koi8-r; name="notiz.txt"', "f0d2c9d7c5d4", "Привет"], // KOI8-R
    ['text/csv; charset=shift_jis; name="list.csv"', "89ef8b63", "会議"], // JIS X 0208
    ['text/plain; charset=iso-2022-jp; name="memo.txt"', "1b2442327135441b2842", "会議"], // RFC 1468
  ] as const;
  const letter = cases.map(
    ([type, hex]) =>
      `--b\nContent-Type: ${type}\nContent-Disposition: attachment\nContent-Transfer-Encoding: quoted-printable\n\n${octetsOf(hex)}\n`,
  );
  const messageId = await office.deliver(
    "anna",
    `Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n${letter.join("")}--b--\n`,
  );
  const { parts } = await office.ask("message", { account: anna, messageId });
  assert.equal(parts.length, cases.length);
  for (const [at, [type, hex, text]] of cases.entries()) {
    const shown = await office.load(`${parts[at]?.url}?show=1`);
    assert.deepEqual([shown.headers["content-type"], shown.text], ["text/plain; charset=utf-8", text], type);
    assert.equal(shown.headers["content-length"], String(Buffer.byteLength(text)), type);
    const saved = await office.load(parts[at]?.url ?? "");
    assert.equal(saved.octets.toString("hex"), hex, type);
  }
});

test("all attachments come as one file whose names are flat and different", async () => {
  const zip = await office.load(`/m/${anna}/${withFiles}/zip`);
  assert.equal(zip.headers["content-type"], "application/zip");
  // Names in the central directory (APPNOTE 4.3.12): signature, then at 46 the name.
  const names: string[] = [];
  for (let at = zip.octets.indexOf("PK\x01\x02"); at >= 0; at = zip.octets.indexOf("PK\x01\x02", at + 4))
    names.push(zip.octets.toString("utf8", at + 46, at + 46 + zip.octets.readUInt16LE(at + 28)));
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, 3);
  for (const name of names) assert.doesNotMatch(name, /[/\\]|\.\./);
});

test("a message of more attachments than are listed comes as a zip of those that are, each under a name of its own", async () => {
  const part = "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=same.txt\n\nx\n";
  const many = await office.deliver(
    "anna",
    `Subject: Many\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n${part.repeat(1_200)}--b--\n`,
  );
  const { parts, urls } = await office.ask("message", { account: anna, messageId: many });
  assert.ok(parts.length > 900 && parts.length <= LIMITS.zipParts, String(parts.length));
  const zip = await office.load(urls.zip);
  assert.equal(zip.status, 200);
  // The end of the central directory says how many there are (APPNOTE 4.3.16).
  const end = zip.octets.lastIndexOf("PK\x05\x06");
  assert.equal(zip.octets.readUInt16LE(end + 10), parts.length);
});

test("what is printed of a report or an invitation says what the screen says", async () => {
  const parts = [
    "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; lost@nowhere.example\nAction: failed\nStatus: 5.1.1\n",
    "Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Tea <b>at</b> five\nDTSTART:20260320T170000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20260327T170000Z\nRDATE:20260401T150000Z\nEND:VEVENT\nEND:VCALENDAR\n",
  ];
  const boundary = (part: string): string => `--b\n${part}\n`;
  const letter = `Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n${parts.map(boundary).join("")}--b--\n`;
  const messageId = await office.deliver("anna", letter);
  const { text } = await office.load(`/m/${anna}/${messageId}/print?zone=Europe/Berlin`);
  assert.match(text, /lost@nowhere\.example\nfailed 5\.1\.1/);
  assert.match(text, /<em>Invitation<\/em><\/p><pre dir="auto">Tea &lt;b&gt;at&lt;\/b&gt; five<\/pre>/);
  assert.deepEqual(factsOf(text), [
    ["Starts", "Friday, March 20, 2026 at 6:00 PM (5:00 PM UTC)"],
    ["Repeats", "Every week on Friday, 3 times"],
    ["Not on", "March 27, 2026"],
    ["Also on", "April 1, 2026 at 5:00 PM (3:00 PM UTC)"],
  ]);
});

/** What stands below the header of a printed message, by its labels. */
function factsOf(page: string): readonly (readonly [label: string, text: string])[] {
  const [, , ...lists] = page.split("<dl>");
  return [...lists.join("").matchAll(/<dt>([^<]*)<\/dt><dd dir="auto">([^<]*)<\/dd>/g)].map(([, label, text]) => [
    label ?? "",
    text ?? "",
  ]);
}

const deliverEvent = (method: string, ...lines: readonly string[]): Promise<number> =>
  office.deliver(
    "anna",
    `Subject: x\nMIME-Version: 1.0\nContent-Type: text/calendar; method=${method}\n\n${[
      "BEGIN:VCALENDAR",
      `METHOD:${method}`,
      "BEGIN:VEVENT",
      "SUMMARY:Tea",
      ...lines,
      "END:VEVENT",
      "END:VCALENDAR",
    ].join("\n")}\n`,
  );

test("an event that is cancelled is printed as one, with what each of its times is", async () => {
  const messageId = await deliverEvent(
    "CANCEL",
    "DTSTART:20260320T170000Z",
    "DTEND:20260320T180000Z",
    "LOCATION:The shed",
    "ORGANIZER:mailto:pat@sail.example",
    "DESCRIPTION:Bring\\ncups",
  );
  const { text } = await office.load(`/m/${anna}/${messageId}/print?zone=UTC`);
  assert.match(text, /<em>Cancelled<\/em>/);
  assert.doesNotMatch(text, /Invitation/);
  assert.deepEqual(factsOf(text), [
    ["Starts", "Friday, March 20, 2026 at 5:00 PM"],
    ["Ends", "Friday, March 20, 2026 at 6:00 PM"],
    ["Where", "The shed"],
    ["Organiser", "pat@sail.example"],
    ["Notes", "Bring\ncups"],
  ]);
});

test("a language that is none leaves the zone of who prints, and a zone that is none the language", async () => {
  const messageId = await deliverEvent("REQUEST", "DTSTART:20260320T170000Z");
  const starts = async (language: string, zone: string): Promise<string> => {
    const print = `/m/${anna}/${messageId}/print?zone=${zone}`;
    const { text } = await office.load(print, { "accept-language": language });
    return factsOf(text)[0]?.[1] ?? "";
  };
  assert.equal(
    await starts("en-", "Asia/Tokyo"),
    "Saturday, March 21, 2026 at 2:00 AM (Friday, March 20, 2026 at 5:00 PM UTC)",
  );
  assert.match(await starts("en-GB", "Nowhere/Town"), /^\w+, \d+ March 2026 at \d+:00/);
});

test("what was read of a message goes with it: once it is deleted for good it is not printed any more", async () => {
  const messageId = await office.deliver("anna", "From: a@b.example\nSubject: once\n\nonly here\n");
  const print = `/m/${anna}/${messageId}/print`;
  assert.match((await office.load(print)).text, /only here/);
  await office.house.office.house.store.remove(anna, [messageId]);
  const after = await office.load(print);
  assert.equal(after.status, 404, after.text);
});

test("what of a message is not on the paper is said there, in the words of the reader", async () => {
  const mixed = "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n";
  const nested = Array.from({ length: 60 }, (_, at) => `Content-Type: multipart/mixed; boundary=b${at}\n\n--b${at}\n`);
  const cases: readonly (readonly [string, readonly WordId[]])[] = [
    [
      'MIME-Version: 1.0\nContent-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n',
      ["encrypted.pgp", "encrypted.more"],
    ],
    [
      "MIME-Version: 1.0\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\nContent-Transfer-Encoding: base64\n\nAAAA\n",
      ["encrypted.smime", "encrypted.more"],
    ],
    [`\n${"many words of it\n".repeat(60_000)}`, ["text.cut"]],
    [mixed + "--b\nContent-Type: application/zip\n\nx\n--b--\n", ["body.none"]],
    ['MIME-Version: 1.0\nContent-Type: text/html\n\n<div style="display:none">hidden</div>\n', ["body.blank"]],
    [mixed + "--b\nContent-Type: text/plain\n\nx\n".repeat(1_200), ["problem.parts-cut"]],
    [`MIME-Version: 1.0\n${nested.join("")}Content-Type: text/plain\n\nx\n`, ["problem.nesting-cut", "body.none"]],
    [`X-Long: ${"word ".repeat(300_000).replace(/(.{900}) /g, "$1\n ")}\n\nx\n`, ["problem.header-cut"]],
    [`\n${"x".repeat(990).concat("\n").repeat(70_000)}`, ["unreadable.title", "unreadable.more", "problem.too-large"]],
    ["\nNothing is left out.\n", []],
  ];
  for (const [letter, words] of cases) {
    const messageId = await office.deliver("anna", `From: a@b.example\nSubject: x\n${letter}`);
    const { status, text } = await office.load(`/m/${anna}/${messageId}/print`);
    assert.equal(status, 200, text);
    const notes = [...text.matchAll(/<p class="note"><em>([^<]*)<\/em><\/p>/g)].map(([, note]) => note);
    assert.deepEqual(
      notes,
      words.map((id) => CATALOGUE[id]),
    );
  }
  for (const [problem, words] of Object.entries(pageWords("en").print.problems))
    assert.equal(words, CATALOGUE[`problem.${problem}` as WordId]);
});

/** A PNG of one pixel. */
const PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

/** What all readers of mail do, the office's too. */
async function mailReader(): Promise<MailReader> {
  const reader = openMailReader({ threads: 1 });
  await reader.close();
  return Object.getPrototypeOf(reader) as MailReader;
}

async function deliverPictures(): Promise<number> {
  const picture = (name: string): string =>
    `--b\nContent-Type: image/png; name=${name}.png\nContent-Disposition: inline\nContent-Transfer-Encoding: base64\n\n${PIXEL}\n`;
  const all = ["one", "two", "three"].map(picture).join("");
  return office.deliver(
    "anna",
    `Subject: Three\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n${all}--b--\n`,
  );
}

test("a picture that cannot be read is said to be missing in print, and the others are printed", async (context) => {
  const messageId = await deliverPictures();
  const reader = await mailReader();
  const { parts } = reader;
  context.mock.method(reader, "parts", async function (this: MailReader, octets: Uint8Array, places: string[]) {
    if (places.includes("2")) throw new ReadingError("unreadable");
    return parts.call(this, octets, places);
  });
  const { status, text } = await office.load(`/m/${anna}/${messageId}/print`);
  assert.equal(status, 200, text);
  assert.deepEqual(
    [...text.matchAll(/<img class="picture"[^>]* alt="([^"]*)"/g)].map(([, name]) => name),
    ["one.png", "three.png"],
  );
  assert.equal(text.split('<p class="note">').length - 1, 1);
});

test("pictures that do not come end the print, not the waiting for them", async (context) => {
  const messageId = await deliverPictures();
  // Asked for ever, it would do nothing else.
  const asked = context.mock.method(await mailReader(), "parts", async () => {
    if (asked.mock.callCount() > 20) throw new Error("asked again and again");
    return [];
  });
  const { status, text } = await office.load(`/m/${anna}/${messageId}/print`);
  assert.equal(status, 200, text);
  assert.equal(text.split('<p class="note">').length - 1, 3);
});

/** A letter of these parts, each of its type. */
function letterOf(parts: readonly (readonly [fields: string, content: string])[]): string {
  const written = parts.map(([fields, content]) => `--b\nContent-Type: ${fields}\n\n${content}\n`);
  return `Subject: Many\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n${written.join("")}--b--\n`;
}

/** Our own lines on a printed page. */
const OURS = 65_536;
const PAGE_MAX = LIMITS.printedCharacters + LIMITS.printedTextCharacters + OURS;

async function printOf(letter: string): Promise<{ readonly octets: number; readonly asSent: number; notes: string[] }> {
  const messageId = await office.deliver("anna", letter);
  const { status, text, octets } = await office.load(`/m/${anna}/${messageId}/print`);
  assert.equal(status, 200, text);
  const notes = [...text.matchAll(/<p class="note"><em>([^<]*)<\/em><\/p>/g)].map(([, note = ""]) => note);
  return { octets: octets.length, asSent: text.split("<template ").length - 1, notes };
}

test("a printed page has an end, however many bodies there are and whatever they grow to", async () => {
  const { asText, textGoesOn } = pageWords("en").print;
  const family = `font-family:${Array.from({ length: 31 }, () => `"${"a".repeat(60)}"`).join(",")};`.repeat(4);
  // A style that is never closed is opened anew in each paragraph.
  const grown = (paragraphs: number) =>
    ["text/html", `<p><font style='${family}'>\n${"<p>word\n".repeat(paragraphs)}`] as const;
  const tooLarge = await printOf(letterOf(Array.from({ length: 10 }, () => grown(11_000))));
  assert.ok(tooLarge.octets <= PAGE_MAX, String(tooLarge.octets));
  assert.deepEqual([tooLarge.asSent, tooLarge.notes], [0, Array.from({ length: 10 }, () => asText)]);

  const one = await office.deliver("anna", letterOf([grown(450)]));
  const [body] = (await office.ask("message", { account: anna, messageId: one })).bodies;
  const { length } = (await office.load(body?.kind === "html" ? body.url : "")).text;
  const fitting = Math.floor(LIMITS.printedCharacters / length);
  const many = await printOf(letterOf(Array.from({ length: fitting + 5 }, () => grown(450))));
  assert.ok(many.octets <= PAGE_MAX, String(many.octets));
  assert.deepEqual([many.asSent, many.notes], [fitting, Array.from({ length: 5 }, () => asText)]);

  // Five characters of a page for each.
  const quotes = `${"'".repeat(75)}\n`.repeat(6_000);
  const texts = await printOf(letterOf(Array.from({ length: 20 }, () => ["text/plain", quotes] as const)));
  assert.ok(texts.octets <= PAGE_MAX, String(texts.octets));
  const whole = Math.floor(LIMITS.printedTextCharacters / (6_000 * (75 * 5 + 1)));
  assert.deepEqual(
    texts.notes,
    Array.from({ length: 20 - whole }, () => textGoesOn),
  );
});

test("a picture that many bodies hold is printed in as many of them as there is room for", async () => {
  const picture = Buffer.alloc(9_000_000);
  Buffer.from(PIXEL, "base64").copy(picture);
  const lines = picture.toString("base64").replace(/.{76}/g, "$&\n");
  const held = Array.from({ length: 12 }, () => ["text/html", '<p>hello</p><img src="cid:x@y">'] as const);
  const shared = ["image/png\nContent-ID: <x@y>\nContent-Transfer-Encoding: base64", lines] as const;
  const { octets, asSent, notes } = await printOf(letterOf([...held, shared]));
  assert.ok(octets <= PAGE_MAX, String(octets));
  // Base64 makes four characters of three octets.
  const fitting = Math.floor(LIMITS.printedCharacters / 12_000_000);
  assert.deepEqual([asSent, notes.length], [fitting, 12 - fitting]);
});

test("source and file are the octets that were received", async () => {
  const hello = await office.deliver(
    "anna",
    "From: Mina <mina@harbour.example>\nSubject: Hello there\n\nGood morning.\n",
  );
  const eml = await office.load(`/m/${anna}/${hello}/eml`);
  const source = await office.load(`/m/${anna}/${hello}/source`);
  assert.match(eml.text, /\r\nSubject: Hello there\r\n/);
  assert.equal(source.text, eml.text);
  assert.equal(eml.headers["content-length"], String(eml.octets.length));
  assert.equal(source.headers["content-type"], "text/plain; charset=utf-8");
  assert.match(String(eml.headers["content-disposition"]), /filename="Hello there\.eml"/);
});
