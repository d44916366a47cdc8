// A session as a transaction: listings, marks, commit and rollback, time, abort, and every way it ends.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { connect, Pop3Error, POP3_ERRORS, type Listing, type Pop3Session } from "@restante/pop/client";
import type { PeerFault, ScriptedPeerOptions } from "@restante/pop/testing";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, MESSAGES, settingFor, settingWith, text } from "./fixture.ts";

// --- marks, commit and rollback

requirement(
  ["P3-C-090", "P3-C-107"],
  "only QUIT that is answered +OK removes, and its answer is waited for",
  async (context) => {
    const { peer, session } = await settingFor(context);
    const pop = await session();
    await pop.delete([1, 3]);
    assert.deepEqual([...pop.marked].sort(), [1, 3]);
    assert.equal(peer.maildrop.messages.length, 3);
    assert.deepEqual(await pop.commit(), { status: "committed", text: "bye" });
    assert.equal(peer.maildrop.messages.length, 1);
    assert.deepEqual(await pop.closed, { kind: "commit" });
    assert.equal(pop.state, "closed");
    assert.equal((await errorOf(pop.stat())).code, "STATE");
  },
);

test("QUIT that is refused is told as a partial commit", async (context) => {
  const { session } = await settingWith(context, {
    on: "QUIT",
    answer: "-ERR [SYS/TEMP] some deleted messages not removed",
  });
  const pop = await session();
  await pop.delete(1);
  const { status, text: said, error } = await pop.commit();
  assert.deepEqual([status, said], ["partial", "some deleted messages not removed"]);
  assert.deepEqual([error?.code, error?.retry, error?.responseCode], ["COMMIT_PARTIAL", "now", "SYS/TEMP"]);
});

test("QUIT that nobody answers is told as unknown, whether it was carried out or not", async (context) => {
  for (const fault of [
    { on: "QUIT", drop: 0 },
    { on: "QUIT", drop: 0, applies: false },
    { on: "QUIT", drop: 3, how: "reset" },
    { on: "QUIT", stall: 0 },
  ] satisfies PeerFault[]) {
    const { session } = await settingWith(context, fault);
    const pop = await session({ timeouts: { commandMs: 500 } });
    await pop.delete(1);
    const result = await pop.commit();
    assert.equal(result.status, "unknown");
    assert.equal(result.error?.code, "COMMIT_UNKNOWN");
    assert.notEqual((await pop.closed).error, undefined);
  }
});

test("a connection that was lost before QUIT committed nothing, and says so", async (context) => {
  const { peer, session } = await settingWith(context, { on: "NOOP", drop: 0 });
  const pop = await session();
  await pop.delete(1);
  await errorOf(pop.noop());
  const error = await errorOf(pop.commit());
  assert.equal(error.code, "CLOSED");
  assert.equal(peer.commands.includes("QUIT"), false);
  assert.equal(peer.maildrop.messages.length, 3);
});

requirement("P3-C-106", "leaving without commit takes the marks back before it says QUIT", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  await assert.rejects(async () => {
    await using inner = pop;
    await inner.delete(1);
    throw new Error("the disk is full");
  }, /disk is full/);
  assert.deepEqual(peer.commands.slice(-2), ["RSET", "QUIT"]);
  assert.equal(peer.maildrop.messages.length, 3);
  assert.deepEqual(await pop.closed, { kind: "rollback" });
  await pop.rollback();
});

test("where RSET is refused nothing is risked: the connection ends without QUIT", async (context) => {
  const { peer, session } = await settingWith(context, { on: "RSET", answer: "-ERR no" });
  const pop = await session();
  await pop.delete(1);
  await pop.rollback();
  await peer.untilClosed(1);
  assert.equal(peer.commands.includes("QUIT"), false);
  assert.equal(peer.maildrop.messages.length, 3);
});

test("rolling back does not read what nobody wants, and does not wait for a server that is silent", async (context) => {
  const { peer, session } = await settingFor(context, {
    messages: ["x".repeat(8_000_000), "y\r\n"],
    faults: [{ on: "RSET", stall: 0 }],
  });
  const large = await session();
  await large.list();
  const stream = large.retrieve(1);
  const reader = stream[Symbol.asyncIterator]();
  assert.equal((await reader.next()).done, false);
  await large.rollback();
  assert.equal((await errorOf(stream.done)).code, "ABORTED");
  assert.ok((peer.connections[0]?.sentOctets ?? 0) < 8_000_000);
  const silent = await session({ timeouts: { leaveMs: 50 } });
  await silent.rollback();
  assert.deepEqual(await silent.closed, { kind: "rollback" });
});

