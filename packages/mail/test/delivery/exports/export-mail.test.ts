// Out of one account as files and into another: the same octets, mailboxes, times and keywords.
import assert from "node:assert/strict";
import { appendFile, readdir, readFile, rename, stat, truncate, unlink, writeFile } from "node:fs/promises";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import {
  deliverStream,
  exportMail,
  importMail,
  openSource,
  openTarget,
  TargetError,
  type MailFormat,
} from "../../../src/delivery/index.ts";
import { withLf } from "../../../src/delivery/exports/line-ends.ts";
import { messagesOf, openPostOffice, temporaryFolder, textOf, type PostOffice } from "../post-office.ts";

const fixtures = new URL("../../fixtures/mail/", import.meta.url);
const CORPUS = readdirSync(fixtures)
  .filter((name) => name.endsWith(".eml"))
  .map((name) => readFileSync(new URL(name, fixtures)));

const DIFFICULT = [
  "",
  "\r\n",
  "a",
  "a\rb\r\n",
  "a\r\r\nFrom me\r\n>From you\r\n",
  "\r\r\n",
  "a\r",
  "From me\r\n\r\n>From you\r\nFrom x Mon Mar  2 08:15:00 2026\r\n\r\n",
  "H: x\r\n\r\n\r\n\r\n",
  "\0\xff\r\n",
  ".\r\n..\r\n",
  `${"x".repeat(300_000)}\r\nFrom me\r\n`,
];

async function fill(office: PostOffice): Promise<void> {
  const account = office.account("demo");
  const mailboxes = ["INBOX", "Archive", "Archive/2024", "Entwürfe", "v1.2 notes"];
  const keywords = [[], ["$seen"], ["$answered", "$flagged", "$seen"], ["$draft"], ["$forwarded", "work"]];
  const texts: readonly Uint8Array[] = [...CORPUS, ...DIFFICULT.map((text) => Buffer.from(text, "latin1"))];
  for (const [at, text] of texts.entries()) {
    const receivedAt = Date.UTC(2020, 0, 1) + at * 86_399_000;
    await deliverStream({
      store: office.store,
      account,
      body: [text],
      mailbox: mailboxes[at % 5] ?? "",
      keywords: keywords[at % 4] ?? [],
      receivedAt,
    });
  }
  await deliverStream({
    store: office.store,
    account,
    body: [Buffer.from("k\r\n")],
    keywords: keywords[4] ?? [],
    receivedAt: Date.UTC(2021, 0, 1),
  });
}

interface Kept {
  readonly mailbox: string;
  readonly text: string;
  readonly receivedAt: number;
  readonly keywords: string;
}

async function everythingOf(office: PostOffice, name: string): Promise<readonly Kept[]> {
  const account = office.account(name);
  const all: Kept[] = [];
  for (const { messageId, mailbox, receivedAt, keywords } of await messagesOf(office.store, account)) {
    all.push({
      mailbox,
      text: await textOf(office.store, account, messageId),
      receivedAt,
      keywords: [...keywords].sort().join(" "),
    });
  }
  return all.sort((a, b) => (a.mailbox < b.mailbox ? -1 : a.mailbox > b.mailbox ? 1 : a.receivedAt - b.receivedAt));
}

async function exportTo(
  office: PostOffice,
  format: MailFormat,
  path: string,
): Promise<{ written: number; alreadyThere: number }> {
  const { written, alreadyThere } = await exportMail({
    store: office.store,
    account: office.account("demo"),
    target: await openTarget({ format, path }),
  });
  return { written, alreadyThere };
}

// What each format can say beside octets and mailbox.
const SAYS: Readonly<Record<MailFormat, { readonly time: boolean; readonly keywords: boolean }>> = {
  maildir: { time: true, keywords: true },
  mbox: { time: true, keywords: false },
  eml: { time: false, keywords: false },
};

