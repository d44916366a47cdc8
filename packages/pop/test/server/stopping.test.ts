// The end of a server, and of single sessions, while clients are in the middle of something.
import assert from "node:assert/strict";
import { test } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { connect } from "node:net";
import { createPop3Server } from "@restante/pop/server";
import { MemoryStore } from "@restante/pop/maildrop";
import { until } from "../support/until.ts";
import { EVERYBODY, messageOf, slowEverybody, testServer } from "../support/test-server.ts";

const maildrops = { mrose: [messageOf(120), messageOf(20_000_000)], other: [] };

void test("a graceful stop closes idle sessions without a word, before and after login", async (context) => {
  const server = await testServer(context, { maildrops });
  const before = await server.connect();
  await before.line();
  const after = await server.login("mrose");
  await after.command("DELE 1");
  const stopped = server.server.stop({ withinMs: 10_000 });
  for (const client of [before, after]) {
    assert.equal(await client.rest(), "");
    client.end();
  }
  await stopped;
  assert.deepEqual(
    server.ended.map(({ reason, removed }) => [reason, removed]),
    [
      ["stopped", 0],
      ["stopped", 0],
    ],
  );
  assert.deepEqual(server.server.sessions(), []);
  await assert.rejects(server.connect(), { code: "ECONNREFUSED" });
});

void test("a graceful stop lets a message be sent to its end, and refuses the command behind it", async (context) => {
  const server = await testServer(context, { maildrops });
  const client = await server.login("mrose");
  client.socket.pause();
  client.send("RETR 2\r\nSTAT\r\n");
  await until(() => client.socket.readableLength > 0);
  const stopped = server.server.stop({ withinMs: 10_000 });
  client.socket.resume();
  assert.equal(await client.line(), "+OK 20000000 octets");
  assert.equal((await client.data()).length, 20_000_000);
  assert.equal(await client.line(), "-ERR [SYS/TEMP] server is stopping, try again later");
  assert.equal(await client.rest(), "");
  client.end();
  await stopped;
  assert.equal(server.ended[0]?.retrieved.messages, 1);
});

void test("a graceful stop lets UPDATE run to its end and answers it", async (context) => {
  let commit: (() => void) | undefined;
  const server = await testServer(context, {
    maildrops,
    around: (store) => ({
      capabilities: store.capabilities,
      deliver: (...args) => store.deliver(...args),
      async open(...args) {
        const maildrop = await store.open(...args);
        const inTime = maildrop.commit.bind(maildrop);
        maildrop.commit = (marked) => new Promise((resolve) => (commit = () => resolve(inTime(marked))));
        return maildrop;
      },
    }),
  });
  const client = await server.login("mrose");
  await client.command("DELE 1");
  client.send("QUIT\r\n");
  await until(() => commit !== undefined);
  const stopped = server.server.stop({ withinMs: 10_000 });
  commit?.();
  assert.equal(await client.line(), "+OK bye");
  client.end();
  await stopped;
  assert.deepEqual([server.ended[0]?.reason, server.ended[0]?.removed], ["quit", 1]);
});

void test("a session that waits for its verdict at a stop is answered, and goes no further", async (context) => {
  const { authenticator, answers } = slowEverybody();
  const server = await testServer(context, { maildrops, authenticator });
  const client = await server.connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS secret\r\n");
  await until(() => answers.length === 1);
  const stopped = server.server.stop({ withinMs: 10_000 });
  answers[0]?.();
  assert.match(await client.line(), /^\+OK maildrop/);
  assert.equal(await client.rest(), "");
  client.end();
  await stopped;
  // Unlocked before the stop was over.
  await (await server.store.open("mrose", { holder: "test", onBusy: "reject" })).release();
});

void test("what is not over in time is ended", async (context) => {
  const server = await testServer(context, { maildrops });
  const client = await server.login("mrose");
  client.socket.pause();
  client.send("RETR 2\r\n");
  await until(() => client.socket.readableLength > 0);
  await server.server.stop({ withinMs: 20 });
  assert.deepEqual(
    server.ended.map(({ reason }) => reason),
    ["stopped"],
  );
  assert.deepEqual(server.server.sessions(), []);
});

void test("a stopped server does not listen again, and stopping twice is stopping once", async (context) => {
  const { server } = await testServer(context);
  await Promise.all([server.stop({ withinMs: 100 }), server.stop({ withinMs: 100 })]);
  await assert.rejects(server.listen({ host: "127.0.0.1", port: 0 }), /stopped/);
});

void test("sessions are listed with who they are, and one is ended without UPDATE", async (context) => {
  const server = await testServer(context, { maildrops });
  const client = await server.login("mrose");
  await client.command("DELE 1");
  await (await server.connect()).line();
  const [first, second] = server.server.sessions();
  assert.ok(first !== undefined && second !== undefined);
  const { sinceMs, session, ...rest } = first;
  assert.ok(sinceMs >= 0 && session !== second.session);
  assert.deepEqual(rest, { protocol: "pop3", remoteAddress: "127.0.0.1", login: "mrose", state: "transaction" });
  assert.deepEqual([second.login, second.state], [undefined, "authorization"]);
  assert.equal(server.server.kick(session), true);
  assert.equal(await client.rest(), "");
  client.end();
  await server.untilEnded(1);
  assert.deepEqual([server.ended[0]?.reason, server.ended[0]?.removed], ["kicked", 0]);
  assert.equal(server.server.kick(session), false);
});

requirement("P3-S-131", "a server that stops removes nothing that was only marked", async (context) => {
  const server = await testServer(context, { maildrops });
  const client = await server.login("mrose");
  await client.command("DELE 1");
  await server.server.stop({ withinMs: 0 });
  const maildrop = await server.store.open("mrose", { holder: "test", onBusy: "reject" });
  assert.equal(maildrop.count, 2);
});

void test("each session is told of once, with its numbers", async (context) => {
  const server = await testServer(context, { maildrops: { mrose: [messageOf(120), messageOf(200), messageOf(300)] } });
  const client = await server.connect();
  await client.login("mrose", "wrong");
  await client.command("USER mrose");
  await client.command("PASS secret");
  for (const command of ["RETR 1", "RETR 2", "TOP 3 0"]) await client.list(command);
  await client.command("DELE 1");
  await client.command("QUIT");
  client.end();
  await server.untilEnded(1);
  const [summary, ...more] = server.ended;
  assert.ok(summary !== undefined && more.length === 0);
  const { session: _, durationMs, ...numbers } = summary;
  assert.ok(durationMs > 0);
  assert.deepEqual(numbers, {
    protocol: "pop3",
    remoteAddress: "127.0.0.1",
    login: "mrose",
    account: "mrose",
    mechanism: "USER",
    tls: undefined,
    retrieved: { messages: 2, octets: 320 },
    top: 1,
    removed: 1,
    left: 2,
    failedLogins: 1,
    reason: "quit",
  });
});

void test("an observer that throws harms no session", async (context) => {
  const warnings: string[] = [];
  const listener = (warning: Error): void => void warnings.push(warning.message);
  process.on("warning", listener);
  context.after(() => process.off("warning", listener));
  const observer = {
    sessionEnded() {
      throw new Error("the observer is broken");
    },
  };
  const server = createPop3Server({ store: new MemoryStore(), authenticator: EVERYBODY, observer });
  const { port } = await server.listen({ host: "127.0.0.1", port: 0 });
  connect(port, "127.0.0.1").end("QUIT\r\n").resume();
  await until(() => warnings.length > 0);
  assert.deepEqual(warnings, ["the observer is broken"]);
  await server.stop({ withinMs: 1_000 });
});