test("undeleteAll takes marks back, and marking goes on", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  await pop.delete([1, 2]);
  await pop.undeleteAll();
  assert.equal(pop.marked.size, 0);
  await pop.delete({ uniqueId: (await pop.list()).entries[2]?.uniqueId ?? "" });
  await pop.commit();
  assert.deepEqual(peer.maildrop.messages.length, 2);
});

test("of several marks one may be refused, and the others hold", async (context) => {
  const { session } = await settingWith(context, { on: "DELE 2", answer: "-ERR [SYS/PERM] no" });
  const pop = await session();
  const error = await errorOf(pop.delete([1, 2, 3]));
  assert.deepEqual([error.code, error.n, error.phase, error.command], ["MESSAGE_REFUSED", 2, "delete", "DELE 2"]);
  assert.deepEqual([...pop.marked], [1, 3]);
});

// --- listings

test("a listing joins LIST and UIDL, and finds by unique-id", async (context) => {
  const { session } = await settingFor(context);
  const pop = await session();
  const listing = await pop.list();
  assert.equal(listing.isComplete, true);
  assert.deepEqual(
    listing.entries.map(({ n, octets }) => [n, octets]),
    [
      [1, 6],
      [2, 8],
      [3, 12],
    ],
  );
  const uniqueId = listing.entries[1]?.uniqueId ?? "";
  assert.equal(listing.byUniqueId.get(uniqueId)?.n, 2);
  assert.equal(await text((await pop.message({ uniqueId })).retrieve()), MESSAGES[1]);
  assert.equal(await text(pop.retrieve({ uniqueId })), MESSAGES[1]);
  assert.equal(await pop.uniqueIdOf(2), uniqueId);
  assert.equal((await errorOf(pop.message({ uniqueId: "other" }))).code, "NO_SUCH_MESSAGE");
  assert.throws(() => pop.retrieve({ uniqueId: "other" }), { code: "NO_SUCH_MESSAGE" });
  assert.equal((await errorOf(pop.message(9))).code, "NO_SUCH_MESSAGE");
});

async function listed(pop: Promise<Pop3Session>): Promise<Listing> {
  return (await pop).list();
}

requirement(
  ["P3-C-015", "P3-C-109"],
  "listings are read however they are written: spaces, prefixes, columns, order, gaps, without ids",
  async (context) => {
    const four = { messages: ["1\r\n", "2\r\n", "3\r\n", "4\r\n"] };
    const cases: readonly (readonly [string, PeerFault[], readonly unknown[], boolean])[] = [
      ["several spaces", [{ on: "UIDL", spacing: "   " }], ["peer-1", "peer-2", "peer-3", "peer-4"], true],
      ["+OK before each line", [{ on: "UIDL", linePrefix: "+OK " }], ["peer-1", "peer-2", "peer-3", "peer-4"], true],
      ["LF alone", [{ on: "UIDL", lineEnd: "\n" }], ["peer-1", "peer-2", "peer-3", "peer-4"], true],
      [
        "more columns",
        [{ on: "LIST", lines: ["1 3 x", "2 3 y z", "3 3", "4 3"] }],
        ["peer-1", "peer-2", "peer-3", "peer-4"],
        true,
      ],
      ["another order", [{ on: "UIDL", lines: ["3 c", "1 a", "4 d", "2 b"] }], ["a", "b", "c", "d"], true],
      ["a gap", [{ on: "LIST", lists: [1, 2, 4] }], ["peer-1", "peer-2", "peer-4"], false],
      ["a missing id", [{ on: "UIDL", lists: [1, 3, 4] }], ["peer-1", null, "peer-3", "peer-4"], false],
      ["a line without id", [{ on: "UIDL", lines: ["1 a", "2", "3 c", "4 d"] }], ["a", null, "c", "d"], false],
      ["no line at all", [{ on: "UIDL", lines: [] }], [null, null, null, null], false],
      ["garbage", [{ on: "UIDL", lines: ["1 a", "what", "2 b", "-3 c", "3 c", "4 d"] }], ["a", "b", "c", "d"], false],
      ["a number twice", [{ on: "UIDL", lines: ["1 a", "1 x", "2 b", "3 c", "4 d"] }], ["a", "b", "c", "d"], false],
    ];
    for (const [what, faults, ids, isComplete] of cases) {
      const { session } = await settingFor(context, { ...four, faults });
      const listing = await listed(session());
      assert.deepEqual(
        listing.entries.map(({ uniqueId }) => uniqueId),
        ids,
        what,
      );
      assert.equal(listing.isComplete, isComplete, what);
    }
  },
);

