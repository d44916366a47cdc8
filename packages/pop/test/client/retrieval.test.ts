// Messages as they come over a socket: octet for octet, however the reply is cut, and never half a message for a whole.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { text as webText } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import { Writable } from "node:stream";
import { test } from "node:test";
import { Pop3Error } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { errorOf, MESSAGES, settingFor, settingWith, text } from "./fixture.ts";

/** Stored octets, and what a client has after RETR. */
const CORPUS: readonly (readonly [string, string, string])[] = [
  ["a dot line", "a\r\n.\r\nb\r\n", "a\r\n.\r\nb\r\n"],
  ["lines of dots", "..\r\n...x\r\n", "..\r\n...x\r\n"],
  ["nothing but a dot", ".\r\n", ".\r\n"],
  ["a dot after a bare LF", "x\n.\ny\r\n", "x\n.\ny\r\n"],
  ["a dot after a bare CR", "a\r.\r\nb\r\n", "a\r.\r\nb\r\n"],
  ["a bare CR", "a\rb\r\n", "a\rb\r\n"],
  ["CR CR LF", "a\r\r\n", "a\r\r\n"],
  ["NUL", "a\0b\r\n", "a\0b\r\n"],
  ["8-bit octets", "\xe9\xff\x80\r\n", "\xe9\xff\x80\r\n"],
  ["no line end at the end", "abc", "abc\r\n"],
  ["CR at the end", "abc\r", "abc\r\r\n"],
  ["nothing at all", "", ""],
  ["one empty line", "\r\n", "\r\n"],
  ["From at a line start", "From me\r\n>From you\r\n", "From me\r\n>From you\r\n"],
  ["a line that looks like a reply", "+OK\r\n-ERR no\r\n", "+OK\r\n-ERR no\r\n"],
];

requirement(
  ["P3-C-006", "P3-C-010"],
  "every kind of line comes out as it was stored, a packet for each octet",
  async (context) => {
    const { session } = await settingFor(context, {
      messages: CORPUS.map(([, stored]) => stored),
      faults: [{ on: "RETR", split: "octets" }],
    });
    const pop = await session();
    for (const [at, [what, , expected]] of CORPUS.entries()) {
      const stream = pop.retrieve(at + 1);
      assert.equal(await text(stream), expected, what);
      assert.equal((await stream.done).octets, expected.length, what);
    }
  },
);

test("a reply cut at any place is one message", async (context) => {
  const stored = "Subject: x\r\n\r\n.\r\n..\r\nend\r\n";
  const { peer, session } = await settingFor(context, { messages: [stored] });
  const wire = "+OK 26 octets\r\n".length + stored.length + 2 + ".\r\n".length;
  const pop = await session();
  for (let at = 1; at < wire; at += 1) {
    peer.script([{ on: "RETR", split: [at] }]);
    assert.equal(await text(pop.retrieve(1)), stored, `cut at ${at}`);
  }
});

requirement("P3-C-014", "a connection that ends at any place of a message gives no message", async (context) => {
  const stored = "a\r\n.\r\nb\r\n";
  const { peer, session } = await settingFor(context, { messages: [stored] });
  peer.script([]);
  const reply = `+OK ${stored.length} octets\r\na\r\n..\r\nb\r\n.\r\n`;
  for (let drop = 0; drop < reply.length; drop += 1) {
    peer.script([{ on: "RETR", drop }]);
    const pop = await session({ pipelining: "off" });
    const stream = pop.retrieve(1);
    const read = await errorOf(stream.toBuffer());
    const done = await errorOf(stream.done);
    assert.equal(read, done);
    assert.ok(["TRUNCATED", "CLOSED"].includes(done.code), `${done.code} after ${drop} octets`);
    assert.equal(done.sessionUsable, false);
    assert.equal((await pop.closed).kind === "commit", false);
  }
});

