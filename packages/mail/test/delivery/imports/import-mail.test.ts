import assert from "node:assert/strict";
import { mkdir, readdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { PopError } from "@restante/pop/wire";
import { importMail, openSource, type ImportProgress } from "../../../src/delivery/index.ts";
import { messagesOf, openPostOffice, temporaryFolder } from "../post-office.ts";

async function maildirWith(root: string, texts: readonly string[]): Promise<void> {
  await mkdir(join(root, "cur"), { recursive: true });
  for (const [at, text] of texts.entries())
    await writeFile(join(root, "cur", `${1_700_000_000 + at}.m${at}.host:2,S`), text);
}

const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => `Subject: ${at}\n\nbody ${at}\n`);

test("an import keeps the source's order and adds nothing the second time", async (context) => {
  const { store, account, mailOf } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  const texts = numbered(100);
  texts[50] = `Subject: 50\n\n${"large ".repeat(40_000)}\n`; // takes longer than those behind it
  await maildirWith(root, texts);
  const all: ImportProgress[] = [];
  const to = { store, account: account("demo") };
  const first = await importMail({
    ...to,
    source: await openSource({ path: root }),
    onProgress: (progress) => void all.push(progress),
  });
  assert.deepEqual({ ...first, octets: 0 }, { added: 100, alreadyThere: 0, failed: 0, octets: 0, failures: [] });
  assert.equal(
    first.octets,
    texts.reduce((sum, text) => sum + text.length + (text.match(/\n/g) ?? []).length, 0),
  );
  assert.equal(all.length, 100);
  assert.deepEqual(all.at(-1), { unit: "messages", done: 100, total: 100, added: 100, alreadyThere: 0, failed: 0 });
  assert.deepEqual(
    await mailOf("demo"),
    texts.map((text) => text.replaceAll("\n", "\r\n")),
  );

  const second = await importMail({ ...to, source: await openSource({ path: root }) });
  assert.deepEqual(second, { added: 0, alreadyThere: 100, failed: 0, octets: 0, failures: [] });
  assert.equal((await mailOf("demo")).length, 100);
});

test("an import that was stopped goes on where it was, whatever was renamed meanwhile", async (context) => {
  const { store, account, mailOf } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  await maildirWith(root, [...numbered(60), "same\n", "same\n", "same\n"]);
  const stop = new AbortController();
  const to = { store, account: account("demo") };
  const interrupted = importMail({
    ...to,
    source: await openSource({ path: root }),
    signal: stop.signal,
    onProgress: ({ added }) => added >= 20 && stop.abort(new Error("interrupted")),
  });
  await assert.rejects(interrupted, /interrupted/);
  const kept = (await mailOf("demo")).length;
  assert.ok(kept >= 20 && kept < 60, `${kept} messages`);
  for (const name of await readdir(join(root, "cur")))
    await rename(join(root, "cur", name), join(root, "cur", name.replace(":2,S", ":2,FS")));
  const rest = await importMail({ ...to, source: await openSource({ path: root }) });
  assert.deepEqual(
    { ...rest, octets: 0 },
    { added: 63 - kept, alreadyThere: kept, failed: 0, octets: 0, failures: [] },
  );
  const mail = await mailOf("demo");
  assert.equal(mail.length, 63);
  assert.equal(mail.filter((text) => text === "same\r\n").length, 3, "equal messages are messages of their own");
});

test("what cannot be read is left out and told, the others come in", async (context) => {
  const { store, account, mailOf } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  await maildirWith(root, ["one\n", "two, which is too long\n", "three\n"]);
  await symlink("/etc/passwd", join(root, "cur", "1800000000.link.host"));
  const summary = await importMail({
    store,
    account: account("demo"),
    source: await openSource({ path: root }),
    octetsMax: 10,
  });
  assert.equal(summary.added, 2);
  assert.equal(summary.failed, 2);
  assert.deepEqual(summary.failures.map(({ name, reason }) => `${name}: ${reason}`).sort(), [
    "INBOX: cur/1700000001.m1.host:2,S: the message is larger than 10 octets",
    "INBOX: cur/1800000000.link.host: is a symbolic link",
  ]);
  assert.deepEqual(await mailOf("demo"), ["one\r\n", "three\r\n"]);
});

