// Sources that speak POP2 and POP1: without unique-ids a message is its octets and which of its like it is, and the order
// that neither loses nor doubles is the same.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { MemoryStore } from "@restante/pop/maildrop";
import { createPop3Server } from "@restante/pop/server";
import { loadConfig } from "../../src/config/index.ts";
import { countingRemoved } from "../../src/retriever/decide/occurrences.ts";
import type { KnownMessage } from "../../src/retriever/decide/known.ts";
import { openSetting, SIX, type SourceKeys } from "./fixture.ts";
import { sample } from "./sample.ts";

/** Two are alike, octet for octet. */
const LETTERS = [...SIX.slice(0, 3), SIX[0] as string];

async function remote(context: TestContext, generation: "pop2" | "pop1") {
  const store = new MemoryStore();
  store.addAccount("anna");
  const deliver = async (text: string, mailbox = "INBOX"): Promise<void> => {
    await store.deliver("anna", { body: [Buffer.from(text, "latin1")] }, { mailbox });
  };
  for (const letter of LETTERS) await deliver(letter);
  const server = createPop3Server({
    store,
    authenticator: {
      checkPassword: (_, password) =>
        Promise.resolve(
          password === "secret" ? { kind: "accepted", account: "anna", login: "anna" } : { kind: "refused" },
        ),
      scramKeys: () => Promise.reject(new Error("none")),
    },
  });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0, generation });
  context.after(() => server.stop({ withinMs: 0 }));
  const keys: SourceKeys = { protocol: generation, port };
  return {
    keys,
    deliver,
    async left(): Promise<number> {
      const maildrop = await store.open("anna", { holder: "test", onBusy: "reject" });
      await maildrop.release();
      return maildrop.count;
    },
  };
}

const sorted = (texts: readonly string[]): readonly string[] => texts.toSorted();

for (const generation of ["pop2", "pop1"] as const) {
  test(`${generation}: mail that stays there is collected once, twins both, and what is new in the next run`, async (context) => {
    const there = await remote(context, generation);
    const setting = await openSetting(context);
    const first = await setting.run(there.keys);
    assert.equal(first.arrived.messages, 4);
    assert.deepEqual(setting.texts(), sorted(LETTERS));
    assert.equal((await setting.run(there.keys)).arrived.messages, 0);
    await there.deliver(SIX[4] as string);
    await there.deliver(SIX[0] as string);
    assert.equal((await setting.run(there.keys)).arrived.messages, 2);
    assert.deepEqual(setting.texts(), sorted([...LETTERS, SIX[4] as string, SIX[0] as string]));
    assert.equal(await there.left(), 6);
  });

  test(`${generation}: mail that is not kept there is removed when it is safely here`, async (context) => {
    const there = await remote(context, generation);
    const setting = await openSetting(context, { keys: { server: { keep: "0" } } });
    const report = await setting.run(there.keys);
    assert.deepEqual([report.arrived.messages, await there.left()], [4, 0]);
    assert.deepEqual(setting.texts(), sorted(LETTERS));
    await there.deliver(SIX[0] as string);
    assert.equal((await setting.run(there.keys)).arrived.messages, 1);
    assert.equal(await there.left(), 0);
  });

  test(`${generation}: stopped at any step, a run is taken up again, and nothing is lost or doubled`, async (context) => {
    const stoppedAt = async (at: number): Promise<number> => {
      const there = await remote(context, generation);
      const setting = await openSetting(context, { keys: { server: { keep: "0" } } });
      let steps = 0;
      const checkpoint = (): void => {
        steps += 1;
        if (steps === at) throw new Error("the power is gone");
      };
      await setting.run(there.keys, { checkpoint }).catch(() => undefined);
      for (let again = 0; again < 3; again += 1) await setting.run(there.keys);
      assert.deepEqual(setting.texts(), sorted(LETTERS), `stopped at step ${at}`);
      assert.equal(await there.left(), 0, `stopped at step ${at}`);
      return steps;
    };
    const steps = await stoppedAt(Infinity);
    for (const at of sample(context, { what: "steps", of: steps, take: 12 })) await stoppedAt(at);
  });
}

for (const step of ["marking", "marked", "quit"])
  test(`pop2: of twins that are removed one a session none is lost or doubled when the first is not known to be gone, stopped at "${step}"`, async (context) => {
    const there = await remote(context, "pop2");
    const setting = await openSetting(context, { keys: { server: { keep: "0" }, commit_every: 1 } });
    const checkpoint = (at: string): void => {
      if (at === step) throw new Error("the power is gone");
    };
    await setting.run(there.keys, { checkpoint });
    for (let again = 0; again < 3; again += 1) assert.deepEqual((await setting.run(there.keys)).questions, []);
    assert.deepEqual([setting.texts(), await there.left()], [sorted(LETTERS), 0]);
  });

