// Senders, conversations and headers that pretend, in the reader a person uses.
import assert from "node:assert/strict";
import { test } from "node:test";
import { LmtpClient } from "../../../../../interop/lmtp.ts";
import { becomes, goTo, NEEDS_CHROMIUM } from "./browser.ts";
import { openMessage } from "./delivered.ts";
import { asked, openHostile } from "./hostile-reader.ts";

/** Each answers the one before it, and the first the last. */
const CIRCLE = ["h82a", "h82b", "h82c"];
/** With dates that no mail has. */
const DATED = ["h85a", "h85b", "h85c", "h85e", "h85f"];

const opened = openHostile(["h51", "h56", "h83", ...CIRCLE, ...DATED]);

test("a mail with two senders says so", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  await openMessage(page, of("h51"));
  await page.getByText("It names several senders.").waitFor();
});

test("list, head and answer name the same sender", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
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
  "who joins a thread by its references is marked as new there, and takes no message's place",
  NEEDS_CHROMIUM,
  async () => {
    const { page, product, of } = opened();
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
    // What was delivered joins its conversation a moment later.
    await becomes(async () => (await joined()).cards.length, 4);
    const { conversation, cards } = await joined();
    const outsiders = cards.filter((card) => card.isNewOutsider).map((card) => card.from[0]?.address);
    assert.deepEqual(outsiders, ["mina@evil.invalid"]);
    await goTo(page, `#/all/inbox?open=${account}.c${conversation}`);
    await page.getByText("New in this conversation").first().waitFor();
  },
);

test("messages that answer one another in a circle are all in their conversations", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  for (const id of CIRCLE) {
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

test("no date of a sender's lies ahead of us, or before there was mail", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  for (const id of DATED) {
    const { account, messageId } = of(id);
    const listed = await asked<Listed>(page, "/api/list?account=all&role=inbox&view=messages&limit=200");
    const row = listed.rows.find((one) => one.account === account && one.messageId === messageId);
    assert.ok(row !== undefined, id);
    assert.ok(row.date <= Date.now() + 86_400_000 && row.date > Date.UTC(1970, 0, 1), `${id}: ${row.date}`);
  }
});

test("a list is left by nobody but who is named, and after a question", NEEDS_CHROMIUM, async () => {
  const { page, of } = opened();
  await openMessage(page, of("h56"));
  await page.getByRole("button", { name: "Unsubscribe" }).click();
  const question = page.getByRole("alertdialog", { name: "Unsubscribe from this list?" });
  await question.getByText("A mail to x@x.example asks to take you off.").waitFor();
  await question.getByRole("button", { name: "Cancel" }).click();
  await question.waitFor({ state: "detached" });
});

/** A sender who pretends, and what is said of it. */
const PRETENDERS: readonly (readonly [string, string])[] = [
  ['"service@bank.example" <x@evil.invalid>', "The sender’s name looks like another address."],
  ["=?utf-8?Q?P=D0=B0yPal?= <x@evil.invalid>", "The sender’s name mixes alphabets that look alike."],
  ["=?utf-8?Q?Bank=E2=80=AEknaB?= <x@evil.invalid>", "The sender’s name holds characters that cannot be seen."],
];

test("a sender who pretends to be another is marked", NEEDS_CHROMIUM, async (t) => {
  const { page, product } = opened();
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

interface Conversation {
  readonly conversation: number;
  readonly cards: readonly {
    readonly messageId: number;
    readonly isNewOutsider: boolean;
    readonly from: readonly { readonly address: string }[];
  }[];
}

type People = Readonly<Record<"from" | "replyTo", readonly { readonly address: string }[]>>;

interface Listed {
  readonly rows: readonly { readonly account: string; readonly messageId: number; readonly date: number }[];
}
