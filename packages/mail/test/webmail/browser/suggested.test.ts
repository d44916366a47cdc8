// What the search field suggests: by keys, by pointer, and without getting in the way of who just searches.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openReaderOffice, type ReaderOffice } from "../api/reader-office.ts";
import { becomes, drawn, goTo, NEEDS_CHROMIUM, usable } from "./browser.ts";
import { openPage, setUp } from "./set-up.ts";

let page: Page;
let office: ReaderOffice;

setUp(async (file) => {
  office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  for (const [name, address] of [
    ["Mina Okafor", "mina@harbour.example"],
    ["Pat", "pat@sail.example"],
  ])
    await office.deliver("anna", `From: ${name} <${address}>\nTo: anna@localhost\nSubject: Of ${name}\n\nminutes\n`);
  page = await openPage(file, office);
  await page.getByRole("row", { name: /Of Pat/ }).waitFor();
});

const field = (): Locator => page.getByRole("combobox", { name: "Search mail" });
const list = (): Locator => page.getByRole("listbox", { name: "Suggestions" });
const terms = (): Promise<readonly string[]> => list().locator(".suggestion-term").allInnerTexts();
const active = (): Promise<string | null> =>
  page.evaluate(`(() => {
    const id = document.activeElement.getAttribute("aria-activedescendant");
    return id === null ? null : document.getElementById(id).querySelector(".suggestion-term").textContent;
  })()`);

/** From the inbox, with the focus on the list. */
async function afresh(): Promise<void> {
  await field().fill("");
  await goTo(page, "#/all/inbox");
  // A list that is covered by what is open takes no focus.
  await page.locator("#list-pane:not([inert])").getByRole("row").first().focus();
  await list().waitFor({ state: "detached" });
}

/** Keys that are pressed before there is a list lead nowhere when its answers take long. */
async function reload(): Promise<void> {
  await page.reload();
  await page.getByRole("row").first().waitFor();
  await usable(page);
}

/** What a page runs to type in one go: no test types so fast that a timer of the page could not come between. */
function typing(text: string): string {
  return `
    const field = document.querySelector("search input");
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, ${JSON.stringify(text)});
    field.dispatchEvent(new Event("input", { bubbles: true }));
  `;
}

test(
  "operators are suggested as soon as the field has the focus; Escape closes them, and Tab",
  NEEDS_CHROMIUM,
  async () => {
    await afresh();
    assert.equal(await field().getAttribute("aria-expanded"), "false");
    await page.keyboard.press("/");
    await list().getByRole("option", { name: "has:attachment with files" }).waitFor();
    assert.equal(await field().getAttribute("aria-expanded"), "true");
    assert.equal(await field().getAttribute("aria-controls"), await list().getAttribute("id"));
    assert.equal(await active(), null);
    await page.keyboard.press("Escape");
    await list().waitFor({ state: "detached" });
    await page.keyboard.press("ArrowDown");
    await list().waitFor();
    await page.keyboard.press("Tab");
    await list().waitFor({ state: "detached" });
  },
);

test(
  "arrows choose, round by way of the field, and Enter takes an operator and then its value",
  NEEDS_CHROMIUM,
  async () => {
    await afresh();
    await page.keyboard.press("/");
    await page.keyboard.type("i");
    await becomes(terms, ["is:", "in:"]);
    await page.keyboard.press("ArrowDown");
    await becomes(active, "is:");
    await page.keyboard.press("ArrowUp");
    await becomes(active, null);
    await page.keyboard.press("ArrowUp");
    await becomes(active, "in:");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await becomes(() => field().inputValue(), "is:");
    await becomes(terms, ["is:unread", "is:starred", "is:read", "is:unstarred"]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await becomes(() => field().inputValue(), "is:unread ");
    await list().waitFor({ state: "detached" });
    await page.locator(".terms").getByText("is:unread", { exact: true }).waitFor();
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), "combobox");
  },
);

test("behind a blank an arrow opens them, and the next one chooses", NEEDS_CHROMIUM, async () => {
  await afresh();
  await page.keyboard.press("/");
  await page.keyboard.type("minutes ");
  await page.locator(".terms").getByText("minutes", { exact: true }).waitFor();
  await list().waitFor({ state: "detached" });
  await page.keyboard.press("ArrowDown");
  await list().waitFor();
  assert.equal(await active(), null);
  for (const term of ["from:", "to:"]) {
    await page.keyboard.press("ArrowDown");
    await becomes(active, term);
  }
});

