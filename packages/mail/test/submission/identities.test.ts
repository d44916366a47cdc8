import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { openIdentities, secretName, serverOf, type Identity } from "../../src/submission/identities.ts";
import { sortSecrets } from "../../src/submission/sort-secrets.ts";
import { secretFiles } from "../../src/submission/secret-files.ts";
import { addAccount, temporaryDirectory, temporaryStore } from "../mailstore/temporary-store.ts";

const SERVER = { host: "smtp.alder.example", port: 465, tls: "implicit", user: "anna", mechanism: "plain" } as const;

function identity(account: string, address: string, more: Partial<Identity> = {}): Identity {
  return { account, address, name: "Anna", signature: "", isDefault: false, ...more };
}

test("the first identity is the default one, until another is made so", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const identities = openIdentities(store.documents);
  await identities.save(identity(account, "anna@Alder.example"));
  await identities.save(identity(account, "дарья@пример.example", { isDefault: true }));
  assert.deepEqual(
    (await identities.list(account)).map(({ address, isDefault }) => [address, isDefault]),
    [
      ["дарья@пример.example", true],
      ["anna@alder.example", false],
    ],
  );
  assert.equal((await identities.find(account, "anna@ALDER.example"))?.address, "anna@alder.example");
  await assert.rejects(identities.save(identity(account, "no address")), { code: "bad-address" });
});

test("a password is in a file for its owner's eyes alone, and never in the store", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const folder = join(temporaryDirectory(context), "secrets");
  const secrets = secretFiles(folder);
  const anna = identity(account, "anna@alder.example", { server: SERVER });
  const name = secretName(account, anna.address);
  await secrets.write(name, "s3cret");
  assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600);
  assert.equal(statSync(folder).mode & 0o777, 0o700);
  assert.deepEqual(await serverOf(anna, { secrets }), {
    host: "smtp.alder.example",
    port: 465,
    tls: "implicit",
    auth: { kind: "plain", user: "anna", password: "s3cret" },
  });
  await secrets.remove(name);
  assert.equal(await secrets.read(name), undefined);
});

test("no two addresses share a password, and a long one has its own", async (context) => {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  const identities = openIdentities(store.documents);
  const secrets = secretFiles(join(directory, "secrets"));
  // 64 octets before the @ and 255 behind it are what an address may have (RFC 5321 §4.5.3.1), some of them three signs each.
  const long = `${"ü".repeat(32)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.example`;
  const addresses = ["a+b@x.example", "a_2Bb@x.example", "a_2bb@x.example", "a%2Bb@x.example", long, long.slice(1)];
  for (const address of addresses) {
    await identities.save({ account, address, name: "", signature: "", isDefault: false });
    await secrets.write(secretName(account, address), `of ${address}`);
  }
  for (const address of addresses) {
    assert.equal(await secrets.read(secretName(account, address)), `of ${address}`);
    assert.equal((await identities.find(account, address))?.address, address);
  }
  assert.equal((await identities.list(account)).length, addresses.length);
  await identities.remove(account, long);
  assert.equal(await identities.find(account, long), undefined);
});

test("XOAUTH2 asks for a token when it is needed", async () => {
  const anna = identity("1", "anna@alder.example", { server: { ...SERVER, mechanism: "xoauth2" } });
  const secrets = { read: () => Promise.resolve(undefined) };
  const server = await serverOf(anna, { secrets, token: ({ address }) => Promise.resolve(`token of ${address}`) });
  assert.ok(server?.auth?.kind === "xoauth2");
  assert.equal(await server.auth.token(), "token of anna@alder.example");
  assert.equal(await serverOf(identity("1", "a@b.example"), { secrets }), undefined, "no server is set");
});

test("a secret's name is never a path", async (context) => {
  const secrets = secretFiles(temporaryDirectory(context));
  await assert.rejects(async () => secrets.read("../../etc/passwd"), RangeError);
  for (const address of ["a/../b@c.example", "o'neil@oak.example", "!#$%&'*+-/=?^_`{|}~@oak.example"])
    assert.match(secretName("1", address), /^[\w.@-]+$/);
});

test("a password file of before an underscore was encoded is still its address's, and what is nobody's goes", async (context) => {
  const folder = join(temporaryDirectory(context), "secrets");
  const secrets = secretFiles(folder);
  await secrets.write("identity-1-first_last_40oak.example", "of first_last");
  await secrets.write("identity-1-my_face_40oak.example", "of my_face");
  // May have been a+b's as well, which was removed.
  await secrets.write("identity-1-a_2Bb_40oak.example", "of one of two");
  await secrets.write("identity-1-new_name_40oak.example", "of before");
  await secrets.write(secretName("1", "new_name@oak.example"), "entered since");
  await secrets.write("identity-1-gone_40oak.example", "of an address that was removed");
  await secrets.write("identity-2-first_last_40oak.example", "of an account that was removed");
  await secrets.write("identity-1-anna_40oak.example.password", "of a source");
  await secrets.write("anna@oak.example.password", "of another source");
  const addresses = ["first_last@oak.example", "my_face@oak.example", "a_2Bb@oak.example", "new_name@oak.example"];
  const identities = addresses.map((address) => identity("1", address));
  for (let time = 0; time < 2; time += 1) {
    await sortSecrets(secrets, identities);
    const kept = await Promise.all(addresses.map((address) => secrets.read(secretName("1", address))));
    assert.deepEqual(kept, ["of first_last", "of my_face", undefined, "entered since"]);
    assert.deepEqual((await secrets.names()).toSorted(), [
      "anna@oak.example.password",
      "identity-1-anna_40oak.example.password",
      "identity-1-first_5flast_40oak.example",
      "identity-1-my_5fface_40oak.example",
      "identity-1-new_5fname_40oak.example",
    ]);
  }
});

test("a password file that is the right one of another address is left alone", async (context) => {
  const secrets = secretFiles(join(temporaryDirectory(context), "secrets"));
  await secrets.write(secretName("1", "a+b@oak.example"), "of a+b");
  await sortSecrets(secrets, [identity("1", "a_2Bb@oak.example"), identity("1", "a+b@oak.example")]);
  assert.equal(await secrets.read(secretName("1", "a+b@oak.example")), "of a+b");
  assert.equal(await secrets.read(secretName("1", "a_2Bb@oak.example")), undefined);
});
