// The table of faults other retrievers were measured with: what the server does, and that the next run puts it right.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { readClock, type FetchEvent } from "../../src/retriever/index.ts";
import { manyMessages, openSetting, openWithStore, SIX } from "./fixture.ts";

const KEEP_NONE = { server: { keep: "0" } };

function sorted(texts: readonly string[]): readonly string[] {
  return [...texts].sort();
}

for (const [keep, keys] of [
  ["0", KEEP_NONE],
  ["forever", {}],
] as const)
  for (const [what, fault] of [
    ["drops", { on: "RETR 4", drop: 20, times: 1 }],
    ["drops without a word", { on: "RETR 4", drop: 20, how: "reset", times: 1 }],
    ["stalls", { on: "RETR 4", stall: 20, times: 1 }],
  ] as const)
    test(`a link that ${what} in message 4 loses and doubles nothing, keep ${keep}`, async (context) => {
      const setting = await openSetting(context, { keys: { ...keys, timeout: "1s" }, faults: [fault] });
      await setting.run();
      const report = await setting.run();
      assert.equal(report.outcome, "ok");
      assert.deepEqual(setting.texts(), sorted(SIX));
      assert.equal(setting.peer.maildrop.messages.length, keep === "0" ? 0 : 6);
    });

requirement(
  "P3-C-090",
  "a link that dies at QUIT, removals not made: the next run looks and removes",
  async (context) => {
    const setting = await openSetting(context, {
      keys: KEEP_NONE,
      faults: [{ on: "QUIT", drop: 0, applies: false, times: 1 }],
    });
    const first = await setting.run();
    assert.deepEqual([first.arrived.messages, first.removed, first.unconfirmed, first.exitCode], [6, 0, 6, 75]);
    const second = await setting.run();
    assert.deepEqual([second.arrived.messages, second.removed, second.exitCode], [0, 6, 0]);
    assert.deepEqual(setting.texts(), sorted(SIX));
    assert.equal(setting.peer.maildrop.messages.length, 0);
  },
);

test("a link that dies at QUIT, removals made: the next run finds that out", async (context) => {
  const setting = await openSetting(context, {
    keys: KEEP_NONE,
    faults: [{ on: "QUIT", drop: 0, applies: true, times: 1 }],
  });
  assert.equal((await setting.run()).unconfirmed, 6);
  const second = await setting.run();
  assert.deepEqual([second.arrived.messages, second.removed], [0, 6]);
  assert.deepEqual(
    setting.state.audit({ limit: 10 }).map(({ removedWhy }) => removedWhy),
    Array<string>(6).fill('server.keep is "0"'),
  );
});

test("QUIT refused: what is left is removed by the next run", async (context) => {
  const setting = await openSetting(context, {
    keys: KEEP_NONE,
    faults: [{ on: "QUIT", answer: "-ERR some messages were not removed", applies: true, removes: [1, 2], times: 1 }],
  });
  assert.equal((await setting.run()).unconfirmed, 6);
  assert.equal(setting.peer.maildrop.messages.length, 4);
  const second = await setting.run();
  assert.deepEqual([second.removed, second.arrived.messages], [6, 0]);
  assert.equal(setting.peer.maildrop.messages.length, 0);
  assert.deepEqual(setting.texts(), sorted(SIX));
});

test("thirty messages whose QUIT was lost are removed by the next run, without a question", async (context) => {
  const setting = await openSetting(context, {
    messages: manyMessages(30),
    keys: KEEP_NONE,
    faults: [{ on: "QUIT", drop: 0, applies: false, times: 1 }],
  });
  await setting.run();
  const second = await setting.run();
  assert.deepEqual([second.removed, second.questions, setting.peer.maildrop.messages.length], [30, [], 0]);
});