test("pop2: another mailbox is collected by its name", async (context) => {
  const there = await remote(context, "pop2");
  await there.deliver(SIX[5] as string, "My notes");
  const setting = await openSetting(context, { keys: { remote_mailbox: "My notes" } });
  assert.equal((await setting.run(there.keys)).arrived.messages, 1);
  assert.deepEqual(setting.texts(), [SIX[5]]);
});

test("pop1: a message that is to stay keeps all of them, and nothing is collected twice for it", async (context) => {
  const there = await remote(context, "pop1");
  const big = `Subject: big\r\n\r\n${"x".repeat(70)}\r\n${"y".repeat(70)}\r\n`;
  await there.deliver(big);
  const setting = await openSetting(context, {
    keys: { server: { keep: "0" }, filter: [{ when: { header: "Subject", matches: "^big" }, do: "skip" }] },
  });
  assert.equal((await setting.run(there.keys)).arrived.messages, 4);
  assert.equal(await there.left(), 5);
  assert.equal((await setting.run(there.keys)).arrived.messages, 0);
  assert.deepEqual(setting.texts(), sorted(LETTERS));
});

test("what POP2 and POP1 cannot have is told in the configuration", () => {
  const problems = (keys: SourceKeys): string => {
    const source = { host: "pop.example", user: "anna", password: "x", account: "anna", ...keys };
    try {
      loadConfig({ defaults: { source: { work: source } } });
      return "";
    } catch (error) {
      return String((error as Error).message);
    }
  };
  assert.match(problems({ protocol: "pop2" }), /would send the password in clear/);
  assert.equal(problems({ protocol: "pop2", allow_cleartext: true }), "");
  assert.match(problems({ protocol: "pop1", allow_cleartext: true }), /port.*is missing/s);
  assert.match(problems({ protocol: "pop2", tls: "stls-required", port: 1 }), /has no STLS/);
  assert.match(problems({ protocol: "pop2", tls: "implicit" }), /port.*is missing/s);
  assert.match(
    problems({ protocol: "pop1", tls: "implicit", port: 1, fetch: { order: "newest" } }),
    /reads a mailbox from its beginning/,
  );
  assert.match(
    problems({ protocol: "pop2", allow_cleartext: true, auth: { mechanisms: ["PLAIN"] } }),
    /leave auth out/,
  );
  assert.match(problems({ remote_mailbox: "x" }), /opens one maildrop/);
});

test("occurrences are counted on from those that are gone, unless a whole listing of them comes back", () => {
  const hash = (n: number): string => String(n).repeat(64).slice(0, 64);
  const known = (uniqueId: string, removedAt?: number) => ({ uniqueId, removedAt }) as KnownMessage;
  const named = (uniqueIds: readonly string[], rows: readonly KnownMessage[]): readonly (string | null)[] =>
    countingRemoved(
      uniqueIds.map((uniqueId) => ({ uniqueId })),
      rows,
    ).map(({ uniqueId }) => uniqueId);
  const [one, two, three] = [hash(1), hash(2), hash(3)];
  assert.deepEqual(named([`${one}-1`, `${two}-1`], [known(`${one}-1`), known(`${two}-1`)]), [`${one}-1`, `${two}-1`]);
  // The first of two twins is gone: what is left is the second.
  assert.deepEqual(named([`${one}-1`], [known(`${one}-1`, 5), known(`${one}-2`)]), [`${one}-2`]);
  // The second is gone: what is left is the first, and one that came since is the third.
  assert.deepEqual(named([`${one}-1`, `${one}-2`], [known(`${one}-1`), known(`${one}-2`, 5)]), [
    `${one}-1`,
    `${one}-3`,
  ]);
  const inferred = { ...known(`${one}-1`, 5), inferred: "server.keep" };
  assert.deepEqual(named([`${one}-1`], [inferred]), [`${one}-1`], "an absence is no certain removal");
  const gone = [one, two, three].map((each) => known(`${each}-1`, 5));
  const back = [one, two, three].map((each) => `${each}-1`);
  assert.deepEqual(named(back, gone), back);
  assert.deepEqual(named(["other"], gone), ["other"]);
});