test("a key that comes before suggestions that are due has them come no more", NEEDS_CHROMIUM, async () => {
  const window = page.viewportSize() ?? { width: 0, height: 0 };
  // A list that is covered takes no focus, and the field keeps it.
  await page.setViewportSize({ width: 390, height: 844 });
  await drawn(page);
  for (const [key, left] of [
    ["Escape", ""],
    ["Enter", "is"],
  ] as const) {
    await afresh();
    await page.keyboard.press("Enter");
    await page.locator("article.message").first().waitFor();
    await field().click();
    await page.keyboard.press("Escape");
    await list().waitFor({ state: "detached" });
    // A timer of the page that is begun after theirs ends after it.
    await page.evaluate(`{
      ${typing("is")}
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "${key}", bubbles: true, cancelable: true }));
      new Promise((ended) => setTimeout(ended, 300));
    }`);
    await drawn(page);
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), "combobox");
    assert.equal(await list().count(), 0, key);
    assert.equal(await field().inputValue(), left);
  }
  await page.setViewportSize(window);
});

test("who types and presses Enter searches for what was typed, whatever is suggested", NEEDS_CHROMIUM, async () => {
  await afresh();
  await page.keyboard.press("/");
  await page.keyboard.type("mi");
  await becomes(terms, ["from:mina@harbour.example"]);
  await page.keyboard.press("Enter");
  await page.locator(".terms").getByText("mi", { exact: true }).waitFor();
  await list().waitFor({ state: "detached" });
  await page.locator("[role=grid][aria-rowcount='2']").waitFor();
});

test(
  "somebody who is pressed becomes a term, and the field keeps the focus; nothing below moves",
  NEEDS_CHROMIUM,
  async () => {
    await afresh();
    const before = await page.locator("#list-pane").boundingBox();
    await field().click();
    await page.keyboard.type("oka");
    await list().getByRole("option", { name: "from:mina@harbour.example Mina Okafor" }).waitFor();
    assert.deepEqual(await page.locator("#list-pane").boundingBox(), before);
    await list().getByRole("option").click();
    await page.locator("[role=grid][aria-rowcount='1']").waitFor();
    await becomes(() => field().inputValue(), "from:mina@harbour.example ");
    assert.equal(await page.evaluate("document.activeElement.getAttribute('role')"), "combobox");
  },
);

test("people are asked for once a hand rests, and never before what is sought", NEEDS_CHROMIUM, async () => {
  await afresh();
  const asked: string[] = [];
  page.on("request", (request) => {
    const { pathname, searchParams } = new URL(request.url());
    if (pathname === "/api/search") asked.push(`search ${searchParams.get("q")}`);
    if (pathname === "/api/addresses") asked.push(`people ${searchParams.get("prefix")}`);
  });
  await page.keyboard.press("/");
  for (const text of ["pa", "pat"]) await page.evaluate(`{ ${typing(text)} }`);
  await becomes(terms, ["from:pat@sail.example"]);
  assert.equal(asked.findIndex((one) => one.startsWith("search")) < asked.indexOf("people pat"), true, asked.join());
  await page.keyboard.press("Escape");
  await page.keyboard.press("Escape");
  await becomes(() => field().inputValue(), "");
});

test("accounts are suggested where all are searched, and not in the mail of one", NEEDS_CHROMIUM, async () => {
  const ben = await office.account("ben");
  await afresh();
  await reload();
  await page.keyboard.press("/");
  await becomes(async () => (await terms()).at(-1), "account:");
  await field().fill("account:");
  await becomes(terms, ["account:anna", "account:ben"]);
  await afresh();
  await goTo(page, `#/${ben}/inbox`);
  // They are those of where one is when the field gets the focus.
  await page.locator(".list-title").getByText("Inbox", { exact: true }).waitFor();
  await field().focus();
  await becomes(async () => (await terms()).at(-1), "smaller:");
  // Of very many only so many are searched together, and no other is suggested.
  await page.route("**/api/session*", async (route) => {
    const answer = await route.fetch();
    await route.fulfill({ json: { ...((await answer.json()) as object), together: 1 } });
  });
  await goTo(page, "#/all/inbox");
  await reload();
  await page.keyboard.press("/");
  await field().fill("account:");
  await becomes(terms, ["account:anna"]);
  await page.unrouteAll();
});
