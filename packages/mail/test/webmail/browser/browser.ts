// A real Chromium, and what is done again and again with the reader in it.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import {
  chromium,
  type Browser,
  type BrowserContext,
  type BrowserContextOptions,
  type Locator,
  type Page,
} from "playwright-core";

const PROGRAM = "/usr/bin/chromium";
/** Only what fails ever waits so long: a machine may be many times slower than the one this was written on. */
const WAIT_MS = 60_000;
/** Between one look at what is waited for and the next. */
const LOOK_MS = 20;
/** Nothing it does by itself may reach out, and it needs no more of the machine than a page does. */
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Test options that skip, with a reason, when there is no browser. */
export const NEEDS_CHROMIUM: { readonly skip: string | false } = existsSync(PROGRAM)
  ? { skip: false }
  : { skip: "chromium is not installed: apt-get install chromium" };

/** Starts a browser with a profile of its own; `hosts` is a rule for --host-resolver-rules. */
export function openBrowser(o: { readonly hosts?: string } = {}): Promise<Browser> {
  const hosts = o.hosts === undefined ? [] : [`--host-resolver-rules=${o.hosts}`];
  return chromium.launch({ executablePath: PROGRAM, headless: true, args: [...FLAGS, ...hosts] });
}

/** A browser that keeps in `folder` what browsers keep from day to day; its profile is a single context. */
export function openProfile(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, { executablePath: PROGRAM, headless: true, args: FLAGS, ...WINDOW });
}

const WINDOW = { viewport: { width: 1440, height: 900 }, locale: "en-GB" } as const;

export async function newContext(browser: Browser, options: BrowserContextOptions = {}): Promise<BrowserContext> {
  const context = await browser.newContext({ ...WINDOW, ...options });
  context.setDefaultTimeout(WAIT_MS);
  return context;
}

/** Opens a place of the reader by its fragment, in the page that is there. */
export async function goTo(page: Page, fragment: string): Promise<void> {
  await page.evaluate(`window.location.hash = ${JSON.stringify(fragment)}`);
}

/** Turns a box or a choice that is off on, or one that is on off. It may be drawn a moment after the click, when what it
 * shows is kept elsewhere: Playwright's own `check` looks once, right after it. */
export async function turn(box: Locator, wanted: "on" | "off"): Promise<void> {
  await box.click();
  await is(box, wanted);
}

/** Waits until a box or a choice is on, or off. */
export function is(box: Locator, wanted: "on" | "off"): Promise<void> {
  return box.and(box.page().locator(wanted === "on" ? ":checked" : ":not(:checked)")).waitFor();
}

/** Asks until the answer is what it must become; for what no locator can wait for. */
export async function becomes<T>(ask: () => T | Promise<T>, expected: T): Promise<void> {
  const until = Date.now() + WAIT_MS;
  let answer = await ask();
  while (!isDeepStrictEqual(answer, expected) && Date.now() < until) {
    await wait(LOOK_MS);
    answer = await ask();
  }
  assert.deepEqual(answer, expected);
}

/**
 * Has everything the page asks for go past Playwright from now on, so that a route that is made later holds from its first
 * moment. One that is the page's first is made before the page knows of it, and what is asked for right behind it, by a key,
 * goes past it to the server.
 */
export async function prepareRoutes(page: Page): Promise<void> {
  await page.context().route("**/nobody-asks-for-this", (route) => route.continue());
}

/** Resolves when an answer has come as a whole. One that the page gave up in the middle is none: Playwright's own
 * `finished` waits for it for ever. */
export async function answeredBy(page: Page, url: RegExp): Promise<void> {
  await page.waitForEvent("requestfinished", (request) => url.test(request.url()));
}

/** What waits for `held` goes on when it is let go. */
export function hold(): { readonly held: Promise<void>; readonly letGo: () => void } {
  let letGo = (): void => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  return { held, letGo };
}

/** Resolves when the program is there, behind what was painted before it: keys that are pressed sooner lead nowhere. */
export async function usable(page: Page): Promise<void> {
  await page.waitForFunction(() => performance.getEntriesByName("restante:usable").length > 0);
}

/** Resolves when what the page was about to draw is drawn, and what was to follow on that has begun. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
}

interface Titled {
  readonly document: { readonly title: string };
}

/** How many unread mails the window's title counts, as soon as it counts any. */
export async function unreadInTitle(page: Page): Promise<number> {
  await untilTitleBegins(page, "(");
  return Number(/^\((\d+)\)/.exec(await page.title())?.[1]);
}

/** Waits until the window's title counts so many. */
export function untilTitleCounts(page: Page, unread: number): Promise<void> {
  return untilTitleBegins(page, `(${unread}) `);
}

/** Asks with a function: the page's policy refuses a text that is to be asked a second time. */
async function untilTitleBegins(page: Page, start: string): Promise<void> {
  await page.waitForFunction((begin) => (globalThis as unknown as Titled).document.title.startsWith(begin), start);
}
