// A list of more rows than are loaded: all of them chosen, acted on and taken back, and those in sight where they are.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { openReaderOffice, type ReaderOffice } from "../api/reader-office.ts";
import { answeredBy, becomes, drawn, goTo, hold, NEEDS_CHROMIUM, prepareRoutes, turn, usable } from "./browser.ts";
import { gone, row as rowAt, selected } from "./key-desk.ts";
import { openPage, setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

const MESSAGES = 230;
let page: Page;
let office: ReaderOffice;

setUp(async (file) => {
  office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  for (let n = 1; n <= MESSAGES; n += 1) await deliver(n);
  page = await openPage(file, office);
  await prepareRoutes(page);
  await listed(MESSAGES);
});

const deliver = (n: number): Promise<number> =>
  office.deliver(
    "anna",
    `From: Quay <quay@quay.example>\nSubject: Quay number ${n}\nMessage-ID: <${n}@quay.example>\n\nLine.\n`,
  );
const listed = (rows: number): Promise<void> => page.locator(`[role=grid][aria-rowcount="${rows}"]`).waitFor();

test(
  "all of a list are chosen where no more than some are loaded, and taken back together",
  NEEDS_CHROMIUM,
  async () => {
    await chooseAll();
    await page.getByText("100 of 230 are chosen").waitFor();
    await page.getByRole("button", { name: "Choose all 230" }).click();
    await page.getByRole("heading", { name: "230 chosen" }).waitFor();
    await page.getByText("100 of 230 are chosen").waitFor({ state: "detached" });
    await page.keyboard.press("e");
    await page.getByText("230 archived", { exact: true }).waitFor();
    await page.getByRole("row").first().waitFor({ state: "detached" });
    await page.keyboard.press("z");
    await listed(MESSAGES);
  },
);

/** The pages behind the first one. */
const LATER_PAGES = /\/api\/list\?.*after=/;
const chooseAll = (): Promise<void> => turn(page.getByRole("checkbox", { name: "Choose all that are listed" }), "on");

test("a page that cannot be loaded is said, and the rest is chosen when it can", NEEDS_CHROMIUM, async () => {
  await page.reload();
  await listed(MESSAGES);
  await page.route(LATER_PAGES, (route) => route.fulfill({ status: 410, body: "gone" }));
  await chooseAll();
  await page.getByRole("button", { name: "Choose all 230" }).click();
  await page.getByRole("alert").getByText("The rest could not be loaded and is not chosen.").waitFor();
  await page.getByText("100 of 230 are chosen").waitFor();
  await page.unroute(LATER_PAGES);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("heading", { name: "230 chosen" }).waitFor();
  await page.getByRole("alert").getByText("could not be loaded").waitFor({ state: "detached" });
});

test("a page that cannot be loaded is asked for once, and again by whoever reads why", NEEDS_CHROMIUM, async () => {
  await page.reload();
  await listed(MESSAGES);
  let asked = 0;
  await page.route(LATER_PAGES, (route) => {
    asked += 1;
    return route.fulfill({ status: 410, body: "gone" });
  });
  await page.getByRole("row").first().focus();
  await page.keyboard.press("End");
  const failed = page.getByRole("grid").locator("xpath=..").getByRole("alert");
  await failed.getByText("The rest of the list could not be loaded.").waitFor();
  await page.getByRole("row", { name: /Quay number 131/ }).waitFor();
  await drawn(page);
  assert.equal(asked, 1);
  // That it failed a second time is told, too, and the button keeps the focus.
  await page.unroute(LATER_PAGES);
  const { held, letGo } = hold();
  await page.route(LATER_PAGES, async (route) => {
    asked += 1;
    await held;
    await route.fulfill({ status: 410, body: "gone" }).catch(() => undefined);
  });
  const again = failed.getByRole("button", { name: "Try again" });
  await again.click();
  await failed.getByText("Asking for the rest of the list…").waitFor();
  await again.click({ force: true });
  letGo();
  await failed.getByText("The rest of the list could not be loaded.").waitFor();
  await again.and(page.locator(":focus")).waitFor();
  assert.equal(asked, 2);
  await page.unroute(LATER_PAGES);
  await again.click();
  await failed.waitFor({ state: "detached" });
  await page.keyboard.press("End");
  await page.getByRole("row", { name: /Quay number 31\b/ }).waitFor();
});

test(
  "a list none of whose loaded rows is left says so when no more come, and how to have them",
  NEEDS_CHROMIUM,
  async () => {
    const ALL_PAGES = /\/api\/list\?/;
    await page.reload();
    await listed(MESSAGES);
    await chooseAll();
    await page.getByText("100 of 230 are chosen").waitFor();
    await page.route(ALL_PAGES, (route) => route.fulfill({ status: 410, body: "gone" }));
    await page.keyboard.press("e");
    const failed = page.getByRole("alert").filter({ hasText: "The list could not be loaded" });
    const again = failed.getByRole("button", { name: "Try again" });
    await again.waitFor();
    const asked = page.waitForRequest(ALL_PAGES);
    await again.click();
    await asked;
    await page.unroute(ALL_PAGES);
    // What the act changed may have the list asked for once more by itself.
    await Promise.race([again.click().catch(() => undefined), listed(MESSAGES - 100)]);
    await listed(MESSAGES - 100);
    await page.keyboard.press("z");
    await listed(MESSAGES);
  },
);

test(
  "what is taken out of the choice while the rest is loading stays out, and so does mail that arrives",
  NEEDS_CHROMIUM,
  async () => {
    await page.reload();
    await listed(MESSAGES);
    const { held, letGo } = hold();
    await page.route(LATER_PAGES, async (route) => {
      await held;
      // What was asked for may not be wanted any more.
      await route.continue().catch(() => undefined);
    });
    await chooseAll();
    const asked = page.waitForRequest(LATER_PAGES);
    await page.getByRole("button", { name: "Choose all 230" }).click();
    await asked;
    await turn(page.getByRole("row", { name: /Quay number 229/ }).getByRole("checkbox"), "off");
    await page.getByRole("heading", { name: "99 chosen" }).waitFor();
    await deliver(MESSAGES + 1);
    await page.getByRole("row", { name: /Quay number 231/ }).waitFor();
    letGo();
    await page.getByRole("heading", { name: "229 chosen" }).waitFor();
    for (const n of [229, 231])
      await page.getByRole("row", { name: new RegExp(`Quay number ${n}\\b`), selected: false }).waitFor();
  },
);

test("an answer to the first row in sight, which takes that to the top, moves no other", NEEDS_CHROMIUM, async () => {
  await page.reload();
  // A list that is scrolled before it is the program's may begin at its top again.
  await usable(page);
  await page.getByRole("row", { name: /Quay number 231/ }).waitFor();
  await page.getByRole("search").getByRole("combobox").hover();
  // 64 pixels are a row: at the edge is the eleventh.
  const list = page.locator(".list-scroller");
  await list.evaluate((element) => (element as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 640));
  const row = (n: number) => page.getByRole("row", { name: new RegExp(`Quay number ${n}\\b`) });
  await row(221).and(page.locator("[aria-rowindex='11']")).waitFor();
  const before = await row(220).boundingBox();
  await office.deliver(
    "anna",
    "From: Quay <quay@quay.example>\nSubject: Re: Quay number 221\nMessage-ID: <answer@quay.example>\n" +
      "In-Reply-To: <221@quay.example>\n\nLine.\n",
  );
  await page.getByRole("button", { name: "1 new" }).waitFor();
  assert.deepEqual(await row(220).boundingBox(), before);
  await page.getByRole("button", { name: "1 new" }).click();
  await row(221).and(page.locator("[aria-rowindex='1']")).waitFor();
});

/** What is open stands whole in the list's own frame. */
const IS_OPEN_ROW_IN_SIGHT = `(() => {
  const [row, list] = ["[role=row][aria-current=true]", ".list-scroller"]
    .map((one) => document.querySelector(one)?.getBoundingClientRect());
  return row !== undefined && row.top >= list.top && row.bottom <= list.bottom;
})()`;

/** The list is as tall as all of them, also of those that are not drawn. */
const ROWS_LOADED = `document.querySelector("[role=grid]").offsetHeight / document.querySelector("[role=row]").offsetHeight`;

test(
  "the list follows what is open, beside it and beneath it, and keys go on beyond the rows that were loaded",
  NEEDS_CHROMIUM,
  async () => {
    const { rows } = await office.ask("list", { account: "all", role: "inbox", view: "conversations", limit: 100 });
    const { account, conversation } = rows.at(-2) ?? assert.fail();
    for (const width of [1440, 700]) {
      await page.setViewportSize({ width, height: 900 });
      await goTo(page, "#/all/inbox");
      await page.reload();
      await rowAt(page, 0).waitFor();
      await goTo(page, `#/all/inbox?open=${account}.c${conversation}`);
      await page.locator("article.message:not([aria-busy])").waitFor();
      await becomes(() => page.evaluate(IS_OPEN_ROW_IN_SIGHT), true);
      await becomes(() => page.evaluate(ROWS_LOADED), 200);
      for (const at of [99, 100, 101]) {
        await page.keyboard.press("j");
        await rowAt(page, at).and(page.locator("[aria-current=true]")).waitFor({ state: "attached" });
        await becomes(() => page.evaluate(IS_OPEN_ROW_IN_SIGHT), true);
      }
      assert.equal(await page.locator("[role=row]:focus").count(), 0);
    }
    await page.setViewportSize({ width: 1440, height: 900 });
  },
);

test("keys with Shift choose from the row that has the focus, whatever was chosen before", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.reload();
  await usable(page);
  const chosen = (count: number): Promise<void> => page.getByRole("heading", { name: `${count} chosen` }).waitFor();
  for (const key of ["ArrowDown", "J"]) {
    await rowAt(page, 3).focus();
    await page.keyboard.press(key === "J" ? key : `Shift+${key}`);
    await hasFocus(rowAt(page, 4));
    await chosen(2);
    await page.keyboard.press("Escape");
    await gone(selected(page).first());
  }
  // What was chosen and is not any more begins nothing, and what is chosen far above stays by itself.
  for (const [times, before] of [
    [2, 0],
    [1, 1],
  ] as const) {
    await rowAt(page, 0).focus();
    for (let n = 0; n < times; n += 1) await page.keyboard.press("x");
    await (before === 0 ? gone(selected(page)) : chosen(before));
    await rowAt(page, 9).focus();
    await page.keyboard.press("Shift+ArrowDown");
    await hasFocus(rowAt(page, 10));
    await chosen(before + 2);
    await page.keyboard.press("Escape");
    await gone(selected(page).first());
  }
});

