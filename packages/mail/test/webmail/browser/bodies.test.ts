// Bodies of HTML mail in the real reader: their images before and after somebody wants them, on the screen and in print,
// and what is shown of a body that cannot be shown. The servers of the images are on loopback.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { ReaderOffice } from "../api/reader-office.ts";
import { goTo, NEEDS_CHROMIUM, newContext, prepareRoutes } from "./browser.ts";
import { openPictures, type Pictures } from "./pictures.ts";
import { openPage, setUp } from "./set-up.ts";

const PICTURE = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

/** At nine in New York, by rules of a zone whose name nobody else has. */
const INVITATION = `From: Pat <pat@sail.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 09:00:00 +0000
Subject: Crew
MIME-Version: 1.0
Content-Type: text/calendar; method=REQUEST

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VTIMEZONE
TZID:Eastern Standard Time
BEGIN:STANDARD
DTSTART:16010101T020000
TZOFFSETFROM:-0400
TZOFFSETTO:-0500
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=1SU;BYMONTH=11
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:-0500
TZOFFSETTO:-0400
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=2SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
SUMMARY:Crew
DTSTART;TZID=Eastern Standard Time:20260616T090000
RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH;COUNT=6
EXDATE;TZID=Eastern Standard Time:20260618T090000,20260702T090000
RDATE:20260708T130000Z
END:VEVENT
END:VCALENDAR
`;

let office: ReaderOffice;
let page: Page;
let pictures: Pictures;
let requests: readonly string[] = [];

setUp(async (file) => {
  pictures = await openPictures(file, PICTURE);
  const { port } = pictures;
  ({ office, requests } = pictures);
  await office.account("anna");
  for (const name of ["first", "second"])
    await office.deliver(
      "anna",
      `From: Kettle <letter@kettle.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 10:00:00 +0000
Subject: The ${name} catalogue
Message-ID: <${name}@kettle.example>
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<html><body dir="rtl" style="font-size:20px"><p>The word of the ${name} is kettle.</p>
<img src="http://pictures.example:${port}/${name}.png" width="300" height="200" alt="a kettle"></body></html>
`,
    );
  await office.deliver("anna", INVITATION);
  page = await openPage(file, office);
  await prepareRoutes(page);
  await page.getByRole("row", { name: /The second catalogue/ }).waitFor();
});

/** Opens a message and gives its image, once the frame has loaded all that it may. */
async function openImage(name: string): Promise<Locator> {
  await page.getByRole("row", { name: new RegExp(`The ${name} catalogue`) }).click();
  await page.getByRole("heading", { level: 2, name: `The ${name} catalogue` }).waitFor();
  return imageWhere(/\/body\/[^?]+(?:\?theme=dark)?$/);
}

async function imageWhere(url: RegExp): Promise<Locator> {
  const frame = await (await page.locator("iframe.html-frame").elementHandle())?.contentFrame();
  await frame?.waitForURL(url);
  return page.frameLocator("iframe.html-frame").locator("img");
}

function widthOf(image: Locator): Promise<number> {
  return image.evaluate((element) => (element as unknown as { readonly naturalWidth: number }).naturalWidth);
}

test("an image is loaded when it is shown once, and of no other message", NEEDS_CHROMIUM, async () => {
  assert.equal(await widthOf(await openImage("second")), 0);
  assert.equal(await widthOf(await openImage("first")), 0);
  assert.deepEqual(requests, []);
  await page.getByRole("button", { name: /^Show images/ }).click();
  await page.locator('iframe.html-frame[src*="images=1"]').waitFor();
  assert.equal(await widthOf(await imageWhere(/images=1/)), 1);
  assert.deepEqual(requests, ["/first.png"]);
  // The other one was read before, so it is drawn at once in the place of this one.
  assert.equal(await widthOf(await openImage("second")), 0);
  assert.deepEqual(requests, ["/first.png"]);
});

/** What is printed of the message that is open. */
async function print(): Promise<Page> {
  await page.getByRole("button", { name: "More", exact: true }).click();
  const [printed] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("menuitem", { name: "Print" }).click(),
  ]);
  await printed.waitForLoadState("load");
  return printed;
}

test("what is printed has the images that are seen, and runs as its body says", NEEDS_CHROMIUM, async () => {
  await openImage("first");
  const without = await print();
  assert.equal(await widthOf(without.locator("img")), 0);
  const word = without.getByText("The word of the first is kettle.");
  const look = await word.evaluate((element) => {
    const { getComputedStyle } = globalThis as unknown as {
      getComputedStyle: (of: unknown) => { readonly direction: string; readonly fontSize: string };
    };
    const { direction, fontSize } = getComputedStyle(element);
    return [direction, fontSize];
  });
  assert.deepEqual(look, ["rtl", "20px"]);
  await without.close();
  await page.getByRole("button", { name: /^Show images/ }).click();
  await page.locator('iframe.html-frame[src*="images=1"]').waitFor();
  const withImages = await print();
  assert.equal(await widthOf(withImages.locator("img")), 1);
  await withImages.close();
});

