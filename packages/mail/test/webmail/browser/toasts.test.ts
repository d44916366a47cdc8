// How long what was done can be taken back by pressing where it is said.
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openReaderOffice } from "../api/reader-office.ts";
import { NEEDS_CHROMIUM } from "./browser.ts";
import { newsLetter } from "./news-letter.ts";
import { openPage, setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

let page: Page;

setUp(async (file) => {
  const office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  await office.deliver("anna", newsLetter({ name: "Ada", minute: 0 }));
  page = await openPage(file, office);
  await page.clock.install();
  // Of a page whose time is made up nothing else says that the program is there, which time that stands still would hold up.
  const listens = page.waitForRequest("**/api/events*");
  await page.reload();
  await listens;
});

test("a toast stays while it has the focus, though a pointer came and went", NEEDS_CHROMIUM, async () => {
  const star = page.getByRole("row", { name: /News of Ada/ }).getByRole("button", { name: "Star" });
  await star.waitFor();
  await page.clock.pauseAt(Date.now() + 60_000);
  await star.click();
  const undo = page.locator(".toast").filter({ hasText: "Starred" }).getByRole("button", { name: "Undo" });
  await undo.focus();
  await undo.hover();
  await page.mouse.move(5, 5);
  await page.clock.runFor(30_000);
  await hasFocus(undo);
  await star.focus();
  await page.clock.runFor(10_000);
  await undo.waitFor({ state: "detached" });
});
