// EXPIRE against the whole office: what CAPA says and what a session's QUIT takes (RFC 2449 §6.7).
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { loggedIn, openTestOffice, Talk, type TestOffice } from "./test-office.ts";

let here: TestOffice;
const passwords = new Map<string, string>();

before(async () => {
  here = await openTestOffice({ keys: { "pop.expire_days": 30 } });
  const { accounts } = here.office.house;
  for (const name of ["anna", "bert", "carla"]) passwords.set(name, (await accounts.add({ name })).password);
  await accounts.setExpiry("bert", 0);
  await accounts.setExpiry("carla", undefined);
});
after(() => here.stop());

async function expireLine(talk: Talk): Promise<string | undefined> {
  let found: string | undefined;
  for (let line = await talk.say("CAPA"); line !== undefined && line !== "."; line = await talk.line())
    if (line.startsWith("EXPIRE")) found = line;
  return found;
}

async function deliver(name: string, texts: readonly string[]): Promise<void> {
  const { store } = here.office.house;
  const account = store.directory.accountNamed(name)?.account ?? "";
  for (const text of texts) await store.deliver(account, { body: [Buffer.from(text)] });
}

requirement(["P3-S-157", "P3-S-158"], "CAPA says the fewest days and USER, after login the account's own", async () => {
  const stranger = new Talk(here.port("pop3"));
  await stranger.line();
  assert.equal(await expireLine(stranger), "EXPIRE 0 USER");
  stranger.close();
  for (const [name, line] of [
    ["anna", "EXPIRE 30"],
    ["bert", "EXPIRE 0"],
    ["carla", "EXPIRE NEVER"],
  ] as const) {
    const talk = await loggedIn(here.port("pop3"), name, passwords.get(name) ?? "");
    assert.equal(await expireLine(talk), line);
    assert.match((await talk.say("QUIT")) ?? "", /^\+OK/u);
    talk.close();
  }
});

requirement(["P3-S-137", "P3-S-159"], "with 0 days QUIT takes what RETR sent, and nothing else does", async () => {
  await deliver("bert", ["a", "b", "c"]);
  const password = passwords.get("bert") ?? "";
  for (const [end, left] of [
    ["cut", 3],
    ["QUIT", 2],
  ] as const) {
    const talk = await loggedIn(here.port("pop3"), "bert", password);
    await talk.say("RETR 1");
    while ((await talk.line()) !== ".");
    await talk.say("TOP 2 9");
    while ((await talk.line()) !== ".");
    // What comes after the last reply is the end of the connection, so the lease is free.
    if (end === "QUIT") await talk.say("QUIT");
    else here.office.sessions().forEach(({ session }) => here.office.kick(session));
    while ((await talk.line()) !== undefined);
    talk.close();
    const account = here.office.house.store.directory.accountNamed("bert");
    assert.equal(account?.messages, left, end);
  }
});