test("a message that is a picture is shown as one, and printed as one", NEEDS_CHROMIUM, async () => {
  const part = `Content-Type: image/png; name=pier.png\nContent-Transfer-Encoding: base64\n`;
  const octets = `\n${PICTURE.toString("base64")}\n`;
  const inline = `--m\n${part}Content-Disposition: inline\n${octets}`;
  for (const [subject, rest] of [
    ["Root picture", part + octets],
    [
      "Picture below words",
      `Content-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: text/plain\n\nLook:\n${inline}--m--\n`,
    ],
  ] as const) {
    await office.deliver("anna", `From: Mina <mina@harbour.example>\nSubject: ${subject}\nMIME-Version: 1.0\n${rest}`);
    // In a list that has nothing else: nothing stands above what comes.
    await goTo(page, `#/all/search?q=${encodeURIComponent(subject)}`);
    await page.getByRole("row", { name: new RegExp(subject) }).click();
    await page.locator("article.message:not([aria-busy]) img.image-body").waitFor();
    const printed = await print();
    const printedPicture = printed.getByRole("img", { name: "pier.png" });
    assert.equal(await widthOf(printedPicture), 1, subject);
    await printed.close();
  }
  await goTo(page, "#/all/inbox");
  await page.reload();
});

test("images of a trusted sender are loaded by themselves, until they are blocked again", NEEDS_CHROMIUM, async () => {
  await openImage("second");
  await page.getByRole("button", { name: "Always…" }).click();
  await page.getByRole("menuitem", { name: "Always for letter@kettle.example" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Always show" }).click();
  await page.locator('iframe.html-frame[src*="images=1"]').waitFor();
  assert.equal(await widthOf(await imageWhere(/images=1/)), 1);
  await page.getByRole("button", { name: "Block again" }).click();
  await page.locator('iframe.html-frame:not([src*="images=1"])').waitFor();
  assert.equal(await widthOf(await imageWhere(/\/body\/[^?]+(?:\?theme=dark)?$/)), 0);
});

test(
  "whoever writes under the name of a trusted sender is not trusted, and it is said why",
  NEEDS_CHROMIUM,
  async () => {
    await office.ask("trust", { trusted: [{ kind: "sender", value: "news@shop.example" }] });
    await office.deliver(
      "anna",
      `Authentication-Results: mx.example.org; spf=fail; dkim=none; dmarc=none header.from=shop.example
From: Shop <news@shop.example>
Subject: The false catalogue
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>Read this.</p><img src="http://pictures.example:${pictures.port}/false.png" width="300" height="200">
`,
    );
    await goTo(page, "#/all/inbox");
    assert.equal(await widthOf(await openImage("false")), 0);
    const banner = page.locator(".banner", { hasText: "1 image not loaded" });
    await banner.getByText("Your mail server found nothing that shows that news@shop.example sent this").waitFor();
    assert.equal(await banner.getByRole("button", { name: "Always…" }).count(), 0);
    assert.ok(!requests.includes("/false.png"));
  },
);

test("a body that cannot be shown is shown as its text, says why, and is tried again", NEEDS_CHROMIUM, async () => {
  for (const [status, code, reason, why] of [
    [504, "took-too-long", "took-too-long-to-read", "It took too long to read. Look at its source, or save it."],
    [503, "busy", "too-much-at-once", "Too much is being loaded. Try again."],
  ] as const) {
    await goTo(page, "#/all/sent");
    await page.locator("article.message").waitFor({ state: "detached" });
    await page.route(/\/body\//, (route) =>
      route.fulfill({ status, json: { error: { code, message: "x", reason, values: {} } } }),
    );
    // As it is after a reload: nothing was found out before.
    await page.reload();
    await goTo(page, "#/all/inbox");
    await page.getByRole("row", { name: /The first catalogue/ }).click();
    await page.getByText(`${why} This is the text of the message.`).waitFor();
    await page.locator(".text-body").getByText("The word of the first is kettle.").waitFor();
    await page.locator("iframe.html-frame").waitFor({ state: "detached" });
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await page.getByRole("button", { name: "Try again" }).click();
    assert.equal(await widthOf(await imageWhere(/\/body\//)), 0);
  }
});

test("a picture in a body is listed while that is shown as its text, and only then", NEEDS_CHROMIUM, async () => {
  await office.deliver(
    "anna",
    `From: Mina <mina@harbour.example>
To: anna@localhost
Subject: The harbour
MIME-Version: 1.0
Content-Type: multipart/related; boundary=r

--r
Content-Type: text/html

<p>The view.</p><img src="cid:view@harbour.example" width="30" height="20">
--r
Content-Type: image/png; name="view.png"
Content-ID: <view@harbour.example>
Content-Transfer-Encoding: base64

${PICTURE.toString("base64")}
--r--
`,
  );
  await page.route(/\/body\//, (route) =>
    route.fulfill({
      status: 503,
      json: { error: { code: "busy", message: "x", reason: "too-much-at-once", values: {} } },
    }),
  );
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /The harbour/ }).click();
  await page.locator(".text-body").getByText("The view.").waitFor();
  await page.locator(".attachment-name").getByText("view.png").waitFor();
  await page.unrouteAll({ behavior: "ignoreErrors" });
  await page.reload();
  await page.frameLocator("iframe.html-frame").getByText("The view.").waitFor();
  await page.locator(".attachment").first().waitFor({ state: "detached" });
});

test(
  "images that could not be loaded are told of and tried again, and may still be shown always",
  NEEDS_CHROMIUM,
  async () => {
    await office.deliver(
      "anna",
      `From: Teapot <letter@teapot.example>
Subject: The third catalogue
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<p>The word of the third is teapot.</p>
<img src="http://pictures.example:${pictures.port}/third.png" width="300" height="200" alt="a teapot">
`,
    );
    pictures.missing.add("/third.png");
    await goTo(page, "#/all/inbox");
    await openImage("third");
    await page.getByRole("button", { name: /^Show images/ }).click();
    const told = page.locator(".banner").getByText("1 image could not be loaded");
    await told.waitFor();
    await page.getByRole("button", { name: "Always…" }).click();
    await page.getByRole("menuitem", { name: "Always for letter@teapot.example" }).waitFor();
    await page.keyboard.press("Escape");
    pictures.missing.clear();
    await page.getByRole("button", { name: "Try again" }).click();
    await told.waitFor({ state: "detached" });
    assert.equal(await widthOf(await imageWhere(/images=1/)), 1);
  },
);

test("a body in which nothing is seen is said to be so, and shown when that is wanted", NEEDS_CHROMIUM, async () => {
  await office.deliver(
    "anna",
    `From: Nobody <nobody@harbour.example>
Subject: The hidden one
MIME-Version: 1.0
Content-Type: text/html; charset=utf-8

<div style="display:none">nothing to see</div>
`,
  );
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /The hidden one/ }).click();
  await page.getByText("This message has no text, or its sender hides it.").waitFor();
  assert.equal(await page.locator("iframe.html-frame").count(), 0);
  await page.locator(".banner").getByRole("link", { name: "Show source" }).waitFor();
  await page.getByRole("button", { name: "Show it anyway" }).click();
  await page.locator("iframe.html-frame").waitFor();
});

test("the name of a file is cut in its middle, and stands beside its icon", NEEDS_CHROMIUM, async () => {
  const long = "Invoice of November 2026 for the harbour, please read it carefully.pdf.exe";
  await office.deliver(
    "anna",
    `From: Mina <mina@harbour.example>
Subject: The long name
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: text/plain

See the file.
--m
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="${long}"

x
--m--
`,
  );
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /The long name/ }).click();
  const entry = page.locator(".attachment");
  await entry.locator(".attachment-name").getByText(long, { exact: true }).waitFor();
  const tail = await entry.locator(".file-tail").boundingBox();
  const text = await entry.locator(".attachment-text").boundingBox();
  assert.ok(tail !== null && text !== null && tail.width > 0 && tail.x + tail.width <= text.x + text.width + 1);
  assert.match(await entry.locator(".file-tail").innerText(), /\.pdf\.exe$/);
  await page.evaluate(`document.documentElement.dir = "rtl"`);
  const icon = await entry.locator("svg").first().boundingBox();
  const name = await entry.locator(".file-name").boundingBox();
  await page.evaluate(`document.documentElement.dir = "ltr"`);
  assert.ok(
    icon !== null && name !== null && Math.abs(icon.x - (name.x + name.width)) < 20,
    JSON.stringify([icon, name]),
  );
});

