// Organising in the real reader: rules and what POP sees of them, labels, mail in and out, addresses one writes from.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Download, Page } from "playwright-core";
import { unzipSync } from "fflate";
import { runProgram } from "../../../../../interop/product.ts";
import { smtpPeer, type SmtpPeer } from "../../submission/smtp-peer.ts";
import { becomes, drawn, goTo, hold, NEEDS_CHROMIUM, prepareRoutes, turn } from "./browser.ts";
import { addSource, startProvider } from "./provider.ts";
import {
  ask,
  deliver,
  dropFiles,
  hasFocus,
  holdOffer,
  INES,
  openLetter,
  sendWritten,
  sentNow,
  toInes,
  writeThrough,
} from "./writing-desk.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

let reader: Reader;
let peer: SmtpPeer;
let folder: string;

setUp(async (file) => {
  folder = temporaryDirectory(file);
  peer = await smtpPeer(file);
  reader = await openReader(file, { args: ["--demo"] });
  await prepareRoutes(reader.page);
  await writeThrough(reader.page, peer);
});

/** Subjects in the maildrop, as curl reads them over POP. */
async function overPop(): Promise<readonly string[]> {
  const { product } = reader;
  const demo = product.accounts.find(({ user }) => user === "demo");
  assert.ok(demo !== undefined);
  const login = ["-s", "-u", `${demo.user}:${demo.password}`];
  const url = `pop3://127.0.0.1:${product.port("pop3")}/`;
  const { stdout } = await runProgram("curl", [...login, url]);
  const numbers = stdout.split("\n").flatMap((line) => /^(\d+) \d+/.exec(line)?.[1] ?? []);
  const each = numbers.slice(-3).map((number) => `${url}${number}`);
  const { stdout: letters } = await runProgram("curl", [...login, ...each]);
  return [
    String(numbers.length),
    ...Array.from(letters.matchAll(/^Subject: (.*?)\r?$/gm), ([, subject]) => subject ?? ""),
  ];
}

/** Fills the editor of a rule: mail whose subject has `subject` is dealt with by `action`. */
async function writeRule(page: Page, o: { readonly subject: string; readonly action: string; readonly to?: string }) {
  await goTo(page, "#/organise/rules");
  await page.getByRole("button", { name: "New rule" }).click();
  await page.getByLabel("Part of the message").selectOption("subject");
  await page.getByRole("textbox", { name: "Text", exact: true }).fill(o.subject);
  await page.getByLabel("Action").selectOption(o.action);
  if (o.to !== undefined) await page.locator("fieldset").last().locator("select").last().selectOption({ label: o.to });
  await page.getByText(/^Matches \d+ messages? in the inbox$/).waitFor();
}

async function saveRule(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("button", { name: "Save", exact: true }).waitFor({ state: "detached" });
}

test("rules move, label and delete as mail comes, and POP sees what is left", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/organise/mailboxes");
  await page.getByLabel("New mailbox").fill("Boats");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByText("0 messages").waitFor();
  await goTo(page, "#/organise/labels");
  await page.getByLabel("Name", { exact: true }).fill("Harbour");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("listitem").filter({ hasText: "Harbour" }).waitFor();
  for (const rule of [
    { subject: "regatta", action: "move", to: "Boats" },
    { subject: "pier", action: "label", to: "Harbour" },
    { subject: "lottery", action: "delete" },
  ]) {
    await writeRule(page, rule);
    await saveRule(page);
  }
  const [before = "0"] = await overPop();
  for (const subject of ["The regatta", "You won the lottery", "The pier", "Something else"])
    await deliver(reader, toInes(subject));
  const [now, ...subjects] = await overPop();
  assert.equal(now, String(Number(before) + 2), "what was moved or deleted is in no maildrop");
  assert.deepEqual(subjects.slice(-2), ["The pier", "Something else"]);
  await goTo(page, "#/1/mailbox/Boats");
  await page.getByRole("row", { name: /The regatta/ }).waitFor();
  await goTo(page, "#/all/trash");
  await page.getByRole("row", { name: /You won the lottery/ }).waitFor();
  await goTo(page, "#/all/inbox");
  await page
    .getByRole("row", { name: /The pier/ })
    .getByText("Harbour")
    .waitFor();
});

