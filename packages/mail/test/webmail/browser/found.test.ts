// What is found and opened in the real reader: hits of a search, and files that are shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Locator, Page } from "playwright-core";
import { openReaderOffice } from "../api/reader-office.ts";
import { becomes, goTo, hold, NEEDS_CHROMIUM, prepareRoutes } from "./browser.ts";
import { openPage, setUp } from "./set-up.ts";

let page: Page;

setUp(async (file) => {
  const office = await openReaderOffice();
  file.after(() => office.stop());
  await office.account("anna");
  await office.deliver("anna", letter({ id: "sail-1", text: "We meet at the regatta on Friday." }));
  await office.deliver("anna", letter({ id: "sail-2", after: "sail-1", text: "The regatta is put off to Monday." }));
  await office.deliver("anna", FILES);
  page = await openPage(file, office);
  await prepareRoutes(page);
  await page.getByRole("row", { name: /Two files/ }).waitFor();
});

function letter(o: { readonly id: string; readonly after?: string; readonly text: string }): string {
  const answers = o.after === undefined ? "" : `In-Reply-To: <${o.after}@sail.example>\n`;
  return `From: Pat <pat@sail.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 10:0${o.id.at(-1)}:00 +0000
Subject: ${o.after === undefined ? "" : "Re: "}Sailing
Message-ID: <${o.id}@sail.example>
${answers}
${o.text}
`;
}

const FILES = `From: Pat <pat@sail.example>
To: anna@localhost
Date: Mon, 1 Jun 2026 09:00:00 +0000
Subject: Two files
Message-ID: <files@sail.example>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain; name=crew.csv
Content-Disposition: inline; filename=crew.csv

name,place
Mina,bow
--b
Content-Type: application/pdf; name=course.pdf
Content-Disposition: attachment; filename=course.pdf
Content-Transfer-Encoding: base64

JVBERi0xLjQK
--b--
`;

const opened = (): Locator => page.locator("article.message:not([aria-busy])");

async function search(q: string): Promise<void> {
  await page.getByRole("search").getByRole("combobox").fill(q);
  await page.locator(".terms").waitFor();
}

test("of two hits in one conversation the one that is chosen is shown, and acted on", NEEDS_CHROMIUM, async () => {
  await search("regatta");
  await page
    .getByRole("row", { name: /We meet|Sailing/ })
    .nth(1)
    .click();
  await opened().getByText("We meet at the regatta on Friday.").waitFor();
  await page.keyboard.press("k");
  await opened().getByText("The regatta is put off to Monday.").waitFor();
  await page.keyboard.press("#");
  await page.getByText("Moved to trash").waitFor();
  await goTo(page, "#/all/trash");
  // What is left of the search stays in sight until the trash is there.
  await page.getByRole("row").filter({ hasText: "put off to Monday" }).click();
  await opened().getByText("The regatta is put off to Monday.").waitFor();
});

test("what is searched in trash and junk too is the search that found nothing", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await search("regat monday");
  await page.getByRole("button", { name: "Search trash and junk too" }).waitFor();
  await page.getByRole("search").getByRole("combobox").fill("put regat");
  await page.locator(".terms").getByText("put", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Search trash and junk too" }).click();
  await page.getByRole("row", { name: /Sailing/ }).waitFor();
});

test("that nothing was found is said of the search that found nothing, and of no other", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await search("nowhere to be found");
  const told = page.getByRole("status").getByText("Nothing found", { exact: true });
  const without = page.locator(".note").getByRole("button", { name: /^Without/ });
  await without.first().waitFor();
  const { held, letGo } = hold();
  await page.route("**/api/search?*q=regatta*", async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole("search").getByRole("combobox").fill("regatta");
  await becomes(() => page.evaluate("window.location.hash"), "#/all/search?q=regatta");
  await page.locator(".skeleton-row").first().waitFor();
  assert.deepEqual([await told.count(), await without.count()], [0, 0]);
  assert.equal(await page.locator(".list-total").innerText(), "");
  letGo();
  await page
    .getByRole("row", { name: /Sailing/ })
    .first()
    .waitFor();
  await page.getByRole("status").getByText("1 message found", { exact: true }).waitFor();
  await page.unroute("**/api/search?*q=regatta*");
});

