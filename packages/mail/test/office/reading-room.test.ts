// The reader is opened when somebody can read: a post office that only serves POP keeps no index and parses no mail.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { connectReader } from "../../src/office/index.ts";
import { openTestOffice, type TestOffice } from "./test-office.ts";

const isIndexed = ({ config }: TestOffice): boolean => existsSync(join(config.dataDir, "search.db"));

async function withMail(house: TestOffice): Promise<{ readonly account: string; readonly messageId: number }> {
  const { store, accounts } = house.office.house;
  await accounts.add({ name: "anna" });
  const account = store.directory.accountNamed("anna")?.account ?? "";
  const body = store.newBody();
  await body.write(Buffer.from("Subject: Hello\r\n\r\nGood morning.\r\n"));
  return { account, messageId: (await store.place(account, await body.finish())).messageId };
}

test("without a web listener mail is indexed from the first question over the control socket on", async () => {
  const house = await openTestOffice();
  try {
    const { account, messageId } = await withMail(house);
    assert.equal(isIndexed(house), false);
    assert.deepEqual(await house.office.indexHealth(), [
      { what: "mail is not indexed while nobody reads it here", severity: "ok" },
    ]);
    const shown = await (await connectReader(house.config.dataDir)).ask("message", { account, messageId });
    assert.equal(shown.subject, "Hello");
    assert.equal(isIndexed(house), true);
  } finally {
    await house.stop();
  }
});

test("with a web listener it is indexed from the start", async () => {
  const house = await openTestOffice({ keys: { "listen.web": "127.0.0.1:0" } });
  try {
    assert.equal(isIndexed(house), true);
    assert.match(house.office.webAddress() ?? "", /^http:\/\/127\.0\.0\.1:\d+\/open\/./);
  } finally {
    await house.stop();
  }
});

test("what was there before is listed once it was waited for", async () => {
  const house = await openTestOffice({ keys: { "listen.web": "127.0.0.1:0" } });
  try {
    const { account } = await withMail(house);
    await house.office.listed(account, { withinMs: 30_000 });
    const page = await (await connectReader(house.config.dataDir)).ask("list", { account, role: "inbox" });
    assert.deepEqual(
      page.rows.map(({ subject }) => subject),
      ["Hello"],
    );
  } finally {
    await house.stop();
  }
});

test("threads that index and parse give way to those that serve", { skip: process.platform !== "linux" }, async () => {
  const house = await openTestOffice({ keys: { "listen.web": "127.0.0.1:0" } });
  try {
    const { account, messageId } = await withMail(house);
    await (await connectReader(house.config.dataDir)).ask("message", { account, messageId });
    // proc(5): the 19th field of stat is the niceness; the name before it may hold spaces.
    const niceness = readdirSync("/proc/self/task").map((thread) =>
      Number(readFileSync(`/proc/self/task/${thread}/stat`, "latin1").split(") ").at(-1)?.split(" ")[16]),
    );
    // One that indexes, and at least one that parses.
    assert.ok(niceness.filter((value) => value > 0).length >= 2, String(niceness));
    assert.equal(Number(readFileSync("/proc/self/stat", "latin1").split(") ").at(-1)?.split(" ")[16]), 0);
  } finally {
    await house.stop();
  }
});
