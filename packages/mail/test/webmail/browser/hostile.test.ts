// Mails made to do harm, in the reader a person uses. Whatever of them got through asks canary.invalid for something.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { LmtpClient } from "../../../../../interop/lmtp.ts";
import { PopClient } from "../../../../../interop/pop-client.ts";
import { hostile, onTheWire } from "../../message/corpus.ts";
import { becomes, goTo, NEEDS_CHROMIUM, newContext } from "./browser.ts";
import { type Canary, openCanary } from "./canary.ts";
import { sample } from "../../retriever/sample.ts";
import { zipNames } from "./zip-names.ts";
import { deliverCorpus, type Delivered, framesOf, openMessage } from "./delivered.ts";
import { assertHarmless, chrome, contrast, type Linked, pressable, styleOf } from "./harmless.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

interface Checked {
  readonly file: string;
  readonly checks: readonly string[];
}

const INDEX = JSON.parse(
  readFileSync(new URL("../../fixtures/hostile/index.json", import.meta.url), "utf8"),
) as readonly Checked[];
const CHECKS = new Map(INDEX.map(({ file, checks }) => [file, new Set(checks)]));
/** Everything a person could press in one message; a few hundred links of one kind are no other attack. */
const PRESSED_MAX = 15;
/** Attachments of one message that are looked at; more of them are shown in the same way. */
const LOOKED_AT_MAX = 4;
/** All of them in the long run; so many in the short one. */
const OPENED = 12;
const PRESSED_BY = ["noScriptOnClick", "noForm", "appIntact", "noNavigation"];

let canary: Canary;
let reader: Reader;
let delivered: readonly Delivered[] = [];
const dialogs: string[] = [];
/** What the browser complained of: something was refused that should not have been there to be asked for. */
const complaints: string[] = [];

setUp(async (file) => {
  canary = await openCanary(file);
  reader = await openReader(file, { browser: canary.browser });
  listenTo(reader.page);
  delivered = await deliverCorpus(reader, "hostile");
});

function listenTo(page: Page): void {
  page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on("console", (message) => {
    // A body that took a busy machine too long is shown as its text, and the browser says so.
    if (message.type() === "error" && !/status of 50[34]/.test(message.text())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
}

const of = (id: string): Delivered => {
  const found = delivered.find(({ mail }) => mail.file.startsWith(`${id}-`));
  if (found === undefined) throw new Error(`no mail ${id}`);
  return found;
};

test("the canary hears a page that asks for it", NEEDS_CHROMIUM, async () => {
  const context = await newContext(reader.browser);
  await (await context.newPage()).goto("http://p.canary.invalid/asked");
  await context.close();
  assert.ok((await canary.heard()).includes("/asked"));
  canary.forget();
});

test("every mail opens; none runs, loads, leads away or changes anything of the reader", NEEDS_CHROMIUM, async (t) => {
  const { page, origin, context } = reader;
  const before = await chrome(page);
  const paper = await context.newPage();
  listenTo(paper);
  const chosen = sample(t, { what: "hostile mails", of: delivered.length, take: OPENED });
  let bodies = 0;
  for (const one of chosen.flatMap((n) => delivered[n - 1] ?? [])) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      assert.deepEqual(await canary.heard(), [], "asked for something");
      assert.deepEqual(dialogs, []);
      assert.deepEqual(complaints, []);
      assert.deepEqual(await chrome(page), before);
      assert.equal(new URL(page.url()).origin, origin);
      assert.equal(await page.evaluate("({}).polluted"), undefined);
      const frames = await framesOf(page);
      bodies += frames.length;
      for (const frame of frames) await assertHarmless(frame, origin);
      // The same on paper, where all of it stands in one page of ours.
      await paper.goto(`${origin}/m/${one.account}/${one.messageId}/print`);
      await assertHarmless(paper.mainFrame(), origin);
      assert.deepEqual([await canary.heard(), dialogs, complaints], [[], [], []], "printed");
      // Whatever it is, it can be saved as it came, below the lines that delivery put on top.
      const eml = await page.request.get(`${origin}/m/${one.account}/${one.messageId}/eml`);
      const sent = onTheWire(one.mail.octets())
        .toString("latin1")
        .replace(/^Return-Path:.*\r\n/, "");
      assert.ok((await eml.body()).toString("latin1").endsWith(sent), "saved");
    });
  }
  // More than half of the corpus is HTML.
  assert.ok(bodies * 3 >= chosen.length, `of ${chosen.length} mails ${bodies} bodies in HTML were looked at`);
  await paper.close();
});

