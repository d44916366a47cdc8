// Ordinary mails of every kind, read off the page and held against what their makers put in.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import type { Browser, Download } from "playwright-core";
import { expectedOf } from "../../message/corpus.ts";
import { NEEDS_CHROMIUM, openBrowser, openReader, type Reader } from "./browser.ts";
import { deliverCorpus, type Delivered, openMessage, shownText } from "./delivered.ts";

let browser: Browser;
let reader: Reader;
let delivered: readonly Delivered[] = [];

before(async () => {
  if (NEEDS_CHROMIUM.skip !== false) return;
  browser = await openBrowser();
  reader = await openReader({ browser });
  delivered = await deliverCorpus(reader, "benign");
});

after(async () => {
  await reader?.stop();
  await browser?.close();
});

test("every mail shows its subject, sender, moment, words and attachments", NEEDS_CHROMIUM, async (t) => {
  const { page } = reader;
  const truth = expectedOf();
  assert.equal(delivered.length, truth.size);
  for (const one of delivered) {
    await t.test(one.mail.file, async () => {
      const expected = truth.get(one.mail.file);
      assert.ok(expected !== undefined);
      await openMessage(page, one);
      const head = flat(await page.locator("article.message .head").innerText());
      assert.equal(flat(await page.locator("h2.subject").innerText()), flat(expected.subject ?? "(no subject)"));
      for (const { name, address } of expected.from) {
        assert.ok(head.includes(flat(name)), head);
        assert.ok(head.toLowerCase().includes(address.toLowerCase()), head);
      }
      if (expected.date !== null) {
        const shown = await page.locator("article.message .head-date").getAttribute("datetime");
        assert.equal(Date.parse(shown ?? ""), Date.parse(expected.date));
      }
      const text = flat(await shownText(page));
      if (expected.htmlContains === undefined)
        for (const words of expected.textContains ?? []) assert.ok(text.includes(flat(words)), words);
      for (const { filename, sha256 } of expected.attachments) {
        if (filename === null || sha256 === null) continue;
        const link = page.locator(`a[download=${JSON.stringify(filename)}]`).first();
        if ((await link.count()) === 0) continue;
        const [saved] = await Promise.all([page.waitForEvent("download"), link.click()]);
        assert.ok((await hashesOf(saved)).includes(sha256), filename);
        assert.equal(saved.suggestedFilename(), filename);
      }
    });
  }
});

/** Of the file as saved, and with the line ends of the corpus: text that is not encoded has those of the wire. */
async function hashesOf(saved: Download): Promise<string[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of await saved.createReadStream()) chunks.push(chunk as Buffer);
  const octets = Buffer.concat(chunks);
  const lines = Buffer.from(octets.toString("latin1").replaceAll("\r\n", "\n"), "latin1");
  return [octets, lines].map((text) => createHash("sha256").update(text).digest("hex"));
}

function flat(text: string): string {
  return text
    .normalize("NFC")
    .replaceAll(/[\s\u2068\u2069]+/g, " ")
    .trim();
}
