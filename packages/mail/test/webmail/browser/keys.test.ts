// Every key of the map, pressed in the real reader: each does what the help says of it, and the help says it of each.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { KEYMAP, LIST_KEYS } from "../../../src/webmail/ui/keys/keymap.ts";
import { CATALOGUE } from "../../../src/webmail/ui/words/catalogue.ts";
import { drawn, goTo, hold, NEEDS_CHROMIUM, prepareRoutes, turn } from "./browser.ts";
import { addSource } from "./provider.ts";
import { ask, deliver, hasFocus, openLetter } from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;
const pressed = new Set<string>();

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
  for (let n = 1; n <= 7; n += 1) await deliver(reader, threadLetter(n));
  await deliver(reader, [
    "From: Nora <nora@letters.example>",
    "Subject: With a picture",
    "MIME-Version: 1.0",
    "Content-Type: text/html",
    "",
    '<p>Look: <img src="https://pictures.example/boat.png" width="300" height="200" alt="boat"></p>',
  ]);
  for (const subject of ["First key", "Second key", "Third key"])
    await deliver(reader, [
      `From: Key <key@letters.example>`,
      "To: demo@localhost",
      `Subject: ${subject}`,
      "",
      "hello",
    ]);
  await goTo(reader.page, "#/all/inbox");
  // Each of them: letters may come into the list in another order than they were delivered in.
  for (const subject of ["Third key", "Second key", "First key", "With a picture", "Long thread"])
    await reader.page.getByRole("row", { name: new RegExp(subject) }).waitFor();
});

function threadLetter(n: number): readonly string[] {
  const before = Array.from({ length: n - 1 }, (_, at) => `<thread-${at + 1}@letters.example>`);
  return [
    "From: Thea <thea@letters.example>",
    `Subject: ${n === 1 ? "" : "Re: "}Long thread`,
    `Message-ID: <thread-${n}@letters.example>`,
    ...(before.length === 0 ? [] : [`References: ${before.join(" ")}`]),
    "",
    `This is letter ${n}.`,
  ];
}

/** Keys as the map writes them, one stroke after another. */
async function press(page: Page, keys: string): Promise<void> {
  pressed.add(keys);
  // At once: the second stroke of two is waited for no longer than a moment.
  await Promise.all(keys.split(" ").map((stroke) => page.keyboard.press(stroke.replace("Ctrl+", "Control+"))));
}

const row = (page: Page, at: number): Locator => page.locator(`[role=row][data-index="${at}"]`);
const selected = (page: Page): Locator => page.locator("[role=row][aria-selected=true]");
const gone = (place: Locator): Promise<void> => place.waitFor({ state: "detached" });
const message = (page: Page): Locator => page.locator("article.message");
const toast = (page: Page, text: string | RegExp): Promise<void> =>
  page.locator(".toast").filter({ hasText: text }).waitFor();

/** The inbox, with nothing open or chosen and the focus in its first row. */
async function inList(page: Page): Promise<void> {
  await goTo(page, "#/all/inbox");
  await gone(message(page));
  await row(page, 0).focus();
  await hasFocus(row(page, 0));
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
  await hasFocus(elsewhere);
  await goTo(page, "#/all/inbox");
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
    await dialog.waitFor();
    await page.keyboard.press("Escape");
    await gone(dialog);
  }
});

test("what is taken back while it is on its way comes back, and nothing else does", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openLetter(page, "Second key");
  await press(page, "s");
  await toast(page, /^Starred/);
  await openLetter(page, "Third key");
  const { held, letGo } = hold();
  await page.route("**/api/acts", (route) => held.then(() => route.continue()), { times: 1 });
  const asked = page.waitForRequest("**/api/acts");
  await press(page, "e");
  await asked;
  await press(page, "z");
  letGo();
  await toast(page, "Taken back: Archived");
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Third key/ }).waitFor();
  await page
    .getByRole("row", { name: /Second key/ })
    .locator(".star[aria-pressed=true]")
    .waitFor();
});

test("what comes to nothing is not taken back, and nothing else in its place", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openLetter(page, "First key");
  await press(page, "s");
  await toast(page, /^Starred/);
  const { held, letGo } = hold();
  const refusal = { status: 422, json: { error: { code: "refused", message: "not this one" } } };
  await page.route("**/api/acts", (route) => held.then(() => route.fulfill(refusal)), { times: 1 });
  const asked = page.waitForRequest("**/api/acts");
  await press(page, "e");
  await asked;
  await press(page, "z");
  letGo();
  await toast(page, "Not this one.");
  // The star is still there to be taken back, by the next key.
  await press(page, "z");
  await toast(page, "Taken back: Starred");
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

test(
  "a button that is a picture says its name and its key beside it, until it is sent away",
  NEEDS_CHROMIUM,
  async () => {
    const page = await reader.context.newPage();
    await page.clock.install();
    await page.goto(`${reader.origin}/#/all/inbox`);
    await page.getByRole("row").first().waitFor();
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
  await dialog.waitFor();
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
    await dialog.waitFor();
    await page.keyboard.press("Tab");
    await close.focus();
    await told.getByText("Close").waitFor();
    await page.keyboard.press("Escape");
    await gone(dialog);
    await gone(told);
  },
);

test(
  "where a message covers the list, keys act on it, and not on what is chosen under it",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await page.setViewportSize({ width: 700, height: 900 });
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

test("no key of the map was left out", NEEDS_CHROMIUM, () => {
  assert.deepEqual(
    KEYMAP.flatMap(({ keys }) => keys).filter((keys) => !pressed.has(keys)),
    [],
  );
});

/** What a test without DOM types asks of an element. */
interface Markable {
  setAttribute(name: string, value: string): void;
}

/** And of a row of the help. */
interface HelpRow {
  readonly textContent: string | null;
  querySelector(selector: string): HelpRow | null;
  querySelectorAll(selector: string): Iterable<HelpRow>;
}
