// Many jobs share a commit, and each fails or succeeds for itself.
import assert from "node:assert/strict";
import { test } from "node:test";
import { addAccount, assertSound, deliver, maildropTexts, temporaryStore } from "./temporary-store.ts";

test("deliveries that come together share commits", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const before = { ...store.parts.writer.statistics };
  await Promise.all(Array.from({ length: 200 }, (_, n) => deliver(store, account, `message ${n}`)));
  const { jobs, groups } = store.parts.writer.statistics;
  assert.equal(jobs - before.jobs, 200);
  assert.ok(groups - before.groups <= 50, `${groups - before.groups} commits for 200 deliveries`);
  assert.equal((await maildropTexts(store, account)).length, 200);
});

test("the thread does not wait for the end of a turn in which many jobs are asked for", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const { writer } = store.parts;
  const run = writer.run.bind(writer);
  let askAgain = (): Promise<unknown> => Promise.reject(new Error("nothing was asked for"));
  writer.run = (kind, input, octets) => {
    askAgain = () => run(kind, input, octets);
    return run(kind, input, octets);
  };
  await deliver(store, account, "the same");
  const answers = Array.from({ length: 64 }, () => askAgain());
  // This turn goes on, and nothing else of this thread runs meanwhile.
  const countNow = (): number => store.directory.account(account)?.messages ?? 0;
  for (let waits = 0; countNow() === 1 && waits < 500; waits += 1)
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
  assert.ok(countNow() > 1, "none of 64 jobs was begun");
  await Promise.all(answers);
  assert.equal(countNow(), 65);
});

test("a job that fails in the middle of a group fails alone", async (context) => {
  const { store } = await temporaryStore(context);
  const full = await addAccount(store, "full");
  const roomy = await addAccount(store, "roomy");
  await store.directory.changeAccount(full, { quotaMessages: 3 });
  const body = store.newBody();
  await body.write(Buffer.from("x"));
  const received = await body.finish();
  const { groups } = store.parts.writer.statistics;
  await store.place(roomy, received);
  const outcomes = await Promise.allSettled(
    Array.from({ length: 40 }, (_, n) => store.place(n % 2 === 0 ? full : roomy, received)),
  );
  const failed = outcomes.filter((outcome) => outcome.status === "rejected");
  assert.equal(failed.length, 17);
  for (const { reason } of failed) assert.equal((reason as { code: string }).code, "OVER_QUOTA");
  assert.ok(store.parts.writer.statistics.groups - groups < 20, "the jobs were grouped");
  assert.equal(store.directory.account(full)?.messages, 3);
  assert.equal(store.directory.account(roomy)?.messages, 21);
  await assertSound(store);
});

test("a message that fails behind others of its group takes nothing of theirs along", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const bodies = await Promise.all(
    Array.from({ length: 30 }, async (_, n) => {
      const body = store.newBody();
      await body.write(Buffer.from(`message ${n}\r\n`));
      return await body.finish();
    }),
  );
  // Every third is taken for collected mail and breaks behind all it wrote: that row cannot be without a source.
  const run = store.parts.writer.run.bind(store.parts.writer);
  const key = { source: null as never, uniqueId: Uint8Array.of(1), sha256: new Uint8Array(32), again: false };
  store.parts.writer.run = (kind, input, octets) => {
    const isBroken = kind === "place" && "keywords" in input && input.keywords === "broken";
    return run(kind, isBroken ? { ...input, fetched: key } : input, octets);
  };
  const outcomes = await Promise.allSettled(
    bodies.map((body, n) =>
      store.place(
        account,
        body,
        n % 3 === 1 ? { keywords: ["broken"], ...(n % 2 === 0 ? {} : { mailbox: `New ${n}` }) } : {},
      ),
    ),
  );
  assert.deepEqual(
    outcomes.map(({ status }) => status),
    bodies.map((_, n) => (n % 3 === 1 ? "rejected" : "fulfilled")),
  );
  const placed = bodies.flatMap((_, n) => (n % 3 === 1 ? [] : [`message ${n}\r\n`]));
  assert.deepEqual(await maildropTexts(store, account), placed);
  assert.equal(store.directory.account(account)?.messages, 20);
  await deliver(store, account, "after");
  await assertSound(store);
});

