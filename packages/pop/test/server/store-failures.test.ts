// A store that fails: never an empty maildrop, never a short message that looks whole.
import assert from "node:assert/strict";
import { setImmediate as nextTurn } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { PopError } from "@restante/pop/wire";
import type { CommitOutcome, Maildrop, MessageChunk, MessageReader } from "@restante/pop/maildrop";
import { changedStore } from "../support/changed-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import { until } from "../support/until.ts";
import { messageOf, testServer, type TestServer, type TestServerOptions } from "../support/test-server.ts";

const disk = new Error("/secret/path: the disk is gone");

/** A reader that fails when it is asked for its chunk number `at`, counted from 1. */
function failingAt(reader: MessageReader, at: number, how: "throw" | "reject"): MessageReader {
  let asked = 0;
  return {
    next() {
      asked += 1;
      if (asked !== at) return how === "reject" ? Promise.resolve(reader.next()) : reader.next();
      if (how === "reject") return Promise.reject(disk);
      throw disk;
    },
    close: () => reader.close(),
  };
}

const maildrops = { mrose: [messageOf(120), messageOf(700_000), messageOf(200)] };

function serverAround(
  context: TestContext,
  change: (maildrop: Maildrop) => Partial<Maildrop>,
  options: TestServerOptions = {},
): Promise<TestServer> {
  return testServer(context, { maildrops, around: changedStore(change), ...options });
}

for (const how of ["throw", "reject"] as const) {
  requirement(
    "P3-S-120",
    `a read that fails inside a message (${how}) closes the connection without the terminator and removes nothing`,
    async (context) => {
      const server = await serverAround(context, (maildrop) => ({
        read: (...of) => failingAt(maildrop.read(...of), 3, how),
      }));
      const client = await server.login("mrose");
      await client.command("DELE 1");
      client.send("RETR 2\r\nNOOP\r\nQUIT\r\n");
      const rest = await client.rest().catch(() => client.received);
      assert.match(rest, /^\+OK 700000 octets\r\n/);
      assert.ok(rest.length < 700_000);
      assert.doesNotMatch(rest, /\r\n\.\r\n|secret|still here|bye/);
      await server.untilEnded(1);
      assert.equal(server.ended[0]?.reason, "store-failed");
      assert.deepEqual(server.failures, [{ error: disk, while: "sending a message" }]);
      assert.equal(await (await server.connect()).login("mrose"), "+OK maildrop has 3 messages (700320 octets)");
    },
  );

  requirement(
    "P3-S-151",
    `a read that fails before a message (${how}) is answered [SYS/TEMP], and the session goes on`,
    async (context) => {
      const server = await serverAround(context, (maildrop) => ({
        read: (numbers, ...of) => failingAt(maildrop.read(numbers, ...of), numbers.length, how),
      }));
      const client = await server.login("mrose");
      // One run for the store, whose last message cannot be read.
      client.send("RETR 1\r\nRETR 3\r\nRETR 1\r\nNOOP\r\n");
      assert.equal(await client.line(), "+OK 120 octets");
      await client.data();
      assert.equal(await client.line(), "+OK 200 octets");
      await client.data();
      assert.equal(await client.line(), "-ERR [SYS/TEMP] mail is not available now, try again later");
      assert.equal(await client.line(), "+OK still here");
      assert.deepEqual(server.failures, [{ error: disk, while: "reading a message" }]);
    },
  );
}

void test("messages behind one that cannot be read are sent all the same, in their order", async (context) => {
  const server = await serverAround(context, (maildrop) => ({
    read: (numbers, ...of) => failingAt(maildrop.read(numbers, ...of), numbers.length === 3 ? 2 : 9, "throw"),
  }));
  const client = await server.login("mrose");
  client.send("RETR 1\r\nRETR 2\r\nRETR 3\r\nSTAT\r\n");
  assert.equal(await client.line(), "+OK 120 octets");
  assert.equal(await client.data(), messageOf(120));
  assert.match(await client.line(), /^-ERR \[SYS\/TEMP\]/);
  assert.equal(await client.line(), "+OK 200 octets");
  assert.equal(await client.data(), messageOf(200));
  assert.equal(await client.line(), "+OK 3 700320");
});

/** A reader of one message, in these pieces. */
function readerOf(...pieces: readonly string[]): MessageReader {
  const chunks = pieces.map((piece, i): MessageChunk => ({
    octets: Buffer.from(piece),
    last: i === pieces.length - 1,
    mayNeedStuffing: true,
  }));
  return { next: () => chunks.shift(), close() {} };
}

