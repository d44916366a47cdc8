// A message that nobody wants any more, while more of it is to come than anybody likes to read: what the error says of
// the session is true.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import type { MessageStream, Pop3Session, RetrieveOptions } from "@restante/pop/client";
import type { PeerMessage } from "@restante/pop/testing";
import { errorOf, settingFor, text } from "./fixture.ts";

/** Three times what is read and thrown away. */
const LARGE = `${"x".repeat(70)}\r\n`.repeat(43_690);
const SMALL = `${"y".repeat(70)}\r\n`.repeat(9_000);

async function begun(stream: MessageStream): Promise<void> {
  await stream[Symbol.asyncIterator]().next();
}

/** Ways to give up what has begun to come; each resolves with the stream's error. */
const WAYS: readonly (readonly [
  string,
  (retrieve: (options?: RetrieveOptions) => MessageStream) => Promise<MessageStream>,
])[] = [
  [
    "a limit",
    async (retrieve) => {
      const stream = retrieve({ octetsMax: 1_000 });
      await errorOf(stream.toBuffer());
      return stream;
    },
  ],
  [
    "cancel",
    async (retrieve) => {
      const stream = retrieve();
      await begun(stream);
      await stream.cancel();
      return stream;
    },
  ],
  [
    "leaving the loop",
    async (retrieve) => {
      const stream = retrieve();
      for await (const chunk of stream) if (chunk.length > 0) break;
      return stream;
    },
  ],
  [
    "a signal",
    async (retrieve) => {
      const stop = new AbortController();
      const stream = retrieve({ signal: stop.signal });
      await begun(stream);
      stop.abort();
      return stream;
    },
  ],
  [
    "a destroyed Readable",
    async (retrieve) => {
      const stream = retrieve();
      const readable = stream.toReadable();
      for await (const chunk of readable) if ((chunk as Uint8Array).length > 0) break;
      return stream;
    },
  ],
  [
    "a cancelled web stream",
    async (retrieve) => {
      const stream = retrieve();
      const reader = stream.toWeb().getReader();
      await reader.read();
      await reader.cancel();
      return stream;
    },
  ],
  [
    "its own time",
    async (retrieve) => {
      // Time enough for it to begin on any machine; it is not read on, so it does not end.
      const stream = retrieve({ timeoutMs: 1_000 });
      await begun(stream);
      await errorOf(stream.done);
      return stream;
    },
  ],
];

async function sessionWith(context: TestContext, first: PeerMessage, isListed: boolean): Promise<Pop3Session> {
  const { session } = await settingFor(context, { messages: [first, "next\r\n"] });
  const pop = await session();
  if (isListed) await pop.list();
  return pop;
}

for (const [how, giveUp] of WAYS) {
  for (const [what, message, isListed] of [
    ["that LIST told to be large", { octets: LARGE }, true],
    ["that LIST told to be small", { octets: LARGE, listedOctets: 100 }, true],
    ["that LIST was not asked about", { octets: LARGE }, false],
  ] as const) {
    if (how === "a limit" && what === "that LIST told to be large") continue;
    test(`${how} gives up a large message ${what}, and nobody is told that the session goes on`, async (context) => {
      const pop = await sessionWith(context, message, isListed);
      const stream = await giveUp((options) => pop.retrieve(1, options));
      assert.equal((await errorOf(stream.done)).sessionUsable, false);
      assert.equal((await pop.closed).kind, "error");
    });
  }

  if (how === "a limit") continue;
  test(`${how} gives up a small rest, and the session goes on`, async (context) => {
    const pop = await sessionWith(context, { octets: SMALL }, true);
    const stream = await giveUp((options) => pop.retrieve(1, options));
    assert.equal((await errorOf(stream.done)).sessionUsable, true);
    assert.equal(await text(pop.retrieve(2)), "next\r\n");
  });
}

test("a message that is larger than it may be by little ends with it, and the session goes on", async (context) => {
  for (const isListed of [true, false]) {
    const pop = await sessionWith(context, { octets: SMALL, listedOctets: 100 }, isListed);
    const error = await errorOf(pop.retrieve(1, { octetsMax: 1_000 }).toBuffer());
    assert.deepEqual([error.code, error.sessionUsable], ["MESSAGE_TOO_LARGE", true]);
    assert.equal(await text(pop.retrieve(2)), "next\r\n");
  }
});

test("a message that is too large and then does not end is told of by its signal, its time and the session's", async (context) => {
  const faults = [{ on: "RETR", stall: 5_000 }];
  const { session } = await settingFor(context, { messages: [SMALL], faults });
  for (const [options, code] of [
    [{ timeoutMs: 300 }, "COMMAND_TIMEOUT"],
    [{ signal: AbortSignal.timeout(300) }, "ABORTED"],
    [{}, "MESSAGE_TOO_LARGE"],
  ] as const) {
    const pop = await session({ timeouts: { idleMs: 600 } });
    const stream = pop.retrieve(1, { octetsMax: 1_000, ...options });
    const error = await errorOf(stream.toBuffer());
    assert.deepEqual([error.code, error.sessionUsable], [code, false]);
    assert.equal(await errorOf(stream.done), error);
  }
});

test("a session that was said to go on does, however much more comes than LIST told", async (context) => {
  const { peer, session } = await settingFor(context, {
    messages: [{ octets: LARGE, listedOctets: 100 }, "next\r\n"],
    faults: [{ on: "RETR 1", delayMs: 50 }],
  });
  const pop = await session();
  await pop.list();
  const stop = new AbortController();
  const stream = pop.retrieve(1, { signal: stop.signal });
  await new Promise((resolve) => void setImmediate(resolve));
  stop.abort();
  const error = await errorOf(stream.done);
  assert.deepEqual([error.octetsReceived, error.sessionUsable], [0, true]);
  assert.equal(await text(pop.retrieve(2)), "next\r\n");
  assert.deepEqual(
    peer.commands.filter((command) => command.startsWith("RETR")),
    ["RETR 1", "RETR 2", "RETR 2"],
    "the second came behind one of a wrong size, and is asked for again, alone",
  );
});

test("a message that was given up before it was asked for costs nothing", async (context) => {
  const { peer, session } = await settingFor(context, {
    messages: [{ octets: LARGE }, "next\r\n"],
    faults: [{ on: "STAT", delayMs: 20 }],
  });
  const pop = await session({ pipelining: "off" });
  const stat = pop.stat();
  const stream = pop.retrieve(1);
  await stream.cancel();
  assert.equal((await errorOf(stream.done)).sessionUsable, true);
  assert.equal((await stat).count, 2);
  assert.equal(await text(pop.retrieve(2)), "next\r\n");
  assert.equal(peer.commands.includes("RETR 1"), false);
});

test("what waits behind a message that ended the session may be tried again at once", async (context) => {
  const pop = await sessionWith(context, { octets: LARGE }, true);
  const stream = pop.retrieve(1);
  const behind = pop.retrieve(2);
  await begun(stream);
  await stream.cancel();
  const error = await errorOf(behind.done);
  assert.deepEqual([error.code, error.retry, error.sessionUsable], ["ABORTED", "now", false]);
  assert.match(error.message, /too much of a message nobody wants/);
});
