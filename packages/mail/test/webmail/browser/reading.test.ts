// The first minutes with the reader, on the mail of the demonstration.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { becomes, goTo, hold, is, NEEDS_CHROMIUM, prepareRoutes, turn, unreadInTitle } from "./browser.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { ask, deliver, helloFromPat } from "./writing-desk.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
});

test(
  "the address that was printed opens the list, and the key does not stay in the address",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await page
      .getByRole("row", { name: /Boat keys/ })
      .first()
      .waitFor();
    assert.doesNotMatch(page.url(), /open\/|token|[\w-]{43}/);
  },
);

test("a message opens beside the list, is archived, and comes back by undo", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const row = page.getByRole("row", { name: /Boat keys/ }).first();
  await row.click();
  await page.getByRole("heading", { level: 2, name: /Boat keys/ }).waitFor();
  await page.keyboard.press("e");
  await row.waitFor({ state: "detached" });
  await page.getByRole("button", { name: /^Undo/ }).click();
  await row.waitFor();
});

/** Waits until the setting that is changed by `act` is kept. */
async function saving(page: Page, act: Promise<void>): Promise<void> {
  const saved = page.waitForResponse(
    (one) => one.url().endsWith("/api/settings") && one.request().method() === "PATCH",
  );
  await Promise.all([saved, act]);
}

test(
  "what is painted first has the colours that were chosen, whatever the system prefers",
  NEEDS_CHROMIUM,
  async () => {
    const { page, origin } = reader;
    const choose = async (theme: "dark" | "system"): Promise<void> => {
      await goTo(page, "#/settings/look");
      const name = theme === "dark" ? "Dark" : "As the system has them";
      await saving(page, turn(page.getByRole("radio", { name }), "on"));
      await page.locator(`html[data-theme=${theme}]`).waitFor();
    };
    await page.emulateMedia({ colorScheme: "light" });
    await choose("dark");
    // Neither the reader's own program nor what it asks for is there yet.
    await page.route("**/assets/*.js", (route) => route.abort());
    await page.goto("about:blank");
    await page.goto(origin);
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    assert.equal(await page.evaluate("getComputedStyle(document.documentElement).colorScheme"), "dark");
    await page.unrouteAll();
    // The program is there, and not yet told what was chosen.
    const { held, letGo } = hold();
    await page.route("**/api/settings", async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(origin);
    await page.getByText("Opening").waitFor();
    assert.equal(await page.locator("html").getAttribute("data-theme"), "dark");
    letGo();
    await page.unrouteAll({ behavior: "wait" });
    await choose("system");
  },
);

/** What is told through the system from now on, and that nobody needs a system for it. */
function keepNotices(page: Page): Promise<unknown> {
  return page.evaluate(`window.told = [];
    window.heard = 0;
    window.Notification = new Proxy(Notification, {
      construct(target, given) { window.told.push(given); return Reflect.construct(target, given); },
      get(target, name) { if (name === "permission") window.heard += 1; return target[name]; },
    });`);
}

/**
 * Delivers a mail, and resolves when each tab has made up its mind about it: the counts may know of a mail before a tab has
 * heard that it came. Who hears of one asks first whether it may tell, then whether somebody looks; what is asked of the
 * locks behind that is answered behind it.
 */
async function come(subject: string, tabs: readonly Page[]): Promise<void> {
  const heard = (tab: Page): Promise<number> => tab.evaluate<number>("window.heard");
  const before = await Promise.all(tabs.map(heard));
  await deliver(reader, helloFromPat(subject));
  for (const [at, tab] of tabs.entries()) {
    await becomes(() => heard(tab), (before[at] ?? 0) + 1);
    await tab.evaluate("navigator.locks.query()");
  }
}

function toldBy(page: Page): Promise<readonly string[]> {
  return page.evaluate("window.told.map(([text]) => text)");
}

/** Somebody looks at one tab, or at none: a browser without a window shows all. */
async function lookAt(seen: Page | undefined, tabs: readonly Page[]): Promise<void> {
  for (const tab of tabs)
    await tab.evaluate(`Object.defineProperty(document, "hidden", { configurable: true, get: () => ${tab !== seen} });
      document.dispatchEvent(new Event("visibilitychange"));`);
  const looks = `navigator.locks.query().then(({ held }) => held.filter(({ name }) => name === "restante-looked-at").length)`;
  for (const tab of tabs) await becomes(() => tab.evaluate<number>(looks), seen === undefined ? 0 : 1);
}

test(
  "new mail is told through the system only when the browser allows it, and while nobody looks",
  NEEDS_CHROMIUM,
  async () => {
    const { page, context, origin } = reader;
    const wish = page.getByRole("checkbox", { name: "Tell me of new mail while I am elsewhere" });
    await goTo(page, "#/settings/notifications");
    // A browser without a window denies it by itself.
    await wish.click();
    await page.getByText("The browser does not allow it.").waitFor();
    await is(wish, "off");
    await context.grantPermissions(["notifications"], { origin });
    await page.reload();
    await saving(page, turn(wish, "on"));
    await page.reload();
    await is(wish, "on");
    await keepNotices(page);
    await come("Seen as it comes", [page]);
    assert.deepEqual(await page.evaluate("window.told"), []);
    await lookAt(undefined, [page]);
    await come("Not for others to read", [page]);
    await becomes(() => toldBy(page), ["1 new message"]);
    assert.deepEqual(await page.evaluate("window.told"), [["1 new message", { tag: "restante-new-mail" }]]);
    // As much unread mail as before: one was read elsewhere as one came.
    const { held, letGo } = hold();
    await page.route("**/api/mailboxes?*", async (route) => {
      await held;
      await route.continue();
    });
    await ask(page, "/api/acts", { method: "POST", body: { act: { kind: "read" }, on: [await unreadMessage(page)] } });
    await deliver(reader, helloFromPat("One more, unseen"));
    await becomes(() => toldBy(page), ["1 new message", "2 new messages"]);
    letGo();
    await page.unrouteAll({ behavior: "wait" });
  },
);

async function unreadMessage(page: Page): Promise<unknown> {
  const { rows } = (await ask(page, "/api/list?account=all&role=inbox&unread=1&view=messages&limit=1")) as {
    readonly rows: readonly { readonly account: string; readonly messageId: number }[];
  };
  return { account: rows[0]?.account, messageId: rows[0]?.messageId };
}

/** As far as the reader is told of it. */
interface Thread {
  readonly account: string;
  readonly conversation: number;
  readonly messageId: number;
  readonly count: number;
}

/** The longest conversation of the demonstration. */
async function longest(page: Page): Promise<Thread> {
  const text = await page.evaluate(
    `fetch("/api/list?account=all&role=inbox&view=conversations&limit=100").then((answer) => answer.text())`,
  );
  const { rows } = JSON.parse(text as string) as { readonly rows: readonly Thread[] };
  const [first] = rows.toSorted((a, b) => b.count - a.count);
  assert.ok(first !== undefined && first.count > 1, "the demonstration has a conversation");
  return first;
}

test(
  "the subject is the only heading of its level over a conversation, and each message has one of the next",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const { account, conversation, count } = await longest(page);
    await goTo(page, `#/all/inbox?open=${account}.c${conversation}`);
    await page.locator("article.message:not([aria-busy])").waitFor();
    const older = page.locator(".older");
    if ((await older.count()) > 0) await older.click();
    const pane = page.getByRole("region", { name: "Reading" });
    const headings = (level: number): Promise<number> => pane.getByRole("heading", { level }).count();
    await becomes(() => headings(3), count);
    assert.equal(await headings(2), 1);
    // Whichever of them is expanded.
    await pane.locator("h3.collapsed button").first().click();
    await page.locator(".expanded:focus article.message:not([aria-busy])").waitFor();
    await becomes(() => headings(3), count);
    assert.equal(await pane.locator("article.message").getByRole("heading", { level: 3 }).count(), 1);
  },
);

