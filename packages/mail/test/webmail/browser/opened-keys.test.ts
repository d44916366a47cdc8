// Keys while a message is open beside a list that changes: what they mean, and where the focus is seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { ReaderOffice } from "../api/reader-office.ts";
import { becomes, goTo, NEEDS_CHROMIUM, turn } from "./browser.ts";
import { openNewsDesk, rowOfNews, showsNews } from "./news-desk.ts";
import { newsLetter } from "./news-letter.ts";
import { elsewhere } from "./other-device.ts";
import { setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

let office: ReaderOffice;
let page: Page;

setUp(async (file) => {
  ({ office, page } = await openNewsDesk(file, ["Ada", "Bea", "Cleo"]));
});

const rowOf = (name: string): Locator => rowOfNews(page, name);
const shows = (name: string): Promise<void> => showsNews(page, name);

test("keys go on with what is open, and act on it, when its row has left the list", NEEDS_CHROMIUM, async () => {
  await rowOf("Bea").click();
  await shows("Bea");
  await elsewhere(page, "Bea", { kind: "archive" });
  await rowOf("Bea").waitFor({ state: "detached" });
  await page.keyboard.press("j");
  await shows("Ada");
  await elsewhere(page, "Ada", { kind: "archive" });
  await rowOf("Ada").waitFor({ state: "detached" });
  await page.keyboard.press("#");
  await page.getByText("Moved to trash").waitFor();
  await goTo(page, "#/all/trash");
  await rowOf("Ada").waitFor();
  await elsewhere(page, "Bea", { kind: "move", mailbox: "INBOX" }, "archive");
  await goTo(page, "#/all/inbox");
  await rowOf("Bea").waitFor();
});

test("the keys that answer mean the row that has the focus, as all others do", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await rowOf("Bea").click();
  await shows("Bea");
  await rowOf("Cleo").focus();
  await hasFocus(rowOf("Cleo"));
  await page.keyboard.press("r");
  await page.locator(".compose .person-chip").filter({ hasText: "Cleo" }).waitFor();
  await page.getByRole("button", { name: "Throw the draft away" }).click();
  await page.locator(".compose").waitFor({ state: "detached" });
});

const TWO_BODIES = `From: Jan <jan@crew.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 10:03:00 +0000
Subject: News of Jan
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html

<p><a href="https://crew.example/1">One</a></p><p>Jan writes.</p>
--b
Content-Type: text/html

<p><a href="https://crew.example/2">Two</a></p><p>Jan writes on.</p>
--b--
`;

test(
  "the ring is around no frame but the one that Tab led into, and goes when the focus does",
  NEEDS_CHROMIUM,
  async () => {
    await office.deliver("anna", TWO_BODIES);
    await goTo(page, "#/all/inbox");
    await rowOf("Jan").focus();
    await page.keyboard.press("Enter");
    const frames = page.locator("iframe.html-frame");
    const rings = (): Promise<readonly string[]> =>
      page.evaluate(
        `Array.from(document.querySelectorAll("iframe.html-frame"), (one) => getComputedStyle(one).outlineStyle)`,
      );
    await frames.nth(1).contentFrame().getByText("Jan writes on.").waitFor();
    await page.getByRole("button", { name: "Skip this message" }).first().focus();
    const isLedIn = (): Promise<boolean> => page.evaluate(`document.activeElement.matches("iframe.html-frame")`);
    await page.keyboard.press("Tab");
    await becomes(isLedIn, true);
    await becomes(rings, ["solid", "none"]);
    await frames.nth(1).contentFrame().getByText("Jan writes on.").click();
    await becomes(rings, ["none", "none"]);
    await frames.nth(0).contentFrame().getByText("Jan writes.").click();
    await becomes(() => page.evaluate(`document.activeElement === document.querySelector("iframe.html-frame")`), true);
    await becomes(rings, ["none", "none"]);
  },
);

test(
  "keys mean the rows that are chosen, also when the row of what is open has left the list",
  NEEDS_CHROMIUM,
  async () => {
    for (const name of ["Liv", "Max", "Noa"]) await office.deliver("anna", newsLetter({ name, minute: 8 }));
    await goTo(page, "#/all/inbox");
    await rowOf("Liv").click();
    await shows("Liv");
    await elsewhere(page, "Liv", { kind: "trash" });
    await rowOf("Liv").waitFor({ state: "detached" });
    for (const name of ["Max", "Noa"]) await turn(rowOf(name).locator("input"), "on");
    await page.getByRole("heading", { name: "2 chosen" }).waitFor();
    await page.locator("h2.subject").focus();
    await page.keyboard.press("e");
    for (const name of ["Max", "Noa"]) await rowOf(name).waitFor({ state: "detached" });
    await goTo(page, "#/all/trash");
    await rowOf("Liv").waitFor();
  },
);

test("a key that is held acts once, and moves for as long as it is held", NEEDS_CHROMIUM, async () => {
  for (const [at, name] of ["Pam", "Ray", "Sue", "Tim"].entries())
    await office.deliver("anna", newsLetter({ name, minute: 6 + at }));
  await goTo(page, "#/all/search?q=News");
  await goTo(page, "#/all/inbox");
  await rowOf("Tim").click();
  await shows("Tim");
  for (let times = 0; times < 3; times += 1) await page.keyboard.down("e");
  await page.keyboard.up("e");
  await rowOf("Tim").waitFor({ state: "detached" });
  const next = async (): Promise<string> => (await page.locator("h2.subject").textContent()) ?? "";
  const first = await next();
  assert.notEqual(first, "News of Tim");
  await page.keyboard.down("j");
  await becomes(async () => (await next()) === first, false);
  const second = await next();
  await page.keyboard.down("j");
  await becomes(async () => (await next()) === second, false);
  await page.keyboard.up("j");
  for (const name of ["Pam", "Ray", "Sue"]) await rowOf(name).waitFor();
});