test("the rest is loaded for as long as it is wanted: not of another list", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.reload();
  await rowAt(page, 0).waitFor();
  const ways = [
    { leave: () => goTo(page, "#/all/all"), isCutShort: true },
    { leave: () => page.keyboard.press("Escape"), isCutShort: false },
  ];
  for (const { leave, isCutShort } of ways) {
    const { held, letGo } = hold();
    let asked = 0;
    await page.route(LATER_PAGES, async (route) => {
      asked += 1;
      await held;
      await route.continue().catch(() => undefined);
    });
    await chooseAll();
    const begun = page.waitForRequest(LATER_PAGES);
    await page.getByRole("button", { name: /^Choose all \d+$/ }).click();
    await begun;
    await leave();
    await gone(selected(page).first());
    await rowAt(page, 0).waitFor();
    const answered = isCutShort ? Promise.resolve() : answeredBy(page, LATER_PAGES);
    letGo();
    await answered;
    await drawn(page);
    // What would be asked for next is asked for behind the answer to this one.
    await goTo(page, "#/all/starred");
    await page.getByRole("heading", { level: 1, name: "Starred" }).waitFor();
    await page.unrouteAll({ behavior: "wait" });
    assert.equal(asked, 1);
    await goTo(page, "#/all/inbox");
    await page.reload();
    await rowAt(page, 0).waitFor();
  }
});

test("a list that is being asked for again is waited for before its rest is loaded", NEEDS_CHROMIUM, async () => {
  const FIRST_PAGE = /\/api\/list\?(?!.*after=)/;
  const { held, letGo } = hold();
  const later: string[] = [];
  await page.route(FIRST_PAGE, (route) => held.then(() => route.continue().catch(() => undefined)));
  await page.route(LATER_PAGES, (route) => {
    later.push(route.request().url());
    return route.continue();
  });
  const asked = page.waitForRequest(FIRST_PAGE);
  await deliver(MESSAGES + 2);
  await asked;
  await chooseAll();
  await page.getByRole("button", { name: /^Choose all \d+$/ }).click();
  await drawn(page);
  assert.deepEqual(later, []);
  letGo();
  await page.getByText(/^100 of \d+ are chosen/).waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "wait" });
  await page.getByRole("row", { name: /Quay number 232/, selected: false }).waitFor();
});