requirement(
  "P3-C-105",
  "a message that is refused is passed over, told of, quarantined after three times, and blocks nobody",
  async (context) => {
    const setting = await openSetting(context, {
      keys: KEEP_NONE,
      faults: [{ on: "RETR 2", connection: [1], answer: "-ERR [SYS/PERM] broken" }],
    });
    const first = await setting.run();
    assert.deepEqual([first.arrived.messages, first.removed, first.exitCode], [5, 5, 75]);
    assert.match(first.failed[0]?.why ?? "", /broken/);
    setting.peer.script([{ on: "RETR 1", answer: "-ERR [SYS/PERM] broken" }]);
    setting.peer.maildrop.deliver("Subject: behind it\r\n\r\nx\r\n");
    assert.deepEqual([(await setting.run()).arrived.messages], [1]);
    const third = await setting.run();
    assert.deepEqual([third.failed[0]?.quarantined, third.exitCode], [true, 65]);
    setting.peer.script([]);
    const fourth = await setting.run();
    assert.deepEqual(
      [fourth.arrived.messages, fourth.failed.length, fourth.exitCode],
      [0, 1, 65],
      "tried again only when it is asked for",
    );
    assert.equal(setting.peer.maildrop.messages.length, 1);
    assert.equal(setting.state.forget("work", { quarantinedOnly: true }), 1);
    const fifth = await setting.run();
    assert.deepEqual([fifth.arrived.messages, fifth.removed, fifth.exitCode], [1, 1, 0]);
  },
);

test("a message that ends every session is quarantined too, and the others come all the same", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "RETR 2", drop: 10 }] });
  for (let run = 1; run <= 3; run += 1) await setting.run();
  assert.equal((await setting.run()).exitCode, 65);
  assert.deepEqual(setting.texts(), sorted(SIX.filter((_, i) => i !== 1)));
});

test("all unique-ids change: nothing is collected again", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace(SIX.map((octets, i) => ({ octets, uniqueId: `new-${i}` })));
  const plan = await setting.plan();
  assert.deepEqual(plan.questions, [], "all are known, so there is nothing to decide");
  assert.match(plan.warnings.map(({ text }) => text).join(), /the server has new unique-ids/);
  const retrieved = setting.peer.commands.filter((command) => command.startsWith("RETR")).length;
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, report.outcome], [0, "ok"]);
  assert.match(
    report.warnings.map(({ text }) => text).join(),
    /6 known messages are gone and 6 unknown ones came; 6 of them are known by size and header/,
  );
  assert.equal(setting.peer.commands.filter((command) => command.startsWith("RETR")).length, retrieved);
  assert.deepEqual(setting.texts(), sorted(SIX));
  assert.equal((await setting.run(KEEP_NONE)).removed, 6, "and they are still known well enough to be removed");
});

test("all unique-ids and sizes change: equal octets are the same messages, once, and only then", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace([
    ...SIX.map((octets, i) => ({ octets, uniqueId: `new-${i}`, listedOctets: 1_000 + i })),
    { octets: SIX[0] as string, uniqueId: "twin", listedOctets: 9 },
  ]);
  const report = await setting.run();
  assert.deepEqual([report.arrived.messages, report.alreadyHere], [1, 6], "the twin is a mail of its own");
  assert.equal(setting.texts().length, 7);
  setting.peer.maildrop.deliver({ octets: SIX[1] as string, uniqueId: "later" });
  assert.equal((await setting.run()).arrived.messages, 1, "after the migration equal octets are two legitimate mails");
});

test("lines that are missing in UIDL double no message, neither one that failed before nor one of another size", async (context) => {
  for (const [listed, fault] of [
    [0, { on: "RETR 4", connection: 1, answer: "-ERR not now" }],
    [3, { on: "NOOP" }],
  ] as const) {
    const messages = SIX.map((octets) => ({ octets, listedOctets: octets.length + listed }));
    const faults = [fault, { on: "UIDL", connection: 2, lists: [1, 2] }];
    const setting = await openSetting(context, { messages, faults });
    for (let run = 0; run < 3; run += 1) await setting.run();
    assert.deepEqual(setting.texts(), sorted(SIX));
  }
});

