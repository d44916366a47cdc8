// What one sees while mail comes, is looked for and read: progress, what is drawn, what is announced.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import type { Page } from "playwright-core";
import { LmtpClient } from "../../../../../interop/lmtp.ts";
import { answeredBy, becomes, drawn, goTo, hold, NEEDS_CHROMIUM, prepareRoutes } from "./browser.ts";
import { addSource } from "./provider.ts";
import { ask, deliver, helloFromPat } from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

const MESSAGES = 60;
/** From then on each takes its time, on the first connection. */
const AT_ONCE = 30;
const SLOW_MS = 2_000;

let peer: ScriptedPeer;
let reader: Reader;

setUp(async (file) => {
  peer = await scriptedPeer({
    messages: Array.from({ length: MESSAGES }, (_, at) => letter(at + 1)),
    // One at a time, so that no more is on its way than the message that is asked for.
    capabilities: ["TOP", "UIDL", "USER", "RESP-CODES"],
    faults: [{ on: "RETR", connection: 1, skip: AT_ONCE, delayMs: SLOW_MS }],
  });
  file.after(() => peer.close());
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
});

/** The oldest is about bollards, the newest only says the word. */
function letter(n: number): string {
  const head = [
    `From: Quay <quay${n}@quay.example>`,
    "To: Pat <pat@peer.example>",
    n === 1 ? "Subject: Bollard, bollard, bollard" : `Subject: Quay number ${n}`,
    `Date: ${new Date(Date.UTC(2026, 5, 1, 10, n)).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <quay-${n}@quay.example>`,
  ];
  const text = n === 1 ? "bollard" : n === 59 ? `${"planks and ropes ".repeat(60)}bollard` : `Line of ${n}.`;
  return [...head, "", text, ""].join("\r\n");
}

const listed = (page: Page, rows: number): Promise<void> =>
  page.locator(`[role=grid][aria-rowcount="${rows}"]`).waitFor();

/** The first that is told, whichever place says it. */
const told = (page: Page, text: RegExp): Promise<void> =>
  page.locator("[role=status]").getByText(text).first().waitFor({ state: "attached" });

test(
  "a first download is watched, its mail read meanwhile, held up and gone on with, and nothing comes twice",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const retrieved = (): readonly string[] => peer.commands.filter((one) => one.startsWith("RETR"));
    await addSource(page, { name: "watched", port: peer.port, user: "pat", password: "secret" });
    await goTo(page, "#/all/source/watched");
    const strip = page.locator(".strip");
    await strip.getByText(/^watched: \d+ of 60/).waitFor();
    const bar = strip.getByRole("progressbar", { name: "Collecting from watched" });
    assert.equal(await bar.getAttribute("max"), String(MESSAGES));
    // The newest came first, and is there to be read.
    await page.getByRole("row", { name: /Quay number 60/ }).click();
    // Not its preview in the list.
    await page.locator("article.message").getByText("Line of 60.").waitFor();
    await strip.getByRole("button", { name: "Pause" }).click();
    await strip.getByText("watched is paused").waitFor();
    assert.ok(retrieved().length < MESSAGES, `${retrieved().length} were asked for`);
    await strip.getByRole("button", { name: "Resume" }).click();
    await listed(page, MESSAGES);
    await strip.waitFor({ state: "detached" });
    await told(page, /^watched: \d+ new messages$/);
    assert.deepEqual(new Set(retrieved()).size, MESSAGES);
    assert.ok(retrieved().length <= MESSAGES + 1, "only the message that was on its way is asked for again");
  },
);

test("only the rows in sight are in the document, however many there are", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const count = await page.getByRole("row").count();
  // 900 pixels of rows of 64 each, and eight more on either side.
  assert.ok(count > 5 && count <= 32, String(count));
  assert.equal(await page.locator("[role=row][aria-rowindex='60']").count(), 0);
});

/** Pages of a search that were asked for behind its first. */
const MORE_FOUND = `performance.getEntriesByType("resource")
  .filter(({ name }) => name.includes("/api/search") && name.includes("after=")).length`;

