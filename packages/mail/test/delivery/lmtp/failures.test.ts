// What goes wrong: full disks, slow stores, peers that vanish. A message is kept and said to be kept, or it comes again.
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { Delivered } from "@restante/pop/maildrop";
import { PopError } from "@restante/pop/wire";
import type { LmtpServerOptions } from "../../../src/delivery/index.ts";
import type { Mailstore } from "../../../src/mailstore/index.ts";
import { LmtpClient, sendMessage } from "../lmtp-client.ts";
import { openPostOffice, type PostOffice } from "../post-office.ts";

const REPEATABLE =
  "Received: from a.example by mx.example (Postfix) with ESMTP id 4ZbXq; date\r\nSubject: x\r\n\r\nbody\r\n.\r\n";

/** Lets other work go on until `done`; bounded. */
async function until(done: () => boolean, what: string): Promise<void> {
  for (let turn = 0; turn < 100_000 && !done(); turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(done(), what);
}

async function bodyFiles(office: PostOffice): Promise<readonly string[]> {
  const entries = await readdir(join(office.directory, "store", "bodies"), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
}

/** A store whose place throws what `refuse` gives for an account. */
function refusing(refuse: (name: string) => Error | undefined): (store: Mailstore) => LmtpServerOptions["store"] {
  return (store) => ({
    newBody: () => store.newBody(),
    async place(account, body, options) {
      const error = refuse(store.directory.account(account)?.name ?? "");
      if (error !== undefined) throw error;
      return store.place(account, body, options);
    },
  });
}

test("each refusal of the store has its own reply for each recipient, and ours is never permanent", async (context) => {
  const errors: Readonly<Record<string, Error | undefined>> = {
    quota: new PopError("OVER_QUOTA"),
    full: new PopError("STORE_FULL"),
    down: new PopError("STORE_UNAVAILABLE"),
    broken: new PopError("STORE_BROKEN"),
    gone: new PopError("NO_SUCH_ACCOUNT"),
    odd: new TypeError("a mistake of ours"),
    fine: undefined,
  };
  const office = await openPostOffice(context, { people: Object.keys(errors), wrap: refusing((name) => errors[name]) });
  const replies = await sendMessage(office.port, { to: Object.keys(errors), data: "Subject: x\r\n\r\n.\r\n" });
  assert.deepEqual(
    replies.map((reply) => reply.slice(0, 9)),
    ["452 4.2.2", "452 4.3.1", "451 4.3.0", "451 4.3.0", "550 5.1.1", "451 4.3.0", "250 2.0.0"],
  );
  assert.deepEqual(
    office.failures,
    [errors["full"], errors["down"], errors["broken"], errors["odd"]],
    "the operator is told of what is ours",
  );
});

test("a message that the store refused leaves no file behind", async (context) => {
  const office = await openPostOffice(context, { wrap: refusing(() => new PopError("OVER_QUOTA")) });
  const data = `Subject: x\r\n\r\n${`${"y".repeat(70)}\r\n`.repeat(20_000)}.\r\n`;
  assert.match((await sendMessage(office.port, { to: ["demo", "friend"], data }))[1] ?? "", /^452 4\.2\.2 /);
  await until(() => office.ended.length === 1, "the session is over");
  assert.deepEqual(await bodyFiles(office), []);
});

test("a mailbox over its quota answers 552 where the operator wants it", async (context) => {
  const office = await openPostOffice(context, {
    wrap: refusing(() => new PopError("OVER_QUOTA")),
    server: { overQuota: "refuse" },
  });
  assert.match((await sendMessage(office.port, { to: ["demo"], data: ".\r\n" }))[0] ?? "", /^552 5\.2\.2 /);
});

test("a full disk is 452 4.3.1, and everything that got its 250 is there", async (context) => {
  const office = await openPostOffice(context, { store: { databaseOctetsMax: 1_500_000 } });
  const body = "y".repeat(30_000);
  let kept = 0;
  let reply = "";
  for (; kept < 200; kept += 1) {
    [reply = ""] = await sendMessage(office.port, { to: ["demo"], data: `Subject: ${kept}\r\n\r\n${body}\r\n.\r\n` });
    if (!reply.startsWith("250")) break;
  }
  assert.match(reply, /^452 4\.3\.1 /);
  assert.ok(kept > 5);
  const mail = await office.mailOf("demo");
  assert.deepEqual(
    mail.map((text) => /Subject: (\d+)/.exec(text)?.[1]),
    Array.from({ length: kept }, (_, at) => String(at)),
  );
  assert.ok(mail.every((text) => text.endsWith(`${body}\r\n`)));
});

test("a store that cannot take a body in answers after the final dot, and the session goes on", async (context) => {
  let failing: "newBody" | "write" | "promise" | "finish" | undefined;
  const full = new PopError("STORE_FULL");
  const office = await openPostOffice(context, {
    wrap: (store) => ({
      place: (account, body, options) => store.place(account, body, options),
      newBody() {
        if (failing === "newBody") throw full;
        const writer = store.newBody();
        return {
          write(chunk) {
            if (failing === "write") throw full;
            return failing === "promise" ? Promise.reject(full) : writer.write(chunk);
          },
          finish: () => (failing === "finish" ? Promise.reject(full) : writer.finish()),
          discard: () => writer.discard(),
        };
      },
    }),
  });
  const client = await LmtpClient.ready(office.port);
  for (failing of ["newBody", "write", "promise", "finish", undefined] as const) {
    await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "RCPT TO:<friend>", "DATA");
    client.send(`${"z".repeat(100_000)}\r\n.\r\n`);
    const expected = failing === undefined ? "250 2.0.0" : "452 4.3.1";
    assert.deepEqual(
      (await client.replies(2)).map((reply) => reply.slice(0, 9)),
      [expected, expected],
      failing,
    );
  }
  client.close();
  assert.equal((await office.mailOf("demo")).length, 1);
});

test("a message over SIZE is read to its end and refused for each recipient, and the next one is taken", async (context) => {
  const office = await openPostOffice(context, { server: { limits: { messageOctetsMax: 100_000 } } });
  const client = await LmtpClient.ready(office.port);
  // RFC 1870 §5: octets with their CRLFs, without stuffing and final dot: exactly the limit, then one more.
  for (const [octets, expected] of [
    [100_000, "250 2.0.0"],
    [100_001, "552 5.3.4"],
  ] as const) {
    await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "RCPT TO:<friend>", "DATA");
    client.send(`..${"x".repeat(octets - 3)}\r\n.\r\nNOOP\r\n`);
    assert.deepEqual(
      (await client.replies(3)).map((reply) => reply.slice(0, 9)),
      [expected, expected, "250 2.0.0"],
    );
  }
  client.close();
  assert.equal((await office.mailOf("demo")).length, 1);
  assert.deepEqual((await bodyFiles(office)).length, 1);
});