test("keys and rows stay the reader's, whatever a mail calls itself and its parts", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  const before = await chrome(page);
  for (const id of ["h12", "h38", "h39", "h52", "h63", "h67"]) {
    await t.test(id, async () => {
      await openMessage(page, of(id));
      assert.deepEqual(await chrome(page), before);
      assert.notEqual(await page.evaluate("document.activeElement.tagName"), "IFRAME");
      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    });
  }
});

/** What little there is of them, and what the row says of the rest. */
const DEGENERATE: readonly (readonly [string, RegExp])[] = [
  ["h73a", /\(no sender\).*\(no subject\)/],
  ["h73b", /\(no sender\).*\(no subject\)/],
  ["h73c", /\(no sender\).*\(no subject\)/],
  ["h73d", /a@b\.example.*headers only, no blank line/],
  ["h73e", /a@b\.example.*mbox line first/],
  ["h73f", /a@b\.example.*leading space/],
  ["h73g", /\(no sender\).*\(no subject\)/],
  ["h73h", /\(no sender\).*\(no subject\)/],
  // What stands before From is no part of a field's name, so there is no From.
  ["h73i", /\(no sender\).*BOM before From/],
];

test("what is hardly a message has a row that says what it lacks", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  for (const [id, name] of DEGENERATE) {
    await t.test(id, async () => {
      await openMessage(page, of(id));
      assert.match((await page.locator("[role=row][aria-current=true]").getAttribute("aria-label")) ?? "", name);
    });
  }
});

test("seven trackers are told from one image", NEEDS_CHROMIUM, async () => {
  await openMessage(reader.page, of("h89"));
  await reader.page.getByText("1 image not loaded, 7 more look like trackers").waitFor();
});

test("a mail with two senders says so", NEEDS_CHROMIUM, async () => {
  await openMessage(reader.page, of("h51"));
  await reader.page.getByText("It names several senders.").waitFor();
});

test("names of attachments hold no path, no control and no override", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h76"));
  const names = await page
    .locator(".attachment a[download]")
    .evaluateAll((links) =>
      links.map((link) => (link as { getAttribute(name: string): string | null }).getAttribute("download") ?? ""),
    );
  assert.ok(names.length > 5);
  for (const name of names) assert.doesNotMatch(name, /[/\\\u0000-\u001f\u202a-\u202e\u2066-\u2069]|^\.\.?$/);
});

test("an archive of all attachments holds no path, and no name twice", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h76"));
  const [saved] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("link", { name: "Save all as zip" }).click(),
  ]);
  const names = zipNames(await readFile(await saved.path()));
  assert.equal(names.length, await page.locator(".attachment a[download]").count());
  for (const name of names) {
    assert.doesNotMatch(name, /[/\\\p{Cc}\p{Cf}]|^\.|[. ]$/u);
    assert.doesNotMatch(name, /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i);
    assert.ok(Buffer.byteLength(name) <= 255, name);
  }
  // A disk may not tell letters from capitals.
  assert.equal(new Set(names.map((name) => name.toLowerCase())).size, names.length);
});

test("what a plain text holds is shown letter by letter", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const one = of("h14");
  await openMessage(page, one);
  const sent = Buffer.from(one.mail.octets()).toString("utf8");
  const [, body = ""] = /\r?\n\r?\n([\s\S]*)$/.exec(sent) ?? [];
  for (const fold of await page.locator(".unfold").elementHandles()) await fold.click();
  // The mark of a quote is drawn as a line beside it.
  const lines = body.split(/\r?\n/).map((line) => line.replace(/^> /, "").trimEnd());
  const shown = async (): Promise<readonly string[]> => {
    const blocks = await page.locator("article.message .text-block").allInnerTexts();
    return blocks
      .flatMap((block) => block.split("\n"))
      .map((line) => line.trimEnd())
      .filter(Boolean);
  };
  await becomes(shown, lines.filter(Boolean));
});

