// axe-core over every screen and dialog one writes and organises in: light, dark, and from right to left.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { sample } from "../../retriever/sample.ts";
import { axeFindings } from "./axe.ts";
import { goTo, NEEDS_CHROMIUM, openBrowser, openReader, type Reader } from "./browser.ts";
import { ask } from "./writing-desk.ts";

interface State {
  readonly name: string;
  readonly place: string;
  /** What shows that it is drawn; in no language. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
}

const compose = async (page: Page): Promise<void> => {
  await page.keyboard.press("c");
  await page.locator(".compose").waitFor();
  await page.locator(".recipient-input").first().fill("mina@harbour.example, nobody,");
};

const STATES: readonly State[] = [
  { name: "drafts", place: "#/drafts", ready: "h1" },
  { name: "the outbox with a message that failed", place: "#/outbox", ready: "[data-state=failed]" },
  { name: "rules", place: "#/organise/rules", ready: ".things li" },
  {
    name: "the editor of a rule",
    place: "#/organise/rules",
    ready: ".things li",
    act: async (page) => {
      await page.locator(".organise-page .button.primary").click();
      await page.locator(".rule-lines .button.quiet").first().click();
      await page.locator(".rule-lines select").first().waitFor();
    },
  },
  { name: "mailboxes", place: "#/organise/mailboxes", ready: ".things li" },
  { name: "labels", place: "#/organise/labels", ready: ".things li" },
  { name: "addresses", place: "#/organise/addresses", ready: ".things li" },
  {
    name: "the form of an address",
    place: "#/organise/addresses",
    ready: ".things li",
    act: async (page) => {
      await page.locator(".organise-page .button.primary").click();
      await page.locator(".form.panel input[type=checkbox]").last().check();
      await page.locator(".form.panel input[type=password]").waitFor();
    },
  },
  { name: "import and export", place: "#/organise/transfer", ready: ".drop-place" },
  { name: "the window one writes in", place: "#/all/inbox", ready: "[role=row]", act: compose },
  {
    name: "formatted text",
    place: "#/all/inbox",
    ready: "[role=row]",
    act: async (page) => {
      await compose(page);
      await page.locator(".compose-foot .icon-button").nth(1).click();
      await page.locator(".rich-text").waitFor();
    },
  },
  {
    name: "a question before sending",
    place: "#/all/inbox",
    ready: "[role=row]",
    act: async (page) => {
      await page.keyboard.press("c");
      const many = Array.from({ length: 26 }, (_, at) => `a${at}@harbour.example`);
      await page
        .locator(".recipient-input")
        .first()
        .fill(`${many.join(",")},`);
      await page.keyboard.press("Control+Enter");
      await page.locator("[role=alertdialog]").waitFor();
    },
  },
  {
    name: "the dialog of labels",
    place: "#/all/inbox",
    ready: "[role=row]",
    act: async (page) => {
      await page.locator("[role=row]").first().click();
      await page.locator("article.message:not([aria-busy])").waitFor();
      await page.keyboard.press("l");
      await page.locator("[role=dialog]").waitFor();
    },
  },
];

/** Of the looks that are not the first; all states in the long run. */
const SAMPLED = 3;

let browser: Browser;
let reader: Reader;

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  browser = await openBrowser();
  reader = await openReader({ browser, args: ["--demo"], context: { reducedMotion: "reduce" } });
  const { page } = reader;
  await ask(page, "/api/mailboxes", { method: "POST", body: { account: "1", name: "Boats" } });
  const label = (await ask(page, "/api/labels", {
    method: "PUT",
    body: { account: "1", name: "Harbour", colour: "teal" },
  })) as { readonly label: string };
  const rule = {
    id: "boats",
    name: "Boats",
    isEnabled: true,
    match: "all",
    conditions: [{ field: "from", test: "contains", value: "boats@" }],
    actions: [
      { kind: "move", mailbox: "Boats" },
      { kind: "label", label: label.label },
    ],
    stops: true,
  };
  await ask(page, "/api/rules", { method: "PUT", body: { account: "1", rules: [rule], version: 0 } });
  // No submission server is set: it fails as soon as it is tried.
  const draft = "for-the-outbox";
  const fields = {
    from: "demo@localhost",
    to: [{ name: "", address: "pat@studio.example" }],
    cc: [],
    bcc: [],
    subject: "Pier",
    text: "x",
    html: null,
    inReplyTo: null,
    references: [],
    answers: null,
    asksForReceipt: false,
  };
  for (const id of [draft, "left-as-a-draft"])
    await ask(page, `/api/drafts/${id}`, { method: "PUT", body: { account: "1", version: 0, fields } });
  const entry = (await ask(page, `/api/drafts/${draft}/send`, {
    method: "POST",
    body: { account: "1", version: 1, confirmed: true },
  })) as { readonly id: string };
  await ask(page, `/api/outbox/${entry.id}/retry`, { method: "POST", body: { account: "1" } });
});

after(async () => {
  await reader?.stop();
  await browser?.close();
});

const LOOKS = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "en" },
  { theme: "light", language: "pseudo-rtl" },
] as const;

for (const look of LOOKS) {
  test(`nothing of writing stands in anybody's way: ${look.theme}, ${look.language}`, NEEDS_CHROMIUM, async (t) => {
    const { page } = reader;
    const isFirst = look === LOOKS[0];
    await ask(page, "/api/settings", { method: "PATCH", body: look });
    const chosen = sample(t, { what: "states", of: STATES.length, take: isFirst ? STATES.length : SAMPLED });
    for (const state of chosen.flatMap((n) => STATES[n - 1] ?? [])) {
      await t.test(state.name, async () => {
        // Anew each time, so that no window of the state before stands over it.
        await goTo(page, state.place);
        await page.reload();
        await page.locator(`html[data-theme=${look.theme}]`).waitFor();
        await page.locator(state.ready).first().waitFor();
        await state.act?.(page);
        assert.deepEqual(await axeFindings(page), []);
      });
    }
  });
}
