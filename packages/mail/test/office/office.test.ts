import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { chmodSync, chownSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { DEFAULT_LIMITS } from "@restante/pop/server";
import { DEFAULT_LMTP_LIMITS } from "../../src/delivery/index.ts";
import { loadConfig, type Config } from "../../src/config/index.ts";
import { OfficeError, openOffice, reachOffice } from "../../src/office/index.ts";
import { popLimits } from "../../src/office/office.ts";
import { SILENT, type Fields, type OpenLog } from "../../src/observe/index.ts";
import { loggedIn, openTestOffice, Talk, temporaryDirectory, testConfig } from "./test-office.ts";

/** A log that keeps what it is told. */
function keepingLog(): { readonly log: OpenLog; readonly lines: { readonly text: string; readonly fields: Fields }[] } {
  const lines: { readonly text: string; readonly fields: Fields }[] = [];
  const keep = (fields: Fields, text: string): void => void lines.push({ text, fields });
  return { log: { ...SILENT, error: keep, warn: keep, info: keep }, lines };
}

test("the configuration's defaults are those of the servers", () => {
  const { limits } = loadConfig().config;
  for (const [name, value] of Object.entries(popLimits(limits)))
    assert.deepEqual(value, DEFAULT_LIMITS[name as keyof typeof DEFAULT_LIMITS], name);
  assert.equal(limits.messageOctetsMax, DEFAULT_LMTP_LIMITS.messageOctetsMax);
});

test("mail that comes by LMTP is collected by POP3, and each session leaves one line in the log", async () => {
  const { log, lines } = keepingLog();
  const house = await openTestOffice({ log });
  const { password } = await house.office.house.accounts.add({ name: "anna" });
  const lmtp = new Talk(house.port("lmtp"));
  await lmtp.line();
  for (const command of ["LHLO client.example", "MAIL FROM:<a@b.example>", "RCPT TO:<anna@example.org>", "DATA"]) {
    let answer = await lmtp.say(command);
    while (answer?.[3] === "-") answer = await lmtp.line();
    assert.match(answer ?? "", /^[23]/);
  }
  assert.match((await lmtp.say("Subject: x\r\n\r\nbody\r\n.")) ?? "", /^250 /);
  await lmtp.say("QUIT");
  const pop = await loggedIn(house.port("pop3"), "anna", password);
  assert.match((await pop.say("RETR 1")) ?? "", /^\+OK/);
  while ((await pop.line()) !== ".");
  await pop.say("DELE 1");
  await pop.say("QUIT");
  await house.stop();
  const sessions = lines.filter(({ text }) => text === "session ended").map(({ fields }) => fields);
  assert.equal(sessions.length, 2);
  const [byLmtp, byPop] = sessions;
  assert.equal(byLmtp?.["stored"], 1);
  assert.equal(byPop?.["login"], "anna");
  assert.equal(byPop?.["removed"], 1);
  assert.equal(byPop?.["left"], 0);
  // Return-Path 28, Delivered-To 32, and the 20 octets that were sent.
  assert.deepEqual(byPop?.["retrieved"], { messages: 1, octets: 80 });
  assert.equal(byPop?.["reason"], "quit");
  assert.ok(!JSON.stringify(lines).includes(password));
});

async function failure(config: Config): Promise<OfficeError> {
  try {
    const office = await openOffice({ config, log: SILENT });
    await office.stop({ withinMs: 0 });
  } catch (error) {
    assert.ok(error instanceof OfficeError, String(error));
    return error;
  }
  throw new Error("it opened");
}

test("a taken port is told with the flag that chooses another, and nothing stays open", async () => {
  const directory = temporaryDirectory();
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as AddressInfo;
  const error = await failure(testConfig(directory.path, { "listen.pop3s": `127.0.0.1:${port}` }));
  assert.equal(error.code, "port-taken");
  assert.equal(
    error.message,
    `pop3s 127.0.0.1:${port} is taken by another program; choose another with --listen pop3s=127.0.0.1:0 (port 0 picks a free one)`,
  );
  other.close();
  await once(other, "close");
  const house = await openTestOffice({ dataDir: directory.path });
  await house.stop();
  directory.remove();
});

test("an address that is not this machine's is told", async () => {
  const directory = temporaryDirectory();
  const error = await failure(testConfig(directory.path, { "listen.pop3": "192.0.2.1:0" }));
  assert.equal(error.code, "cannot-listen");
  assert.match(error.message, /^pop3 192\.0\.2\.1:0 is no address of this machine; choose another with --listen pop3=/);
  directory.remove();
});

test("a second owner is refused, and told who the first one is", async () => {
  const house = await openTestOffice();
  const error = await failure(testConfig(house.config.dataDir));
  assert.equal(error.code, "owned");
  assert.match(error.message, new RegExp(`is in use by the process ${process.pid}; stop it first`));
  // The first one never noticed.
  const talk = new Talk(house.port("pop3"));
  assert.match((await talk.line()) ?? "", /^\+OK/);
  talk.close();
  await house.stop();
});

test("a store that another program keeps locked is told as such, when it was waited for", async () => {
  const directory = temporaryDirectory();
  await (await openTestOffice({ dataDir: directory.path })).stop();
  const other = new DatabaseSync(join(directory.path, "mail.db"));
  other.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  const error = await failure(testConfig(directory.path));
  other.close();
  assert.equal(error.code, "owned");
  assert.match(error.message, /^the store in \S+ is locked by another program; close that, then try again$/);
  directory.remove();
});

test("a data directory that cannot be made, or holds another program's database, is told", async () => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory.path, "file"), "");
  const below = await failure(testConfig(join(directory.path, "file", "data")));
  assert.equal(below.code, "data-directory");
  assert.match(
    below.message,
    /cannot be used \(ENOTDIR\); no directory can be made at that place; choose another with --data/,
  );
  writeFileSync(
    join(directory.path, "mail.db"),
    "this is no database, and it is longer than the head of one. ".repeat(20),
  );
  const foreign = await failure(testConfig(directory.path));
  assert.equal(foreign.code, "data-directory");
  assert.match(foreign.message, /is not a mail store, or is damaged: .* choose another data directory/);
  directory.remove();
});