test("no part of a mail is served as a page of ours", NEEDS_CHROMIUM, async (t) => {
  const { page, origin, context } = reader;
  const opened = await context.newPage();
  listenTo(opened);
  let looks = 0;
  for (const id of ["h16", "h17", "h18", "h21", "h43", "h76", "h77", "h81"]) {
    await t.test(id, async () => {
      await openMessage(page, of(id));
      const hrefs = await page
        .locator("a[download]")
        .evaluateAll((all) => all.map((one) => (one as unknown as Linked).href));
      assert.ok(hrefs.length > 0);
      let served = 0;
      for (const href of hrefs.flatMap((one) => [one, `${one}?show=1`])) {
        assert.equal(new URL(href).origin, origin);
        const answer = await page.request.get(href);
        if (!answer.ok()) continue;
        served += 1;
        const headers = answer.headers();
        assert.equal(headers["x-content-type-options"], "nosniff");
        assert.equal(headers["cross-origin-resource-policy"], "same-origin");
        assert.match(headers["content-security-policy"] ?? "", /sandbox/);
        assert.equal(headers["x-injected"], undefined);
        const isShown = !(headers["content-disposition"] ?? "").startsWith("attachment");
        if (!isShown) continue;
        assert.match(
          headers["content-type"] ?? "",
          /^(?:image\/(?:png|jpeg|gif|webp|avif)|(?:audio|video)\/|text\/plain)/,
        );
        await opened.goto(href);
      }
      assert.ok(served >= hrefs.length, "each of them can be saved");
      for (const look of (await page.getByRole("button", { name: /^Look at/ }).all()).slice(0, LOOKED_AT_MAX)) {
        const shown = page.waitForResponse((answer) => answer.url().endsWith("?show=1"));
        await look.click();
        await page.getByRole("dialog").waitFor();
        await (await shown).finished();
        looks += 1;
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      assert.deepEqual([await canary.heard(), dialogs], [[], []]);
    });
  }
  assert.ok(looks > 0);
  await opened.close();
  complaints.length = 0; // A picture that is none is one.
});

test(
  "what is shown stays harmless when it is read and written again, with scripts allowed",
  NEEDS_CHROMIUM,
  async (t) => {
    const context = await newContext(reader.browser);
    const other = await context.newPage();
    for (const id of ["h08", "h09", "h13", "h24"]) {
      await t.test(id, async () => {
        await openMessage(reader.page, of(id));
        const frames = await framesOf(reader.page);
        assert.ok(frames.length > 0, "its HTML is shown");
        for (const frame of frames) {
          await other.setContent(await frame.content());
          const first = await other.locator("body").innerHTML();
          await other.evaluate("document.body.innerHTML = document.body.innerHTML");
          assert.equal(await other.locator("body").innerHTML(), first);
          assert.equal(await other.locator("script, svg, math, iframe, object, form").count(), 0);
        }
        assert.deepEqual(await canary.heard(), []);
      });
    }
    await context.close();
  },
);

test("list, head and answer name the same sender", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const one = of("h51");
  await openMessage(page, one);
  const head = await page.locator("article.message .head-from .person-name").first().innerText();
  const row = await page.locator("[role=row][aria-current=true]").getAttribute("aria-label");
  assert.ok(row?.includes(head), row ?? "no row");
  // Whoever is answered is whom it names for answers, or its sender.
  const { account, messageId } = one;
  const { from, replyTo } = await asked<People>(page, `/api/accounts/${account}/messages/${messageId}`);
  assert.ok((await page.locator("article.message .head-from").innerText()).includes(from[0]?.address ?? "-"));
  await page.getByRole("button", { name: /^Reply(?! to all)/ }).click();
  const answered = (await page.locator(".compose .person-chip bdi").first().getAttribute("title")) ?? "";
  const named = (replyTo.length === 0 ? from.slice(0, 1) : replyTo).map(({ address }) => address);
  assert.ok(
    named.some((address) => address !== "" && answered.includes(address)),
    `${answered}: ${named.join()}`,
  );
  await page.getByRole("button", { name: "Throw the draft away" }).click();
  await page.locator(".compose").waitFor({ state: "detached" });
});

test(
  "images that lead into this machine or its net are asked for by nobody, also when they are to be shown",
  NEEDS_CHROMIUM,
  async () => {
    const { page, origin } = reader;
    await openMessage(page, of("h42"));
    const answers: number[] = [];
    page.on("response", (response) => {
      if (new URL(response.url()).pathname.startsWith("/cap/")) answers.push(response.status());
    });
    await page.getByRole("button", { name: /^Show images/ }).click();
    await page.locator("iframe.html-frame[src*='images=1']").waitFor();
    const [frame] = await framesOf(page);
    assert.ok(frame !== undefined);
    await frame.waitForURL(/images=1/);
    await frame.waitForLoadState("load");
    const images = await frame
      .locator("img[src]")
      .evaluateAll((all) =>
        all
          .map((image) => image as unknown as { readonly src: string; readonly naturalWidth: number })
          .map(({ src, naturalWidth }) => ({ src, naturalWidth })),
      );
    assert.ok(images.length > 0);
    for (const { src, naturalWidth } of images) {
      assert.ok(src.startsWith(`${origin}/cap/`), src);
      assert.equal(naturalWidth, 0, src);
    }
    assert.deepEqual(
      answers.filter((status) => status < 400),
      [],
    );
    assert.deepEqual(await canary.heard(), []);
    complaints.length = 0; // Each image that was refused is one.
  },
);