test("a client that vanishes before the final dot leaves nothing, wherever that is", async (context) => {
  const office = await openPostOffice(context);
  const octets = Buffer.from(
    "LHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<demo>\r\nDATA\r\nSubject: x\r\n\r\n..\r\nbody\r\n.\r\n",
  );
  for (let at = 0; at < octets.length; at += 1) {
    const client = await LmtpClient.connect(office.port);
    client.socket.end(octets.subarray(0, at));
    await client.rest();
  }
  const large = await LmtpClient.ready(office.port);
  await large.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  large.send("y".repeat(300_000));
  await until(() => office.server.sessions().some(({ state }) => state === "data"), "the receiver is in the message");
  large.close();
  await until(() => office.ended.length === octets.length + 1, "the receiver noticed");
  assert.deepEqual(
    office.ended.map(({ reason }) => reason).filter((reason) => reason !== "disconnected"),
    [],
  );
  assert.deepEqual(await office.mailOf("demo"), []);
  assert.deepEqual(await bodyFiles(office), []);
  assert.deepEqual(office.failures, []);
});

test("a client that says its last octet first still reads every reply", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.connect(office.port, { allowHalfOpen: true });
  client.socket.end("LHLO c\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<demo>\r\nDATA\r\nSubject: x\r\n.\r\nNOOP\r\n");
  assert.deepEqual(
    (await client.rest()).map((reply) => reply.slice(0, 3)),
    ["220", "250", "250", "250", "354", "250", "250"],
  );
  assert.equal((await office.mailOf("demo")).length, 1);
});

