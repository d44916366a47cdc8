// What is taken back by its key before the server has answered.
import { test } from "node:test";
import type { Page, Route } from "playwright-core";
import { goTo, hold, NEEDS_CHROMIUM } from "./browser.ts";
import { openKeyDesk, press, toast } from "./key-desk.ts";
import { type Reader, setUp } from "./set-up.ts";
import { openLetter } from "./writing-desk.ts";

let reader: Reader;

setUp(async (file) => {
  reader = await openKeyDesk(file);
});

interface Held {
  readonly asked: Promise<unknown>;
  readonly letGo: () => void;
}

/** Whoever archives is answered when it is let go. What was opened becomes read by a request like it, which is let through. */
async function holdArchiving(page: Page, answer: (route: Route) => Promise<void>): Promise<Held> {
  const { held, letGo } = hold();
  const { held: asked, letGo: hasAsked } = hold();
  await page.route("**/api/acts", async (route) => {
    const { act } = route.request().postDataJSON() as { readonly act: { readonly kind: string } };
    if (act.kind !== "archive") return route.continue();
    hasAsked();
    await held;
    return answer(route);
  });
  return { asked, letGo };
}

test("what is taken back while it is on its way comes back, and nothing else does", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openLetter(page, "Second key");
  await press(page, "s");
  await toast(page, /^Starred/);
  await openLetter(page, "Third key");
  const { asked, letGo } = await holdArchiving(page, (route) => route.continue());
  await press(page, "e");
  await asked;
  await press(page, "z");
  letGo();
  await toast(page, "Taken back: Archived");
  await page.unrouteAll({ behavior: "wait" });
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
  const refusal = { status: 422, json: { error: { code: "refused", message: "not this one" } } };
  const { asked, letGo } = await holdArchiving(page, (route) => route.fulfill(refusal));
  await press(page, "e");
  await asked;
  await press(page, "z");
  letGo();
  await toast(page, "Not this one.");
  // The star is still there to be taken back, by the next key.
  await press(page, "z");
  await toast(page, "Taken back: Starred");
  await page.unrouteAll({ behavior: "wait" });
});
