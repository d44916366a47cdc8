import assert from "node:assert/strict";
import { readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openDemo } from "../../src/office/index.ts";
import { loggedIn, openTestOffice, temporaryDirectory } from "./test-office.ts";

const samples = (user: string): number => readdirSync(new URL(`../../demo/${user}/`, import.meta.url)).length;

test("the demo has at least 14 samples for demo and some for friend, delivered once however often it starts", async () => {
  assert.ok(samples("demo") >= 14);
  assert.ok(samples("friend") >= 3);
  const directory = temporaryDirectory();
  const passwords: unknown[] = [];
  for (let start = 0; start < 2; start += 1) {
    const house = await openTestOffice({ dataDir: directory.path });
    const { accounts, changed } = await openDemo(directory.path, house.office.house);
    passwords.push(accounts);
    assert.deepEqual(changed, []);
    assert.deepEqual(
      accounts.map(({ user }) => user),
      ["demo", "friend"],
    );
    const { password = "" } = accounts[0] ?? {};
    const talk = await loggedIn(house.port("pop3"), "demo", password);
    assert.match((await talk.say("STAT")) ?? "", new RegExp(`^\\+OK ${samples("demo")} \\d+$`));
    talk.close();
    await house.stop();
  }
  assert.deepEqual(passwords[0], passwords[1]);
  assert.equal(statSync(join(directory.path, "demo-accounts.json")).mode & 0o777, 0o600);
  directory.remove();
});

test("a sample somebody removed does not come back, even when delivery ids are forgotten", async () => {
  const directory = temporaryDirectory();
  const house = await openTestOffice({ dataDir: directory.path });
  await openDemo(directory.path, house.office.house);
  const { store } = house.office.house;
  const account = store.directory.accountNamed("friend")?.account ?? "";
  const [first] = await store.messages(account, { after: 0, limit: 1 });
  await store.remove(account, [first?.messageId ?? 0]);
  await store.collectGarbage(Date.now() + 30 * 86_400_000);
  await openDemo(directory.path, house.office.house);
  assert.equal((await store.messages(account, { after: 0, limit: 100 })).length, samples("friend") - 1);
  await house.stop();
  directory.remove();
});

test("a password somebody changed is left alone and not shown", async () => {
  const directory = temporaryDirectory();
  const house = await openTestOffice({ dataDir: directory.path });
  await openDemo(directory.path, house.office.house);
  const { password } = await house.office.house.accounts.setPassword("demo");
  const again = await openDemo(directory.path, house.office.house);
  assert.deepEqual(again.changed, ["demo"]);
  assert.deepEqual(
    again.accounts.map(({ user }) => user),
    ["friend"],
  );
  (await loggedIn(house.port("pop3"), "demo", password)).close();
  await house.stop();
  directory.remove();
});

test("when the note of the passwords is lost, both accounts get new ones and keep their mail", async () => {
  const directory = temporaryDirectory();
  const house = await openTestOffice({ dataDir: directory.path });
  const before = await openDemo(directory.path, house.office.house);
  rmSync(join(directory.path, "demo-accounts.json"));
  const { accounts } = await openDemo(directory.path, house.office.house);
  assert.equal(accounts.length, 2);
  assert.notDeepEqual(accounts, before.accounts);
  const talk = await loggedIn(house.port("pop3"), "demo", accounts[0]?.password ?? "");
  assert.match((await talk.say("STAT")) ?? "", new RegExp(`^\\+OK ${samples("demo")} `));
  talk.close();
  assert.equal(
    (JSON.parse(readFileSync(join(directory.path, "demo-accounts.json"), "utf8")) as { accounts: unknown[] }).accounts
      .length,
    2,
  );
  await house.stop();
  directory.remove();
});