test("a message that UIDL has and LIST has not is told apart", async (context) => {
  const { session } = await settingWith(context, { on: "LIST", lists: [1, 2] });
  const listing = await listed(session());
  assert.deepEqual(listing.unmatched, [{ n: 3, uniqueId: "peer-3" }]);
  assert.equal(listing.isComplete, false);
});

requirement(
  "P3-C-093",
  "messages that share a unique-id are all there, and no id finds one of them",
  async (context) => {
    const { session } = await settingFor(context, {
      messages: [
        { octets: "1\r\n", uniqueId: "same" },
        { octets: "2\r\n", uniqueId: "same" },
        { octets: "3\r\n", uniqueId: "other" },
      ],
    });
    const pop = await session();
    const listing = await pop.list();
    assert.deepEqual(listing.duplicateUniqueIds, ["same"]);
    assert.deepEqual([...listing.byUniqueId.keys()], ["other"]);
    assert.equal(listing.isComplete, false);
    const got: string[] = [];
    for await (const message of pop.messages()) got.push(await text(message.retrieve()));
    assert.deepEqual(got, ["1\r\n", "2\r\n", "3\r\n"]);
    const error = await errorOf(pop.message({ uniqueId: "same" }));
    assert.match(error.message, /several messages/);
  },
);

requirement("P3-C-095", "unique-ids are octets: long, beyond ASCII, in any case", async (context) => {
  const ids = ["x".repeat(200), "\xe9\xff", "abc", "ABC", "!~"];
  const { session } = await settingFor(context, {
    messages: ids.map((uniqueId, at) => ({ octets: `${at}\r\n`, uniqueId })),
  });
  const pop = await session();
  const listing = await pop.list();
  assert.deepEqual(
    listing.entries.map(({ uniqueId }) => uniqueId),
    ids,
  );
  for (const [at, uniqueId] of ids.entries()) assert.equal(listing.byUniqueId.get(uniqueId)?.n, at + 1);
  assert.equal(await pop.uniqueIdOf(2), "\xe9\xff");
});

requirement("P3-C-096", "a server without unique-ids can be listed and collected", async (context) => {
  const { session } = await settingFor(context, { without: ["UIDL"] });
  const pop = await session();
  const listing = await pop.list();
  assert.deepEqual([listing.hasUniqueIds, listing.byUniqueId.size, listing.entries.length], [false, 0, 3]);
  assert.equal((await errorOf(pop.uniqueIdOf(1))).sessionUsable, true);
});

test("UIDL that was announced and is refused is a server that cannot now", async (context) => {
  const { session } = await settingWith(context, { on: "UIDL", answer: "-ERR not now" });
  const error = await errorOf(listed(session()));
  assert.deepEqual([error.code, error.retry, error.sessionUsable], ["SERVER_TEMPORARY", "later", true]);
});

requirement(
  "P3-C-016",
  "STAT gives two numbers or an error, and never zero for what cannot be read",
  async (context) => {
    for (const [answer, expected] of [
      ["+OK 2 320 extra", { count: 2, octets: 320 }],
      ["+OK   7   0", { count: 7, octets: 0 }],
      ["+OK", "PROTOCOL"],
      ["+OK abc", "PROTOCOL"],
      ["+OK 2", "PROTOCOL"],
      ["+OK -1 5", "PROTOCOL"],
      ["-ERR no", "COMMAND_REFUSED"],
    ] as const) {
      const { session } = await settingWith(context, { on: "STAT", answer });
      const pop = await session();
      if (typeof expected === "object") assert.deepEqual(await pop.stat(), expected);
      else assert.equal((await errorOf(pop.stat())).code, expected, answer);
      await pop.noop();
    }
  },
);