test("a client that says more than one turn's commands at once and its end is answered each of them", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.connect(office.port, { allowHalfOpen: true });
  client.socket.end("NOOP\r\n".repeat(2_000));
  const replies = await client.rest();
  assert.equal(replies.length, 2_001);
  assert.ok(replies.slice(1).every((reply) => reply === "250 2.0.0 done"));
});

test("a message sent again because its reply was lost is kept once, for each recipient", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.ready(office.port);
  await client.ask("MAIL FROM:<ann@b.example>", "RCPT TO:<demo>", "DATA");
  client.send(REPEATABLE);
  client.socket.end();
  await until(() => office.ended.length === 1, "the first delivery is over");
  assert.deepEqual(await sendMessage(office.port, { to: ["demo"], data: REPEATABLE }), [
    "250 2.0.0 stored before, kept once",
  ]);
  assert.deepEqual(await sendMessage(office.port, { to: ["friend", "demo+x@post.example"], data: REPEATABLE }), [
    "250 2.0.0 stored",
    "250 2.0.0 stored",
  ]);
  assert.deepEqual(await sendMessage(office.port, { to: ["demo"], data: REPEATABLE.replace("body", "other") }), [
    "250 2.0.0 stored",
  ]);
  assert.equal((await office.mailOf("demo")).length, 3);
  assert.equal((await office.mailOf("friend")).length, 1);
});

test("without a Received field that names its hop every delivery is a new message", async (context) => {
  const office = await openPostOffice(context);
  for (let time = 0; time < 2; time += 1) {
    assert.deepEqual(
      await sendMessage(office.port, { to: ["demo"], data: "Received: by mx.example; date\r\n\r\n.\r\n" }),
      ["250 2.0.0 stored"],
    );
  }
  assert.equal((await office.mailOf("demo")).length, 2);
});

test("the spool is never given more while it is behind, and the message is whole", async (context) => {
  let behind = false;
  let waits = 0;
  const office = await openPostOffice(context, {
    wrap: (store) => ({
      place: (account, body, options) => store.place(account, body, options),
      newBody() {
        const writer = store.newBody();
        return {
          async write(chunk) {
            assert.ok(!behind, "a piece came while the one before was being written");
            behind = true;
            waits += 1;
            await new Promise((resolve) => setImmediate(resolve));
            await writer.write(chunk);
            behind = false;
          },
          finish() {
            assert.ok(!behind, "ended while a piece was being written");
            return writer.finish();
          },
          discard: () => writer.discard(),
        };
      },
    }),
  });
  const body = Array.from({ length: 40_000 }, (_, at) => `line ${at}`).join("\r\n");
  const client = await LmtpClient.ready(office.port);
  await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  client.send(`${body}\r\n.\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<demo>\r\nDATA\r\nsecond\r\n.\r\nQUIT\r\n`);
  assert.deepEqual(
    (await client.rest()).map((reply) => reply.slice(0, 3)),
    ["250", "250", "250", "354", "250", "221"],
  );
  assert.ok(waits > 2);
  const trace = "Return-Path: <a@b.example>\r\nDelivered-To: demo\r\n";
  assert.deepEqual(await office.mailOf("demo"), [`${trace}${body}\r\n`, `${trace}second\r\n`]);
  assert.deepEqual(office.failures, []);
});