/** What is drawn when the list is moved next, and drawn and asked for twenty frames later: by a person who never stops typing. */
const ROWS_OF_NEXT_MOVE = `new Promise((resolve, reject) => {
  // Whoever waits 300 ms for what is sought waits longer here: the list that moves is the one that is there.
  const { setTimeout } = window;
  window.setTimeout = (does, ms, ...given) => setTimeout(does, ms === 300 ? 30000 : ms, ...given);
  const rows = () => document.querySelectorAll("[role=row]").length;
  const typing = setInterval(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" })), 50);
  const frames = (left, then) => requestAnimationFrame(() => (left === 0 ? then() : frames(left - 1, then)));
  const end = () => {
    window.setTimeout = setTimeout;
    // What waited for the typing to end does so from here, as long as it does elsewhere.
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" }));
    clearInterval(typing);
  };
  const still = setTimeout(() => {
    end();
    reject(new Error("the list did not move in 30 s: what was sought took so long that another list was drawn"));
  }, 30000);
  document.querySelector(".list-scroller").addEventListener("scroll", () => {
    clearTimeout(still);
    const atOnce = rows();
    frames(20, () => {
      end();
      resolve({ atOnce, later: rows(), more: ${MORE_FOUND} });
    });
  }, { once: true });
})`;

test("from far down a search draws and asks for what is in sight alone while one types", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/source/watched");
  await listed(page, MESSAGES);
  await page.locator(".list-scroller").evaluate((element) => {
    (element as unknown as { scrollTop: number }).scrollTop = 1_500;
  });
  await page.locator("[role=row][aria-rowindex='37']").waitFor();
  await drawn(page);
  const moved = page.evaluate(ROWS_OF_NEXT_MOVE) as Promise<Readonly<Record<"atOnce" | "later" | "more", number>>>;
  await page.getByRole("search").getByRole("combobox").fill("quay");
  const { atOnce, later, more } = await moved;
  await page.locator(".terms").getByText("quay", { exact: true }).waitFor();
  await listed(page, MESSAGES);
  assert.ok(atOnce > 5);
  // The terms that are shown above the list leave it less room.
  assert.ok(later > 5 && later <= atOnce, `${later} of ${atOnce}`);
  assert.equal(more, 0);
  await becomes(async () => ((await page.evaluate(MORE_FOUND)) as number) > 0, true);
  await page.getByRole("search").getByRole("combobox").fill("");
  await page.locator(".terms").waitFor({ state: "detached" });
});

/** Types a search over the one before. */
async function search(page: Page, query: string): Promise<void> {
  await page.getByRole("search").getByRole("combobox").fill(query);
  await page.keyboard.press("Enter");
}

test(
  "who comes back from a search sees the first rows at once of a list that was far down",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await goTo(page, "#/all/source/watched");
    await listed(page, MESSAGES);
    await page.locator(".list-scroller").evaluate((element) => {
      (element as unknown as { scrollTop: number }).scrollTop = 1_500;
    });
    await page.locator("[role=row][aria-rowindex='37']").waitFor();
    // While somebody types nothing is drawn later on.
    const typing = await page.evaluate(
      `setInterval(() => document.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift" })), 50)`,
    );
    await page.getByRole("search").getByRole("combobox").fill("bollard");
    await page.locator(".terms").getByText("bollard", { exact: true }).waitFor();
    await page.getByRole("search").getByRole("combobox").fill("");
    await page.locator(".terms").waitFor({ state: "detached" });
    // The very first is there in any case: the keys of a list begin at it.
    assert.equal(await page.locator("[role=row][aria-rowindex='2']").count(), 1);
    await page.evaluate(`clearInterval(${String(typing)})`);
  },
);

test("a search finds what is on a server, in either order, and says how much it found", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await search(page, "on:server");
  await listed(page, MESSAGES);
  await told(page, /^60 messages found$/);
  await search(page, "bollard -on:server");
  await page.getByText("Nothing found", { exact: true }).first().waitFor();
  await told(page, /^Nothing found$/);
  await search(page, "bollard");
  await listed(page, 2);
  const first = page.locator("[role=row]").first();
  await first.filter({ hasText: "Quay number 59" }).waitFor();
  await page.getByRole("button", { name: "Order: Newest first" }).click();
  await page
    .getByRole("menuitem", { name: "Best match first" })
    .or(page.getByRole("menuitemradio", { name: "Best match first" }))
    .click();
  await first.filter({ hasText: "Bollard, bollard" }).waitFor();
});

