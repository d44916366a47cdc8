// The first screen is on the page before the program is, and the program takes it over as it is. Its program is held back
// here for as long as a test wants to look.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { BrowserContextOptions, Page } from "playwright-core";
import { becomes, goTo, hold, NEEDS_CHROMIUM, newContext, usable } from "./browser.ts";
import { ask } from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
});

interface Held {
  readonly page: Page;
  /** Lets the program come, and waits until it has taken the page over. */
  release(): Promise<void>;
  close(): Promise<void>;
}

interface HoldOptions {
  readonly context?: BrowserContextOptions;
  /** Pixels of the browser's usual text. */
  readonly textSize?: number;
}

async function openPage(options: BrowserContextOptions = {}, textSize = 16) {
  const context = await newContext(reader.browser, options);
  await context.addCookies(await reader.context.cookies());
  const page = await context.newPage();
  const cdp = await context.newCDPSession(page);
  await cdp.send("Page.setFontSizes", { fontSizes: { standard: textSize } });
  return { page, close: () => context.close() };
}

/** Opens a place without its program. */
async function held(fragment: string, { context: options = {}, textSize = 16 }: HoldOptions = {}): Promise<Held> {
  const { page, close } = await openPage(options, textSize);
  const { held: untilReleased, letGo } = hold();
  await page.route("**/assets/start-*.js", async (route) => {
    await untilReleased;
    await route.continue();
  });
  await page.goto(`${reader.origin}/${fragment}`, { waitUntil: "commit" });
  await page.locator("[role=row]").first().waitFor();
  return {
    page,
    async release() {
      letGo();
      await usable(page);
    },
    close,
  };
}

/** Every element with its attributes, its text and where it stands; of the rows the first `rows`. */
function screen(page: Page, rows: number): Promise<readonly string[]> {
  return page.evaluate<readonly string[]>(`${SCREEN}(${rows})`);
}

/** What no first drawing has is left out: the sources, which are asked for later, and the frame that stands ready. */
const SCREEN = `((rows) => Array.from(document.querySelectorAll("#reader *"))
  .filter((one) => !(Number(one.closest("[role=row]")?.dataset.index) >= rows))
  .filter((one) => one.closest("nav[aria-label='Sources'], iframe[hidden]") === null)
  .map((one) => {
    const { x, y, width, height } = one.getBoundingClientRect();
    const text = Array.from(one.childNodes, ({ nodeValue }) => nodeValue ?? "").join("");
    const attributes = Array.from(one.attributes, ({ name, value }) => name + "=" + value).toSorted().join(" ");
    return [one.tagName, attributes, text, [x, y, width, height].map(Math.round).join(" ")].join(" | ");
  }))`;

interface Drawing extends HoldOptions {
  readonly fragment: string;
  readonly rows: number;
}

/**
 * The same place is drawn so by React from the start: it was on a screen without a list when the page was opened. Of what the
 * first screen is made of, each answer comes when it comes.
 */
async function isDrawnByReact(
  painted: readonly string[],
  { fragment, rows, context: options = {}, textSize = 16 }: Drawing,
): Promise<void> {
  const { page, close } = await openPage(options, textSize);
  await page.goto(`${reader.origin}/#/outbox`);
  await page.locator(".shell").waitFor();
  await goTo(page, fragment);
  await page
    .locator("[role=row]")
    .nth(rows - 1)
    .waitFor();
  await becomes(() => screen(page, rows), painted);
  await close();
}

const PHONE = { context: { viewport: { width: 390, height: 740 }, hasTouch: true, isMobile: true } };

interface Look extends HoldOptions {
  readonly name: string;
  readonly fragment: string;
  readonly settings?: object;
}

const USUAL = { theme: "system", density: "normal", language: "en", layout: "three-panes", conversations: true };
const LOOKS: readonly Look[] = [
  { name: "three panes", fragment: "#/all/inbox" },
  { name: "a phone", fragment: "#/all/inbox", ...PHONE },
  {
    name: "messages of one account, compact, dark",
    fragment: "#/1/all",
    settings: { density: "compact", theme: "dark", conversations: false },
  },
  {
    name: "large text, from right to left",
    fragment: "#/all/inbox",
    textSize: 22,
    settings: { density: "relaxed", language: "pseudo-rtl" },
  },
  { name: "a search", fragment: "#/all/search?q=regatta", settings: { layout: "list" } },
];

