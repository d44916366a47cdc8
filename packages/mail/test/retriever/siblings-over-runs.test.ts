// Messages that share a unique-id, over runs that are cut, bounded, or meet mail that came meanwhile: each arrives once.
import assert from "node:assert/strict";
import { test } from "node:test";
import { openSetting, type Setting } from "./fixture.ts";

const DAY_MS = 86_400_000;
const KEEP_NONE = { server: { keep: "0" } };
/** Of a run that tries once more. */
const LOST_QUIT = { on: "QUIT", connection: [1, 2], drop: 0 } as const;

/** Of one size and header. */
const letter = (text: "one" | "two" | "six"): string => `Subject: hello\r\n\r\n${text}.\r\n`;
const shared = (texts: readonly string[]) => texts.map((octets) => ({ octets, uniqueId: "same" }));

const EQUAL = ["one", "one", "one"].map(() => letter("one"));
const OTHER = (["one", "two", "six"] as const).map(letter);
const ORDERS = ["oldest", "newest"] as const;
const NO_TOP = { on: "TOP", answer: "-ERR no" };

/** Texts that are left there. */
const leftOf = ({ peer }: Setting): readonly string[] =>
  peer.maildrop.messages.map(({ octets }) => Buffer.from(octets).toString("latin1"));

/** What is quarantined, and how often it was tried. */
const attemptsOf = ({ state }: Setting): readonly number[] =>
  state.known("work").flatMap(({ state: is, attempts }) => (is === "quarantined" ? [attempts] : []));

async function untilEmpty(setting: Setting): Promise<void> {
  for (let run = 0; run < 8 && setting.peer.maildrop.messages.length > 0; run += 1)
    assert.deepEqual((await setting.run()).questions, []);
  assert.equal(setting.peer.maildrop.messages.length, 0);
}

for (const [what, texts] of [
  ["equal", EQUAL],
  ["of one header", OTHER],
] as const)
  for (const order of ORDERS) {
    test(`siblings ${what}, ${order} first: a session that is cut in any of them takes none away and doubles none`, async (context) => {
      for (const n of [1, 2, 3])
        for (const faults of [[], [NO_TOP]]) {
          const setting = await openSetting(context, {
            messages: shared(texts),
            keys: { ...KEEP_NONE, fetch: { order }, commit_every: 2 },
            faults: [{ on: `RETR ${n}`, connection: [1, 2], drop: 10 }, ...faults],
          });
          await untilEmpty(setting);
          assert.deepEqual(setting.texts(), texts.toSorted(), `cut in ${n}`);
        }
    });

    test(`siblings ${what}, ${order} first: a run that may bring one brings one, the next brings the others`, async (context) => {
      for (const keep of ["0", "forever"]) {
        const keys = { server: { keep }, fetch: { order, max_messages: 1 } };
        const setting = await openSetting(context, { messages: shared(texts), keys });
        const came: number[] = [];
        for (let run = 0; run < 4; run += 1) {
          const report = await setting.run();
          assert.deepEqual(report.questions, []);
          came.push(report.arrived.messages);
        }
        assert.deepEqual([came, setting.texts()], [[1, 1, 1, 0], texts.toSorted()]);
        assert.equal(setting.peer.maildrop.messages.length, keep === "0" ? 0 : 3);
      }
    });

    test(`siblings ${what}, ${order} first: days later they are removed, whatever became of the answer, and one that came meanwhile is not`, async (context) => {
      for (const applies of [true, false]) {
        const setting = await openSetting(context, {
          messages: shared(texts.slice(0, 2)),
          keys: { server: { keep: "3d" }, fetch: { order }, commit_every: 1 },
        });
        await setting.run();
        setting.aheadMs = 2 * DAY_MS;
        setting.peer.maildrop.deliver({ octets: texts[2] as string, uniqueId: "same" });
        assert.equal((await setting.run()).arrived.messages, 1);
        setting.aheadMs = 3 * DAY_MS + 1_000;
        setting.peer.script([{ on: "QUIT", drop: 0, applies, times: 1 }]);
        for (let run = 0; run < 3; run += 1)
          assert.deepEqual((await setting.run({}, { allowed: new Map([["clock", Infinity]]) })).questions, []);
        const left = setting.peer.maildrop.messages.map(({ octets }) => Buffer.from(octets).toString("latin1"));
        assert.deepEqual([left, setting.texts()], [[texts[2]], texts.toSorted()]);
        setting.aheadMs = 5 * DAY_MS + 2_000;
        for (let run = 0; run < 2; run += 1) await setting.run({}, { allowed: new Map([["clock", Infinity]]) });
        assert.deepEqual([setting.peer.maildrop.messages.length, setting.texts()], [0, texts.toSorted()]);
      }
    });

    test(`siblings ${what}, ${order} first: another client removes one, and the others stay what they are`, async (context) => {
      const setting = await openSetting(context, { messages: shared(texts), keys: { fetch: { order } } });
      await setting.run();
      setting.peer.maildrop.replace(shared(texts.slice(1)));
      for (let run = 0; run < 2; run += 1) assert.equal((await setting.run()).arrived.messages, 0);
      for (let run = 0; run < 3; run += 1) await setting.run(KEEP_NONE);
      assert.deepEqual([setting.peer.maildrop.messages.length, setting.texts()], [0, texts.toSorted()]);
    });
  }

