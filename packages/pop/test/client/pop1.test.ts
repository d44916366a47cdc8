// POP1's client by RFC 918: our own server, and servers that do what ours does not.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { connectPop1, Pop3Error, type Pop1Options, type PopSession } from "@restante/pop/client";
import { answers, scriptedFamily } from "../support/scripted-family.ts";
import { messageOf, testServer } from "../support/test-server.ts";

const auth = { user: "fred", password: "secret" };
const GREETING = "+OK POP1 server\r\n";
const SEPARATOR = "From MAILER-DAEMON Thu Jan  1 00:00:00 1970\r\n";

function connect(port: number, options: Partial<Pop1Options> = {}): Promise<PopSession> {
  return connectPop1({ host: "127.0.0.1", port, auth, timeouts: { commandMs: 5_000, leaveMs: 2_000 }, ...options });
}

const code = (wanted: string) => (error: unknown) => Pop3Error.is(error) && error.code === wanted;

const MESSAGES = [messageOf(100), "From me\r\n.\r\n>From you\r\n", messageOf(300)];

async function server(context: TestContext, messages: readonly string[] = MESSAGES) {
  return testServer(context, {
    generation: "pop1",
    maildrops: { fred: messages },
    mailboxes: { "fred/Notes": [messageOf(77)] },
  });
}

async function countLeft(store: Awaited<ReturnType<typeof server>>["store"], mailbox = "INBOX"): Promise<number> {
  const maildrop = await store.open("fred", { holder: "test", onBusy: "reject", mailbox });
  await maildrop.release();
  return maildrop.count;
}

function traced(): { readonly trace: NonNullable<Pop1Options["trace"]>; readonly said: string[] } {
  const said: string[] = [];
  return { said, trace: ({ from, line }) => from === "client" && void said.push(line ?? "") };
}

for (const removes of [false, true]) {
  requirement(
    "P1-C-006",
    `a mailbox is read, marked and removed (${removes ? "RDEL at once" : "read twice"}), and the session ends with QUIT`,
    async (context) => {
      const { listening, store } = await server(context);
      const { trace, said } = traced();
      const session = await connect(listening.port, { trace, removes });
      const bodies: string[] = [];
      for (const n of [1, 2, 3]) {
        bodies.push((await session.retrieve(n).toBuffer()).toString("latin1"));
        await session.delete(n);
      }
      assert.deepEqual(bodies, MESSAGES);
      assert.equal((await session.commit()).status, "committed");
      assert.equal(await countLeft(store), 0);
      const reading = removes ? ["RDEL INBOX", "RCEV"] : ["RETR INBOX", "RCEV", "RSET", "RDEL INBOX", "RCEV"];
      assert.deepEqual(said, ["USER fred", "PASS ****", ...reading, "RCVD", "QUIT"]);
    },
  );
}

test("what is to stay keeps the others: POP1 removes a whole mailbox or nothing", async (context) => {
  const { listening, store } = await server(context);
  const { trace, said } = traced();
  const session = await connect(listening.port, { trace });
  await session.list();
  await session.delete([1, 3]);
  const { status, text } = await session.commit();
  assert.equal(status, "partial");
  assert.match(text ?? "", /message 2 is to stay/);
  assert.equal(await countLeft(store), 3);
  assert.equal(said.includes("RCVD"), false);
});

test("messages are listed, read in any order and by their names, from any mailbox", async (context) => {
  const { listening } = await server(context, [messageOf(100), messageOf(200), messageOf(100)]);
  const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
  const session = await connect(listening.port, { uniqueIds: "octets" });
  const { entries } = await session.list();
  assert.deepEqual(entries, [
    { n: 1, octets: 100, uniqueId: `${hash(messageOf(100))}-1` },
    { n: 2, octets: 200, uniqueId: `${hash(messageOf(200))}-1` },
    { n: 3, octets: 100, uniqueId: `${hash(messageOf(100))}-2` },
  ]);
  for (const n of [3, 1, 2]) assert.equal((await session.retrieve(n).toBuffer()).length, entries[n - 1]?.octets);
  assert.equal((await session.headers(2)).toString(), "Subject: x\r\n\r\n");
  await session.noop();
  await session.rollback();
  const notes = await connect(listening.port, { mailbox: "Notes" });
  assert.deepEqual(await notes.stat(), { count: 1, octets: 77 });
  await notes.rollback();
  const none = await connect(listening.port, { mailbox: "nowhere" });
  await assert.rejects(none.list(), code("COMMAND_REFUSED"));
  await none.rollback();
});