test(
  "a mailbox that is not there is said once the query stands still, and all can be searched instead",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    const field = page.getByRole("search").getByRole("combobox");
    const said = page.getByRole("status").getByText("There is no mailbox", { exact: false });
    const all = page.getByRole("button", { name: "Search all mailboxes" });
    const chip = (term: string): Promise<void> => page.locator(".terms").getByText(term, { exact: true }).waitFor();
    // However slow the machine is, the time that a query has to stand still is over when the test says so.
    await page.evaluate(`{
    const { setTimeout, clearTimeout } = window;
    const held = new Map();
    window.setTimeout = (run, ms, ...more) => {
      if (ms !== 700) return setTimeout(run, ms, ...more);
      const id = setTimeout(() => {}, 0);
      held.set(id, run);
      return id;
    };
    window.clearTimeout = (id) => (held.delete(id), clearTimeout(id));
    window.standStill = () => {
      Object.assign(window, { setTimeout, clearTimeout });
      for (const run of held.values()) run();
      return held.size;
    };
  }`);
    await field.fill("in:work regat in:now");
    await chip("in:now");
    await page.getByRole("button", { name: "Without regat" }).last().waitFor();
    await field.pressSequentially("here");
    await chip("in:nowhere");
    await page.getByText("Nothing found", { exact: true }).first().waitFor();
    assert.deepEqual([await said.count(), await all.count()], [0, 0]);
    assert.notEqual(await page.evaluate("window.standStill()"), 0, "it was waited for");
    await becomes(() => said.allInnerTexts(), ["There is no mailbox work.", "There is no mailbox nowhere."]);
    await all.click();
    await page
      .getByRole("row", { name: /Sailing/ })
      .first()
      .waitFor();
    await becomes(() => said.count(), 0);
    await becomes(() => page.locator(".terms bdi").allInnerTexts(), ["in:anywhere", "regat"]);
    await field.fill("in:nowhere");
    await said.waitFor();
    assert.equal(await all.count(), 0);
  },
);

test(
  "of an account that is not there nothing is found, and the search without it is offered",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    const field = page.getByRole("search").getByRole("combobox");
    await field.fill("account:nobody regatta");
    const offered = page.locator(".note").getByRole("button");
    // Trash and junk are nobody's either.
    await becomes(() => offered.allInnerTexts(), ["Without account:nobody", "Without regatta"]);
    await page.getByRole("status").getByText("There is no account nobody.", { exact: true }).waitFor();
    await offered.first().click();
    await page
      .getByRole("row", { name: /Sailing/ })
      .first()
      .waitFor();
    await becomes(() => page.locator(".terms bdi").allInnerTexts(), ["regatta"]);
    await field.fill("account:nobody");
    await becomes(() => offered.allInnerTexts(), ["Clear the search"]);
    // Of an account that is there, it may be in the trash.
    await field.fill("account:nobody account:anna zebra");
    await offered.getByText("Search trash and junk too", { exact: true }).waitFor();
  },
);

test("a file that is shown above can be saved like the others", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Two files/ }).click();
  await opened().getByText("Mina,bow").waitFor();
  await becomes(() => page.locator(".attachment-name").allInnerTexts(), ["crew.csv", "course.pdf"]);
  await page.getByRole("link", { name: "Save all as zip" }).waitFor();
});

