// A source from its first password to its last message, in the real reader: another post office is the provider.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { becomes, goTo, is, NEEDS_CHROMIUM, turn } from "./browser.ts";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { addSource, type Provider, startProvider } from "./provider.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

const MESSAGES = 40;

let provider: Provider;
let reader: Reader;

setUp(async (file) => {
  provider = await startProvider(MESSAGES);
  file.after(() => provider.product.stop());
  reader = await openReader(file, { args: ["--demo"] });
});

/** Letter `n` is open, and not only listed with its first words. */
async function read(page: Page, n: number): Promise<void> {
  await page.getByRole("region", { name: "Reading" }).getByText(`The word of letter ${n} is quay${n}.`).waitFor();
}

async function fillServer(page: Page, secret: string): Promise<void> {
  await page.getByLabel("E-mail address").fill("ines@provider.example");
  await page.getByLabel("Password").fill(secret);
  const byHand = page.getByRole("button", { name: "Write the server by hand" });
  if (await byHand.isVisible()) await byHand.click();
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByLabel("Port").fill(String(provider.product.port("pop3")));
  await page.getByLabel("User name").fill("ines");
}

test("a wrong password says so in words, step by step, and writes nothing down", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.getByRole("link", { name: "Add mail" }).click();
  await fillServer(page, "not the password");
  await page.getByRole("button", { name: "Try this server" }).click();
  await page
    .getByRole("alert")
    .getByText(/does not take this name and password/)
    .waitFor();
  await page.locator(".step.ok").first().waitFor();
  assert.equal(await page.getByRole("button", { name: "Start collecting" }).count(), 0);
});

test("password managers know the fields", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  assert.equal(await page.getByLabel("E-mail address").getAttribute("autocomplete"), "username");
  assert.equal(await page.getByLabel("Password").getAttribute("autocomplete"), "current-password");
});

test(
  "the right one says what is on the server, asks what becomes of it, and the mail comes",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await page.getByLabel("Password").fill(provider.password);
    await page.getByRole("button", { name: "Try this server" }).click();
    await page.getByText(`${MESSAGES} messages,`).first().waitFor();
    await is(page.getByRole("radio", { name: "Leave everything on the server" }), "on");
    await is(page.getByRole("radio", { name: "Everything", exact: true }), "on");
    await page.getByRole("button", { name: "Start collecting" }).click();
    // The newest come first: the row on top says nothing of those below.
    await page.locator(`[role=grid][aria-rowcount="${MESSAGES}"]`).waitFor({ timeout: 60_000 });
    await page
      .getByRole("link", { name: "provider" })
      .or(page.getByRole("link", { name: /Up to date/ }))
      .first()
      .waitFor();
    await page.waitForURL(/#\/\d+\/source\//);
  },
);

test("a mailbox that is collected already is said to be, before it is added once more", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const place = page.url();
  await goTo(page, "#/sources/add");
  await fillServer(page, provider.password);
  await page.getByRole("button", { name: "Try this server" }).click();
  await page
    .getByRole("status")
    .getByText(/^provider collects this mailbox already/)
    .waitFor();
  await page.goto(place);
});

test("what came is read, searched for, archived and taken back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.getByRole("row", { name: /Letter number 40/ }).click();
  await read(page, 40);
  await page.getByRole("search").getByRole("combobox").fill("quay17");
  await page.keyboard.press("Enter");
  // The list of before stays in sight until there is another.
  await page.locator('[role=grid][aria-rowcount="1"]').waitFor();
  const found = page.getByRole("row", { name: /Letter number 17/ });
  await found.click();
  await read(page, 17);
  await page.keyboard.press("e");
  await page.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText("Taken back").first().waitFor();
});

test("keeping the only copy here is asked twice, and a day's keeping is saved", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/settings/sources");
  await turn(page.getByRole("radio", { name: "Remove right away" }), "on");
  await page.getByText(new RegExp(`^${MESSAGES} messages on the server \\(.+\\) would be removed`)).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  const asked = page.getByRole("alertdialog", { name: "Keep the only copy here?" });
  await asked.getByRole("button", { name: "Cancel" }).click();
  await turn(page.getByRole("radio", { name: "Remove after some days" }), "on");
  await page.getByText(`${MESSAGES} messages on the server`).waitFor({ state: "detached" });
  await page.getByRole("spinbutton", { name: "After how many days" }).fill("365");
  await page.getByText(/^Nothing on the server would be removed at once\. The next would go on /).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Saved", { exact: true }).waitFor();
  await page.reload();
  await is(page.getByRole("radio", { name: "Remove after some days" }), "on");
  await becomes(() => page.getByRole("spinbutton", { name: "After how many days" }).inputValue(), "365");
});

