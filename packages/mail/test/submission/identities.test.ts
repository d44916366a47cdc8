import assert from "node:assert/strict";
import { statSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openIdentities, secretName, serverOf, type Identity } from "../../src/submission/identities.ts";
import { finishRemovals, removeIdentitiesWith, removeIdentity } from "../../src/submission/removals.ts";
import { sortSecrets } from "../../src/submission/sort-secrets.ts";
import { secretFiles } from "../../src/submission/secret-files.ts";
import { addAccount, temporaryStore } from "../mailstore/temporary-store.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

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
  const version = (await identities.find(account, long))?.version ?? 0;
  assert.equal(await identities.remove({ account, address: long, version: version + 1 }), false);
  assert.equal(await identities.remove({ account, address: long, version }), true);
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

test("a password file of before an underscore was encoded is still its address's, and what is nobody's stays", async (context) => {
  const folder = join(temporaryDirectory(context), "secrets");
  const secrets = secretFiles(folder);
  await secrets.write("identity-1-first_last_40oak.example", "of first_last");
  await secrets.write("identity-1-my_face_40oak.example", "of my_face");
  // May have been a+b's as well, which was removed.
  await secrets.write("identity-1-a_2Bb_40oak.example", "of one of two");
  await secrets.write("identity-1-new_name_40oak.example", "of before");
  await secrets.write(secretName("1", "new_name@oak.example"), "entered since");
  // As another store may know them, or a program wrote its token first.
  await secrets.write("identity-1-gone_40oak.example", "of an address this store does not know");
  await secrets.write("identity-2-first_last_40oak.example", "of an account this store does not know");
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
      "identity-1-a_2Bb_40oak.example",
      "identity-1-anna_40oak.example.password",
      "identity-1-first_5flast_40oak.example",
      "identity-1-gone_40oak.example",
      "identity-1-my_5fface_40oak.example",
      "identity-1-new_5fname_40oak.example",
      "identity-2-first_last_40oak.example",
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

/** What a start does of passwords, with the addresses its store knows. */
async function startWith(
  secrets: ReturnType<typeof secretFiles>,
  known: readonly Identity[],
): Promise<readonly string[]> {
  await finishRemovals(secrets, known);
  await sortSecrets(secrets, known);
  return (await secrets.names()).toSorted();
}

async function entered(context: TestContext) {
  const { store, directory } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  let clock = Date.UTC(2026, 2, 2);
  const identities = openIdentities(store.documents, () => (clock += 1));
  const secrets = secretFiles(join(directory, "secrets"));
  const name = secretName(account, "anna@oak.example");
  const enter = async (password: string): Promise<number> => {
    await identities.save(identity(account, "anna@oak.example"));
    await secrets.write(name, password);
    return (await identities.find(account, "anna@oak.example"))?.version ?? 0;
  };
  const place = { account, address: "anna@oak.example" };
  return { account, identities, secrets, name, enter, place };
}

test("a start with an older store, or an empty one, removes no password, nor a token of an address to come", async (context) => {
  const { secrets, name, enter, account } = await entered(context);
  await enter("s3cret");
  const toCome = secretName(account, "anna@cloud.example");
  await secrets.write(toCome, "ya29.token");
  assert.deepEqual(await startWith(secrets, []), [toCome, name]);
  assert.deepEqual(await startWith(secrets, [identity(account, "anna@oak.example")]), [toCome, name]);
  assert.equal(await secrets.read(name), "s3cret");
});

test("an address is removed with its password; killed after the first, the next start does the rest", async (context) => {
  const { identities, secrets, enter, place } = await entered(context);
  const version = await enter("s3cret");
  const killed = { ...secrets, remove: () => Promise.reject(new Error("killed")) };
  await assert.rejects(removeIdentity({ identities, secrets: killed }, { ...place, version }), /killed/);
  assert.deepEqual(await startWith(secrets, await identities.list(place.account)), []);
  const again = await enter("n3w");
  assert.equal(await removeIdentity({ identities, secrets }, { ...place, version: again }), true);
  assert.deepEqual(await secrets.names(), []);
});

test("killed before an address was removed, or once it was entered again, its password stays", async (context) => {
  const { identities, secrets, name, enter, place } = await entered(context);
  const version = await enter("s3cret");
  const killed = { ...identities, remove: () => Promise.reject(new Error("killed")) };
  await assert.rejects(removeIdentity({ identities: killed, secrets }, { ...place, version }), /killed/);
  assert.deepEqual(await startWith(secrets, await identities.list(place.account)), [name]);
  assert.equal(await secrets.read(name), "s3cret");
});

test("an address that was changed since stays, with its password", async (context) => {
  const { identities, secrets, name, enter, place } = await entered(context);
  const version = await enter("s3cret");
  await enter("n3w");
  assert.equal(await removeIdentity({ identities, secrets }, { ...place, version }), false);
  assert.deepEqual([await secrets.names(), await secrets.read(name)], [[name], "n3w"]);
});

test("an address that was removed and entered again is another one; one that is the default no more is the same", async (context) => {
  const { account, identities, enter, place } = await entered(context);
  const version = await enter("s3cret");
  assert.equal(await identities.remove({ ...place, version }), true);
  const again = await enter("n3w");
  assert.equal(await identities.remove({ ...place, version }), false);
  await identities.save(identity(account, "anna@elm.example", { isDefault: true }));
  assert.equal((await identities.find(account, place.address))?.isDefault, false);
  assert.equal(await identities.remove({ ...place, version: again }), true);
});

test("an account takes the passwords of its addresses with it, also when the process ends in between", async (context) => {
  const { account, identities, secrets, enter, place } = await entered(context);
  await enter("s3cret");
  const forget = async (): Promise<void> => {
    const { version = 0 } = (await identities.find(account, place.address)) ?? {};
    await identities.remove({ ...place, version });
  };
  const killed = { ...secrets, remove: () => Promise.reject(new Error("killed")) };
  await assert.rejects(removeIdentitiesWith({ identities, secrets: killed }, account, forget), /killed/);
  assert.deepEqual(await startWith(secrets, []), []);
  await enter("n3w");
  await removeIdentitiesWith({ identities, secrets }, account, forget);
  assert.deepEqual(await secrets.names(), []);
});
