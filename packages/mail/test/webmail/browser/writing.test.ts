// Writing in the real reader, to the octets a submission server gets: the built product, a browser, a real SMTP server.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { runProgram } from "../../../../../interop/product.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { axeFindings } from "./axe.ts";
import { goTo, NEEDS_CHROMIUM, openBrowser, openReader, type Reader } from "./browser.ts";

let browser: Browser;
let reader: Reader;
let peer: SmtpPeer;
const undoing: (() => Promise<void>)[] = [];

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  peer = await smtpPeer({ after: (undo: () => Promise<void>) => void undoing.push(undo) }, { password: "pencil" });
  browser = await openBrowser();
  reader = await openReader({ browser, args: ["--demo"] });
});

after(async () => {
  await reader?.stop();
  await browser?.close();
  for (const undo of undoing) await undo();
});

/** Header fields by name, unfolded, in the order they stand; and the body. */
function partsOf(octets: Buffer): { readonly fields: ReadonlyMap<string, string>; readonly body: string } {
  const text = octets.toString("utf8");
  const end = text.indexOf("\r\n\r\n");
  const lines = text
    .slice(0, end)
    .replaceAll(/\r\n[ \t]+/g, " ")
    .split("\r\n");
  const fields = lines.map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const);
  return { fields: new Map(fields), body: text.slice(end + 4) };
}

/** The message that was sent last, once the server has one more than `before`. */
async function nextTaken(page: Page, before: number): Promise<SmtpPeer["taken"][number]> {
  await goTo(page, "#/outbox");
  await page.locator("[data-state=sent]").nth(before).waitFor();
  const taken = peer.taken[before];
  assert.ok(taken !== undefined, "the server took nothing");
  return taken;
}

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
  const taken = await nextTaken(page, 0);
  assert.equal(taken.user, "ines");
  assert.equal(taken.from, "ines@harbour.example");
  assert.deepEqual([...taken.to].sort(), ["mina@harbour.example", "pat@studio.example", "quiet@desk.example"]);
  const { fields, body } = partsOf(taken.octets);
  assert.equal(fields.get("From"), "=?UTF-8?Q?In=C3=A9s_Okafor?= <ines@harbour.example>");
  assert.equal(fields.get("To"), "Mina <mina@harbour.example>, pat@studio.example");
  assert.equal(fields.get("Subject"), "=?UTF-8?Q?R=C3=A4der_und_Ruder?=");
  assert.match(fields.get("Date") ?? "", /^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} [+-]\d{4}$/);
  assert.match(fields.get("Message-ID") ?? "", /^<[^<>\s]+@[^<>\s]+>$/);
  assert.match(fields.get("Content-Type") ?? "", /^text\/plain; charset=utf-8; format=flowed/i);
  assert.equal(fields.has("Bcc"), false, "a blind copy stands in the envelope alone");
  assert.doesNotMatch(taken.octets.toString("latin1"), /quiet@desk/);
  assert.match(body, /The harbour office/);
});

test("taken back in time nothing is sent, and every word is there again", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const before = peer.taken.length;
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("combobox", { name: "To" }).fill("mina@harbour.example,");
  await page.getByLabel("Subject").fill("Too soon");
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

test("formatted text goes out as text and HTML that say the same", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const before = peer.taken.length;
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("combobox", { name: "To" }).fill("mina@harbour.example,");
  await page.getByLabel("Subject").fill("List");
  await page.getByRole("button", { name: "Formatted text" }).click();
  const editor = page.getByRole("textbox", { name: "Text of the message" });
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Control+b");
  await page.keyboard.type("bolts");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending in 10 seconds").waitFor();
  const { octets } = await nextTaken(page, before);
  const { fields } = partsOf(octets);
  assert.match(fields.get("Content-Type") ?? "", /^multipart\/alternative/);
  // RFC 2045 §6.7: a soft line break is no part of the text.
  const text = octets.toString("latin1").replaceAll("=\r\n", "");
  assert.match(text, /<p><strong>bolts<\/strong><\/p>/);
  assert.match(text, /\r\n\r\nbolts\r\n/);
});