requirement("P3-C-017", "a number too large to be exact, or negative, is none", async (context) => {
  const { session } = await settingWith(context, {
    on: "LIST",
    lines: ["1 9007199254740993", "2 9007199254740991", "3 -1", "4 99999999999999999999"],
  });
  const listing = await listed(session());
  assert.deepEqual(
    listing.entries.map(({ n, octets }) => [n, octets]),
    [[2, 9_007_199_254_740_991]],
  );
  const big = await settingWith(context, { on: "STAT", answer: "+OK 1 9007199254740993" });
  assert.equal((await errorOf((await big.session()).stat())).code, "PROTOCOL");
});

test("a listing has a limit, and so has CAPA", async (context) => {
  const messages = Array.from({ length: 30 }, () => "x\r\n");
  const { session } = await settingFor(context, { messages });
  const error = await errorOf(listed(session({ limits: { listEntriesMax: 29 } })));
  assert.deepEqual([error.code, error.sessionUsable], ["LIST_TOO_LONG", false]);
  await listed(session({ limits: { listEntriesMax: 30 } }));
  const lines = Array.from({ length: 40 }, (_, at) => `X-${at}`);
  const capable = await settingFor(context, { capabilities: ["SASL PLAIN", ...lines] });
  assert.equal((await errorOf(capable.session({ limits: { capabilityLinesMax: 40 } }))).code, "LIST_TOO_LONG");
});

// --- what else can be said

test("any other command can be said, and those that decide about the session cannot", async (context) => {
  const { session } = await settingWith(
    context,
    { on: "XTND", answer: "+OK [X] done\x07" },
    { on: "LAST", answer: "-ERR [IN-USE] no" },
  );
  const pop = await session();
  assert.deepEqual(await pop.command("XTND FOO"), { isOk: true, text: "done\\x07", responseCode: "X", lines: [] });
  assert.deepEqual(await pop.command("LAST"), { isOk: false, text: "no", responseCode: "IN-USE", lines: [] });
  const uidl = await pop.command("UIDL");
  assert.deepEqual(uidl.lines.map(String), ["1 peer-1", "2 peer-2", "3 peer-3"]);
  assert.deepEqual((await pop.command("UIDL 2")).lines, []);
  assert.deepEqual((await pop.command("TOP 2 0", { isMultiLine: true })).lines.map(String), ["b", "..x", ""]);
  for (const line of ["QUIT", "quit", "STLS", "AUTH PLAIN", "PASS x", "APOP a b"]) {
    assert.equal((await errorOf(pop.command(line))).code, "STATE", line);
  }
  assert.equal((await errorOf(pop.command("USER anna"))).code, "STATE");
  for (const line of ["", "NOOP\r\nDELE 1", "x".repeat(254), "NOOP\0", "€"]) {
    assert.equal((await errorOf(pop.command(line))).code, "CONFIG", line);
  }
  assert.equal((await pop.stat()).count, 3);
});

requirement("P3-C-012", "every command is its words with one space between, and nothing behind", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session({ auth: { user: "anna", password: "secret", mechanisms: ["PLAIN"] } });
  await pop.list();
  await pop.stat();
  await pop.headers(1, { bodyLines: 5 });
  await pop.retrieve(1).toBuffer();
  await pop.uniqueIdOf(1);
  await pop.delete(1);
  await pop.undeleteAll();
  await pop.noop();
  await pop.commit();
  assert.deepEqual(peer.connections[0]?.received.split("\r\n"), [
    "CAPA",
    "AUTH PLAIN AGFubmEAc2VjcmV0",
    "CAPA",
    "LIST",
    "UIDL",
    "STAT",
    "TOP 1 5",
    "RETR 1",
    "UIDL 1",
    "DELE 1",
    "RSET",
    "NOOP",
    "QUIT",
    "",
  ]);
});