/** Lets everything run that the page was about to do, but for what waits for its clock. */
const DONE = `new Promise((resolve) => {
  const channel = new MessageChannel();
  channel.port1.onmessage = resolve;
  channel.port2.postMessage(null);
})`;

test("the shape of a message is drawn when its answer takes 150 ms, and not before", NEEDS_CHROMIUM, async () => {
  const { origin, context } = reader;
  const { account, messageId } = await longest(reader.page);
  const page = await context.newPage();
  try {
    await page.clock.install();
    await page.goto(`${origin}/#/all/inbox`);
    // Counted in the title, the list is the program's: while time stands still, it would not begin.
    await unreadInTitle(page);
    const { held, letGo } = hold();
    await page.route(`**/api/accounts/${account}/messages/${messageId}`, async (route) => {
      await held;
      await route.continue();
    });
    // Beyond whatever the page waits for by itself.
    await page.clock.pauseAt(Date.now() + 60_000);
    const asked = page.waitForRequest(`**/api/accounts/${account}/messages/${messageId}`);
    await goTo(page, `#/all/inbox?open=${account}.m${messageId}`);
    await asked;
    await page.locator("article.message[aria-busy]").waitFor({ state: "attached" });
    await page.evaluate(DONE);
    const shape = page.locator(".skeleton-message");
    await page.clock.runFor(149);
    await page.evaluate(DONE);
    assert.equal(await shape.count(), 0);
    await page.clock.runFor(1);
    await shape.waitFor({ state: "attached" });
    letGo();
    await page.clock.resume();
    await page.locator("article.message:not([aria-busy])").waitFor();
    await shape.waitFor({ state: "detached" });
  } finally {
    await page.close();
  }
});

test("an address without a key shows no mail", NEEDS_CHROMIUM, async () => {
  const stranger = await reader.browser.newContext();
  try {
    const page = await stranger.newPage();
    const answer = await page.goto(`${reader.origin}/api/session`);
    assert.equal(answer?.status(), 401);
  } finally {
    await stranger.close();
  }
});

test(
  "of two tabs one tells of new mail, and neither does while somebody looks at the other",
  NEEDS_CHROMIUM,
  async () => {
    const { page: first, context, origin } = reader;
    await first.reload();
    const second = await context.newPage();
    await second.goto(`${origin}/#/all/inbox`);
    await second.getByRole("grid", { name: "All inboxes", exact: true }).waitFor();
    const tabs = [first, second];
    for (const tab of tabs) await keepNotices(tab);
    const told = async (): Promise<readonly string[]> => (await Promise.all(tabs.map(toldBy))).flat();
    await lookAt(undefined, tabs);
    await come("To both", tabs);
    await becomes(told, ["1 new message"]);
    await come("To both again", tabs);
    await becomes(told, ["1 new message", "2 new messages"]);
    for (const seen of tabs) {
      for (const tab of tabs) await tab.evaluate("window.told = []");
      await lookAt(seen, tabs);
      await come("Looked at in one of them", tabs);
      await lookAt(undefined, tabs);
      await come("Out of sight", tabs);
      await becomes(told, ["1 new message"]);
    }
    await second.close();
  },
);
