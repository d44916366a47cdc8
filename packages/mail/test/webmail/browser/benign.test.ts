// Ordinary mails of every kind, read off the page and held against what their makers put in.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { type Expected, expectedOf, mails } from "../../message/corpus.ts";
import { sample } from "../../retriever/sample.ts";
import { becomes, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { deliverMails, type Delivered, framesOf, openMessage, shownText } from "./delivered.ts";
import { openReader, type Reader, setUp } from "./set-up.ts";

let reader: Reader;
let delivered: readonly Delivered[] = [];

setUp(async (file) => {
  reader = await openReader(file);
  delivered = await deliverMails(reader, mails("benign"));
});

/** What of an HTML mail's words stands on the page; its text alternative does not. */
const SHOWN_HTML: Readonly<Record<string, readonly string[]>> = {
  "b28-newsletter-inline-css.eml": ["Three teas for a wet spring"],
  "b29-html-only-receipt.eml": ["£21.50"],
  "b30-related-inline-cid.eml": ["view"],
  "b65-forge-notification.eml": ["Crash on empty mailbox"],
  "b74-html-reply-gmail-quote.eml": ["see you there"],
  "b76-amp-alternative.eml": ["A5"],
};

/** Words the makers name beside the text: what must be reflowed, guessed, or told from a report. */
const ALSO_SHOWN: Readonly<Record<string, readonly string[]>> = {
  "b26-format-flowed-delsp.eml": ["次の行とつながって"],
  "b34-calendar-invite.eml": ["Planning, spring", "dana@cole.example"],
  "b36-dsn-bounce.eml": ["nobody@gone.example", "5.1.1", "Could not be delivered"],
  "b37-mdn-read-receipt.eml": ["Read receipt"],
  "b54-pgp-mime-encrypted.eml": ["Encrypted with OpenPGP"],
  "b77-undeclared-latin1.eml": ["café naïve"],
};

/** Of those that have no row in the tables above: all of them in the long run, so many in the short one. */
const TAKEN = 18;

test("every mail shows its subject, sender, moment, words and attachments", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  const truth = expectedOf();
  assert.equal(delivered.length, truth.size);
  const usual = delivered.filter(({ mail }) => !(mail.file in SHOWN_HTML) && !(mail.file in ALSO_SHOWN));
  const left = new Set(usual);
  for (const n of sample(t, { what: "ordinary mails", of: usual.length, take: TAKEN })) left.delete(usual[n - 1]!);
  for (const one of delivered.filter((mail) => !left.has(mail))) {
    await t.test(one.mail.file, async () => {
      const expected = truth.get(one.mail.file);
      assert.ok(expected !== undefined);
      await openMessage(page, one);
      assert.equal(flat(await page.locator("h2.subject").innerText()), flat(expected.subject ?? "(no subject)"));
      const senders = page.locator("article.message .head-from");
      assert.equal(
        flat(await senders.innerText()).toLowerCase(),
        flat(
          expected.from.map(({ name, address }) => (name === "" ? address : `${name} <${address}>`)).join(" "),
        ).toLowerCase(),
      );
      if (expected.date !== null) {
        const shown = await page.locator("article.message .head-date").getAttribute("datetime");
        assert.equal(Date.parse(shown ?? ""), Date.parse(expected.date));
      }
      const html = SHOWN_HTML[one.mail.file];
      assert.equal(html !== undefined, expected.htmlContains !== undefined);
      const text = flat(await shownText(page));
      for (const words of [...(html ?? expected.textContains ?? []), ...(ALSO_SHOWN[one.mail.file] ?? [])])
        assert.ok(text.includes(flat(words)), words);
      for (const words of expected.htmlNotContains ?? []) assert.ok(!text.includes(flat(words)), words);
      await assertAttachments(page, one, expected);
    });
  }
});

test("a mail that says no date shows when the server that took it in did", NEEDS_CHROMIUM, async () => {
  const { page } = reader;
  const one = delivered.find(({ mail }) => mail.file === "b61-no-date.eml");
  assert.ok(one !== undefined);
  // Imported: what is delivered here is stamped here, and that stamp is the topmost.
  const raw = Buffer.from(one.mail.octets()).toString("latin1");
  await page.evaluate(`fetch("/api/import?account=${one.account}&format=eml", {
    method: "POST",
    headers: { "content-type": "application/octet-stream" },
    body: ${JSON.stringify(raw)},
  })`);
  const found = page.locator('[role=grid][aria-rowcount="2"]');
  await goTo(page, "#/all/search?q=subject:backup");
  await found.waitFor();
  const answer = (await page.evaluate(
    `fetch("/api/search?account=all&q=subject:backup").then((answer) => answer.json())`,
  )) as { readonly rows: readonly { readonly account: string; readonly messageId: number }[] };
  const imported = answer.rows.find(({ messageId }) => messageId !== one.messageId);
  assert.ok(imported !== undefined);
  await openMessage(page, { ...one, ...imported });
  const shown = await page.locator("article.message .head-date").getAttribute("datetime");
  assert.equal(Date.parse(shown ?? ""), Date.parse("2026-03-22T11:00:04Z"));
});

