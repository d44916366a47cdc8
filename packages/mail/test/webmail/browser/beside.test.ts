// What is open and the list beside it, or beneath it: where an act, a key and the way back lead.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { becomes, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { gone, selected } from "./key-desk.ts";
import { openNewsDesk, rowOfNews, showsNews } from "./news-desk.ts";
import { newsListed } from "./news-letter.ts";
import { setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

let page: Page;

setUp(async (file) => {
  ({ page } = await openNewsDesk(file, ["Ada", "Bea", "Cleo", "Dora", "Eve", "Finn"]));
});

const rowOf = (name: string): Locator => rowOfNews(page, name);
const opened = (): Locator => page.locator("article.message:not([aria-busy])");
const shows = (name: string): Promise<void> => showsNews(page, name);
const fragment = (): string => new URL(page.url()).hash;

async function choose(...names: readonly string[]): Promise<void> {
  for (const name of names) await rowOf(name).locator("input").check({ force: true });
  await page.getByRole("heading", { name: `${names.length} chosen` }).waitFor();
}

test("what is chosen is forgotten when another list is gone to", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await choose("Finn", "Eve", "Dora");
  await goTo(page, "#/all/starred");
  await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
  await goTo(page, "#/all/inbox");
  await rowOf("Finn").waitFor();
  assert.equal(await selected(page).count(), 0);
});

test("of what is chosen no more is forgotten than what an act takes out of the list", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await choose("Finn", "Eve", "Dora");
  await rowOf("Eve").click();
  await shows("Eve");
  await page.locator(".reading-bar").getByRole("button", { name: "Archive" }).click();
  await gone(rowOf("Eve"));
  await page.getByRole("heading", { name: "2 chosen" }).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await rowOf("Eve").waitFor();
  await page.getByRole("heading", { name: "2 chosen" }).waitFor();
});

test("what was opened and closed is no step on the way back", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/starred");
  await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
  await page.getByRole("link", { name: "Inbox" }).first().click();
  await rowOf("Eve").click();
  await shows("Eve");
  await page.keyboard.press("j");
  await shows("Dora");
  await page.keyboard.press("u");
  await gone(opened());
  await hasFocus(rowOf("Dora"));
  // The browser is on its way back yet: what is done meanwhile counts.
  for (const key of ["o", "u", "j", "o", "u", "k"]) await page.keyboard.press(key);
  await hasFocus(rowOf("Dora"));
  await becomes(fragment, "#/all/inbox");
  assert.equal(await opened().count(), 0);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
  await page.goForward();
  await rowOf("Eve").click();
  await shows("Eve");
  // In one go, so that the browser is on its way back yet when another list is gone to; from there it is gone to again.
  await page.evaluate(`document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "u", bubbles: true }));
    window.location.hash = "#/all/all";`);
  await page.getByRole("heading", { level: 1, name: "All mail" }).waitFor();
  await becomes(() => page.evaluate("[window.location.hash, history.state?.ledFrom]"), ["#/all/all", "#/all/inbox"]);
  await page.goBack();
  await page.getByRole("heading", { level: 1, name: "Inbox" }).waitFor();
  assert.equal(fragment(), "#/all/inbox");
});

test("a search that was typed just now is come back to from what it found", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await rowOf("Finn").waitFor();
  await page.getByRole("search").getByRole("combobox").fill("bea");
  const found = page.getByRole("row", { name: /Bea, News of Bea/ });
  await gone(rowOf("Finn"));
  await found.click();
  await shows("Bea");
  await page.keyboard.press("u");
  await hasFocus(found);
  await becomes(fragment, "#/all/search?q=bea");
  await page.goBack();
  await rowOf("Finn").waitFor();
  await becomes(fragment, "#/all/inbox");
});

test(
  "what was opened by its address leads to its list when it is closed, and back past it",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await rowOf("Cleo").click();
    await shows("Cleo");
    const open = fragment();
    await goTo(page, "#/all/starred");
    await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
    await goTo(page, open);
    await shows("Cleo");
    await page.keyboard.press("u");
    await hasFocus(rowOf("Cleo"));
    await becomes(fragment, "#/all/inbox");
    await page.goBack();
    await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
  },
);

test(
  "where the browser leads back to nothing the address is that of the list all the same",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await rowOf("Cleo").click();
    await shows("Cleo");
    // As where so many steps were made since that it let go of the first.
    await page.evaluate("history.back = () => undefined");
    await page.keyboard.press("u");
    await gone(opened());
    await becomes(fragment, "#/all/inbox");
    await page.reload();
    await rowOf("Dora").click();
    await shows("Dora");
    assert.match(fragment(), /open=/);
  },
);

test(
  "of what is thrown away when its row has left the list already the next is opened, or the list comes back",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await rowOf("Dora").waitFor();
    for (const name of ["Finn", "Eve", "Dora", "Cleo", "Bea", "Ada"]) {
      await rowOf(name).focus();
      await page.keyboard.press("Shift+U");
      await rowOf(name).and(page.locator("[data-unread]")).waitFor();
    }
    // Of such a search no row is kept for being open: what is starred leaves it, too.
    const list = "#/all/search?q=is%3Aunread+is%3Aunstarred+news";
    await goTo(page, list);
    // As many stand in the list that is left.
    await page.getByRole("heading", { level: 1, name: "Search" }).waitFor();
    await becomes(async () => (await newsListed(page)).length, 6);
    const [first = "", second = "", third = "", fourth = "", fifth = "", last = ""] = await newsListed(page);
    await rowOf(third).click();
    for (const [name, next] of [
      [third, fourth],
      [fourth, fifth],
    ] as const) {
      await shows(name);
      await gone(rowOf(name));
      await page.keyboard.press("#");
      await shows(next);
    }
    await gone(rowOf(fifth));
    const covering = page.locator("[data-stacked]");
    await page.setViewportSize({ width: 700, height: 900 });
    await covering.waitFor();
    await page.keyboard.press("#");
    await gone(opened());
    await hasFocus(rowOf(last));
    await page.setViewportSize({ width: 1440, height: 900 });
    await gone(covering);
    await page.keyboard.press("o");
    for (const name of [last, second, first]) {
      await shows(name);
      await gone(rowOf(name));
      await page.keyboard.press("#");
    }
    await gone(opened());
    await becomes(fragment, list);
  },
);