test("a connection that ends never loops, over cleartext and by reset", async (context) => {
  for (const how of ["fin", "reset"] as const) {
    const { session } = await settingWith(context, { on: "RETR", drop: 20, how });
    const pop = await session();
    const error = await errorOf(pop.retrieve(2).toBuffer());
    assert.equal(error.code, "TRUNCATED", how);
    assert.equal(error.n, 2);
    assert.equal(error.phase, "retrieve");
    assert.equal((await errorOf(pop.noop())).sessionUsable, false);
    assert.equal(pop.state, "closed");
  }
});

test("a message can be read as chunks, a Readable, a web stream and a buffer", async (context) => {
  const { session } = await settingFor(context, { messages: ["Subject: x\r\n\r\nbody\r\n"] });
  const expected = "Subject: x\r\n\r\nbody\r\n";
  const pop = await session();
  const chunks: Uint8Array[] = [];
  for await (const chunk of pop.retrieve(1)) chunks.push(chunk);
  assert.equal(Buffer.concat(chunks).toString(), expected);
  let piped = "";
  const sink = new Writable({
    write(chunk: Buffer, _, callback) {
      piped += chunk.toString();
      callback();
    },
  });
  await pipeline(pop.retrieve(1).toReadable(), sink);
  assert.equal(piped, expected);
  assert.equal(await webText(pop.retrieve(1).toWeb()), expected);
  assert.equal(await text(pop.retrieve(1)), expected);
});

test("a stream that is read twice says so", async (context) => {
  const { session } = await settingFor(context);
  const pop = await session();
  const stream = pop.retrieve(1);
  await stream.toBuffer();
  assert.equal((await errorOf(stream.toBuffer())).code, "STATE");
  assert.throws(() => stream.toReadable(), Pop3Error);
});

test("done tells what came: octets, 8-bit, digest, whether LIST was right", async (context) => {
  const { session } = await settingFor(context, { messages: ["a\r\n", { octets: "\xe9\r\n", listedOctets: 100 }] });
  const pop = await session();
  const unlisted = pop.retrieve(1);
  await unlisted.toBuffer();
  assert.equal((await unlisted.done).sizeMatches, undefined);
  await pop.list();
  const plain = pop.retrieve(1, { digest: "sha256" });
  await plain.toBuffer();
  const sha256 = createHash("sha256").update("a\r\n").digest("hex");
  assert.deepEqual(await plain.done, { octets: 3, has8Bit: false, sha256, sizeMatches: true });
  const other = pop.retrieve(2);
  await other.toBuffer();
  assert.deepEqual(await other.done, { octets: 3, has8Bit: true, sha256: undefined, sizeMatches: false });
});

requirement("P3-C-008", "a message is whole though LIST said another size", async (context) => {
  const messages = [
    { octets: `x: ${"y".repeat(105)}\r\n`, listedOctets: 100 },
    { octets: "small\r\n", listedOctets: 1_000_000 },
  ];
  const { session } = await settingFor(context, { messages });
  const pop = await session();
  const sizes: number[] = [];
  for await (const message of pop.messages()) sizes.push((await message.retrieve().toBuffer()).length);
  assert.deepEqual(sizes, [110, 7]);
});

requirement("P3-C-009", "a line of five megabytes is data; a status line without end is an error", async (context) => {
  const long = `${"x".repeat(5_000_000)}\r\n`;
  const { peer, session } = await settingFor(context, { messages: [long] });
  const pop = await session();
  assert.equal((await pop.retrieve(1).toBuffer()).length, long.length);
  peer.script([{ on: "NOOP", answer: `+OK ${"x".repeat(1_000_000)}` }]);
  assert.equal((await errorOf(pop.noop())).code, "LINE_TOO_LONG");
  assert.equal(pop.state, "closed");
});