test("new unique-ids of which UIDL shows one alone double no message", async (context) => {
  const setting = await openSetting(context, { faults: [{ on: "UIDL", connection: 2, lists: [3] }] });
  await setting.run();
  setting.peer.maildrop.replace(SIX.map((octets, i) => ({ octets, uniqueId: `new-${i}` })));
  for (let run = 0; run < 3; run += 1) await setting.run();
  assert.deepEqual(setting.texts(), sorted(SIX));
});

test("one whose removal nobody confirmed is known by its octets under a new unique-id when its header is refused", async (context) => {
  const [octets = ""] = SIX;
  const faults = [
    { on: "QUIT", connection: 1, drop: 0, applies: false },
    { on: "TOP", answer: "-ERR not now" },
  ];
  const setting = await openSetting(context, { messages: [octets], faults, keys: KEEP_NONE });
  await setting.run();
  setting.peer.maildrop.replace([{ octets, uniqueId: "new" }]);
  await setting.run();
  assert.deepEqual(setting.texts(), [octets]);
  await setting.run();
  assert.equal(setting.peer.maildrop.messages.length, 0);
});

requirement("P3-C-094", "an empty listing and a short one change nothing", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  const retrieved = (): number => setting.peer.commands.filter((command) => command.startsWith("RETR")).length;
  const before = retrieved();
  for (const sees of [[], [1, 2, 3], []] as const) {
    setting.peer.script([{ on: "login", sees }]);
    assert.equal((await setting.run()).outcome, "ok");
  }
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).arrived.messages, retrieved()], [0, before]);
  setting.peer.script([{ on: "UIDL", answer: "-ERR not now" }]);
  const refused = await setting.run();
  assert.deepEqual([refused.outcome, refused.exitCode], ["failed", 75]);
  setting.peer.script([]);
  assert.deepEqual([(await setting.run()).arrived.messages, retrieved()], [0, before]);
});

test("a message is forgotten only after many listings and a month without it", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace(SIX.slice(1).map((octets, i) => ({ octets, uniqueId: `peer-${i + 2}` })));
  for (let listing = 0; listing < 12; listing += 1) await setting.run();
  assert.equal(setting.state.known("work").length, 6);
  const monthMs = 31 * 86_400_000;
  const { wallMs, uptimeMs, boot } = readClock();
  await setting.run({}, { clock: () => ({ wallMs: wallMs + monthMs, uptimeMs: uptimeMs + monthMs, boot }) });
  assert.equal(setting.state.known("work").length, 5);
});

requirement(["P3-C-093", "P3-C-109"], "messages that share a unique-id are all collected, once", async (context) => {
  const messages = SIX.map((octets, i) => ({ octets, uniqueId: i < 4 ? "same" : `u${i}` }));
  const setting = await openSetting(context, { messages });
  assert.equal((await setting.run()).arrived.messages, 6);
  assert.equal((await setting.run()).arrived.messages, 0);
  assert.deepEqual(setting.texts(), sorted(SIX));
  assert.equal((await setting.run(KEEP_NONE)).removed, 6, "each is removed after its octets were compared");
  assert.equal(setting.peer.maildrop.messages.length, 0);
});

requirement(
  "P3-C-109",
  "listings that disagree are joined by number, and nothing old is removed by them",
  async (context) => {
    const setting = await openSetting(context);
    await setting.run();
    setting.peer.script([{ on: "LIST", lists: [1, 2, 3] }]);
    const report = await setting.run(KEEP_NONE);
    assert.deepEqual([report.removed, report.outcome, report.exitCode], [0, "partial", 75]);
    assert.match(report.warnings.map(({ text }) => text).join(), /disagree about 3 messages/);
    assert.deepEqual(
      report.stayed.map(({ messages }) => messages),
      [6],
      "those that LIST does not name are counted",
    );
    assert.equal(setting.peer.maildrop.messages.length, 6);
  },
);