test(
  "a list stays until what is sought is found, and longer when its reader goes on in it",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await goTo(page, "#/all/source/watched");
    await listed(page, MESSAGES);
    const { held, letGo } = hold();
    await page.route("**/api/search?**", (route) => held.then(() => route.continue()), { times: 1 });
    const answered = answeredBy(page, /\/api\/search\?/);
    // In one go, so that nobody is waited for in between.
    await page.evaluate(`{
    const field = document.querySelector("search input");
    Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, "planks");
    field.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelector("[role=row]").click();
  }`);
    await page.locator("article.message:not([aria-busy])").waitFor();
    await listed(page, MESSAGES);
    await becomes(() => page.getByRole("search").getByRole("combobox").inputValue(), "");
    letGo();
    await answered;
    await drawn(page);
    assert.match(await page.evaluate("window.location.hash"), /^#\/all\/source\/watched\?open=/);
    await page.getByRole("search").getByRole("combobox").fill("planks");
    await listed(page, 1);
    // The address says it a moment later, and is left from here.
    await becomes(async () => /planks/.test(await page.evaluate("window.location.hash")), true);
    await page.goBack();
    await listed(page, MESSAGES);
  },
);

test("a search that finds nothing offers the ways on", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await search(page, "subject:signed");
  await page.getByRole("row", { name: /Signed hello/ }).click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  await page.keyboard.press("#");
  await page.getByText("Moved to trash").waitFor();
  const note = page.locator(".note");
  await note.getByRole("button", { name: "Clear the search" }).waitFor();
  await note.getByRole("button", { name: "Search trash and junk too" }).click();
  await page.getByRole("row", { name: /Signed hello/ }).waitFor();
  await becomes(() => page.getByRole("search").getByRole("combobox").inputValue(), "in:anywhere subject:signed");
});

test("read, star and move are taken back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const row = page.getByRole("row", { name: /Voicemail from/ });
  const undo = async (): Promise<void> => {
    await page.getByRole("button", { name: /^Undo/ }).click();
    await page.getByText("Taken back").first().waitFor();
  };
  await search(page, "voicemail");
  await listed(page, 1);
  await row.focus();
  await page.keyboard.press("x");
  await page.getByRole("heading", { name: "1 chosen" }).waitFor();
  for (const [key, done, is] of [
    ["Shift+I", "Marked as read", /^(?!.*Unread)/],
    ["s", "Starred", /Starred/],
  ] as const) {
    const before = await row.getAttribute("aria-label");
    await page.keyboard.press(key);
    await page.locator(".toast").getByText(done, { exact: true }).waitFor();
    await page.getByRole("row", { name: is }).first().waitFor();
    assert.notEqual(await row.getAttribute("aria-label"), before);
    await undo();
    await page.locator(`[role=row][aria-label=${JSON.stringify(before)}]`).waitFor();
  }
  await page.keyboard.press("v");
  const dialog = page.getByRole("dialog");
  await dialog
    .getByRole("option", { name: "Archive" })
    .or(dialog.getByRole("button", { name: "Archive" }))
    .first()
    .click();
  await page.getByText("Moved to Archive").waitFor();
  await undo();
  await search(page, "voicemail in:inbox");
  // Until it is answered, the row is of the search before.
  await page.locator(".terms").getByText("in:inbox", { exact: true }).waitFor();
  await row.waitFor();
});

test("F6 goes round the panes and back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/search?q=unterlagen");
  await page.getByRole("row", { name: /Unterlagen/ }).click();
  await page.locator("article.message:not([aria-busy])").waitFor();
  const pane = `(() => {
    const panes = Array.from(document.querySelectorAll("[data-pane]")).filter((one) => one.offsetParent !== null);
    return panes.findIndex((one) => one.contains(document.activeElement)) + " of " + panes.length;
  })()`;
  await page.getByRole("row", { name: /Unterlagen/ }).focus();
  const way = [await page.evaluate<string>(pane)];
  for (const key of ["F6", "F6", "F6", "Shift+F6", "Shift+F6", "Shift+F6"]) {
    const before = way.at(-1);
    await page.keyboard.press(key);
    await becomes(async () => (await page.evaluate(pane)) !== before, true);
    way.push(await page.evaluate<string>(pane));
  }
  const [start] = way;
  const round = new Set(way);
  assert.equal(round.size, 3, way.join("; "));
  assert.deepEqual([way[3], way[6]], [start, start]);
  assert.deepEqual(way.slice(3), way.slice(0, 4).toReversed());
});

