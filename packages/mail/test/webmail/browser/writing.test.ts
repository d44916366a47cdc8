// Writing in the real reader, to the octets a submission server gets: the built product, a browser, a real SMTP server.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { test } from "node:test";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { letterOf } from "../api/letter.ts";
import {
  ask,
  attach,
  attached,
  beginMessage,
  deliver,
  dropFiles,
  hasFocus,
  holdOffer,
  openLetter,
  PNG,
  saved,
  sendHeld,
  sendWritten,
  sentNow,
  takesFocus,
  writeThrough,
} from "./writing-desk.ts";
import { answeredBy, becomes, drawn, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

let reader: Reader;
let peer: SmtpPeer;
let folder: string;

setUp(async (file) => {
  folder = temporaryDirectory(file);
  peer = await smtpPeer(file, { password: "pencil" });
  reader = await openReader(file, { args: ["--demo"] });
  await writeThrough(reader.page, peer, { login: { user: "ines", password: "pencil" } });
});

interface Subject {
  readonly subject: string;
}

interface HeldTab {
  readonly page: Page;
  readonly letThrough: () => void;
  /** As a line that breaks does. */
  readonly refuse: () => void;
}

/** A tab of its own whose first request to `path` waits until it is let through or refused. */
async function tabWith(path: string): Promise<HeldTab> {
  const page = await reader.context.newPage();
  let end: (how: "continue" | "abort") => void = () => undefined;
  const isOver = new Promise<"continue" | "abort">((resolve) => (end = resolve));
  let isFirst = true;
  await page.route(path, async (route) => {
    const isHeld = isFirst;
    isFirst = false;
    await ((isHeld ? await isOver : "continue") === "abort" ? route.abort() : route.continue());
  });
  await page.goto(`${reader.origin}/#/all/inbox`);
  await page.getByRole("row").first().waitFor();
  return { page, letThrough: () => end("continue"), refuse: () => end("abort") };
}

/** Presses Tab until `place` has the focus, and no oftener than there are places on the way. */
async function tabTo(page: Page, place: Locator): Promise<void> {
  for (let presses = 0; presses < 8; presses += 1) {
    if ((await place.and(page.locator(":focus")).count()) > 0) return;
    await page.keyboard.press("Tab");
  }
  await hasFocus(place);
}

test("what stands in the way of sending leaves the focus where it was sent from", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("c");
  const to = page.getByRole("combobox", { name: "To" });
  await hasFocus(to);
  await page.keyboard.press("Control+Enter");
  await page.locator(".compose-hint[role=alert]").waitFor();
  await hasFocus(to);
  await to.fill(`${Array.from({ length: 25 }, (_, at) => `a${at}@harbour.example`).join(",")},`);
  await page.locator(".person-chip").nth(24).waitFor();
  await page.keyboard.type("last@harbour.example");
  await page.keyboard.press("Control+Enter");
  const asking = page.getByRole("alertdialog");
  await asking.waitFor();
  await becomes(() => page.locator(".person-chip").count(), 26); // What was typed counts.
  await takesFocus(asking);
  await page.keyboard.press("Escape");
  await asking.waitFor({ state: "detached" });
  await hasFocus(to);
  await page.getByRole("button", { name: "Throw the draft away" }).click();
  await page.locator(".compose").waitFor({ state: "detached" });
});

test("F6 leads from the window one writes in to the other panes, and back into its text", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("c");
  await hasFocus(page.getByRole("combobox", { name: "To" }));
  await page.keyboard.press("F6");
  await hasFocus(page.locator(".side-pane a[aria-current=page]"));
  await page.keyboard.press("Shift+F6");
  await hasFocus(page.getByLabel("Text of the message"));
  await page.keyboard.press("Escape");
  await page.locator(".compose").waitFor({ state: "detached" });
});

