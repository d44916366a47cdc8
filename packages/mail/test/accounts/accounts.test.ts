import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { test } from "node:test";
import { AccountError, openAccounts, type Accounts } from "../../src/accounts/index.ts";
import { CHEAP, idOf, openHouse, PEER } from "./support/house.ts";

const chosen = "correct horse battery";

const refused = (code: AccountError["code"], message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof AccountError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return true;
};

async function check(accounts: Accounts, login: string, password: string): Promise<string> {
  return (await accounts.authenticator.checkPassword(login, password, PEER)).kind;
}

test("a new account has a generated password that opens it, and nothing stored holds that password", async () => {
  const house = await openHouse();
  const { login, password } = await house.accounts.add({ name: "Anna" });
  assert.equal(login, "anna");
  assert.deepEqual(await house.accounts.authenticator.checkPassword("anna", password, PEER), {
    kind: "accepted",
    account: idOf(house, "anna"),
    login: "anna",
  });
  const [listed, ...others] = house.accounts.list();
  assert.ok(listed);
  assert.equal(others.length, 0);
  assert.equal(listed.name, "anna");
  assert.equal(listed.disabled, false);
  assert.deepEqual(listed.popDelete, { kind: "trash", days: 30 });
  assert.deepEqual(listed.addresses, []);
  assert.equal(listed.logins.length, 1);
  assert.match(listed.logins[0]?.verifier ?? "", /^hmac-sha256\$/);
  const kept = JSON.parse(listed.logins[0]?.scram ?? "") as { readonly iterations: number }[];
  assert.deepEqual(
    kept.map(({ iterations }) => iterations),
    [4_096, 4_096],
  );
  assert.ok(!JSON.stringify(house.accounts.list()).includes(password));
});

test("an account may be made with a password of one's own and another delete policy", async () => {
  const { accounts } = await openHouse();
  const secret = await accounts.add({ name: "anna", password: chosen, popDelete: { kind: "remove" } });
  assert.deepEqual(secret, { login: "anna", password: chosen });
  const login = accounts.list()[0]?.logins[0];
  assert.match(login?.verifier ?? "", /^\$argon2id\$/);
  assert.equal(login?.scram, undefined);
  assert.deepEqual(accounts.list()[0]?.popDelete, { kind: "remove" });
  assert.equal(await check(accounts, "anna", chosen), "accepted");
  assert.equal(await check(accounts, "anna", `${chosen}!`), "refused");
});

test("a chosen password is right however its letters are encoded", async () => {
  const { accounts } = await openHouse();
  await accounts.add({ name: "anna", password: "sieben Zwerge für José" });
  assert.equal(await check(accounts, "anna", "sieben Zwerge fu\u0308r Jose\u0301"), "accepted");
  assert.equal(await check(accounts, "anna", "sieben Zwerge f\u00fcr\u00a0Jos\u00e9"), "accepted");
  assert.equal(await check(accounts, "anna", "sieben Zwerge fur Jose"), "refused");
});

test("a refused account leaves nothing behind", async () => {
  const { accounts } = await openHouse();
  await accounts.add({ name: "anna" });
  await assert.rejects(accounts.add({ name: "ANNA" }), refused("name-taken", /there is an account anna already/));
  await assert.rejects(accounts.add({ name: "bob b" }), refused("bad-name", /may hold only letters/));
  await assert.rejects(accounts.add({ name: "bob", password: "short" }), refused("bad-password", /at least 12/));
  await accounts.addAddress("anna", "info@*");
  await assert.rejects(accounts.add({ name: "info" }), refused("name-taken", /info@\* is an address of anna/));
  assert.deepEqual(
    accounts.list().map(({ name }) => name),
    ["anna"],
  );
});

test("of two accounts of one name made at once, one is refused", async () => {
  const { accounts } = await openHouse();
  const results = await Promise.allSettled([1, 2, 3, 4].map(() => accounts.add({ name: "anna" })));
  const made = results.filter((result) => result.status === "fulfilled");
  assert.equal(made.length, 1);
  for (const result of results) {
    if (result.status === "rejected") refused("name-taken", /anna/)(result.reason);
  }
  assert.equal(accounts.list().length, 1);
  assert.equal(await check(accounts, "anna", made[0]?.value.password ?? ""), "accepted");
});

test("a new password takes effect at the next login, in both directions between chosen and generated", async () => {
  const { accounts } = await openHouse();
  const first = await accounts.add({ name: "anna", password: chosen });
  assert.equal(await check(accounts, "anna", chosen), "accepted"); // and is in the cache now
  const second = await accounts.setPassword("Anna");
  assert.equal(second.login, "anna");
  assert.equal(await check(accounts, "anna", first.password), "refused");
  assert.equal(await check(accounts, "anna", second.password), "accepted");
  assert.ok(accounts.list()[0]?.logins[0]?.scram);
  await accounts.setPassword("anna", "another horse battery");
  assert.equal(await check(accounts, "anna", second.password), "refused");
  assert.equal(await check(accounts, "anna", "another horse battery"), "accepted");
  assert.equal(accounts.list()[0]?.logins[0]?.scram, undefined);
  await accounts.setPassword("anna", chosen); // the first one again, under another verifier
  assert.equal(await check(accounts, "anna", chosen), "accepted");
  assert.equal(await check(accounts, "anna", "another horse battery"), "refused");
});

