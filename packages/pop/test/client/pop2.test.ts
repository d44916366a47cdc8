// POP2's client by RFC 937: our own server, and servers that do what ours does not.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { connectPop2, Pop3Error, type FamilyOptions, type PopSession } from "@restante/pop/client";
import { TEST_CERTIFICATE } from "../support/certificate.ts";
import { answers, scriptedFamily } from "../support/scripted-family.ts";
import { messageOf, testServer } from "../support/test-server.ts";

const auth = { user: "anna", password: "secret" };
const GREETING = "+ POP2 mail.example ready\r\n";

function connect(port: number, options: Partial<FamilyOptions> = {}): Promise<PopSession> {
  return connectPop2({ host: "127.0.0.1", port, auth, timeouts: { commandMs: 5_000, leaveMs: 2_000 }, ...options });
}

const code = (wanted: string) => (error: unknown) => Pop3Error.is(error) && error.code === wanted;

async function server(context: TestContext, messages: readonly string[]) {
  return testServer(context, {
    generation: "pop2",
    maildrops: { anna: messages },
    mailboxes: { "anna/My notes": [messageOf(77)] },
  });
}

async function sizesLeft(store: Awaited<ReturnType<typeof server>>["store"]): Promise<readonly number[]> {
  const maildrop = await store.open("anna", { holder: "test", onBusy: "reject" });
  await maildrop.release();
  return Array.from({ length: maildrop.count }, (_, i) => maildrop.octetsOf(i + 1));
}

requirement(
  ["P2-C-007", "P2-C-010"],
  "messages are read, marked once they are stored, and gone when QUIT was answered",
  async (context) => {
    const { listening, store } = await server(context, [messageOf(100), messageOf(200), messageOf(300)]);
    const trace: string[] = [];
    const session = await connect(listening.port, {
      trace: ({ from, line }) => from === "client" && void trace.push(line ?? ""),
    });
    const bodies: string[] = [];
    for await (const message of session.messages()) {
      bodies.push((await message.retrieve().toBuffer()).toString("latin1"));
      if (message.n !== 2) await message.delete();
    }
    assert.deepEqual(bodies, [messageOf(100), messageOf(200), messageOf(300)]);
    assert.equal((await session.commit()).status, "committed");
    assert.deepEqual(await sizesLeft(store), [200]);
    assert.deepEqual(trace, [
      "HELO anna ****",
      "READ 1",
      "READ 2",
      "READ 3",
      "READ 1",
      "RETR",
      "ACKD",
      "READ 2",
      "RETR",
      "ACKS",
      "READ 3",
      "RETR",
      "ACKD",
      "QUIT",
    ]);
    assert.equal((await session.closed).kind, "commit");
  },
);

test("another mailbox is read by name", async (context) => {
  const { listening } = await server(context, []);
  const session = await connect(listening.port, { mailbox: "My notes" });
  assert.deepEqual(await session.stat(), { count: 1, octets: 77 });
  assert.equal((await session.retrieve(1).toBuffer()).toString(), messageOf(77));
  await session.rollback();
  const none = await connect(listening.port, { mailbox: "nowhere" });
  assert.deepEqual((await none.list()).entries, []);
  await none.rollback();
});

requirement("P2-C-001", "a server that does not greet as POP2 does is told QUIT, and nothing else", async (context) => {
  for (const greeting of ["+OK POP3 ready\r\n", "220 smtp ready\r\n", "+  POP2 x\r\n", "+ POP2x\r\n"]) {
    const peer = await scriptedFamily(context, ({ send }) => send(greeting));
    await assert.rejects(
      connect(peer.port),
      (error) => code("PROTOCOL")(error) && /does not speak POP2/.test(String(error)),
    );
    await peer.done();
    assert.deepEqual(peer.said, ["QUIT"]);
  }
  const closed = await scriptedFamily(context, ({ send }) => send("- too many connections\r\n"));
  await assert.rejects(connect(closed.port), code("GREETING_REFUSED"));
});

requirement("P2-C-002", "spaces and backslashes in user, password and mailbox are quoted", async (context) => {
  const peer = await scriptedFamily(context, answers(GREETING, ["#0\r\n", "#0\r\n", "+ bye\r\n"]));
  const session = await connect(peer.port, { auth: { user: "a b", password: "a b\\c" }, mailbox: "My \\ notes" });
  await session.rollback();
  assert.deepEqual(peer.said, ["HELO a\\ b a\\ b\\\\c", "FOLD My\\ \\\\\\ notes", "QUIT"]);
});