test("line ends can be had as CRLF or LF, and the digest is of what was given out", async (context) => {
  const { session } = await settingFor(context, {
    messages: ["a\nb\r\nc\r\r\nd\rx\r\n"],
    faults: [{ on: "RETR", split: "octets" }],
  });
  const pop = await session();
  const given = async (lineEnds: "as-sent" | "crlf" | "lf"): Promise<[string, string | undefined]> => {
    const stream = pop.retrieve(1, { lineEnds, digest: "sha256" });
    return [await text(stream), (await stream.done).sha256];
  };
  const hash = (octets: string): string => createHash("sha256").update(octets, "latin1").digest("hex");
  for (const [kind, expected] of [
    ["as-sent", "a\nb\r\nc\r\r\nd\rx\r\n"],
    ["crlf", "a\r\nb\r\nc\r\r\nd\rx\r\n"],
    ["lf", "a\nb\nc\r\nd\rx\n"],
  ] as const) {
    assert.deepEqual(await given(kind), [expected, hash(expected)], kind);
  }
});

test("a message over the limit fails by itself, known before or found out", async (context) => {
  const messages = ["x".repeat(5_000), { octets: "y".repeat(5_000), listedOctets: 10 }, "small\r\n"];
  const { peer, session } = await settingFor(context, { messages });
  const pop = await session();
  await pop.list();
  const known = await errorOf(pop.retrieve(1, { octetsMax: 100 }).toBuffer());
  assert.equal(known.code, "MESSAGE_TOO_LARGE");
  assert.equal(known.sessionUsable, true);
  assert.equal(peer.commands.includes("RETR 1"), false, "it was not even asked for");
  const found = await errorOf(pop.retrieve(2, { octetsMax: 100 }).toBuffer());
  assert.equal(found.code, "MESSAGE_TOO_LARGE");
  assert.equal(await text(pop.retrieve(3)), "small\r\n");
});

requirement("P3-C-105", "refused messages are passed over and the session goes on", async (context) => {
  const { session } = await settingFor(context, {
    messages: ["1\r\n", "2\r\n", "3\r\n", "4\r\n", "5\r\n"],
    faults: [
      { on: "RETR 2", answer: "-ERR [SYS/PERM] broken" },
      { on: "RETR 4", answer: "-ERR [SYS/PERM] broken" },
    ],
  });
  const pop = await session();
  const got: string[] = [];
  const refused: number[] = [];
  for await (const message of pop.messages()) {
    try {
      got.push(await text(message.retrieve()));
    } catch (error) {
      assert.ok(Pop3Error.is(error, "MESSAGE_REFUSED"));
      assert.equal(error.responseCode, "SYS/PERM");
      assert.equal(error.sessionUsable, true);
      refused.push(error.n ?? 0);
    }
  }
  assert.deepEqual(
    [got, refused],
    [
      ["1\r\n", "3\r\n", "5\r\n"],
      [2, 4],
    ],
  );
});

test("a stall in a message ends it by its time-out", async (context) => {
  const { session } = await settingWith(context, { on: "RETR 2", stall: 18 });
  const pop = await session({ timeouts: { idleMs: 400 } });
  const error = await errorOf(pop.retrieve(2).toBuffer());
  assert.equal(error.code, "IDLE_TIMEOUT");
  assert.equal(error.retry, "later");
  assert.equal((await pop.closed).kind, "error");
});

test("a stall before a reply ends it by its time-out", async (context) => {
  const { session } = await settingWith(context, { on: "STAT", stall: 0 });
  const pop = await session({ timeouts: { commandMs: 500 } });
  assert.equal((await errorOf(pop.stat())).code, "COMMAND_TIMEOUT");
});

test("a server that does not double dots is found out, and the message is none", async (context) => {
  const { session } = await settingFor(context, {
    messages: ["Subject: x\r\n\r\n.\r\nmore of it\r\n"],
    faults: [{ on: "RETR", stuffing: false }],
  });
  const pop = await session();
  assert.equal((await errorOf(pop.retrieve(1).toBuffer())).code, "PROTOCOL");
  assert.equal(pop.state, "closed");
});

