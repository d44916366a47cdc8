// What is open beside a list that changes: answers, and what counts as read.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import type { ReaderOffice } from "../api/reader-office.ts";
import { answeredBy, becomes, drawn, goTo, hold, NEEDS_CHROMIUM } from "./browser.ts";
import { openNewsDesk, rowOfNews, showsNews } from "./news-desk.ts";
import { newsLetter } from "./news-letter.ts";
import { elsewhere } from "./other-device.ts";
import { ask, choose, hasFocus } from "./writing-desk.ts";
import { setUp } from "./set-up.ts";

let office: ReaderOffice;
let page: Page;

setUp(async (file) => {
  ({ office, page } = await openNewsDesk(file, ["Ada", "Bea", "Cleo"]));
});

const rowOf = (name: string): Locator => rowOfNews(page, name);
const shows = (name: string): Promise<void> => showsNews(page, name);

const told = (what: string): Promise<void> => page.locator(".toast").getByText(what, { exact: true }).waitFor();

interface Delayed {
  /** Until the page has asked. */
  readonly asked: Promise<void>;
  readonly letGo: () => void;
}

/** The server hears of these requests when they are let go. */
async function delay(url: string): Promise<Delayed> {
  const { held: asked, letGo: hasAsked } = hold();
  const { held, letGo } = hold();
  await page.route(url, async (route) => {
    hasAsked();
    await held;
    await route.continue();
  });
  return { asked, letGo };
}

test("a conversation that is slow to come shows that it is coming", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  const conversation = await delay("**/conversations/*");
  // None that the page has asked for before somebody opens it.
  await page.reload();
  await rowOf("Cleo").click();
  await conversation.asked;
  await page.locator("article.message[aria-busy] .skeleton-message").waitFor();
  conversation.letGo();
  await shows("Cleo");
  assert.equal(await page.locator(".skeleton-message").count(), 0);
  await page.unrouteAll({ behavior: "wait" });
});

test("what comes into an open conversation is unread until it is looked at", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await rowOf("Bea").click();
  await shows("Bea");
  await office.deliver("anna", newsLetter({ name: "Dora", minute: 9, answers: "Bea" }));
  const card = page.locator(".collapsed button").filter({ hasText: "Dora" });
  await card.locator(".dot").waitFor();
  await rowOf("Bea").and(page.locator("[data-unread]")).waitFor();
  await card.click();
  await shows("Dora");
  await rowOf("Bea").and(page.locator(":not([data-unread])")).waitFor();
});

test(
  "what comes into a list that is all in sight is pressed where it comes, and covered by no news",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await rowOf("Cleo").click();
    await shows("Cleo");
    await office.deliver("anna", newsLetter({ name: "Jo", minute: 8 }));
    await rowOf("Jo").click();
    await shows("Jo");
    assert.equal(await page.locator(".new-notice").count(), 0);
  },
);

interface Listed {
  readonly rows: readonly {
    readonly account: string;
    readonly messageId: number;
    readonly subject: string;
    readonly senders: readonly { readonly name: string }[];
  }[];
}

/** The messages of the inbox, the newest first. */
async function listed(which = ""): Promise<Listed> {
  return (await ask(page, `/api/list?account=all&role=inbox&view=messages&limit=100${which}`)) as Listed;
}

/** Who wrote what is unread in a conversation, the newest first. */
async function unreadOf(subject: string): Promise<readonly string[]> {
  const { rows } = await listed("&unread=1");
  return rows.filter((row) => row.subject.endsWith(subject)).map(({ senders }) => senders[0]?.name ?? "");
}

test(
  "what is opened becomes read with what led to it; of what was found, and behind it, nothing",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    for (const [at, name] of ["Lea", "Mia", "Nils", "Ole"].entries())
      await office.deliver("anna", newsLetter({ name, minute: at, ...(at > 0 && { answers: "Lea" }) }));
    await rowOf("Lea").filter({ hasText: "4" }).waitFor();
    await goTo(page, "#/all/search?q=%22Mia%20writes%22");
    await rowOf("Lea").click();
    await shows("Mia");
    await becomes(() => unreadOf("Lea"), ["Ole", "Nils", "Lea"]);
    await choose(page, { newestFirst: false });
    await goTo(page, "#/all/inbox");
    await rowOf("Lea").click();
    await shows("Lea");
    await becomes(() => unreadOf("Lea"), ["Ole", "Nils"]);
    await choose(page, { newestFirst: true });
    await goTo(page, "#/all/starred");
    await goTo(page, "#/all/inbox");
    await rowOf("Lea").click();
    await shows("Ole");
    await becomes(() => unreadOf("Lea"), []);
    const nils = page.locator(".collapsed button").filter({ hasText: "Nils" });
    await nils.getByText("New", { exact: true }).waitFor();
    await nils.click();
    await shows("Nils");
    await page.locator(".collapsed button").filter({ hasText: "Ole" }).click();
    await shows("Ole");
    assert.equal(await nils.locator(".dot").count(), 0);
  },
);

