// How the reader fills a window of any width, and what moves in it: panes, one column, what is brought into sight.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import type { Page } from "playwright-core";
import { becomes, drawn, goTo, NEEDS_CHROMIUM, usable } from "./browser.ts";
import { addSource } from "./provider.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;

setUp(async (file) => {
  const messages = Array.from({ length: 5 }, (_, at) => `Subject: Quay number ${at + 1}\r\n\r\nText.\r\n`);
  const peer = await scriptedPeer({ messages });
  file.after(() => peer.close());
  reader = await openReader(file, { args: ["--demo"] });
  await addSource(reader.page, { name: "watched", port: peer.port, user: "pat", password: "secret" });
  await goTo(reader.page, "#/all/source/watched");
  await reader.page.locator(`[role=grid][aria-rowcount="${messages.length}"]`).waitFor();
});

interface Shift {
  readonly value: number;
  readonly on: string;
}

/** Notes all that moves by itself, from before the page is there. */
const WATCH_SHIFTS = `window.shifts = [];
  window.noted = (entries) => window.shifts.push(...entries.map(({ value, sources }) =>
    ({ value, on: sources.map(({ node }) => node?.className || node?.nodeName).join(" ") })));
  window.watcher = new PerformanceObserver((list) => window.noted(list.getEntries()));
  window.watcher.observe({ type: "layout-shift" });`;
const SHIFTS = "window.noted(window.watcher.takeRecords()), window.shifts";

test("nothing moves while the reader, a list and a message load", NEEDS_CHROMIUM, async () => {
  const { page, origin } = reader;
  await page.addInitScript(WATCH_SHIFTS);
  for (const place of ["#/all/inbox", "#/all/source/watched"]) {
    const open = page.locator("article.message:not([aria-busy])");
    await page.goto("about:blank");
    await page.goto(`${origin}/${place}`);
    await page.getByRole("row").nth(2).click();
    await open.waitFor();
    const opened = await page.evaluate<string>("window.location.hash");
    assert.ok(opened.startsWith(`${place}?open=`), opened);
    // Again without a click: what moves within half a second of one counts as asked for.
    await page.goto("about:blank");
    await page.goto(`${origin}/${place}`);
    await usable(page);
    await page.getByRole("row").nth(2).waitFor();
    await goTo(page, opened);
    await open.waitFor();
    // What moves is told of with the frame it moves in.
    await drawn(page);
    const shifts = await page.evaluate<readonly Shift[]>(SHIFTS);
    const sum = shifts.reduce((total, { value }) => total + value, 0);
    assert.ok(sum < 0.01, `${place}: ${JSON.stringify(shifts)}`);
  }
});

/** How wide what is drawn is, and what sticks out. */
const WIDE = `(() => {
  const { scrollWidth } = document.documentElement;
  return scrollWidth <= innerWidth ? "" : scrollWidth + " of " + innerWidth;
})()`;

/** A narrower window is drawn a moment after it is one. */
function isNoWider(page: Page, what: string): Promise<void> {
  return becomes(async () => [what, await page.evaluate(WIDE)], [what, ""]);
}

test("at 320 pixels everything is in one column, and nothing is scrolled sideways", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.setViewportSize({ width: 320, height: 640 });
  for (const [place, ready] of [
    ["#/all/inbox", "[role=grid][aria-label='All inboxes'] [role=row]"],
    ["#/all/search?q=zzzqqq+has:attachment", ".note"],
    ["#/source/watched/server", ".totals"],
    ["#/source/watched/activity", ".facts"],
    ["#/sources/add", "[name=password]"],
    ["#/settings/sources", ".one-source"],
    ["#/organise/rules", "h1:has-text('Organise')"],
    ["#/drafts", "h1:has-text('Drafts')"],
  ] as const) {
    await goTo(page, place);
    await page.locator(ready).first().waitFor();
    await isNoWider(page, place);
  }
  await goTo(page, "#/all/search?q=kettle");
  await page.getByRole("row", { name: /Three teas/ }).click();
  await page.locator("iframe.html-frame").waitFor();
  await isNoWider(page, "a message");
});

