// Headers that stand for messages larger than max_size: whoever fetches the whole message, nobody has both.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openSetting, openWithStore, SIX, type Setting } from "./fixture.ts";

const LARGE = `Subject: large\r\nMessage-ID: <large@x>\r\n\r\n${"All that it says.\r\n".repeat(200)}`;
const MESSAGES = [SIX[0] as string, LARGE];
const HEADERS = { fetch: { max_size: "1kB", oversize: "headers" } };
const FIELD = /^X-Restante-Header-Only: \d+ octets are at /;

const retrieved = ({ peer }: Setting, n: number): number =>
  peer.commands.filter((command) => command === `RETR ${n}`).length;

const withStore = async (context: Parameters<typeof openWithStore>[0]) => {
  const setting = await openWithStore(context, { messages: MESSAGES });
  const { anna } = setting;
  await setting.run(HEADERS);
  assert.match((await anna.texts())[1] ?? "", FIELD);
  const stub = (await anna.store.messages(anna.account, { after: 0, limit: 10 }))[1]?.messageId ?? 0;
  const mailboxOf = async (text: string): Promise<string | undefined> => {
    const at = (await anna.texts()).indexOf(text);
    const messageId = (await anna.store.messages(anna.account, { after: 0, limit: 10 }))[at]?.messageId ?? 0;
    const [found] = await anna.store.placementsOf(anna.account, [messageId]);
    return found === undefined ? undefined : [found.mailbox, ...found.keywords].join(" ");
  };
  return Object.assign(setting, { stub, mailboxOf });
};

test("when max_size allows the whole message, it is where its header was filed, marked as that, and the header is gone", async (context) => {
  const setting = await withStore(context);
  const { anna, stub, mailboxOf } = setting;
  await anna.store.move(anna.account, [stub], "Archive");
  await anna.store.setKeywords(anna.account, [stub], { add: ["$seen"] });
  assert.equal((await setting.run()).arrived.messages, 1);
  assert.deepEqual(await anna.texts(), MESSAGES);
  assert.equal(await mailboxOf(LARGE), "Archive $seen");
  assert.equal((await setting.run()).arrived.messages, 0);
  assert.deepEqual(await anna.texts(), MESSAGES);
});

test("a header in Trash has its message in Trash", async (context) => {
  const setting = await withStore(context);
  await setting.anna.store.move(setting.anna.account, [setting.stub], "Trash");
  await setting.run();
  assert.equal(await setting.mailboxOf(LARGE), "Trash");
});

test("a POP client that deleted the header gets the message as new", async (context) => {
  const setting = await withStore(context);
  const { anna } = setting;
  const { store, account } = anna;
  await store.directory.changeAccount(account, { popDelete: { kind: "trash", days: 30 } });
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  await maildrop.commit(new Set([1, 2]));
  await setting.run({ server: { keep: "0" } });
  assert.equal(await setting.mailboxOf(LARGE), "INBOX");
  assert.deepEqual(setting.peer.maildrop.messages, []);
  const again = await store.open(account, { holder: "test", onBusy: "reject" });
  assert.equal(again.count, 1);
  await again.release();
});

test("the message whose header was removed here is not fetched, nor removed there, until somebody asks for it", async (context) => {
  const setting = await withStore(context);
  const { anna, stub, peer } = setting;
  await anna.store.remove(anna.account, [stub]);
  const keys = { server: { keep: "0", delete_when_deleted_locally: true } };
  await setting.run(keys);
  assert.equal(retrieved(setting, 2), 0);
  assert.deepEqual(await anna.texts(), [SIX[0]]);
  assert.deepEqual(
    peer.maildrop.messages.map(({ uniqueId }) => uniqueId),
    ["peer-2"],
  );
  await setting.run({}, { asked: { fetch: new Set(["peer-2"]), remove: new Set() } });
  assert.deepEqual(await anna.texts(), MESSAGES);
  assert.equal(await setting.mailboxOf(LARGE), "INBOX");
});

test("a whole message that a person asks for takes its header's place too", async (context) => {
  const setting = await withStore(context);
  const { anna } = setting;
  await setting.run(HEADERS, { asked: { fetch: new Set(["peer-2"]), remove: new Set() } });
  assert.deepEqual(await anna.texts(), MESSAGES);
});

test("a header whose message was forgotten, or filtered for a while, gives way to the message all the same", async (context) => {
  for (const between of ["forget", "filter"]) {
    const setting = await withStore(context);
    const { anna, stub, mailboxOf } = setting;
    await anna.store.move(anna.account, [stub], "Archive");
    if (between === "forget") assert.equal(setting.state.forget("work", { uniqueIds: ["peer-2"] }), 1);
    else await setting.run({ filter: [{ when: { header: "Subject", matches: "large" }, do: "skip" }] });
    await setting.run();
    assert.deepEqual([await anna.texts(), await mailboxOf(LARGE)], [MESSAGES, "Archive"]);
  }
});