test(
  "of an alphabet one letter is sought when Enter says so, of a script without spaces at once",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    // A list may be asked for once more when something changes.
    const asked = new Set<string | null>();
    page.on("request", (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === "/api/search") asked.add(searchParams.get("q"));
    });
    const terms = async (q: string): Promise<void> => {
      await page.locator(".terms").getByText(q, { exact: true }).waitFor();
      // The address says it a moment later, and is left from here.
      await becomes(() => page.evaluate(`window.location.hash !== "#/all/inbox"`), true);
    };
    await page.getByRole("search").getByRole("combobox").pressSequentially("re");
    await terms("re");
    assert.deepEqual([...asked], ["re"]);
    await goTo(page, "#/all/inbox");
    await page.getByRole("search").getByRole("combobox").pressSequentially("q");
    await page.getByRole("row", { name: /Two files/ }).waitFor();
    await page.keyboard.press("Enter");
    await terms("q");
    await goTo(page, "#/all/inbox");
    await page.getByRole("search").getByRole("combobox").pressSequentially("会");
    await terms("会");
    assert.deepEqual([...asked], ["re", "q", "会"]);
  },
);

test("who takes back what is typed can type on", NEEDS_CHROMIUM, async () => {
  // Where nothing is found, there is a second such button in the list.
  const clear = page.getByRole("search").getByRole("button", { name: "Clear the search" });
  await search("regatta");
  await page.locator(".terms").getByText("regatta", { exact: true }).waitFor();
  await clear.click();
  await page.getByRole("row", { name: /Two files/ }).waitFor();
  await page.keyboard.type("crew");
  await page.locator(".terms").getByText("crew", { exact: true }).waitFor();
  assert.equal(await clear.count(), 1);
  await page.getByRole("search").getByRole("combobox").fill("");
  await becomes(() => clear.count(), 0);
});

test("who takes terms of a search away by keys keeps the focus, and ends in the list", NEEDS_CHROMIUM, async () => {
  await search("regatta put sailing");
  const chip = (term: string): Locator =>
    page.locator(".terms").getByRole("button", { name: `Without ${term}`, exact: true });
  const names = (): Promise<readonly string[]> => page.locator(".terms bdi").allInnerTexts();
  const focused = (): Promise<string> => page.evaluate("document.activeElement.getAttribute('aria-label')");
  await becomes(names, ["regatta", "put", "sailing"]);
  await chip("regatta").focus();
  await page.keyboard.press("Enter");
  await becomes(names, ["put", "sailing"]);
  await becomes(focused, "Without put");
  await chip("sailing").focus();
  await page.keyboard.press("Enter");
  await becomes(names, ["put"]);
  await becomes(focused, "Without put");
  await page.keyboard.press("Enter");
  await page.locator(".terms").waitFor({ state: "detached" });
  await becomes(() => page.evaluate("document.activeElement.closest('#list-pane') !== null"), true);
});

test(
  "a link followed as soon as something is found leads back to it, and from there to the list before",
  NEEDS_CHROMIUM,
  async () => {
    await goTo(page, "#/all/inbox");
    await page.getByRole("row", { name: /Two files/ }).waitFor();
    await page.evaluate(`{
    const found = new MutationObserver(() => {
      if (document.querySelector(".terms bdi")?.textContent !== "crew") return;
      found.disconnect();
      document.querySelector("a.side-entry[href*=starred]").click();
    });
    found.observe(document.body, { childList: true, subtree: true, characterData: true });
  }`);
    await page.getByRole("search").getByRole("combobox").fill("crew");
    const title = page.locator(".list-title");
    await title.getByText("Starred").waitFor();
    await page.goBack();
    await page.locator(".terms").getByText("crew", { exact: true }).waitFor();
    await page.goBack();
    await title.getByText("All inboxes").waitFor();
    await becomes(() => new URL(page.url()).hash, "#/all/inbox");
  },
);

