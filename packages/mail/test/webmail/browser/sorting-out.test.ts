// What a person does to mail every day and may want back: filed for good by a rule, a label or a file taken off, a
// message that reached some of its recipients, and servers that will not take it.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { becomes, goTo, NEEDS_CHROMIUM, turn } from "./browser.ts";
import {
  ask,
  attach,
  attached,
  beginMessage,
  deliver,
  hurried,
  INES,
  openLetter,
  saved,
  sendWritten,
  sentNow,
  writeThrough,
} from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

let reader: Reader;
let peer: SmtpPeer;
let folder: string;
/** What RCPT and the final dot hear. */
const answers: { recipient: (address: string) => string | undefined; message: string | undefined } = {
  recipient: () => undefined,
  message: undefined,
};

setUp(async (file) => {
  folder = temporaryDirectory(file);
  peer = await smtpPeer(file, {
    onRecipient: (address) => answers.recipient(address),
    onMessage: () => answers.message,
  });
  reader = await openReader(file, { args: ["--demo"] });
  await writeThrough(reader.page, peer);
});

test(
  "after mail of one person was moved, a rule is offered that files the next by itself",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    await ask(page, "/api/mailboxes", { method: "POST", body: { account: "1", name: "Ferry" } });
    const from = "From: Ferry <times@ferry.example>";
    await deliver(reader, [from, "Subject: Winter times", "", "hello"]);
    await openLetter(page, "Winter times");
    await page.keyboard.press("v");
    await page.getByRole("dialog").getByRole("button", { name: "Ferry" }).click();
    await page.locator(".toast").getByRole("button", { name: "Make a rule of it" }).click();
    await page.getByText(/^Matches \d+ messages? in the inbox$/).waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("listitem").filter({ hasText: "times@ferry.example" }).waitFor();
    await deliver(reader, [from, "Subject: Summer times", "", "hello"]);
    await goTo(page, "#/1/mailbox/Ferry");
    await page.getByRole("row", { name: /Summer times/ }).waitFor();
  },
);

test("a label that was removed is on its mail again when that is undone", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await ask(page, "/api/labels", { method: "PUT", body: { account: "1", name: "Ropes", colour: "teal" } });
  await deliver(reader, ["From: a@b.example", "Subject: New ropes", "", "hello"]);
  await openLetter(page, "New ropes");
  await page.keyboard.press("l");
  const dialog = page.getByRole("dialog");
  await turn(dialog.getByRole("checkbox", { name: "Ropes" }), "on");
  await page.keyboard.press("Escape");
  // With a capital: a text would be found in the subject, too.
  const row = page.getByRole("row", { name: /New ropes/ }).filter({ hasText: /Ropes/ });
  await row.waitFor();
  await goTo(page, "#/organise/labels");
  await page.getByRole("button", { name: "Remove the label Ropes" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove the label" }).click();
  await page.locator(".toast").filter({ hasText: "Label Ropes removed" }).getByRole("button", { name: "Undo" }).click();
  await page.getByRole("listitem").filter({ hasText: "Ropes" }).waitFor();
  await goTo(page, "#/all/inbox");
  await row.waitFor();
});

async function attachPlan(page: Page): Promise<void> {
  const file = join(folder, "plan.txt");
  await writeFile(file, "plan");
  await attach(page, file);
  await attached(page, "plan.txt");
}

test("a file that is taken off comes back by undo; sent without it, it is not there", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await beginMessage(page, { to: "eve@oak.example", subject: "The plan" });
  await attachPlan(page);
  const remove = page.getByRole("button", { name: "Remove plan.txt" });
  await remove.click();
  await remove.waitFor({ state: "detached" });
  await page.locator(".toast").filter({ hasText: "plan.txt removed" }).getByRole("button", { name: "Undo" }).click();
  await remove.waitFor();
  await remove.click();
  await remove.waitFor({ state: "detached" });
  await page.getByLabel("Subject").focus();
  await sendWritten(page);
  const taken = await sentNow(page, peer, "The plan");
  assert.doesNotMatch(taken.octets.toString("latin1"), /plan\.txt/);
});

