import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccount, temporaryStore } from "./temporary-store.ts";

test("a document comes back as it was put, also from a store opened again", async (context) => {
  const temporary = await temporaryStore(context);
  const account = await addAccount(temporary.store, "anna");
  const value = { subject: "Grüße ☕\u2028", to: [], nested: { n: 1.5, nothing: null } };
  assert.deepEqual(await temporary.store.documents.put({ kind: "draft", account, id: "d1" }, value), { version: 1 });
  const { documents } = await temporary.reopen();
  const found = await documents.get({ kind: "draft", account, id: "d1" });
  assert.deepEqual(found?.value, value);
  assert.deepEqual(found?.version, 1);
});

test("a change that expects another version is refused and changes nothing", async (context) => {
  const { store } = await temporaryStore(context);
  const key = { kind: "preference", id: "reader" };
  assert.deepEqual(await store.documents.put(key, "a", { ifVersion: 0 }), { version: 1 });
  assert.equal(await store.documents.put(key, "b", { ifVersion: 0 }), "conflict");
  assert.equal(await store.documents.put(key, "c", { ifVersion: 7 }), "conflict");
  assert.deepEqual(await store.documents.put(key, "d", { ifVersion: 1 }), { version: 2 });
  assert.equal((await store.documents.get(key))?.value, "d");
});

test("a removal that expects another version is none", async (context) => {
  const { store } = await temporaryStore(context);
  const key = { kind: "draft", id: "one" };
  await store.documents.put(key, "a");
  await store.documents.put(key, "b");
  assert.equal(await store.documents.remove(key, { ifVersion: 1 }), false);
  assert.equal((await store.documents.get(key))?.value, "b");
  assert.equal(await store.documents.remove(key, { ifVersion: 2 }), true);
  assert.equal(await store.documents.remove(key), false);
});

test("of many changes that expect the same version one is made", async (context) => {
  const { store } = await temporaryStore(context);
  const key = { kind: "preference", id: "reader" };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => store.documents.put(key, i, { ifVersion: 0 })),
  );
  assert.equal(outcomes.filter((outcome) => outcome !== "conflict").length, 1);
});

test("accounts and the house do not see each other's documents", async (context) => {
  const { store } = await temporaryStore(context);
  const [anna, ben] = [await addAccount(store, "anna"), await addAccount(store, "ben")];
  await store.documents.put({ kind: "draft", account: anna, id: "x" }, "anna's");
  await store.documents.put({ kind: "draft", account: ben, id: "x" }, "ben's");
  await store.documents.put({ kind: "draft", id: "x" }, "the house's");
  await store.documents.put({ kind: "rule", account: anna, id: "x" }, "another kind");
  assert.deepEqual(
    (await store.documents.list({ kind: "draft", account: anna })).map(({ value }) => value),
    ["anna's"],
  );
  assert.deepEqual(
    (await store.documents.list({ kind: "draft" })).map(({ account, value }) => [account, value]),
    [
      [undefined, "the house's"],
      [anna, "anna's"],
      [ben, "ben's"],
    ],
  );
});

test("a list goes on behind a document, within an account and from one to the next", async (context) => {
  const { store } = await temporaryStore(context);
  const [anna, ben] = [await addAccount(store, "anna"), await addAccount(store, "ben")];
  for (const account of [undefined, anna, ben])
    for (const id of ["a", "b"])
      await store.documents.put({ kind: "draft", ...(account === undefined ? {} : { account }), id }, id);
  const behind = async (after: { readonly account: string | undefined; readonly id: string }) =>
    (await store.documents.list({ kind: "draft", after })).map(({ account, id }) => [account, id]);
  assert.equal((await store.documents.list({ kind: "draft" })).length, 6);
  assert.deepEqual(await behind({ account: undefined, id: "b" }), [
    [anna, "a"],
    [anna, "b"],
    [ben, "a"],
    [ben, "b"],
  ]);
  assert.deepEqual(await behind({ account: anna, id: "b" }), [
    [ben, "a"],
    [ben, "b"],
  ]);
  assert.deepEqual(await behind({ account: ben, id: "b" }), []);
  const ofAnna = await store.documents.list({ kind: "draft", account: anna, after: { account: anna, id: "a" } });
  assert.deepEqual(
    ofAnna.map(({ id }) => id),
    ["b"],
  );
});

test("documents go with their account, and no document is made for one that is gone", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "anna");
  await store.documents.put({ kind: "draft", account, id: "x" }, 1);
  await store.directory.removeAccount(account);
  assert.deepEqual(await store.documents.list({ kind: "draft" }), []);
  await assert.rejects(store.documents.put({ kind: "draft", account, id: "x" }, 1), { code: "NO_SUCH_ACCOUNT" });
});

test("what is removed is gone; what is too large or badly named is refused", async (context) => {
  const { store } = await temporaryStore(context);
  const key = { kind: "rule", id: "r1" };
  await store.documents.put(key, {});
  assert.equal(await store.documents.remove(key), true);
  assert.equal(await store.documents.remove(key), false);
  assert.equal(await store.documents.get(key), undefined);
  await assert.rejects(store.documents.put(key, "x".repeat(1_048_577)), RangeError);
  await assert.rejects(store.documents.put(key, undefined), RangeError);
  await assert.rejects(store.documents.put({ kind: "rule", id: "a b" }, 1), RangeError);
});