test("a seal that a mail draws itself is not one of ours", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h79"));
  const frames = await framesOf(page);
  assert.ok(frames.length > 0);
  for (const frame of frames) await frame.getByText("Signature valid").first().waitFor();
  await page.getByRole("button", { name: "Details" }).click();
  await page.locator(".head-details").getByText("Received").waitFor();
  const ours = await page.locator("article.message").innerText();
  assert.doesNotMatch(ours, /\bvalid\b|verified|signed by/i);
});

test(
  "who joins a thread by its references is marked as new there, and takes no message's place",
  NEEDS_CHROMIUM,
  async () => {
    const { page, product } = reader;
    const client = await LmtpClient.connect(product.port("lmtp"));
    const thread = [
      ["Mina <mina@harbour.example>", "thread-1.abc1@harbour.example", ""],
      ["Robin <robin@alder.example>", "thread-2.abc2@alder.example", "thread-1.abc1@harbour.example"],
      ["Pat <pat@studio.example>", "thread-3.abc3@studio.example", "thread-2.abc2@alder.example"],
    ] as const;
    for (const [at, [from, id, before]] of thread.entries()) {
      const head = [
        `From: ${from}`,
        "To: robin@alder.example, pat@studio.example",
        `Subject: ${at === 0 ? "" : "Re: "}Regatta stall`,
        `Date: Sun, 01 Nov 2026 10:0${at}:00 +0000`,
        `Message-ID: <${id}>`,
        ...(before === "" ? [] : [`In-Reply-To: <${before}>`, `References: <${before}>`]),
      ];
      await client.deliver({
        recipient: "reader@localhost",
        letter: Buffer.from([...head, "", `Part ${at}.`, ""].join("\r\n")),
      });
    }
    await client.quit();
    const { account, messageId } = of("h83");
    const joined = async (): Promise<Conversation> => {
      const { conversation } = await asked<Conversation>(page, `/api/accounts/${account}/messages/${messageId}`);
      const { cards } = await asked<Conversation>(page, `/api/accounts/${account}/conversations/${conversation}`);
      return { conversation, cards };
    };
    let whole = await joined();
    // What was delivered joins its conversation a moment later.
    while (whole.cards.length < 4) whole = await joined();
    const { conversation, cards } = whole;
    const outsiders = cards.filter((card) => card.isNewOutsider).map((card) => card.from[0]?.address);
    assert.deepEqual(outsiders, ["mina@evil.invalid"]);
    await goTo(page, `#/all/inbox?open=${account}.c${conversation}`);
    await page.getByText("New in this conversation").first().waitFor();
  },
);

test("messages that answer one another in a circle are all in their conversations", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  for (const id of ["h82a", "h82b", "h82c"]) {
    const { account, messageId } = of(id);
    const { conversation } = await asked<Conversation>(page, `/api/accounts/${account}/messages/${messageId}`);
    const { cards } = await asked<Conversation>(page, `/api/accounts/${account}/conversations/${conversation}`);
    assert.equal(cards.filter((card) => card.messageId === messageId).length, 1, id);
    await goTo(page, "#/all/inbox");
    await page.locator("article.message").waitFor({ state: "detached" });
    await goTo(page, `#/all/inbox?open=${account}.c${conversation}`);
    await page.locator("article.message:not([aria-busy])").waitFor();
  }
});

test("what a header claims moves, marks and trusts nothing", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { account, messageId } = of("h86");
  const message = await asked<Claimed>(page, `/api/accounts/${account}/messages/${messageId}`);
  assert.deepEqual([message.role, message.isStarred, message.labels], ["inbox", false, []]);
});

test("no date of a sender's lies ahead of us, or before there was mail", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  for (const id of ["h85a", "h85b", "h85c", "h85e", "h85f"]) {
    const { account, messageId } = of(id);
    const listed = await asked<Listed>(page, "/api/list?account=all&role=inbox&view=messages&limit=200");
    const row = listed.rows.find((one) => one.account === account && one.messageId === messageId);
    assert.ok(row !== undefined, id);
    assert.ok(row.date <= Date.now() + 86_400_000 && row.date > Date.UTC(1970, 0, 1), `${id}: ${row.date}`);
  }
});