test("a LIST that is empty beside UIDL, or that cannot be read, is no empty maildrop", async (context) => {
  const setting = await openSetting(context);
  for (const [fault, text] of [
    [{ on: "LIST", lists: [] }, /\(LIST\) names none of the 6 messages/],
    [{ on: "LIST", lines: ["abc def", "1 -5", "x"] }, /\(LIST\) names none of the 6 messages/],
    [{ on: /^(?:LIST|UIDL)/, lines: ["\u001b[31m"] }, /\(LIST\) is not readable/],
  ] as const) {
    setting.peer.script([fault]);
    const report = await setting.run();
    assert.deepEqual([report.error?.code, report.outcome, report.exitCode], ["odd-listing", "failed", 75]);
    assert.match(report.error?.message ?? "", text);
    await assert.rejects(setting.plan(), text);
  }
  setting.peer.script([]);
  assert.equal((await setting.run()).arrived.messages, 6);
});

test("a blank line in the listings of an empty maildrop says nothing", async (context) => {
  for (const on of ["LIST", "UIDL"]) {
    const setting = await openSetting(context, { messages: [], faults: [{ on, insert: { at: 0, lines: [""] } }] });
    const report = await setting.run();
    assert.deepEqual([report.outcome, report.exitCode], ["ok", 0], on);
  }
});

requirement(
  ["P3-C-096", "P3-C-032"],
  "a server without UIDL, and one without TOP too, is collected from without doubling",
  async (context) => {
    for (const without of [["UIDL"], ["UIDL", "TOP"], ["CAPA", "UIDL", "TOP", "AUTH"]]) {
      const setting = await openSetting(context, { without });
      assert.equal((await setting.run()).arrived.messages, 6, String(without));
      assert.equal((await setting.run()).arrived.messages, 0, String(without));
      assert.deepEqual(setting.texts(), sorted(SIX));
      const cleaned = await setting.run(KEEP_NONE);
      assert.deepEqual([cleaned.removed, setting.peer.maildrop.messages.length], [6, 0]);
    }
  },
);

test("messages without unique-id whose headers cannot be had are never taken for one another", async (context) => {
  const twin = (n: number): string => `Subject: m\r\n\r\nText ${n}.\r\n`;
  // It announces TOP and refuses it.
  const faults = [{ on: "TOP", answer: "-ERR not now" }];
  const one = await openWithStore(context, { messages: [twin(1)], without: ["UIDL"], faults });
  await one.run();
  one.peer.maildrop.replace([{ octets: twin(2) }]);
  await one.run();
  assert.deepEqual(await one.anna.texts(), [twin(1), twin(2)], "one of the same size is another message");
  const several = await openWithStore(context, { messages: [twin(1), twin(2), ...SIX], without: ["UIDL"], faults });
  for (let run = 0; run < 3; run += 1) {
    const report = await several.run();
    assert.deepEqual(
      [report.outcome, report.warnings.filter(({ text }) => /gone|new unique-ids/.test(text))],
      ["ok", []],
    );
  }
  assert.deepEqual(await several.anna.texts(), [twin(1), twin(2), ...SIX], "and none is doubled");
  const cleaned = await several.run(KEEP_NONE);
  assert.deepEqual([cleaned.removed, several.peer.maildrop.messages.length], [8, 0]);
});

test("equal messages that nothing names are as many here, and what never comes of them is quarantined", async (context) => {
  const twin = "Subject: m\r\n\r\nText.\r\n";
  const top = { on: "TOP", answer: "-ERR not now" };
  for (const commit of [1, 100]) {
    const options = { messages: [twin, twin, twin], without: ["UIDL"], faults: [top] };
    const setting = await openWithStore(context, { ...options, keys: { commit_every: commit } });
    for (let run = 0; run < 2; run += 1) await setting.run();
    assert.deepEqual(await setting.anna.texts(), [twin, twin, twin], "left there, each is here once");
    await setting.run(KEEP_NONE);
    assert.deepEqual([setting.peer.maildrop.messages.length, (await setting.anna.texts()).length], [0, 3]);
    const other = await openSetting(context, { ...options, keys: { commit_every: commit, ...KEEP_NONE } });
    await other.run();
    assert.deepEqual([other.peer.maildrop.messages.length, other.texts()], [0, [twin, twin, twin]]);
  }
  const poison = { on: "RETR 1", drop: 0 };
  const failing = await openWithStore(context, { messages: [twin, ...SIX], without: ["UIDL"], faults: [top, poison] });
  for (let run = 0; run < 4; run += 1) await failing.run();
  const last = await failing.run(KEEP_NONE);
  assert.deepEqual([last.error, last.removed, last.exitCode, await failing.anna.texts()], [undefined, 6, 65, SIX]);
});

