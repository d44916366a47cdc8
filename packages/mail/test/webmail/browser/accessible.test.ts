// axe-core over every screen: light and dark, from left to right and from right to left. What a sender wrote is not
// ours to mend, so of a message's frame only its title is looked at.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { sample } from "../../retriever/sample.ts";
import { goTo, NEEDS_CHROMIUM, openBrowser, openReader, type Reader } from "./browser.ts";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

interface State {
  readonly name: string;
  readonly place: string;
  /** What shows that it is drawn. */
  readonly ready: string;
  readonly act?: (page: Page) => Promise<void>;
}

const openFirst = async (page: Page): Promise<void> => {
  await page.locator("[role=row]").first().click();
  await page.locator("article.message:not([aria-busy])").waitFor();
};

const STATES: readonly State[] = [
  { name: "the inbox", place: "#/all/inbox", ready: "[role=row]" },
  { name: "a message", place: "#/all/inbox", ready: "[role=row]", act: openFirst },
  { name: "an empty list", place: "#/all/junk", ready: ".note" },
  { name: "a search", place: "#/all/search?q=boat", ready: "[role=row]" },
  { name: "a search that finds nothing", place: "#/all/search?q=zzzqqq", ready: ".note" },
  { name: "adding a source", place: "#/sources/add", ready: "[name=password]" },
  {
    name: "adding a source by hand",
    place: "#/sources/add",
    ready: "[name=password]",
    act: (page) => page.locator(".acts .button.quiet").click(),
  },
  { name: "a source that is not there", place: "#/source/nobody/server", ready: ".note" },
  ...["sources", "reading", "look", "notifications", "keyboard", "language"].map((page) => ({
    name: `the settings of ${page}`,
    place: `#/settings/${page}`,
    ready: ".about",
  })),
];

let browser: Browser;
let reader: Reader;

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  browser = await openBrowser();
  reader = await openReader({ browser, args: ["--demo"] });
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

for (const { theme, language } of LOOKS) {
  test(`nothing stands in anybody's way: ${theme}, ${language}`, NEEDS_CHROMIUM, async (t) => {
    const { page } = reader;
    await choose(page, { theme, language });
    const chosen = sample(t, { what: "states", of: STATES.length, take: 5 });
    for (const state of chosen.flatMap((n) => STATES[n - 1] ?? [])) {
      await t.test(state.name, async () => {
        await goTo(page, state.place);
        await page.locator(state.ready).first().waitFor();
        await state.act?.(page);
        assert.deepEqual(await violations(page), []);
      });
    }
  });
}

async function choose(page: Page, settings: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(`fetch("/api/settings", {
    method: "PATCH",
    headers: { "content-type": "application/json" },
    body: ${JSON.stringify(JSON.stringify(settings))},
  })`);
  await page.reload();
  await page.locator(`html[data-theme=${settings["theme"] ?? ""}]`).waitFor();
}

/** Each as one line: the rule, and what breaks it. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(`window.axe === undefined && (() => { ${AXE} })()`);
  return page.evaluate<string[]>(`axe
    .run(document, { runOnly: ${JSON.stringify(TAGS)}, iframes: false, resultTypes: ["violations"] })
    .then(({ violations }) => violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ": " + html.slice(0, 200))))`);
}