test("a message's frame has no scripts, no origin, no referrer and a name", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/search?q=kettle");
  await page.getByRole("row", { name: /Three teas/ }).click();
  const frame = page.locator("iframe.html-frame");
  await frame.waitFor();
  const [sandbox, referrer, title] = await Promise.all(
    ["sandbox", "referrerpolicy", "title"].map((name) => frame.getAttribute(name)),
  );
  assert.equal(sandbox, "allow-popups allow-popups-to-escape-sandbox");
  assert.equal(referrer, "no-referrer");
  assert.match(title ?? "", /^Message from The Kettle Letter: .*Three teas for a wet spring$/);
});

test("what is too complicated is shown as text, and simplified when that is asked for", NEEDS_CHROMIUM, async () => {
  const { page, product } = reader;
  const client = await LmtpClient.connect(product.port("lmtp"));
  const head = ["From: Flood <flood@x.example>", "To: demo@localhost", "Subject: Sixty thousand", "MIME-Version: 1.0"];
  const html = `<p>The first words.</p>${"<i>x</i>".repeat(61_000)}`;
  const octets = [...head, "Content-Type: text/html", "", html.replace(/(?:<i>x<\/i>){100}/g, "$&\r\n"), ""].join(
    "\r\n",
  );
  await client.deliver({ recipient: "demo@localhost", letter: Buffer.from(octets) });
  await client.quit();
  await goTo(page, "#/all/search?q=sixty");
  await page.getByRole("row", { name: /Sixty thousand/ }).click();
  await page.getByText("This message is too complicated to show as it was sent; this is its text.").waitFor();
  await page.locator(".text-body").getByText("The first words.").waitFor();
  assert.equal(await page.locator("iframe.html-frame").count(), 0);
  await page.getByRole("button", { name: "Show anyway, simplified" }).click();
  await page.frameLocator("iframe.html-frame").getByText("The first words.").waitFor();
});

test("new mail moves no row that is in use; it is counted, and told", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  const inbox = page.getByRole("grid", { name: "All inboxes", exact: true });
  // What came before, while another list was open, is not new any more.
  await inbox.getByRole("row", { name: /Sixty thousand/ }).waitFor();
  const row = inbox.locator("[role=row][tabindex='0']");
  await row.focus();
  const before = await row.boundingBox();
  const label = await row.getAttribute("aria-label");
  await deliver(reader, helloFromPat("Just now"));
  await page.getByRole("button", { name: "1 new" }).waitFor();
  await told(page, /^1 new$/);
  const after = await page.locator(`[role=row][aria-label=${JSON.stringify(label)}]`).boundingBox();
  assert.equal(after?.y, before?.y);
});

test(
  "the list of a server whose next page does not come says so, and asks when it is told to",
  NEEDS_CHROMIUM,
  async (t) => {
    const { page } = reader;
    const messages = Array.from({ length: 260 }, (_, n) => `Subject: Number ${n + 1}\r\n\r\nText.\r\n`);
    const far = await scriptedPeer({ messages });
    t.after(() => far.close());
    await addSource(page, { name: "far", port: far.port, user: "pat", password: "secret" });
    let asked = 0;
    await page.route(/\/api\/sources\/far\/server\?.*after=/, async (route) => {
      asked += 1;
      await route.abort();
    });
    await goTo(page, "#/source/far/server");
    // What is told when the run has ended has the list asked for again, too, and what was said of it forgotten.
    await told(page, /^far: \d+ new messages$/);
    const scroller = page.locator(".server-scroller");
    await scroller.waitFor();
    const scrollTo = (fromEnd: number): Promise<void> =>
      scroller.evaluate((element, to) => {
        const list = element as unknown as { scrollTop: number; readonly scrollHeight: number };
        list.scrollTop = list.scrollHeight - to;
      }, fromEnd);
    await scrollTo(0);
    const failed = page.getByRole("alert").filter({ hasText: "Try again" });
    await failed.waitFor();
    // Each of these draws the list again.
    for (let n = 0; n < 10; n += 1) {
      await scrollTo(1_000 + n * 40);
      await drawn(page);
    }
    // What the page asked for before is heard before this is answered.
    await ask(page, "/api/session");
    assert.equal(asked, 1);
    await page.unrouteAll();
    await failed.getByRole("button", { name: "Try again" }).click();
    await failed.waitFor({ state: "detached" });
  },
);
