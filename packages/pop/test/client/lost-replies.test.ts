// Commands sent together whose replies are too few, too many, or of another length than LIST told: no message is taken for
// another, and each comes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Pop3Error, type OutOfStep, type Pop3Session } from "@restante/pop/client";
import { collect, errorOf, mail, settingFor, text } from "./fixture.ts";

/** By number; what is taken for another message does not come, and the session goes on. */
async function whatCame(pop: Pop3Session): Promise<ReadonlyMap<number, string>> {
  const got = new Map<number, string>();
  for await (const message of pop.messages()) {
    try {
      got.set(message.n, await text(message.retrieve()));
    } catch (error) {
      assert.ok(Pop3Error.is(error, "PIPELINE_DESYNC") && error.sessionUsable, String(error));
    }
  }
  return got;
}

test("one reply too many and one too few put no message in the place of another", async (context) => {
  // All are as long, so that but one of the wrong ones shows.
  const messages = [1, 2, 3, 4, 5, 6].map((n) => `Subject: ${n}\r\n\r\n${n}\r\n`);
  for (const [behind, lost] of [
    [2, 6],
    [5, 6],
    [1, 3],
  ]) {
    const { peer, session } = await settingFor(context, {
      messages,
      faults: [
        { on: `RETR ${behind}`, connection: 1, behind: "+OK spurious\r\nX\r\n.\r\n" },
        { on: `RETR ${lost}`, connection: 1, times: 1, omit: true },
      ],
    });
    const pop = await session();
    const got = await whatCame(pop);
    for (const [n, octets] of got) assert.equal(octets, messages[n - 1], `message ${n}`);
    assert.ok(got.size >= 5, `${got.size} came`);
    assert.equal(peer.maildrop.messages.length, 6);
  }
});

test("one reply too few and one too many put no message in the place of the first of those asked for together", async (context) => {
  const messages = ["1", "22", "3333", "4444", "5"].map((line) => `Subject: ${line}\r\n\r\n`);
  for (const together of [
    [3, 4, 5],
    [4, 5],
  ]) {
    const [first, last] = [together[0] ?? 0, together.at(-1)];
    const { session } = await settingFor(context, {
      messages,
      faults: [
        { on: `RETR ${first}`, connection: 1, times: 1, omit: true },
        { on: `RETR ${last}`, connection: 1, times: 1, behind: "+OK spurious\r\nX\r\n.\r\n" },
      ],
    });
    const pop = await session();
    await pop.list();
    await Promise.all([1, 2].map((n) => text(pop.retrieve(n))));
    const reads = await Promise.allSettled(together.map((n) => text(pop.retrieve(n))));
    for (const [at, read] of reads.entries())
      if (read.status === "fulfilled") assert.equal(read.value, messages[first - 1 + at]);
      else assert.ok(Pop3Error.is(read.reason, "PIPELINE_DESYNC") && read.reason.sessionUsable, String(read.reason));
  }
});

test("a lost reply among messages of one length puts no message in the place of another", async (context) => {
  const one = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `Subject: ${n}\r\n\r\n${n}\r\n`);
  const two = one.map((octets, at) => (at === 4 || at === 5 ? octets : `${octets}${"x".repeat(at)}\r\n`));
  for (const [messages, lost] of [
    [one, 1],
    [one, 4],
    [one, 8],
    [two, 5],
  ] as const) {
    const { session } = await settingFor(context, {
      messages,
      faults: [{ on: `RETR ${lost}`, connection: 1, times: 1, omit: true }],
    });
    const pop = await session({ timeouts: { commandMs: 500 } });
    const got = await whatCame(pop);
    for (const [n, octets] of got) assert.equal(octets, messages[n - 1], `message ${n}, the reply to ${lost} lost`);
    assert.ok(got.size >= 7, `${got.size} came`);
  }
});