test("a data directory that cannot be used as it is says why, and what to do", async () => {
  const database = temporaryDirectory();
  mkdirSync(join(database.path, "mail.db"));
  const unusable = await failure(testConfig(database.path));
  assert.equal(unusable.code, "data-directory");
  assert.match(unusable.message, /cannot be used \(unable to open database file\); .*--data/);

  const file = join(database.path, "notes.txt");
  writeFileSync(file, "no directory");
  const atFile = await failure(testConfig(file));
  assert.equal(atFile.code, "data-directory");
  assert.match(atFile.message, /\(EEXIST\); it is a file and no directory; choose another with --data/);
  database.remove();

  const house = await openTestOffice();
  await house.office.house.accounts.add({ name: "anna" });
  await house.office.stop({ withinMs: 0 });
  const key = join(house.config.dataDir, "password.key");
  chmodSync(key, 0o644);
  const open = await failure(house.config);
  assert.equal(open.code, "data-directory");
  assert.match(open.message, /password\.key has mode 0644, others may use it: run chmod 600/);
  rmSync(key);
  const gone = await failure(house.config);
  assert.equal(gone.code, "data-directory");
  assert.match(gone.message, /password\.key is gone/);
  await house.stop();
});

test("root puts nothing into a directory of somebody else, who could not open it", async (t) => {
  const directory = temporaryDirectory();
  // Whoever runs the tests: the directory is another user's, and what runs here takes itself for root.
  const owner = process.geteuid?.() || 65_534;
  chownSync(directory.path, owner, statSync(directory.path).gid);
  t.mock.method(process as { geteuid(): number }, "geteuid", () => 0);
  const refused = await failure(testConfig(directory.path));
  assert.equal(refused.code, "data-directory");
  assert.match(refused.message, new RegExp(`belongs to user ${owner}, .*; run this with sudo -u '#${owner}'$`));
  assert.deepEqual(readdirSync(directory.path), []);
  directory.remove();
});