test("message-numbers are checked before they are sent", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  for (const n of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => pop.retrieve(n), { code: "CONFIG" });
    assert.equal((await errorOf(pop.delete(n))).code, "CONFIG");
    assert.equal((await errorOf(pop.headers(n))).code, "CONFIG");
  }
  assert.equal((await errorOf(pop.headers(1, { bodyLines: -1 }))).code, "CONFIG");
  assert.throws(() => pop.retrieve({ uniqueId: "x" }), { code: "STATE" });
  assert.equal((await errorOf(pop.retrieve(9).toBuffer())).code, "NO_SUCH_MESSAGE");
  assert.deepEqual(
    peer.commands.filter((command) => /^(?:RETR|DELE|TOP)/.test(command)),
    ["RETR 9"],
  );
});

requirement("P3-C-104", "a pause is filled with NOOP, and a conversation is not", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  {
    using awake = pop.keepAlive({ everyMs: 10 });
    assert.notEqual(awake, undefined);
    while (peer.commands.filter((command) => command === "NOOP").length < 3) {
      await new Promise((resolve) => void setImmediate(resolve));
    }
    assert.equal(await text(pop.retrieve(1)), MESSAGES[0]);
  }
  const said = peer.commands.length;
  await new Promise((resolve) => void setTimeout(resolve, 40));
  assert.equal(peer.commands.length, said);
  assert.equal((await pop.commit()).status, "committed");
});

// --- the end

test("every call after the end says so, and closed resolves with the reason", async (context) => {
  for (const [fault, kind, code] of [
    [{ on: "NOOP", drop: 0 }, "server", "CLOSED"],
    [{ on: "NOOP", drop: 0, how: "reset" }, "error", "NETWORK"],
    [{ on: "NOOP", answer: "hello" }, "error", "PROTOCOL"],
    [{ on: "NOOP", behind: "+OK unasked\r\n" }, "error", "PROTOCOL"],
  ] as const) {
    const { session } = await settingWith(context, fault);
    const pop = await session();
    await pop.noop().catch((error: unknown) => assert.ok(Pop3Error.is(error)));
    const reason = await pop.closed;
    assert.deepEqual([reason.kind, reason.error?.code], [kind, code], JSON.stringify(fault));
    for (const call of [pop.stat(), pop.list(), pop.noop(), pop.delete(1), pop.retrieve(1).toBuffer(), pop.commit()]) {
      assert.equal((await errorOf(call)).sessionUsable, false);
    }
  }
});

test("-ERR out of nowhere is a goodbye", async (context) => {
  const { session } = await settingWith(context, { on: "NOOP", behind: "-ERR idle for too long\r\n" });
  const pop = await session();
  await pop.noop().catch((error: unknown) => assert.ok(Pop3Error.is(error)));
  const { kind, error } = await pop.closed;
  assert.deepEqual([kind, error?.code, error?.serverText], ["server", "CLOSED", "idle for too long"]);
});

test("a call nobody waits for does not end the process when its session dies", async (context) => {
  const { session } = await settingWith(context, { on: "STAT", drop: 0 });
  const pop = await session();
  const unhandled: unknown[] = [];
  const listen = (reason: unknown): void => void unhandled.push(reason);
  process.on("unhandledRejection", listen);
  for (const call of [pop.stat(), pop.list(), pop.noop(), pop.retrieve(1).done, pop.delete([1, 2]), pop.headers(1)]) {
    assert.ok(call instanceof Promise);
  }
  await pop.closed;
  await new Promise((resolve) => void setImmediate(resolve));
  process.off("unhandledRejection", listen);
  assert.deepEqual(unhandled, []);
});

test("a signal ends the session with everything in it", async (context) => {
  const { session } = await settingWith(context, { on: "STAT", stall: 0 });
  const controller = new AbortController();
  const pop = await session({ signal: controller.signal });
  const stat = errorOf(pop.stat());
  const next = errorOf(pop.retrieve(1).toBuffer());
  controller.abort(new Error("shutting down"));
  for (const error of [await stat, await next]) assert.equal(error.code, "ABORTED");
  assert.equal((await pop.closed).error?.code, "ABORTED");
});

test("a signal of one call gives up that call alone", async (context) => {
  const { session } = await settingWith(context, { on: "STAT", delayMs: 60 });
  const pop = await session({ pipelining: "off" });
  const sent = new AbortController();
  const waiting = new AbortController();
  const stat = errorOf(pop.stat({ signal: sent.signal }));
  const noop = errorOf(pop.noop({ signal: waiting.signal }));
  sent.abort();
  waiting.abort();
  assert.deepEqual([(await stat).code, (await noop).code], ["ABORTED", "ABORTED"]);
  assert.equal((await errorOf(pop.noop({ signal: AbortSignal.abort() }))).code, "ABORTED");
  assert.equal((await pop.list()).entries.length, 3);
});