test("an answer says what it answers, quotes it, and goes to who wrote", NEEDS_CHROMIUM, async () => {
  const { page, product } = reader;
  const before = peer.taken.length;
  const letter = [
    "From: Pat <pat@studio.example>",
    "To: demo@localhost, jo@desk.example",
    "Subject: Pier four",
    "Message-ID: <pier-2@studio.example>",
    "References: <pier-1@studio.example>",
    "",
    "At noon?",
    "",
  ];
  await product.cli(["deliver", "demo@localhost"], letter.join("\r\n"));
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Pier four/ }).click();
  await page.getByRole("button", { name: /^Reply to all/ }).waitFor();
  await page.keyboard.press("a");
  await page.getByRole("textbox", { name: "Text of the message" }).waitFor();
  await page.locator("select.compose-from").selectOption({ label: "Inés Okafor <ines@harbour.example>" });
  await page.getByText("The message came to demo@localhost.").waitFor();
  await page.getByRole("textbox", { name: "Text of the message" }).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("Yes.");
  await page.keyboard.press("Control+Enter");
  await page.getByText("Sending in 10 seconds").waitFor();
  const { fields, body } = partsOf((await nextTaken(page, before)).octets);
  assert.equal(fields.get("To"), "Pat <pat@studio.example>");
  assert.equal(fields.get("Cc"), "jo@desk.example");
  assert.equal(fields.get("Subject"), "Re: Pier four");
  assert.equal(fields.get("In-Reply-To"), "<pier-2@studio.example>");
  assert.equal(fields.get("References"), "<pier-1@studio.example> <pier-2@studio.example>");
  assert.match(body, /^Yes\./);
  assert.match(body, /^> At noon\?/m);
});

test("a draft outlives its tab, and what the server did not get is offered back", NEEDS_CHROMIUM, async () => {
  const { context, page } = reader;
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByLabel("Subject").fill("Kept");
  await page
    .getByRole("status")
    .filter({ hasText: /^Saved$/ })
    .waitFor();
  await page.route("**/api/drafts/**", (route) =>
    route.request().method() === "PUT" ? route.abort() : route.continue(),
  );
  await page.getByLabel("Text of the message").fill("written in the last second");
  const again = await context.newPage();
  await page.close({ runBeforeUnload: false });
  await again.goto(`${reader.origin}/`);
  await again.getByRole("button", { name: "Open it" }).click();
  await again.getByLabel("Subject").waitFor();
  assert.equal(await again.getByLabel("Subject").inputValue(), "Kept");
  assert.equal(await again.getByLabel("Text of the message").inputValue(), "written in the last second");
  await again.close();
});

test("a rule sorts mail as it comes: over POP it is not in the maildrop any more", NEEDS_CHROMIUM, async () => {
  const { product, context } = reader;
  const page = await context.newPage();
  await page.goto(`${reader.origin}/#/organise/mailboxes`);
  await page.getByLabel("New mailbox").fill("Boats");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("0 messages").waitFor();
  await goTo(page, "#/organise/rules");
  await page.getByRole("button", { name: "New rule" }).click();
  await page.getByLabel("Part of the message").selectOption("subject");
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("regatta");
  await page.getByLabel("Where").selectOption("Boats");
  await page.getByText(/^Matches \d+ messages? in the inbox$/).waitFor();
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Change" }).waitFor();
  const demo = product.accounts.find(({ user }) => user === "demo");
  assert.ok(demo !== undefined);
  const list = async (): Promise<number> => {
    const url = `pop3://127.0.0.1:${product.port("pop3")}/`;
    const { stdout } = await runProgram("curl", ["-s", "-u", `${demo.user}:${demo.password}`, url]);
    return stdout.split("\n").filter((line) => /^\d+ \d+/.test(line)).length;
  };
  const before = await list();
  const letter = (subject: string): string =>
    `From: a@b.example\r\nTo: demo@localhost\r\nSubject: ${subject}\r\n\r\nhello\r\n`;
  await product.cli(["deliver", "demo@localhost"], letter("The regatta"));
  await product.cli(["deliver", "demo@localhost"], letter("Something else"));
  assert.equal(await list(), before + 1);
  await goTo(page, "#/1/mailbox/Boats");
  await page.getByRole("row", { name: /The regatta/ }).waitFor();
  await page.close();
});

for (const [name, place] of [
  ["drafts", "#/drafts"],
  ["the outbox", "#/outbox"],
  ["rules", "#/organise/rules"],
  ["mailboxes", "#/organise/mailboxes"],
  ["labels", "#/organise/labels"],
  ["addresses", "#/organise/addresses"],
  ["import and export", "#/organise/transfer"],
] as const) {
  for (const colorScheme of ["light", "dark"] as const) {
    test(`axe finds nothing on ${name}, ${colorScheme}`, NEEDS_CHROMIUM, async () => {
      const page = await reader.context.newPage();
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await page.goto(`${reader.origin}/${place}`);
      await page.getByRole("heading", { level: 1 }).waitFor();
      assert.deepEqual(await axeFindings(page), []);
      await page.close();
    });
  }
}

test("axe finds nothing in the window one writes in", NEEDS_CHROMIUM, async () => {
  const page = await reader.context.newPage();
  await page.emulateMedia({ reducedMotion: "reduce" });
  await page.goto(`${reader.origin}/#/all/inbox`);
  await page.getByRole("button", { name: "New message" }).click();
  await page.getByRole("combobox", { name: "To" }).fill("mina@harbour.example, nobody,");
  assert.deepEqual(await axeFindings(page), []);
  await page.getByRole("button", { name: "Formatted text" }).click();
  await page.getByRole("textbox", { name: "Text of the message" }).waitFor();
  assert.deepEqual(await axeFindings(page), []);
  await page.close();
});
