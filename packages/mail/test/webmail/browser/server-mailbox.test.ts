// The server mailbox while the server changes, refuses, and takes its time.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { type CollectingHouse, letter, openHouse, runEnded } from "../api/collecting-house.ts";
import { goTo, hold, NEEDS_CHROMIUM, prepareRoutes } from "./browser.ts";
import { openPage, setUp } from "./set-up.ts";
import { hasFocus } from "./writing-desk.ts";

let house: CollectingHouse;
let page: Page;

setUp(async (file) => {
  const opened = await openHouse();
  file.after(() => opened.close());
  house = opened;
  page = await openPage(file, house.office);
  await prepareRoutes(page);
  await page.getByRole("navigation", { name: "Mailboxes" }).waitFor();
});

const boxOf = (subject: string): Locator => page.getByRole("checkbox", { name: `Choose ${subject}`, exact: true });

async function toServer(): Promise<void> {
  await goTo(page, "#/source/peer");
  await boxOf("m1").waitFor();
}

test("the focus stays with its message when new mail comes in above it", NEEDS_CHROMIUM, async () => {
  await toServer();
  await boxOf("m3").focus();
  house.peer.maildrop.deliver(letter(6));
  const ended = runEnded(house.office);
  await house.office.ask("checkSources", { source: "peer" });
  await ended;
  await page.locator("[role=table][aria-rowcount='7']").waitFor();
  await hasFocus(boxOf("m3"));
});

test("a look that fails says so beside what was seen before", NEEDS_CHROMIUM, async () => {
  await toServer();
  const refusal = { status: 422, json: { error: { code: "refused", message: "not now" } } };
  await page.route("**/api/sources/peer/server*", (route) => route.fulfill(refusal), { times: 1 });
  await page.getByRole("button", { name: "Look again" }).click();
  const alarm = page.getByRole("alert").filter({ hasText: "The server mailbox could not be read" });
  await alarm.getByText("Not now.").waitFor();
  await boxOf("m1").waitFor();
  await alarm.getByRole("button", { name: "Try again" }).click();
  await alarm.waitFor({ state: "detached" });
});

test(
  "a removal that is under way is waited for; one that failed is planned anew and can be tried again",
  NEEDS_CHROMIUM,
  async () => {
    await toServer();
    await boxOf("m2").check();
    await page.getByRole("button", { name: "Remove from server…" }).click();
    const dialog = page.getByRole("dialog");
    const remove = dialog.getByRole("button", { name: "Remove it from the server" });
    await remove.waitFor();
    const { held, letGo } = hold();
    const refusal = { status: 503, json: { error: { code: "busy", message: "not now" } } };
    await page.route("**/server/remove", (route) => held.then(() => route.fulfill(refusal)), { times: 1 });
    await remove.click();
    await dialog.getByText("Removing…").waitFor();
    await page.keyboard.press("Escape");
    assert.equal(await dialog.getByRole("button", { name: "Cancel" }).isDisabled(), true);
    const plannedAnew = page.waitForRequest("**/server/plan");
    letGo();
    await dialog.getByRole("alert").waitFor();
    await plannedAnew;
    await remove.click();
    await dialog.waitFor({ state: "detached" });
    assert.deepEqual(
      house.peer.maildrop.removed.map(({ octets }) => /Subject: (\w+)/.exec(Buffer.from(octets).toString())?.[1]),
      ["m2"],
    );
  },
);

test("a message that was downloaded and has no subject is called so", NEEDS_CHROMIUM, async () => {
  await toServer();
  house.peer.maildrop.deliver("From: Pat <pat@studio.example>\r\nSubject:\r\nMessage-ID: <7@peer>\r\n\r\nText.\r\n");
  const ended = runEnded(house.office);
  await house.office.ask("checkSources", { source: "peer" });
  await ended;
  await boxOf("(no subject)").waitFor();
});

test("a source's mail is found from another account's mail, too", NEEDS_CHROMIUM, async () => {
  const bea = await house.office.account("bea");
  await page.reload();
  await goTo(page, `#/${bea}/inbox`);
  await page.getByRole("navigation", { name: "Sources" }).getByRole("link", { name: /peer/ }).click();
  await page.getByRole("row", { name: /m3/ }).waitFor();
});