test(
  "removal from the server is planned, counted, confirmed, logged, and takes only what was chosen",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const source = await page.locator(".one-source h2").first().innerText();
    await goTo(page, `#/source/${source}/server`);
    await page.getByText(`${MESSAGES} of ${MESSAGES} are stored here`).waitFor();
    for (const n of [40, 39]) await turn(page.getByRole("checkbox", { name: `Choose Letter number ${n}` }), "on");
    await page.getByRole("button", { name: "Remove from server…" }).click();
    const dialog = page.getByRole("dialog", { name: "Remove 2 messages from the server?" });
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Remove from server…" }).click();
    await dialog.getByRole("button", { name: "Remove them from the server" }).click();
    await page.getByText("2 messages removed from the server").waitFor();
    await page.getByText(`${MESSAGES - 2} of ${MESSAGES - 2} are stored here`).waitFor();
    await page.getByText("What was removed from this server").click();
    await becomes(() => page.locator(".log-rows li").count(), 2);
    for (const n of [40, 39])
      await page
        .locator(".log-rows li")
        .filter({ hasText: `Letter number ${n}` })
        .filter({ hasText: `Sender ${n}` })
        .waitFor();
  },
);

test("on a narrow screen each message on the server has its size and day all the same", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const wide = page.viewportSize() ?? { width: 1440, height: 900 };
  const row = page.getByRole("row", { name: /Letter number 38/ });
  const size = row.getByText(/^\d+ .+ · \S/);
  assert.equal(await size.isVisible(), false, "it has columns of its own");
  await page.setViewportSize({ width: 320, height: 640 });
  try {
    await size.waitFor();
    // Where it is for good is known with the frames behind the new width.
    await becomes(async () => {
      const box = await size.boundingBox();
      return box !== null && box.x >= 0 && box.x + box.width <= 320;
    }, true);
  } finally {
    await page.setViewportSize(wide);
  }
});

test("on a narrow screen it is read what will happen to each message on the server", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const wide = page.viewportSize() ?? { width: 1440, height: 900 };
  const row = page.getByRole("row", { name: /Letter number 38/ });
  const words = row.locator(".server-state > span");
  const next = page.getByRole("row", { name: /Letter number 37/ });
  try {
    for (const width of [320, 360, 390, 600, 719]) {
      await page.setViewportSize({ width, height: 800 });
      await words.getByText(/will go on/).waitFor();
      // A row takes its new height in the next frame.
      await becomes(async () => {
        const [told, under, below] = await Promise.all([words.boundingBox(), row.boundingBox(), next.boundingBox()]);
        if (told === null || under === null || below === null) return "not drawn";
        const { x, y, height } = told;
        if (told.width < 100 || height < 12) return `${told.width} by ${height} pixels of the words at ${width}`;
        if (x < 0 || x + told.width > width) return `beyond the edge at ${width}`;
        return y + height <= under.y + under.height && under.y + under.height <= below.y + 1 ? "read" : "over the next";
      }, "read");
    }
  } finally {
    await page.setViewportSize(wide);
  }
});

test("what was removed from the server is still here after a reload", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const source = decodeURIComponent(page.url().split("/").at(-2) ?? "");
  await goTo(page, `#/all/source/${source}`);
  await page.reload();
  await page.getByRole("row", { name: /Letter number 40/ }).click();
  await read(page, 40);
});

