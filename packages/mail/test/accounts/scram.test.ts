import assert from "node:assert/strict";
import { createHash, createHmac, pbkdf2Sync, timingSafeEqual } from "node:crypto";
import { test } from "node:test";
import { serverMechanisms, type Authenticator } from "@restante/pop/sasl";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { assembleAccounts } from "../../src/accounts/accounts.ts";
import { CHEAP, idOf, openHouse, PEER } from "./support/house.ts";

const SCRAM = {
  sha256: { name: "SCRAM-SHA-256", octets: 32 },
  sha1: { name: "SCRAM-SHA-1", octets: 20 },
} as const;

/** A client's side of RFC 5802 §3, from the RFC: what it was shown, and how the exchange ended. */
async function scramLogin(
  authenticator: Authenticator,
  login: string,
  password: string,
  hash: "sha256" | "sha1" = "sha256",
): Promise<{ salt: string; iterations: number; end: string }> {
  const { name: wanted, octets } = SCRAM[hash];
  const hmac = (key: Uint8Array, text: string): Buffer => createHmac(hash, key).update(text).digest();
  const mechanism = serverMechanisms().find(({ name }) => name === wanted);
  assert.ok(mechanism);
  const exchange = mechanism.start({ authenticator, peer: PEER, channelBindings: [], plusOffered: false });
  const bare = `n=${login},r=clientnonce`;
  const first = await exchange.next(Buffer.from(`n,,${bare}`));
  assert.equal(first.kind, "challenge");
  const serverFirst = first.kind === "challenge" ? Buffer.from(first.octets).toString() : "";
  const fields = new Map(serverFirst.split(",").map((field) => [field[0], field.slice(2)]));
  const salt = fields.get("s") ?? "";
  const iterations = Number(fields.get("i"));
  const withoutProof = `c=biws,r=${fields.get("r")}`;
  const authMessage = `${bare},${serverFirst},${withoutProof}`;
  const salted = pbkdf2Sync(password, Buffer.from(salt, "base64"), iterations, octets, hash);
  const clientKey = hmac(salted, "Client Key");
  const signature = hmac(createHash(hash).update(clientKey).digest(), authMessage);
  const proof = Buffer.from(clientKey.map((octet, i) => octet ^ (signature[i] ?? 0))).toString("base64");
  let step = await exchange.next(Buffer.from(`${withoutProof},p=${proof}`));
  if (step.kind === "challenge") {
    const serverProof = Buffer.from(Buffer.from(step.octets).toString().slice(2), "base64");
    assert.ok(timingSafeEqual(serverProof, hmac(hmac(salted, "Server Key"), authMessage)), "the server proved itself");
    step = await exchange.next(new Uint8Array(0));
  }
  assert.equal(step.kind, "done");
  return { salt, iterations, end: step.kind === "done" ? step.verdict.kind : "" };
}

test("a generated password logs in with SCRAM, by name and by address, and a wrong one does not", async () => {
  const house = await openHouse();
  const { accounts } = house;
  const { password } = await accounts.add({ name: "anna" });
  const phone = await accounts.addAppPassword("anna", "phone");
  const end = async (login: string, tried: string): Promise<string> =>
    (await scramLogin(accounts.authenticator, login, tried)).end;
  for (const login of ["anna", "ANNA", "anna@example.org"]) assert.equal(await end(login, password), "accepted", login);
  assert.equal(await end("anna/phone", phone.password), "accepted");
  assert.equal(await end("anna", phone.password), "refused");
  assert.equal(await end("anna", password.toUpperCase()), "refused");
  const keys = await accounts.authenticator.scramKeys("anna", PEER, "sha256");
  assert.deepEqual(keys.owner, { account: idOf(house, "anna"), login: "anna" });
  assert.ok(keys.iterations >= 4_096); // RFC 7677 §4
  assert.equal(keys.salt.length, 16);
});

