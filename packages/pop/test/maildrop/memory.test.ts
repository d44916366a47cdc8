// What a store in memory does beyond the contract; ../testing/memory-contract.test.ts holds it to that.
import assert from "node:assert/strict";
import { test } from "node:test";
import { MemoryStore } from "../../src/maildrop/index.ts";

const day = 24 * 3_600_000;

function body(text: string): { readonly body: readonly Uint8Array[] } {
  return { body: [Buffer.from(text, "latin1")] };
}

test("a store in memory says that it keeps nothing", () => {
  assert.equal(new MemoryStore().capabilities.durableDeliver, "memory");
});

test("an account is made once and must be made before it is used", async () => {
  const store = new MemoryStore();
  store.addAccount("anna");
  assert.throws(() => store.addAccount("anna"), /already/);
  await assert.rejects(store.open("bert", { holder: "s1", onBusy: "reject" }), { code: "NO_SUCH_ACCOUNT" });
  await assert.rejects(store.deliver("bert", body("a")), { code: "NO_SUCH_ACCOUNT" });
  await assert.rejects(store.remove("bert", [1]), { code: "NO_SUCH_ACCOUNT" });
});

test("the quota counts canonical octets and is given back by a removal", async () => {
  const store = new MemoryStore();
  store.addAccount("anna", { quotaOctets: 6 });
  await assert.rejects(store.deliver("anna", body("1234\n\n")), { code: "OVER_QUOTA" });
  await store.deliver("anna", body("1\n"));
  await store.deliver("anna", body("2\n"));
  await assert.rejects(store.deliver("anna", body("3\n")), { code: "OVER_QUOTA" });
  const maildrop = await store.open("anna", { holder: "s1", onBusy: "reject" });
  assert.deepEqual([maildrop.count, maildrop.octets], [2, 6]);
  await maildrop.commit(new Set([1]));
  assert.equal((await store.deliver("anna", body("3\n"))).added, true);
});

test("a body over the quota is not read to its end", async () => {
  const store = new MemoryStore();
  store.addAccount("anna", { quotaOctets: 10 });
  let read = 0;
  function* endless(): Generator<Uint8Array> {
    for (;;) {
      read += 1;
      yield Buffer.from("1234\r\n");
    }
  }
  await assert.rejects(store.deliver("anna", { body: endless() }), { code: "OVER_QUOTA" });
  assert.equal(read, 2);
});

test("the quota of messages counts messages", async () => {
  const store = new MemoryStore();
  store.addAccount("anna", { quotaMessages: 1 });
  await store.deliver("anna", body("a"));
  await assert.rejects(store.deliver("anna", body("b")), { code: "OVER_QUOTA" });
});

test("a message delivered before is known again also when the quota is used up", async () => {
  const store = new MemoryStore();
  store.addAccount("anna", { quotaMessages: 1 });
  const first = await store.deliver("anna", body("a"), { deliveryId: "one" });
  const again = await store.deliver("anna", body("a"), { deliveryId: "one" });
  assert.deepEqual(again, { messageId: first.messageId, added: false });
});

test("delivery ids are forgotten after seven days", async () => {
  let time = 0;
  const store = new MemoryStore({ now: () => time });
  store.addAccount("anna");
  await store.deliver("anna", body("a"), { deliveryId: "one" });
  time = 3 * day;
  await store.deliver("anna", body("b"), { deliveryId: "two" });
  time = 7 * day;
  assert.equal((await store.deliver("anna", body("a"), { deliveryId: "one" })).added, false);
  time = 7 * day + 1;
  assert.equal((await store.deliver("anna", body("a"), { deliveryId: "one" })).added, true);
  assert.equal((await store.deliver("anna", body("b"), { deliveryId: "two" })).added, false);
});

test("memory handed in may be used again at once", async () => {
  const store = new MemoryStore();
  store.addAccount("anna");
  const reused = Buffer.alloc(4);
  function* body(): Generator<Uint8Array> {
    for (const line of ["one\n", "two\n"]) {
      reused.write(line);
      yield reused.subarray(0, 3);
    }
  }
  await store.deliver("anna", { body: body() });
  const maildrop = await store.open("anna", { holder: "s1", onBusy: "reject" });
  const chunk = await maildrop.read([1]).next();
  assert.equal(Buffer.from(chunk?.octets ?? []).toString(), "onetwo\r\n");
});

test("a message-number that is not listed is the caller's mistake, and removes nothing", async () => {
  const store = new MemoryStore();
  store.addAccount("anna");
  await store.deliver("anna", body("a"));
  const maildrop = await store.open("anna", { holder: "s1", onBusy: "reject" });
  for (const n of [0, 2, -1, 1.5, Number.NaN]) {
    assert.throws(() => maildrop.octetsOf(n), RangeError);
    assert.throws(() => maildrop.uniqueIdOf(n), RangeError);
    assert.throws(() => maildrop.read([1, n]), RangeError);
    await assert.rejects(maildrop.commit(new Set([1, n])), RangeError);
  }
  assert.equal(await maildrop.commit(new Set()), "done");
  const next = await store.open("anna", { holder: "s2", onBusy: "reject" });
  assert.equal(next.count, 1);
});

test("without a clock given, a holder that just came is not idle", async () => {
  const store = new MemoryStore();
  store.addAccount("anna");
  await store.open("anna", { holder: "s1", onBusy: "reject" });
  await assert.rejects(store.open("anna", { holder: "s2", onBusy: "reject" }), { code: "MAILDROP_IN_USE" });
});
