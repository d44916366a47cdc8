// Many sources that cannot be checked, as on a computer without a network: they say so in one line, and mail is read all the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { becomes, goTo, NEEDS_CHROMIUM, turn } from "./browser.ts";
import { addSource } from "./provider.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { ask, takesFocus } from "./writing-desk.ts";

const SOURCES = 16;
/** Of a row, at the density the reader begins with. */
const ROW_PX = 64;

let reader: Reader;

setUp(async (file) => {
  reader = await openReader(file, { args: ["--demo"] });
  const peer = await scriptedPeer();
  const { port } = peer;
  // Nobody listens there any more.
  await peer.close();
  for (let n = 1; n <= SOURCES; n += 1)
    await addSource(reader.page, { name: `off${n}`, port, user: "pat", password: "secret" });
});

const strips = (): ReturnType<Reader["page"]["locator"]> => reader.page.locator(".strip");

for (const [width, height] of [
  [1280, 800],
  [390, 844],
  [320, 568],
] as const)
  test(`at ${width} by ${height} they take one row, and the others can be pressed`, NEEDS_CHROMIUM, async () => {
    const { page } = reader;
    await page.setViewportSize({ width, height });
    await goTo(page, "#/all/inbox");
    await strips()
      .getByText(/^16 sources could not be checked: \S+, \S+ and 14 more$/)
      .waitFor();
    assert.equal(await strips().count(), 1);
    const box = await strips().boundingBox();
    assert.ok(box !== null && box.height <= ROW_PX, `${box?.height} pixels`);
    const row = page.getByRole("row").nth(2);
    await row.click();
    await page.locator("article.message").first().waitFor();
    await goTo(page, "#/all/inbox");
    await row.waitFor();
  });

test("of several kinds it says how many there are of each, all of it at 320 pixels", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.setViewportSize({ width: 320, height: 568 });
  await goTo(page, "#/all/inbox");
  const paused = ["off2", "off4"];
  for (const source of paused) await ask(page, `/api/sources/${source}/pause`, { method: "POST", body: {} });
  const said = strips().getByText(/paused/);
  // One is paused before the other.
  await becomes(() => said.innerText(), "Sources: 14 need a look · 2 paused");
  const cut = (element: unknown): boolean => {
    const { scrollHeight, clientHeight } = element as { readonly scrollHeight: number; readonly clientHeight: number };
    return scrollHeight > clientHeight;
  };
  assert.equal(await said.evaluate(cut), false);
  for (const source of paused) await ask(page, `/api/sources/${source}/resume`, { method: "POST", body: {} });
  await strips()
    .getByText(/^16 sources could not be checked/)
    .waitFor();
});

test("they are told once, and each is found behind the one button, by keys alone", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.setViewportSize({ width: 1280, height: 800 });
  const told = page.locator("[role=status]").getByText(/could not be checked|takes no connection/);
  await told.filter({ hasText: /^16 sources could not be checked/ }).waitFor({ state: "attached" });
  assert.equal(await told.count(), 1);
  const show = strips().getByRole("button", { name: "Show them" });
  await show.focus();
  await page.keyboard.press("Enter");
  const dialog = page.getByRole("dialog", { name: "Sources" });
  await becomes(() => dialog.getByRole("listitem").count(), SOURCES);
  assert.equal(await dialog.getByRole("button", { name: "What to do" }).count(), SOURCES);
  await takesFocus(dialog);
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  await show.and(page.locator(":focus")).waitFor();
  await page.keyboard.press("Enter");
  await dialog
    .getByRole("listitem", { name: "off7", exact: true })
    .getByRole("button", { name: "What to do" })
    .press("Enter");
  await page.waitForURL(/#\/source\/off7\/activity/);
});

test("they are said where their mail would come, and nowhere else", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/source/off3");
  await strips()
    .getByText(/^off3: The server takes no connection/)
    .waitFor();
  assert.equal(await strips().count(), 1);
  for (const [list, title] of [
    ["archive", "Archive"],
    ["trash", "Trash"],
    ["starred", "Starred"],
  ] as const) {
    await goTo(page, `#/all/${list}`);
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await becomes(() => strips().count(), 0);
  }
});

for (const link of ["Change", "Settings of this source"])
  test(`“${link}” leads to the settings of this source and no other`, NEEDS_CHROMIUM, async () => {
    const { page } = reader;
    await goTo(page, "#/source/off9/activity");
    await page.locator(".main-pane").getByRole("link", { name: link, exact: true }).click();
    await page.waitForURL(/#\/settings\/sources\/off9$/);
    const card = page.getByRole("region", { name: "off9", exact: true });
    await card.and(page.locator(":focus")).waitFor();
    const top = (await card.boundingBox())?.y ?? -1;
    assert.ok(top >= 0 && top < 400, `its card begins at ${top}`);
    await turn(card.getByRole("radio", { name: "Remove right away" }), "on");
    await card.getByRole("button", { name: "Save", exact: true }).click();
    const asked = page.getByRole("alertdialog", { name: "Keep the only copy here?" });
    await asked.getByText(/^This is about off9\./).waitFor();
    await asked.getByRole("button", { name: "Cancel" }).click();
    await card.getByRole("button", { name: "Cancel" }).click();
  });

test("whatever an empty list offers on a phone is scrolled clear of the button to write", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.setViewportSize({ width: 320, height: 568 });
  await goTo(page, "#/1/search?q=before%3A1990-01-01+has%3Aattachment+from%3Anobody+zwieback");
  const offers = page.locator(".note button");
  await page.getByRole("button", { name: "Search trash and junk too" }).waitFor();
  const write = page.getByRole("button", { name: "New message" });
  // At the end of what is scrolled.
  const last = offers.last();
  await last.hover();
  await page.mouse.wheel(0, 2_000);
  await becomes(async () => {
    const [one, other] = [await last.boundingBox(), await write.boundingBox()];
    return one !== null && other !== null && one.y + one.height <= other.y;
  }, true);
});
