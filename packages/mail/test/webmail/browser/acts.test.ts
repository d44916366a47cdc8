// Small acts and what is asked before the large ones, in the real reader with the mail of the demonstration.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page, Request } from "playwright-core";
import {
  answeredBy,
  becomes,
  goTo,
  NEEDS_CHROMIUM,
  prepareRoutes,
  turn,
  unreadInTitle,
  untilTitleCounts,
  usable,
} from "./browser.ts";
import { press } from "./key-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { deliver, helloFromPat } from "./writing-desk.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
  // The newest of the samples: all of them are indexed, and no row comes in above those that are pressed.
  await reader.page.getByRole("row", { name: /Re: Lunch/ }).waitFor();
});

/** What the page asks for from now on. */
function requestsTo(page: Page, path: string): readonly Request[] {
  const requests: Request[] = [];
  page.on("request", (request) => {
    if (new URL(request.url()).pathname === path) requests.push(request);
  });
  return requests;
}

async function toInbox(page: Page): Promise<void> {
  await goTo(page, "#/all/inbox");
  // What was open before goes first, so that what is there afterwards is what was opened.
  await page.locator("article.message").waitFor({ state: "detached" });
  await page.getByRole("heading", { level: 1, name: "All inboxes" }).waitFor();
  await page.getByRole("row").first().waitFor();
}

async function openRow(page: Page, subject: RegExp): Promise<void> {
  await toInbox(page);
  await page.getByRole("row", { name: subject }).first().click();
  await opened(page, subject);
}

async function opened(page: Page, subject: RegExp): Promise<void> {
  await page.getByRole("heading", { level: 2, name: subject }).waitFor();
  await page.locator("article.message:not([aria-busy])").waitFor();
}

test("what is chosen is acted on together, and taken back together", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  for (const [key, done] of [
    ["e", "2 archived"],
    ["!", "2 moved to junk"],
    ["#", "2 moved to trash"],
  ] as const) {
    await t.test(done, async () => {
      await toInbox(page);
      const rows = [page.getByRole("row", { name: /Re: Lunch/ }), page.getByRole("row", { name: /Voicemail from/ })];
      for (const row of rows) await turn(row.locator("input"), "on");
      await page.getByRole("heading", { name: "2 chosen" }).waitFor();
      await page.keyboard.press(key);
      await page.getByText(done).waitFor();
      for (const row of rows) await row.waitFor({ state: "detached" });
      await page.getByRole("button", { name: /^Undo/ }).click();
      for (const row of rows) await row.waitFor();
    });
  }
});

test(
  "acts are taken back one at a time, the last one first, in whatever toast they were told of",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const lunch = page.getByRole("row", { name: /Re: Lunch/ });
    const voicemail = page.getByRole("row", { name: /Voicemail from/ });
    await toInbox(page);
    for (const [row, key, done] of [
      [lunch, "e", "Archived"],
      [voicemail, "#", "Moved to trash"],
    ] as const) {
      await turn(row.locator("input"), "on");
      await page.getByRole("heading", { name: "1 chosen" }).waitFor();
      await page.keyboard.press(key);
      await page.getByText(done, { exact: true }).waitFor();
      await row.waitFor({ state: "detached" });
    }
    const undone = page.getByText("Taken back: Moved to trash", { exact: true });
    const takesBack = requestsTo(page, "/api/acts/undo");
    await page.keyboard.press("z");
    await voicemail.waitFor();
    await undone.waitFor();
    assert.equal(await lunch.count(), 0);
    assert.equal(takesBack.length, 1);
    await page.keyboard.press("Control+z");
    await page.getByText("Taken back: Archived", { exact: true }).waitFor();
    await lunch.waitFor();
  },
);

test("an act that changed nothing says so, and taking back leaves what was done before", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const lunch = page.getByRole("row", { name: /Re: Lunch/ });
  const voicemail = page.getByRole("row", { name: /Voicemail from/ });
  await toInbox(page);
  await lunch.focus();
  await page.keyboard.press("e");
  await page.getByText("Archived", { exact: true }).waitFor();
  // As when another window was a moment faster.
  await page.route("**/api/acts", (route) => route.fulfill({ json: { changed: 0, undo: null } }), { times: 1 });
  await voicemail.focus();
  await page.keyboard.press("e");
  await page.getByText("It is so already", { exact: true }).waitFor();
  const takesBack = requestsTo(page, "/api/acts/undo");
  await page.keyboard.press("z");
  await page.getByText("That changed nothing. Ask once more to take back: Archived", { exact: true }).waitFor();
  assert.equal(takesBack.length, 0);
  await page.keyboard.press("z");
  await page.getByText("Taken back: Archived", { exact: true }).waitFor();
  for (const row of [lunch, voicemail]) await row.waitFor();
});

