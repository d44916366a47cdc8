// How a page comes to a state, and what is kept from it while it is there.
import type { Page } from "playwright-core";
import { drawn, hold, usable } from "./browser.ts";
import type { Reader } from "./set-up.ts";
import type { State } from "./state-parts.ts";

export async function comeTo(page: Page, origin: string, { place, ready, act }: State): Promise<void> {
  // From an empty page: whatever was open, chosen or typed before is gone.
  await page.goto("about:blank");
  await page.goto(`${origin}/${place}`);
  await page.locator(ready).first().waitFor();
  // What is painted before the program is there keeps a press for it, and a box that is pressed is not on at once.
  await usable(page);
  await act?.(page);
}

/** Gives what lets requests through again. */
export async function holdBack(
  page: Page,
  { failing, status = 500, waiting, answer }: State,
): Promise<() => Promise<void>> {
  const { held, letGo } = hold();
  if (failing !== undefined) {
    const json = { error: { code: "no-session", message: "no" } };
    await page.route(failing, (route) => route.fulfill({ status, ...(status === 401 ? { json } : { body: "no" }) }));
  }
  if (answer !== undefined)
    await page.route(answer.at, async (route) => {
      const response = await route.fetch();
      const body = answer.becomes(await response.json());
      await route.fulfill({ response, json: body });
    });
  if (waiting !== undefined)
    await page.route(waiting, async (route) => {
      await held;
      await route.abort().catch(() => undefined); // The page may have gone on without it.
    });
  return async () => {
    letGo();
    await page.unrouteAll({ behavior: "ignoreErrors" });
  };
}

export interface Look {
  readonly theme: "light" | "dark";
  readonly language: "en" | "pseudo-rtl";
}

/** The look follows the setting without a reload; what is open stays. */
async function choose({ page, origin }: Pick<Reader, "page" | "origin">, look: Look): Promise<void> {
  await page.request.patch(`${origin}/api/settings`, {
    data: look,
    headers: { origin: origin, "sec-fetch-site": "same-origin" },
  });
  if (page.url().startsWith(origin)) await looks(page, look);
}

/** The look of the page that is opened next: one that is shut hears of no other. */
export async function chooseAhead({ page, origin }: Pick<Reader, "page" | "origin">, look: Look): Promise<void> {
  await page.goto("about:blank");
  await choose({ page, origin }, look);
}

/** A state one has come to, in this look. */
export async function lookAt(
  { page, origin }: Pick<Reader, "page" | "origin">,
  state: State,
  look: Look,
): Promise<void> {
  if (state.isDeaf !== true) return choose({ page, origin }, look);
  await chooseAhead({ page, origin }, look);
  await comeTo(page, origin, state);
  await looks(page, look);
}

async function looks(page: Page, look: Look): Promise<void> {
  await page.locator(`html[data-theme=${look.theme}][dir=${look.language === "en" ? "ltr" : "rtl"}]`).waitFor();
  // Drawn, not only told.
  await drawn(page);
}