test("rules sort what is collected, and POP sees what is left", NEEDS_CHROMIUM, async (context) => {
  const { page } = reader;
  const provider = await startProvider(3);
  context.after(() => provider.product.stop());
  await ask(page, "/api/mailboxes", { method: "POST", body: { account: "1", name: "Quay" } });
  await writeRule(page, { subject: "letter number 1", action: "move", to: "Quay" });
  await saveRule(page);
  await writeRule(page, { subject: "letter number 2", action: "label", to: "Harbour" });
  await saveRule(page);
  const [before = "0"] = await overPop();
  const login = { user: "ines", password: provider.password };
  await addSource(page, { name: "provider", port: provider.product.port("pop3"), ...login });
  await goTo(page, "#/1/mailbox/Quay");
  await page.getByRole("row", { name: /Letter number 1/ }).waitFor();
  // Older than the sample mail, they stand far down in the inbox.
  await goTo(page, "#/all/source/provider");
  await page.getByRole("row", { name: /Letter number 3/ }).waitFor();
  await page
    .getByRole("row", { name: /Letter number 2/ })
    .getByText("Harbour")
    .waitFor();
  const [now, ...subjects] = await overPop();
  assert.equal(now, String(Number(before) + 2));
  assert.deepEqual(subjects.slice(-2).toSorted(), ["Letter number 2", "Letter number 3"]);
  await ask(page, "/api/sources/provider", { method: "DELETE", body: {} });
});

test("a rule touches what is here only when it is told to, and gives it back", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await deliver(reader, toInes("Old invoice one", "bill@shop.example"));
  await deliver(reader, toInes("Old invoice two", "bill@shop.example"));
  await writeRule(page, { subject: "old invoice", action: "archive" });
  await page.getByText("Matches 2 messages in the inbox").waitFor();
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Old invoice two/ }).waitFor();
  await writeRule(page, { subject: "old invoice", action: "archive" });
  await page.getByRole("button", { name: "Apply to them now" }).click();
  const offer = await holdOffer(page, "Applied to 2 messages");
  await goTo(page, "#/all/archive");
  await page.getByRole("row", { name: /Old invoice two/ }).waitFor();
  await offer.getByRole("button", { name: /^Undo/ }).click();
  // The inbox is drawn first as it was, when they were still in it.
  await page.getByRole("row", { name: /Old invoice two/ }).waitFor({ state: "detached" });
  await goTo(page, "#/all/inbox");
  await page.getByRole("row", { name: /Old invoice two/ }).waitFor();
});

test("a label is put on by key, shown, renamed and taken off", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await deliver(reader, toInes("For the label"));
  await openLetter(page, "For the label");
  await page.keyboard.press("l");
  await page.getByRole("dialog").getByRole("textbox").fill("Käufe");
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").getByRole("checkbox", { name: "Käufe" }).waitFor();
  await page.keyboard.press("Escape");
  await page
    .getByRole("row", { name: /For the label/ })
    .getByText("Käufe")
    .waitFor();
  await goTo(page, "#/organise/labels");
  await page.getByRole("button", { name: "Change Käufe" }).click();
  await page.getByLabel("Name", { exact: true }).fill("Purchases");
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await goTo(page, "#/all/inbox");
  await page
    .getByRole("row", { name: /For the label/ })
    .getByText("Purchases")
    .waitFor();
});