test("from a new message to a sent one with the keyboard alone, each header as expected", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("c");
  await hasFocus(page.getByRole("combobox", { name: "To" }));
  await page.keyboard.type("Mina <mina@harbour.example>,");
  await page.keyboard.type("pat@studio.example");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: "pat@studio.example" }).waitFor();
  await page.keyboard.press("Tab");
  await hasFocus(page.getByRole("button", { name: "Copy, blind copy" }));
  await page.keyboard.press("Enter");
  await hasFocus(page.getByRole("combobox", { name: "Copy", exact: true }));
  await tabTo(page, page.getByRole("combobox", { name: "Blind copy" }));
  await page.keyboard.type("quiet@desk.example");
  await tabTo(page, page.getByLabel("Subject"));
  await page.getByRole("row", { name: "quiet@desk.example" }).waitFor();
  await page.keyboard.type("Räder und Ruder");
  await tabTo(page, page.getByLabel("Text of the message"));
  await page.keyboard.type("Grüße vom Kai.");
  await page
    .getByRole("status")
    .filter({ hasText: /^Saved$/ })
    .waitFor();
  await sendWritten(page);
  // The one message here whose ten seconds pass by themselves.
  await goTo(page, "#/outbox");
  await page.locator("[data-state=sent]").filter({ hasText: "Räder und Ruder" }).waitFor();
  const [taken] = peer.taken;
  assert.ok(taken !== undefined);
  assert.equal(taken.user, "ines");
  assert.equal(taken.from, "ines@harbour.example");
  assert.deepEqual([...taken.to].sort(), ["mina@harbour.example", "pat@studio.example", "quiet@desk.example"]);
  const { field, body } = letterOf(taken.octets);
  assert.equal(field("from"), "=?UTF-8?Q?In=C3=A9s_Okafor?= <ines@harbour.example>");
  assert.equal(field("to"), "Mina <mina@harbour.example>, pat@studio.example");
  assert.equal(field("subject"), "=?UTF-8?Q?R=C3=A4der_und_Ruder?=");
  assert.match(field("date") ?? "", /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/);
  assert.match(field("message-id") ?? "", /^<[^<>\s]+@[^<>\s]+>$/);
  assert.match(field("content-type") ?? "", /^text\/plain; charset=utf-8; format=flowed/i);
  assert.equal(field("bcc"), undefined, "a blind copy stands in the envelope alone");
  assert.doesNotMatch(taken.octets.toString("latin1"), /quiet@desk/);
  assert.match(body, /The harbour office/);
});

test("taken back in time nothing is sent, and every word is there again", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const before = peer.taken.length;
  await beginMessage(page, { to: "mina@harbour.example", subject: "Too soon" });
  await page.getByLabel("Text of the message").fill("Not yet finished");
  await sendWritten(page);
  await page.keyboard.press("z");
  await becomes(() => page.getByLabel("Subject").inputValue(), "Too soon");
  await becomes(() => page.getByLabel("Text of the message").inputValue(), "Not yet finished");
  await page.getByRole("button", { name: "Throw the draft away" }).click();
  await page.getByText("Draft thrown away").waitFor();
  const { entries } = (await ask(page, "/api/outbox?account=1")) as { readonly entries: readonly Subject[] };
  assert.deepEqual(
    entries.filter(({ subject }) => subject === "Too soon"),
    [],
    "it waits no longer to be sent",
  );
  assert.equal(peer.taken.length, before);
});

test("too late it says so, and the message went once", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const before = peer.taken.length;
  await beginMessage(page, { to: "mina@harbour.example", subject: "Too late" });
  await sendWritten(page);
  const offer = await holdOffer(page, "Sending in 10 seconds");
  await sendHeld(page, "Too late");
  await goTo(page, "#/outbox");
  await page.locator(".outgoing[data-state=sent]").filter({ hasText: "Too late" }).waitFor();
  await offer.getByRole("button", { name: /^Undo/ }).click();
  await page.getByText("It is on its way or gone already, so it cannot be taken back.").waitFor();
  assert.deepEqual(
    peer.taken.slice(before).map(({ octets }) => letterOf(octets).field("subject")),
    ["Too late"],
  );
});

test(
  "formatted text goes out as text and HTML that say the same, with the signature of who sends",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await beginMessage(page, { to: "mina@harbour.example", subject: "List" });
    await page.getByRole("button", { name: "Formatted text" }).click();
    const editor = page.getByRole("textbox", { name: "Text of the message" });
    await editor.getByText("The harbour office").waitFor();
    await page.locator("select.compose-from").selectOption("demo@localhost");
    await editor.getByText("The harbour office").waitFor({ state: "detached" });
    await page.locator("select.compose-from").selectOption("ines@harbour.example");
    await editor.click();
    await page.keyboard.press("Control+Home");
    await page.keyboard.type("bolts");
    await editor.getByText("bolts").waitFor();
    // The editor hears of a caret that was moved a moment later; "all" it chooses itself.
    await page.keyboard.press("Control+a");
    await page.keyboard.press("Control+b");
    await editor.locator("strong", { hasText: "bolts" }).waitFor();
    await sendWritten(page);
    const { octets } = await sentNow(page, peer, "List");
    assert.match(letterOf(octets).field("content-type") ?? "", /^multipart\/alternative/);
    // RFC 2045 §6.7: a soft line break is no part of the text.
    const text = octets.toString("latin1").replaceAll("=\r\n", "");
    assert.match(text, /<p><strong>bolts<\/strong>/);
    assert.match(text, /\r\n\r\nbolts\r\n/);
  },
);

