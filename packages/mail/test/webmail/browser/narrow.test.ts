// Every state at 320 pixels and under a finger, from left to right and from right to left: nothing is scrolled sideways
// (WCAG 1.4.10), and whatever is pressed can be hit (2.5.5).
import assert from "node:assert/strict";
import { test } from "node:test";
import { sample } from "../../retriever/sample.ts";
import { NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { chooseAhead, comeTo, holdBack, type Look, lookAt } from "./come-to-state.ts";
import { collectOwnMail, furnish } from "./furnish.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { open, type State } from "./state-parts.ts";
import { statesOf } from "./states.ts";
import { takesFocus } from "./writing-desk.ts";

const SOURCE = "own";
const LOOKS: readonly Look[] = [
  { theme: "light", language: "en" },
  { theme: "light", language: "pseudo-rtl" },
];
/** All of them in the long run; so many in the short one. */
const TAKEN = 6;

let reader: Pick<Reader, "page" | "origin">;

setUp(async (file) => {
  const desk = await openReader(file, { args: ["--demo"] });
  await furnish(desk.page);
  await collectOwnMail(desk, SOURCE);
  const storageState = await desk.context.storageState();
  const context = await newContext(desk.browser, {
    storageState,
    viewport: { width: 320, height: 640 },
    hasTouch: true,
    reducedMotion: "reduce",
  });
  file.after(() => context.close());
  reader = { page: await context.newPage(), origin: desk.origin };
});

/** What is as wide as it is: tables of data, and text whose lines mean something. Tabs are one line, and scrolled along it. */
const MAY_BE_WIDE = "[role=table], pre, .tabs, iframe";

/** What is scrolled sideways, and what is pressed and sticks out of the window. */
const WIDE = `(() => {
  const named = (one) => one.tagName.toLowerCase() + "." + String(one.className).replaceAll(" ", ".");
  const isSeen = (one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && one.closest(${JSON.stringify(MAY_BE_WIDE)}) === null && one.closest(".unseen, .skip:not(:focus), [inert]") === null;
  const all = [...document.querySelectorAll("*")].filter(isSeen);
  const scrolled = all
    .filter((one) => !one.matches("input, textarea, select") && /auto|scroll/.test(getComputedStyle(one).overflowX))
    .filter((one) => one.scrollWidth > one.clientWidth + 1 && !isWideByRight(one))
    .map((one) => named(one) + " is " + one.scrollWidth + " of " + one.clientWidth);
  function isWideByRight(one) {
    return [...one.querySelectorAll(${JSON.stringify(MAY_BE_WIDE)})].some((wide) => wide.scrollWidth > one.clientWidth);
  }
  const cut = all
    .filter((one) => one.matches("button, a[href], input, select, textarea, [role=menuitem], [role=option]"))
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, { width, left, right }]) => width > 1 && (left < -1 || right > innerWidth + 1))
    .map(([one, { left, right }]) => named(one) + " from " + Math.round(left) + " to " + Math.round(right));
  const { scrollWidth } = document.documentElement;
  return [...(scrollWidth > innerWidth ? ["the page is " + scrollWidth] : []), ...scrolled, ...cut];
})()`;

/** Whatever is pressed is 44 pixels or more, with the label that belongs to it; but words in a line of text. */
const SMALL = `(() => {
  const targetOf = (box) =>
    box.closest("label") ?? (getComputedStyle(box, "::after").position === "absolute" ? box.offsetParent : box);
  return [...document.querySelectorAll(
    "button, a[href], input, select, textarea, summary, [role=menuitem], [role=option], .row"
  )]
  .filter((one) => one.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
  .filter((one) => one.closest("p, .skip, .text-body, .unseen, [inert], [hidden]") === null && one.type !== "file")
  .filter((one) => one.parentElement.style.clip === "")
  .map((one) => [one, one.matches("[type=checkbox], [type=radio]") ? targetOf(one) : one])
  .map(([one, target]) => [one, target.getBoundingClientRect()])
  .filter(([, { width, height }]) => width > 1 && height > 1 && (width < 43.5 || height < 43.5))
  .map(([one, { width, height }]) => one.tagName.toLowerCase() + "." + one.className + " "
    + (one.ariaLabel ?? one.textContent).slice(0, 40) + ": " + Math.round(width) + " by " + Math.round(height));
})()`;

test("nothing is scrolled sideways at 320 pixels, and a finger hits what it presses", NEEDS_CHROMIUM, async (t) => {
  const { page, origin } = reader;
  const states = statesOf(SOURCE);
  for (const n of sample(t, { what: "states", of: states.length, take: TAKEN })) {
    const state = states[n - 1] as State;
    await t.test(state.name, async () => {
      // In words of another language a button has another name: what a person does is done before the look is changed.
      await chooseAhead(reader, LOOKS[0] as Look);
      const letThrough = await holdBack(page, state);
      try {
        await comeTo(page, origin, state);
        for (const look of LOOKS) {
          await lookAt(reader, state, look);
          assert.deepEqual(await page.evaluate(WIDE), [], `wide, ${look.language}`);
          assert.deepEqual(await page.evaluate(SMALL), [], `small, ${look.language}`);
        }
      } finally {
        // What was begun in one state is not offered in the next.
        await page.evaluate("localStorage.clear()");
        await letThrough();
      }
    });
  }
});

test(
  "the server mailbox names who wrote at 320 pixels, and what state each message is in",
  NEEDS_CHROMIUM,
  async () => {
    const { page, origin } = reader;
    await chooseAhead(reader, LOOKS[0] as Look);
    await page.goto(`${origin}/#/source/${SOURCE}/server`);
    const row = page.locator(".server-rows [role=row]").filter({ hasText: "Your tickets" });
    await row.waitFor();
    const sender = await row.getByText("Tickets", { exact: true }).boundingBox();
    assert.ok((sender?.width ?? 0) > 20, `${sender?.width} pixels of the sender`);
    await row.getByRole("cell", { name: "Stored here" }).waitFor();
  },
);

test("what is done with an open message stands in one line inside the window of a phone", NEEDS_CHROMIUM, async () => {
  const { page, origin } = reader;
  await chooseAhead(reader, LOOKS[0] as Look);
  try {
    for (const width of [320, 360, 375, 385, 390, 393, 412]) {
      await page.setViewportSize({ width, height: 640 });
      await page.goto("about:blank");
      await page.goto(`${origin}/#/all/search?q=unterlagen`);
      await open(/Unterlagen/)(page);
      const tops = await page.evaluate(
        "[...document.querySelectorAll('.reading-bar button')].map((one) => Math.round(one.getBoundingClientRect().top))",
      );
      assert.equal(new Set(tops as number[]).size, 1, `at ${width}: ${String(tops)}`);
      assert.deepEqual(await page.evaluate(WIDE), [], `wide, at ${width}`);
    }
    await page.setViewportSize({ width: 320, height: 640 });
    const button = page.getByRole("button", { name: "What else to do with it" });
    await button.press("Enter");
    for (const name of ["Mark as unread", "Save as mbox", "Save as zip of .eml files"])
      await page.getByRole("menuitem", { name, exact: true }).waitFor();
    await takesFocus(page.getByRole("menu"));
    await page.keyboard.press("Escape");
    await page.getByRole("menu").waitFor({ state: "detached" });
    await button.and(page.locator(":focus")).waitFor();
  } finally {
    await page.setViewportSize({ width: 320, height: 640 });
  }
});