test("what is dropped comes in, with its progress; a second time it is known", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const mbox = join(folder, "Old mail.mbox");
  await writeFile(mbox, mboxOf(["first", "second"]));
  const maildir = join(folder, "Maildir");
  for (const name of ["cur", "new", "tmp"]) await mkdir(join(maildir, name), { recursive: true });
  await writeFile(join(maildir, "cur", "1.a:2,FS"), "Subject: flagged\n\nx\n");
  await writeFile(join(maildir, "tmp", "2.a"), "Subject: never delivered\n\nx\n");
  await goTo(page, "#/organise/transfer");
  await page.getByLabel("Into the mailbox").selectOption({ label: "Boats" });
  const place = page.getByRole("region", { name: "Bring mail in" });
  const status = place.getByRole("status");
  await dropFiles(page, place, [mbox, maildir]);
  await status.getByText("3 messages brought in").waitFor();
  await dropFiles(page, place, [mbox]);
  await status.getByText("2 were here already").waitFor();
  await goTo(page, "#/1/mailbox/Boats");
  for (const subject of ["first", "second", "flagged"])
    await page
      .getByRole("row", { name: new RegExp(subject) })
      .first()
      .waitFor();
  assert.equal(await page.getByRole("row", { name: /never delivered/ }).count(), 0);
});

test("a mailbox is saved as mbox and as a zip of messages", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/organise/transfer");
  const place = page.getByRole("region", { name: "Save mail" });
  await place.getByLabel("Mailbox").selectOption({ label: "Boats" });
  const save = async (name: string): Promise<Buffer> => {
    const [saved] = await Promise.all([page.waitForEvent("download"), place.getByRole("link", { name }).click()]);
    return octetsOf(saved);
  };
  const mbox = (await save("Save as mbox")).toString("latin1");
  assert.equal(mbox.match(/^From /gm)?.length, 4);
  assert.match(mbox, /^Subject: The regatta\r?$/m);
  const files = Object.entries(unzipSync(await save("Save as zip of .eml files")));
  assert.equal(files.length, 4);
  for (const [name, octets] of files) {
    assert.match(name, /^[\w.-]+\.eml$/);
    assert.match(Buffer.from(octets).toString("latin1"), /^Subject: /m);
  }
});

/** What a message may have in it that a format for many of them must not change; canonical, as it is kept. */
const AWKWARD = [
  "Subject: Awkward one\r\n\r\nFrom here on\r\n>From there\r\n.\r\n..\r\n\r\nend\r\n",
  "Subject: Awkward two\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nKäufe\r\n\r\n",
] as const;

test(
  "single messages that are dropped come in, and leave as a selection, octet for octet",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const files = AWKWARD.map((_, at) => join(folder, `one message ${at}.eml`));
    for (const [at, text] of AWKWARD.entries()) await writeFile(files[at] ?? "", text);
    await ask(page, "/api/mailboxes", { method: "POST", body: { account: "1", name: "Awkward" } });
    await goTo(page, "#/organise/transfer");
    await page.getByLabel("Into the mailbox").selectOption({ label: "Awkward" });
    const place = page.getByRole("region", { name: "Bring mail in" });
    await dropFiles(page, place, files.slice(0, 1));
    await place.getByRole("status").getByText("1 message brought in").waitFor();
    await dropFiles(page, place, files.slice(1));
    await goTo(page, "#/1/mailbox/Awkward");
    await page.getByRole("row", { name: "Awkward two" }).waitFor();
    await page.getByRole("row").first().focus();
    await hasFocus(page.getByRole("row").first());
    for (const [at, key] of ["x", "J"].entries()) {
      await page.keyboard.press(key);
      await page.locator("[role=row][aria-selected=true]").nth(at).waitFor();
    }
    const save = async (name: string): Promise<Buffer> => {
      await page.getByRole("button", { name: "Save what is chosen" }).click();
      const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name }).click()]);
      return octetsOf(saved);
    };
    const members = Object.values(unzipSync(await save("Save as zip of .eml files")));
    assert.deepEqual(members.map((octets) => Buffer.from(octets).toString("utf8")).toSorted(), [...AWKWARD].toSorted());
    assert.deepEqual(lettersOf((await save("Save as mbox")).toString("utf8")), AWKWARD);
  },
);