requirement("P1-C-001", "nothing is said before the greeting", async (context) => {
  const peer = await scriptedFamily(context, async ({ send, line, socket }) => {
    const early = await Promise.race([
      line(),
      new Promise<"silence">((resolve) => setTimeout(() => resolve("silence"), 50)),
    ]);
    assert.equal(early, "silence");
    send(GREETING);
    socket.end();
  });
  await assert.rejects(connect(peer.port), code("CLOSED"));
});

requirement("P1-C-002", "after a refused USER or PASS comes QUIT, and no mailbox is asked for", async (context) => {
  for (const [replies, said] of [
    [
      ["-ERR no\r\n", "+OK bye\r\n"],
      ["USER fred", "QUIT"],
    ],
    [
      ["+OK\r\n", "-Error\r\n", "+OK bye\r\n"],
      ["USER fred", "PASS secret", "QUIT"],
    ],
  ] as const) {
    const peer = await scriptedFamily(context, answers(GREETING, replies));
    await assert.rejects(connect(peer.port), code("AUTH_REJECTED"));
    await peer.done();
    assert.deepEqual(peer.said, said);
  }
});

const DATA = `${SEPARATOR}H: x\r\n\r\n>From b\r\n\r\n${SEPARATOR}\0\xff\r\n\r\n`;

requirement("P1-C-003", "exactly so many octets are read as were said, however they are cut", async (context) => {
  for (const pieces of [[...DATA], [`${DATA}+OK\r\n`], [DATA.slice(0, 50), DATA.slice(50)]]) {
    const isEarly = pieces.join("").endsWith("+OK\r\n");
    const peer = await scriptedFamily(context, async ({ send, line, socket }) => {
      socket.setNoDelay(true);
      send(GREETING);
      for (const reply of ["+OK\r\n", "+OK\r\n", `#${DATA.length}\r\n`]) {
        await line();
        send(reply);
      }
      await line();
      for (const piece of pieces) {
        send(piece);
        await new Promise<void>((resolve) => setImmediate(resolve));
      }
      await line();
      if (!isEarly) send("+OK\r\n");
      await line();
      send("+OK\r\n");
    });
    const session = await connect(peer.port, { removes: true });
    const bodies = [await session.retrieve(1).toBuffer(), await session.retrieve(2).toBuffer()];
    assert.deepEqual(
      bodies.map((body) => body.toString("latin1")),
      ["H: x\r\n\r\nFrom b\r\n", "\0\xff\r\n"],
    );
    await session.delete([1, 2]);
    assert.equal((await session.commit()).status, "committed");
    await peer.done();
    assert.deepEqual(peer.said.slice(2), ["RDEL INBOX", "RCEV", "RCVD", "QUIT"]);
  }
});

requirement("P1-C-004", "without everything received and stored there is RSET, and never RCVD", async (context) => {
  const { listening, store } = await server(context);
  const { trace, said } = traced();
  const session = await connect(listening.port, { trace, removes: true });
  await session.retrieve(1).toBuffer();
  // The disk is full: whoever stores it rolls the session back.
  await session.rollback();
  assert.deepEqual(said.slice(2), ["RDEL INBOX", "RCEV", "RSET", "QUIT"]);
  assert.equal(await countLeft(store), 3);
});

requirement("P1-C-005", "a refused RCVD means that nothing was removed, and is told so", async (context) => {
  const peer = await scriptedFamily(
    context,
    answers(GREETING, ["+OK\r\n", "+OK\r\n", `#${DATA.length}\r\n`, DATA, "-ERR not deleted\r\n", "+OK\r\n"]),
  );
  const session = await connect(peer.port, { removes: true });
  for (const n of [1, 2]) await session.retrieve(n).toBuffer();
  await session.delete([1, 2]);
  const { status, text } = await session.commit();
  assert.deepEqual([status, text], ["partial", "not deleted"]);
});

