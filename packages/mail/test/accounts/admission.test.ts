import assert from "node:assert/strict";
import { test } from "node:test";
import { Admission, type Admitted } from "../../src/accounts/admission.ts";
import { Overloaded } from "../../src/accounts/hash-threads.ts";

const forever = new AbortController().signal;
const attacker = "192.0.2.1";
const neighbour = "192.0.2.250"; // the same /24
const stranger = "198.51.100.1";

async function fail(admission: Admission, address: string, password: string): Promise<void> {
  const admitted = await admission.enter(address, forever);
  admitted.refused("anna", password);
  admitted.end();
}

async function penalise(admission: Admission, address: string): Promise<void> {
  for (const password of ["a", "b", "c", "d", "e", "f"]) await fail(admission, address, password);
}

/** How many of `wanted` attempts get in at once; all are ended again. */
async function parallel(admission: Admission, address: string, wanted = 20): Promise<number> {
  const patience = new AbortController();
  const inside: Admitted[] = [];
  const attempts = Array.from({ length: wanted }, () =>
    admission.enter(address, patience.signal).then(
      (admitted) => inside.push(admitted),
      (error: unknown) => assert.ok(error instanceof Overloaded),
    ),
  );
  await new Promise(setImmediate);
  const count = inside.length;
  patience.abort();
  await Promise.all(attempts);
  for (const admitted of inside) admitted.end();
  return count;
}

test("a network without failures is not held back", async () => {
  const admission = new Admission();
  assert.equal(await parallel(admission, attacker), 20);
  assert.equal(admission.size, 0, "and leaves nothing to remember");
});

test("more than five different wrong passwords leave a network two attempts at once; others keep theirs", async () => {
  const admission = new Admission({ now: () => 0 });
  for (const password of ["a", "b", "c", "d", "e"]) await fail(admission, attacker, password);
  assert.equal(await parallel(admission, attacker), 20);
  await fail(admission, attacker, "f");
  assert.equal(await parallel(admission, attacker), 2);
  assert.equal(await parallel(admission, neighbour), 2);
  assert.equal(await parallel(admission, stranger), 20);
});

test("the same wrong password again does not count, a mail program with an old one is no attack", async () => {
  const admission = new Admission({ now: () => 0 });
  for (let i = 0; i < 1_000; i++) await fail(admission, attacker, ["old", "older"][i % 2] ?? "");
  assert.equal(await parallel(admission, attacker), 20);
});

test("the penalty fades with a half-life of ten minutes and is then forgotten", async () => {
  let now = 0;
  const admission = new Admission({ now: () => now });
  await penalise(admission, attacker);
  await penalise(admission, stranger);
  assert.equal(await parallel(admission, attacker), 2);
  now += 600_000; // 6 failures count as 3
  assert.equal(await parallel(admission, attacker), 20);
  for (const password of ["g", "h"]) await fail(admission, attacker, password);
  assert.equal(await parallel(admission, attacker), 20, "3 + 2 are not more than 5");
  await fail(admission, attacker, "i");
  assert.equal(await parallel(admission, attacker), 2, "3 + 3 are");
  now += 6 * 600_000;
  assert.equal(await parallel(admission, attacker), 20);
  assert.equal(await parallel(admission, stranger), 20);
  assert.equal(admission.size, 0);
});

test("those who wait get in one by one as others leave, in the order they came", async () => {
  const admission = new Admission({ now: () => 0 });
  await penalise(admission, attacker);
  const first = await admission.enter(attacker, forever);
  const second = await admission.enter(attacker, forever);
  const order: string[] = [];
  const third = admission.enter(attacker, forever).then((admitted) => (order.push("third"), admitted));
  const fourth = admission.enter(attacker, forever).then((admitted) => (order.push("fourth"), admitted));
  await new Promise(setImmediate);
  assert.deepEqual(order, []);
  first.end();
  await new Promise(setImmediate);
  assert.deepEqual(order, ["third"]);
  second.end();
  (await third).end();
  (await fourth).end();
  assert.deepEqual(order, ["third", "fourth"]);
  assert.equal(await parallel(admission, attacker), 2, "the count is true afterwards");
});

test("whoever runs out of patience is turned away and leaves no hole", async () => {
  const admission = new Admission({ now: () => 0 });
  await penalise(admission, attacker);
  const inside = [await admission.enter(attacker, forever), await admission.enter(attacker, forever)];
  const patience = new AbortController();
  const impatient = assert.rejects(admission.enter(attacker, patience.signal), Overloaded);
  const waiting = admission.enter(attacker, forever);
  patience.abort();
  await impatient;
  await assert.rejects(admission.enter(attacker, AbortSignal.abort()), Overloaded);
  for (const admitted of inside) admitted.end();
  (await waiting).end();
  assert.equal(await parallel(admission, attacker), 2);
});

test("the line is bounded", async () => {
  const admission = new Admission({ now: () => 0, waitingMax: 3 });
  await penalise(admission, attacker);
  const inside = [await admission.enter(attacker, forever), await admission.enter(attacker, forever)];
  const waiting = [1, 2, 3].map(() => admission.enter(attacker, forever));
  await assert.rejects(admission.enter(attacker, forever), Overloaded);
  for (const admitted of inside) admitted.end();
  for (const admitted of waiting) (await admitted).end();
});

test("the memory of networks is bounded, and one with attempts under way is kept", async () => {
  const admission = new Admission({ now: () => 0, prefixesMax: 3 });
  await penalise(admission, attacker);
  const held = await admission.enter(attacker, forever);
  for (let net = 0; net < 50; net++) await fail(admission, `203.0.${net}.1`, "wrong");
  assert.ok(admission.size <= 3);
  assert.equal(await parallel(admission, attacker), 1, "one is inside, one more may come");
  held.end();
});