test("a letter without pictures stands in a frame of about its own height", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  for (const file of ["b29-html-only-receipt.eml", "b34-calendar-invite.eml", "b65-forge-notification.eml"]) {
    const one = delivered.find(({ mail }) => mail.file === file);
    assert.ok(one !== undefined);
    for (const width of [1440, 390]) {
      await t.test(`${file} at ${width} pixels`, async () => {
        await page.setViewportSize({ width, height: 900 });
        await openMessage(page, one);
        const fit = async (): Promise<string> => {
          const content = (await (await framesOf(page))[0]?.locator("body").boundingBox())?.height ?? 0;
          const frame = (await page.locator("iframe.html-frame").boundingBox())?.height ?? 0;
          return content <= frame && frame <= 1.5 * content ? "about its own" : `${content} pixels in ${frame}`;
        };
        await becomes(fit, "about its own");
      });
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 });
});

/** Every one is there under its name, with its octets; and no other but the messages a digest holds. */
async function assertAttachments(page: Page, { mail }: Delivered, expected: Expected): Promise<void> {
  const items = page.locator(".attachment");
  const named = expected.attachments.flatMap(({ filename }) => filename ?? []);
  const listed = (await items.locator(".attachment-name").allInnerTexts()).map(flat);
  const nested = expected.nestedMessages?.length ?? 0;
  // What is in an envelope is not taken out of it: the whole message is offered.
  const parts = expected.encrypted === undefined ? expected.attachments : [];
  if (expected.encrypted !== undefined) assert.equal(await page.locator(".card a[download]").count(), 1);
  for (const { filename, contentType, sha256, size } of parts) {
    const octets = await octetsOf(page, filename);
    assert.ok(octets.length > 0, filename ?? "unnamed");
    if (sha256 === null) continue;
    // Text that is not encoded has the line ends of the wire; the corpus is kept with those of a Maildir.
    const lines = Buffer.from(octets.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
    const isPlainText = /^(?:text|message)\//.test(contentType) && Buffer.from(mail.octets()).includes(lines);
    const same = [octets, ...(isPlainText ? [lines] : [])].find(
      (one) => createHash("sha256").update(one).digest("hex") === sha256,
    );
    assert.ok(same !== undefined, `${filename}: other octets`);
    if (size !== null) assert.equal(same.length, size);
    const item = items.filter({ hasText: filename ?? "" });
    if (filename !== null && octets.length < 1000 && (await item.count()) === 1)
      assert.ok((await item.innerText()).includes(`${octets.length} bytes`), "another size is shown");
  }
  if (nested === 0 && expected.attachmentsNote === undefined)
    assert.deepEqual(
      listed.filter((name) => !named.map(flat).includes(name)),
      [],
    );
}

/** As a person saves it; of a picture that stands in the text, as the page shows it. */
async function octetsOf(page: Page, filename: string | null): Promise<Buffer> {
  const links = page.locator(filename === null ? ".card a[download]" : `a[download=${JSON.stringify(filename)}]`);
  if ((await links.count()) > 0) {
    const [saved] = await Promise.all([page.waitForEvent("download"), links.first().click()]);
    if (filename !== null) assert.equal(saved.suggestedFilename(), filename);
    const chunks: Buffer[] = [];
    for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  const pictures = [
    page.locator("article.message img"),
    ...(await framesOf(page)).map((frame) => frame.locator("img")),
  ];
  for (const picture of pictures) {
    if ((await picture.count()) === 0) continue;
    const src = (await picture.first().getAttribute("src")) ?? "";
    if (src.startsWith("data:")) return Buffer.from(src.slice(src.indexOf(",") + 1), "base64");
    return (await page.request.get(new URL(src, page.url()).href)).body();
  }
  throw new Error(`${filename ?? "an unnamed part"} is neither listed nor shown`);
}

function flat(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\s\u2068\u2069]+/g, " ")
    .trim();
}