for (const [what, fault] of [
  ["empty", { on: "login", sees: [] }],
  ["cut short", { on: "login", sees: [1, 2, 3] }],
] as const)
  test(`a listing that is ${what} once after QUIT's answer was lost confirms nothing that the next one refutes`, async (context) => {
    const setting = await openWithStore(context, {
      keys: KEEP_NONE,
      faults: [
        { on: "QUIT", connection: 1, drop: 0, applies: false },
        { ...fault, connection: 2 },
      ],
    });
    assert.equal((await setting.run()).removed, 0);
    await setting.run();
    const report = await setting.run();
    assert.deepEqual([report.questions, report.exitCode, setting.peer.maildrop.messages.length], [[], 0, 0]);
    assert.deepEqual((await setting.anna.texts()).length, 6, "and nothing is doubled");
    const removed = setting.state.audit({ limit: 10 }).map(({ removedAt }) => removedAt);
    assert.deepEqual([removed.length, removed.includes(undefined)], [6, false]);
  });

test("a removal the server refuses is told with the message it is about, in the server's words", async (context) => {
  const refusing = (on: string) => ({ on, answer: "-ERR it is on hold" });
  const texts = async (options: Parameters<typeof openSetting>[1]): Promise<readonly string[]> => {
    const setting = await openSetting(context, { keys: KEEP_NONE, ...options });
    const { warnings } = await setting.run();
    return warnings.map(({ text }) => text).filter((text) => text.includes("refused"));
  };
  assert.deepEqual(await texts({ faults: [refusing("DELE 2")] }), [
    "the server refused to remove peer-2: it is on hold; the next run asks again",
  ]);
  assert.deepEqual(await texts({ faults: [refusing("DELE 5"), refusing("DELE 2"), refusing("DELE 3")] }), [
    "the server refused to remove peer-2, and 2 more: it is on hold; the next run asks again",
  ]);
  assert.deepEqual(await texts({ faults: [{ on: "DELE 3", answer: "-ERR" }] }), [
    "the server refused to remove peer-3: the server refused the message; the next run asks again",
  ]);
  const nameless = { without: ["UIDL"], faults: [refusing("DELE 4")] };
  assert.deepEqual(await texts(nameless), [
    "the server refused to remove message 4: it is on hold; the next run asks again",
  ]);
});

test("what an absence told is taken back in the audit as soon as the message is there again", async (context) => {
  const setting = await openSetting(context, {
    keys: KEEP_NONE,
    faults: [
      { on: "QUIT", connection: 1, drop: 0, applies: false },
      { on: "login", connection: 2, sees: [] },
      { on: "DELE", connection: 3, answer: "-ERR not now" },
    ],
  });
  const removed = (): readonly boolean[] =>
    setting.state.audit({ limit: 10 }).map(({ removedAt }) => removedAt !== undefined);
  for (const isRemoved of [false, true, false, true]) {
    await setting.run();
    assert.deepEqual(
      removed(),
      SIX.map(() => isRemoved),
    );
  }
});