test("each HTML part stands in a frame of its own", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h80"));
  await becomes(async () => (await framesOf(page)).length, 2);
  for (const frame of await framesOf(page)) assert.doesNotMatch(await frame.content(), /PGP MESSAGE/);
});

test("the empty frame that stands ready is sandboxed like them, and there for nobody", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const spare = page.locator("iframe[src='/m/empty']");
  await spare.waitFor({ state: "attached" });
  await openMessage(page, of("h80"));
  const sandboxes = (): Promise<readonly (string | null)[]> =>
    page
      .locator("iframe")
      .evaluateAll((all) => all.map((one) => (one as unknown as Sandboxed).getAttribute("sandbox")));
  await becomes(sandboxes, Array(3).fill("allow-popups allow-popups-to-escape-sandbox"));
  assert.equal(await spare.isVisible(), false);
});

test("text that can be seen can be read in the dark", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await page.emulateMedia({ colorScheme: "dark" });
  await openMessage(page, of("h90"));
  const [frame] = await framesOf(page);
  assert.ok(frame !== undefined);
  const text = await styleOf(frame.getByText("visible", { exact: true }), "color");
  const grounds = [frame.locator("body"), page.locator("iframe.html-frame")];
  const [ground = ""] = (await Promise.all(grounds.map((one) => styleOf(one, "backgroundColor")))).filter(
    (colour) => !colour.endsWith(", 0)"),
  );
  await page.emulateMedia({ colorScheme: "light" });
  assert.ok(contrast(text, ground) >= 4.5, `${text} on ${ground}`);
});

test("a list is left by nobody but who is named, and after a question", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h56"));
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  const question = page.getByRole("alertdialog", { name: "Unsubscribe from this list?" });
  await question.getByText("A mail to x@x.example asks to take you off.").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
});

test("nothing of all this was answered, asked for or sent", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h57"));
  await goTo(page, "#/outbox");
  await page.getByText("Nothing on its way out").waitFor();
  assert.deepEqual(await canary.heard(), []);
});

/** A sender who pretends, and what is said of it. */
const PRETENDERS: readonly (readonly [string, string])[] = [
  ['"service@bank.example" <x@evil.invalid>', "The sender’s name looks like another address."],
  ["=?utf-8?Q?P=D0=B0yPal?= <x@evil.invalid>", "The sender’s name mixes alphabets that look alike."],
  ["=?utf-8?Q?Bank=E2=80=AEknaB?= <x@evil.invalid>", "The sender’s name holds characters that cannot be seen."],
];

test("a sender who pretends to be another is marked", NEEDS_CHROMIUM, async (t) => {
  const { page, product } = reader;
  const client = await LmtpClient.connect(product.port("lmtp"));
  for (const [at, [from]] of PRETENDERS.entries()) {
    const head = [`From: ${from}`, "To: reader@localhost", `Subject: Pretender ${at}`, "Reply-To: y@elsewhere.invalid"];
    await client.deliver({
      recipient: "reader@localhost",
      letter: Buffer.from([...head, "", "Hello.", ""].join("\r\n")),
    });
  }
  await client.quit();
  await goTo(page, "#/all/inbox");
  for (const [at, [from, warning]] of PRETENDERS.entries()) {
    await t.test(from, async () => {
      await goTo(page, `#/all/search?q=${encodeURIComponent(`subject:pretender subject:${at}`)}`);
      await page.getByRole("row", { name: new RegExp(`Pretender ${at}`) }).click();
      const head = page.locator("article.message .head");
      await head.getByText(warning).waitFor();
      await head.getByText("Answers go to another domain than the sender’s.").waitFor();
      // However the name reads, the address stands beside it.
      assert.match(await head.innerText(), /x@evil\.invalid/);
    });
  }
});

test("control octets and lone dots come out of POP as they were sent", NEEDS_CHROMIUM, async () => {
  const { product } = reader;
  const password = await product.account("collector");
  const letter = onTheWire(hostile("h72").octets());
  const client = await LmtpClient.connect(product.port("lmtp"));
  await client.deliver({ recipient: "collector@localhost", letter });
  await client.quit();
  const collector = await PopClient.connect(product.port("pop3"));
  await collector.login("collector", password);
  const { lines } = await collector.say("RETR 1");
  await collector.say("QUIT");
  assert.ok(`${lines.join("\r\n")}\r\n`.endsWith(letter.toString("latin1")));
});