test("a job that cannot be handed to the thread fails alone", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const mistake = store.parts.writer.run("putDocument", { value: () => undefined } as never);
  const [refused] = await Promise.allSettled([mistake, deliver(store, account, "beside it")]);
  assert.equal(refused.status === "rejected" && (refused.reason as Error).name, "DataCloneError");
  assert.deepEqual(await maildropTexts(store, account), ["beside it\r\n"]);
});

test("a writer thread that dies is replaced, and what it acknowledged is there", async (context) => {
  const { store, problems } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "before");
  const deliveries = Array.from({ length: 50 }, (_, n) => deliver(store, account, `${n}`));
  const dead = store.parts.writer.thread?.terminate();
  const outcomes = await Promise.allSettled(deliveries);
  await dead;
  for (const outcome of outcomes) {
    if (outcome.status === "rejected") assert.equal((outcome.reason as { code: string }).code, "STORE_UNAVAILABLE");
  }
  await deliver(store, account, "after");
  const texts = new Set(await maildropTexts(store, account));
  outcomes.forEach((outcome, n) => {
    if (outcome.status === "fulfilled") assert.ok(texts.has(`${n}\r\n`), `message ${n} was acknowledged`);
  });
  assert.ok(texts.has("before\r\n") && texts.has("after\r\n"));
  assert.match(problems.join(), /the writer thread died/);
  await assertSound(store);
});

test("a delivery with an id is tried again when the writer thread dies, and is there once, with its file", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const texts = Array.from({ length: 30 }, (_, n) => `${n} ${"x".repeat(n % 2 === 0 ? 80_000 : 10)}\r\n`);
  const send = (text: string, n: number) =>
    store.deliver(account, { body: [Buffer.from(text)] }, { deliveryId: `id-${n}` });
  const deliveries = texts.map(send);
  for (let i = 0; i < 3; i += 1) {
    await Promise.race(deliveries);
    await store.parts.writer.thread?.terminate();
  }
  const outcomes = await Promise.allSettled(deliveries);
  // Whoever was refused sends again, as LMTP clients do.
  for (const [n, outcome] of outcomes.entries()) if (outcome.status === "rejected") await send(texts[n] ?? "", n);
  assert.deepEqual([...(await maildropTexts(store, account))].sort(), texts.toSorted());
  await assertSound(store);
});

test("QUIT survives the death of the writer thread with a true answer", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  for (let round = 0; round < 4; round += 1) {
    await deliver(store, account, "a");
    await deliver(store, account, "b");
    const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
    const outcome = maildrop.commit(new Set([round + 1]));
    const dead = store.parts.writer.thread?.terminate();
    assert.equal(await outcome, "done");
    await dead;
    assert.deepEqual(
      await maildropTexts(store, account),
      Array.from({ length: round + 1 }, () => "b\r\n"),
    );
  }
});

test("a writer thread that keeps dying is not started for ever", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  const outcomes: string[] = [];
  for (let i = 0; i < 8; i += 1) {
    await store.parts.writer.thread?.terminate();
    outcomes.push(
      await deliver(store, account, `${i}`).then(
        () => "delivered",
        (error: { code: string }) => error.code,
      ),
    );
  }
  assert.deepEqual(outcomes, [...Array(4).fill("delivered"), ...Array(4).fill("STORE_UNAVAILABLE")]);
});

test("QUIT with nothing marked, and a clean open after it, write nothing", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  const before = store.parts.writer.statistics.jobs;
  for (let i = 0; i < 3; i += 1) {
    const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
    assert.equal(await maildrop.commit(new Set()), "done");
  }
  assert.equal(store.parts.writer.statistics.jobs, before);
});

test("a maildrop whose QUIT had an unknown end raises its fence before the next session", async (context) => {
  const { store } = await temporaryStore(context);
  const account = await addAccount(store, "mrose");
  await deliver(store, account, "a");
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  const outcome = maildrop.commit(new Set([1]));
  // Both the job and its second asking meet a thread that dies.
  await store.parts.writer.thread?.terminate();
  await store.parts.writer.thread?.terminate();
  const said = await outcome;
  const next = await store.open(account, { holder: "next", onBusy: "reject" });
  const { fence } = store.parts.db.get<{ fence: number }>(
    "SELECT fence FROM maildrop WHERE account_id = ?",
    account,
  ) ?? { fence: -1 };
  assert.equal(fence, said === "unknown" ? 1 : 0);
  if (said === "done") assert.equal(next.count, 0);
  assert.notEqual(said, "failed");
});