test("each wait has its time-out: a command, a block, a whole message, the store", async (context) => {
  let nowMs = 0;
  const never = new Promise<never>(() => undefined);
  const office = await openPostOffice(context, {
    server: { clock: { now: () => nowMs }, limits: { sweepMs: 2 ** 30 } },
    wrap: (store) => ({
      newBody: () => store.newBody(),
      place: (account, body, options) =>
        account === store.directory.accountNamed("friend")?.account ? never : store.place(account, body, options),
    }),
  });
  const pass = (ms: number): void => {
    nowMs += ms;
    office.server.sweep();
  };
  const idle = await LmtpClient.ready(office.port);
  pass(300_000); // RFC 5321 §4.5.3.2.7: five minutes are fine
  assert.equal((await idle.ask("NOOP"))[0], "250 2.0.0 done");
  pass(300_001);
  assert.deepEqual(await idle.rest(), ["421 4.4.2 waited too long, closing"]);

  const half = await LmtpClient.ready(office.port);
  half.send("NOO"); // part of a command is no command
  pass(300_001);
  assert.deepEqual(await half.rest(), ["421 4.4.2 waited too long, closing"]);

  const silent = await LmtpClient.ready(office.port);
  await silent.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  pass(300_001);
  assert.deepEqual(await silent.rest(), ["421 4.4.2 waited too long, closing"]);

  const stuck = await LmtpClient.ready(office.port);
  await stuck.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "RCPT TO:<friend>", "DATA");
  stuck.send("Subject: x\r\n.\r\n");
  assert.deepEqual(await stuck.replies(1), ["250 2.0.0 stored"]);
  pass(540_001); // RFC 5321 §4.5.3.2.6: the client waits ten minutes
  assert.match((await stuck.replies(1))[0] ?? "", /^451 4\.3\.0 /);
  assert.equal((await stuck.ask("NOOP"))[0], "250 2.0.0 done");
  stuck.close();
  assert.equal((await office.mailOf("demo")).length, 1);
});

test("an outcome that comes when its time was up is not taken for that of the next message", async (context) => {
  let nowMs = 0;
  const placings: { readonly resolve: (delivered: Delivered) => void; readonly reject: (error: Error) => void }[] = [];
  const office = await openPostOffice(context, {
    server: { clock: { now: () => nowMs }, limits: { sweepMs: 2 ** 30 } },
    wrap: (store) => ({
      newBody: () => store.newBody(),
      place: () => new Promise((resolve, reject) => placings.push({ resolve, reject })),
    }),
  });
  const client = await LmtpClient.ready(office.port);
  const send = async (): Promise<void> => {
    await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
    client.send("Subject: x\r\n.\r\n");
  };
  await send();
  await until(() => placings.length === 1, "the store has the first message");
  nowMs += 540_001;
  office.server.sweep();
  assert.match((await client.replies(1))[0] ?? "", /^451 4\.3\.0 /);
  await send();
  await until(() => placings.length === 2, "the store has the second message");
  placings[0]?.resolve({ messageId: 1, added: true });
  await new Promise((resolve) => setImmediate(resolve));
  placings[1]?.reject(new PopError("STORE_FULL"));
  assert.match((await client.replies(1))[0] ?? "", /^452 4\.3\.1 /, "the second message was not kept");
  client.close();
});

test("a store that takes no more of a message has the time of the message, and no more", async (context) => {
  let nowMs = 0;
  let writes = 0;
  const office = await openPostOffice(context, {
    server: { clock: { now: () => nowMs }, limits: { sweepMs: 2 ** 30, dataMs: 900_000 } },
    wrap: (store) => ({
      place: (account, body, options) => store.place(account, body, options),
      newBody: () => ({
        write() {
          writes += 1;
          return new Promise(() => undefined);
        },
        finish: () => Promise.reject(new Error("ended while a piece was being written")),
        discard: () => Promise.resolve(),
      }),
    }),
  });
  const client = await LmtpClient.ready(office.port);
  await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  client.send("one line\r\n");
  await until(() => writes === 1, "the store has the line");
  nowMs += 900_001;
  office.server.sweep();
  assert.deepEqual(await client.rest(), ["421 4.4.2 waited too long, closing"]);
});

