// Mails made to do harm, each opened in the reader a person uses. Whatever of them got through asks canary.invalid for something.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { onTheWire } from "../../message/corpus.ts";
import { sample } from "../../retriever/sample.ts";
import { goTo, NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { framesOf, openMessage } from "./delivered.ts";
import { assertHarmless, chrome, pressable } from "./harmless.ts";
import { asked, CHECKS, openHostile } from "./hostile-reader.ts";

/** Everything a person could press in one message; a few hundred links of one kind are no other attack. */
const PRESSED_MAX = 15;
/** Longer than a slow machine needs for a press: what takes as long is covered. */
const PRESS_MS = 10_000;
/** All of them in the long run; so many in the short one. */
const OPENED = 12;
const PRESSED_BY = ["noScriptOnClick", "noForm", "appIntact", "noNavigation"];

const opened = openHostile();

test("the canary hears a page that asks for it", NEEDS_CHROMIUM, async () => {
  const { browser, canary } = opened();
  const context = await newContext(browser);
  await (await context.newPage()).goto("http://p.canary.invalid/asked");
  await context.close();
  assert.ok((await canary.heard()).includes("/asked"));
  canary.forget();
});

test("every mail opens; none runs, loads, leads away or changes anything of the reader", NEEDS_CHROMIUM, async (t) => {
  const { page, context, origin, canary, dialogs, complaints, delivered, listenTo } = opened();
  const before = await chrome(page);
  const paper = await context.newPage();
  listenTo(paper);
  const chosen = sample(t, { what: "hostile mails", of: delivered.length, take: OPENED });
  let bodies = 0;
  for (const one of chosen.flatMap((n) => delivered[n - 1] ?? [])) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      assert.deepEqual(await canary.heard(), [], "asked for something");
      assert.deepEqual(dialogs, []);
      assert.deepEqual(complaints, []);
      assert.deepEqual(await chrome(page), before);
      assert.equal(new URL(page.url()).origin, origin);
      assert.equal(await page.evaluate("({}).polluted"), undefined);
      const frames = await framesOf(page);
      bodies += frames.length;
      for (const frame of frames) await assertHarmless(frame, origin);
      // The same on paper, where all of it stands in one page of ours.
      await paper.goto(`${origin}/m/${one.account}/${one.messageId}/print`);
      await assertHarmless(paper.mainFrame(), origin);
      assert.deepEqual([await canary.heard(), dialogs, complaints], [[], [], []], "printed");
      // Whatever it is, it can be saved as it came, below the lines that delivery put on top.
      const eml = await page.request.get(`${origin}/m/${one.account}/${one.messageId}/eml`);
      const sent = onTheWire(one.mail.octets())
        .toString("latin1")
        .replace(/^Return-Path:.*\r\n/, "");
      assert.ok((await eml.body()).toString("latin1").endsWith(sent), "saved");
    });
  }
  // More than half of the corpus is HTML.
  assert.ok(bodies * 3 >= chosen.length, `of ${chosen.length} mails ${bodies} bodies in HTML were looked at`);
  await paper.close();
});