test("a row at the top that is taken back is in sight again, and no news", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await toInbox(page);
  const inbox = page.getByRole("grid", { name: "All inboxes", exact: true });
  const list = page.locator(".list-scroller");
  for (const at of [0, 1]) {
    const row = inbox.locator(`[role=row][aria-rowindex='${at + 1}']`);
    await row.focus();
    const name = (await row.getAttribute("aria-label")) ?? "";
    const same = inbox.locator(`[role=row][aria-label=${JSON.stringify(name)}]`);
    await page.keyboard.press("e");
    await same.waitFor({ state: "detached" });
    // What was said of the act before may stand there still.
    const takenBack = answeredBy(page, /\/api\/acts\/undo$/);
    await page.keyboard.press("z");
    await takenBack;
    await same.waitFor();
    await page.getByText("Taken back: Archived", { exact: true }).waitFor();
    assert.equal(await list.evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop), 0, name);
    assert.equal(await page.getByRole("button", { name: /^\d+ new/ }).count(), 0, name);
  }
});

test("a star pressed in the row is told of, and taken back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await toInbox(page);
  const row = page.getByRole("row", { name: /Voicemail from/ });
  await row.getByRole("button", { name: "Star" }).click();
  await page.getByText("Starred", { exact: true }).and(page.locator(".toast span")).waitFor();
  await page.getByRole("row", { name: /Starred.*Voicemail from/ }).waitFor();
  await page.keyboard.press("z");
  await page.getByText("Taken back: Starred", { exact: true }).waitFor();
  await page.getByRole("row", { name: /Starred.*Voicemail from/ }).waitFor({ state: "detached" });
});

/** Whether anything gets the focus before so many pictures were drawn. */
const IS_FOCUSED_SOON = `new Promise((resolve) => {
  let left = 60;
  const look = () => {
    if (document.activeElement !== document.body || left === 0) resolve(left > 0);
    else requestAnimationFrame(look);
    left -= 1;
  };
  look();
})`;

test(
  "the box that chooses all cannot be used in an empty list, and leaves the focus in it",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await toInbox(page);
    await page
      .getByRole("row", { name: /Voicemail from/ })
      .getByRole("button", { name: "Star" })
      .click();
    await page.getByRole("row", { name: /Starred.*Voicemail from/ }).waitFor();
    await goTo(page, "#/all/starred");
    await page.locator("[role=grid][aria-rowcount='1']").waitFor();
    const all = page.getByRole("checkbox", { name: "Choose all that are listed" });
    await all.focus();
    await page.keyboard.press("Space");
    await page.getByRole("heading", { name: "1 chosen" }).waitFor();
    await page.keyboard.press("s");
    await all.and(page.locator(":disabled")).waitFor();
    assert.equal(await page.evaluate(IS_FOCUSED_SOON), true);
    await page.getByRole("heading", { level: 1, name: "Starred" }).and(page.locator(":focus")).waitFor();
  },
);

test("all mail is one list of every mailbox but trash and junk", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const lunch = page.getByRole("row", { name: /Re: Lunch/ });
  const voicemail = page.getByRole("row", { name: /Voicemail from/ });
  await toInbox(page);
  await turn(lunch.locator("input"), "on");
  await page.keyboard.press("e");
  await lunch.waitFor({ state: "detached" });
  await press(page, "g a");
  await page.getByRole("heading", { level: 1, name: "All mail" }).waitFor();
  await lunch.waitFor();
  await page.waitForURL(/#\/all\/all$/);
  await turn(voicemail.locator("input"), "on");
  await page.keyboard.press("!");
  await page.getByText("Moved to junk", { exact: true }).waitFor();
  await voicemail.waitFor({ state: "detached" });
  for (const [row, what] of [
    [voicemail, "Moved to junk"],
    [page.getByRole("row", { name: /Re: Lunch.*Inbox|Re: Lunch/ }), "Archived"],
  ] as const) {
    await page.keyboard.press("z");
    await page.getByText(`Taken back: ${what}`, { exact: true }).waitFor();
    await row.waitFor();
  }
});