test("a forgotten header of a message without a body is not taken for the message", async (context) => {
  const bare = `Subject: bare\r\nX-Long: ${"x".repeat(1_500)}\r\n\r\n`;
  const setting = await openSetting(context, { messages: [bare] });
  await setting.run(HEADERS);
  setting.state.forget("work", {});
  await setting.run();
  assert.deepEqual(setting.texts(), [bare]);
});

const files = (folder: string, inner: string): readonly string[] => {
  const path = join(folder, "Maildir", inner);
  return readdirSync(path).map((name) => `${name.replace(/^[^:]*/, "")} ${readFileSync(join(path, name), "latin1")}`);
};
const inLf = (text: string): string => text.replaceAll("\r\n", "\n");

test("in a Maildir the whole message is in the folder its header was filed in, with its flags", async (context) => {
  const setting = await openSetting(context, { messages: MESSAGES });
  await setting.run(HEADERS);
  const inbox = join(setting.folder, "Maildir", "new");
  const stub = readdirSync(inbox).find((name) => FIELD.test(readFileSync(join(inbox, name), "latin1"))) ?? "";
  const filed = join(setting.folder, "Maildir", ".Archive", "cur");
  mkdirSync(filed, { recursive: true });
  renameSync(join(inbox, stub), join(filed, `${stub}:2,FS`));
  assert.equal((await setting.run()).arrived.messages, 1);
  assert.deepEqual(files(setting.folder, "new"), [` ${inLf(SIX[0] as string)}`]);
  assert.deepEqual(files(setting.folder, ".Archive/cur"), [`:2,FS ${inLf(LARGE)}`]);
  assert.equal((await setting.run({ server: { keep: "0" } })).removed, 2, "where it is now it is known");
});

test("in a Maildir, a header that cannot be taken away stays beside its message, and holds nothing up", async (context) => {
  const setting = await openSetting(context, { messages: MESSAGES });
  await setting.run(HEADERS);
  const inbox = join(setting.folder, "Maildir", "new");
  const stub = readdirSync(inbox).find((name) => FIELD.test(readFileSync(join(inbox, name), "latin1"))) ?? "";
  rmSync(join(inbox, stub));
  mkdirSync(join(inbox, stub));
  setting.peer.maildrop.deliver("Subject: behind it\r\n\r\nx\r\n");
  const report = await setting.run();
  assert.deepEqual([report.exitCode, report.arrived.messages], [0, 2]);
  assert.equal((await setting.run()).arrived.messages, 0);
});

test("in a Maildir, a header that is gone or became something else is left alone, and the message is there", async (context) => {
  for (const become of [undefined, "Subject: mine now\n\n"]) {
    const setting = await openSetting(context, { messages: MESSAGES });
    await setting.run(HEADERS);
    const inbox = join(setting.folder, "Maildir", "new");
    const stub = readdirSync(inbox).find((name) => FIELD.test(readFileSync(join(inbox, name), "latin1"))) ?? "";
    if (become === undefined) rmSync(join(inbox, stub));
    else writeFileSync(join(inbox, stub), become);
    await setting.run();
    const expected = [...MESSAGES.map(inLf), ...(become === undefined ? [] : [become])];
    assert.deepEqual(setting.texts().map(inLf), expected.sort());
  }
});

test("a server that has TOP and no CAPA gives headers, however long their lines are", async (context) => {
  const long = `X-Long: ${"x".repeat(100_000)}\r\n${LARGE}`;
  const setting = await openSetting(context, { messages: [long], without: ["CAPA"] });
  assert.equal((await setting.run(HEADERS)).headersOnly, 1);
  assert.match(setting.texts()[0] ?? "", FIELD);
  assert.equal(retrieved(setting, 1), 0);
});

for (const [what, options] of [
  ["does not list TOP", { without: ["TOP"] }],
  ["refuses TOP", { faults: [{ on: "TOP", answer: "-ERR not here" }] }],
  ["has neither CAPA nor TOP", { without: ["CAPA", "TOP"] }],
] as const)
  test(`where the server ${what}, a message larger than max_size stays, is no failure, and is not fetched for its header`, async (context) => {
    const setting = await openSetting(context, { messages: MESSAGES, ...options });
    const stays = `${LARGE.length} octets, more than max_size 1kB; the server does not give its header alone`;
    for (let run = 0; run < 4; run += 1) {
      assert.deepEqual((await setting.plan(HEADERS)).messages[1]?.why, stays);
      const { exitCode, failed } = await setting.run(HEADERS);
      assert.deepEqual([exitCode, failed], [0, []]);
    }
    assert.equal(retrieved(setting, 2), 0);
    assert.deepEqual(setting.texts(), [MESSAGES[0]]);
    await setting.run();
    assert.deepEqual(setting.texts(), [...MESSAGES].sort(), "it comes when max_size allows it");
  });