for (const [format, says] of Object.entries(SAYS) as [MailFormat, (typeof SAYS)[MailFormat]][]) {
  test(`${format}: everything that was exported is imported again octet for octet, and a second export writes nothing`, async (context) => {
    const office = await openPostOffice(context);
    await fill(office);
    const path = join(await temporaryFolder(context), "out");
    const count = CORPUS.length + DIFFICULT.length + 1;
    assert.deepEqual(await exportTo(office, format, path), { written: count, alreadyThere: 0 });
    assert.deepEqual(await exportTo(office, format, path), { written: 0, alreadyThere: count });
    const summary = await importMail({
      store: office.store,
      account: office.account("friend"),
      source: await openSource({ path, format }),
    });
    assert.deepEqual({ added: summary.added, failures: summary.failures }, { added: count, failures: [] });
    const plain = (all: readonly Kept[]): unknown =>
      all
        .map(({ mailbox, text, receivedAt, keywords }) => [
          mailbox,
          text,
          says.time ? receivedAt : 0,
          says.keywords ? keywords : "",
        ])
        .sort();
    assert.deepEqual(plain(await everythingOf(office, "friend")), plain(await everythingOf(office, "demo")));
  });

  test(`${format}: an export that failed half way is completed by the next one`, async (context) => {
    const office = await openPostOffice(context);
    await fill(office);
    const path = join(await temporaryFolder(context), "out");
    const broken = new Error("the disk is gone");
    const target = await openTarget({ format, path });
    let left = 20;
    const store = {
      ...pick(office),
      octetsOf: (account: string, messageId: number) =>
        (left -= 1) < 0 ? failing(broken) : office.store.octetsOf(account, messageId),
    };
    await assert.rejects(exportMail({ store, account: office.account("demo"), target }), broken);
    const rest = await exportTo(office, format, path);
    assert.ok(rest.alreadyThere > 0 && rest.written > 0);
    await importMail({
      store: office.store,
      account: office.account("friend"),
      source: await openSource({ path, format }),
    });
    const texts = async (name: string): Promise<readonly string[]> =>
      (await everythingOf(office, name)).map(({ mailbox, text }) => `${mailbox} ${text}`).sort();
    assert.deepEqual(await texts("friend"), await texts("demo"));
  });
}

function pick({ store }: PostOffice): Pick<PostOffice["store"], "messages" | "directory"> {
  return { directory: store.directory, messages: (account, o) => store.messages(account, o) };
}

async function* failing(error: Error): AsyncGenerator<Uint8Array> {
  yield Buffer.from("half a mess");
  throw error;
}

test("maildir: unseen mail is in new, other mail in cur with its flags, and a reader's changes are respected", async (context) => {
  const office = await openPostOffice(context);
  const account = office.account("demo");
  const receivedAt = Date.UTC(2026, 2, 2, 8, 15);
  await deliverStream({ store: office.store, account, body: [Buffer.from("new\r\n")], receivedAt });
  await deliverStream({
    store: office.store,
    account,
    body: [Buffer.from("seen\r\n")],
    receivedAt,
    keywords: ["$seen", "$flagged"],
  });
  const path = join(await temporaryFolder(context), "out");
  await exportTo(office, "maildir", path);
  const [fresh = ""] = await readdir(join(path, "new"));
  const [seen = ""] = await readdir(join(path, "cur"));
  assert.match(fresh, /^1772439300\.\S+\.restante,S=4,W=5$/);
  assert.match(seen, /^1772439300\.\S+\.restante,S=5,W=6:2,FS$/);
  assert.equal(await readFile(join(path, "new", fresh), "utf8"), "new\n");
  assert.equal((await stat(join(path, "new", fresh))).mtimeMs, receivedAt);
  assert.equal((await stat(join(path, "new", fresh))).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(join(path, "tmp")), []);
  await rename(join(path, "new", fresh), join(path, "cur", `${fresh}:2,S`));
  assert.deepEqual(await exportTo(office, "maildir", path), { written: 0, alreadyThere: 2 });
});

test("mbox: what a mail program expects is written, and a later export adds what is new", async (context) => {
  const office = await openPostOffice(context);
  const account = office.account("demo");
  const at = { store: office.store, account, receivedAt: Date.UTC(2026, 2, 2, 8, 15) };
  await deliverStream({ ...at, body: [Buffer.from("S: 1\r\n\r\nFrom me\r\n")], sender: "ann@b.example" });
  await deliverStream({ ...at, body: [Buffer.from("S: 2\r\n")], mailbox: "a/b.c" });
  const path = join(await temporaryFolder(context), "out");
  await exportTo(office, "mbox", path);
  const first = "From ann@b.example Mon Mar  2 08:15:00 2026\nReturn-Path: <ann@b.example>\nS: 1\n\n>From me\n\n";
  assert.equal(await readFile(join(path, "INBOX.mbox"), "utf8"), first);
  assert.equal(
    await readFile(join(path, "a", "b.c.mbox"), "utf8"),
    "From MAILER-DAEMON Mon Mar  2 08:15:00 2026\nS: 2\n\n",
  );
  await deliverStream({ ...at, body: [Buffer.from("S: 3\r\n")] });
  assert.deepEqual(await exportTo(office, "mbox", path), { written: 1, alreadyThere: 2 });
  assert.equal(
    await readFile(join(path, "INBOX.mbox"), "utf8"),
    `${first}From MAILER-DAEMON Mon Mar  2 08:15:00 2026\nS: 3\n\n`,
  );
});