test("a call has its own time: one that waits is given up, one that was sent ends the session", async (context) => {
  const { peer, session } = await settingWith(context, { on: "STAT", delayMs: 150 });
  const pop = await session({ pipelining: "off" });
  const stat = pop.stat();
  const waiting = await errorOf(pop.noop({ timeoutMs: 20 }));
  assert.deepEqual([waiting.code, waiting.sessionUsable], ["COMMAND_TIMEOUT", true]);
  assert.equal((await stat).count, 3);
  assert.equal(peer.commands.includes("NOOP"), false);
  const sent = await errorOf(pop.stat({ timeoutMs: 20 }));
  assert.deepEqual([sent.code, sent.sessionUsable], ["COMMAND_TIMEOUT", false]);
  assert.equal(pop.state, "closed");
});

test("the whole session has its time", async (context) => {
  const { session } = await settingWith(context, { on: "NOOP", delayMs: 5 });
  const pop = await session({ timeouts: { totalMs: 500 } });
  const reason = await pop.closed;
  assert.equal(reason.error?.code, "COMMAND_TIMEOUT");
  assert.match(reason.error.message, /total time/);
});

requirement("P3-C-019", "the time for a reply starts anew with every octet", async (context) => {
  const { session } = await settingWith(context, { on: "RETR", split: "octets", pauseMs: 20 });
  const pop = await session({ timeouts: { idleMs: 400, commandMs: 400 } });
  assert.equal(await text(pop.retrieve(2)), MESSAGES[1]);
});

test("a reply that never stops coming, octet by octet, comes to an end", async (context) => {
  for (const on of ["RETR", "LIST", "NOOP"]) {
    const { session } = await settingWith(context, { on, split: "octets", pauseMs: 60 });
    const pop = await session({ timeouts: { replyMs: 100 } });
    const asked = on === "RETR" ? pop.retrieve(2).toBuffer() : on === "LIST" ? pop.list() : pop.noop();
    assert.match((await errorOf(asked)).code, /^(?:COMMAND|IDLE)_TIMEOUT$/, on);
    assert.match((await pop.closed).error?.message ?? "", /too slowly/);
  }
  const { options } = await settingWith(context, { on: "greeting", split: "octets", pauseMs: 20 });
  assert.equal((await errorOf(connect(options({ timeouts: { replyMs: 100 } })))).code, "GREETING_TIMEOUT");
});

test("a reader that takes its time does not make a reply slow", async (context) => {
  const { session } = await settingFor(context, { messages: ["x".repeat(3_000_000)] });
  const pop = await session({ timeouts: { replyMs: 1_000 } });
  const reader = pop.retrieve(1)[Symbol.asyncIterator]();
  await reader.next();
  // The server cannot go on before its reader does, and its reader waits for longer than a reply may take.
  await once(AbortSignal.timeout(1_200), "abort");
  for (let chunk = await reader.next(); chunk.done !== true; chunk = await reader.next())
    assert.ok(chunk.value.length > 0);
  await pop.noop();
});

test("whatever a server answers, an error has a known code and the table's advice", async (context) => {
  const answers = ["", "+", "hello", "+OK", "-ERR", "+ERR x", "-ERR [SYS/TEMP] x", "\x00\x01\x02", "+OK 1 2 3", "* OK"];
  const commands = ["CAPA", "AUTH", "LIST", "UIDL", "STAT", "RETR 1", "TOP 1 0", "DELE 1", "RSET", "NOOP", "QUIT"];
  for (const on of commands) {
    for (const answer of answers) {
      const options: ScriptedPeerOptions = { faults: [{ on, answer }], patienceMs: 300 };
      const { session } = await settingFor(context, options);
      try {
        await using pop = await session({ timeouts: { commandMs: 150, idleMs: 150, probationMs: 150, leaveMs: 50 } });
        await pop.list();
        await pop.stat();
        await pop.retrieve(1).toBuffer();
        await pop.headers(1);
        await pop.delete(1);
        await pop.undeleteAll();
        await pop.noop();
        await pop.commit();
      } catch (error) {
        assert.ok(error instanceof Pop3Error, `${on} ${answer}: ${String(error)}`);
        assert.ok(error.code in POP3_ERRORS);
      }
    }
  }
});

