// Time, moved by hand: nothing here waits for a real clock.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { MemoryStore } from "@restante/pop/maildrop";
import { changedStore } from "../support/changed-store.ts";
import { FakeClock } from "../support/fake-clock.ts";
import type { LineClient } from "../support/line-client.ts";
import { until } from "../support/until.ts";
import { EVERYBODY, messageOf, testServer, type TestServer, type TestServerOptions } from "../support/test-server.ts";

const MINUTE = 60_000;

interface Timed extends TestServer {
  /** Moves the clock as a real one moves: the server looks at it once a second. */
  pass(ms: number): void;
}

async function timedServer(context: TestContext, options: TestServerOptions = {}): Promise<Timed> {
  const clock = new FakeClock();
  const test = await testServer(context, { clock, maildrops: { mrose: [messageOf(120)] }, ...options });
  const pass = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 1_000) {
      clock.advance(Math.min(1_000, ms - passed));
      test.server.sweep();
    }
  };
  return { ...test, pass };
}

async function expectSilentEnd(client: LineClient, server: TestServer, reason: string): Promise<void> {
  assert.equal(await client.rest(), "");
  client.end();
  await server.untilEnded(1);
  assert.equal(server.ended[0]?.reason, reason);
}

requirement(
  "P3-S-019",
  "a session is idle for ten minutes before it ends, and a shorter setting is warned of",
  async (context) => {
    const server = await timedServer(context);
    const client = await server.login("mrose");
    server.pass(10 * MINUTE - 1_000);
    assert.equal(await client.command("NOOP"), "+OK still here");
    server.pass(10 * MINUTE);
    await expectSilentEnd(client, server, "idle");
    assert.deepEqual(server.warnings, []);
    const { warnings } = await testServer(context, { limits: { idleMs: 60_000 } });
    assert.deepEqual(warnings, ["limits.idleMs is 60000: RFC 1939 section 3 asks for at least 600000"]);
  },
);

requirement("P3-S-020", "any command starts the idle time again", async (context) => {
  const server = await timedServer(context);
  const client = await server.login("mrose");
  for (let i = 0; i < 3; i += 1) {
    server.pass(9 * MINUTE);
    assert.equal(await client.command("NOOP"), "+OK still here");
  }
});

requirement(
  ["P3-S-021", "P3-S-131"],
  "an idle session ends without a word and without UPDATE, and lets the maildrop go",
  async (context) => {
    const server = await timedServer(context);
    const client = await server.login("mrose");
    await client.command("DELE 1");
    server.pass(10 * MINUTE);
    await expectSilentEnd(client, server, "idle");
    assert.equal(server.ended[0]?.removed, 0);
    assert.equal(await (await server.connect()).login("mrose"), "+OK maildrop has 1 message (120 octets)");
  },
);

void test("half a command and then silence is silence", async (context) => {
  const server = await timedServer(context);
  const client = await server.login("mrose");
  for (const octet of "DELE 1") {
    server.pass(MINUTE);
    client.send(octet);
  }
  server.pass(5 * MINUTE);
  await expectSilentEnd(client, server, "idle");
});

requirement("P3-S-023", "who is not logged in after ten minutes has to leave, whatever he sends", async (context) => {
  const server = await timedServer(context);
  const client = await server.connect();
  await client.line();
  for (let minute = 0; minute < 9; minute += 1) {
    server.pass(MINUTE);
    assert.ok((await client.list("CAPA")).includes("USER"));
  }
  server.pass(MINUTE);
  await expectSilentEnd(client, server, "login-timeout");
});

