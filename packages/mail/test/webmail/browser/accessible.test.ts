// axe-core over every state: light and dark, from left to right and from right to left. What a sender wrote is not
// ours to mend, so of a message's frame only its title is looked at.
import assert from "node:assert/strict";
import { test } from "node:test";
import { axeFindings } from "./axe.ts";
import { collectOwnMail, furnish } from "./furnish.ts";
import { NEEDS_CHROMIUM } from "./browser.ts";
import { sample } from "../../retriever/sample.ts";
import { chooseAhead, comeTo, holdBack, lookAt } from "./come-to-state.ts";
import type { State } from "./state-parts.ts";
import { statesOf } from "./states.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

const isLong = process.env["RESTANTE_LONG"] === "1";
const DESK = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
const SOURCE = "own";

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"], context: { reducedMotion: "reduce" } });
  await furnish(reader.page);
  await collectOwnMail(reader, SOURCE);
});

const LOOKS = [
  { theme: "light", language: "en" },
  { theme: "dark", language: "pseudo-rtl" },
  { theme: "dark", language: "en" },
  { theme: "light", language: "pseudo-rtl" },
] as const;
/** All of them in the long run; so many in the short one. */
const TAKEN = 8;

test("nothing stands in anybody's way", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  const states = statesOf(SOURCE);
  for (const [at, n] of sample(t, { what: "states", of: states.length, take: TAKEN }).entries()) {
    const state = states[n - 1] as State;
    await t.test(state.name, async () => {
      await page.setViewportSize(state.isPhone ? PHONE : DESK);
      // In words of another language a button has another name: what a person does is done before the look is changed.
      await chooseAhead(reader, LOOKS[0]);
      const letThrough = await holdBack(page, state);
      try {
        await comeTo(page, reader.origin, state);
        // In the short run one of two looks that share nothing: both themes and both directions are seen in half of them.
        for (const look of isLong ? LOOKS : [LOOKS[at % 2] ?? LOOKS[0]]) {
          await lookAt(reader, state, look);
          assert.deepEqual(await axeFindings(page), [], `${look.theme}, ${look.language}`);
        }
      } finally {
        await letThrough();
      }
    });
  }
});

test("what is printed stands in nobody's way", NEEDS_CHROMIUM, async () => {
  const { page, origin } = reader;
  // Its policy lets no script run, and axe-core is one.
  await page.route("**/print", async (route) => {
    const response = await route.fetch();
    const { "content-security-policy": _, ...headers } = response.headers();
    await route.fulfill({ response, headers });
  });
  for (const q of ["unterlagen", "kettle", "planning", "undelivered"]) {
    const { rows } = (await (await page.request.get(`${origin}/api/search?account=all&q=${q}`)).json()) as Found;
    const [row] = rows;
    assert.ok(row !== undefined, q);
    await page.goto(`${origin}/m/${row.account}/${row.messageId}/print`);
    await page.locator("dl").first().waitFor();
    assert.deepEqual(await axeFindings(page, { except: ".as-sent" }), [], q);
  }
  await page.goto("about:blank");
  await page.unrouteAll({ behavior: "ignoreErrors" });
});

interface Found {
  readonly rows: readonly { readonly account: string; readonly messageId: number }[];
}

test("a door that is shut, or that nobody answers at, stands in nobody's way", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  // What is said is said in the language that was chosen, when the settings are answered: in English, to be found here.
  await chooseAhead(reader, LOOKS[0]);
  for (const [status, title] of [
    [401, "This browser is not signed in"],
    [500, "Restante does not answer"],
  ] as const) {
    await page.route("**/api/session", (route) =>
      route.fulfill({ status, json: { error: { code: "no-session", message: "x" } } }),
    );
    await page.goto("about:blank");
    await page.goto(`${reader.origin}/#/all/inbox`);
    await page.getByRole("alert").getByText(title).waitFor();
    assert.deepEqual(await axeFindings(page), []);
    await page.unrouteAll({ behavior: "ignoreErrors" });
  }
});