/** Whether all of it is within the window. */
const IN_SIGHT = `((one) => {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  return left >= 0 && top >= 0 && right <= innerWidth && bottom <= innerHeight;
})`;

/** It may be brought there a moment after it is drawn. */
function inSight(page: Page, selector: string): Promise<void> {
  return becomes(() => page.evaluate(`${IN_SIGHT}(document.querySelector(${JSON.stringify(selector)}))`), true);
}

test("on a phone tabs stand in one line, and the open one is in sight", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.setViewportSize({ width: 390, height: 664 });
  for (const [place, name] of [
    ["#/settings/sources", "Sources"],
    ["#/settings/language", "Language"],
    ["#/organise/transfer", "Import and export"],
  ] as const) {
    await goTo(page, place);
    await page.locator(".tabs [aria-current]").getByText(name).waitFor();
    const lines = await page.evaluate(
      `new Set(Array.from(document.querySelectorAll(".tabs a"), (one) => one.getBoundingClientRect().top)).size`,
    );
    assert.equal(lines, 1, place);
    await inSight(page, ".tabs [aria-current]");
  }
});

test("on a phone the reason why a new source is refused is in sight", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.setViewportSize({ width: 390, height: 664 });
  await goTo(page, "#/sources/add");
  await page.getByLabel("E-mail address").fill("pat@hotmail.com");
  await page.getByLabel("Password").fill("secret");
  await page.getByRole("button", { name: "Find my mail" }).click();
  await page.locator(".alarm").getByText("takes logins by OAuth 2 alone").waitFor();
  await inSight(page, ".alarm");
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  // Nobody listens there.
  await page.getByLabel("Port").fill("1");
  await page.getByRole("button", { name: "Try this server" }).click();
  await page.locator(".alarm").getByText("takes no connection at this port").waitFor();
  await inSight(page, ".alarm");
});

/** Which of the panes can be seen. */
async function panes(page: Page): Promise<readonly string[]> {
  const all = { side: ".side-pane", list: "#list-pane:not([inert])", reading: ".reading-pane" };
  const seen = await Promise.all(
    Object.entries(all).map(async ([name, one]) => ((await page.locator(one).isVisible()) ? [name] : [])),
  );
  return seen.flat();
}

test("three panes, two, or one, as wide as the window is", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/search?q=unterlagen");
  for (const [width, closed, open] of [
    [1440, ["side", "list", "reading"], ["side", "list", "reading"]],
    [900, ["list", "reading"], ["list", "reading"]],
    [500, ["list"], ["reading"]],
  ] as const) {
    await page.setViewportSize({ width, height: 900 });
    await goTo(page, "#/all/search?q=unterlagen");
    await page.locator("article.message").waitFor({ state: "detached" });
    const row = page.getByRole("row", { name: /Unterlagen/ });
    await row.waitFor();
    await becomes(() => panes(page), closed);
    await row.click();
    await page.locator("article.message:not([aria-busy])").waitFor();
    await becomes(() => panes(page), open);
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

test("whoever wants less motion has none", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const longest = `Math.max(0, ...Array.from(document.querySelectorAll("*"), (one) => {
    const { transitionDuration, animationDuration } = getComputedStyle(one);
    return Math.max(...[transitionDuration, animationDuration].flatMap((all) => all.split(",").map(Number.parseFloat)));
  }))`;
  const still = async (motion: "reduce" | "no-preference"): Promise<number> => {
    await page.emulateMedia({ reducedMotion: motion });
    return page.evaluate<number>(longest);
  };
  assert.ok((await still("no-preference")) >= 0.05, "there is motion to be had");
  assert.ok((await still("reduce")) <= 0.001);
});