test("keys and rows stay the reader's, whatever a mail calls itself and its parts", NEEDS_CHROMIUM, async (t) => {
  const { page, of } = opened();
  const before = await chrome(page);
  for (const id of ["h12", "h38", "h39", "h52", "h63", "h67"]) {
    await t.test(id, async () => {
      await openMessage(page, of(id));
      assert.deepEqual(await chrome(page), before);
      assert.notEqual(await page.evaluate("document.activeElement.tagName"), "IFRAME");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
  }
});

/** What little there is of them, and what the row says of the rest. */
const DEGENERATE: readonly (readonly [string, RegExp])[] = [
  ["h73a", /\(no sender\).*\(no subject\)/],
  ["h73b", /\(no sender\).*\(no subject\)/],
  ["h73c", /\(no sender\).*\(no subject\)/],
  ["h73d", /a@b\.example.*headers only, no blank line/],
  ["h73e", /a@b\.example.*mbox line first/],
  ["h73f", /a@b\.example.*leading space/],
  ["h73g", /\(no sender\).*\(no subject\)/],
  ["h73h", /\(no sender\).*\(no subject\)/],
  // What stands before From is no part of a field's name, so there is no From.
  ["h73i", /\(no sender\).*BOM before From/],
];

test("what is hardly a message has a row that says what it lacks", NEEDS_CHROMIUM, async (t) => {
  const { page, of } = opened();
  for (const [id, name] of DEGENERATE) {
    await t.test(id, async () => {
      await openMessage(page, of(id));
      assert.match((await page.locator("[role=row][aria-current=true]").getAttribute("aria-label")) ?? "", name);
    });
  }
});

test("what a header claims moves, marks and trusts nothing", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  const { account, messageId } = of("h86");
  const message = await asked<Claimed>(page, `/api/accounts/${account}/messages/${messageId}`);
  assert.deepEqual([message.role, message.isStarred, message.labels], ["inbox", false, []]);
});

test("nothing of all this was answered, asked for or sent", NEEDS_CHROMIUM, async () => {
  const { page, canary, of } = opened();
  await openMessage(page, of("h57"));
  await goTo(page, "#/outbox");
  await page.getByText("Nothing on its way out").waitFor();
  assert.deepEqual(await canary.heard(), []);
});

test("the log holds whole lines of ours, and nothing of a mail", NEEDS_CHROMIUM, async () => {
  const { product } = opened();
  const log = await readFile(join(product.data, "restante.log"), "utf8");
  const lines = log.split("\n").filter(Boolean);
  assert.ok(lines.length > 0);
  assert.doesNotMatch(log, /fake log line|HYPERLINK|canary\.invalid/);
  for (const line of lines) {
    assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    const { level, text } = JSON.parse(line) as { readonly level?: unknown; readonly text?: unknown };
    assert.notEqual(level, undefined, line);
    assert.equal(typeof text, "string", line);
  }
});

// Last: what was pressed may be asked for a while later, and what is asked for without a press is told above.
test("pressing whatever is in a mail runs nothing and sends nothing", NEEDS_CHROMIUM, async (t) => {
  const { page, context, origin, canary, dialogs, delivered } = opened();
  const pressed = delivered.filter(({ mail }) => PRESSED_BY.some((check) => CHECKS.get(mail.file)?.has(check)));
  assert.ok(pressed.length >= 8);
  let presses = 0;
  for (const one of pressed) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      const address = page.url();
      for (const place of [page.locator(".text-body a"), ...(await framesOf(page)).map(pressable)]) {
        for (const thing of (await place.all()).slice(0, PRESSED_MAX)) {
          // What is of no size cannot be pressed by a person either, nor what is covered.
          if (!(await thing.isVisible())) continue;
          // Behind the window that a press opened nothing is drawn, and nothing can be pressed.
          await page.bringToFront();
          const press = thing.click({ timeout: PRESS_MS, noWaitAfter: true });
          await press.then(() => (presses += 1)).catch(() => undefined);
        }
      }
      for (const popup of context.pages().filter((other) => other !== page)) {
        assert.match(popup.url(), /^(?:about:blank|https?:|chrome-error:)/);
        await popup.close();
      }
      assert.equal(page.url(), address);
      assert.equal(new URL(page.url()).origin, origin);
      const heard = await canary.heard();
      assert.deepEqual(
        heard.filter((path) => /^\/(?:js|form)/.test(path)),
        [],
      );
      assert.deepEqual(dialogs, []);
      canary.forget();
    });
  }
  // The links of the plain text and of the HTML that is written again are left to be pressed.
  assert.ok(presses >= 8, `${presses} things were pressed in ${pressed.length} mails`);
});

interface Claimed {
  readonly role: string;
  readonly isStarred: boolean;
  readonly labels: readonly string[];
}
