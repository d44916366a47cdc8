// A button that is a picture says what it is.
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawn, NEEDS_CHROMIUM, unreadInTitle } from "./browser.ts";
import { gone, openKeyDesk } from "./key-desk.ts";
import { type Reader, setUp } from "./set-up.ts";
import { hasFocus, takesFocus } from "./writing-desk.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openKeyDesk(file);
});

test(
  "a button that is a picture says its name and its key beside it, until it is sent away",
  NEEDS_CHROMIUM,
  async () => {
    const page = await reader.context.newPage();
    await page.clock.install();
    await page.goto(`${reader.origin}/#/all/inbox`);
    // Counted in the title, the list is the program's.
    await unreadInTitle(page);
    const button = page.getByRole("button", { name: "Keyboard shortcuts" });
    const told = page.getByRole("tooltip");
    // Whoever pressed a key last is shown where the focus is, and what it is on.
    await page.keyboard.press("Tab");
    await button.focus();
    await told.getByText("?").waitFor();
    assert.equal(await told.textContent(), "Keyboard shortcuts?");
    assert.equal(await button.getAttribute("aria-describedby"), await told.getAttribute("id"));
    await page.keyboard.press("Escape");
    await gone(told);
    await hasFocus(button);
    await button.hover();
    await told.waitFor();
    // It can be pointed at itself, as long as anybody likes.
    await told.hover();
    await page.clock.fastForward(60_000);
    await drawn(page);
    assert.ok(await told.isVisible());
    await page.mouse.move(700, 500);
    await gone(told);
    await page.close();
  },
);

test("a button in a dialog says so to whoever cannot see it, too", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.keyboard.press("?");
  const dialog = page.getByRole("dialog");
  await takesFocus(dialog);
  await page.keyboard.press("Tab");
  await dialog.getByRole("button", { name: "Close" }).focus();
  // By its role alone it is found only as long as it is hidden from nobody.
  const told = page.getByRole("tooltip");
  await told.getByText("Close").waitFor();
  await page.keyboard.press("Control");
  await gone(told);
  assert.ok(await dialog.isVisible());
  await page.keyboard.press("Escape");
  await gone(dialog);
});

test(
  "Escape closes a dialog at once, also where the focus is on a button that is a picture",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const dialog = page.getByRole("dialog");
    const close = dialog.getByRole("button", { name: "Close" });
    const told = page.getByRole("tooltip");
    await page.keyboard.press("?");
    await takesFocus(dialog);
    await page.keyboard.press("Tab");
    await close.focus();
    await told.getByText("Close").waitFor();
    await page.keyboard.press("Escape");
    await gone(dialog);
    await gone(told);
  },
);