test("a row's checkbox and star are named by what it is about", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.getByRole("checkbox", { name: "Choose: The first catalogue", exact: true }).waitFor();
  await page.getByRole("button", { name: "Star: The first catalogue", exact: true }).waitFor();
});

test("an invitation says when it is by the clock here and by its own, and on which days", NEEDS_CHROMIUM, async () => {
  const browser = page.context().browser();
  assert.ok(browser !== null);
  const there = await newContext(browser, { timezoneId: "Asia/Tokyo" });
  try {
    await there.addCookies(await page.context().cookies());
    const opened = await there.newPage();
    await opened.goto(page.url().replace(/#.*/, "#/all/inbox"));
    await opened.getByRole("row", { name: /Crew/ }).click();
    const card = opened.getByRole("region", { name: "Invitation" });
    const starts = "Tuesday, 16 June 2026 at 22:00 (09:00 Eastern Standard Time)";
    await card.getByText(starts, { exact: true }).waitFor();
    await card.getByText("Every 2 weeks on Tuesday and Thursday, 6 times", { exact: true }).waitFor();
    await card.getByText("18 June 2026 and 2 July 2026", { exact: true }).waitFor();
    await card.getByText("8 July 2026", { exact: true }).waitFor();
  } finally {
    await there.close();
  }
});

test("a session that has ended under an open message says so", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /The second catalogue/ }).click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  await page.context().clearCookies();
  // Whatever is asked next: the list may be asked for again by itself, and then it is the first.
  await goTo(page, "#/all/search?q=never-asked-before");
  await page.getByRole("alert").getByText("This browser is not signed in").waitFor();
});