test("a lost reply to TOP puts no header in the place of another", async (context) => {
  const messages = [1, 2, 3, 4, 5, 6].map((n) => `Subject: ${n}\r\n\r\n${n}\r\n`);
  const faults = [{ on: "TOP 3", connection: 1, times: 1, omit: true }];
  const { session } = await settingFor(context, { messages, faults });
  const pop = await session({ timeouts: { commandMs: 500 } });
  await pop.list();
  const headers = await Promise.all(messages.map((_, at) => pop.headers(at + 1)));
  assert.deepEqual(
    headers.map(String),
    [1, 2, 3, 4, 5, 6].map((n) => `Subject: ${n}\r\n\r\n`),
  );
});

test("of messages of one length those that came before the connection was lost are whole", async (context) => {
  const messages = [1, 2, 3, 4, 5, 6].map((n) => `Subject: ${n}\r\n\r\n${n}\r\n`);
  for (const lost of [2, 5]) {
    const faults = [{ on: `RETR ${lost}`, drop: 10 }];
    const { session } = await settingFor(context, { messages, faults });
    const pop = await session();
    await pop.list();
    const reads = await Promise.allSettled(messages.map((_, at) => text(pop.retrieve(at + 1))));
    const came = reads.flatMap((read) => (read.status === "fulfilled" ? [read.value] : []));
    assert.deepEqual(came, messages.slice(0, lost - 1));
  }
});

test("large messages of one length may be read one after another, also when all were asked for at once", async (context) => {
  const messages = [1, 2, 3].map((n) => `Subject: ${n}\r\n\r\n${`${n}`.repeat(700_000)}\r\n`);
  const { session } = await settingFor(context, { messages });
  const pop = await session({ timeouts: { idleMs: 1_000, commandMs: 1_000 } });
  await pop.list();
  const streams = messages.map((_, at) => pop.retrieve(at + 1));
  for (const [at, stream] of streams.entries()) assert.equal(await text(stream), messages[at]);
});

test("a reply too many puts no message in the place of another, also when all came at once", async (context) => {
  const one = [1, 2, 3, 4, 5, 6].map((n) => `Subject: ${n}\r\n\r\n${n}\r\n`);
  for (const messages of [one, mail(6)])
    for (const behind of [1, 2, 5, 6]) {
      const faults = [{ on: `RETR ${behind}`, connection: 1, times: 1, behind: "+OK spurious\r\nX\r\n.\r\n" }];
      const { session } = await settingFor(context, { messages, faults });
      const pop = await session();
      await pop.list();
      const reads = await Promise.allSettled(messages.map((_, at) => text(pop.retrieve(at + 1))));
      for (const [at, read] of reads.entries())
        if (read.status === "fulfilled") assert.equal(read.value, messages[at], `message ${at + 1}, behind ${behind}`);
        else assert.ok(Pop3Error.is(read.reason), String(read.reason));
    }
});

test("a reply too many where one command goes at a time ends the session as soon as it shows, and is told", async (context) => {
  const messages = mail(4);
  const reply = `+OK ${messages[0]?.length} octets\r\n${messages[0]}.\r\n`.length;
  // Behind the first message: at once, or so late that it answers the next command.
  for (const split of [[], [reply - 1, reply, reply + 1]]) {
    const faults = [{ on: "RETR 1", behind: "+OK spurious\r\nX\r\n.\r\n", split, pauseMs: 20 }];
    const { session } = await settingFor(context, { messages, faults });
    const told: OutOfStep[] = [];
    const pop = await session({ pipelining: "off", onOutOfStep: (why) => void told.push(why) });
    const error = await errorOf(collect(pop));
    assert.equal(error.code, "PROTOCOL");
    assert.deepEqual(told, ["unasked"]);
    assert.equal(pop.state, "closed");
  }
});

test("a message in doubt that is not given a second time is kept as it came, and said so", async (context) => {
  const messages = mail(5);
  const listed = messages.map((octets, at) => ({ octets, listedOctets: octets.length + (at === 2 ? 3 : 0) }));
  const faults = [{ on: "RETR", skip: 5, answer: "-ERR no such message" }];
  const { peer, session } = await settingFor(context, { messages: listed, faults });
  const warned: unknown[] = [];
  const pop = await session({ log: { info: () => undefined, warn: (facts) => void warned.push(facts) } });
  assert.deepEqual(await collect(pop), messages);
  assert.deepEqual(
    peer.commands.filter((command) => command.startsWith("RETR")),
    [1, 2, 3, 4, 5, 3, 4, 5].map((n) => `RETR ${n}`),
  );
  assert.deepEqual(
    warned.map((facts) => (facts as { n?: number }).n),
    [3, 4, 5],
  );
  assert.equal((await pop.commit()).status, "committed");
});