test("a full mailbox or disk stops the import, and what came in stays", async (context) => {
  const { store, account, mailOf } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  await maildirWith(root, numbered(50));
  await store.directory.changeAccount(account("demo"), { quotaMessages: 10 });
  const to = { store, account: account("demo") };
  await assert.rejects(
    importMail({ ...to, source: await openSource({ path: root }) }),
    (error) => error instanceof PopError && error.code === "OVER_QUOTA",
  );
  assert.equal((await mailOf("demo")).length, 10);
  await store.directory.changeAccount(account("demo"), { quotaMessages: null });
  assert.equal((await importMail({ ...to, source: await openSource({ path: root }) })).added, 40);
});

test("no more messages are in flight than asked for", async (context) => {
  const { store, account } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  await maildirWith(root, numbered(40));
  let inFlight = 0;
  let most = 0;
  const counting = {
    newBody: () => store.newBody(),
    async place(...of: Parameters<typeof store.place>) {
      inFlight += 1;
      most = Math.max(most, inFlight);
      try {
        return await store.place(...of);
      } finally {
        inFlight -= 1;
      }
    },
  };
  await importMail({
    store: counting,
    account: account("demo"),
    source: await openSource({ path: root }),
    concurrency: 4,
  });
  assert.ok(most > 1 && most <= 4, `${most} at once`);
});

test("a message without a time of its own gets that of its last hop, then its author's, then the file's", async (context) => {
  const { store, account } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  await writeFile(
    join(root, "1.eml"),
    "Received: by mx; Mon, 2 Mar 2026 08:15:00 +0100 (CET)\nDate: Sun, 1 Mar 2026 00:00:00 +0000\n\nx\n",
  );
  await writeFile(join(root, "2.eml"), "Date: Sun, 1 Mar 2026 00:00:00 +0000\n\nx\n");
  await writeFile(join(root, "3.eml"), "Date: once upon a time\n\nx\n");
  await writeFile(join(root, "4.eml"), "Date: Sun, 1 Mar 2999 00:00:00 +0000\n\nx\n");
  const before = Date.now();
  await importMail({ store, account: account("demo"), source: await openSource({ path: root }) });
  const times = (await messagesOf(store, account("demo"))).map(({ receivedAt }) => receivedAt);
  assert.deepEqual(times.slice(0, 2), [Date.UTC(2026, 2, 2, 7, 15), Date.UTC(2026, 2, 1)]);
  assert.ok(
    times.slice(2).every((at) => at > before - 60_000 && at <= Date.now()),
    "never in the future",
  );
});

test("what a name cannot be here holds up no other message: a keyword is left out, a folder's mail is told", async (context) => {
  const { store, account } = await openPostOffice(context);
  const root = await temporaryFolder(context);
  await maildirWith(root, ["Subject: kept\n\nx\n"]);
  await rename(join(root, "cur", "1700000000.m0.host:2,S"), join(root, "cur", "1700000000.m0.host:2,Sab"));
  await writeFile(join(root, "dovecot-keywords"), `0 ${"k".repeat(65)}\n1 work\n`);
  const deep = join(root, ...Array.from({ length: 4 }, (_, level) => `${level}${"d".repeat(80)}`));
  await maildirWith(deep, ["Subject: nowhere\n\nx\n"]);
  const source = await openSource({ path: root });
  const { added, failed, failures } = await importMail({ store, account: account("demo"), source });
  assert.deepEqual([added, failed], [1, 1]);
  assert.match(failures[0]?.reason ?? "", /1 to 255 octets/);
  const [kept] = await store.messages(account("demo"), { after: 0, limit: 10 });
  assert.deepEqual(kept?.keywords, ["$seen", "work"]);
});
