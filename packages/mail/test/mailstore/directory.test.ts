import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccount, temporaryStore } from "./temporary-store.ts";

const taken = { name: "DirectoryError", code: "name-taken" };
const missing = { name: "DirectoryError", code: "not-found" };
const password = { kind: "password", verifier: "v", scram: undefined, disabled: false } as const;

test("an account comes with its first login and its mailboxes, and survives a restart", async (context) => {
  const temporary = await temporaryStore(context);
  const id = await addAccount(temporary.store, "MRose", { kind: "trash", days: 30 });
  const store = await temporary.reopen();
  assert.deepEqual(store.directory.accountNamed("mrose"), {
    account: id,
    name: "MRose",
    disabled: false,
    popDelete: { kind: "trash", days: 30 },
    messages: 0,
    octets: 0,
    expireDays: undefined,
    quotaMessages: undefined,
    quotaOctets: undefined,
    createdAt: temporary.nowMs,
  });
  assert.deepEqual(
    (await store.reader.counts(id)).map(({ mailbox, role }) => `${mailbox} ${role}`),
    ["INBOX inbox", "Archive archive", "Junk junk", "Trash trash", "Sent sent", "Drafts drafts"],
  );
  assert.equal(store.directory.login("mROSE")?.account, id);
  assert.deepEqual(
    store.directory.accounts().map(({ name }) => name),
    ["MRose"],
  );
});

test("names, logins and addresses are compared without case, however a letter is written", async (context) => {
  const { store } = await temporaryStore(context);
  const { directory } = store;
  const id = await addAccount(store, "J\u00f6rg");
  assert.equal(directory.accountNamed("JO\u0308RG")?.account, id);
  await assert.rejects(addAccount(store, "jo\u0308rg"), taken);
  await assert.rejects(directory.addLogin({ login: "J\u00d6RG", account: id, ...password }), taken);
  await directory.addAddress({ kind: "exact", local: "Marshall.Rose", domain: "Example.ORG", account: id });
  assert.equal(directory.addressOwner("exact", "marshall.ROSE", "example.org"), id);
  assert.deepEqual(directory.addresses(id), [
    { kind: "exact", local: "marshall.rose", domain: "example.org", account: id },
  ]);
});

test("a refused account leaves nothing behind", async (context) => {
  const { store } = await temporaryStore(context);
  await addAccount(store, "mrose");
  const login = { login: "MROSE", ...password };
  await assert.rejects(store.directory.addAccount({ name: "other", popDelete: { kind: "hide" }, login }), taken);
  assert.equal(store.directory.accountNamed("other"), undefined);
  await addAccount(store, "other");
});

test("every change of what decides a login raises its credential version, and a login made anew never repeats one", async (context) => {
  const { store } = await temporaryStore(context);
  const { directory } = store;
  const id = await addAccount(store, "mrose");
  const versions = [directory.login("mrose")?.credentialVersion ?? 0];
  const changes = [
    () => directory.changeLogin("mrose", { verifier: "w" }),
    () => directory.changeLogin("MROSE", { scram: "{}" }),
    () => directory.changeLogin("mrose", { disabled: true }),
    () => directory.changeLogin("mrose", { disabled: false, scram: null }),
    () => directory.changeAccount(id, { disabled: true }),
    () => directory.changeAccount(id, { disabled: false }),
    async () => {
      await directory.removeLogin("mrose");
      await directory.addLogin({ login: "mrose", account: id, ...password });
    },
  ];
  for (const change of changes) {
    await change();
    versions.push(directory.login("mrose")?.credentialVersion ?? 0);
  }
  assert.deepEqual(
    versions,
    [...new Set(versions)].sort((a, b) => a - b),
  );
  assert.equal(versions.length, 8);
});

test("a disabled account shows in its logins", async (context) => {
  const { store } = await temporaryStore(context);
  const id = await addAccount(store, "mrose");
  await store.directory.addLogin({ login: "mrose/phone", account: id, ...password, kind: "app-password", scram: "{}" });
  await store.directory.changeAccount(id, { disabled: true });
  assert.equal(store.directory.account(id)?.disabled, true);
  assert.equal(store.directory.login("mrose/phone")?.accountDisabled, true);
  assert.deepEqual(
    store.directory.logins(id).map(({ login, kind, scram }) => [login, kind, scram]),
    [
      ["mrose", "password", undefined],
      ["mrose/phone", "app-password", "{}"],
    ],
  );
});

test("an address has one owner, for each kind", async (context) => {
  const { store } = await temporaryStore(context);
  const { directory } = store;
  const [a, b] = [await addAccount(store, "a"), await addAccount(store, "b")];
  await directory.addAddress({ kind: "exact", local: "x", domain: "example.org", account: a });
  await directory.addAddress({ kind: "alias", local: "x", domain: "", account: b });
  await directory.addAddress({ kind: "catch-all", local: "", domain: "example.org", account: b });
  await assert.rejects(directory.addAddress({ kind: "exact", local: "X", domain: "example.org", account: b }), taken);
  assert.deepEqual(
    [
      directory.addressOwner("exact", "x", "example.org"),
      directory.addressOwner("alias", "x", ""),
      directory.addressOwner("catch-all", "", "example.org"),
      directory.addressOwner("exact", "y", "example.org"),
    ],
    [a, b, b, undefined],
  );
  assert.deepEqual(
    directory.addresses().map(({ kind }) => kind),
    ["alias", "catch-all", "exact"],
  );
  await directory.removeAddress({ kind: "exact", local: "X", domain: "EXAMPLE.org" });
  assert.equal(directory.addressOwner("exact", "x", "example.org"), undefined);
});

test("what is not there is said to be not there", async (context) => {
  const { store } = await temporaryStore(context);
  const { directory } = store;
  for (const refused of [
    () => directory.changeAccount("77", { disabled: true }),
    () => directory.changeAccount("no number", { disabled: true }),
    () => directory.removeAccount("77"),
    () => directory.addLogin({ login: "x", account: "77", ...password }),
    () => directory.changeLogin("x", { disabled: true }),
    () => directory.removeLogin("x"),
    () => directory.addAddress({ kind: "exact", local: "x", domain: "y", account: "77" }),
    () => directory.removeAddress({ kind: "exact", local: "x", domain: "y" }),
  ]) {
    await assert.rejects(refused(), missing);
  }
  assert.deepEqual(
    [directory.account("77"), directory.account("x"), directory.login("x")],
    [undefined, undefined, undefined],
  );
  assert.deepEqual([directory.logins("x"), directory.addresses("x"), directory.accounts()], [[], [], []]);
});

test("a removed account takes its logins and addresses with it and frees its name", async (context) => {
  const { store } = await temporaryStore(context);
  const { directory } = store;
  const id = await addAccount(store, "mrose");
  await directory.addAddress({ kind: "exact", local: "x", domain: "example.org", account: id });
  await directory.removeAccount(id);
  assert.deepEqual(
    [directory.account(id), directory.login("mrose"), directory.accounts(), directory.addresses()],
    [undefined, undefined, [], []],
  );
  const again = await addAccount(store, "mrose");
  assert.notEqual(again, id);
  await directory.addAddress({ kind: "exact", local: "x", domain: "example.org", account: again });
});