test("a unique-id that is not shared any more gives no message to a command a second time", async (context) => {
  const twin = (n: number): string => `Subject: m${n}\r\n\r\nText.\r\n`;
  const shared = [1, 2, 3].map((n) => ({ octets: twin(n), uniqueId: "same" }));
  const setting = await openSetting(context, { messages: shared });
  const seen = join(setting.folder, "seen");
  const deliver = [{ to: `exec:cat >>${seen}` }];
  assert.equal((await setting.run({ deliver })).arrived.messages, 3);
  setting.peer.maildrop.replace(shared.slice(1, 2));
  for (let run = 0; run < 2; run += 1) assert.equal((await setting.run({ deliver })).arrived.messages, 0);
  assert.equal(readFileSync(seen, "latin1").match(/^Subject/gm)?.length, 3);
});

test("of two messages with one unique-id and size, the one that is left is collected before it is removed", async (context) => {
  const pairs = [1, 2].map((n) => ({ octets: `Subject: m${n}\r\n\r\nText.\r\n`, uniqueId: "same" }));
  const texts = pairs.map(({ octets }) => octets);
  // Removals are made final after each message: the second session finds one of the two.
  const setting = await openSetting(context, { messages: pairs, keys: { commit_every: 1, ...KEEP_NONE } });
  for (let run = 0; run < 2; run += 1) assert.equal((await setting.run()).error, undefined);
  assert.deepEqual([setting.texts(), setting.peer.maildrop.messages.length], [texts, 0]);
});

test("of two messages with one unique-id, size and header, what is left is removed only when its octets are known", async (context) => {
  const twin = (n: number) => ({ octets: `Subject: m\r\n\r\nText ${n}.\r\n`, uniqueId: "same" });
  const setting = await openSetting(context, { messages: [twin(1), twin(2)] });
  await setting.run();
  setting.peer.maildrop.replace([twin(3)]);
  assert.deepEqual([(await setting.run(KEEP_NONE)).removed, setting.peer.maildrop.messages.length], [0, 1]);
});

requirement("P3-C-095", "unique-ids are opaque octets, of any length", async (context) => {
  const ids = ["a".repeat(200), "A".repeat(200), "\xff\xfe/../x", "%2e", "é"];
  const messages = ids.map((uniqueId, i) => ({ octets: SIX[i] as string, uniqueId }));
  const setting = await openWithStore(context, { messages });
  assert.equal((await setting.run()).arrived.messages, 5);
  const again = await setting.run();
  assert.deepEqual([again.arrived.messages, again.listed], [0, 5]);
  assert.match(again.warnings.map(({ text }) => text).join(), /against RFC 1939 section 7/);
  assert.deepEqual(
    setting.state.known("work").map(({ uniqueId }) => uniqueId),
    ids,
  );
});

test("a server that announces PIPELINING and drops commands is collected from one command at a time", async (context) => {
  const setting = await openSetting(context, {
    keys: { ...KEEP_NONE, timeout: "1s" },
    faults: [{ on: "connection", together: "first" }],
  });
  for (let run = 0; run < 2; run += 1) await setting.run();
  assert.deepEqual(setting.texts(), sorted(SIX));
  assert.equal(setting.peer.maildrop.messages.length, 0);
});

