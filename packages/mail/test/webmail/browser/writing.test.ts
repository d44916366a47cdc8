// Writing in the real reader, to the octets a submission server gets: the built product, a browser, a real SMTP server.
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { letterOf } from "../api/letter.ts";
import { beginMessage, deliver, dropFiles, openLetter, PNG, sentNow } from "./writing-desk.ts";
import { goTo, NEEDS_CHROMIUM, openBrowser, openReader, type Reader } from "./browser.ts";

let browser: Browser;
let reader: Reader;
let peer: SmtpPeer;
let folder: string;
const undoing: (() => Promise<void>)[] = [];

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  folder = await mkdtemp(join(tmpdir(), "restante-files-"));
  undoing.push(() => rm(folder, { recursive: true, force: true }));
  peer = await smtpPeer({ after: (undo: () => Promise<void>) => void undoing.push(undo) }, { password: "pencil" });
  browser = await openBrowser();
  reader = await openReader({ browser, args: ["--demo"] });
});

after(async () => {
  await reader?.stop();
  await browser?.close();
  for (const undo of undoing) await undo();
});

test("an address with its submission server is entered, tested and kept", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/organise/addresses");
  await page.getByRole("button", { name: "Add an address" }).click();
  await page.getByLabel("E-mail address").fill("ines@harbour.example");
  await page.getByLabel("Your name, as others see it").fill("Inés Okafor");
  await page.getByLabel("Signature").fill("The harbour office");
  await page.getByLabel("Write as this address").check();
  await page.getByLabel("Sends through a submission server").check();
  await page.getByLabel("Server", { exact: true }).fill("127.0.0.1");
  await page.getByLabel("Encryption").selectOption("none");
  await page.getByRole("spinbutton", { name: "Port" }).fill(String(peer.port));
  await page.getByLabel("Login name").fill("ines");
  await page.locator("input[type=password]").fill("not the password");
  await page.getByRole("button", { name: "Test the server" }).click();
  await page.getByText("535 5.7.8 wrong password").waitFor();
  await page.locator("input[type=password]").fill("pencil");
  await page.getByRole("button", { name: "Test the server" }).click();
  await page.getByText("The server took the login.").waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByText("Through 127.0.0.1").waitFor();
});

test("from a new message to a sent one with the keyboard alone, each header as expected", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  await page.getByRole("row").first().waitFor();
  await page.keyboard.press("c");
  await page.getByRole("combobox", { name: "To" }).waitFor();
  await page.keyboard.type("Mina <mina@harbour.example>,");
  await page.keyboard.type("pat@studio.example");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: "pat@studio.example" }).waitFor();
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter"); // "Copy, blind copy"
  await page.getByRole("combobox", { name: "Blind copy" }).focus();
  await page.keyboard.type("quiet@desk.example");
  await page.keyboard.press("Tab");
  await page.getByLabel("Subject").focus();
  await page.keyboard.type("Räder und Ruder");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Grüße vom Kai.");
  await page
    .getByRole("status")
    .filter({ hasText: /^Saved$/ })
    .waitFor();
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending in 10 seconds").waitFor();
  // The one message here whose ten seconds pass by themselves.
  await goTo(page, "#/outbox");
  await page.locator("[data-state=sent]").waitFor();
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
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending in 10 seconds").waitFor();
  await page.keyboard.press("z");
  await page.getByLabel("Subject").waitFor();
  assert.equal(await page.getByLabel("Subject").inputValue(), "Too soon");
  assert.equal(await page.getByLabel("Text of the message").inputValue(), "Not yet finished");
  await page.getByRole("button", { name: "Throw the draft away" }).click();
  await page.getByText("Draft thrown away").waitFor();
  assert.equal(peer.taken.length, before);
});

test("too late it says so, and the message went once", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const before = peer.taken.length;
  await beginMessage(page, { to: "mina@harbour.example", subject: "Too late" });
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending in 10 seconds").waitFor();
  const undo = page.getByRole("button", { name: /^Undo/ }).last();
  await sentNow(page, peer, "Too late");
  await undo.click();
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
    await page.keyboard.press("Control+b");
    await page.keyboard.type("bolts");
    await page.keyboard.press("Control+Enter");
    await page.getByText("Sending in 10 seconds").waitFor();
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
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending in 10 seconds").waitFor();
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
    const folder = await mkdtemp(join(tmpdir(), "restante-files-"));
    undoing.push(() => rm(folder, { recursive: true, force: true }));
    const dropped = join(folder, "plan of the pier.txt");
    await writeFile(dropped, "the plan");
    await beginMessage(page, { to: "mina@harbour.example", subject: "The plan is attached" });
    await page.getByRole("button", { name: "Send", exact: false }).filter({ hasText: "Send" }).first().click();
    await page.getByRole("alertdialog", { name: "Send without an attachment?" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Attach files" }).click(),
    ]);
    await chooser.setFiles({ name: "bill.csv", mimeType: "text/csv", buffer: Buffer.from("1,2\n") });
    await page.getByText("bill.csv").waitFor();
    await dropFiles(page, page.locator("textarea.compose-text"), [dropped]);
    await page.getByText("plan of the pier.txt").waitFor();
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.evaluate(`fetch("data:image/png;base64,${PNG.toString("base64")}")
    .catch(() => null)
    .then(() => Uint8Array.from(atob("${PNG.toString("base64")}"), (letter) => letter.charCodeAt(0)))
    .then((octets) => navigator.clipboard.write([new ClipboardItem({ "image/png": new Blob([octets], { type: "image/png" }) })]))`);
    await page.getByLabel("Text of the message").focus();
    await page.keyboard.press("Control+v");
    await page.getByText("image.png").waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByText("Sending in 10 seconds").waitFor();
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
    const [chooser] = await Promise.all([
      page.waitForEvent("filechooser"),
      page.getByRole("button", { name: "Attach files" }).click(),
    ]);
    const film = join(folder, "film.mp4");
    await writeFile(film, Buffer.alloc(20_000_001));
    await chooser.setFiles(film);
    await page.getByText("More than 20 MB.").waitFor();
    await page.getByRole("button", { name: "Remove film.mp4" }).click();
    await page.getByText("More than 20 MB.").waitFor({ state: "detached" });
    await page.keyboard.press("Control+Enter");
    await page.getByText("Sending in 10 seconds").waitFor();
    const taken = await sentNow(page, peer, "victim@v.example");
    assert.deepEqual(taken.to, ["eve@evil.example"]);
    const { fields, field } = letterOf(taken.octets);
    assert.equal(field("subject"), "Hi Bcc: victim@v.example");
    assert.equal(fields.filter(([name]) => name === "bcc").length, 0);
  },
);