/** What may be the beginning of a "back", of another page or of none, and is no typing. */
const LEAVES = {
  crew: `new KeyboardEvent("keydown", { key: "ArrowLeft", altKey: true, bubbles: true })`,
  regatta: `new KeyboardEvent("keydown", { key: "F5", bubbles: true })`,
  sailing: `new PointerEvent("pointerdown", { button: 3, bubbles: true })`,
  friday: `new WheelEvent("wheel", { deltaX: -80, bubbles: true })`,
  monday: `new Event("visibilitychange", { bubbles: true })`,
};
const PRESS = `document.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", bubbles: true }))`;
const SAID = "[window.location.hash, document.title]";

test("a search has the address and the window's name once nobody types on", NEEDS_CHROMIUM, async () => {
  for (const [word, leaves] of Object.entries(LEAVES)) {
    await goTo(page, "#/all/inbox");
    await page.getByRole("row", { name: /Two files/ }).waitFor();
    await becomes(async () => (await page.title()).includes("All inboxes"), true);
    const before = await page.evaluate(SAID);
    // Found, and typed on for longer than either waits for.
    const seen = page.evaluate(`new Promise((resolve) => {
      const found = new MutationObserver(() => {
        if (document.querySelector(".terms bdi")?.textContent !== "${word}") return;
        found.disconnect();
        let presses = 0;
        const typing = setInterval(() => {
          ${PRESS};
          if ((presses += 1) < 20) return;
          clearInterval(typing);
          const typed = ${SAID};
          document.dispatchEvent(${leaves});
          resolve([typed, window.location.hash]);
        }, 50);
      });
      found.observe(document.body, { childList: true, subtree: true, characterData: true });
    })`);
    await page.getByRole("search").getByRole("combobox").fill(word);
    const [typed, left] = (await seen) as readonly [unknown, string];
    assert.deepEqual(typed, before);
    assert.match(left, new RegExp(word), leaves);
    await becomes(async () => (await page.title()).includes("Search"), true);
    await page.goBack();
    await becomes(() => page.evaluate(SAID), before);
  }
});

test("the window has the name of a search when the address has it, and not before", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Two files/ }).waitFor();
  await becomes(async () => (await page.title()).includes("All inboxes"), true);
  await page.evaluate(`window.named = [];
    new MutationObserver(() => window.named.push(${SAID}))
      .observe(document.querySelector("title"), { childList: true });`);
  await search("cr");
  await search("cre");
  await becomes(async () => (await page.title()).includes("Search"), true);
  const named = (await page.evaluate("window.named")) as readonly (readonly [string, string])[];
  assert.match(named.find(([, title]) => title.includes("Search"))?.[0] ?? "", /cre?$/);
});

test("Enter has the address say at once what is sought, whatever is typed behind it", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Two files/ }).waitFor();
  // Not sought before: what was found is there before Enter is.
  const { held, letGo } = hold();
  await page.route("**/api/search?**", (route) => held.then(() => route.continue()));
  const typing = await page.evaluate(`setInterval(() => ${PRESS}, 50)`);
  try {
    await page.getByRole("search").getByRole("combobox").fill("boats");
    await page.keyboard.press("Enter");
    await becomes(async () => /boats/.test(await page.evaluate("window.location.hash")), true);
  } finally {
    await page.evaluate(`clearInterval(${String(typing)})`);
    letGo();
  }
  await page.locator(".terms").getByText("boats", { exact: true }).waitFor();
  await page.unrouteAll({ behavior: "wait" });
});

test("a page that is never idle has the address of a search all the same", NEEDS_CHROMIUM, async () => {
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Two files/ }).waitFor();
  // Each frame takes longer than there is time for one.
  await page.evaluate(`{
    window.isBusy = true;
    const frame = () => {
      const until = performance.now() + 40;
      while (performance.now() < until);
      if (window.isBusy) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }`);
  try {
    await page.getByRole("search").getByRole("combobox").fill("crew");
    await becomes(async () => /crew/.test(await page.evaluate("window.location.hash")), true);
  } finally {
    await page.evaluate("window.isBusy = false");
  }
});
