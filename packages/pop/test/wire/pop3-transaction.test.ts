import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { advanceServer, nextInRun, PopError, type Effect, type MaildropListing } from "../../src/wire/index.ts";
import { octets } from "./octet-text.ts";
import { greeted, hear, inTransaction, linesIn, listingOf, repliesIn, say } from "./session-player.ts";

const THREE = { messages: ["a".repeat(120), "b".repeat(200), "c".repeat(7)] };
const GONE = "-ERR no such message";

requirement(
  ["P3-S-070", "P3-S-071"],
  "STAT says the count and the octets of what is not marked, and nothing after them",
  () => {
    const session = inTransaction(THREE);
    assert.deepEqual(say(session, "STAT"), ["+OK 3 327"]);
    say(session, "DELE 2");
    assert.deepEqual(say(session, "STAT"), ["+OK 2 127"]);
    say(session, "RSET");
    assert.deepEqual(say(session, "STAT"), ["+OK 3 327"]);
  },
);

requirement("P3-S-072", "LIST n says that message's octets, and -ERR for one absent, marked or malformed", () => {
  const session = inTransaction(THREE);
  assert.deepEqual(say(session, "LIST 2"), ["+OK 2 200"]);
  say(session, "DELE 2");
  for (const line of ["LIST 2", "LIST 0", "LIST 4"]) assert.deepEqual(say(session, line), [GONE], line);
  for (const line of ["LIST 1 3", "LIST -1", "LIST 1x"])
    assert.deepEqual(say(session, line), ["-ERR bad argument"], line);
});

requirement(
  ["P3-S-073", "P3-S-075"],
  "LIST has one line of number and octets for each message not marked, ascending",
  () => {
    const session = inTransaction(THREE);
    assert.deepEqual(say(session, "LIST"), ["+OK 3 messages (327 octets)", "1 120", "2 200", "3 7", "."]);
    say(session, "DELE 2");
    assert.deepEqual(say(session, "LIST"), ["+OK 2 messages (127 octets)", "1 120", "3 7", "."]);
  },
);

requirement("P3-S-074", "LIST and UIDL of an empty maildrop are +OK and the dot", () => {
  const session = inTransaction({ messages: [] });
  assert.deepEqual(say(session, "LIST"), ["+OK 0 messages (0 octets)", "."]);
  assert.deepEqual(say(session, "UIDL"), ["+OK 0 messages (0 octets)", "."]);
  assert.deepEqual(say(session, "STAT"), ["+OK 0 0"]);
  const emptied = inTransaction();
  for (const line of ["DELE 1", "DELE 2"]) say(emptied, line);
  assert.deepEqual(say(emptied, "LIST"), ["+OK 0 messages (0 octets)", "."]);
});

requirement("P3-S-077", "STAT's total is the sum of LIST's octets, with and without marks", () => {
  const session = inTransaction({ messages: Array.from({ length: 50 }, (_, index) => "x".repeat(index * 13)) });
  const sum = (): number =>
    say(session, "LIST")
      .slice(1, -1)
      .reduce((total, line) => total + Number(line.split(" ")[1]), 0);
  assert.deepEqual(say(session, "STAT"), [`+OK 50 ${sum()}`]);
  assert.equal(sum(), 13 * ((49 * 50) / 2));
  for (const number of [1, 7, 50]) say(session, `DELE ${number}`);
  assert.deepEqual(say(session, "STAT"), [`+OK 47 ${sum()}`]);
  assert.equal(sum(), 13 * ((49 * 50) / 2 - 0 - 6 - 49));
});

requirement("P3-S-078", "sizes over 2^31 and 2^32 are printed in full", () => {
  const sizes = [2_147_483_649, 4_294_967_297, 5_368_709_120];
  const maildrop: MaildropListing = {
    count: 3,
    octets: 11_811_160_066,
    octetsOf: (number) => sizes[number - 1] as number,
    uniqueIdOf: (number) => `id-${number}`,
  };
  const session = inTransaction({ maildrop });
  assert.deepEqual(say(session, "STAT"), ["+OK 3 11811160066"]);
  assert.deepEqual(say(session, "LIST").slice(1), ["1 2147483649", "2 4294967297", "3 5368709120", "."]);
  assert.deepEqual(say(session, "LIST 3"), ["+OK 3 5368709120"]);
  say(session, "DELE 3");
  assert.deepEqual(say(session, "STAT"), ["+OK 2 6442450946"]);
});

