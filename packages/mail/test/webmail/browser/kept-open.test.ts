// In a list of what is unread, what is open stays in its place as it becomes read, and leaves when something else is open.
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { ReaderOffice } from "../api/reader-office.ts";
import { becomes, drawn, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { gone } from "./key-desk.ts";
import { openNewsDesk, rowOfNews, showsNews } from "./news-desk.ts";
import { newsLetter, newsListed } from "./news-letter.ts";
import { elsewhere } from "./other-device.ts";
import { setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

let office: ReaderOffice;
let page: Page;

setUp(async (file) => {
  ({ office, page } = await openNewsDesk(file, ["Ada", "Bea", "Cleo", "Dora", "Eve", "Finn"]));
});

const come = (name: string, minute: number): Promise<unknown> => office.deliver("anna", newsLetter({ name, minute }));
const rowOf = (name: string): Locator => rowOfNews(page, name);
const shows = (name: string): Promise<void> => showsNews(page, name);
const read = (name: string): Promise<void> => rowOf(name).and(page.locator(":not([data-unread])")).waitFor();

const names = (): Promise<readonly string[]> => newsListed(page);

/** Until the list has been asked for again, and answered, because of a letter that came. */
async function news(name: string): Promise<void> {
  await come(name, 9);
  await rowOf(name).waitFor();
}

test("what is open stays where it is as it becomes read, until something else is opened", NEEDS_CHROMIUM, async () => {
  await page.getByRole("button", { name: "Only unread" }).click();
  await rowOf("Dora").click();
  await shows("Dora");
  await read("Dora");
  await news("Gil");
  await becomes(names, ["Gil", "Finn", "Eve", "Dora", "Cleo", "Bea", "Ada"]);
  await page.keyboard.press("s");
  await rowOf("Dora").locator(".star[aria-pressed=true]").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await rowOf("Dora").locator(".star[aria-pressed=false]").waitFor();
  await page.keyboard.press("j");
  await shows("Cleo");
  await read("Cleo");
  await becomes(names, ["Gil", "Finn", "Eve", "Cleo", "Bea", "Ada"]);
});

test("what is moved on another device leaves the list, though it is open", NEEDS_CHROMIUM, async () => {
  await elsewhere(page, "Cleo", { kind: "archive" });
  await becomes(names, ["Gil", "Finn", "Eve", "Bea", "Ada"]);
});

test(
  "what was open leaves when it is closed, and the focus goes to what stands there now",
  NEEDS_CHROMIUM,
  async () => {
    await rowOf("Bea").click();
    await shows("Bea");
    await read("Bea");
    await news("Hal");
    await page.keyboard.press("Escape");
    await gone(rowOf("Bea"));
    await hasFocus(rowOf("Ada"));
    await becomes(names, ["Hal", "Gil", "Finn", "Eve", "Ada"]);
  },
);

test("what is archived of it leaves, and comes back when that is undone", NEEDS_CHROMIUM, async () => {
  await rowOf("Eve").click();
  await shows("Eve");
  await read("Eve");
  await news("Ida");
  await page.keyboard.press("e");
  await shows("Ada");
  await becomes(names, ["Ida", "Hal", "Gil", "Finn", "Ada"]);
  await page.getByRole("button", { name: "Undo" }).click();
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "Only unread" }).click();
  await read("Eve");
});

test("whoever leaves the list while something is open finds it without that", NEEDS_CHROMIUM, async () => {
  const only = page.getByRole("button", { name: "Only unread" });
  await only.click();
  await rowOf("Finn").click();
  await shows("Finn");
  await read("Finn");
  await news("Jon");
  await becomes(names, ["Jon", "Ida", "Hal", "Gil", "Finn"]);
  await goTo(page, "#/all/archive");
  await page.getByRole("heading", { level: 1, name: "Archive" }).waitFor();
  await goTo(page, "#/all/inbox");
  await becomes(names, ["Jon", "Ida", "Hal", "Gil"]);
});

test("a search for what is unread keeps what is open, too", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/search?q=is%3Aunread+news");
  await rowOf("Gil").click();
  await shows("Gil");
  await read("Gil");
  await news("Kim");
  await becomes(names, ["Kim", "Jon", "Ida", "Hal", "Gil"]);
  await rowOf("Hal").click();
  await shows("Hal");
  await gone(rowOf("Gil"));
});

test("it stays when its conversation cannot be asked for again, and news come meanwhile", NEEDS_CHROMIUM, async () => {
  const refusal = { status: 422, json: { error: { code: "refused", message: "not now" } } };
  await page.route("**/conversations/*", (route) => route.fulfill(refusal));
  const refused = page.waitForResponse("**/conversations/*");
  await news("Leo");
  await refused;
  await drawn(page);
  await becomes(names, ["Leo", "Kim", "Jon", "Ida", "Hal"]);
  await page.unrouteAll({ behavior: "wait" });
});

test("what is open in All mail can be archived and brought back, where it became read", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/all");
  // As it was left on in the inbox.
  await page.getByRole("button", { name: "Only unread", pressed: true }).waitFor();
  await rowOf("Kim").click();
  await shows("Kim");
  await read("Kim");
  await news("Max");
  const bar = page.locator(".reading-bar");
  await bar.getByRole("button", { name: "Archive" }).click();
  await bar.getByRole("button", { name: "Archive" }).waitFor({ state: "detached" });
  await rowOf("Kim").and(page.locator("[aria-current=true]")).waitFor();
  await elsewhere(page, "Kim", { kind: "move", mailbox: "INBOX" }, "archive");
  await bar.getByRole("button", { name: "Archive" }).waitFor();
  await rowOf("Kim").and(page.locator("[aria-current=true]")).waitFor();
});

test("what is deleted for good on another device leaves the list", NEEDS_CHROMIUM, async () => {
  await elsewhere(page, "Kim", { kind: "delete", confirmed: true });
  await gone(rowOf("Kim"));
});
