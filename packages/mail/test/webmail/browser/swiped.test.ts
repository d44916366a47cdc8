// Rows that a finger draws aside, on a phone.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { CDPSession, Locator, Page } from "playwright-core";
import { openReaderOffice } from "../api/reader-office.ts";
import { becomes, drawn, goTo, NEEDS_CHROMIUM, newContext, usable } from "./browser.ts";
import { browserFor, setUp } from "./set-up.ts";
import { ask } from "./writing-desk.ts";

let page: Page;
let cdp: CDPSession;

setUp(async (file) => {
  const office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  for (let n = 1; n <= 30; n += 1)
    await office.deliver(
      "anna",
      `From: Pat <pat@sail.example>\nDate: Mon, 1 Jun 2026 10:${10 + n}:00 +0000\nSubject: Letter ${n}.\n\nx\n`,
    );
  const context = await newContext(await browserFor(file), {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  page = await context.newPage();
  await page.goto(office.house.office.webAddress() ?? "");
  // What is painted first follows no finger.
  await usable(page);
  await row(30).waitFor();
  cdp = await context.newCDPSession(page);
});

const row = (n: number): Locator => page.getByRole("row", { name: new RegExp(`Letter ${n}\\.`) });
const hint = (): Locator => page.locator(".swipe");

interface Way {
  readonly across?: number;
  readonly along?: number;
}

/** A finger goes down on a row, and so far; it stays there. */
async function draw(on: Locator, { across = 0, along = 0 }: Way): Promise<void> {
  const { x, y, width, height } = (await on.boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const [fromX, fromY] = [x + width / 2, y + height / 2];
  await touch("touchStart", { x: fromX, y: fromY });
  for (let step = 1; step <= 8; step += 1)
    await touch("touchMove", { x: fromX + (across * step) / 8, y: fromY + (along * step) / 8 });
  await drawn(page);
}

async function touch(
  type: "touchStart" | "touchMove" | "touchEnd",
  ...touchPoints: { x: number; y: number }[]
): Promise<void> {
  await cdp.send("Input.dispatchTouchEvent", { type, touchPoints });
}

test("drawn far enough one way a row is archived, and taken back as by the button", NEEDS_CHROMIUM, async () => {
  await draw(row(30), { across: 60 });
  await hint().getByText("Archive").waitFor();
  assert.equal(await hint().getAttribute("data-far"), null);
  await touch("touchMove", { x: 380, y: (await row(30).boundingBox())?.y ?? 0 });
  await page.locator(".swipe[data-far]").waitFor();
  await touch("touchEnd");
  await page.getByText("Archived", { exact: true }).waitFor();
  await row(30).waitFor({ state: "detached" });
  await hint().waitFor({ state: "detached" });
  assert.doesNotMatch(page.url(), /open=/);
  await page.getByRole("button", { name: "Undo" }).click();
  await row(30).waitFor();
});

test("the other way it goes to the trash, from which no swipe deletes and one leads back", NEEDS_CHROMIUM, async () => {
  await draw(row(29), { across: -180 });
  await hint().getByText("Move to trash").waitFor();
  await touch("touchEnd");
  await row(29).waitFor({ state: "detached" });
  await goTo(page, "#/all/trash");
  await draw(row(29), { across: -180 });
  assert.equal(await hint().count(), 0);
  assert.equal(
    await row(29).evaluate((one) => (one as unknown as { style: { translate: string } }).style.translate),
    "",
  );
  await touch("touchEnd");
  await draw(row(29), { across: 180 });
  await hint().getByText("Move to inbox").waitFor();
  await touch("touchEnd");
  await row(29).waitFor({ state: "detached" });
  await goTo(page, "#/all/inbox");
  await row(29).waitFor();
});

test("let go too soon it goes back, and nothing is done or opened", NEEDS_CHROMIUM, async () => {
  const before = await row(28).boundingBox();
  await draw(row(28), { across: 80 });
  assert.notDeepEqual(await row(28).boundingBox(), before);
  await touch("touchEnd");
  await hint().waitFor({ state: "detached" });
  await becomes(() => row(28).boundingBox(), before);
  assert.doesNotMatch(page.url(), /open=/);
});

test("a finger that goes along the list scrolls it, also when it goes across later", NEEDS_CHROMIUM, async () => {
  const scrolled = (): Promise<number> => page.evaluate("document.querySelector('.list-scroller').scrollTop");
  assert.equal(await scrolled(), 0);
  await draw(row(24), { along: -200, across: 20 });
  assert.equal(await hint().count(), 0);
  await becomes(async () => (await scrolled()) > 50, true);
  await touch("touchMove", { x: 380, y: 200 });
  await drawn(page);
  assert.equal(await hint().count(), 0);
  await touch("touchEnd");
  await page.evaluate("document.querySelector('.list-scroller').scrollTo(0, 0)");
  await becomes(scrolled, 0);
});

test("a mouse draws nothing aside, nor do two fingers", NEEDS_CHROMIUM, async () => {
  const { x, y } = (await row(27).boundingBox()) ?? { x: 0, y: 0 };
  await page.mouse.move(x + 100, y + 20);
  await page.mouse.down();
  await page.mouse.move(x + 300, y + 20, { steps: 4 });
  await drawn(page);
  assert.equal(await hint().count(), 0);
  // Elsewhere, so that nothing is clicked.
  await page.mouse.move(x + 100, 5);
  await page.mouse.up();
  await draw(row(27), { across: 150 });
  await hint().waitFor();
  await touch("touchStart", { x: x + 300, y: y + 20 }, { x: x + 50, y: y + 200 });
  await hint().waitFor({ state: "detached" });
  await touch("touchEnd");
  await row(27).waitFor();
  assert.doesNotMatch(page.url(), /open=/);
});

test("two rows let go of one right after the other both come back where they stay", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/all");
  await page.getByRole("heading", { level: 1, name: "All mail" }).waitFor();
  await row(28).waitFor();
  for (const n of [28, 27]) {
    await draw(row(n), { across: 180 });
    await touch("touchEnd");
  }
  await becomes(() => page.locator(".row[data-released]").count(), 0);
  await hint().waitFor({ state: "detached" });
  const aside = "[...document.querySelectorAll('.row')].filter(({ style }) => style.translate !== '').length";
  assert.equal(await page.evaluate(aside), 0);
  await goTo(page, "#/all/inbox");
  for (const n of [28, 27]) await row(n).waitFor({ state: "detached" });
});

test("a finger that scrolls while a row settles leaves no hint behind", NEEDS_CHROMIUM, async () => {
  await draw(row(26), { across: 80 });
  await touch("touchEnd");
  const { x, y } = (await row(24).boundingBox()) ?? { x: 0, y: 0 };
  await touch("touchStart", { x: x + 100, y: y + 20 });
  await becomes(() => page.locator(".row[data-released]").count(), 0);
  await touch("touchMove", { x: x + 100, y: y + 60 });
  await touch("touchEnd");
  await hint().waitFor({ state: "detached" });
});

interface Listed {
  readonly rows: readonly { readonly account: string; readonly messageId: number; readonly subject: string }[];
}

/** From elsewhere, as by another window. */
async function archive(n: number): Promise<void> {
  const { rows } = (await ask(page, "/api/list?account=all&role=inbox&view=messages&limit=100")) as Listed;
  const on = rows
    .filter(({ subject }) => subject === `Letter ${n}.`)
    .map(({ account, messageId }) => ({ account, messageId }));
  await ask(page, "/api/acts", { method: "POST", body: { act: { kind: "archive" }, on, rows: [] } });
  await row(n).waitFor({ state: "detached" });
}

test(
  "a row that leaves the list under the finger takes no other with it, wherever it is let go",
  NEEDS_CHROMIUM,
  async () => {
    const letters = (): Promise<string | null> => page.getByRole("grid").getAttribute("aria-rowcount");
    for (const [n, y] of [
      [24, undefined],
      [23, 20],
    ] as const) {
      await draw(row(n), { across: 150 });
      await page.locator(".swipe[data-far]").waitFor();
      const at = await row(n).boundingBox();
      await archive(n);
      const before = await letters();
      for (const x of [370, 380]) await touch("touchMove", { x, y: y ?? (at?.y ?? 0) + 30 });
      await touch("touchEnd");
      await hint().waitFor({ state: "detached" });
      await drawn(page);
      assert.equal(await letters(), before);
      await row(n - 1).waitFor();
      // The next finger finds everything as it was.
      await draw(row(n - 1), { across: 60 });
      await hint().waitFor();
      await touch("touchEnd");
      await hint().waitFor({ state: "detached" });
    }
  },
);

test("from right to left both ways are turned round", NEEDS_CHROMIUM, async () => {
  await page.request.patch(`${new URL(page.url()).origin}/api/settings`, {
    data: { language: "pseudo-rtl" },
    headers: { origin: new URL(page.url()).origin, "sec-fetch-site": "same-origin" },
  });
  await page.locator("html[dir=rtl]").waitFor();
  await draw(row(26), { across: 180 });
  await page.locator(".swipe[data-wish=trash][data-side=start]").waitFor();
  await touch("touchEnd");
  await row(26).waitFor({ state: "detached" });
  await draw(row(25), { across: -180 });
  await page.locator(".swipe[data-wish=archive][data-side=end]").waitFor();
  await touch("touchEnd");
  await row(25).waitFor({ state: "detached" });
});
