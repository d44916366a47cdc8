// The way of a source, from its first password to the removal of its mail from the server, by keys alone; and the ways
// out of a message's frame, which hears none of the reader's keys.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { framesOf } from "./delivered.ts";
import { becomes, NEEDS_CHROMIUM, usable } from "./browser.ts";
import { press } from "./key-desk.ts";
import { type Provider, startProvider } from "./provider.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { takesFocus } from "./writing-desk.ts";

const MESSAGES = 30;
/** Further than this nobody tabs. */
const TABS_MAX = 60;
const FOCUS_WAIT_MS = 20_000;

let provider: Provider;
let reader: Reader;

setUp(async (file) => {
  provider = await startProvider(MESSAGES);
  file.after(() => provider.product.stop());
  reader = await openReader(file, { args: ["--demo"] });
  await reader.page.evaluate(`window.pointed = 0;
    for (const kind of ["pointerdown", "mousedown", "touchstart", "wheel"])
      window.addEventListener(kind, () => { window.pointed += 1; }, true);`);
});

/** Goes on with Tab until `target` has the focus. */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  await target.waitFor();
  for (let tabs = 0; tabs <= TABS_MAX; tabs += 1) {
    if (await hasFocus(target)) return;
    await pressOn(page, key);
  }
  throw new Error(`${String(target)} is not reached with ${key}; the focus is on ${await focused(page)}`);
}

/** Presses a key that moves the focus, and waits until it is elsewhere: into a frame and out of it that takes a while. */
async function pressOn(page: Page, key: string): Promise<void> {
  const before = await focusedAnywhere(page);
  await page.keyboard.press(key);
  const hasMoved = (now: string | undefined): boolean => now !== undefined && now !== before;
  await becomes(async () => hasMoved(await focusedAnywhere(page)), true);
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((element) => {
    const { ownerDocument } = element as unknown as { readonly ownerDocument: { readonly activeElement: unknown } };
    return ownerDocument.activeElement === element;
  });
}

/** A number that stays with what has the focus, whatever comes and goes around it; 0 while nothing has. */
const FOCUSED_MARK = `(() => {
  const { activeElement: one, body } = document;
  const marks = (window.focusMarks ??= new Map());
  if (one === null || one === body) return 0;
  if (!marks.has(one)) marks.set(one, marks.size + 1);
  return marks.get(one);
})()`;

/** Another for every place, the places in a message's frame among them; undefined on the way into a frame or out of it. */
async function focusedAnywhere(page: Page): Promise<string | undefined> {
  const marks = [await page.evaluate<number>(FOCUSED_MARK)];
  if (await page.evaluate<boolean>("document.activeElement.matches('iframe.html-frame')"))
    for (const frame of await framesOf(page)) marks.push(await frame.evaluate<number>(FOCUSED_MARK));
  return marks.includes(0) ? undefined : marks.join(" ");
}

/** What has the focus, as one would point at it; "body" when it is lost. */
function focused(page: Page): Promise<string> {
  return page.evaluate<string>(FOCUSED);
}

const FOCUSED = `(() => {
  const { activeElement: one } = document;
  return one === document.body ? "body" : one.outerHTML.slice(0, 300);
})()`;

/** What draws it may come a moment later. */
async function assertFocus(page: Page, what: RegExp): Promise<void> {
  const until = Date.now() + FOCUS_WAIT_MS;
  while (!what.test(await focused(page)) && Date.now() < until)
    await page.evaluate("new Promise((drawn) => requestAnimationFrame(drawn))");
  assert.match(await focused(page), what);
}

/** How the line around it is drawn. */
function ringOf(frame: Locator): Promise<string> {
  return frame.evaluate((element) => (globalThis as unknown as Styled).getComputedStyle(element).outlineStyle);
}

interface Styled {
  getComputedStyle(element: unknown): { readonly outlineStyle: string };
}

const ANYWHERE = /^(?!body$)/;
const SEARCH = /^<input[^>]*type="search"|role="(?:searchbox|combobox)"/;

/** Types a search that finds `found` messages, and waits until they are what is listed. */
async function search(page: Page, query: string, found: number): Promise<void> {
  await page.keyboard.press("/");
  await assertFocus(page, SEARCH);
  await page.keyboard.type(query);
  await page.locator(`[role=grid][aria-rowcount="${found}"]`).waitFor();
}