for (const { name, fragment, settings = {}, ...options } of LOOKS)
  test(`what is painted before the program is there is what React draws: ${name}`, NEEDS_CHROMIUM, async () => {
    await ask(reader.page, "/api/settings", { method: "PATCH", body: { ...USUAL, ...settings } });
    const early = await held(fragment, options);
    const rows = await early.page.locator("[role=row]").count();
    const painted = await screen(early.page, rows);
    await isDrawnByReact(painted, { ...options, fragment, rows });
    // It is taken over as it is: nothing was drawn again, so nobody is read anything twice.
    await early.page.evaluate("for (const one of document.querySelectorAll('#reader *')) one.isEarly = true");
    await early.release();
    assert.deepEqual(await screen(early.page, rows), painted);
    const later = `${SCREEN_ROWS}.filter((one) => !one.isEarly && Number(one.dataset.index) < ${rows}).length`;
    assert.equal(await early.page.evaluate(later), 0);
    await early.close();
    await ask(reader.page, "/api/settings", { method: "PATCH", body: USUAL });
  });

const SCREEN_ROWS = "Array.from(document.querySelectorAll('[role=row]'))";

test("a row that is pressed before the program is there is opened by it", NEEDS_CHROMIUM, async () => {
  const { page, release, close } = await held("#/all/inbox");
  const row = page.locator("[data-index='2']");
  const subject = await row.locator(".row-title").innerText();
  await row.click();
  await release();
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
  await page.locator("article.message:not([aria-busy])").first().waitFor();
  await row.and(page.locator("[aria-current=true]")).waitFor();
  await close();
});

test("keys that are pressed before lead on from where they begin, one after another", NEEDS_CHROMIUM, async () => {
  const { page, release, close } = await held("#/all/inbox");
  const subject = await page.locator("[data-index='4'] .row-title").innerText();
  await page.locator("[data-index='2']").focus();
  for (const key of ["j", "ArrowDown", "Enter"]) await page.keyboard.press(key);
  await release();
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
  await close();
});

test("the focus stays on the row that has it, and the program knows of it", NEEDS_CHROMIUM, async () => {
  const { page, release, close } = await held("#/all/inbox");
  await page.locator("[data-index='3']").focus();
  await release();
  await page.locator("[data-index='3']:focus[tabindex='0']").waitFor();
  await close();
});

test(
  "what is typed into the field before is sought, and a link that is pressed before is followed",
  NEEDS_CHROMIUM,
  async () => {
    const typing = await held("#/all/inbox");
    await typing.page.getByRole("search").getByRole("combobox").fill("regatta");
    await typing.release();
    await typing.page.getByRole("heading", { level: 1, name: "Search" }).waitFor();
    await becomes(() => typing.page.evaluate("window.location.hash"), "#/all/search?q=regatta");
    await becomes(() => typing.page.getByRole("search").getByRole("combobox").inputValue(), "regatta");
    await typing.close();
    const going = await held("#/all/inbox");
    await going.page.getByRole("link", { name: "Starred" }).click();
    await going.release();
    await going.page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
    await going.close();
  },
);

test(
  "a list that is slow to come, and a screen without one, are the program's from the start",
  NEEDS_CHROMIUM,
  async () => {
    const { page, close } = await openPage();
    const { held: unanswered, letGo: answer } = hold();
    await page.route("**/api/list?*", async (route) => {
      await unanswered;
      await route.continue();
    });
    await page.goto(`${reader.origin}/#/all/inbox`);
    await page.locator(".skeleton-row").first().waitFor();
    answer();
    await page.locator("[role=row]").first().waitFor();
    await page.goto("about:blank");
    await page.goto(`${reader.origin}/#/outbox`);
    await page.getByRole("heading", { level: 1, name: "Outbox" }).waitFor();
    await close();
  },
);

test("a program that does not come is told of", NEEDS_CHROMIUM, async () => {
  const { page, close } = await openPage();
  await page.route("**/assets/start-*.js", (route) => route.abort());
  await page.goto(`${reader.origin}/#/all/inbox`);
  await page.getByRole("alert").getByText("could not be loaded").waitFor();
  await close();
});

test("nothing is written to the console while the reader opens", NEEDS_CHROMIUM, async () => {
  const { page, close } = await openPage();
  const said: string[] = [];
  page.on("console", (message) => said.push(message.text()));
  await page.goto(`${reader.origin}/#/all/inbox`);
  await usable(page);
  await page.locator("[role=row]").first().click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  assert.deepEqual(said, []);
  await close();
});
