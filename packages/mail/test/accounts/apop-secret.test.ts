import assert from "node:assert/strict";
import { test } from "node:test";
import { APOP, checkDigest, serverMechanisms } from "@restante/pop/sasl";
import { createHmac } from "node:crypto";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { prepare, prepareToStore } from "../../src/accounts/preparation.ts";
import { openHouse, PEER, type TestHouse } from "./support/house.ts";

const STAMP = "<1896.697170952@dbc.mtview.ca.us>";

/** A login by APOP with this secret. */
async function apop(house: TestHouse, login: string, secret: string): Promise<string> {
  const digest = APOP.digest(STAMP, secret);
  const expected = (kept: string): string => APOP.digest(STAMP, kept);
  return (await checkDigest(house.accounts.authenticator, PEER, { login, digest, expected })).kind;
}

requirement(
  "P3-S-042",
  "a login with an APOP secret takes no password over POP, and no other login takes its secret",
  async () => {
    const house = await openHouse();
    const { accounts } = house;
    const anna = await accounts.add({ name: "anna" });
    const phone = await accounts.addAppPassword("anna", "eudora");
    const made = await accounts.setApopSecret("anna/eudora");
    assert.equal(made.login, "anna/eudora");
    assert.notEqual(made.password, phone.password);
    assert.equal(await apop(house, "anna/eudora", made.password), "accepted");
    assert.equal(await apop(house, "anna/eudora", phone.password), "refused");
    assert.equal(await apop(house, "anna", made.password), "refused");
    assert.equal(await apop(house, "nobody", made.password), "refused");
    const check = async (login: string, password: string, protocol: string): Promise<string> =>
      (await accounts.authenticator.checkPassword(login, password, { ...PEER, protocol })).kind;
    for (const protocol of ["pop3", "pop3s", "pop2", "pop1"]) {
      assert.equal(await check("anna/eudora", phone.password, protocol), "refused", protocol);
    }
    assert.equal(await check("anna/eudora", phone.password, "web"), "accepted");
    assert.equal(await check("anna", anna.password, "pop3"), "accepted");
    await accounts.removeApopSecret("anna/eudora");
    assert.equal(await apop(house, "anna/eudora", made.password), "refused");
    assert.equal(await check("anna/eudora", phone.password, "pop3"), "accepted");
  },
);

requirement(
  "P3-S-045",
  "APOP finds a login under every way to write its name, and digests a prepared secret",
  async () => {
    const house = await openHouse();
    await house.accounts.add({ name: "anna" });
    const { password } = await house.accounts.setApopSecret("anna");
    // NFKC of fullwidth letters (RFC 4013 §2.2); an address of the account.
    for (const name of ["anna", "ANNA", "\uff41nna", "anna@example.org"]) {
      assert.equal(await apop(house, name, password), "accepted", name);
    }
    assert.equal(prepareToStore(password), password);
    assert.equal(await apop(house, "a\u0007nna", password), "refused");
  },
);

requirement(
  "P3-S-251",
  "what is typed may hold code points that Unicode 3.2 did not assign, what is stored may not",
  () => {
    assert.equal(prepare("\u0221"), "\u0221");
    assert.throws(() => prepareToStore("\u0221"));
  },
);

requirement("P3-S-220", "CRAM-MD5 opens a login by its secret, behind the last space of the response", async () => {
  const house = await openHouse();
  await house.accounts.add({ name: "anna" });
  const { password } = await house.accounts.setApopSecret("anna");
  const mechanism = serverMechanisms({ cramMd5: { hostName: "mail.example.org" } }).find(
    ({ name }) => name === "CRAM-MD5",
  );
  assert.ok(mechanism);
  const { authenticator } = house.accounts;
  const end = async (secret: string): Promise<string> => {
    const exchange = mechanism.start({ authenticator, peer: PEER, channelBindings: [], plusOffered: false });
    const asked = await exchange.next(undefined);
    assert.ok(asked.kind === "challenge");
    assert.match(Buffer.from(asked.octets).toString(), /^<[0-9a-f]{24}\.\d+@mail\.example\.org>$/u);
    const digest = createHmac("md5", secret).update(asked.octets).digest("hex");
    const step = await exchange.next(Buffer.from(`anna ${digest}`));
    return step.kind === "done" ? step.verdict.kind : step.kind;
  };
  assert.equal(await end(password), "accepted");
  assert.equal(await end("other"), "refused");
});

test("an APOP secret is stored encrypted, for its own login and under its own key", async () => {
  const house = await openHouse();
  const { accounts, store } = house;
  await accounts.add({ name: "anna" });
  await accounts.add({ name: "bob" });
  const { password } = await accounts.setApopSecret("anna");
  const sealed = store.directory.login("anna")?.apopSecret ?? "";
  assert.match(sealed, /^aes-256-gcm\$[0-9a-f]{8}\$[\w-]+\$[\w-]+$/u);
  assert.ok(!JSON.stringify(accounts.list()).includes(password));
  for (const bad of [
    sealed.replace(/\$[0-9a-f]{8}\$/u, "$00000000$"),
    `${sealed.slice(0, -6)}AAAAAA`,
    "x",
    `${sealed}$x`,
  ]) {
    await store.directory.changeLogin("anna", { apopSecret: bad });
    assert.equal(await apop(house, "anna", password), "unavailable", bad);
  }
  await store.directory.changeLogin("bob", { apopSecret: sealed });
  assert.equal(await apop(house, "bob", password), "unavailable");
});

test("a disabled login's APOP secret opens nothing", async () => {
  const house = await openHouse();
  await house.accounts.add({ name: "anna" });
  const { password } = await house.accounts.setApopSecret("anna");
  await house.accounts.setDisabled("anna", true);
  assert.equal(await apop(house, "anna", password), "refused");
});