requirement("P2-C-003", "a reply of another kind than the one due ends the session with QUIT", async (context) => {
  for (const replies of [
    ["=5\r\n"],
    ["#2\r\n", "#5\r\n"],
    ["#2\r\n", "=x\r\n"],
    ["#2\r\n", "=99999999999999999999\r\n"],
    ["#2\r\n", "- no\r\n"],
    ["# 2\r\n"],
  ]) {
    const peer = await scriptedFamily(context, answers(GREETING, replies));
    const outcome = connect(peer.port).then((session) => session.list());
    await assert.rejects(
      outcome,
      (error) => Pop3Error.is(error, "PROTOCOL", "COMMAND_REFUSED") && !error.sessionUsable,
    );
    await peer.done();
    assert.equal(peer.said.at(-1), "QUIT");
  }
});

requirement("P2-C-004", "a message of no octets is never asked for", async (context) => {
  const peer = await scriptedFamily(context, answers(GREETING, ["#1\r\n", "=0\r\n", "+ bye\r\n"]));
  const session = await connect(peer.port);
  await assert.rejects(session.retrieve(1).toBuffer(), code("NO_SUCH_MESSAGE"));
  await session.rollback();
  assert.deepEqual(peer.said, ["HELO anna secret", "READ 1", "QUIT"]);
});

requirement(
  "P2-C-005",
  "exactly so many octets are read as were said, in any pieces, whatever they are",
  async (context) => {
    const message = "a\0b\r\n.\r\n=5\r\n\xff\rx\n";
    for (const pieces of [[...message], [message], [message.slice(0, 3), message.slice(3)]]) {
      const peer = await scriptedFamily(context, async ({ send, line, socket }) => {
        socket.setNoDelay(true);
        send(GREETING);
        await line();
        send("#1 message\r\n");
        await line();
        send(`=${message.length} characters in that message\r\n`);
        await line();
        for (const piece of pieces) {
          send(piece);
          await new Promise<void>((resolve) => setImmediate(resolve));
        }
        await line();
        send("=0\r\n");
        await line();
        send("+ OK\r\n");
      });
      const session = await connect(peer.port);
      const [size, body] = [session.retrieve(1), ""];
      assert.equal(body + (await size.toBuffer()).toString("latin1"), message);
      assert.equal((await session.commit()).status, "committed");
    }
  },
);

requirement("P2-C-006", "RETR is followed by an acknowledgement, whatever becomes of the message", async (context) => {
  const { listening, store } = await server(context, [messageOf(100), messageOf(200), messageOf(300)]);
  const trace: string[] = [];
  const session = await connect(listening.port, {
    trace: ({ from, line }) => from === "client" && void trace.push(line ?? ""),
  });
  await session.retrieve(1).toBuffer();
  await session.retrieve(2).toBuffer();
  await session.delete(2);
  const given = session.retrieve(3, { octetsMax: 50 });
  await assert.rejects(given.toBuffer(), code("MESSAGE_TOO_LARGE"));
  await session.retrieve(3).toBuffer();
  assert.equal((await session.commit()).status, "committed");
  assert.deepEqual(trace.slice(1), [
    "READ 1",
    "RETR",
    "ACKS",
    "READ 2",
    "RETR",
    "ACKD",
    "READ 3",
    "RETR",
    "NACK",
    "READ 3",
    "RETR",
    "ACKS",
    "QUIT",
  ]);
  assert.deepEqual(await sizesLeft(store), [100, 300]);
});

requirement("P2-C-007", "a message that could not be stored did not arrive: NACK, then QUIT", async (context) => {
  const { listening, store } = await server(context, [messageOf(100)]);
  const trace: string[] = [];
  const session = await connect(listening.port, {
    trace: ({ from, line }) => from === "client" && void trace.push(line ?? ""),
  });
  await session.retrieve(1).toBuffer();
  // The disk is full: whoever stores it rolls the session back.
  await session.rollback();
  assert.deepEqual(trace.slice(-2), ["NACK", "QUIT"]);
  assert.deepEqual(await sizesLeft(store), [100]);
});

test("what was marked and is rolled back stays: the connection ends without QUIT", async (context) => {
  const { listening, store, untilEnded } = await server(context, [messageOf(100), messageOf(200)]);
  const session = await connect(listening.port);
  await session.delete([1, 2]);
  assert.deepEqual([...session.marked], [1, 2]);
  await assert.rejects(session.undeleteAll(), code("UNSUPPORTED"));
  await session.rollback();
  await untilEnded(1);
  assert.deepEqual(await sizesLeft(store), [100, 200]);
  assert.equal((await session.closed).kind, "rollback");
});