void test("a message in one piece that is not as long as it was listed is refused, not sent", async (context) => {
  for (const wrong of [messageOf(119), messageOf(121), `${messageOf(118)}xx`]) {
    const server = await serverAround(context, () => ({ read: () => readerOf(wrong) }));
    const client = await server.login("mrose");
    assert.equal(await client.command("RETR 1"), "-ERR [SYS/PERM] this maildrop needs its operator");
    assert.equal(await client.command("NOOP"), "+OK still here");
    assert.equal(server.failures.length, 1);
  }
});

requirement(
  "P3-S-120",
  "a message in pieces that turns out shorter, longer or without its last CRLF never gets a terminator",
  async (context) => {
    const right = messageOf(120);
    const wrongs: readonly (readonly string[])[] = [
      [right.slice(0, 60), right.slice(61)],
      [right.slice(0, 60), `m${right.slice(60)}`],
      [right.slice(0, 60), `${right.slice(60, -2)}xx`],
      [`${right.slice(0, -2)}\r`, "x"],
      [`${right.slice(0, -2)}x\n`, ""],
    ];
    for (const wrong of wrongs) {
      const server = await serverAround(context, () => ({ read: () => readerOf(...wrong) }));
      const client = await server.login("mrose");
      client.send("RETR 1\r\n");
      const rest = await client.rest().catch(() => client.received);
      assert.doesNotMatch(rest, /\.\r\n$/, JSON.stringify(wrong));
      await server.untilEnded(1);
      assert.equal(server.ended[0]?.reason, "store-failed");
      assert.equal(server.ended[0]?.retrieved.messages, 0);
    }
  },
);

void test("a CRLF cut in two at the end of a message is a line end", async (context) => {
  const right = messageOf(120);
  const server = await serverAround(context, () => ({ read: () => readerOf(right.slice(0, -1), "\n") }));
  const client = await server.login("mrose");
  assert.equal(await client.command("RETR 1"), "+OK 120 octets");
  assert.equal(await client.data(), right);
});

requirement("P3-S-063", "a store that cannot open is an outage, never an empty maildrop", async (context) => {
  const server = await testServer(context, {
    maildrops,
    around: (store) => ({ ...changedStore(() => ({}))(store), open: () => Promise.reject(disk) }),
  });
  const client = await server.connect();
  assert.equal(await client.login("mrose"), "-ERR [SYS/TEMP] mail is not available now, try again later");
  assert.match(await client.command("STAT"), /^-ERR/);
  assert.deepEqual(server.failures, [{ error: disk, while: "opening the maildrop" }]);
});

requirement("P3-S-036", "a maildrop that could not be opened is not in use afterwards", async (context) => {
  let opens = 0;
  const server = await testServer(context, {
    maildrops,
    around: (store) => ({
      ...changedStore(() => ({}))(store),
      open(...args) {
        opens += 1;
        return opens === 1 ? Promise.reject(new PopError("STORE_BROKEN", "of no use")) : store.open(...args);
      },
    }),
  });
  const client = await server.connect();
  assert.equal(await client.login("mrose"), "-ERR [SYS/PERM] this maildrop needs its operator");
  await client.command("USER mrose");
  assert.match(await client.command("PASS secret"), /^\+OK maildrop has 3/);
  assert.equal(server.failures.length, 1);
});

const OUTCOMES: readonly (readonly [CommitOutcome, string, number])[] = [
  ["failed", "-ERR [SYS/TEMP] some deleted messages not removed", 1],
  ["unknown", "-ERR [SYS/TEMP] cannot tell whether messages were removed", 1],
  ["lost-lease", "-ERR [SYS/TEMP] another session took the maildrop over, nothing was removed", 0],
];

for (const [outcome, reply, failures] of OUTCOMES) {
  requirement(
    "P3-S-133",
    `UPDATE that comes to ${outcome} is answered -ERR, and the maildrop is free`,
    async (context) => {
      let isFirst = true;
      const server = await serverAround(context, (maildrop) => ({
        commit(marked) {
          if (!isFirst) return maildrop.commit(marked);
          isFirst = false;
          return Promise.resolve(outcome);
        },
      }));
      const client = await server.login("mrose");
      await client.command("DELE 1");
      assert.equal(await client.command("QUIT"), reply);
      assert.equal(await client.rest(), "");
      client.end();
      await server.untilEnded(1);
      assert.deepEqual([server.ended[0]?.reason, server.ended[0]?.removed], ["store-failed", 0]);
      assert.equal(server.failures.length, failures);
      assert.match(await (await server.connect()).login("mrose"), /^\+OK maildrop has 3/);
    },
  );
}