test("an answer says what it answers, quotes it, and goes to who wrote", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await deliver(reader, [
    "From: Pat <pat@studio.example>",
    "To: demo@localhost, jo@desk.example",
    "Subject: Pier four",
    `Date: ${new Date().toUTCString().replace("GMT", "+0000")}`,
    "Message-ID: <pier-2@studio.example>",
    "References: <pier-1@studio.example>",
    "",
    "At noon?",
  ]);
  await openLetter(page, "Pier four");
  await page.keyboard.press("a");
  await page.getByRole("textbox", { name: "Text of the message" }).waitFor();
  await page.locator("select.compose-from").selectOption({ label: "Inés Okafor <ines@harbour.example>" });
  await page.getByText("The message came to demo@localhost.").waitFor();
  await page.getByRole("textbox", { name: "Text of the message" }).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("Yes.");
  await sendWritten(page);
  const { field, body } = letterOf((await sentNow(page, peer, "Re: Pier four")).octets);
  assert.equal(field("to"), "Pat <pat@studio.example>");
  assert.equal(field("cc"), "jo@desk.example");
  assert.equal(field("subject"), "Re: Pier four");
  assert.equal(field("in-reply-to"), "<pier-2@studio.example>");
  assert.equal(field("references"), "<pier-1@studio.example> <pier-2@studio.example>");
  assert.match(body, /^Yes\./);
  // In the language and with the clock of the browser, which is in Britain.
  assert.match(body, /^On \w+,? \d+ \w+ \d{4} at \d\d:\d\d, Pat wrote:\r$/m);
  assert.match(body, /^> At noon\?/m);
});