test("two sessions do not know of each other", async (context) => {
  const { options } = await settingFor(context);
  const [one, other] = await Promise.all([connect(options()), connect(options())]);
  assert.notEqual(one.id, other.id);
  await one.commit();
  assert.equal((await other.stat()).count, 3);
  await other.commit();
});

test("who waits behind a message that its reader has let lie is told, and the session goes on", async (context) => {
  const { session } = await settingFor(context, { messages: ["x".repeat(2_000_000), "y\r\n"] });
  const pop = await session({ timeouts: { idleMs: 200 } });
  const reader = pop.retrieve(1)[Symbol.asyncIterator]();
  await reader.next();
  const error = await errorOf(pop.stat());
  assert.deepEqual([error.code, error.sessionUsable], ["STATE", true]);
  assert.match(error.message, /message 1 is not being read/);
  for (let chunk = await reader.next(); chunk.done !== true; chunk = await reader.next())
    assert.ok(chunk.value.length > 0);
  assert.equal((await pop.stat()).count, 2);
});

test("a greeting and an id tell sessions apart in a log", async (context) => {
  const { session } = await settingFor(context, { greeting: "mail\x07 ready" });
  const pop = await session();
  assert.equal(pop.greeting, "mail\\x07 ready");
  assert.match(pop.id, /^pop3-[0-9a-z]+$/);
  assert.equal(pop.host, "127.0.0.1");
});

test("rolling back in the middle of a loop gives up what was read ahead", async (context) => {
  const messages = Array.from({ length: 40 }, (_, at) => `Subject: ${at}\r\n\r\nbody\r\n`);
  const { peer, session } = await settingFor(context, { messages, latencyMs: 20 });
  const pop = await session();
  for await (const message of pop.messages()) {
    await message.retrieve().toBuffer();
    const behind = pop.retrieve(40);
    await pop.rollback();
    assert.equal((await errorOf(behind.toBuffer())).code, "ABORTED");
    break;
  }
  assert.deepEqual(peer.commands.slice(-2), ["RSET", "QUIT"]);
  assert.equal(peer.maildrop.messages.length, 40);
});

test("a loop over messages that is aborted ends with ABORTED, and the session goes on", async (context) => {
  const { session } = await settingFor(context);
  const pop = await session();
  const abort = new AbortController();
  const loop = async (): Promise<void> => {
    for await (const message of pop.messages({ signal: abort.signal })) abort.abort(new Error(`enough: ${message.n}`));
  };
  const error = await errorOf(loop());
  assert.deepEqual([error.code, error.sessionUsable], ["ABORTED", true]);
  assert.equal((await pop.stat()).count, 3);
});

const never = (): Promise<never> => new Promise(() => {});

for (const [what, auth] of [
  ["password", { user: "anna", password: never, mechanisms: ["PLAIN"] }],
  ["token", { user: "anna", oauth2: never }],
] as const) {
  const capabilities = ["SASL PLAIN OAUTHBEARER XOAUTH2", "UIDL", "TOP"];

  test(`a ${what} that never comes ends with the time-out of its login`, async (context) => {
    const { options } = await settingFor(context, { capabilities });
    const { auth: _auth, ...without } = options();
    const pop = await connect(without);
    assert.equal((await errorOf(pop.login(auth, { timeoutMs: 20 }))).code, "COMMAND_TIMEOUT");
    assert.equal(pop.state, "closed");
  });

  test(`a ${what} that never comes ends with the signal and the total time of its session`, async (context) => {
    const { options } = await settingFor(context, { capabilities });
    const abort = new AbortController();
    const onStep = (step: string): void => void (step === "auth" && setImmediate(() => abort.abort()));
    assert.equal((await errorOf(connect(options({ auth, onStep, signal: abort.signal })))).code, "ABORTED");
    assert.equal((await errorOf(connect(options({ auth, timeouts: { totalMs: 200 } })))).code, "COMMAND_TIMEOUT");
  });
}