requirement(
  "P3-S-079",
  "UIDL has number, one space and unique-id; UIDL n repeats the number; a marked message is not there",
  () => {
    const session = inTransaction(THREE);
    assert.deepEqual(say(session, "UIDL"), ["+OK 3 messages (327 octets)", "1 id-1", "2 id-2", "3 id-3", "."]);
    assert.deepEqual(say(session, "UIDL 2"), ["+OK 2 id-2"]);
    say(session, "DELE 2");
    assert.deepEqual(say(session, "UIDL").slice(1), ["1 id-1", "3 id-3", "."]);
    assert.deepEqual(say(session, "UIDL 2"), [GONE]);
  },
);

requirement("P3-S-087", "numbers stay with their messages for the whole session", () => {
  const session = inTransaction(THREE);
  say(session, "DELE 1");
  assert.deepEqual(say(session, "LIST 2"), ["+OK 2 200"]);
  assert.deepEqual(hear(session, "RETR 2"), [{ kind: "retrieve", numbers: [2], bodyLines: undefined }]);
});

requirement("P3-S-109", "RETR, TOP, DELE, LIST and UIDL of an absent or marked message are answered -ERR", () => {
  const session = inTransaction({ ...THREE, policy: { badCommandsMax: { authorization: 0, transaction: 99 } } });
  say(session, "DELE 2");
  for (const number of ["0", "4", "2", "99999999999999999999"]) {
    for (const line of [`RETR ${number}`, `TOP ${number} 0`, `DELE ${number}`, `LIST ${number}`, `UIDL ${number}`]) {
      assert.deepEqual(say(session, line), [GONE], line);
    }
  }
});

requirement("P3-S-112", "TOP needs both arguments, and lines that are not negative", () => {
  for (const line of ["TOP", "TOP 1", "TOP 1 -1", "TOP 1 x", "TOP 1 1 1"]) {
    assert.deepEqual(say(inTransaction(), line), ["-ERR bad argument"], line);
  }
  for (const [line, bodyLines] of [
    ["TOP 1 0", 0],
    ["TOP 1 10", 10],
    ["TOP 1 99999999", 99_999_999],
    ["TOP 1 99999999999999999999", Number.MAX_SAFE_INTEGER],
  ] as const) {
    assert.deepEqual(hear(inTransaction(), line), [{ kind: "retrieve", numbers: [1], bodyLines }]);
  }
});

requirement("P3-S-116", "DELE marks a message once", () => {
  const session = inTransaction(THREE);
  assert.deepEqual(say(session, "DELE 1"), ["+OK message 1 deleted"]);
  assert.deepEqual(say(session, "DELE 1"), [GONE]);
  assert.deepEqual(say(session, "STAT"), ["+OK 2 207"]);
});

requirement("P3-S-117", "NOOP is answered +OK after login and -ERR before", () => {
  assert.match(say(inTransaction(), "NOOP")[0] ?? "", /^\+OK /u);
  assert.match(say(greeted(), "NOOP")[0] ?? "", /^-ERR /u);
});

requirement("P3-S-118", "RSET takes all marks back, and QUIT then removes nothing", () => {
  const session = inTransaction(THREE);
  for (const line of ["DELE 1", "DELE 3"]) say(session, line);
  assert.deepEqual(say(session, "RSET"), ["+OK maildrop has 3 messages (327 octets)"]);
  assert.deepEqual(say(session, "LIST").slice(1), ["1 120", "2 200", "3 7", "."]);
  assert.deepEqual(hear(session, "QUIT"), [{ kind: "commit", marked: new Set() }]);
});

// ---- retrieval

test("while messages are sent no line is awaited, and then the next one is", () => {
  const session = inTransaction();
  hear(session, "RETR 1");
  assert.equal(session.awaits, "sent");
  assert.deepEqual(advanceServer(session, { kind: "sent" }), []);
  assert.equal(session.awaits, "line");
});

test("a message that fails before its first octet is answered -ERR and the session goes on", () => {
  const session = inTransaction();
  hear(session, "RETR 1");
  assert.deepEqual(repliesIn(advanceServer(session, { kind: "send-failed", code: "STORE_BROKEN" })), [
    "-ERR [SYS/PERM] this maildrop needs its operator",
  ]);
  assert.deepEqual([session.state, session.awaits, session.badCommands], ["transaction", "line", 0]);
});

test("a message that fails inside a run is answered -ERR and the rest of the run is asked for again", () => {
  const session = inTransaction(THREE);
  hear(session, "RETR 1");
  assert.deepEqual(advanceServer(session, { kind: "send-failed", code: "STORE_UNAVAILABLE", unsent: [2, 3] }), [
    { kind: "reply", text: "-ERR [SYS/TEMP] mail is not available now, try again later\r\n" },
    { kind: "retrieve", numbers: [2, 3], bodyLines: undefined },
  ]);
  assert.equal(session.awaits, "sent");
});

