// Mails made to do harm, in the reader a person uses. Whatever of them got through asks canary.invalid for something.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Browser, Frame, Locator, Page } from "playwright-core";
import { LmtpClient } from "../../../../../interop/lmtp.ts";
import { goTo, NEEDS_CHROMIUM, newContext, openBrowser, openReader, type Reader } from "./browser.ts";
import { sample } from "../../retriever/sample.ts";
import { zipNames } from "./zip-names.ts";
import { deliverCorpus, type Delivered, framesOf, openMessage } from "./delivered.ts";

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
/** All of them in the long run; so many in the short one. */
const OPENED = 20;
const PRESSED = 5;
const PRESSED_BY = ["noScriptOnClick", "noForm", "appIntact", "noNavigation"];

let browser: Browser;
let canary: Server;
let reader: Reader;
let delivered: readonly Delivered[] = [];
/** Paths that were asked for at canary.invalid, or "connection" where nothing readable was. */
const sung: string[] = [];
const dialogs: string[] = [];

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  canary = createServer((request, response) => {
    sung.push(request.url ?? "");
    response.end();
  });
  canary.on("clientError", (_error, socket) => {
    sung.push("connection");
    socket.destroy();
  });
  await once(canary.listen(0, "127.0.0.1"), "listening");
  const { port } = canary.address() as AddressInfo;
  browser = await openBrowser({ hosts: `MAP *.canary.invalid 127.0.0.1:${port}` });
  reader = await openReader({ browser });
  reader.page.on("dialog", (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  delivered = await deliverCorpus(reader, "hostile");
});

after(async () => {
  await reader?.stop();
  await browser?.close();
  canary?.close();
});

const of = (id: string): Delivered => {
  const found = delivered.find(({ mail }) => mail.file.startsWith(`${id}-`));
  if (found === undefined) throw new Error(`no mail ${id}`);
  return found;
};

test("the canary hears a page that asks for it", NEEDS_CHROMIUM, async () => {
  const context = await newContext(browser);
  await (await context.newPage()).goto("http://control.canary.invalid/control");
  await context.close();
  assert.ok(sung.includes("/control"));
  sung.length = 0;
});

test("every mail opens; none runs, loads, leads away or changes anything of the reader", NEEDS_CHROMIUM, async (t) => {
  const { page, origin } = reader;
  const before = await chrome(page);
  const chosen = sample(t, { what: "hostile mails", of: delivered.length, take: OPENED });
  for (const one of chosen.flatMap((n) => delivered[n - 1] ?? [])) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      assert.deepEqual(sung, [], "asked for something");
      assert.deepEqual(dialogs, []);
      assert.deepEqual(await chrome(page), before);
      assert.equal(new URL(page.url()).origin, origin);
      assert.equal(await page.evaluate("({}).polluted"), undefined);
      for (const frame of await framesOf(page)) await assertHarmless(frame, origin);
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
  for (const fold of await page.locator(".unfold").all()) await fold.click();
  // The mark of a quote is drawn as a line beside it.
  const lines = body.split(/\r?\n/).map((line) => line.replace(/^> /, "").trimEnd());
  const blocks = await page.locator("article.message .text-block").allInnerTexts();
  const shown = blocks.flatMap((block) => block.split("\n")).map((line) => line.trimEnd());
  assert.deepEqual(shown.filter(Boolean), lines.filter(Boolean));
});

test("no part of a mail is served as a page of ours", NEEDS_CHROMIUM, async (t) => {
  const { page, origin } = reader;
  for (const id of ["h16", "h17", "h18", "h43", "h76", "h81"]) {
    await t.test(id, async () => {
      await openMessage(page, of(id));
      const hrefs = await page
        .locator("a[download]")
        .evaluateAll((all) => all.map((one) => (one as unknown as Linked).href));
      assert.ok(hrefs.length > 0);
      for (const href of hrefs.flatMap((one) => [one, `${one}?show=1`])) {
        assert.equal(new URL(href).origin, origin);
        const answer = await page.request.get(href);
        if (!answer.ok()) continue;
        const headers = answer.headers();
        assert.equal(headers["x-content-type-options"], "nosniff");
        assert.equal(headers["cross-origin-resource-policy"], "same-origin");
        assert.match(headers["content-security-policy"] ?? "", /sandbox/);
        const isShown = !(headers["content-disposition"] ?? "").startsWith("attachment");
        if (isShown)
          assert.match(
            headers["content-type"] ?? "",
            /^(?:image\/(?:png|jpeg|gif|webp|avif)|(?:audio|video)\/|text\/plain)/,
          );
      }
      assert.deepEqual(sung, []);
    });
  }
});

