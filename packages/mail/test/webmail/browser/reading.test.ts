// The first minutes with the reader, on the mail of the demonstration.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { NEEDS_CHROMIUM, openBrowser, openReader, type Reader } from "./browser.ts";

let browser: Browser;
let reader: Reader;

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  browser = await openBrowser();
  reader = await openReader({ browser, args: ["--demo"] });
});

after(async () => {
  await reader?.stop();
  await browser?.close();
});

test(
  "the address that was printed opens the list, and the key does not stay in the address",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await page
      .getByRole("row", { name: /Boat keys/ })
      .first()
      .waitFor();
    assert.doesNotMatch(page.url(), /open\/|token|[\w-]{43}/);
  },
);

test("a message opens beside the list, is archived, and comes back by undo", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const row = page.getByRole("row", { name: /Boat keys/ }).first();
  await row.click();
  await page.getByRole("heading", { level: 2, name: /Boat keys/ }).waitFor();
  await page.keyboard.press("e");
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Undo/ }).click();
  await row.waitFor();
});

test("an address without a key shows no mail", NEEDS_CHROMIUM, async () => {
  const stranger = await browser.newContext();
  try {
    const page = await stranger.newPage();
    const answer = await page.goto(`${reader.origin}/api/session`);
    assert.equal(answer?.status(), 401);
  } finally {
    await stranger.close();
  }
});