test("that a server dropped commands is forgotten with the server: at another port at once, with other capabilities after a run", async (context) => {
  const setting = await openSetting(context, {
    keys: { timeout: "1s" },
    faults: [{ on: "connection", together: "first" }],
  });
  await setting.run();
  setting.peer.script([]);
  const other = await scriptedPeer({ messages: SIX });
  context.after(() => other.close());
  const isAlone = async (peer: ScriptedPeer, connect: () => Promise<unknown>): Promise<boolean> => {
    const before = peer.connections.length;
    await connect();
    return peer.connections.slice(before).every(({ packets }) => packets.every((packet) => /^[^\n]*\n$/.test(packet)));
  };
  assert.equal(await isAlone(setting.peer, () => setting.run()), true, "the same server");
  assert.equal(await isAlone(other, () => setting.plan({ port: other.port })), false, "another one is looked at");
  const capabilities = ["TOP", "UIDL", "USER", "PIPELINING", "IMPLEMENTATION other"];
  for (const [lines, expected] of [
    [
      [...capabilities, "EXPIRE NEVER", "RESP-CODES", "SASL PLAIN"],
      [true, false],
    ],
    [capabilities, [true, false]],
  ] as const) {
    setting.state.learn("work", { pipeliningLostAt: Date.now() });
    setting.peer.script([{ on: "CAPA", lines }]);
    for (const one of expected) assert.equal(await isAlone(setting.peer, () => setting.run()), one, lines.join());
  }
  // RFC 2449 §6.9: what it calls itself is no reason for anything.
  setting.state.learn("work", { pipeliningLostAt: Date.now() });
  setting.peer.script([{ on: "CAPA", lines: [...capabilities.slice(0, -1), "IMPLEMENTATION third"] }]);
  for (let run = 0; run < 2; run += 1) assert.equal(await isAlone(setting.peer, () => setting.run()), true);
  assert.equal(await isAlone(other, () => setting.run({ port: other.port })), false, "another one");
});

test("that a server dropped commands is remembered for thirty days, also by looks, and then tried again", async (context) => {
  const setting = await openSetting(context, {
    keys: { timeout: "1s" },
    faults: [{ on: "connection", together: "first" }],
  });
  await setting.run();
  setting.peer.script([]);
  const packetsOf = async (connect: () => Promise<unknown>) => {
    const before = setting.peer.connections.length;
    await connect();
    return setting.peer.connections.slice(before).flatMap(({ packets }) => packets);
  };
  const isAlone = (packet: string) => /^[^\n]*\n$/.test(packet);
  for (const [days, isRemembered] of [
    [29, true],
    [31, false],
  ] as const) {
    setting.aheadMs = days * 86_400_000;
    for (const connect of [() => setting.plan(), () => setting.run()])
      assert.equal((await packetsOf(connect)).every(isAlone), isRemembered, `${days} days`);
  }
});

requirement(
  "P3-C-110",
  "messages that vanish once they were retrieved are named, and their absence removes nothing",
  async (context) => {
    const setting = await openWithStore(context, {
      removal: "on-retr",
      keys: { server: { delete_when_deleted_locally: true } },
    });
    assert.equal((await setting.run()).arrived.messages, 6);
    assert.equal((await setting.run()).outcome, "ok");
    setting.peer.maildrop.deliver("Subject: next\r\n\r\nx\r\n");
    assert.match(
      (await setting.run()).warnings.map(({ text }) => text).join(),
      /removes on RETR; no order of steps is safe/,
    );
    assert.equal((await setting.anna.texts()).length, 7);
  },
);

test("what a server that removes on RETR sent together is kept, whatever size it told; later it is asked one at a time", async (context) => {
  const messages = SIX.map((octets, at) => ({ octets, listedOctets: octets.length + (at === 2 ? 3 : 0) }));
  const faults = [{ on: "RETR", connection: 1, skip: 6, answer: "-ERR no such message" }];
  const setting = await openSetting(context, { messages, removal: "on-retr", faults });
  const first = await setting.run();
  assert.deepEqual([first.outcome, first.arrived.messages, first.failed], ["ok", 6, []]);
  assert.deepEqual(setting.texts(), sorted(SIX));
  assert.equal(setting.peer.maildrop.messages.length, 0);
  await setting.run();
  assert.equal(setting.state.find("work")?.removesOnRetr, true);
  const next = manyMessages(3);
  for (const octets of next) setting.peer.maildrop.deliver(octets);
  await setting.run();
  assert.deepEqual(setting.texts(), sorted([...SIX, ...next]));
  const packets = setting.peer.connections.at(-1)?.packets ?? [];
  assert.equal(packets.filter((packet) => packet.startsWith("RETR")).length, 3, packets.join());
});

