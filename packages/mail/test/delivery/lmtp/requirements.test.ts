// RFC 2033 by its rows.
import assert from "node:assert/strict";
import { once } from "node:events";
import { fork } from "node:child_process";
import { join } from "node:path";
import { openSqliteMailstore } from "../../../src/mailstore/index.ts";
import { LmtpClient, sendMessage } from "../lmtp-client.ts";
import { messagesOf, openPostOffice, temporaryFolder, textOf } from "../post-office.ts";
import { requirement } from "../../../../../scripts/conformance/requirement.ts";

requirement("LM-S-001", "TCP port 25 is refused, and nothing listens there", async (context) => {
  const { server } = await openPostOffice(context);
  await assert.rejects(server.listen({ port: 25 }), /must not be on TCP port 25/);
  await assert.rejects(server.listen({ host: "0.0.0.0", port: 25 }), RangeError);
});

requirement(
  "LM-S-002",
  "LHLO is answered as EHLO would be; HELO and EHLO get 500 and change nothing",
  async (context) => {
    const { port } = await openPostOffice(context);
    const client = await LmtpClient.connect(port);
    const [greeting] = await client.replies(1);
    assert.match(greeting ?? "", /^220 post\.example /);
    const replies = await client.ask(
      "HELO a.example",
      "EHLO a.example",
      "LHLO a.example",
      "EHLO a.example",
      "HELO a.example",
    );
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 3)),
      ["500", "500", "250", "500", "500"],
    );
    assert.match(replies[2] ?? "", /^250-post\.example\|/);
    client.close();
  },
);

requirement("LM-S-003", "DATA without a recipient that got its 250 is 503", async (context) => {
  const { port, mailOf } = await openPostOffice(context);
  const client = await LmtpClient.ready(port);
  const replies = await client.ask(
    "DATA",
    "MAIL FROM:<a@b.example>",
    "DATA",
    "RCPT TO:<nobody@post.example>",
    "DATA",
    "RCPT TO:<demo>",
    "RSET",
    "DATA",
  );
  assert.deepEqual(
    replies.map((reply) => reply.slice(0, 3)),
    ["503", "250", "503", "550", "503", "250", "250", "503"],
  );
  client.close();
  assert.deepEqual(await mailOf("demo"), []);
});

requirement(
  "LM-S-004",
  "after the final dot each accepted recipient gets one reply, in order, also when named twice",
  async (context) => {
    const office = await openPostOffice(context, { people: ["demo", "friend", "full"] });
    await office.store.directory.changeAccount(office.account("full"), { quotaOctets: 1 });
    const client = await LmtpClient.ready(office.port);
    const asked = await client.ask(
      "MAIL FROM:<a@b.example>",
      ...["friend", "full", "nobody", "demo", "full", "friend"].map((name) => `RCPT TO:<${name}@post.example>`),
      "DATA",
    );
    assert.deepEqual(
      asked.map((reply) => reply.slice(0, 3)),
      ["250", "250", "250", "550", "250", "250", "250", "354"],
    );
    client.send("Subject: x\r\n\r\nbody\r\n.\r\n");
    const replies = await client.replies(5);
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 9)),
      ["250 2.0.0", "452 4.2.2", "250 2.0.0", "452 4.2.2", "250 2.0.0"],
    );
    assert.equal((await client.ask("NOOP"))[0]?.slice(0, 3), "250", "no reply is left over");
    client.close();
    assert.equal((await office.mailOf("friend")).length, 1);
    assert.equal((await office.mailOf("demo")).length, 1);
    assert.equal((await office.mailOf("full")).length, 0);
  },
);

requirement(
  "LM-S-005",
  "a message that got its 250 is there after the receiver was killed at once",
  async (context) => {
    const directory = await temporaryFolder(context);
    const child = fork(join(import.meta.dirname, "receiver-process.ts"), [directory], {
      execArgv: ["--conditions=restante-source"],
    });
    const exited = once(child, "exit");
    context.after(() => child.kill("SIGKILL"));
    const [port] = (await once(child, "message")) as [number];
    const bodies = ["small", "x".repeat(200_000)];
    for (const body of bodies) {
      const replies = await sendMessage(port, { to: ["demo"], data: `Subject: kept\r\n\r\n${body}\r\n.\r\n` });
      assert.equal(replies[0]?.slice(0, 3), "250");
    }
    child.kill("SIGKILL");
    await exited;
    const store = await openSqliteMailstore({ directory: join(directory, "store") });
    try {
      const account = store.directory.accountNamed("demo")?.account ?? "";
      const stored = await Promise.all(
        (await messagesOf(store, account)).map(({ messageId }) => textOf(store, account, messageId)),
      );
      const head = "Return-Path: <ann@b.example>\r\nDelivered-To: demo\r\nSubject: kept\r\n\r\n";
      assert.deepEqual(
        stored,
        bodies.map((body) => `${head}${body}\r\n`),
      );
    } finally {
      await store.close();
    }
  },
);

