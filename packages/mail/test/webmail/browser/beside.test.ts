// What is open and the list beside it, or beneath it: where an act, a key and the way back lead.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openReaderOffice } from "../api/reader-office.ts";
import { becomes, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { gone } from "./key-desk.ts";
import { newsLetter } from "./news-letter.ts";
import { openPage, setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

let page: Page;

setUp(async (file) => {
  const office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  // The last of them stands first.
  for (const [minute, name] of ["Ada", "Bea", "Cleo", "Dora", "Eve", "Finn"].entries())
    await office.deliver("anna", newsLetter({ name, minute }));
  page = await openPage(file, office);
  for (const name of ["Ada", "Finn"]) await rowOf(name).waitFor();
});

const rowOf = (name: string): Locator => page.getByRole("row", { name: new RegExp(`News of ${name}`) });
const opened = (): Locator => page.locator("article.message:not([aria-busy])");
const shows = (name: string): Promise<void> => opened().getByText(`${name} writes.`).waitFor();
const fragment = (): string => new URL(page.url()).hash;

test(
  "of what is archived when its row has left the list already the next is opened, or the list comes back",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await rowOf("Dora").waitFor();
    for (const name of ["Finn", "Eve", "Dora", "Cleo", "Bea", "Ada"]) {
      await rowOf(name).focus();
      await page.keyboard.press("Shift+U");
      await rowOf(name).and(page.locator("[data-unread]")).waitFor();
    }
    await page.getByRole("button", { name: "Only unread" }).click();
    await rowOf("Dora").click();
    for (const [name, next] of [
      ["Dora", "Cleo"],
      ["Cleo", "Bea"],
    ] as const) {
      await shows(name);
      await gone(rowOf(name));
      await page.keyboard.press("e");
      await shows(next);
    }
    await gone(rowOf("Bea"));
    const covering = page.locator("[data-stacked]");
    await page.setViewportSize({ width: 700, height: 900 });
    await covering.waitFor();
    await page.keyboard.press("e");
    await gone(opened());
    await hasFocus(rowOf("Ada"));
    await page.setViewportSize({ width: 1440, height: 900 });
    await gone(covering);
    await page.keyboard.press("o");
    for (const name of ["Ada", "Eve", "Finn"]) {
      await shows(name);
      await gone(rowOf(name));
      await page.keyboard.press("#");
    }
    await gone(opened());
    await becomes(fragment, "#/all/inbox");
  },
);