test(
  "messages in doubt are whole when QUIT was sent behind them: nobody can ask again",
  { timeout: 10_000 },
  async (context) => {
    const messages = mail(5);
    const listed = messages.map((octets, at) => ({ octets, listedOctets: octets.length + (at === 2 ? 3 : 0) }));
    for (const faults of [[], [{ on: "*", split: "octets" }]] as const) {
      const { session } = await settingFor(context, { messages: listed, faults });
      const pop = await session();
      await pop.list();
      const reads = messages.map((_, at) => text(pop.retrieve(at + 1)));
      assert.equal((await pop.commit()).status, "committed");
      assert.deepEqual(await Promise.all(reads), messages);
    }
  },
);

test("messages in doubt that fill the room they have are compared all the same", async (context) => {
  const messages = Array.from({ length: 6 }, (_, at) => `Subject: ${at}\r\n\r\n${"x".repeat(1_134)}\r\n`);
  const listed = messages.map((octets) => ({ octets, listedOctets: 900 }));
  const { peer, session } = await settingFor(context, { messages: listed });
  // Five are asked for, as they are listed; the last of them fills it, as they are.
  const pop = await session({ limits: { readAheadOctets: 4_500 }, timeouts: { commandMs: 2_000 } });
  assert.deepEqual(await collect(pop), messages);
  assert.equal(peer.connections.length, 1);
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((n) => peer.commands.filter((command) => command === `RETR ${n}`).length),
    [1, 2, 2, 2, 2],
    "nothing that was here was thrown away",
  );
});

test("what waits behind messages in doubt goes after their repetition, so that it fills no room they need", async (context) => {
  const messages = [...mail(5), `Subject: large\r\n\r\n${"x".repeat(2_000_000)}\r\n`];
  const listed = messages.map((octets, at) => ({ octets, listedOctets: octets.length + (at === 2 ? 3 : 0) }));
  const { peer, session } = await settingFor(context, { messages: listed });
  const pop = await session({ limits: { inFlightMax: 5 }, timeouts: { idleMs: 1_000, commandMs: 1_000 } });
  await pop.list();
  const streams = messages.map((_, at) => pop.retrieve(at + 1));
  for (const [at, stream] of streams.entries()) assert.equal(await text(stream), messages[at]);
  assert.deepEqual(
    peer.commands.filter((command) => command.startsWith("RETR")),
    [1, 2, 3, 4, 5, 3, 4, 5, 6].map((n) => `RETR ${n}`),
  );
});

for (const [what, other] of [
  ["has no end", `Subject: 3\r\n\r\n${"z\r\n".repeat(10_000)}`],
  ["is another one, as long as the first", "Subject: 3\r\n\r\nyy\r\n."],
] as const)
  test(`a message in doubt whose repetition ${what} is not believed, and the session goes on`, async (context) => {
    const messages = mail(5);
    const listed = messages.map((octets, at) => ({ octets, listedOctets: octets.length + (at === 2 ? 3 : 0) }));
    const { peer, session } = await settingFor(context, {
      messages: listed,
      faults: [
        { on: "RETR", connection: 1, split: [20] },
        { on: "RETR 3", connection: 1, skip: 1, answer: `+OK\r\n${other}` },
      ],
    });
    const pop = await session({ timeouts: { idleMs: 1_000 } });
    await pop.list();
    const reads = await Promise.allSettled(messages.map((_, at) => text(pop.retrieve(at + 1))));
    for (const [at, read] of reads.entries()) {
      if (read.status === "fulfilled") assert.equal(read.value, messages[at]);
      else assert.ok(Pop3Error.is(read.reason, "PIPELINE_DESYNC") && read.reason.sessionUsable, String(read.reason));
    }
    assert.equal(reads[2]?.status, "rejected");
    assert.equal(await text(pop.retrieve(3)), messages[2]);
    assert.equal(peer.connections.length, 2);
  });