test(
  "what is shown stays harmless when it is read and written again, with scripts allowed",
  NEEDS_CHROMIUM,
  async (t) => {
    const context = await newContext(browser);
    const other = await context.newPage();
    for (const id of ["h08", "h09", "h13", "h24"]) {
      await t.test(id, async () => {
        await openMessage(reader.page, of(id));
        for (const frame of await framesOf(reader.page)) {
          await other.setContent(await frame.content());
          const first = await other.locator("body").innerHTML();
          await other.evaluate("document.body.innerHTML = document.body.innerHTML");
          assert.equal(await other.locator("body").innerHTML(), first);
          assert.equal(await other.locator("script, svg, math, iframe, object, form").count(), 0);
        }
        assert.deepEqual(sung, []);
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
});

test("what a header claims moves, marks and trusts nothing", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const { account, messageId } = of("h86");
  const message = (await page.evaluate(
    `fetch("/api/accounts/${account}/messages/${messageId}").then((answer) => answer.json())`,
  )) as { readonly role: string; readonly isStarred: boolean; readonly labels: readonly string[] };
  assert.deepEqual([message.role, message.isStarred, message.labels], ["inbox", false, []]);
});

test("no date of a sender's lies ahead of us, or before there was mail", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  for (const id of ["h85a", "h85b", "h85c", "h85e", "h85f"]) {
    const { account, messageId } = of(id);
    const listed = (await page.evaluate(
      `fetch("/api/list?account=all&role=inbox&view=messages&limit=200").then((answer) => answer.json())`,
    )) as { readonly rows: readonly { readonly account: string; readonly messageId: number; readonly date: number }[] };
    const row = listed.rows.find((one) => one.account === account && one.messageId === messageId);
    assert.ok(row !== undefined, id);
    assert.ok(row.date <= Date.now() + 86_400_000 && row.date > Date.UTC(1970, 0, 1), `${id}: ${row.date}`);
  }
});

test("each HTML part stands in a frame of its own", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h80"));
  assert.equal((await framesOf(page)).length, 2);
  for (const frame of await framesOf(page)) assert.doesNotMatch(await frame.content(), /PGP MESSAGE/);
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

test("nothing of all this was answered, asked for or sent", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  await openMessage(page, of("h57"));
  await goTo(page, "#/outbox");
  await page.getByText("Nothing on its way out").waitFor();
  assert.deepEqual(sung, []);
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
  const chosen = sample(t, { what: "mails to press in", of: pressed.length, take: PRESSED });
  for (const one of chosen.flatMap((n) => pressed[n - 1] ?? [])) {
    await t.test(one.mail.file, async () => {
      await openMessage(page, one);
      const address = page.url();
      for (const place of [page.locator(".text-body a"), ...(await framesOf(page)).map(pressable)]) {
        for (const thing of (await place.all()).slice(0, PRESSED_MAX)) {
          // What is covered or of no size cannot be pressed by a person either.
          await thing.click({ timeout: 300, noWaitAfter: true }).catch(() => undefined);
        }
      }
      for (const popup of context.pages().filter((other) => other !== page)) {
        assert.match(popup.url(), /^(?:about:blank|https?:|chrome-error:)/);
        await popup.close();
      }
      assert.equal(page.url(), address);
      assert.equal(new URL(page.url()).origin, origin);
      assert.deepEqual(
        sung.filter((path) => /^\/(?:js|form)/.test(path)),
        [],
      );
      assert.deepEqual(dialogs, []);
      sung.length = 0;
    });
  }
});

interface Styled {
  readonly ownerDocument: {
    readonly defaultView: { getComputedStyle(of: unknown): Readonly<Record<string, string>> };
  };
}

/** As the browser computes it. */
async function styleOf(one: Locator, property: string): Promise<string> {
  return one.evaluate((element, name) => {
    const { defaultView } = (element as unknown as Styled).ownerDocument;
    return defaultView.getComputedStyle(element)[name] ?? "";
  }, property);
}

/** WCAG 2.0, of two colours as a browser computes them. */
function contrast(one: string, other: string): number {
  const [a, b] = [one, other].map(luminance).toSorted((x, y) => y - x);
  return ((a ?? 0) + 0.05) / ((b ?? 0) + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = (colour.match(/[\d.]+/g) ?? []).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

interface Linked {
  readonly href: string;
}

function pressable(frame: Frame) {
  return frame.locator("a, button, input, select, textarea, summary, label, [tabindex], [onclick], area");
}

/** The parts of the reader around the message: sizes, title, and how many there are of each. */
async function chrome(page: Page): Promise<unknown> {
  return page.evaluate(`(() => {
    const box = (selector) => {
      const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect();
      return [x, y, width, height];
    };
    const rows = new Set(Array.from(document.querySelectorAll("[role=row]"), (row) => row.getBoundingClientRect().height));
    return {
      boxes: ["#list-pane", ".side-pane", ".main-pane"].map(box),
      rows: Array.from(rows),
      scripts: document.scripts.length,
      wide: document.documentElement.scrollWidth,
      focus: document.querySelectorAll("[accesskey], [tabindex='1']").length,
    };
  })()`);
}

/** The frame holds no form, no script, no frame of its own, and every link opens elsewhere without a way back. */
async function assertHarmless(frame: Frame, origin: string): Promise<void> {
  assert.equal(new URL(frame.url()).origin, origin);
  assert.equal(await frame.locator("script, form, iframe, frame, object, embed, base, link, input, button").count(), 0);
  assert.equal(await frame.locator("a[href]:not([rel~=noopener]), a[href]:not([target=_blank])").count(), 0);
  const links = await frame.locator("a[href]").evaluateAll((all) => all.map((one) => (one as unknown as Linked).href));
  for (const href of links) assert.match(href, /^(?:https?|mailto|tel):/);
  assert.equal(await frame.locator("[ping], [autofocus], [accesskey], [style*='url(']").count(), 0);
}