test("a store that cannot be looked at is not called missing", async () => {
  const directory = temporaryDirectory();
  // As with a directory of another user, the system refuses to say whether the file is there.
  symlinkSync("mail.db", join(directory.path, "mail.db"));
  await assert.rejects(reachOffice({ config: testConfig(directory.path) }), { code: "data-directory" });
  directory.remove();
});

test("a password that accounts took is taken by SASL too: both prepare it the same", async () => {
  const house = await openTestOffice();
  // U+02B9 is a neutral letter between right-to-left ones (RFC 3454 tables D.1 and D.2 have it in neither).
  const password = "\u05d0\u02b9\u05d1\u05d2\u05d3\u05d4\u05d5\u05d6\u05d7\u05d8\u05d9\u05e2";
  await house.office.house.accounts.add({ name: "anna", password });
  const pop = new Talk(house.port("pop3"));
  await pop.line();
  const response = Buffer.from(`\0anna\0${password}`, "utf8").toString("base64");
  assert.match((await pop.say(`AUTH PLAIN ${response}`)) ?? "", /^\+OK/);
  await pop.say("QUIT");
  await house.stop();
});

test("LMTP listens on a Unix socket, and the socket goes with the office", async () => {
  const directory = temporaryDirectory();
  const path = join(directory.path, "lmtp.sock");
  const house = await openTestOffice({ keys: { "listen.lmtp": path } });
  assert.deepEqual(
    house.office.listeners.find(({ protocol }) => protocol === "lmtp"),
    { protocol: "lmtp", tls: false, address: path, port: null },
  );
  assert.ok(statSync(path).isSocket());
  await house.stop();
  assert.throws(() => statSync(path), { code: "ENOENT" });
  directory.remove();
});

test("what was delivered is there after a stop and a start, with the same unique-ids", async () => {
  const directory = temporaryDirectory();
  const first = await openTestOffice({ dataDir: directory.path });
  const { password } = await first.office.house.accounts.add({ name: "anna" });
  const account = first.office.house.store.directory.accountNamed("anna")?.account ?? "";
  await first.office.house.store.deliver(account, { body: [Buffer.from("Subject: kept\r\n\r\n")] });
  const before = await loggedIn(first.port("pop3"), "anna", password);
  const uniqueId = await before.say("UIDL 1");
  before.close();
  await first.stop();
  const second = await openTestOffice({ dataDir: directory.path });
  const after = await loggedIn(second.port("pop3"), "anna", password);
  assert.equal(await after.say("UIDL 1"), uniqueId);
  after.close();
  await second.stop();
  directory.remove();
});

test("a stop while a session holds marked messages removes nothing", async () => {
  const directory = temporaryDirectory();
  const house = await openTestOffice({ dataDir: directory.path });
  const { password } = await house.office.house.accounts.add({ name: "anna" });
  const account = house.office.house.store.directory.accountNamed("anna")?.account ?? "";
  await house.office.house.store.deliver(account, { body: [Buffer.from("Subject: kept\r\n\r\n")] });
  const talk = await loggedIn(house.port("pop3"), "anna", password);
  await talk.say("DELE 1");
  await Promise.all([house.office.stop({ withinMs: 0 }), house.office.stop({ withinMs: 0 })]);
  const again = await openTestOffice({ dataDir: directory.path });
  const second = await loggedIn(again.port("pop3"), "anna", password);
  assert.equal(await second.say("STAT"), "+OK 1 17");
  second.close();
  talk.close();
  await again.stop();
  directory.remove();
});