/** Messages of an mbox by the plainest reading of RFC 4155: a From line before each, an empty line behind it, one `>` off. */
function lettersOf(mbox: string): readonly string[] {
  return mbox
    .split(/^From \S+ .*\n/m)
    .slice(1)
    .map((letter) =>
      letter
        .replace(/\n$/, "")
        .replaceAll(/^>(>*From )/gm, "$1")
        .replaceAll(/\r?\n/g, "\r\n"),
    );
}

test("what was sent stands in its conversation, and the conversation in Sent", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await deliver(
    reader,
    [...toInes("Rope for the pier", "Mina <mina@harbour.example>")].toSpliced(
      0,
      0,
      "Message-ID: <rope@harbour.example>",
    ),
  );
  await openLetter(page, "Rope for the pier");
  await page.keyboard.press("r");
  await page.locator(".compose textarea:focus").waitFor();
  await page.keyboard.type("Forty fathoms are enough.");
  await sendWritten(page);
  await sentNow(page, peer, "Re: Rope for the pier");
  await openLetter(page, "Rope for the pier");
  const conversation = page.locator(".opened");
  await conversation.getByText("Forty fathoms are enough.").first().waitFor();
  await conversation.locator(".collapsed, .expanded").nth(1).waitFor();
  await goTo(page, "#/all/sent");
  await page.getByRole("row", { name: /Rope for the pier/ }).waitFor();
});

function mboxOf(subjects: readonly string[]): string {
  return subjects
    .map((subject) => `From a@b.example Mon Mar  2 08:15:00 2026\nSubject: ${subject}\n\ntext of ${subject}\n\n`)
    .join("");
}

async function octetsOf(saved: Download): Promise<Buffer> {
  return readFile(await saved.path());
}

test("an import under way says how far it is, and is stopped before the next file", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/organise/transfer");
  const asked: string[] = [];
  // Answered by nobody: it is under way until somebody stops it.
  await page.route("**/api/import?**", (route) => void asked.push(route.request().url()));
  const place = page.getByRole("region", { name: "Bring mail in" });
  const buffer = Buffer.from("Subject: Never in\r\n\r\nx\r\n");
  const files = ["one.eml", "two.eml"].map((name) => ({ name, mimeType: "message/rfc822", buffer }));
  await place.locator("input[type=file]").first().setInputFiles(files);
  const bar = place.getByRole("progressbar", { name: "Bring mail in" });
  await bar.waitFor();
  await place.getByText("1 of 2: one.eml").waitFor();
  await place.getByRole("button", { name: "Stop" }).click();
  await bar.waitFor({ state: "detached" });
  // What the page was to ask for is heard before this is answered.
  await drawn(page);
  await ask(page, "/api/session");
  assert.equal(await place.getByText("There is no mail").count(), 0, "nothing is said of what was never looked at");
  assert.equal(asked.length, 1);
  await page.unroute("**/api/import?**");
});

test("an address that is removed is there again when it is undone, with its server", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await goTo(page, "#/organise/addresses");
  const address = page.getByRole("listitem").filter({ hasText: INES });
  await address.getByText("127.0.0.1").waitFor();
  await address.getByRole("button", { name: `Remove ${INES}` }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove the address" }).click();
  await address.waitFor({ state: "detached" });
  await page.locator(".toast").getByRole("button", { name: "Undo" }).click();
  await address.getByText("127.0.0.1").waitFor();
});