test("what the caller throws in a callback ends the message, and nothing else", async (context) => {
  const { session } = await settingFor(context);
  const pop = await session();
  const cause = new Error("my own");
  const stream = pop.retrieve(1, {
    onProgress: () => {
      throw cause;
    },
  });
  const error = await errorOf(stream.toBuffer());
  assert.deepEqual([error.code, error.cause], ["ABORTED", cause]);
  assert.equal(await text(pop.retrieve(2)), MESSAGES[1]);
});

test("progress counts octets against the size LIST told", async (context) => {
  const { session } = await settingFor(context);
  const pop = await session();
  await pop.list();
  const seen: (number | undefined)[][] = [];
  await pop.retrieve(2, { onProgress: (p) => seen.push([p.n, p.octets, p.expectedOctets]) }).toBuffer();
  assert.deepEqual(seen.at(-1), [2, 8, 8]);
});

test("TOP gives the header, or the first lines; without TOP the beginning of RETR does", async (context) => {
  const message = "Subject: x\r\nTo: y\r\n\r\none\r\ntwo\r\nthree\r\n";
  for (const without of [[], ["TOP"]]) {
    const { session } = await settingFor(context, { messages: [message], without });
    const pop = await session();
    assert.equal((await pop.headers(1)).toString(), "Subject: x\r\nTo: y\r\n\r\n", without.join());
    assert.equal((await pop.headers(1, { bodyLines: 2 })).toString(), "Subject: x\r\nTo: y\r\n\r\none\r\ntwo\r\n");
    assert.equal((await pop.headers(1, { bodyLines: 9 })).toString(), message);
    assert.equal(await text(pop.retrieve(1)), message);
  }
});

requirement("P3-C-097", "where TOP is refused the header comes from RETR", async (context) => {
  const { peer, session } = await settingFor(context, {
    messages: ["Subject: x\r\n\r\nbody\r\n"],
    capabilities: ["UIDL", "USER", "SASL PLAIN"],
  });
  const pop = await session();
  for (const words of [
    "unknown command",
    "no such command",
    "command not found",
    "TOP does not exist",
    "no such",
    "",
  ]) {
    peer.script([{ on: "TOP", answer: `-ERR ${words}` }]);
    assert.equal((await pop.headers(1)).toString(), "Subject: x\r\n\r\n", words);
    assert.deepEqual(peer.commands.slice(-2), ["TOP 1 0", "RETR 1"]);
  }
  peer.script([{ on: "RETR", answer: "-ERR no such command" }]);
  assert.equal((await errorOf(pop.retrieve(1).toBuffer())).code, "MESSAGE_REFUSED", "a word about the command");
});

test("a header that is to come by TOP alone is refused where TOP is, and the message is not asked for", async (context) => {
  const { peer, session } = await settingFor(context, { without: ["TOP"] });
  const pop = await session();
  assert.equal((await errorOf(pop.headers(1, { onlyTop: true }))).code, "MESSAGE_REFUSED");
  assert.equal(peer.commands.at(-1), "TOP 1 0");
});

requirement("P3-C-098", "whole messages are asked for by RETR", async (context) => {
  const { peer, session } = await settingFor(context);
  const pop = await session();
  for await (const message of pop.messages()) await message.retrieve().toBuffer();
  assert.deepEqual(
    peer.commands.filter((command) => /^(?:RETR|TOP)/.test(command)),
    ["RETR 1", "RETR 2", "RETR 3"],
  );
});

test("leaving a message drains a short rest and ends the session over a long one", async (context) => {
  const { session } = await settingFor(context, { messages: ["x".repeat(200_000), "y".repeat(3_000_000), "z\r\n"] });
  const pop = await session();
  await pop.list();
  for await (const chunk of pop.retrieve(1)) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.equal(await text(pop.retrieve(3)), "z\r\n");
  for await (const chunk of pop.retrieve(2)) {
    assert.ok(chunk.length > 0);
    break;
  }
  assert.equal((await pop.closed).error?.code, "ABORTED");
});