test("a session that ends to remove what came has asked for nothing else, which is lost where RETR removes", async (context) => {
  const messages = manyMessages(7);
  const keys = { ...KEEP_NONE, commit_every: 3 };
  const setting = await openSetting(context, { messages, removal: "on-retr", keys });
  assert.equal((await setting.run()).arrived.messages, 7);
  assert.deepEqual(setting.texts(), sorted(messages));
  const refused = await openSetting(context, {
    messages,
    keys,
    faults: [{ on: "RETR 2", times: 1, answer: "-ERR no" }],
  });
  await refused.run();
  assert.deepEqual(refused.texts(), sorted(messages));
  const retrieved = refused.peer.commands.filter((command) => command.startsWith("RETR"));
  assert.equal(retrieved.length, 8, "nothing is asked for twice but what was refused");
});

test("of a server that is known to take away what is retrieved no message is asked for ahead", async (context) => {
  const messages = manyMessages(300);
  for (const known of ["announced", "learnt"] as const) {
    const capabilities = ["TOP", "UIDL", "USER", "PIPELINING", ...(known === "announced" ? ["EXPIRE 0"] : [])];
    const setting = await openSetting(context, { messages, capabilities, removal: "on-retr" });
    setting.state.facts("work", `anna@127.0.0.1:${setting.peer.port}`);
    if (known === "learnt") setting.state.learn("work", { removesOnRetr: true });
    const stop = new AbortController();
    const onEvent = ({ kind }: FetchEvent): void => void (kind === "message" && stop.abort());
    await setting.run({}, { signal: stop.signal, onEvent });
    const left = setting.peer.maildrop.messages.map(({ octets }) => Buffer.from(octets).toString("latin1"));
    assert.deepEqual(sorted([...setting.texts(), ...left]), sorted(messages));
    assert.ok(left.length > 0);
  }
});

test("a server that keeps what is retrieved after all is warned of no more, and what was learnt wrongly hid and removed nothing", async (context) => {
  const setting = await openSetting(context);
  const warned = async (): Promise<unknown> =>
    (await setting.plan()).warnings.some(({ code }) => code === "removes-on-retr");
  await setting.run();
  // Another program of the same person empties the mailbox.
  setting.peer.maildrop.replace([]);
  assert.equal(await warned(), true);
  await setting.run();
  const next = manyMessages(3);
  for (const octets of next) setting.peer.maildrop.deliver(octets);
  const wrongly = await setting.run();
  assert.deepEqual([wrongly.arrived.messages, wrongly.removed, setting.peer.maildrop.messages.length], [3, 0, 3]);
  assert.equal(setting.state.find("work")?.removesOnRetr, true);
  assert.equal(await warned(), false, "a look sees it as well");
  const later = await setting.run();
  assert.deepEqual([later.arrived.messages, later.removed, later.warnings], [0, 0, []]);
  assert.equal(setting.state.find("work")?.removesOnRetr, false);
  assert.deepEqual(setting.texts(), sorted([...SIX, ...next]));
});

test("some that others removed, beside one that stays, are no sign that RETR removes", async (context) => {
  const setting = await openSetting(context);
  await setting.run();
  setting.peer.maildrop.replace([{ octets: SIX[5] as string, uniqueId: "peer-6" }]);
  assert.deepEqual((await setting.run()).warnings, []);
  assert.equal(setting.state.find("work")?.removesOnRetr, false);
});

requirement("P3-C-102", "a server that expires what is kept there is warned of", async (context) => {
  const capabilities = (expire: string) => ["TOP", "UIDL", "USER", "PIPELINING", `EXPIRE ${expire}`];
  const soon = await openSetting(context, { capabilities: capabilities("7") });
  assert.match(
    (await soon.run()).warnings.map(({ text }) => text).join(),
    /after 7 days \(EXPIRE\), sooner than server\.keep/,
  );
  assert.deepEqual((await soon.run({ server: { keep: "5d" } })).warnings, []);
  const atOnce = await openSetting(context, { capabilities: capabilities("0") });
  assert.match((await atOnce.run()).warnings.map(({ text }) => text).join(), /EXPIRE 0\): no order of steps is safe/);
});