test(
  "files come in by button, by drop and by paste, and are asked for when they are forgotten",
  NEEDS_CHROMIUM,
  async () => {
    const { page, context } = reader;
    const dropped = join(folder, "plan of the pier.txt");
    await writeFile(dropped, "the plan");
    await beginMessage(page, { to: "mina@harbour.example", subject: "The plan is attached" });
    await page.getByRole("button", { name: "Send", exact: false }).filter({ hasText: "Send" }).first().click();
    await page.getByRole("alertdialog", { name: "Send without an attachment?" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await attach(page, { name: "bill.csv", mimeType: "text/csv", buffer: Buffer.from("1,2\n") });
    await attached(page, "bill.csv");
    await dropFiles(page, page.locator("textarea.compose-text"), [dropped]);
    await attached(page, "plan of the pier.txt");
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    // Copied elsewhere: the reader's own pages may write to no clipboard.
    const elsewhere = await context.newPage();
    await elsewhere.route("**/*", (route) =>
      route.fulfill({ contentType: "text/html", body: "<title>Elsewhere</title>" }),
    );
    await elsewhere.goto("http://localhost/");
    await elsewhere.evaluate(`fetch("data:image/png;base64,${PNG.toString("base64")}")
    .catch(() => null)
    .then(() => Uint8Array.from(atob("${PNG.toString("base64")}"), (letter) => letter.charCodeAt(0)))
    .then((octets) => navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([octets], { type: "image/png" }) })]))`);
    await elsewhere.close();
    await page.bringToFront();
    await page.getByLabel("Text of the message").focus();
    await page.keyboard.press("Control+v");
    await attached(page, "image.png");
    await sendWritten(page);
    const { octets } = await sentNow(page, peer, "The plan is attached");
    const text = octets.toString("latin1");
    assert.match(text, /filename=bill\.csv/);
    assert.match(text, /filename="plan of the pier\.txt"/);
    assert.match(text, new RegExp(Buffer.from("the plan").toString("base64")));
    assert.match(text, /Content-Type: image\/png; name=image\.png/);
  },
);

test(
  "more than twenty megabytes are warned of, and what is typed into fields stays in them",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await beginMessage(page, {
      to: "Eve Bcc: victim@v.example <eve@evil.example>",
      subject: "Hi\u2028Bcc: victim@v.example",
    });
    const film = join(folder, "film.mp4");
    await writeFile(film, Buffer.alloc(20_000_001));
    await attach(page, film);
    await page.getByText("More than 20 MB.").waitFor();
    await attached(page, "film.mp4");
    await page.getByRole("button", { name: "Remove film.mp4" }).click();
    await page.getByText("More than 20 MB.").waitFor({ state: "detached" });
    await sendWritten(page);
    const taken = await sentNow(page, peer, "victim@v.example");
    assert.deepEqual(taken.to, ["eve@evil.example"]);
    const { fields, field } = letterOf(taken.octets);
    assert.equal(field("subject"), "Hi Bcc: victim@v.example");
    assert.equal(fields.filter(([name]) => name === "bcc").length, 0);
  },
);

test(
  "a tab is not closed unasked while a file is on its way, in a window that is closed too",
  NEEDS_CHROMIUM,
  async () => {
    const { page, letThrough } = await tabWith("**/api/drafts/*/attachments?*");
    await beginMessage(page, { to: "mina@harbour.example", subject: "Half a film" });
    const asked = page.waitForRequest("**/api/drafts/*/attachments?*");
    await attach(page, { name: "film.txt", mimeType: "text/plain", buffer: Buffer.from("a film") });
    await asked;
    for (const closes of [false, true]) {
      if (closes) {
        await page.getByRole("button", { name: "Close; the draft is kept" }).click();
        await page.locator(".compose").waitFor({ state: "detached" });
      }
      const question = page.waitForEvent("dialog");
      await page.close({ runBeforeUnload: true });
      assert.equal((await question).type(), "beforeunload");
      await (await question).dismiss();
    }
    const answered = page.waitForResponse("**/api/drafts/*/attachments?*");
    letThrough();
    assert.equal((await answered).status(), 200);
    await page.close();
  },
);

test("a name that is typed on before the server has answered brings in nobody else", NEEDS_CHROMIUM, async () => {
  await deliver(reader, ["From: Ferry <times@ferry.example>", "Subject: The winter timetable", "", "hello"]);
  const { page, letThrough } = await tabWith("**/api/addresses?*nobody*");
  await page.getByRole("row", { name: /The winter timetable/ }).waitFor();
  await page.getByRole("button", { name: "New message" }).click();
  const to = page.getByRole("combobox", { name: "To" });
  await to.fill("times@fer");
  await page.getByRole("option", { name: /times@ferry\.example/ }).waitFor();
  const asked = page.waitForRequest("**/api/addresses?*nobody*");
  await to.fill("nobody");
  const slow = await asked;
  await to.press("Enter");
  await page.locator(".person-chip").first().waitFor();
  // One that is wrong says so in words nobody sees.
  const chips = (): Promise<readonly string[]> => page.locator(".person-chip bdi").allTextContents();
  assert.deepEqual(await chips(), ["nobody"]);
  letThrough();
  await slow.response();
  await drawn(page);
  await saved(page);
  assert.deepEqual(await chips(), ["nobody"]);
  await page.close();
});

/** Presses "send", and resolves when the server was asked. */
async function sendSlowly(page: Page): Promise<void> {
  const asked = page.waitForRequest("**/api/drafts/*/send");
  await page.keyboard.press("Control+Enter");
  await asked;
}

test("a message that is sent slowly takes no window but its own with it", NEEDS_CHROMIUM, async () => {
  const { page, letThrough } = await tabWith("**/api/drafts/*/send");
  await beginMessage(page, { to: "mina@harbour.example", subject: "Sent slowly" });
  await sendSlowly(page);
  await page.getByLabel("Close; the draft is kept").click();
  await page.locator(".compose").waitFor({ state: "detached" });
  await beginMessage(page, { to: "pat@studio.example", subject: "Begun meanwhile" });
  letThrough();
  await page.locator(".toast").filter({ hasText: "Sending in 10 seconds" }).waitFor();
  assert.equal(await page.getByLabel("Subject").inputValue(), "Begun meanwhile");
  await saved(page);
  await page.close();
});

test("what is refused when its window is closed is told, and leads back to it", NEEDS_CHROMIUM, async () => {
  const { page, refuse } = await tabWith("**/api/drafts/*/send");
  await beginMessage(page, { to: "mina@harbour.example", subject: "Refused later" });
  const body = page.getByLabel("Text of the message");
  await body.fill("nothing is added");
  await sendSlowly(page);
  await page.locator("textarea[readonly]:focus").waitFor();
  await page.keyboard.type("meanwhile");
  await page.keyboard.press("Escape");
  await page.locator(".compose").waitFor({ state: "detached" });
  refuse();
  const told = page.locator(".toast.trouble").filter({ hasText: "“Refused later” was not sent." });
  await told.getByRole("button", { name: "Open it" }).click();
  await body.waitFor();
  assert.equal(await body.inputValue(), "nothing is added");
  await page.close();
});

test("of two messages that are answered one after the other, the last one is written to", NEEDS_CHROMIUM, async () => {
  for (const subject of ["Answered first", "Answered second"])
    await deliver(reader, [`From: ${subject.replace(" ", ".")}@b.example`, `Subject: ${subject}`, "", "hello"]);
  const { page, letThrough } = await tabWith("**/api/drafts");
  await openLetter(page, "Answered first");
  const first = page.waitForRequest("**/api/drafts");
  await page.keyboard.press("r");
  await first;
  await openLetter(page, "Answered second");
  await page.keyboard.press("r");
  await page.locator(".person-chip").filter({ hasText: "answered.second@b.example" }).waitFor();
  const answered = answeredBy(page, /\/api\/drafts$/);
  letThrough();
  await answered;
  // What came of it would be drawn by now.
  await drawn(page);
  assert.equal(await page.getByLabel("Subject").inputValue(), "Re: Answered second");
  await page.close();
});