test("a message that trickles in for longer than its time is given up", async (context) => {
  let nowMs = 0;
  const office = await openPostOffice(context, {
    server: { clock: { now: () => nowMs }, limits: { sweepMs: 2 ** 30, dataMs: 900_000 } },
  });
  const client = await LmtpClient.ready(office.port);
  await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  const [session] = office.server.sessions();
  for (let block = 0; block < 10 && office.ended.length === 0; block += 1) {
    client.send("one more line\r\n");
    await until(() => client.socket.writableLength === 0, "the block was sent");
    await new Promise((resolve) => setImmediate(resolve));
    nowMs += 200_000;
    office.server.sweep();
  }
  assert.equal(session?.state, "data");
  assert.deepEqual(await client.rest(), ["421 4.4.2 waited too long, closing"]);
  assert.deepEqual(await office.mailOf("demo"), []);
});

test("a peer that reads no replies is not read from for ever, and is closed", async (context) => {
  let nowMs = 0;
  const limits = { sweepMs: 2 ** 30, commandMs: Infinity, replyMs: 1_000 };
  const office = await openPostOffice(context, { server: { clock: { now: () => nowMs }, limits } });
  const socket = connect({ port: office.port, host: "127.0.0.1" });
  socket.on("error", () => undefined);
  socket.pause();
  socket.write("NOOP\r\n".repeat(4_000_000));
  let unread = 0;
  await until(() => {
    unread = socket.writableLength > 0 ? socket.writableLength : unread;
    nowMs += 2_000;
    office.server.sweep();
    return office.ended.length === 1;
  }, "the session was ended");
  assert.equal(office.ended[0]?.reason, "stalled");
  assert.ok(unread > 1_000_000, "not all of the flood was read");
  socket.destroy();
});

test("bad commands in a row end the session: few before LHLO, as an HTTP request sends them, more after it", async (context) => {
  const office = await openPostOffice(context);
  const browser = await LmtpClient.connect(office.port);
  browser.send(
    "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\nLHLO x\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<demo>\r\nDATA\r\n.\r\n",
  );
  assert.deepEqual(
    (await browser.rest()).map((reply) => reply.slice(0, 3)),
    ["220", "500", "500", "500", "421"],
  );
  const client = await LmtpClient.ready(office.port);
  const many = Array.from({ length: 19 }, () => "FROB");
  assert.ok((await client.ask(...many)).every((reply) => reply.startsWith("500")));
  assert.equal((await client.ask("NOOP"))[0], "250 2.0.0 done");
  client.send([...many, "FROB", "NOOP"].map((line) => `${line}\r\n`).join(""));
  assert.deepEqual(
    (await client.rest()).map((reply) => reply.slice(0, 3)),
    [...many.map(() => "500"), "500", "421"],
  );
  await until(() => office.ended.length === 2, "both are over");
  assert.deepEqual(
    office.ended.map(({ reason }) => reason),
    ["bad-commands", "bad-commands"],
  );
  assert.deepEqual(await office.mailOf("demo"), []);
});

test("a refused MAIL with a long pipelined group behind it is no reason to hang up", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.ready(office.port);
  const group = [
    "MAIL FROM:<a@b.example> SIZE=999999999",
    ...Array.from({ length: 100 }, () => "RCPT TO:<demo>"),
    "DATA",
    "RSET",
  ];
  const replies = await client.ask(...group);
  assert.deepEqual(
    replies.map((reply) => reply.slice(0, 3)),
    ["552", ...Array.from({ length: 101 }, () => "503"), "250"],
  );
  client.close();
});

