// A row of more messages than it names, in the real reader: whatever acts on it acts on all of them, and all come back.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openReaderOffice, type ReaderOffice } from "../api/reader-office.ts";
import { goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { press } from "./key-desk.ts";
import { openPage, setUp } from "./set-up.ts";

const MESSAGES = 150;

let office: ReaderOffice;
let anna = "";
let page: Page;
let row: Locator;

setUp(async (file) => {
  office = await openReaderOffice();
  file.after(() => office.stop());
  anna = await office.account("anna");
  for (let n = 1; n <= MESSAGES; n += 1)
    await office.deliver(
      "anna",
      `From: Watch <watch@host.example>
To: anna@localhost
Subject: The disk is full
Date: ${new Date(Date.UTC(2026, 0, 1, 0, n)).toUTCString().replace("GMT", "+0000")}
Message-ID: <${n}@host.example>
${n === 1 ? "X-First: yes" : "In-Reply-To: <1@host.example>"}

x
`,
    );
  await office.deliver("anna", "From: Mina <mina@harbour.example>\nSubject: Lunch\n\nx\n");
  page = await openPage(file, office);
  row = page.getByRole("row", { name: new RegExp(`(?=.*The disk is full).*${MESSAGES} messages`) });
  await row.waitFor();
  await page.getByRole("row", { name: /Lunch/ }).waitFor();
});

async function inbox(): Promise<readonly [messages: number, unread: number]> {
  const { mailboxes } = await office.ask("mailboxes", { account: anna });
  const found = mailboxes.find(({ role }) => role === "inbox");
  return [found?.messages ?? 0, found?.unread ?? 0];
}

async function takeBack(what: string): Promise<void> {
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText(`Taken back: ${what}`, { exact: true }).waitFor();
}

test("a row of 150 messages is archived whole with a key, and all of it comes back", NEEDS_CHROMIUM, async () => {
  await row.locator("input").check({ force: true });
  await page.keyboard.press("e");
  await page.getByText("Archived", { exact: true }).waitFor();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(await inbox(), [1, 1]);
  await takeBack("Archived");
  await row.waitFor();
  assert.deepEqual(await inbox(), [MESSAGES + 1, MESSAGES + 1]);
});

async function removeAllByKey(): Promise<void> {
  // What was taken back comes part by part.
  await page.locator('[role=grid][aria-rowcount="2"]').waitFor();
  await page.locator("h1").click();
  await press(page, "* a");
  await page.getByRole("heading", { name: "2 chosen" }).waitFor();
  await page.keyboard.press("#");
  await page.getByText("2 moved to trash", { exact: true }).waitFor();
}

test("so is all of a list that is chosen with a key, and what is done with it", NEEDS_CHROMIUM, async () => {
  await removeAllByKey();
  await row.waitFor({ state: "detached" });
  assert.deepEqual(await inbox(), [0, 0]);
  await takeBack("2 moved to trash");
  await row.waitFor();
  assert.deepEqual(await inbox(), [MESSAGES + 1, MESSAGES + 1]);
});

test("a part that cannot be taken back leaves the others to be, and that is said", NEEDS_CHROMIUM, async () => {
  const first = page.waitForResponse((response) => new URL(response.url()).pathname === "/api/acts");
  await removeAllByKey();
  assert.deepEqual(await inbox(), [0, 0]);
  // As another tab would have done it.
  const { undo } = (await (await first).json()) as { readonly undo: string };
  await office.ask("undo", { undo });
  assert.equal((await inbox())[0], MESSAGES);
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText("Taken back in part: 2 moved to trash. It is too late to take this back.").waitFor();
  assert.equal((await inbox())[0], MESSAGES + 1);
  await row.waitFor();
});

test("all of it is archived also when reading it took its row out of the list", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  const only = page.getByRole("button", { name: "Only unread" });
  await only.click();
  await row.click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  await row.waitFor({ state: "detached" });
  await page.locator(".reading-header").getByRole("button", { name: "Archive" }).click();
  await page.getByText("Archived", { exact: true }).waitFor();
  assert.equal((await inbox())[0], 1);
  await takeBack("Archived");
  await only.click();
  await row.waitFor();
  assert.equal((await inbox())[0], MESSAGES + 1);
});

test("the button above the open conversation archives all of it, and its row goes", NEEDS_CHROMIUM, async () => {
  await row.click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  await page.locator(".reading-header").getByRole("button", { name: "Archive" }).click();
  await page.getByText("Archived", { exact: true }).waitFor();
  await row.waitFor({ state: "detached" });
  assert.equal((await inbox())[0], 1);
  await takeBack("Archived");
  await row.waitFor();
  assert.equal((await inbox())[0], MESSAGES + 1);
});

test("a star in the row is a star of all, and none is left when it is taken off", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  const starred = async (): Promise<number> => (await office.ask("mailboxes", { account: anna })).starred;
  await row.getByRole("button", { name: "Star" }).click();
  await page.getByText("Starred", { exact: true }).and(page.locator(".toast span")).waitFor();
  assert.equal(await starred(), MESSAGES);
  await row.getByRole("button", { name: "Star" }).click();
  await page.getByText("Star removed", { exact: true }).and(page.locator(".toast span")).waitFor();
  assert.equal(await starred(), 0);
});