/** Letter `n` is open. */
async function shown(page: Page, n: number): Promise<void> {
  await page.locator("article.message").getByText(`The word of letter ${n} is quay${n}.`).waitFor();
}

test(
  "a source is added, its server written by hand, and its first download lands in the list",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const { keyboard } = page;
    await page.getByRole("row").first().waitFor();
    await tabTo(page, page.getByRole("link", { name: "Add mail" }));
    await keyboard.press("Enter");
    await page.getByRole("heading", { name: "Add your mail" }).waitFor();
    await assertFocus(page, /^<h1/);
    await tabTo(page, page.getByLabel("E-mail address"));
    await keyboard.type("ines@provider.example");
    await tabTo(page, page.getByLabel("Password"));
    await keyboard.type(provider.password);
    await tabTo(page, page.getByRole("button", { name: "Write the server by hand" }));
    await keyboard.press("Enter");
    // What was pressed is gone; the first of the fields it made way for has the focus.
    await assertFocus(page, /name="host"/);
    await keyboard.type("127.0.0.1");
    await tabTo(page, page.getByLabel("Port"));
    await keyboard.press("Control+a");
    await keyboard.type(String(provider.product.port("pop3")));
    await tabTo(page, page.getByLabel("Encryption"));
    await keyboard.press("End");
    await tabTo(page, page.getByLabel("User name"));
    await keyboard.press("Control+a");
    await keyboard.type("ines");
    await keyboard.press("Enter");
    await page.getByText(`${MESSAGES} messages,`).first().waitFor();
    await assertFocus(page, /name="user"/);
    await tabTo(page, page.getByRole("radio", { name: "Leave everything on the server" }));
    await tabTo(page, page.getByRole("radio", { name: "Everything", exact: true }));
    await tabTo(page, page.getByRole("button", { name: "Start collecting" }));
    await keyboard.press("Enter");
    // The newest come first: the row on top says nothing of those below.
    await page.locator(`[role=grid][aria-rowcount="${MESSAGES}"]`).waitFor({ timeout: 60_000 });
    await assertFocus(page, /list-title/);
  },
);

test("what came is read, searched for, archived and taken back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { keyboard } = page;
  await keyboard.press("j");
  await assertFocus(page, /role="row"/);
  await keyboard.press("Enter");
  await shown(page, MESSAGES);
  await assertFocus(page, /^<h2/);
  await keyboard.press("j");
  await shown(page, MESSAGES - 1);
  await search(page, "quay17", 1);
  await keyboard.press("Enter");
  await assertFocus(page, /role="row"/);
  await keyboard.press("Enter");
  await shown(page, 17);
  await keyboard.press("e");
  await page.getByText("Archived", { exact: true }).waitFor();
  await assertFocus(page, ANYWHERE);
  await keyboard.press("z");
  await page.getByText("Taken back").first().waitFor();
  await assertFocus(page, ANYWHERE);
});

test("how long mail stays on the server is changed", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { keyboard } = page;
  await tabTo(page, page.getByRole("button", { name: "Settings" }), "Shift+Tab");
  await keyboard.press("Enter");
  await assertFocus(page, /^<h1/);
  await tabTo(page, page.getByRole("radio", { name: "Leave everything on the server" }));
  await keyboard.press("ArrowDown");
  await tabTo(page, page.getByRole("spinbutton", { name: "After how many days" }));
  await keyboard.press("Control+a");
  await keyboard.type("365");
  await tabTo(page, page.getByRole("button", { name: "Save", exact: true }));
  await keyboard.press("Enter");
  await page.getByText("Saved", { exact: true }).waitFor();
  await assertFocus(page, ANYWHERE);
});