test(
  "an address that is entered again is removed no more; one that is not goes with the tab",
  NEEDS_CHROMIUM,
  async () => {
    const { page } = reader;
    const address = page.getByRole("listitem").filter({ hasText: INES });
    const remove = async (): Promise<void> => {
      await address.getByRole("button", { name: `Remove ${INES}` }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Remove the address" }).click();
      await address.waitFor({ state: "detached" });
    };
    /** Leaves the page for itself, and tells how many removals it asked for from now on, the last as it went. */
    const reload = async (): Promise<number> => {
      await page.evaluate(`{
        const { fetch } = window;
        sessionStorage.setItem("removals", "0");
        window.fetch = (path, options) => {
          if (options?.method === "DELETE" && String(path).includes("/api/identities"))
            sessionStorage.setItem("removals", String(Number(sessionStorage.getItem("removals")) + 1));
          return fetch(path, options);
        };
      }`);
      await page.reload();
      return Number(await page.evaluate(`sessionStorage.getItem("removals")`));
    };
    const onServer = async (): Promise<boolean> => {
      const { identities } = (await ask(page, "/api/identities?account=1")) as { identities: { server: unknown }[] };
      return identities.some(({ server }) => server !== null);
    };
    await goTo(page, "#/organise/addresses");
    await remove();
    await page.getByRole("button", { name: "Add an address" }).click();
    await page.getByLabel("E-mail address").fill(INES);
    await turn(page.getByLabel("Sends through a submission server"), "on");
    await page.getByLabel("Server", { exact: true }).fill("smtp.harbour.example");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await address.getByText("smtp.harbour.example").waitFor();
    // What was asked for by the page that is gone cannot be waited for at the server.
    assert.equal(await reload(), 0);
    await address.getByText("smtp.harbour.example").waitFor();
    assert.ok(await onServer());
    await remove();
    assert.equal(await reload(), 1);
    // The request outlives the page that sent it, and may come after the first of the next one.
    await becomes(onServer, false);
  },
);

/** Each page that lists what is kept: its title, what it asks, what it says of none, and what it is changed with. */
const PAGES = [
  ["#/organise/rules", "Rules", "**/api/rules?*", "No rules yet", "New rule"],
  ["#/organise/labels", "Labels", "**/api/labels?*", "No labels yet", "Add"],
  ["#/organise/addresses", "Addresses", "**/api/identities?*", undefined, "Add an address"],
  ["#/organise/mailboxes", "Mailboxes", "**/api/mailboxes?*", "No mailboxes of your own yet", "Add"],
  ["#/settings/sources", "Settings", "**/api/sources", "No mail is collected yet.", undefined],
  ["#/settings/reading", "Settings", "**/api/trusted", "Nobody. Images are loaded when you ask for them.", undefined],
] as const;

test(
  "until a page has what it lists, nothing can be changed; what did not come is asked for again",
  NEEDS_CHROMIUM,
  async (t) => {
    const { page, context } = reader;
    for (const [place, title, url, none, change] of PAGES)
      await t.test(place, async () => {
        const fresh = await context.newPage();
        const refusal = { status: 422, json: { error: { code: "refused", message: "not now" } } };
        const { held, letGo } = hold();
        await fresh.route(url, async (route) => {
          await held;
          await route.fulfill(refusal);
        });
        await fresh.goto(`${new URL(page.url()).origin}/${place}`);
        await fresh.getByRole("heading", { name: title }).waitFor();
        await drawn(fresh);
        const offered = change === undefined ? [] : [fresh.getByRole("button", { name: change, exact: true })];
        const isOpen = async (): Promise<boolean> => {
          const early = none === undefined ? offered : [...offered, fresh.getByText(none)];
          return (await Promise.all(early.map((one) => one.count()))).some((count) => count > 0);
        };
        assert.equal(await isOpen(), false, "while it is asked");
        letGo();
        await fresh.getByRole("alert").getByText("The list could not be loaded").waitFor();
        assert.equal(await isOpen(), false, "when it was refused");
        const again = fresh.getByRole("alert").getByRole("button", { name: "Try again" });
        const refused = fresh.waitForResponse(url);
        await again.press("Enter");
        await refused;
        await drawn(fresh);
        await hasFocus(again);
        await fresh.unrouteAll({ behavior: "wait" });
        await again.press("Enter");
        await fresh.getByRole("alert").waitFor({ state: "detached" });
        for (const one of offered) await one.waitFor();
        await fresh.close();
      });
  },
);
