// Every key of the map, pressed in the real reader: each does what the help says of it, and the help says it of each.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { KEYMAP, LIST_KEYS } from "../../../src/webmail/ui/keys/keymap.ts";
import { CATALOGUE } from "../../../src/webmail/ui/words/catalogue.ts";
import { goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { gone, inList, message, openKeyDesk, press as pressKeys, row, selected, toast } from "./key-desk.ts";
import { addSource } from "./provider.ts";
import { type Reader, setUp } from "./set-up.ts";
import { hasFocus, openLetter, takesFocus } from "./writing-desk.ts";

let reader: Reader;
const pressed = new Set<string>();

setUp(async (file) => {
  reader = await openKeyDesk(file);
});

/** Keys as the map writes them; each is remembered. */
function press(page: Page, keys: string): Promise<void> {
  pressed.add(keys);
  return pressKeys(page, keys);
}

test("keys walk through a list and choose in it", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await inList(page);
  for (const [keys, at] of [
    ["j", 1],
    ["k", 0],
  ] as const) {
    await press(page, keys);
    await hasFocus(row(page, at));
  }
  for (const [key, at] of [
    ["ArrowDown", 1],
    ["ArrowUp", 0],
  ] as const) {
    await page.keyboard.press(key);
    await hasFocus(row(page, at));
  }
  for (const [forward, back] of [
    ["PageDown", "PageUp"],
    ["End", "Home"],
  ] as const) {
    await page.keyboard.press(forward);
    await page.locator('[role=row]:focus:not([data-index="0"])').waitFor();
    await page.keyboard.press(back);
    await hasFocus(row(page, 0));
  }
  await press(page, "x");
  await selected(page).first().waitFor();
  await press(page, "J");
  await hasFocus(row(page, 1));
  await selected(page).nth(1).waitFor();
  await press(page, "K");
  await hasFocus(row(page, 0));
  await press(page, "* n");
  await gone(selected(page).first());
  await press(page, "* a");
  await selected(page).nth(2).waitFor();
  await press(page, "Escape");
  await gone(selected(page).first());
});

test("keys open a message, leave it, and mark it", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await inList(page);
  for (const [opens, leaves] of [
    ["o", "u"],
    ["Enter", "Escape"],
  ] as const) {
    await press(page, opens);
    await message(page).waitFor();
    await press(page, leaves);
    await gone(message(page));
    await hasFocus(row(page, 0));
  }
  await press(page, "U");
  await page.locator('[role=row][data-index="0"][data-unread]').waitFor();
  await press(page, "I");
  await page.locator('[role=row][data-index="0"]:not([data-unread])').waitFor();
  const star = row(page, 0).locator(".star");
  await press(page, "s");
  await star.and(page.locator("[aria-pressed=true]")).waitFor();
  await press(page, "s");
  await star.and(page.locator("[aria-pressed=false]")).waitFor();
});

test("keys put mail elsewhere, and bring it back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  for (const [keys, said, back] of [
    ["!", "Moved to junk", "Ctrl+z"],
    ["e", "Archived", "z"],
    ["#", "Moved to trash", "z"],
    ["Delete", "Moved to trash", "z"],
  ] as const) {
    await openLetter(page, "Third key");
    await press(page, keys);
    await toast(page, new RegExp(`^${said}`));
    await press(page, back);
    await toast(page, `Taken back: ${said}`);
    await goTo(page, "#/all/inbox");
    await page.getByRole("row", { name: /Third key/ }).waitFor();
  }
  for (const keys of ["v", "l", "Shift+Delete"]) {
    await openLetter(page, "Third key");
    await press(page, keys);
    const dialog = page.locator("[role=dialog], [role=alertdialog]");
    await takesFocus(dialog);
    await page.keyboard.press("Escape");
    await gone(dialog);
  }
});