test("two messages are removed from the server", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { keyboard } = page;
  await tabTo(page, page.locator(".one-source h2 a"), "Shift+Tab");
  await keyboard.press("Enter");
  await assertFocus(page, /^<h1/);
  await tabTo(page, page.getByRole("link", { name: "On the server" }));
  await keyboard.press("Enter");
  await page.getByText(`${MESSAGES} of ${MESSAGES} are stored here`).waitFor();
  await assertFocus(page, ANYWHERE);
  for (const n of [MESSAGES, MESSAGES - 1]) {
    await tabTo(page, page.getByRole("checkbox", { name: `Choose Letter number ${n}` }));
    await keyboard.press("Space");
  }
  await tabTo(page, page.getByRole("button", { name: "Remove from server…" }), "Shift+Tab");
  await keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Remove 2 messages from the server?" });
  await dialog.waitFor();
  await tabTo(page, dialog.getByRole("button", { name: "Remove them from the server" }));
  await keyboard.press("Enter");
  await page.getByText("2 messages removed from the server").waitFor();
  await page.getByText(`${MESSAGES - 2} of ${MESSAGES - 2} are stored here`).waitFor();
  await assertFocus(page, ANYWHERE);
});

test(
  "Tab and Shift+Tab lead out of a message's frame, where keys are heard again; and there is a way past it",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const { keyboard } = page;
    await keyboard.press("/");
    await keyboard.type("kettle in:inbox");
    const row = page.getByRole("row", { name: /Three teas/ });
    await row.waitFor();
    await keyboard.press("Enter");
    await assertFocus(page, /role="row"/);
    await keyboard.press("Enter");
    const frame = page.locator("iframe.html-frame");
    await tabTo(page, frame);
    await becomes(() => ringOf(frame), "solid");
    // The letters reach the sender's document, which does nothing with them.
    await keyboard.press("u");
    await tabTo(page, page.getByRole("button", { name: /^Reply/ }));
    await becomes(() => ringOf(frame), "none");
    await tabTo(page, frame, "Shift+Tab");
    await tabTo(page, page.getByRole("button", { name: "Skip this message" }), "Shift+Tab");
    await keyboard.press("Enter");
    await assertFocus(page, /End of the message/);
    await tabTo(page, page.getByRole("button", { name: /^Reply/ }));
    await keyboard.press("u");
    await assertFocus(page, /role="row"/);
    await keyboard.press("?");
    await page.getByRole("dialog").getByText("Tab and Shift+Tab lead through its links").waitFor();
    await takesFocus(page.getByRole("dialog"));
    await keyboard.press("Escape");
    await assertFocus(page, /role="row"/);
  },
);

test("what leaves with the focus in it hands the focus on", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { keyboard } = page;
  await keyboard.press("Enter");
  await tabTo(page, page.getByRole("button", { name: /^Show images/ }));
  await keyboard.press("Enter");
  await assertFocus(page, /^<h2/);
  await keyboard.press("u");
  await assertFocus(page, /role="row"/);
  await keyboard.press("#");
  await tabTo(page, page.getByRole("button", { name: /^Undo/ }));
  await keyboard.press("Enter");
  await page.getByText("Taken back").first().waitFor();
  await assertFocus(page, /role="row"|^<h[12]/);
  await keyboard.press("Escape");
  await press(page, "g i");
  const thread = page.getByRole("row", { name: /Regatta stall/ });
  await thread.waitFor();
  await tabTo(page, page.getByRole("row").first());
  for (let rows = 0; rows <= TABS_MAX && !(await hasFocus(thread)); rows += 1) await pressOn(page, "ArrowDown");
  await keyboard.press("Enter");
  await tabTo(page, page.locator(".collapsed button").first());
  await keyboard.press("Enter");
  await assertFocus(page, /class="expanded"/);
});

test("no pointer was needed", NEEDS_CHROMIUM, async () => {
  assert.equal(await reader.page.evaluate("window.pointed"), 0);
});

test("after a reload the mail removed from the server is read", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.reload();
  await usable(page);
  // Nothing has the focus at first, and not every Tab leads on from there.
  await page.keyboard.press("/");
  await assertFocus(page, SEARCH);
  await tabTo(page, page.getByRole("link", { name: /^provider/ }));
  await page.keyboard.press("Enter");
  await page.locator(`[role=grid][aria-rowcount="${MESSAGES}"]`).waitFor();
  await page.keyboard.press("j");
  await assertFocus(page, /role="row"/);
  await page.keyboard.press("Enter");
  await shown(page, MESSAGES);
});