test("deletion for good asks, and takes nothing when it is refused", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openRow(page, /Address zoo/);
  await page.keyboard.press("#");
  await page.getByText("Moved to trash").waitFor();
  await goTo(page, "#/all/trash");
  const row = page.getByRole("row", { name: /Address zoo/ });
  await row.click();
  await opened(page, /Address zoo/);
  const dialog = page.getByRole("alertdialog", { name: "Delete it for good?" });
  await page.keyboard.press("Shift+Delete");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
  await row.waitFor();
  await page.keyboard.press("Shift+Delete");
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await row.waitFor({ state: "detached" });
  await page.getByText("Deleted for good", { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: /^Undo/ }).count(), 0);
});

test(
  "undone right after a deletion for good is nothing, and the act before it only by a second press",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const toast = (text: string): Promise<void> => page.locator(".toast").getByText(text, { exact: true }).waitFor();
    await goTo(page, "#/all/inbox");
    await page.keyboard.press("z");
    await toast("Cannot be taken back: Deleted for good. Ask once more to take back: Moved to trash");
    await page.keyboard.press("z");
    await page.locator(".toast").getByText("1 message was deleted for good since.").waitFor();
  },
);

test("emptying the trash asks, and empties one account's", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openRow(page, /Signed hello/);
  await page.keyboard.press("#");
  await page.getByText("Moved to trash").waitFor();
  await goTo(page, "#/all/trash");
  const row = page.getByRole("row", { name: /Signed hello/ });
  await row.waitFor();
  const dialog = page.getByRole("alertdialog", { name: "Empty the trash?" });
  const empties = requestsTo(page, "/api/mailboxes/empty");
  for (const answer of ["Cancel", "Empty"]) {
    await page.getByRole("button", { name: "Empty" }).click();
    await page.getByRole("menuitem", { name: "demo" }).click();
    await dialog.getByText("1 message of demo is deleted for good and cannot be brought back.").waitFor();
    await dialog.getByRole("button", { name: answer }).click();
    await dialog.waitFor({ state: "detached" });
  }
  await row.waitFor({ state: "detached" });
  await page.getByText("1 message deleted for good").waitFor();
  assert.equal(empties.length, 1, "nothing was asked for when it was refused");
});

test("new mail is counted above what is read, moves no row, and is told in the title", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await toInbox(page);
  await page.locator(".reading-pane").hover();
  const list = page.locator(".list-scroller");
  await list.evaluate((element) => (element as unknown as { scrollTo(x: number, y: number): void }).scrollTo(0, 640));
  const seen = page.getByRole("row", { name: /Unterlagen/ });
  const before = await seen.boundingBox();
  // The window is named once nobody types.
  await becomes(async () => (await page.title()).endsWith(" All inboxes · Restante"), true);
  const counted = await unreadInTitle(page);
  // Whoever is busy sees the count change all the same.
  const typing = await page.evaluate(
    `setInterval(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" })), 50)`,
  );
  const notice = page.getByRole("button", { name: /^1 new/ });
  try {
    await deliver(reader, helloFromPat("Just now"));
    await notice.waitFor();
    assert.deepEqual(await seen.boundingBox(), before);
    await untilTitleCounts(page, counted + 1);
  } finally {
    await page.evaluate(`clearInterval(${String(typing)})`);
  }
  await notice.click();
  await page.getByRole("row", { name: /Just now/ }).waitFor();
  await notice.waitFor({ state: "detached" });
});

test(
  "a setting that is changed leaves the others, and Enter opens a row while letters are off",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await toInbox(page);
    // It is drawn before the server has it.
    const kept = (): Promise<unknown> =>
      page.waitForEvent("requestfinished", (request) => request.method() === "PATCH");
    await page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    const areLettersOff = kept();
    await turn(page.getByRole("dialog").getByRole("checkbox"), "off");
    await areLettersOff;
    await page.keyboard.press("Escape");
    await goTo(page, "#/settings/look");
    const isCompact = kept();
    await turn(page.getByRole("radio", { name: /^Compact/ }), "on");
    await isCompact;
    // As another page of the same person would have it.
    await page.reload();
    await usable(page);
    await toInbox(page);
    await page.locator('[data-density="compact"]').waitFor();
    await page.getByRole("row", { name: /Re: Lunch/ }).focus();
    await page.keyboard.press("e");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 2, name: /Lunch/ }).waitFor();
  },
);

test("in a narrow window the menu of accounts opens in front of the mailboxes", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await toInbox(page);
  await page.setViewportSize({ width: 400, height: 800 });
  await page.getByRole("button", { name: "Mailboxes" }).click();
  await page.getByRole("dialog", { name: "Mailboxes" }).locator(".account-button").click();
  await page.getByRole("menuitem", { name: "demo" }).click();
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await page.waitForURL(/#\/\d+\/inbox/);
});