test("a message is removed from its server where it is read, when that was confirmed", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.getByRole("row", { name: /Letter number 37/ }).click();
  const line = page.locator(".server-line");
  await read(page, 37);
  await line.getByText(/^Kept on the server of .+ until /).waitFor();
  await line.getByRole("button", { name: "Remove now…" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove 1 message from the server?" });
  await dialog.getByRole("button", { name: "Remove it from the server" }).click();
  await page.getByText("1 message removed from the server").waitFor();
  await dialog.waitFor({ state: "detached" });
  await page.keyboard.press("z");
  await page.getByText(/^Cannot be taken back: 1 message removed from the server/).waitFor();
  await line.getByText(/^Removed from the server of /).waitFor();
  assert.equal(await line.getByRole("button").count(), 0);
});

test("the protocol log shows the talk with the server and not the password", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/settings/sources");
  await page.locator(".one-source h2 a").first().click();
  await page.getByText("Protocol log").click();
  const log = page.locator(".log pre").filter({ hasText: /C: (AUTH|USER|CAPA|UIDL)/ });
  assert.ok(!(await log.innerText()).includes(provider.password));
});

test("a source that is paused says so, and goes on when it is resumed", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.getByRole("button", { name: "Pause", exact: true }).click();
  const state = page.locator(".main-pane .reached");
  await state.getByText("Paused").waitFor();
  await page.getByRole("button", { name: "Resume" }).click();
  await state.getByText(/Up to date|Collecting/).waitFor();
});

/** Asked for so far; `peer` has been left, and so have all it gave been stored. */
async function retrieved(peer: ScriptedPeer): Promise<number> {
  await peer.untilClosed();
  return peer.commands.filter((one) => one.startsWith("RETR")).length;
}

/** A server whose messages are given other numbers, or are too large, when a test says so. */
async function collectFrom(name: string, peer: ScriptedPeer, wishes: object): Promise<void> {
  const { page } = reader;
  await addSource(page, { name, port: peer.port, user: "pat", password: "secret", ...wishes });
  await goTo(page, `#/all/source/${name}`);
}

/** Of a name of its own: the list of the test before stays in sight until another is there. */
function note(of: string, n: number, lines = 1): string {
  const head = [
    "From: Pat <pat@studio.example>",
    "To: Pat <pat@peer.example>",
    `Subject: ${of} number ${n}`,
    `Date: Mon, ${n} Jun 2026 10:00:00 +0000`,
    `Message-ID: <${of}-${n}@peer.example>`,
  ];
  return [...head, "", ...Array.from({ length: lines }, (_, line) => `Line ${line} of ${n}.`), ""].join("\r\n");
}

test(
  "what is on the server and not here is downloaded from there, and comes into the list",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const peer = await scriptedPeer({ messages: [1, 2, 3, 4, 5, 6].map((n) => note("Shelf", n)) });
    try {
      await collectFrom("shelf", peer, { first: { kind: "newest", messages: 2 } });
      await page.getByRole("row", { name: /Shelf number 6/ }).waitFor({ timeout: 60_000 });
      await page.getByRole("row", { name: /Shelf number 5/ }).waitFor();
      assert.equal(await retrieved(peer), 2);
      await becomes(() => page.getByRole("row").count(), 2);
      await goTo(page, "#/source/shelf/server");
      await page.getByText("2 of 6 are stored here").waitFor();
      await turn(page.getByRole("checkbox", { name: "Choose Shelf number 2" }), "on");
      await page.getByRole("button", { name: "Download", exact: true }).click();
      // The screen follows by itself.
      await page.getByText("3 of 6 are stored here").waitFor({ timeout: 60_000 });
      await goTo(page, "#/all/source/shelf");
      await page.getByRole("row", { name: /Shelf number 2/ }).click();
      await page.getByRole("region", { name: "Reading" }).getByText("Line 0 of 2.").waitFor();
      assert.equal(await retrieved(peer), 3);
      await becomes(() => page.getByRole("row").count(), 3);
    } finally {
      await peer.close();
    }
  },
);

test(
  "a message that was too large comes whole, in place of its header, when that is asked for, and again if it did not",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const peer = await scriptedPeer({
      messages: [note("Parcel", 1), note("Parcel", 2, 1_000)],
      faults: [{ on: "RETR 2", times: 1, answer: "-ERR not now" }],
    });
    try {
      await collectFrom("large", peer, { octetsMax: 4_096 });
      const row = page.getByRole("row", { name: /Parcel number 2/ });
      await row.waitFor({ timeout: 60_000 });
      // By key: what says that mail came in above may lie over the row that a pointer would press.
      await row.press("Enter");
      const card = page.getByRole("region", { name: /header only/ });
      await card.getByRole("button", { name: "Download now" }).click();
      await card.getByText("The whole message did not come from large.").waitFor();
      await card.getByRole("button", { name: "Download now" }).click();
      // Of a header the list shows no text.
      await row.filter({ hasText: "Line 0 of 2." }).press("Enter", { timeout: 60_000 });
      await page.getByText("Line 999 of 2.").waitFor();
      await becomes(() => page.getByRole("row").count(), 2);
    } finally {
      await peer.close();
    }
  },
);