requirement(
  "P3-S-225",
  "an unknown login gets a stable salt and count like a known one, and fails only at the proof",
  async () => {
    const house = await openHouse();
    const { accounts } = house;
    await accounts.add({ name: "chosen", password: "correct horse battery" });
    const disabled = await accounts.add({ name: "disabled" });
    await accounts.setDisabled("disabled", true);
    const { password } = await accounts.add({ name: "known" });
    const known = await scramLogin(accounts.authenticator, "known", password);
    assert.equal(known.end, "accepted");

    const tried: Readonly<Record<string, string>> = {
      nobody: password,
      chosen: "correct horse battery",
      disabled: disabled.password,
    };
    const salts = new Set([known.salt]);
    for (const [login, secret] of Object.entries(tried)) {
      const shown = await scramLogin(accounts.authenticator, login, secret);
      assert.equal(shown.end, "refused", login);
      assert.equal(shown.iterations, known.iterations, login);
      assert.equal(shown.salt.length, known.salt.length, login);
      assert.equal(
        (await scramLogin(accounts.authenticator, login, "other")).salt,
        shown.salt,
        `${login}: the same salt again`,
      );
      salts.add(shown.salt);
    }
    assert.equal(salts.size, 4, "every name has its own");
    const again = await assembleAccounts(house.options, { cost: CHEAP });
    for (const login of ["nobody", "known", "chosen", "disabled"]) {
      const before = await accounts.authenticator.scramKeys(login, PEER, "sha256");
      const after = await again.authenticator.scramKeys(login, PEER, "sha256");
      assert.deepEqual(Buffer.from(after.salt), Buffer.from(before.salt), `${login}: the same salt after a restart`);
      assert.equal(after.iterations, before.iterations);
    }
    await again.close();
  },
);

test("the salt of a name does not change as its login comes, gets another password, is disabled and goes", async () => {
  const { accounts } = await openHouse();
  const salt = async (login = "anna"): Promise<string> =>
    Buffer.from((await accounts.authenticator.scramKeys(login, PEER, "sha256")).salt).toString("hex");
  const before = await salt();
  const changes: readonly (() => Promise<unknown>)[] = [
    () => accounts.add({ name: "anna" }),
    () => accounts.setPassword("anna"),
    () => accounts.setPassword("anna", "correct horse battery"),
    () => accounts.setDisabled("anna", true),
    () => accounts.setPassword("anna"),
    () => accounts.setDisabled("anna", false),
    () => accounts.remove("anna"),
  ];
  for (const change of changes) {
    await change();
    assert.equal(await salt(), before);
    assert.equal(await salt("ANNA"), before, "however it is written");
    assert.equal(await salt("anna@localhost"), before, "the address of its name is the same login");
  }
  assert.notEqual(await salt("bob"), before);
  for (const strange of ["", "\u0007", "x".repeat(5_000)]) assert.equal(await salt(strange), await salt(strange));
});

test("keys of a disabled login belong to nobody", async () => {
  const { accounts } = await openHouse();
  await accounts.add({ name: "anna" });
  await accounts.addAppPassword("anna", "phone");
  await accounts.setDisabled("anna/phone", true);
  assert.equal((await accounts.authenticator.scramKeys("anna/phone", PEER, "sha256")).owner, undefined);
  assert.ok((await accounts.authenticator.scramKeys("anna", PEER, "sha256")).owner);
  await accounts.setDisabled("anna", true);
  assert.equal((await accounts.authenticator.scramKeys("anna", PEER, "sha256")).owner, undefined);
});

requirement("P3-S-221", "a generated password logs in with SCRAM-SHA-1 too", async () => {
  const { accounts } = await openHouse();
  const { password } = await accounts.add({ name: "anna" });
  assert.equal((await scramLogin(accounts.authenticator, "anna", password, "sha1")).end, "accepted");
  assert.equal((await scramLogin(accounts.authenticator, "anna", "other", "sha1")).end, "refused");
  const { salt } = await accounts.authenticator.scramKeys("anna", PEER, "sha1");
  assert.deepEqual((await accounts.authenticator.scramKeys("ANNA", PEER, "sha1")).salt, salt);
});

test("keys kept before there was a second mechanism still open the first, and no other", async () => {
  const house = await openHouse();
  const { password } = await house.accounts.add({ name: "anna" });
  const [first] = JSON.parse(house.store.directory.login("anna")?.scram ?? "") as object[];
  await house.store.directory.changeLogin("anna", { scram: JSON.stringify(first) });
  const { authenticator } = house.accounts;
  assert.equal((await scramLogin(authenticator, "anna", password)).end, "accepted");
  assert.equal((await scramLogin(authenticator, "anna", password, "sha1")).end, "refused");
});

test("damaged keys are an outage, not a wrong password", async () => {
  const house = await openHouse();
  await house.accounts.add({ name: "anna" });
  for (const scram of ["{}", '{"mechanism":"SCRAM-SHA-1"}', "[null]", "no JSON"]) {
    await house.store.directory.changeLogin("anna", { scram });
    await assert.rejects(house.accounts.authenticator.scramKeys("anna", PEER, "sha256"));
  }
});