requirement("P3-S-133", "UPDATE that throws is answered -ERR, and the maildrop is free", async (context) => {
  const server = await serverAround(context, () => ({ commit: () => Promise.reject(disk) }));
  const client = await server.login("mrose");
  assert.equal(await client.command("QUIT"), "-ERR [SYS/TEMP] cannot tell whether messages were removed");
  client.end();
  await server.untilEnded(1);
  assert.deepEqual(server.failures, [{ error: disk, while: "removing messages" }]);
  assert.match(await (await server.connect()).login("mrose"), /^\+OK/);
});

void test("UPDATE runs to its end when the client does not wait for it, and the log says what it removed", async (context) => {
  let commit: (() => void) | undefined;
  const server = await serverAround(context, (maildrop) => ({
    commit: (marked) => new Promise((resolve) => (commit = () => resolve(maildrop.commit(marked)))),
  }));
  const client = await server.login("mrose");
  await client.command("DELE 1");
  client.send("QUIT\r\n");
  await until(() => commit !== undefined);
  await client.leave("reset");
  // The connection is gone, the removal is not: the session is not over.
  await nextTurn();
  assert.equal(server.ended.length, 0);
  commit?.();
  await server.untilEnded(1);
  assert.deepEqual([server.ended[0]?.removed, server.ended[0]?.left], [1, 2]);
});

void test("a session is over though its store never says how UPDATE ended, nor unlocks", async (context) => {
  const clock = new FakeClock();
  let isAsked = false;
  const never = (): Promise<never> => {
    isAsked = true;
    return new Promise(() => {});
  };
  const server = await serverAround(context, () => ({ commit: never, release: never }), { clock });
  const secondPasses = (): void => {
    clock.advance(1_000);
    server.server.sweep();
  };
  const client = await server.login("mrose");
  await client.command("DELE 1");
  client.send("QUIT\r\n");
  await until(() => isAsked);
  for (let second = 0; second < 61; second += 1) secondPasses();
  assert.equal(await client.line(), "-ERR [SYS/TEMP] cannot tell whether messages were removed");
  await client.leave();
  for (let turn = 0; turn < 5_000 && server.ended.length === 0; turn += 1) {
    await nextTurn();
    secondPasses();
  }
  assert.deepEqual([server.ended.length, server.server.sessions().length], [1, 0]);
});

void test("a store that stops giving a message is given up after a minute", async (context) => {
  const clock = new FakeClock();
  let isAsked = false;
  const next = (): Promise<never> => {
    isAsked = true;
    return new Promise(() => {});
  };
  const server = await serverAround(context, () => ({ read: () => ({ next, close() {} }) }), { clock });
  const client = await server.login("mrose");
  client.send("RETR 1\r\n");
  await until(() => isAsked);
  for (let second = 0; second < 61; second += 1) {
    clock.advance(1_000);
    server.server.sweep();
  }
  assert.equal(await client.rest().catch(() => client.received), "");
  await server.untilEnded(1);
  assert.equal(server.ended[0]?.reason, "store-failed");
});

void test("a store that cannot unlock ends nobody's session but the one, and is told of once", async (context) => {
  const server = await serverAround(context, () => ({ release: () => Promise.reject(disk) }));
  const client = await server.login("mrose");
  await client.leave();
  await server.untilEnded(1);
  assert.deepEqual(server.failures, [{ error: disk, while: "unlocking the maildrop" }]);
});

void test("a mistake in the store's listing ends the session and nothing else", async (context) => {
  const server = await serverAround(context, () => ({
    uniqueIdOf() {
      throw new TypeError("a mistake");
    },
  }));
  const client = await server.login("mrose");
  client.send("UIDL\r\n");
  assert.equal(await client.rest().catch(() => client.received), "");
  await server.untilEnded(1);
  assert.deepEqual([server.ended[0]?.reason, server.failures.length], ["error", 1]);
  assert.match(await (await server.connect()).login("mrose"), /^\+OK/);
});