test(
  "of fifteen megabytes of text as much is shown as anybody reads, and the list goes on",
  NEEDS_CHROMIUM,
  async () => {
    const { page, product } = reader;
    const short = onTheWire(hostile("h88").octets())
      .toString("latin1")
      .trimEnd()
      .replace("Subject: ", "Subject: Endless ");
    const line = short.slice(short.lastIndexOf("\r\n"));
    const long = short + line.repeat(Math.ceil((15 * 1024 * 1024) / line.length));
    const client = await LmtpClient.connect(product.port("lmtp"));
    await client.deliver({ recipient: "reader@localhost", letter: Buffer.from(`${long}\r\n`, "latin1") });
    await client.quit();
    await goTo(page, "#/all/search?q=subject:endless");
    await page.getByRole("row", { name: /Endless/ }).click();
    await page.getByText("The text goes on; save the message to read the rest.").waitFor();
    await goTo(page, "#/all/inbox");
    await page.getByRole("heading", { level: 1, name: /inbox/i }).waitFor();
    await page.getByRole("row").first().waitFor();
  },
);

test("the log holds whole lines of ours, and nothing of a mail", NEEDS_CHROMIUM, async () => {
  const log = await readFile(join(reader.product.data, "restante.log"), "utf8");
  const lines = log.split("\n").filter(Boolean);
  assert.ok(lines.length > 0);
  assert.doesNotMatch(log, /fake log line|HYPERLINK|canary\.invalid/);
  for (const line of lines) {
    assert.doesNotMatch(line, /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/u);
    const { level, text } = JSON.parse(line) as { readonly level?: unknown; readonly text?: unknown };
    assert.notEqual(level, undefined, line);
    assert.equal(typeof text, "string", line);
  }
});

// Last: what was pressed may be asked for a while later, and what is asked for without a press is told above.
test("pressing whatever is in a mail runs nothing and sends nothing", NEEDS_CHROMIUM, async (t) => {
  const { page, origin, context } = reader;
  const pressed = delivered.filter(({ mail }) => PRESSED_BY.some((check) => CHECKS.get(mail.file)?.has(check)));
  assert.ok(pressed.length >= 8);
  let presses = 0;
  for (const one of pressed) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      const address = page.url();
      for (const place of [page.locator(".text-body a"), ...(await framesOf(page)).map(pressable)]) {
        for (const thing of (await place.all()).slice(0, PRESSED_MAX)) {
          // What is covered or of no size cannot be pressed by a person either.
          // Behind the window that a press opened nothing is drawn, and nothing can be pressed.
          await page.bringToFront();
          const press = thing.click({ timeout: 1_000, noWaitAfter: true });
          await press.then(() => (presses += 1)).catch(() => undefined);
        }
      }
      for (const popup of context.pages().filter((other) => other !== page)) {
        assert.match(popup.url(), /^(?:about:blank|https?:|chrome-error:)/);
        await popup.close();
      }
      assert.equal(page.url(), address);
      assert.equal(new URL(page.url()).origin, origin);
      const heard = await canary.heard();
      assert.deepEqual(
        heard.filter((path) => /^\/(?:js|form)/.test(path)),
        [],
      );
      assert.deepEqual(dialogs, []);
      canary.forget();
    });
  }
  // The links of the plain text and of the HTML that is written again are left to be pressed.
  assert.ok(presses >= 8, `${presses} things were pressed in ${pressed.length} mails`);
});

interface Sandboxed {
  getAttribute(name: string): string | null;
}

interface Conversation {
  readonly conversation: number;
  readonly cards: readonly {
    readonly messageId: number;
    readonly isNewOutsider: boolean;
    readonly from: readonly { readonly address: string }[];
  }[];
}

interface Claimed {
  readonly role: string;
  readonly isStarred: boolean;
  readonly labels: readonly string[];
}

type People = Readonly<Record<"from" | "replyTo", readonly { readonly address: string }[]>>;

interface Listed {
  readonly rows: readonly { readonly account: string; readonly messageId: number; readonly date: number }[];
}

/** What the reader itself is told. */
async function asked<T>(page: Page, path: string): Promise<T> {
  return (await page.evaluate(`fetch(${JSON.stringify(path)}).then((answer) => answer.json())`)) as T;
}