requirement(
  "P3-S-054",
  "who sends commands or takes mail keeps the maildrop; who is silent for a minute loses it to the next",
  async (context) => {
    const clock = new FakeClock();
    const store = new MemoryStore({ now: () => clock.now() });
    store.addAccount("mrose");
    // Far more than the system holds between the two, so that the server is at it until the end.
    const message = messageOf(96 * 1_048_576);
    await store.deliver("mrose", { body: [Buffer.from(message)] });
    let touches = 0;
    const counted = changedStore((maildrop) => ({
      touch() {
        touches += 1;
        maildrop.touch();
      },
    }));
    const server = await timedServer(context, { clock, maildrops: {}, around: () => counted(store) });
    const second = async (): Promise<string> => (await server.connect()).login("mrose");
    const passSeconds = (seconds: number): void => {
      for (let passed = 0; passed < seconds; passed += 1) {
        clock.advance(1_000);
        server.server.sweep();
      }
    };
    const first = await server.login("mrose");
    for (let times = 0; times < 3; times += 1) {
      passSeconds(50);
      await first.command("NOOP");
    }
    assert.match(await second(), /^-ERR \[IN-USE\]/);
    first.socket.pause();
    first.send("RETR 1\r\n");
    for (let times = 0; times < 3; times += 1) {
      passSeconds(50);
      // How much it takes until the server sees it differs: the system has memory of its own between the two.
      const seen = touches;
      first.socket.resume();
      await until(() => {
        server.server.sweep();
        return touches > seen || first.socket.bytesRead >= message.length;
      });
      first.socket.pause();
    }
    assert.match(await second(), /^-ERR \[IN-USE\]/);
    first.socket.resume();
    assert.equal(await first.line(), `+OK ${message.length} octets`);
    assert.ok((await first.data()) === message);
    await first.command("DELE 1");
    passSeconds(61);
    assert.match(await second(), /^\+OK maildrop has 1 message/);
    assert.match(await first.command("QUIT"), /^-ERR \[SYS\/TEMP\] another session took the maildrop over/);
  },
);

void test("a SASL exchange has a minute in all, not a minute a line", async (context) => {
  const server = await timedServer(context);
  const client = await server.connect();
  await client.line();
  assert.equal(await client.command("AUTH LOGIN"), "+ VXNlcm5hbWU6");
  server.pass(40_000);
  assert.equal(await client.command("bXJvc2U="), "+ UGFzc3dvcmQ6");
  server.pass(20_000);
  await expectSilentEnd(client, server, "login-timeout");
});

void test("no session lasts longer than four hours", async (context) => {
  const server = await timedServer(context);
  const client = await server.login("mrose");
  for (let minutes = 5; minutes < 240; minutes += 5) {
    server.pass(5 * MINUTE);
    assert.equal(await client.command("NOOP"), "+OK still here");
  }
  server.pass(5 * MINUTE);
  await expectSilentEnd(client, server, "session-limit");
});

void test("accounts that never answer are an outage after a minute, and the session goes on", async (context) => {
  let isAsked = false;
  const checkPassword = (): Promise<never> => {
    isAsked = true;
    return new Promise(() => {});
  };
  const server = await timedServer(context, { authenticator: { ...EVERYBODY, checkPassword } });
  const client = await server.connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS secret\r\nNOOP\r\nCAPA\r\n");
  await until(() => isAsked);
  server.pass(MINUTE);
  assert.equal(await client.line(), "-ERR [SYS/TEMP] cannot check passwords now, try again later");
  assert.match(await client.line(), /^-ERR not allowed/);
  assert.match(await client.line(), /^\+OK/);
  assert.deepEqual(
    server.failures.map((failure) => failure.while),
    ["checking credentials"],
  );
});

void test("a store that never opens is an outage after a minute; a maildrop that comes too late is let go", async (context) => {
  let openLate: (() => void) | undefined;
  const server = await timedServer(context, {
    around: (store) => ({
      capabilities: store.capabilities,
      deliver: (...args) => store.deliver(...args),
      open(...args) {
        if (openLate !== undefined) return store.open(...args);
        return new Promise((resolve) => (openLate = () => resolve(store.open(...args))));
      },
    }),
  });
  const client = await server.connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS secret\r\n");
  await until(() => openLate !== undefined);
  server.pass(MINUTE);
  assert.equal(await client.line(), "-ERR [SYS/TEMP] mail is not available now, try again later");
  openLate?.();
  await client.command("USER mrose");
  assert.equal(await client.command("PASS secret"), "+OK maildrop has 1 message (120 octets)");
  assert.deepEqual(
    server.failures.map((failure) => failure.while),
    ["opening the maildrop"],
  );
});

void test("a peer that does not close its side is closed five seconds after the last reply", async (context) => {
  const server = await timedServer(context);
  const client = await server.login("mrose");
  assert.equal(await client.command("QUIT"), "+OK bye");
  assert.equal(server.ended.length, 0);
  server.pass(5_000);
  await server.untilEnded(1);
  assert.equal(server.ended[0]?.reason, "quit");
});
