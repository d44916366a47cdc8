// Texts and attachments made to do harm, in the reader a person uses.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { LmtpClient } from "../../../../../interop/lmtp.ts";
import { PopClient } from "../../../../../interop/pop-client.ts";
import { hostile, onTheWire } from "../../message/corpus.ts";
import { answeredBy, becomes, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { openMessage } from "./delivered.ts";
import { type Linked } from "./harmless.ts";
import { openHostile } from "./hostile-reader.ts";
import { zipNames } from "./zip-names.ts";

/** Attachments of one message that are looked at; more of them are shown in the same way. */
const LOOKED_AT_MAX = 4;

/** Whose parts are asked for one by one. */
const SERVED = ["h16", "h17", "h18", "h21", "h43", "h76", "h77", "h81"];

const opened = openHostile(["h14", ...SERVED]);

test("names of attachments hold no path, no control and no override", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
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
  const { page, of } = opened();
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
  const { page, of } = opened();
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
  const { page, context, origin, canary, dialogs, of, listenTo } = opened();
  const shown = await context.newPage();
  listenTo(shown);
  let looks = 0;
  for (const id of SERVED) {
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
        await shown.goto(href);
      }
      assert.ok(served >= hrefs.length, "each of them can be saved");
      for (const look of (await page.getByRole("button", { name: /^Look at/ }).all()).slice(0, LOOKED_AT_MAX)) {
        const answered = answeredBy(page, /\?show=1$/);
        await look.click();
        await page.getByRole("dialog").waitFor();
        await answered;
        looks += 1;
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      assert.deepEqual([await canary.heard(), dialogs], [[], []]);
    });
  }
  assert.ok(looks > 0);
  await shown.close();
});

test("control octets and lone dots come out of POP as they were sent", NEEDS_CHROMIUM, async () => {
  const { product } = opened();
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
    const { page, product } = opened();
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