test("a mailbox that changed between two readings is not removed", async (context) => {
  const other = `${SEPARATOR}H: y\r\n\r\n`;
  const one = `${SEPARATOR}H: x\r\n\r\n`;
  const peer = await scriptedFamily(
    context,
    answers(GREETING, [
      "+OK\r\n",
      "+OK\r\n",
      `#${one.length}\r\n`,
      one,
      "+OK\r\n",
      `#${other.length}\r\n`,
      other,
      "+OK\r\n",
      "+OK\r\n",
    ]),
  );
  const session = await connect(peer.port);
  await session.list();
  await session.delete(1);
  assert.equal((await session.commit()).status, "partial");
  assert.equal(peer.said.includes("RCVD"), false);
});

requirement("P1-C-007", "data that ends too soon is a failure, and no message of it counts", async (context) => {
  const peer = await scriptedFamily(context, async (one) => {
    await answers(GREETING, ["+OK\r\n", "+OK\r\n", `#${DATA.length}\r\n`])(one);
    await one.line();
    one.send(DATA.slice(0, -1));
    one.socket.end();
  });
  const session = await connect(peer.port);
  await assert.rejects(session.list(), code("TRUNCATED"));
  assert.equal((await session.closed).kind, "error");
});

requirement("P1-C-008", "text behind # and +OK is read over, and any line with - is a refusal", async (context) => {
  const peer = await scriptedFamily(
    context,
    answers("+OK hello\r\n", [
      "+OK go on\r\n",
      "+OK Fred\r\n",
      "#12 chars\r\n",
      "x".repeat(12),
      "+OK closed\r\n",
      "+OK\r\n",
    ]),
  );
  const session = await connect(peer.port);
  // No mbox file: one message as it is.
  assert.deepEqual(await session.stat(), { count: 1, octets: 12 });
  await session.rollback();
  const refusing = await scriptedFamily(
    context,
    answers(GREETING, ["+OK\r\n", "+OK\r\n", "-Error: locked\r\n", "+OK\r\n"]),
  );
  const other = await connect(refusing.port);
  await assert.rejects(other.list(), code("MAILBOX_BUSY"));
  await other.rollback();
});

requirement(
  "P1-C-009",
  "a server that says +OK before the data is understood when that is said of it",
  async (context) => {
    const peer = await scriptedFamily(
      context,
      answers(GREETING, [
        "+OK\r\n",
        "+OK\r\n",
        `#${DATA.length}\r\n`,
        `+OK here it is\r\n${DATA}`,
        "+OK\r\n",
        "+OK\r\n",
      ]),
    );
    const session = await connect(peer.port, { rcevOk: true });
    assert.equal((await session.list()).entries.length, 2);
    await session.rollback();
  },
);

requirement(
  "P1-C-010",
  "CR, LF and NUL in user, password or mailbox are refused, and nothing of them is sent",
  async (context) => {
    for (const bad of ["a\r\nRDEL x", "a\nb", "a\0b", ""]) {
      for (const which of [
        { user: bad, password: "x" },
        { user: "x", password: bad },
      ]) {
        const peer = await scriptedFamily(context, answers(GREETING, ["+OK\r\n", "+OK\r\n", "+OK\r\n"]));
        await assert.rejects(connect(peer.port, { auth: which }), code("CONFIG"));
        await peer.done();
        assert.deepEqual(peer.said, which.user === bad ? ["QUIT"] : ["USER x", "QUIT"]);
      }
      const { listening } = await server(context);
      const session = await connect(listening.port, { mailbox: bad });
      await assert.rejects(session.list(), code("CONFIG"));
      await session.rollback();
    }
  },
);

test("a mailbox of more messages than are wanted ends the session", async (context) => {
  const { listening } = await server(context);
  const session = await connect(listening.port, { limits: { listEntriesMax: 2 } });
  await assert.rejects(session.list(), code("LIST_TOO_LONG"));
  assert.equal((await session.closed).kind, "error");
});

test("a message nobody reads any more does not keep the next ones", async (context) => {
  const { listening } = await server(context, [messageOf(900_000), messageOf(200)]);
  const session = await connect(listening.port);
  const first = session.retrieve(1);
  for await (const chunk of first) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.equal((await session.retrieve(2).toBuffer()).length, 200);
  const unread = session.retrieve(1);
  await assert.rejects(
    session
      .retrieve(2)
      .toBuffer()
      .then(() => unread.done),
    code("STATE"),
  );
  await session.rollback();
});