requirement(
  "P2-C-008",
  "a reply that does not come in time ends the session; data that flows slowly does not",
  async (context) => {
    const silent = await scriptedFamily(context, ({ send }) => send(GREETING));
    await assert.rejects(connect(silent.port, { timeouts: { commandMs: 50 } }), code("COMMAND_TIMEOUT"));
    const ungreeted = await scriptedFamily(context, () => undefined);
    await assert.rejects(connect(ungreeted.port, { timeouts: { greetingMs: 50 } }), code("GREETING_TIMEOUT"));
    const stalling = await scriptedFamily(context, answers(GREETING, ["#1\r\n", "=10\r\n", "12345"]));
    const session = await connect(stalling.port, { timeouts: { commandMs: 5_000, idleMs: 50 } });
    await assert.rejects(session.retrieve(1).toBuffer(), code("IDLE_TIMEOUT"));
    const dripping = await scriptedFamily(context, async ({ send, line, socket }) => {
      socket.setNoDelay(true);
      for (const reply of [GREETING, "#1\r\n", "=300\r\n"]) {
        send(reply);
        await line();
      }
      const drip = setInterval(() => send("xxx"), 2);
      await line();
      clearInterval(drip);
    });
    const slow = await connect(dripping.port, { timeouts: { commandMs: 100, idleMs: 100, leaveMs: 50 } });
    const octets = (await slow.retrieve(1).toBuffer()).length;
    assert.equal(octets, 300);
    await slow.rollback();
  },
);

requirement("P2-C-009", "an empty mailbox is a success", async (context) => {
  const peer = await scriptedFamily(context, answers(GREETING, ["#0 messages\r\n", "+ OK\r\n"]));
  const session = await connect(peer.port);
  assert.deepEqual((await session.list()).entries, []);
  assert.equal((await session.commit()).status, "committed");
  assert.deepEqual(peer.said, ["HELO anna secret", "QUIT"]);
});

requirement("P2-C-011", "given up inside the data, the connection is closed and QUIT is not said", async (context) => {
  const peer = await scriptedFamily(context, answers(GREETING, ["#1\r\n", "=5000000\r\n", "x".repeat(1_000)]));
  const session = await connect(peer.port);
  const stream = session.retrieve(1);
  for await (const chunk of stream) {
    assert.ok(chunk.length > 0);
    break;
  }
  await session.rollback();
  await peer.done();
  assert.deepEqual(peer.said, ["HELO anna secret", "READ 1", "RETR"]);
});

requirement("P2-C-012", "a message that is not there any more does not hide those behind it", async (context) => {
  const peer = await scriptedFamily(context, answers(GREETING, ["#3\r\n", "=5\r\n", "=0\r\n", "=7\r\n", "+ bye\r\n"]));
  const session = await connect(peer.port);
  const { entries } = await session.list();
  assert.deepEqual(
    entries.map(({ n, octets }) => [n, octets]),
    [
      [1, 5],
      [3, 7],
    ],
  );
  await session.rollback();
});

requirement(
  "P2-C-013",
  "a line end behind the message that nobody counted is passed over with a warning",
  async (context) => {
    const warnings: string[] = [];
    const log = { info: () => undefined, warn: (_: object, text = "") => void warnings.push(text) };
    const peer = await scriptedFamily(
      context,
      answers(GREETING, ["#1\r\n", "=6\r\n", "abcd\r\n\r\n", "=0\r\n", "+ bye\r\n"]),
    );
    const session = await connect(peer.port, { log });
    assert.equal((await session.retrieve(1).toBuffer()).toString(), "abcd\r\n");
    assert.equal((await session.commit()).status, "committed");
    assert.deepEqual(warnings, ["a line end behind the message was not counted"]);
    const worse = await scriptedFamily(context, answers(GREETING, ["#1\r\n", "=6\r\n", "abcd\r\n\r\n\r\n", "=0\r\n"]));
    const other = await connect(worse.port);
    await other.retrieve(1).toBuffer();
    await assert.rejects(other.list(), code("PROTOCOL"));
  },
);

requirement(
  "P2-C-014",
  "messages are named by their octets and by which of their like they are, the same in every session",
  async (context) => {
    const { listening } = await server(context, [messageOf(100), messageOf(200), messageOf(100)]);
    const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
    for (let i = 0; i < 2; i += 1) {
      const session = await connect(listening.port, { uniqueIds: "octets" });
      const { entries, hasUniqueIds, isComplete } = await session.list();
      assert.deepEqual(
        entries.map(({ uniqueId }) => uniqueId),
        [`${hash(messageOf(100))}-1`, `${hash(messageOf(200))}-1`, `${hash(messageOf(100))}-2`],
      );
      assert.deepEqual([hasUniqueIds, isComplete], [true, true]);
      const again = await session.retrieve({ uniqueId: `${hash(messageOf(100))}-2` }).toBuffer();
      assert.equal(again.toString(), messageOf(100));
      await session.rollback();
    }
  },
);