for (const [what, third] of [
  ["other", OTHER[2]],
  ["equal", EQUAL[2]],
] as const)
  test(`a third sibling, ${what}, that comes when an answer was lost before the removal arrives as well`, async (context) => {
    for (const commit of [1, 100]) {
      const setting = await openSetting(context, {
        messages: shared(EQUAL.slice(0, 2)),
        keys: { ...KEEP_NONE, commit_every: commit, fetch: { max_messages: 1 } },
        faults: [{ ...LOST_QUIT, applies: false }],
      });
      await setting.run();
      setting.peer.maildrop.deliver({ octets: third as string, uniqueId: "same" });
      await untilEmpty(setting);
      assert.deepEqual(setting.texts(), [...EQUAL.slice(0, 2), third].toSorted());
    }
  });

test("a third sibling of another size that comes when an answer was lost behind the removal arrives as well", async (context) => {
  const other = "Subject: another\r\n\r\nText.\r\n";
  const setting = await openSetting(context, {
    messages: shared(EQUAL.slice(0, 2)),
    keys: { ...KEEP_NONE, commit_every: 1, fetch: { max_messages: 1 } },
    faults: [{ ...LOST_QUIT, applies: true }],
  });
  await setting.run();
  setting.peer.maildrop.deliver({ octets: other, uniqueId: "same" });
  await untilEmpty(setting);
  assert.deepEqual(setting.texts(), [...EQUAL.slice(0, 2), other].toSorted());
});

test("an equal one that comes while another of them waits, and when those that were removed were seen to be gone, is a mail of its own", async (context) => {
  const keys = { ...KEEP_NONE, fetch: { max_messages: 1 } };
  const setting = await openSetting(context, { messages: shared(EQUAL), keys });
  await setting.run();
  await setting.run();
  setting.peer.maildrop.deliver({ octets: EQUAL[0] as string, uniqueId: "same" });
  setting.peer.maildrop.deliver({ octets: EQUAL[0] as string, uniqueId: "same" });
  await setting.run();
  assert.equal(setting.texts().length, 3);
});

test("a server that says +OK and removes nothing keeps no other siblings away, and gives none twice", async (context) => {
  for (const order of ORDERS)
    for (const faults of [[], [NO_TOP]]) {
      const setting = await openSetting(context, {
        messages: ["a", "b", "c"].flatMap((uniqueId) =>
          [1, 2].map((k) => ({ octets: `Subject: ${uniqueId}\r\n\r\n${k}\r\n`, uniqueId })),
        ),
        keys: { ...KEEP_NONE, fetch: { order }, commit_every: 1 },
        faults: [{ on: "QUIT", answer: "+OK bye" }, ...faults],
      });
      for (let run = 0; run < 3; run += 1) {
        await setting.run();
        assert.equal(setting.texts().length, 6);
      }
    }
});

test("siblings that wait for one that did not come are not told to be removed", async (context) => {
  for (const texts of [EQUAL, OTHER])
    for (const fault of [{ drop: 0 }, { answer: "-ERR no" }]) {
      const setting = await openSetting(context, {
        messages: shared(texts),
        keys: KEEP_NONE,
        faults: [{ on: "RETR 3", ...fault }, NO_TOP],
      });
      for (let run = 0; run < 2; run += 1) {
        assert.equal((await setting.run()).removed, 0);
        assert.deepEqual(
          setting.state.known("work").flatMap(({ pending }) => pending ?? []),
          [],
        );
      }
      assert.deepEqual([setting.state.removals({ source: "work", limit: 9 }), leftOf(setting)], [[], texts]);
    }
});

test("siblings without a header are removed when they are gone, and not before, after a lost answer", async (context) => {
  for (const applies of [true, false]) {
    const setting = await openSetting(context, {
      messages: shared(EQUAL),
      keys: KEEP_NONE,
      faults: [{ on: "QUIT", drop: 0, applies, times: 1 }, NO_TOP],
    });
    assert.deepEqual([(await setting.run()).removed, leftOf(setting).length], [0, applies ? 0 : 3]);
    const second = await setting.run();
    assert.deepEqual([second.removed, leftOf(setting), setting.texts()], [3, [], EQUAL]);
  }
});

test("siblings without a header that stay are no renumbered server's", async (context) => {
  const setting = await openSetting(context, { messages: shared(OTHER), faults: [NO_TOP] });
  for (let run = 0; run < 3; run += 1)
    assert.deepEqual(
      (await setting.run()).warnings.map(({ code }) => code),
      ["shared-unique-ids"],
    );
});

