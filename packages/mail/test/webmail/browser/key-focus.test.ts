// Where the focus is after a key, and what the next key means then.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator } from "playwright-core";
import { drawn, goTo, hold, NEEDS_CHROMIUM, turn } from "./browser.ts";
import { gone, inList, message, openKeyDesk, press, row, selected } from "./key-desk.ts";
import { type Reader, setUp } from "./set-up.ts";
import { ask, hasFocus } from "./writing-desk.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openKeyDesk(file);
});

test("however fast keys are pressed, each of them counts", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await inList(page);
  const cdp = await reader.context.newCDPSession(page);
  await cdp.send("Emulation.setCPUThrottlingRate", { rate: 8 });
  const presses = async (key: string, times: number): Promise<void> => {
    for (let n = 0; n < times; n += 1) await page.keyboard.press(key);
  };
  // Far beyond the rows that are drawn, and back by another way, with no wait for anything.
  await presses("j", 20);
  await presses("ArrowUp", 3);
  await presses("PageUp", 1);
  await presses("PageDown", 1);
  await presses("k", 4);
  await hasFocus(row(page, 13));
  await presses("End", 1);
  await presses("PageUp", 9);
  await presses("ArrowDown", 2);
  await hasFocus(row(page, 2));
  await cdp.detach();
});

test(
  "arrows go on from what is open, and leave it open; keys act on the row they went to",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await inList(page);
    await page.keyboard.press("o");
    await message(page).waitFor();
    await row(page, 0).focus();
    for (const [key, at] of [
      ["ArrowDown", 1],
      ["ArrowDown", 2],
      ["ArrowUp", 1],
    ] as const) {
      await page.keyboard.press(key);
      await hasFocus(row(page, at));
    }
    await page.locator('[role=row][data-index="0"][aria-current=true]').waitFor();
    for (const isStarred of [true, false]) {
      await page.keyboard.press("s");
      await row(page, 1).locator(`.star[aria-pressed=${isStarred}]`).waitFor();
      await row(page, 0).locator(".star[aria-pressed=false]").waitFor();
    }
    await page.keyboard.press("u");
    await gone(message(page));
    await hasFocus(row(page, 0));
  },
);

test("a list that comes late takes the focus from nobody who went elsewhere meanwhile", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await inList(page);
  const { held, letGo } = hold();
  const allMail = ({ pathname, searchParams }: URL): boolean => pathname === "/api/list" && !searchParams.has("role");
  await page.route(allMail, (route) => held.then(() => route.continue()), { times: 1 });
  await press(page, "g a");
  await page.locator(".skeleton-row").first().waitFor();
  const elsewhere = page.getByRole("link", { name: "Starred" });
  await elsewhere.focus();
  letGo();
  await row(page, 0).waitFor();
  await drawn(page);
  await hasFocus(elsewhere);
  await goTo(page, "#/all/inbox");
});

test("a row keeps the focus when it gets its first label, and when it loses its last", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await ask(page, "/api/labels", { method: "PUT", body: { account: "1", name: "Ropes", colour: "teal" } });
  await inList(page);
  // The very element: one that is drawn in its place has the focus only when something gives it back.
  await row(page, 0).evaluate((one) => (one as unknown as Markable).setAttribute("data-marked", ""));
  const marked = page.locator("[role=row][data-marked]");
  const chip = row(page, 0).locator(".label-chip");
  for (const [wanted, state] of [
    ["on", "attached"],
    ["off", "detached"],
  ] as const) {
    await press(page, "l");
    const dialog = page.getByRole("dialog");
    await turn(dialog.getByRole("checkbox", { name: "Ropes" }), wanted);
    await chip.waitFor({ state });
    await page.keyboard.press("Escape");
    await gone(dialog);
    await hasFocus(marked);
  }
});

test(
  "where a message covers the list, keys act on it, and not on what is chosen under it",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await page.setViewportSize({ width: 700, height: 900 });
    await page.locator(".mail-screen[data-stacked]").waitFor();
    await inList(page);
    await press(page, "x");
    await selected(page).first().waitFor();
    const star = (at: number): Locator => row(page, at).locator(".star");
    const [chosen, opened] = [await star(0).getAttribute("aria-pressed"), await star(1).getAttribute("aria-pressed")];
    await row(page, 1).click();
    await message(page).waitFor();
    await press(page, "s");
    const turned = star(1).and(page.locator(`[aria-pressed=${opened === "true" ? "false" : "true"}]`));
    await turned.waitFor({ state: "attached" });
    assert.equal(await star(0).getAttribute("aria-pressed"), chosen);
    await press(page, "u");
    await gone(message(page));
    await page.setViewportSize({ width: 1440, height: 900 });
  },
);

/** What a test without DOM types asks of an element. */
interface Markable {
  setAttribute(name: string, value: string): void;
}
