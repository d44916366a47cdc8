// Parts of the reader that are loaded when they are wanted and do not come, as on a bad line or after an update: what was
// there stays, and they are asked for anew.
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { hasFocus, saved, takesFocus } from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
});

const row = (page: Page, at: number): Locator => page.locator(`[role=row][data-index="${at}"]`);
const gone = (place: Locator): Promise<void> => place.waitFor({ state: "detached" });
const toast = (page: Page, text: string): Promise<void> => page.locator(".toast").filter({ hasText: text }).waitFor();

/** A tab in which nothing of the reader comes that is not there yet and has a name like `parts`, until `mend`. */
async function tabWithout(
  parts: string,
  place = "all/inbox",
): Promise<{ readonly page: Page; readonly mend: () => Promise<void> }> {
  const page = await reader.context.newPage();
  await page.route(new RegExp(`/assets/(${parts})-[^/]*\\.js$`), (route) => route.abort());
  await page.goto(`${reader.origin}/#/${place}`);
  await page.getByRole("navigation", { name: "Mailboxes" }).waitFor();
  return { page, mend: () => page.unrouteAll() };
}

const NOT_LOADED = "This part of the reader could not be loaded.";

test("a part that cannot be loaded takes nothing with it, and is asked for anew", NEEDS_CHROMIUM, async () => {
  const { page, mend } = await tabWithout("help|label-dialog|compose-window|settings-screen");
  const dialog = page.getByRole("dialog");
  const compose = page.locator(".compose");
  const screen = page.getByRole("heading", { level: 1, name: "Settings" });
  await row(page, 0).waitFor();
  for (const keys of ["?", "l", "c"]) {
    await row(page, 0).focus();
    await hasFocus(row(page, 0));
    await page.keyboard.press(keys);
    const told = page.locator(".toast").filter({ hasText: NOT_LOADED });
    await told.getByRole("button", { name: "Dismiss" }).click();
    await gone(told);
    await row(page, 0).waitFor();
  }
  await goTo(page, "#/settings");
  const failed = page.getByRole("alert").filter({ hasText: NOT_LOADED });
  await failed.waitFor();
  await mend();
  await failed.getByRole("button", { name: "Try again" }).click();
  await screen.waitFor();
  await goTo(page, "#/all/inbox");
  for (const keys of ["?", "l"]) {
    await row(page, 0).focus();
    await hasFocus(row(page, 0));
    await page.keyboard.press(keys);
    await takesFocus(dialog);
    await page.keyboard.press("Escape");
    await gone(dialog);
  }
  await page.keyboard.press("c");
  await compose.waitFor();
  await page.close();
});

test(
  "without the editor for formatted text a message is written on, and no formatting is lost",
  NEEDS_CHROMIUM,
  async () => {
    const { page, mend } = await tabWithout("rich-editor");
    const body = page.getByRole("textbox", { name: "Text of the message" });
    const formatted = page.getByRole("button", { name: "Formatted text" });
    await row(page, 0).waitFor();
    await page.keyboard.press("c");
    await page.getByLabel("Subject").fill("Bold words");
    await body.fill("bold");
    await formatted.click();
    await toast(page, NOT_LOADED);
    await body.fill("bolder");
    await mend();
    await formatted.click();
    const editor = page.locator(".rich-text");
    await editor.getByText("bolder").click();
    await hasFocus(editor);
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+b");
    await editor.locator("strong", { hasText: "bolder" }).waitFor();
    await saved(page);
    await page.close();

    const { page: other, mend: mendOther } = await tabWithout("rich-editor", "drafts");
    await other.locator(".paper-open").filter({ hasText: "Bold words" }).click();
    await toast(other, NOT_LOADED);
    await other.locator("textarea.compose-text[readonly]").waitFor();
    await mendOther();
    await other.getByRole("alert").getByRole("button", { name: "Try again" }).click();
    await other.locator(".rich-text strong", { hasText: "bolder" }).waitFor();
    await other.close();
  },
);
