// What a killed tab, a closed window or a lost server left behind in the browser: offered once, to the last letter, and never
// in place of what another window wrote.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { becomes, drawn, hold, NEEDS_CHROMIUM } from "./browser.ts";
import {
  closeWindow,
  cutOff,
  draftOf,
  isAbout,
  killTab,
  openDraftingDesk,
  openFromList,
  says,
  writesNothing,
  type DraftingDesk,
} from "./drafting-desk.ts";
import { setUp } from "./set-up.ts";
import { ask, beginMessage, hasFocus, saved } from "./writing-desk.ts";

let desk: DraftingDesk;

setUp(async (file) => {
  desk = await openDraftingDesk(file, {});
});

test("the last second of a killed tab is offered back", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Kept" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("written in the last second");
  await killTab(page);
  const again = await desk.openTab();
  await again.getByRole("button", { name: "Open it" }).click();
  await isAbout(again, "Kept");
  await says(again, "written in the last second");
  await saved(again);
  await again.close();
});

test("what the server has all the same, its answer lost with the tab, is opened as saved", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Answer lost with the tab" });
  await saved(page);
  const answered = hold();
  await page.route("**/api/drafts/**", async (route) => {
    await route.fetch();
    answered.letGo();
  });
  await page.getByLabel("Text of the message").fill("kept, and nobody heard of it");
  await answered.held;
  await killTab(page);
  const again = await desk.openTab();
  await again.getByRole("button", { name: "Open it" }).click();
  await says(again, "kept, and nobody heard of it");
  await saved(again);
  await again.close();
});

/** Asks whether a page waits for another to end its writing: for the stream of events, all but one do. */
const WAITS = `navigator.locks.query().then(({ pending }) =>
  pending.some(({ name }) => name.startsWith("restante.writing.")))`;

/** Resolves when the page waits for another to end its writing, and would have drawn what it offers. */
async function isWaiting(page: Page): Promise<void> {
  await becomes(() => page.evaluate<boolean>(WAITS), true);
  await drawn(page);
}

test("what another tab is writing is no draft that was left, until that tab is gone", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "In two tabs" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("still being written");
  const other = await desk.openTab();
  await isWaiting(other);
  assert.equal(await other.getByText("was not kept on the server").count(), 0);
  await killTab(page);
  await other.getByText("was not kept on the server").waitFor();
  await other.getByRole("button", { name: "Open it" }).click();
  await says(other, "still being written");
  await saved(other);
  await other.close();
});

test("what another window wrote meanwhile is not written over unseen", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Two windows" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("of the tab that was killed");
  await killTab(page);

  const other = await desk.openTab();
  await other.getByText("was not kept on the server").waitFor();
  const listed = (await ask(other, "/api/drafts?account=1")) as { drafts: { id: string; subject: string }[] };
  const id = listed.drafts.find(({ subject }) => subject === "Two windows")?.id ?? "";
  const { version, ...draft } = (await ask(other, `/api/drafts/${id}?account=1`)) as Record<string, unknown>;
  const fields = { ...draft, text: "of the other window" };
  for (const key of ["id", "account", "attachments", "updatedAt", "richStart"]) Reflect.deleteProperty(fields, key);
  await ask(other, `/api/drafts/${id}`, { method: "PUT", body: { account: "1", version, fields } });

  await other.getByRole("button", { name: "Open it" }).click();
  await other.getByText("This draft was changed in another window.").waitFor();
  await says(other, "of the tab that was killed");
  const kept = (await ask(other, `/api/drafts/${id}?account=1`)) as { text: string };
  assert.equal(kept.text, "of the other window", "nothing was chosen yet");
  await other.getByRole("button", { name: "Keep what is here" }).click();
  await saved(other);
  assert.equal(
    ((await ask(other, `/api/drafts/${id}?account=1`)) as { text: string }).text,
    "of the tab that was killed",
  );
  await other.close();
});

test(
  "what a closed window could not keep is there when its draft is opened from the list",
  NEEDS_CHROMIUM,
  async () => {
    const page = await desk.openTab();
    await beginMessage(page, { to: "mina@harbour.example", subject: "Closed cut off" });
    await saved(page);
    await cutOff(page);
    await page.getByLabel("Text of the message").fill("in this browser alone");
    await closeWindow(page);
    await page.locator(".toast").filter({ hasText: "A copy stays in this browser." }).waitFor();
    await page.unroute("**/api/drafts/**");
    await openFromList(page, "Closed cut off");
    await says(page, "in this browser alone");
    await saved(page);
    assert.equal((await draftOf(page, "Closed cut off"))?.text, "in this browser alone");
    await page.close();
  },
);

test("closed as it was opened, a window takes no text with it that another one has", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await beginMessage(page, { to: "mina@harbour.example", subject: "Looked at elsewhere" });
  await saved(page);
  await cutOff(page);
  await page.getByLabel("Text of the message").fill("of the window that still writes");
  const other = await desk.openTab();
  await openFromList(other, "Looked at elsewhere");
  await isAbout(other, "Looked at elsewhere");
  const body = await other.getByLabel("Text of the message").inputValue();
  assert.notEqual(body, "of the window that still writes", "it is not left");
  await closeWindow(other);
  await writesNothing(other);
  await other.close();
  await killTab(page);
  const again = await desk.openTab();
  await again.getByRole("button", { name: "Open it" }).click();
  await says(again, "of the window that still writes");
  await saved(again);
  await again.close();
});

test("all that was left is offered, one after another, whatever else is said meanwhile", NEEDS_CHROMIUM, async () => {
  const page = await desk.openTab();
  await cutOff(page);
  for (const subject of ["Left first", "Left second"]) {
    await beginMessage(page, { to: "mina@harbour.example", subject });
    await page.getByLabel("Text of the message").fill(`of ${subject}`);
    await closeWindow(page);
    await writesNothing(page);
  }
  await page.close();
  const again = await desk.openTab();
  const offer = again.locator(".toast").filter({ hasText: "was not kept on the server" });
  await offer.waitFor();
  await again.getByRole("row").first().focus();
  await hasFocus(again.getByRole("row").first());
  await again.keyboard.press("s");
  await offer.waitFor({ state: "detached" });
  await again.locator(".toast").getByRole("button", { name: "Dismiss" }).click();
  for (const subject of ["Left second", "Left first"]) {
    await offer.getByRole("button", { name: "Open it" }).click();
    await isAbout(again, subject);
    await says(again, `of ${subject}`);
    await saved(again);
    await closeWindow(again);
  }
  assert.equal((await draftOf(again, "Left first"))?.text, "of Left first");
  await again.close();
});
