// What becomes read by being opened, also a second time, and what stays unread.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { ReaderOffice } from "../api/reader-office.ts";
import { answeredBy, becomes, goTo, hold, NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { openNewsDesk, rowOfNews, showsNews } from "./news-desk.ts";
import { newsLetter } from "./news-letter.ts";
import { setUp } from "./set-up.ts";
import { ask, choose } from "./writing-desk.ts";

let office: ReaderOffice;
let page: Page;

setUp(async (file) => {
  ({ office, page } = await openNewsDesk(file, ["Ada", "Bea"]));
});

const rowOf = (name: string, on = page): Locator => rowOfNews(on, name);
const unread = (row: Locator): Locator => row.and(row.page().locator("[data-unread]"));
const read = (row: Locator): Locator => row.and(row.page().locator(":not([data-unread])"));
const shows = (name: string): Promise<void> => showsNews(page, name);

function come(name: string, o: { readonly minute?: number; readonly answers?: string } = {}): Promise<unknown> {
  return office.deliver("anna", newsLetter({ name, minute: 5, ...o }));
}

/** By the key: where a row came in above, a notice says so over the first. */
async function press(row: Locator): Promise<void> {
  await row.focus();
  await row.press("Enter");
}

async function open(name: string): Promise<void> {
  await press(rowOf(name));
  await shows(name);
}

/** The kinds of the acts a page asks for from now on. */
function actsOf(asking: Page): readonly string[] {
  const kinds: string[] = [];
  asking.on("request", (request) => {
    if (!request.url().endsWith("/api/acts")) return;
    const { act } = request.postDataJSON() as { readonly act: { readonly kind: string } };
    kinds.push(act.kind);
  });
  return kinds;
}

interface Timed {
  readonly timed: Page;
  readonly acts: readonly string[];
}

const STEP_MS = 100;
const STEPS = 50;

/** A page whose clock stands still but for what it is told to run, and the acts it asks for. */
async function inStoppedTime(does: (o: Timed) => Promise<void>): Promise<void> {
  const browser = page.context().browser();
  assert.ok(browser);
  const context = await newContext(browser, { storageState: await page.context().storageState() });
  await choose(page, { markReadAfterMs: 10_000 });
  try {
    const timed = await context.newPage();
    await timed.clock.install();
    // The program is there, and not only what is painted before it.
    const listens = timed.waitForRequest("**/api/events*");
    await timed.goto(`${office.origin}/#/all/inbox`);
    await listens;
    await rowOf("Ada", timed).waitFor();
    // Beyond whatever the page waits for by itself.
    await timed.clock.pauseAt(Date.now() + 60_000);
    await does({ timed, acts: actsOf(timed) });
  } finally {
    await context.close();
  }
  await choose(page, { markReadAfterMs: 0 });
}

/** Lets as little time pass, within 5 seconds, as the page needs to show it. */
async function passUntil(timed: Page, shown: Locator): Promise<void> {
  for (let step = 0; step < STEPS && !(await shown.isVisible()); step += 1) await timed.clock.runFor(STEP_MS);
  await shown.waitFor();
}

async function openIn(timed: Page, row: Locator, name: string): Promise<void> {
  const answered = [answeredBy(timed, /\/conversations\//), answeredBy(timed, /\/messages\/\d+$/)];
  await press(row);
  // However long the server takes, its time does not pass here.
  await Promise.all(answered);
  await passUntil(timed, timed.locator("article.message:not([aria-busy])").getByText(`${name} writes.`));
}

test(
  "a message becomes read after the time that was chosen, and not if it was marked unread before",
  NEEDS_CHROMIUM,
  async () => {
    for (const name of ["Quin", "Rex"]) await come(name);
    // What is listed later than time stands still in the page is not listed in it.
    for (const name of ["Quin", "Rex"]) await rowOf(name).waitFor();
    await inStoppedTime(async ({ timed, acts }) => {
      await openIn(timed, rowOf("Quin", timed), "Quin");
      await timed.clock.runFor(4_000);
      assert.deepEqual(acts, []);
      await timed.clock.runFor(6_000);
      await becomes(() => acts, ["read"]);
      await openIn(timed, rowOf("Rex", timed), "Rex");
      await timed.clock.runFor(4_000);
      await timed.keyboard.press("Shift+U");
      await becomes(() => acts, ["read", "unread"]);
      await timed.clock.runFor(20_000);
      await timed.keyboard.press("s");
      await becomes(() => acts, ["read", "unread", "star"]);
    });
  },
);

test("what is marked unread while it is still coming stays so", NEEDS_CHROMIUM, async () => {
  await come("Sam");
  await goTo(page, "#/all/inbox");
  const { held, letGo } = hold();
  await page.route("**/conversations/*", async (route) => {
    await held;
    await route.continue();
  });
  const acts = actsOf(page);
  await press(rowOf("Sam"));
  await page.locator("article.message[aria-busy]").waitFor({ state: "attached" });
  await page.keyboard.press("Shift+U");
  await becomes(() => acts, ["unread"]);
  letGo();
  await shows("Sam");
  await page.keyboard.press("s");
  await becomes(() => acts, ["unread", "star"]);
  await unread(rowOf("Sam")).waitFor();
  await page.unrouteAll({ behavior: "wait" });
});

test(
  "of a conversation that is opened again what came meanwhile is shown, and becomes read",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await open("Bea");
    await read(rowOf("Bea")).waitFor();
    await open("Ada");
    await read(rowOf("Ada")).waitFor();
    await come("Tess", { answers: "Bea" });
    await unread(rowOf("Bea")).waitFor();
    await press(rowOf("Bea"));
    await shows("Tess");
    await read(rowOf("Bea")).waitFor();
  },
);

test("a message that was marked unread elsewhere becomes read when it is opened again", NEEDS_CHROMIUM, async () => {
  await choose(page, { conversations: false });
  await goTo(page, "#/all/inbox");
  await open("Ada");
  await read(rowOf("Ada")).waitFor();
  const address = /open=(\w+)\.m(\d+)/.exec(page.url());
  await open("Sam");
  const on = [{ account: address?.[1], messageId: Number(address?.[2]) }];
  await ask(page, "/api/acts", { method: "POST", body: { act: { kind: "unread" }, on, rows: [] } });
  await unread(rowOf("Ada")).waitFor();
  await open("Ada");
  await read(rowOf("Ada")).waitFor();
  await choose(page, { conversations: true });
});

test(
  "of a conversation with more messages than a row names, all that are marked unread stay so",
  NEEDS_CHROMIUM,
  async () => {
    await come("Uma");
    // A row names a hundred.
    for (let at = 1; at <= 101; at += 1) await come(`U${at}`, { answers: "Uma" });
    await rowOf("Uma").filter({ hasText: "102" }).waitFor();
    await inStoppedTime(async ({ timed, acts }) => {
      await openIn(timed, rowOf("Uma", timed).filter({ hasText: "102" }), "U101");
      await timed.keyboard.press("Shift+U");
      await becomes(() => acts, ["unread"]);
      await timed.clock.runFor(20_000);
      await timed.keyboard.press("s");
      await becomes(() => acts, ["unread", "star"]);
    });
  },
);