test("a run goes on exactly with lines that RETR would answer with a message", () => {
  const session = inTransaction(THREE);
  say(session, "DELE 2");
  hear(session, "RETR 1");
  for (const [line, number] of [
    ["RETR 3", 3],
    ["retr 3", 3],
    ["RETR  3 ", 3],
    ["RETR 1", 1],
    ["RETR 2", undefined],
    ["RETR 0", undefined],
    ["RETR 4", undefined],
    ["RETR 01", undefined],
    ["RETR 1 3", undefined],
    ["RETR 1\0", undefined],
    ["RETR", undefined],
    ["RETR ", undefined],
    ["RETR\t3", undefined],
    ["RETR\x003", undefined],
    ["XETR 3", undefined],
    ["\xf2ETR 3", undefined],
    ["TOP 3 0", undefined],
    ["LIST 3", undefined],
    ["QUIT", undefined],
    ["", undefined],
  ] as const) {
    const before = { ...session };
    assert.equal(nextInRun(session, octets(line)), number, JSON.stringify(line));
    assert.deepEqual({ ...session }, before);
    if (number !== undefined) {
      const other = inTransaction(THREE);
      assert.deepEqual(hear(other, line), [{ kind: "retrieve", numbers: [number], bodyLines: undefined }]);
    }
  }
});

test("no run is gathered before login or when the server stops", () => {
  assert.equal(nextInRun(greeted(), octets("RETR 1")), undefined);
  const session = inTransaction();
  hear(session, "RETR 1");
  assert.deepEqual(advanceServer(session, { kind: "stop" }), []);
  assert.equal(nextInRun(session, octets("RETR 1")), undefined);
});

// ---- long listings

function sized(count: number): MaildropListing {
  return { count, octets: count * 9, octetsOf: () => 9, uniqueIdOf: (number) => `u${number}` };
}

function chunksOf(effects: readonly Effect[]): readonly string[] {
  const [effect] = effects;
  assert.equal(effect?.kind, "list");
  return effect?.kind === "list" ? [...{ [Symbol.iterator]: () => effect.chunks }] : [];
}

test("a listing of 4,096 messages is one reply, a longer one is pulled in chunks of 4,096 lines", () => {
  const short = inTransaction({ maildrop: sized(4_096) });
  assert.equal(say(short, "LIST").length, 4_098);
  const long = inTransaction({ maildrop: sized(10_000) });
  for (const [line, of] of [
    ["LIST", (number: number) => `${number} 9`],
    ["UIDL", (number: number) => `${number} u${number}`],
  ] as const) {
    const chunks = chunksOf(hear(long, line));
    assert.equal(long.awaits, "sent");
    assert.deepEqual(
      chunks.map((chunk) => chunk.split("\r\n").length - 1),
      [4_097, 4_096, 1_809],
    );
    assert.deepEqual(chunks.join("").split("\r\n"), [
      "+OK 10000 messages (90000 octets)",
      ...Array.from({ length: 10_000 }, (_, index) => of(index + 1)),
      ".",
      "",
    ]);
    advanceServer(long, { kind: "sent" });
    assert.equal(long.awaits, "line");
  }
});

test("a long listing leaves out what is marked, and a chunk that is all marked", () => {
  const session = inTransaction({ maildrop: sized(8_192) });
  for (let number = 1; number <= 4_096; number += 1) say(session, `DELE ${number}`);
  const lines = chunksOf(hear(session, "LIST")).join("").split("\r\n");
  assert.deepEqual([lines[0], lines[1], lines.length], ["+OK 4096 messages (36864 octets)", "4097 9", 4_099]);
});

// ---- what the store throws

test("a refusal that the store throws becomes the reply; anything else is left to the driver", () => {
  const listing = listingOf(["abc"]);
  const refusing = inTransaction({
    maildrop: {
      ...listing,
      uniqueIdOf: () => {
        throw new PopError("STORE_UNAVAILABLE", "disk 3 of host b is gone");
      },
    },
  });
  assert.deepEqual(say(refusing, "UIDL 1"), ["-ERR [SYS/TEMP] mail is not available now, try again later"]);
  assert.deepEqual([refusing.badCommands, refusing.awaits], [0, "line"]);
  const broken = inTransaction({
    maildrop: {
      ...listing,
      octetsOf: () => {
        throw new RangeError("a bug");
      },
    },
  });
  assert.throws(() => hear(broken, "DELE 1"), RangeError);
  assert.equal(broken.marked.size, 0);
});

test("a transaction without a maildrop is our own mistake", () => {
  const session = inTransaction();
  session.maildrop = undefined;
  assert.throws(() => hear(session, "STAT"), { name: "Error", message: "no maildrop is open" });
  assert.deepEqual(linesIn(hear(session, "DELE 1")), [GONE]);
});