requirement(
  "P3-S-122",
  "a BINARYMIME message is refused, and what only calls itself binary is kept in lines",
  async (context) => {
    const { port, mailOf } = await openPostOffice(context);
    const client = await LmtpClient.connect(port);
    await client.replies(1);
    // RFC 3030: who is not offered CHUNKING and BINARYMIME must encode the message before it sends it.
    const replies = await client.ask("LHLO client.example", "MAIL FROM:<a@b.example> BODY=BINARYMIME", "BDAT 4 LAST");
    assert.doesNotMatch(replies[0] ?? "", /BINARYMIME|CHUNKING/);
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 9)),
      ["250-post.", "501 5.5.4", "500 5.5.1"],
    );
    client.close();
    const head = "Content-Type: image/png\r\nContent-Transfer-Encoding: binary\r\n\r\n";
    await sendMessage(port, { to: ["demo"], data: `${head}a\nb\n\n.c\r\n..d\n\r\n.\r\n` });
    assert.deepEqual(
      (await mailOf("demo")).map((text) => text.slice(text.indexOf("Content-Type"))),
      [`${head}a\r\nb\r\n\r\n.c\r\n.d\r\n\r\n`],
    );
  },
);

requirement(
  ["LM-S-006", "LM-S-007"],
  "LHLO lists PIPELINING, ENHANCEDSTATUSCODES, 8BITMIME, SMTPUTF8 and SIZE",
  async (context) => {
    const { port } = await openPostOffice(context, { server: { limits: { messageOctetsMax: 1_000_000 } } });
    const client = await LmtpClient.connect(port);
    await client.replies(1);
    const [reply] = await client.ask("LHLO client.example");
    assert.deepEqual(reply?.split("|"), [
      "250-post.example",
      "250-PIPELINING",
      "250-ENHANCEDSTATUSCODES",
      "250-8BITMIME",
      "250-SMTPUTF8",
      "250 SIZE 1000000",
    ]);
    client.close();
  },
);

requirement(
  "LM-S-006",
  "a group of commands sent at once is answered in order, and every reply but two kinds has its enhanced code",
  async (context) => {
    const { port } = await openPostOffice(context);
    const client = await LmtpClient.ready(port);
    const recipients = Array.from(
      { length: 300 },
      (_, at) => `RCPT TO:<${at % 3 === 0 ? "demo" : "nobody"}@post.example>`,
    );
    const replies = await client.ask(
      "MAIL FROM:<a@b.example>",
      ...recipients,
      "RSET",
      "VRFY demo",
      "FROB",
      "NOOP",
      "QUIT",
    );
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 3)),
      ["250", ...recipients.map((_, at) => (at % 3 === 0 ? "250" : "550")), "250", "252", "500", "250", "221"],
    );
    // RFC 2034 §4: class.subject.detail, its class that of the reply.
    for (const reply of replies) assert.match(reply, /^([245])\d\d \1\.\d{1,3}\.\d{1,3} /);
  },
);

requirement(
  "LM-S-008",
  "CHUNKING is not offered and BDAT is unknown, so no reply a recipient is ever due to it",
  async (context) => {
    const { port } = await openPostOffice(context);
    const client = await LmtpClient.ready(port);
    const replies = await client.ask(
      "MAIL FROM:<a@b.example>",
      "RCPT TO:<demo>",
      "RCPT TO:<friend>",
      "BDAT 0 LAST",
      "NOOP",
    );
    assert.deepEqual(
      replies.map((reply) => reply.slice(0, 3)),
      ["250", "250", "250", "500", "250"],
    );
    client.close();
  },
);

requirement("LM-S-009", "the first recipient's reply does not wait for a slow second one", async (context) => {
  let release = (): void => undefined;
  const slow = new Promise<void>((resolve) => (release = resolve));
  const placed: string[] = [];
  const office = await openPostOffice(context, {
    wrap: (store) => ({
      newBody: () => store.newBody(),
      async place(account, body, options) {
        placed.push(account);
        if (account === store.directory.accountNamed("friend")?.account) await slow;
        return store.place(account, body, options);
      },
    }),
  });
  const client = await LmtpClient.ready(office.port);
  await client.ask(
    "MAIL FROM:<a@b.example>",
    "RCPT TO:<demo>",
    "RCPT TO:<friend>",
    "RCPT TO:<demo+x@post.example>",
    "DATA",
  );
  client.send("Subject: x\r\n\r\n.\r\n");
  assert.deepEqual(await client.replies(1), ["250 2.0.0 stored"]);
  assert.equal(client.waiting, 0, "the others wait for the second");
  assert.deepEqual(
    placed,
    [office.account("demo"), office.account("friend"), office.account("demo")],
    "all were handed over at once",
  );
  release();
  assert.deepEqual(await client.replies(2), ["250 2.0.0 stored", "250 2.0.0 stored"]);
  client.close();
});