test("a message can be given up by a signal, and by its own time", async (context) => {
  const { session } = await settingFor(context, {
    messages: ["Subject: x\r\n\r\nbody\r\n", "next\r\n"],
    faults: [{ on: "RETR 1", split: [20], pauseMs: 120 }],
  });
  const pop = await session();
  const controller = new AbortController();
  const stream = pop.retrieve(1, { signal: controller.signal });
  const reading = errorOf(stream.toBuffer());
  controller.abort(new Error("enough"));
  const error = await reading;
  assert.equal(error.code, "ABORTED");
  assert.equal((error.cause as Error).message, "enough");
  assert.equal((await errorOf(pop.retrieve(1, { timeoutMs: 30 }).toBuffer())).code, "COMMAND_TIMEOUT");
  assert.equal((await errorOf(pop.retrieve(2, { signal: AbortSignal.abort() }).toBuffer())).code, "ABORTED");
  assert.equal(await text(pop.retrieve(2)), "next\r\n");
});

test("a message nobody reads does not hold up others for ever", async (context) => {
  const { session } = await settingFor(context, { messages: ["x".repeat(2_000_000), "next\r\n"] });
  const pop = await session({ timeouts: { idleMs: 400 }, limits: { drainOctetsMax: 10_000_000 } });
  const stream = pop.retrieve(1);
  const error = await errorOf(stream.done);
  assert.equal(error.code, "STATE");
  assert.equal(await text(pop.retrieve(2)), "next\r\n");
});

requirement("P3-C-007", "a bare LF ends status lines and listings, and nothing in a message", async (context) => {
  const message = "a\n.\nb\r.\rc\r\n";
  const { session } = await settingFor(context, {
    messages: [message],
    faults: [
      { on: /^(?:LIST|UIDL|STAT|NOOP|CAPA)/, lineEnd: "\n" },
      { on: "greeting", lineEnd: "\n" },
    ],
  });
  const pop = await session();
  await pop.noop();
  assert.equal((await pop.stat()).count, 1);
  assert.equal((await pop.list()).entries.length, 1);
  assert.equal(await text(pop.retrieve(1)), message);
});

test("octets that were given out stay what they are; borrowed ones until the next are asked for", async (context) => {
  // Longer and shorter than what is read at once, with dots to take out and none.
  const messages = [3, 70_000, 400_000, 10, 1_000_000, 65_536, 5_000, 900_000].map(
    (octets, at) =>
      `Subject: ${at}\r\n\r\n${`${at % 2 === 0 ? "." : ""}${at}${"x".repeat(70)}\r\n`.repeat(Math.ceil(octets / 72))}`,
  );
  const { session } = await settingFor(context, { messages });
  const pop = await session();
  for (const borrowed of [false, true]) {
    const kept: Uint8Array[][] = [];
    const copies: Buffer[][] = [];
    for await (const message of pop.messages()) {
      const [chunks, copied]: [Uint8Array[], Buffer[]] = [[], []];
      for await (const chunk of message.retrieve({ borrowed })) {
        chunks.push(chunk);
        copied.push(Buffer.from(chunk));
      }
      kept.push(chunks);
      copies.push(copied);
    }
    assert.deepEqual(
      copies.map((chunks) => Buffer.concat(chunks).toString("latin1")),
      messages,
    );
    if (!borrowed)
      assert.deepEqual(
        kept.map((chunks) => Buffer.concat(chunks).toString("latin1")),
        messages,
      );
  }
  // Whoever gathers the chunks has them all at the end.
  assert.equal((await pop.retrieve(8, { borrowed: true }).toBuffer()).toString("latin1"), messages[7]);
  const pieces: Buffer[] = await pop.retrieve(8, { borrowed: true }).toReadable().toArray();
  assert.equal(Buffer.concat(pieces).toString("latin1"), messages[7]);
  // Read ahead and waiting while much else comes in.
  const first = pop.retrieve(1);
  const whole = await pop.retrieve(5).toBuffer();
  assert.equal(whole.toString("latin1"), messages[4]);
  assert.equal(await text(first), messages[0]);
});