test("mbox: a file that is not ours, or was changed since, is not touched", async (context) => {
  const office = await openPostOffice(context);
  await deliverStream({ store: office.store, account: office.account("demo"), body: [Buffer.from("S: 1\r\n")] });
  const path = await temporaryFolder(context);
  const file = join(path, "INBOX.mbox");
  await writeFile(file, "mine\n");
  await assert.rejects(exportTo(office, "mbox", path), TargetError);
  assert.equal(await readFile(file, "utf8"), "mine\n");
  await unlink(file);
  await exportTo(office, "mbox", path);
  await appendFile(file, "From a mail program\n");
  await assert.rejects(exportTo(office, "mbox", path), TargetError);
  const { size } = await stat(file);
  await truncate(file, size - 30);
  await assert.rejects(exportTo(office, "mbox", path), TargetError);
});

test("eml: files are the kept octets, named by time, with their line ends", async (context) => {
  const office = await openPostOffice(context);
  const at = { store: office.store, account: office.account("demo"), receivedAt: Date.UTC(2026, 2, 2, 8, 15) };
  await deliverStream({ ...at, body: [Buffer.from("S: 1\n\nx\n")] });
  await deliverStream({ ...at, body: [Buffer.from("S: 2\n")], mailbox: "../.hidden/a:b" });
  const path = join(await temporaryFolder(context), "out");
  await exportTo(office, "eml", path);
  const names = (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path.length + 1));
  assert.equal(names.length, 2);
  const inbox = names.find((name) => !name.includes("/")) ?? "";
  assert.match(inbox, /^20260302T081500Z-\S+\.eml$/);
  assert.equal(await readFile(join(path, inbox), "utf8"), "S: 1\r\n\r\nx\r\n");
  assert.ok(
    names.some((name) => name.startsWith("%2E%2E/%2Ehidden/a%3Ab/")),
    names.join(),
  );
});

test("only the mailboxes asked for are exported", async (context) => {
  const office = await openPostOffice(context);
  await fill(office);
  const path = join(await temporaryFolder(context), "out");
  const target = await openTarget({ format: "eml", path });
  const wanted = (await everythingOf(office, "demo")).filter(({ mailbox }) => mailbox === "Archive").length;
  const summary = await exportMail({
    store: office.store,
    account: office.account("demo"),
    target,
    mailboxes: ["Archive"],
  });
  assert.equal(summary.written, wanted);
  assert.deepEqual(await readdir(path), ["Archive"]);
});

test("a message removed while the export runs is counted as gone, and leaves no file", async (context) => {
  const office = await openPostOffice(context);
  const account = office.account("demo");
  for (const text of ["one", "two", "three"])
    await deliverStream({ store: office.store, account, body: [Buffer.from(text)] });
  const [, second] = await messagesOf(office.store, account);
  const removing = {
    ...pick(office),
    octetsOf: (name: string, messageId: number) => office.store.octetsOf(name, messageId),
  };
  const pages = removing.messages;
  removing.messages = async (name, o) => {
    const page = await pages(name, o);
    if (o.after === 0) await office.store.remove(account, [second?.messageId ?? 0]);
    return page;
  };
  for (const format of ["maildir", "mbox", "eml"] as const) {
    const path = join(await temporaryFolder(context), "out");
    const { written, gone } = await exportMail({
      store: removing,
      account,
      target: await openTarget({ format, path }),
    });
    assert.deepEqual({ format, written, gone }, { format, written: 2, gone: format === "maildir" ? 1 : 0 });
  }
});

test("LF line ends say the same as CRLF wherever they can, in any chunks", async () => {
  const text = fc.array(fc.constantFrom("\r", "\r\n", "a", "\0"), { maxLength: 12 }).map((parts) => parts.join(""));
  const size = fc.integer({ min: 1, max: 3 });
  await fc.assert(
    fc.asyncProperty(text, size, async (octets, chunk) => {
      const chunks = Array.from({ length: Math.ceil(octets.length / chunk) }, (_, at) =>
        Buffer.from(octets.slice(at * chunk, (at + 1) * chunk), "latin1"),
      );
      const parts: Uint8Array[] = [];
      const rewriting = (async () => {
        for await (const part of withLf(toAsync(chunks))) parts.push(part);
      })();
      if (octets.includes("\r\r\n")) return assert.rejects(rewriting, { name: "NeedsCrlf" });
      await rewriting;
      const lf = Buffer.concat(parts).toString("latin1");
      assert.doesNotMatch(lf, /\r\n/);
      assert.equal(lf.replaceAll("\n", "\r\n"), octets);
    }),
    { numRuns: 500 },
  );
});

async function* toAsync(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
