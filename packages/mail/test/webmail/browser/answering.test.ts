// Answering in the window a person writes in: ordinary mails of every kind, and mails that want to get into it.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { Locator, Page } from "playwright-core";
import { expectedOf, mails, wordsOf } from "../../message/corpus.ts";
import { sample } from "../../retriever/sample.ts";
import { becomes, NEEDS_CHROMIUM } from "./browser.ts";
import { type Canary, openCanary } from "./canary.ts";
import { deliverMails, type Delivered, openMessage } from "./delivered.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;
let canary: Canary;
let ordinary: readonly Delivered[] = [];
let hostile: readonly Delivered[] = [];
const dialogs: string[] = [];

/** All of them in the long run; so many in the short one. */
const ORDINARY = 4;
const HOSTILE = 6;

setUp(async (file) => {
  canary = await openCanary(file);
  reader = await openReader(file, { browser: canary.browser });
  reader.page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  ordinary = await deliverMails(reader, mails("benign"));
  hostile = await deliverMails(reader, mails("hostile"), ordinary.length);
});

function sampled(t: TestContext, what: string, all: readonly Delivered[], take: number): readonly Delivered[] {
  return sample(t, { what, of: all.length, take }).flatMap((n) => all[n - 1] ?? []);
}

const flat = (text: string): string => text.normalize("NFC").replaceAll(/[\s>]+/g, "");

/** The window begun by a key of the message that is open. */
async function answer(page: Page, key: "r" | "a" | "f"): Promise<void> {
  await page
    .locator("article.message")
    .first()
    .focus()
    .catch(() => undefined);
  await page.keyboard.press(key);
  await page.getByLabel("Text of the message").waitFor();
}

/** The subject stands in its field. */
async function begins(subject: Locator, prefix: RegExp): Promise<void> {
  await becomes(async () => prefix.test(await subject.inputValue()), true);
}

/** The editor for formatted text, once it holds what is written as plain text. */
async function formatted(page: Page): Promise<Locator> {
  const plain = await page.getByLabel("Text of the message").inputValue();
  await page.getByRole("button", { name: "Formatted text" }).click();
  const editor = page.locator(".rich-text");
  await becomes(async () => flat(await editor.innerText()) === "", flat(plain) === "");
  return editor;
}

async function leave(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Close; the draft is kept" }).click();
  await page.getByLabel("Text of the message").waitFor({ state: "detached" });
}

test("ordinary mails are answered and forwarded as a person sees them", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  const truth = expectedOf();
  for (const one of sampled(t, "ordinary mails", ordinary, ORDINARY)) {
    await t.test(one.mail.file, async () => {
      const expected = truth.get(one.mail.file);
      assert.ok(expected !== undefined);
      await openMessage(page, one);
      await answer(page, "r");
      const text = page.getByLabel("Text of the message");
      await begins(page.locator(".compose-subject"), /^Re:/);
      const quoted = flat(await text.inputValue());
      const words = wordsOf(one.mail.file, expected);
      for (const part of words) assert.ok(quoted.includes(flat(part)), part);
      await leave(page);
      await answer(page, "f");
      await begins(page.locator(".compose-subject"), /^Fwd:/);
      const shown = page.locator(".compose-file");
      const named = expected.attachments.flatMap(({ filename, sha256 }) => (sha256 === null ? [] : (filename ?? [])));
      for (const name of named) await shown.getByText(name, { exact: true }).first().waitFor();
      const forwarded = await text.inputValue();
      assert.match(forwarded, /^-{5,} Forwarded message -{5,}$/m);
      for (const part of words) assert.ok(flat(forwarded).includes(flat(part)), part);
      await leave(page);
    });
  }
});

/** What the editor's own document can be made of. */
const EDITOR = "p, br, strong, em, code, pre, a, ul, ol, li, blockquote, img.ProseMirror-separator";

test("nothing of a hostile mail runs, loads or hides in the editor", NEEDS_CHROMIUM, async (t) => {
  const { page, origin } = reader;
  for (const one of sampled(t, "hostile mails", hostile, HOSTILE)) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      await answer(page, "r");
      const editor = await formatted(page);
      assert.equal(await editor.locator(`*:not(${EDITOR})`).count(), 0);
      for (const link of await editor.locator("a").all())
        assert.match((await link.getAttribute("href")) ?? "https://none.example", /^(?:https?|mailto):/);
      assert.equal(await editor.locator("[style], [onclick], [onerror], [id]").count(), 0);
      assert.doesNotMatch(await editor.innerText(), /CONFIDENTIAL-CANARY|PREVIOUS-DECRYPTED-CANARY/);
      assert.deepEqual([await canary.heard(), dialogs], [[], []]);
      assert.equal(new URL(page.url()).origin, origin);
      assert.equal(await page.evaluate("({}).polluted"), undefined);
      await leave(page);
    });
  }
});

test("the cells and rows of a table stay apart in the editor", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const receipt = ordinary.find(({ mail }) => mail.file === "b29-html-only-receipt.eml");
  assert.ok(receipt !== undefined);
  await openMessage(page, receipt);
  await answer(page, "r");
  const lines = (await (await formatted(page)).innerText()).split("\n").map((line) => line.trim());
  for (const row of ["Item Price", "Postage £3.50", "Total £21.50"]) assert.ok(lines.includes(row), lines.join("|"));
  await leave(page);
});

test("what is pasted into the editor is taken apart and loads nothing", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("button", { name: "Formatted text" }).click();
  const editor = page.locator(".rich-text");
  await editor.click();
  const html =
    '<b>bold</b><img src="http://p.canary.invalid/p" onerror="fetch(\'http://p.canary.invalid/js\')"><script>x()</script>' +
    '<a href="javascript:alert(1)">bad</a><a href="https://good.example/">good</a><svg onload="alert(1)"></svg>' +
    '<form action="http://p.canary.invalid/form"><input name=a></form><iframe src="http://p.canary.invalid/f"></iframe>';
  await page.evaluate(`(() => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", ${JSON.stringify(html)});
    clipboardData.setData("text/plain", "plain");
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.querySelector(".rich-text").dispatchEvent(paste);
  })()`);
  await editor.getByText("bold").waitFor();
  assert.equal(await editor.locator(`*:not(${EDITOR})`).count(), 0);
  assert.equal(await editor.locator("a").count(), 1);
  assert.equal(await editor.locator("a").getAttribute("href"), "https://good.example/");
  assert.deepEqual([await canary.heard(), dialogs], [[], []]);
  await leave(page);
});
