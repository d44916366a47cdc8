import assert from "node:assert/strict";
import { test } from "node:test";
import { HashThreads, Overloaded } from "../../src/accounts/hash-threads.ts";

const cheap = { memoryKiB: 64, passes: 1, lanes: 1 };
/** Some tenths of a second, so that what comes after it has to wait. */
const dear = "$argon2id$v=19$m=65536,t=10,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
const forever = new AbortController().signal;

async function withThreads(
  options: { readonly threadsMax?: number; readonly waitingMax?: number },
  body: (threads: HashThreads) => Promise<void>,
): Promise<void> {
  const threads = new HashThreads({ cost: cheap, ...options });
  try {
    await body(threads);
  } finally {
    await threads.close();
  }
}

test("a hash made accepts its password and no other, at the cost asked for", async () => {
  await withThreads({}, async (threads) => {
    const verifier = await threads.hash("correct horse", forever);
    assert.match(verifier, /^\$argon2id\$v=19\$m=64,t=1,p=1\$/);
    assert.equal(await threads.verify({ verifier, password: "correct horse" }, forever), true);
    assert.equal(await threads.verify({ verifier, password: "correct horsf" }, forever), false);
  });
});

test("the argon2id of another implementation is understood", async () => {
  // RFC 9106 has no vector without secret and data; this one is of the reference implementation's test suite (argon2id, v=19, m=65536, t=2, p=1, "somesalt").
  const verifier = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
  await withThreads({}, async (threads) => {
    assert.equal(await threads.verify({ verifier, password: "password" }, forever), true);
    assert.equal(await threads.verify({ verifier, password: "differentpassword" }, forever), false);
  });
});

test("a damaged verifier fails its own check and no other", async () => {
  await withThreads({ threadsMax: 1 }, async (threads) => {
    await assert.rejects(threads.verify({ verifier: "$argon2id$v=19$", password: "x" }, forever), /cannot be used/);
    const verifier = await threads.hash("correct horse", forever);
    assert.equal(await threads.verify({ verifier, password: "correct horse" }, forever), true);
  });
});

test("who runs out of patience in the line is told so, and the others get their turn", async () => {
  await withThreads({ threadsMax: 1 }, async (threads) => {
    const patience = new AbortController();
    const running = threads.verify({ verifier: dear, password: "x" }, patience.signal);
    const impatient = assert.rejects(threads.verify({ verifier: dear, password: "x" }, patience.signal), Overloaded);
    const patient = threads.hash("correct horse", forever);
    patience.abort();
    await impatient;
    assert.equal(await running, false, "what has begun is finished");
    assert.match(await patient, /^\$argon2id/);
    await assert.rejects(threads.hash("x", AbortSignal.abort()), Overloaded);
  });
});

test("an operator's hash goes before the checks in the line, and the line is bounded", async () => {
  await withThreads({ threadsMax: 1, waitingMax: 3 }, async (threads) => {
    const order: string[] = [];
    const running = threads.verify({ verifier: dear, password: "x" }, forever);
    const checks = [1, 2].map((n) =>
      threads.verify({ verifier: dear, password: "x" }, forever).then(() => order.push(`check ${n}`)),
    );
    const command = threads.hash("correct horse", forever).then(() => order.push("command"));
    await assert.rejects(threads.verify({ verifier: dear, password: "x" }, forever), Overloaded);
    await Promise.all([running, ...checks, command]);
    assert.deepEqual(order, ["command", "check 1", "check 2"]);
  });
});

test("the event loop turns while hashes are made", async () => {
  await withThreads({ threadsMax: 1 }, async (threads) => {
    let turns = 0;
    let over = false;
    const count = (): void => {
      turns += 1;
      if (!over) setImmediate(count);
    };
    setImmediate(count);
    await threads.verify({ verifier: dear, password: "x" }, forever);
    over = true;
    assert.ok(turns > 100, `${turns} turns`);
  });
});

test("closing ends everything: what runs, what waits and what comes later is refused", async () => {
  const threads = new HashThreads({ cost: cheap, threadsMax: 1 });
  const ends = [1, 2].map(() => assert.rejects(threads.verify({ verifier: dear, password: "x" }, forever), /closed/));
  await threads.close();
  await Promise.all(ends);
  await assert.rejects(threads.hash("x", forever), /closed/);
  await threads.close();
});