test("what is marked unread while it is open stays so", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  const row = rowOf("Lea");
  await row.click();
  await shows("Ole");
  await row.and(page.locator(":not([data-unread])")).waitFor();
  await page.keyboard.press("Shift+U");
  await row.and(page.locator("[data-unread]")).waitFor();
  // Whatever is done behind it finds it so.
  await page.keyboard.press("s");
  await row.getByRole("button", { name: /Star/, pressed: true }).waitFor();
  await becomes(() => unreadOf("Lea"), ["Ole", "Nils", "Mia", "Lea"]);
  await goTo(page, "#/all/starred");
});

test("when a message that is open becomes read is chosen", NEEDS_CHROMIUM, async () => {
  const after = async (): Promise<unknown> =>
    ((await ask(page, "/api/settings")) as { readonly markReadAfterMs: number }).markReadAfterMs;
  await goTo(page, "#/settings/reading");
  const choices = page.getByRole("group", { name: "A message that is open becomes read" });
  assert.equal(await choices.getByLabel("At once").isChecked(), true);
  await choices.getByText("After 10 seconds").click();
  await becomes(after, 10_000);
  await office.deliver("anna", newsLetter({ name: "Pia", minute: 7 }));
  await goTo(page, "#/all/inbox");
  await rowOf("Pia").click();
  await shows("Pia");
  await rowOf("Pia").and(page.locator("[data-unread]")).waitFor();
  await goTo(page, "#/settings/reading");
  await choices.getByText("At once").click();
  await becomes(after, 0);
  await goTo(page, "#/all/inbox");
  await rowOf("Pia").click();
  await rowOf("Pia").and(page.locator(":not([data-unread])")).waitFor();
});

test(
  "of what is opened by its address the subject takes the focus as soon as it is known",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await rowOf("Cleo").click();
    await shows("Cleo");
    const open = /\?open=.*/.exec(page.url())?.[0] ?? "";
    await goTo(page, "#/all/trash");
    await page.reload();
    const { asked, letGo } = await delay("**/conversations/*");
    await goTo(page, `#/all/trash${open}`);
    await asked;
    const subject = page.locator("h2.subject");
    await subject.waitFor({ state: "attached" });
    await drawn(page);
    assert.equal(await page.locator("h2.subject:focus").count(), 0, "it would be read out as nothing");
    letGo();
    await subject.filter({ hasText: "News of Cleo" }).waitFor();
    await hasFocus(subject);
    await page.unroute("**/conversations/*");
  },
);

test("a row that has left the list is acted on as it is now", NEEDS_CHROMIUM, async () => {
  await office.deliver("anna", newsLetter({ name: "Eve", minute: 8 }));
  await goTo(page, "#/all/inbox");
  await rowOf("Eve").click();
  await shows("Eve");
  await elsewhere(page, "Eve", { kind: "archive" });
  await rowOf("Eve").waitFor({ state: "detached" });
  const star = page.locator("article.message").getByRole("button", { name: "Star" });
  await page.keyboard.press("s");
  await told("Starred");
  await star.and(page.locator("[aria-pressed=true]")).waitFor();
  await page.keyboard.press("s");
  await told("Star removed");
  await star.and(page.locator("[aria-pressed=false]")).waitFor();
});