test("keys lead through a conversation, and show pictures once", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  const thread = page.getByRole("row", { name: /Long thread/ });
  await thread.click();
  await message(page).waitFor();
  await page.keyboard.press("I");
  await page.locator("[role=row]:not([data-unread])").filter({ hasText: "Long thread" }).waitFor();
  await press(page, "u");
  await gone(message(page));
  await thread.click();
  const older = page.locator(".older");
  await older.waitFor();
  await press(page, ";");
  await gone(older);
  await press(page, ":");
  await older.waitFor();
  await page.locator(".expanded").getByText("This is letter 7.").waitFor();
  await press(page, "p");
  await page.locator(".expanded").getByText("This is letter 6.").waitFor();
  await press(page, "n");
  await page.locator(".expanded").getByText("This is letter 7.").waitFor();
  await openLetter(page, "With a picture");
  const shown = page.waitForRequest(/\/body\/.*images=1|images=1/);
  await press(page, "Alt+i");
  await shown;
  // As a Mac says Option+I: the beginning of another letter. Once is over when another message was looked at.
  await openLetter(page, "First key");
  await openLetter(page, "With a picture");
  const again = page.waitForRequest(/\/body\/.*images=1|images=1/);
  await page.evaluate(`document.activeElement.dispatchEvent(
    new KeyboardEvent("keydown", { key: "Dead", code: "KeyI", altKey: true, bubbles: true, cancelable: true }))`);
  await again;
});

test("keys begin what is written, and send it", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const compose = page.locator(".compose");
  await openLetter(page, "First key");
  for (const keys of ["c", "r", "a", "f"]) {
    await press(page, keys);
    await compose.waitFor();
    await compose.locator(":focus").waitFor();
    await page.keyboard.press("Escape");
    await gone(compose);
    await goTo(page, "#/all/inbox");
    await openLetter(page, "First key");
  }
  for (const [keys, subject] of [
    ["Ctrl+Enter", "Second key"],
    ["Ctrl+Shift+Enter", "First key"],
  ] as const) {
    await openLetter(page, subject);
    await page.keyboard.press("r");
    await compose.locator("textarea:focus").waitFor();
    await page.keyboard.type("Thank you.");
    await press(page, keys);
    await gone(compose);
  }
  await goTo(page, "#/all/archive");
  await page.getByRole("row", { name: /First key/ }).waitFor();
  assert.equal(await page.getByRole("row", { name: /Second key/ }).count(), 0);
});

test("keys go to other lists, to the search and round the panes, and collect mail", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  for (const [keys, place] of [
    ["g s", "#/all/starred"],
    ["g a", "#/all/all"],
    ["g t", "#/all/sent"],
    ["g d", "#/drafts"],
    ["g o", "#/outbox"],
    ["g i", "#/all/inbox"],
  ] as const) {
    await press(page, keys);
    await page.waitForURL((url) => url.hash === place);
  }
  await press(page, "/");
  await page.locator("search input:focus").first().waitFor();
  await row(page, 0).focus();
  await hasFocus(row(page, 0));
  await press(page, "F6");
  await gone(page.locator("[role=row]:focus"));
  await page.locator("[data-pane]:focus-within").waitFor();
  await press(page, "Shift+F6");
  await hasFocus(row(page, 0));
  const friend = reader.product.accounts.find(({ user }) => user === "friend");
  assert.ok(friend !== undefined);
  await addSource(page, { name: "own", port: reader.product.port("pop3"), user: "friend", password: friend.password });
  await page.getByRole("button", { name: /^Check mail now/ }).waitFor();
  for (const keys of ["G", "F9"]) {
    const asked = page.waitForRequest("**/api/sources/check");
    await press(page, keys);
    await asked;
  }
});

test("the help lists every key and what it does", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await inList(page);
  await press(page, "?");
  const rows = page.getByRole("dialog").locator(".help-row");
  await rows.first().waitFor();
  const listed = await rows.evaluateAll((all) =>
    (all as unknown as readonly HelpRow[]).map((one) => [
      one.querySelector("dt")?.textContent ?? "",
      ...Array.from(one.querySelectorAll(".help-keys"), (keys) =>
        Array.from(keys.querySelectorAll("kbd"), (key) => key.textContent ?? "").join(" "),
      ),
    ]),
  );
  const expected = [...LIST_KEYS, ...KEYMAP].map(({ word, keys }) => [CATALOGUE[word], ...keys]);
  assert.deepEqual(listed.toSorted(), expected.toSorted());
  await page.keyboard.press("Escape");
});

test("no key of the map was left out", NEEDS_CHROMIUM, () => {
  assert.deepEqual(
    KEYMAP.flatMap(({ keys }) => keys).filter((keys) => !pressed.has(keys)),
    [],
  );
});

/** What a test without DOM types asks of a row of the help. */
interface HelpRow {
  readonly textContent: string | null;
  querySelector(selector: string): HelpRow | null;
  querySelectorAll(selector: string): Iterable<HelpRow>;
}