// Each is the whole data of a message that must go on until CRLF.CRLF; the second column is what is kept, by hand.
const SMUGGLED: readonly (readonly [string, string])[] = [
  ["a\n.\nMAIL FROM:<evil@b.example>\r\n", "a\r\n.\r\nMAIL FROM:<evil@b.example>\r\n"],
  ["a\n.\r\nMAIL FROM:<evil@b.example>\r\n", "a\r\n.\r\nMAIL FROM:<evil@b.example>\r\n"],
  ["a\r\n.\nMAIL FROM:<evil@b.example>\r\n", "a\r\n\r\nMAIL FROM:<evil@b.example>\r\n"],
  ["a\r.\rMAIL FROM:<evil@b.example>\r\n", "a\r.\rMAIL FROM:<evil@b.example>\r\n"],
  ["a\r.\r\nMAIL FROM:<evil@b.example>\r\n", "a\r.\r\nMAIL FROM:<evil@b.example>\r\n"],
  ["a\n.\rMAIL FROM:<evil@b.example>\r\n", "a\r\n.\rMAIL FROM:<evil@b.example>\r\n"],
  ["a\r\n.\rMAIL FROM:<evil@b.example>\r\n", "a\r\n\rMAIL FROM:<evil@b.example>\r\n"],
  ["a\r\n\0.\r\nMAIL FROM:<evil@b.example>\r\n", "a\r\n\0.\r\nMAIL FROM:<evil@b.example>\r\n"],
  ["a\r\n. \r\nMAIL FROM:<evil@b.example>\r\n", "a\r\n \r\nMAIL FROM:<evil@b.example>\r\n"],
];

requirement(
  "LM-S-010",
  "a dot between bare line ends never ends a message, wherever the octets are cut",
  async (context) => {
    const office = await openPostOffice(context);
    const expected: string[] = [];
    for (const [data, kept] of SMUGGLED) {
      const whole = Buffer.from(`${data}.\r\n`, "latin1");
      for (let at = 1; at < whole.length; at += 1) {
        const client = await LmtpClient.ready(office.port);
        await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "DATA");
        client.send(whole.subarray(0, at));
        await new Promise((resolve) => setImmediate(resolve));
        client.send(whole.subarray(at));
        client.send("QUIT\r\n");
        assert.deepEqual(
          (await client.rest()).map((reply) => reply.slice(0, 3)),
          ["250", "221"],
          JSON.stringify(data),
        );
        expected.push(`Return-Path: <a@b.example>\r\nDelivered-To: demo\r\n${kept}`);
      }
    }
    assert.deepEqual(await office.mailOf("demo"), expected);
  },
);

requirement(
  "LM-S-011",
  "kept octets are those received, un-stuffed, with exactly Return-Path and Delivered-To before them",
  async (context) => {
    const office = await openPostOffice(context);
    const cases: readonly (readonly [from: string, to: string, trace: string])[] = [
      ["ann@b.example", "demo@POST.example", "Return-Path: <ann@b.example>\r\nDelivered-To: demo@POST.example\r\n"],
      ["", "demo", "Return-Path: <>\r\nDelivered-To: demo\r\n"],
      [
        "@relay.example:ann@b.example",
        "demo+lists@localhost",
        "Return-Path: <ann@b.example>\r\nDelivered-To: demo+lists@localhost\r\n",
      ],
      [
        '"ann \\"b\\""@b.example',
        '"demo"@post.example',
        'Return-Path: <"ann \\"b\\""@b.example>\r\nDelivered-To: demo@post.example\r\n',
      ],
      ["дарья@пример.example", "demo", "Return-Path: <дарья@пример.example>\r\nDelivered-To: demo\r\n"],
    ];
    for (const [from, to] of cases)
      await sendMessage(office.port, { from, to: [to], data: "Return-Path: <old@b.example>\r\n\r\n..a\r\n.\r\n" });
    const expected = cases.map(([, , trace]) =>
      Buffer.from(`${trace}Return-Path: <old@b.example>\r\n\r\n.a\r\n`).toString("latin1"),
    );
    assert.deepEqual(await office.mailOf("demo"), expected);
  },
);