test("a server that renumbered its messages is asked about before anything comes twice", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const notes = [1, 2, 3, 4, 5, 6].map((n) => note("Page", n));
  const peer = await scriptedPeer({ messages: notes });
  const renumber = (mark: string): void =>
    peer.maildrop.replace(notes.map((octets, n) => ({ octets, uniqueId: `${mark}-${n}`, listedOctets: 5_000 + n })));
  try {
    await collectFrom("numbers", peer, {});
    await page.getByRole("row", { name: /Page number 1/ }).waitFor({ timeout: 60_000 });
    const before = await retrieved(peer);
    renumber("new");
    await goTo(page, "#/source/numbers/server");
    const card = page.getByRole("alert").filter({ hasText: "The server renumbered its messages" });
    await card.getByText("Messages that are recognised are not downloaded again").waitFor();
    await card.getByRole("button", { name: "I have them: go on with what comes next" }).click();
    await card.waitFor({ state: "detached" });
    await goTo(page, "#/source/numbers/activity");
    const checked = peer.connections.length;
    await page.getByRole("button", { name: "Check now" }).click();
    await becomes(() => peer.connections.length > checked, true);
    await page
      .locator(".main-pane")
      .getByText(/nothing new/i)
      .waitFor();
    assert.equal(await retrieved(peer), before);
    await goTo(page, "#/all/source/numbers");
    await page.getByRole("row", { name: /Page number 1/ }).waitFor();
    await becomes(() => page.getByRole("row").count(), 6);
  } finally {
    await peer.close();
  }
});

test(
  "while mail is downloaded, what is on the server says that it waits for that; a source that is left is not taken back",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const peer = await scriptedPeer({
      messages: Array.from({ length: 30 }, (_, n) => note("Slow", n + 1)),
      capabilities: ["TOP", "UIDL", "USER"],
      // All of it takes a minute, until what is said meanwhile was read.
      faults: [{ on: "RETR", delayMs: 2_000 }],
    });
    try {
      await collectFrom("slow", peer, {});
      await goTo(page, "#/source/slow/server");
      await page.getByText("Mail is being downloaded from it just now.").waitFor();
      await page.getByRole("progressbar", { name: "Collecting from slow" }).waitFor();
      await goTo(page, "#/settings/sources/slow");
      const card = page.getByRole("region", { name: "slow", exact: true });
      await turn(card.getByRole("radio", { name: "Remove right away" }), "on");
      // Nothing is counted that is not known yet.
      await card.getByText(/^Mail is being downloaded from this server just now/).waitFor();
      peer.script([]);
      await card.getByText(/^30 messages on the server \(.+\) would be removed/).waitFor({ timeout: 60_000 });
      await card.getByRole("button", { name: "Cancel" }).click();
      await goTo(page, "#/source/slow/server");
      await page.getByText("30 of 30 are stored here").waitFor({ timeout: 60_000 });
      await goTo(page, "#/settings/sources/slow");
      await card.getByRole("button", { name: "Stop collecting" }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Stop collecting" }).click();
      await page.getByText("slow is no longer collected").waitFor();
      await page.keyboard.press("z");
      await page.getByText(/^Cannot be taken back: slow is no longer collected/).waitFor();
    } finally {
      await peer.close();
    }
  },
);

test("of a server that is only tried, no next check is promised", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const peer = await scriptedPeer({ faults: [{ on: "greeting", drop: 0 }] });
  try {
    await goTo(page, "#/sources/add");
    await fillServer(page, "secret");
    await page.getByLabel("Port").fill(String(peer.port));
    await page.getByRole("button", { name: "Try this server" }).click();
    await page.getByRole("alert").getByText("The connection was lost").waitFor();
    assert.equal(await page.getByText(/next check/).count(), 0);
  } finally {
    await peer.close();
  }
});