test(
  "what is asked for while an act is on its way shows it, and a key that toggles goes on from it",
  NEEDS_CHROMIUM,
  async () => {
    await office.deliver("anna", newsLetter({ name: "Finn", minute: 7 }));
    await goTo(page, "#/all/inbox");
    await rowOf("Finn").click();
    await shows("Finn");
    await elsewhere(page, "Finn", { kind: "archive" });
    await rowOf("Finn").waitFor({ state: "detached" });
    const act = await delay("**/api/acts");
    await page.keyboard.press("s");
    await act.asked;
    // Anything that comes has the conversation asked for again, and the list.
    const answered = answeredBy(page, /\/conversations\//);
    await office.deliver("anna", newsLetter({ name: "Gus", minute: 6 }));
    await answered;
    await rowOf("Gus").waitFor();
    const later = await delay("**/conversations/*");
    act.letGo();
    await told("Starred");
    await page.keyboard.press("s");
    await told("Star removed");
    later.letGo();
    await page.unrouteAll({ behavior: "wait" });
  },
);

test("a row that was archived does not come back while the server is told", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await office.deliver("anna", newsLetter({ name: "Ivo", minute: 4 }));
  await rowOf("Ivo").focus();
  const act = await delay("**/api/acts");
  await page.keyboard.press("e");
  await act.asked;
  await rowOf("Ivo").waitFor({ state: "detached" });
  await office.deliver("anna", newsLetter({ name: "Hal", minute: 5 }));
  await rowOf("Hal").waitFor();
  assert.equal(await rowOf("Ivo").count(), 0);
  act.letGo();
  await told("Archived");
  await rowOf("Ivo").waitFor({ state: "detached" });
  await page.unrouteAll({ behavior: "wait" });
});

/** Of a conversation one message less is shown, as of one that is too long. */
function withoutOldestCard(): Promise<unknown> {
  return page.route("**/conversations/*", async (route) => {
    const response = await route.fetch();
    const conversation = (await response.json()) as { readonly cards: readonly unknown[] };
    const json = { ...conversation, cards: conversation.cards.slice(1), older: 1 };
    await route.fulfill({ response, json });
  });
}

test(
  "what is found beyond the messages that are shown of a very long conversation is shown, and becomes read",
  NEEDS_CHROMIUM,
  async () => {
    await withoutOldestCard();
    await goTo(page, "#/all/search?q=bea");
    const found = page.getByRole("row", { name: /Bea, News of Bea/ });
    await found.focus();
    await page.keyboard.press("Shift+U");
    await becomes(() => unreadOf("Bea"), ["Bea"]);
    await found.click();
    await page.getByText("1 still older message is not shown here; search finds it").waitFor();
    await shows("Bea");
    await becomes(() => unreadOf("Bea"), []);
    await page.locator(".collapsed button").filter({ hasText: "Dora" }).click();
    await shows("Dora");
    await page.unrouteAll({ behavior: "wait" });
  },
);

test("a message opens where there is no network: the post office is on this machine", NEEDS_CHROMIUM, async () => {
  await office.deliver("anna", newsLetter({ name: "Kim", minute: 7 }));
  await goTo(page, "#/all/inbox");
  await rowOf("Kim").waitFor();
  await page.evaluate(`dispatchEvent(new Event("offline"))`);
  try {
    await rowOf("Kim").click();
    await shows("Kim");
  } finally {
    await page.evaluate(`dispatchEvent(new Event("online"))`);
  }
});

test("what is open stays when older messages of its conversation go", NEEDS_CHROMIUM, async () => {
  const names = ["Una", "Vic", "Wim", "Xia", "Yan", "Zoe", "Abe", "Bob"];
  for (const [minute, name] of names.entries())
    await office.deliver("anna", newsLetter({ name, minute, ...(minute > 0 && { answers: "Una" }) }));
  await goTo(page, "#/all/inbox");
  await rowOf("Una").filter({ hasText: "8" }).focus();
  await page.keyboard.press("Shift+I");
  await becomes(() => unreadOf("Una"), []);
  await goTo(page, "#/all/search?q=%22Zoe%20writes%22");
  await rowOf("Una").click();
  await shows("Zoe");
  await page.getByRole("button", { name: "4 older messages" }).waitFor();
  const { rows } = await listed();
  const on = rows
    .filter(({ senders }) => ["Una", "Vic"].includes(senders[0]?.name ?? ""))
    .map(({ account, messageId }) => ({ account, messageId }));
  await ask(page, "/api/acts", { method: "POST", body: { act: { kind: "delete", confirmed: true }, on, rows: [] } });
  await page.getByRole("button", { name: "3 older messages" }).waitFor();
  await shows("Zoe");
});

test("what is open stays when what was found falls behind the messages that are shown", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/search?q=bea");
  await page.getByRole("row", { name: /Bea, News of Bea/ }).click();
  await shows("Bea");
  await page.locator(".collapsed button").filter({ hasText: "Dora" }).click();
  await shows("Dora");
  await withoutOldestCard();
  await office.deliver("anna", newsLetter({ name: "Gil", minute: 9, answers: "Bea" }));
  await page.locator(".collapsed button").filter({ hasText: "Gil" }).waitFor();
  await shows("Dora");
  await page.unrouteAll({ behavior: "wait" });
});