test("lines too long, control characters and broken UTF-8 are refused, and the next line is read", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.ready(office.port);
  client.send(`NOOP ${"x".repeat(4_089)}\r\nNOOP ${"x".repeat(4_090)}\r\n${"y".repeat(1_000_000)}\r\n`);
  client.send(
    Buffer.from("MAIL FROM:<a\0@b.example>\r\nNOOP\rNOOP\r\nMAIL FROM:<\xff@b.example> SMTPUTF8\r\nNOOP\r\n", "latin1"),
  );
  assert.deepEqual(
    (await client.replies(7)).map((reply) => reply.slice(0, 9)),
    ["250 2.0.0", "500 5.5.2", "500 5.5.2", "500 5.5.2", "500 5.5.2", "500 5.5.2", "250 2.0.0"],
  );
  client.close();
});

test("recipients over the limit get 452 and those before it their mail", async (context) => {
  const office = await openPostOffice(context, { server: { limits: { recipientsMax: 100 } } });
  const client = await LmtpClient.ready(office.port);
  const recipients = Array.from({ length: 102 }, (_, at) => `RCPT TO:<demo+${at}@post.example>`);
  const replies = await client.ask("MAIL FROM:<a@b.example>", ...recipients, "DATA");
  assert.deepEqual(replies.map((reply) => reply.slice(0, 9)).slice(100), [
    "250 2.1.5",
    "452 4.5.3",
    "452 4.5.3",
    "354 send ",
  ]);
  client.send("x\r\n.\r\n");
  assert.ok((await client.replies(100)).every((reply) => reply === "250 2.0.0 stored"));
  assert.equal((await office.mailOf("demo")).length, 100);
  client.close();
});

test("accounts that cannot be asked are 451 for the recipient, never 550", async (context) => {
  const trouble = new Error("the directory is gone");
  const office = await openPostOffice(context, {
    server: {
      accounts: {
        recipient() {
          throw trouble;
        },
      },
    },
  });
  const client = await LmtpClient.ready(office.port);
  assert.match((await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>"))[1] ?? "", /^451 4\.3\.0 /);
  assert.deepEqual(office.failures, [trouble]);
  client.close();
});

test("a connection over the limit is told so and closed, the others go on", async (context) => {
  const office = await openPostOffice(context, { server: { limits: { connectionsMax: 2 } } });
  const first = await LmtpClient.ready(office.port);
  const second = await LmtpClient.ready(office.port);
  const third = await LmtpClient.connect(office.port);
  assert.match((await third.rest()).join(), /^421 4\.3\.2 too many connections/);
  assert.equal((await first.ask("NOOP"))[0], "250 2.0.0 done");
  second.close();
  await until(() => office.server.sessions().length === 1, "the second is gone");
  const fourth = await LmtpClient.ready(office.port);
  fourth.close();
  first.close();
});

test("a stop ends idle sessions, finishes a running transaction, and lets no new one in", async (context) => {
  const office = await openPostOffice(context);
  const idle = await LmtpClient.ready(office.port);
  const busy = await LmtpClient.ready(office.port);
  await busy.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  const stopped = office.server.stop({ withinMs: 10_000 });
  assert.match((await idle.rest()).join(), /^421 4\.3\.2 closing down/);
  await assert.rejects(LmtpClient.connect(office.port), /ECONNREFUSED/);
  busy.send("Subject: last\r\n\r\n.\r\n");
  assert.deepEqual(
    (await busy.rest()).map((reply) => reply.slice(0, 9)),
    ["250 2.0.0", "421 4.3.2"],
  );
  await stopped;
  await until(() => office.ended.length === 2, "both are over");
  assert.equal((await office.mailOf("demo")).length, 1);
  assert.deepEqual(
    office.ended.map(({ reason }) => reason),
    ["stopped", "stopped"],
  );
});

test("a stop does not wait longer than it is told for a client that does not end", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.ready(office.port);
  await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
  client.send("half a message\r\n");
  await office.server.stop({ withinMs: 50 });
  assert.deepEqual(await client.rest(), []);
  assert.deepEqual(await office.mailOf("demo"), []);
});