requirement(
  "P2-C-015",
  "CR, LF and NUL in an argument, and one that is too long, are refused and never sent",
  async (context) => {
    for (const bad of ["a\r\nQUIT", "a\nb", "a\0b", "", "x".repeat(600)]) {
      const peer = await scriptedFamily(context, answers(GREETING, ["+ bye\r\n"]));
      await assert.rejects(connect(peer.port, { auth: { user: bad, password: "secret" } }), code("CONFIG"));
      await peer.done();
      assert.deepEqual(peer.said, ["QUIT"]);
    }
  },
);

test("a refused login is told as one, and a mailbox in use as another", async (context) => {
  const { listening, store } = await server(context, []);
  await assert.rejects(connect(listening.port, { auth: { user: "anna", password: "x" } }), code("AUTH_REJECTED"));
  await store.open("anna", { holder: "test", onBusy: "reject" });
  await assert.rejects(connect(listening.port), code("MAILBOX_BUSY"));
});

test("a password is sent over loopback, inside TLS, or where that is allowed", async (context) => {
  const { key, cert } = TEST_CERTIFICATE;
  const { server: pop } = await testServer(context, { maildrops: { anna: [messageOf(20)] }, tls: { key, cert } });
  const { port } = await pop.listenTls({ host: "127.0.0.1", port: 0, generation: "pop2" });
  const session = await connect(port, { tls: "implicit", tlsOptions: { ca: cert, servername: "localhost" } });
  assert.equal(session.tls?.trustedBy, "issuer");
  assert.equal((await session.stat()).count, 1);
  await session.rollback();
  const peer = await scriptedFamily(context, answers(GREETING, ["+ bye\r\n"]));
  const { connect: open } = await import("node:net");
  const transport = { connect: () => Promise.resolve(open({ host: "127.0.0.1", port: peer.port })) };
  await assert.rejects(connect(peer.port, { transport }), code("AUTH_CLEARTEXT_REFUSED"));
  await peer.done();
  assert.deepEqual(peer.said, ["QUIT"]);
});

test("a mailbox of more messages than are wanted is refused before they are asked for", async (context) => {
  const peer = await scriptedFamily(context, answers(GREETING, ["#9007199254740991\r\n"]));
  const session = await connect(peer.port);
  await assert.rejects(session.list(), code("LIST_TOO_LONG"));
  await peer.done();
  assert.deepEqual(peer.said, ["HELO anna secret"]);
});

test("an octet now and then does not keep a session for ever", async (context) => {
  const peer = await scriptedFamily(context, async ({ send, line, socket }) => {
    for (const reply of [GREETING, "#1\r\n", "=100000\r\n"]) {
      send(reply);
      await line();
    }
    const drip = setInterval(() => send("x"), 5);
    socket.once("close", () => clearInterval(drip));
  });
  const session = await connect(peer.port, { timeouts: { idleMs: 5_000, replyMs: 100 } });
  await assert.rejects(session.retrieve(1).toBuffer(), code("IDLE_TIMEOUT"));
});

test("a QUIT that is not answered leaves unknown what was removed", async (context) => {
  const peer = await scriptedFamily(context, async (one) => {
    await answers(GREETING, ["#1\r\n", "=1\r\n", "x", "=0\r\n"])(one);
    await one.line();
    one.socket.destroy();
  });
  const session = await connect(peer.port);
  await session.delete(1);
  assert.equal((await session.commit()).status, "unknown");
  const refusing = await scriptedFamily(
    context,
    answers(GREETING, ["#1\r\n", "=1\r\n", "x", "=0\r\n", "- not all was removed\r\n"]),
  );
  const other = await connect(refusing.port);
  await other.delete(1);
  assert.equal((await other.commit()).status, "partial");
});

test("a password that cannot be had is CONFIG, as in POP3", async (context) => {
  const { listening } = await server(context, []);
  const password = (): Promise<string> => Promise.reject(new Error("the keyring is locked"));
  await assert.rejects(connect(listening.port, { auth: { user: "anna", password } }), code("CONFIG"));
});

test("a large message that is given up ends the session, and whoever gave it up is told so", async (context) => {
  const { listening } = await server(context, [messageOf(3_000_000), messageOf(20_000), messageOf(50)]);
  for (const [n, isListed, isUsable] of [
    [1, true, false],
    [1, false, false],
    [2, true, true],
  ] as const) {
    const session = await connect(listening.port, { limits: { bufferedOctets: 4_096 } });
    if (isListed) await session.list();
    const stream = session.retrieve(n);
    await stream[Symbol.asyncIterator]().next();
    await stream.cancel();
    const given = await stream.done.catch((error: unknown) => error);
    assert.ok(Pop3Error.is(given, "ABORTED"));
    assert.equal(given.sessionUsable, isUsable, `message ${n}, ${isListed ? "listed" : "not listed"}`);
    const next = session.retrieve(3).toBuffer();
    if (isUsable) assert.equal((await next).toString("latin1"), messageOf(50));
    else await assert.rejects(next, code("ABORTED"));
    await session.rollback();
  }
});