test("a server that says +OK and removes nothing gives no sibling twice, and nothing goes on for ever", async (context) => {
  for (const texts of [EQUAL, OTHER])
    for (const faults of [[], [NO_TOP]]) {
      const setting = await openSetting(context, {
        messages: shared(texts),
        keys: { ...KEEP_NONE, commit_every: 1 },
        faults: [{ on: "QUIT", answer: "+OK bye" }, ...faults],
      });
      for (let run = 0; run < 3; run += 1) await setting.run();
      assert.deepEqual([setting.texts(), setting.peer.maildrop.messages.length], [texts.toSorted(), 3]);
    }
});

/** Which of three fails. */
const FAILING = [EQUAL, OTHER].flatMap((texts) => [1, 2, 3].map((bad) => ({ texts, bad })));
const isLong = process.env["RESTANTE_LONG"] === "1";
let variants = 0;

for (const [what, options] of [
  ["shares its unique-id", {}],
  ["has none", { without: ["UIDL"] }],
] as const)
  for (const [how, fault] of [
    ["is refused", { answer: "-ERR no" }],
    ["ends every session", { drop: 0 }],
  ] as const)
    for (const order of ORDERS) {
      const variant = variants++;
      // In the short run two of the six each, others in the next: each is there with some.
      const failing = FAILING.filter((_, at) => isLong || at % 3 === variant % 3);
      test(`one that ${what}, shows no header and ${how} is quarantined itself, ${order} first: the others come once and go`, async (context) => {
        for (const { texts, bad } of failing) {
          const setting = await openSetting(context, {
            messages: shared(texts),
            keys: { ...KEEP_NONE, fetch: { order } },
            faults: [{ on: `RETR ${bad}`, ...fault }, NO_TOP],
            ...options,
          });
          const others = texts.toSpliced(bad - 1, 1).toSorted();
          for (let run = 1; run <= 3; run += 1) {
            const { failed, removed } = await setting.run();
            assert.deepEqual([failed.map(({ quarantined }) => quarantined), removed], [[run === 3], 0], `run ${run}`);
          }
          assert.deepEqual([attemptsOf(setting), setting.texts(), leftOf(setting)], [[3], others, texts]);
          const fourth = await setting.run();
          assert.deepEqual([fourth.removed, leftOf(setting)], [2, [texts[bad - 1]]]);
          // It has the place of another now.
          setting.peer.script([NO_TOP]);
          for (let run = 0; run < 2; run += 1) {
            const { arrived, exitCode } = await setting.run();
            assert.deepEqual([arrived.messages, exitCode], [0, 65]);
          }
          assert.deepEqual([attemptsOf(setting), setting.texts(), leftOf(setting)], [[3], others, [texts[bad - 1]]]);
          setting.state.forget("work", { quarantinedOnly: true });
          await setting.run();
          // What has no name is its octets.
          const here = what === "has none" && texts === EQUAL ? others : texts.toSorted();
          assert.deepEqual([setting.texts(), leftOf(setting)], [here, []]);
        }
      });
    }

test("an equal one without a header that comes when a listing was without those that were removed arrives as well", async (context) => {
  const setting = await openSetting(context, {
    messages: shared(EQUAL.slice(0, 2)),
    keys: KEEP_NONE,
    faults: [NO_TOP],
  });
  for (let run = 0; run < 2; run += 1) await setting.run();
  assert.deepEqual([setting.texts().length, leftOf(setting)], [2, []]);
  setting.peer.maildrop.deliver({ octets: EQUAL[2] as string, uniqueId: "same" });
  setting.peer.script([{ on: "QUIT", drop: 0, applies: false, times: 1 }, NO_TOP]);
  for (let run = 0; run < 3; run += 1) await setting.run();
  assert.deepEqual([setting.texts(), leftOf(setting)], [EQUAL, []]);
});

test("two siblings without a header that fail are counted each", async (context) => {
  const setting = await openSetting(context, {
    messages: shared(OTHER),
    keys: KEEP_NONE,
    faults: [{ on: "RETR 1", answer: "-ERR no" }, { on: "RETR 3", answer: "-ERR no" }, NO_TOP],
  });
  for (let run = 0; run < 3; run += 1) {
    assert.deepEqual(attemptsOf(setting), [], `${run} runs`);
    await setting.run();
  }
  assert.deepEqual(attemptsOf(setting), [3, 3]);
  await setting.run();
  assert.deepEqual([setting.texts(), leftOf(setting)], [[OTHER[1]], [OTHER[0], OTHER[2]]]);
});

test("where siblings without a header went elsewhere, nobody can say which one failed, and each is tried", async (context) => {
  const setting = await openSetting(context, {
    messages: shared(OTHER),
    keys: KEEP_NONE,
    faults: [{ on: "RETR 1", answer: "-ERR no" }, NO_TOP],
  });
  for (let run = 0; run < 3; run += 1) await setting.run();
  setting.peer.maildrop.replace(shared(OTHER.slice(1)));
  setting.peer.script([NO_TOP]);
  await setting.run();
  assert.deepEqual([attemptsOf(setting), setting.texts(), leftOf(setting)], [[], OTHER.slice(1).toSorted(), []]);
});