test("disabling takes effect at the next login and is undone by enabling", async () => {
  const { accounts } = await openHouse();
  await accounts.add({ name: "anna", password: chosen });
  const phone = await accounts.addAppPassword("anna", "phone");
  const both = async (): Promise<string[]> => [
    await check(accounts, "anna", chosen),
    await check(accounts, "anna/phone", phone.password),
  ];
  assert.deepEqual(await both(), ["accepted", "accepted"]);
  await accounts.setDisabled("anna", true);
  assert.deepEqual(await both(), ["refused", "refused"]);
  await accounts.setDisabled("anna", false);
  assert.deepEqual(await both(), ["accepted", "accepted"]);
  await accounts.setDisabled("anna/phone", true);
  assert.deepEqual(await both(), ["accepted", "refused"]);
  await accounts.setDisabled("anna/phone", false);
  assert.deepEqual(await both(), ["accepted", "accepted"]);
});

test("a removed account opens no more, and one made anew of the same name has nothing of the old", async () => {
  const { accounts } = await openHouse();
  await accounts.add({ name: "anna", password: chosen });
  await accounts.addAddress("anna", "info@example.org");
  assert.equal(await check(accounts, "anna", chosen), "accepted");
  await accounts.remove("Anna");
  assert.deepEqual(accounts.list(), []);
  assert.deepEqual(accounts.listAddresses(), []);
  assert.equal(await check(accounts, "anna", chosen), "refused");
  await accounts.add({ name: "anna", password: "another horse battery" });
  assert.equal(await check(accounts, "anna", chosen), "refused");
  assert.equal(await check(accounts, "info@example.org", "another horse battery"), "refused");
});

test("an app password is a login of its own that comes and goes alone", async () => {
  const { accounts } = await openHouse();
  const main = await accounts.add({ name: "anna" });
  const phone = await accounts.addAppPassword("anna", "Phone");
  assert.equal(phone.login, "anna/phone");
  assert.notEqual(phone.password, main.password);
  assert.equal(await check(accounts, "anna/phone", phone.password), "accepted");
  assert.equal(await check(accounts, "anna", phone.password), "refused");
  assert.equal(await check(accounts, "anna/phone", main.password), "refused");
  await assert.rejects(accounts.addAppPassword("anna", "phone"), refused("name-taken", /anna\/phone already/));
  await assert.rejects(accounts.setPassword("anna/phone", chosen), refused("bad-password", /always generated/));
  const renewed = await accounts.setPassword("anna/phone");
  assert.equal(await check(accounts, "anna/phone", phone.password), "refused");
  assert.equal(await check(accounts, "anna/phone", renewed.password), "accepted");
  await accounts.removeLogin("anna/phone");
  assert.equal(await check(accounts, "anna/phone", renewed.password), "refused");
  assert.equal(await check(accounts, "anna", main.password), "accepted");
  await assert.rejects(accounts.removeLogin("anna"), refused("bad-name", /the account's own login/));
});

test("what is not there is said so by name", async () => {
  const { accounts } = await openHouse();
  for (const attempt of [
    () => accounts.setPassword("nobody"),
    () => accounts.setDisabled("nobody", true),
    () => accounts.setDisabled("nobody/phone", true),
    () => accounts.remove("nobody"),
    () => accounts.addAppPassword("nobody", "phone"),
    () => accounts.removeLogin("nobody/phone"),
    () => accounts.addAddress("nobody", "info@example.org"),
    () => accounts.removeAddress("nobody@example.org"),
  ]) {
    await assert.rejects(attempt(), refused("not-found", /nobody/));
  }
});

test("everything is there after the store is opened again, with the same key", async () => {
  const house = await openHouse();
  const generated = await house.accounts.add({ name: "anna" });
  await house.accounts.add({ name: "bob", password: chosen });
  await house.accounts.close();
  const again = await openAccounts(house.options);
  assert.equal(await check(again, "anna", generated.password), "accepted");
  assert.equal(await check(again, "bob", chosen), "accepted");
  await again.close();
});

test("a lost key file is an error at once, not a house of wrong passwords; with a new one logins are unavailable until renewed", async () => {
  const house = await openHouse();
  const { password } = await house.accounts.add({ name: "anna" });
  await house.accounts.close();
  await rm(house.options.keyFile);
  await assert.rejects(
    openAccounts(house.options),
    /is gone, but the password of anna .* was|is gone, but the password of anna/,
  );
  await writeFile(house.options.keyFile, randomBytes(32), { mode: 0o600 });
  const again = await openAccounts(house.options);
  const verdict = await again.authenticator.checkPassword("anna", password, PEER);
  assert.equal(verdict.kind, "unavailable");
  assert.match(String(verdict.kind === "unavailable" && verdict.cause), /made with another key file/);
  const renewed = await again.setPassword("anna");
  assert.equal(await check(again, "anna", renewed.password), "accepted");
  await again.close();
});

test("a configured domain that is none is named at once", async () => {
  await assert.rejects(openHouse({ domains: ["exa mple.org"] }), refused("bad-address", /"exa mple.org" .*"domains"/));
});

test("the slow hash of the house is the one of its options", async () => {
  const { accounts } = await openHouse();
  await accounts.add({ name: "anna", password: chosen });
  assert.ok(accounts.list()[0]?.logins[0]?.verifier.startsWith(`$argon2id$v=19$m=${CHEAP.memoryKiB},t=1,p=1$`));
});