test("a file that was taken off just before the tab was closed does not come back", NEEDS_CHROMIUM, async () => {
  const { page, context } = reader;
  const tab = await context.newPage();
  await tab.goto(reader.origin);
  await beginMessage(tab, { to: "eve@oak.example", subject: "Closed at once" });
  await attachPlan(tab);
  await saved(tab);
  const { drafts } = (await ask(page, "/api/drafts?account=1")) as {
    readonly drafts: readonly { readonly id: string; readonly subject: string }[];
  };
  const id = drafts.find(({ subject }) => subject === "Closed at once")?.id ?? "";
  const draft = async () => (await ask(page, `/api/drafts/${id}?account=1`)) as { readonly attachments: unknown[] };
  const files = async (): Promise<number> => (await draft()).attachments.length;
  assert.equal(await files(), 1);
  await tab.getByRole("button", { name: "Remove plan.txt" }).click();
  await tab.locator(".toast").filter({ hasText: "plan.txt removed" }).hover();
  await tab.close({ runBeforeUnload: true });
  // What it asked for at its end may take a moment to arrive.
  await becomes(files, 0);
});

test("recipients are completed from mail, with the keyboard", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/all/inbox");
  await page.getByRole("button", { name: "New message" }).click();
  const to = page.getByRole("combobox", { name: "To" });
  await to.fill("times@fer");
  await page.getByRole("option", { name: /times@ferry\.example/ }).waitFor();
  await to.press("ArrowDown");
  await page.locator("[role=option][data-focused]").waitFor();
  await to.press("Enter");
  await page.locator(".person-chip").filter({ hasText: "Ferry" }).waitFor();
  await saved(page);
  await page.keyboard.press("Escape");
  await page.locator(".compose").waitFor({ state: "detached" });
});

test("what some have says who, and is written on to the others alone", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  answers.recipient = (address) => (address.startsWith("lost") ? "550 5.1.1 nobody here" : undefined);
  await beginMessage(page, { to: "eve@oak.example, lost@oak.example", subject: "To two" });
  await sendWritten(page);
  const entry = await hurried(page, "To two");
  await entry.getByText("Sent to: eve@oak.example").waitFor();
  await entry.getByText("Not sent to: lost@oak.example").waitFor();
  answers.recipient = () => undefined;
  await entry.getByRole("button", { name: "Edit and send to the others" }).click();
  const chips = page.locator(".compose .person-chip");
  await chips.filter({ hasText: "lost@oak.example" }).waitFor();
  await becomes(() => chips.count(), 1);
  const before = peer.taken.length;
  await sendWritten(page);
  await sentNow(page, peer, "To two");
  assert.deepEqual(
    peer.taken.slice(before).map(({ to }) => to),
    [["lost@oak.example"]],
  );
});

test(
  "a server in the clear that was to be safe, and one that says 421, are told in plain words",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    answers.message = "421 4.3.2 shutting down";
    await beginMessage(page, { to: "eve@oak.example", subject: "Too busy" });
    await sendWritten(page);
    const busy = await hurried(page, "Too busy");
    await busy.getByText("The server asks to try again later.").waitFor();
    await busy.getByText("421 4.3.2 shutting down").waitFor();
    answers.message = undefined;
    const server = { host: "127.0.0.1", port: peer.port, tls: "starttls", mechanism: "plain" };
    const identity = { account: "1", address: INES, name: "", signature: "", isDefault: true, server };
    await ask(page, "/api/identities", { method: "PUT", body: identity });
    await beginMessage(page, { to: "eve@oak.example", subject: "Not in the clear" });
    await sendWritten(page);
    const refused = await hurried(page, "Not in the clear");
    await refused.getByText("could not be made safe, and nothing was sent").waitFor();
  },
);
