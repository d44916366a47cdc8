// Logging in: who gets in, what the others learn, and when.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import type { Authenticator } from "@restante/pop/sasl";
import { FakeClock } from "../support/fake-clock.ts";
import type { LineClient } from "../support/line-client.ts";
import { until } from "../support/until.ts";
import { EVERYBODY, messageOf, slowEverybody, testServer, type TestServer } from "../support/test-server.ts";

requirement("P3-S-035", "spaces of a password count, at its edges too", async (context) => {
  const seen: string[] = [];
  const authenticator: Authenticator = {
    ...EVERYBODY,
    // oxlint-disable-next-line typescript/require-await -- part of the contract
    async checkPassword(login, password) {
      seen.push(password);
      return { kind: "accepted", account: login, login };
    },
  };
  const { connect } = await testServer(context, { authenticator, maildrops: { mrose: [] } });
  const client = await connect();
  assert.equal(await client.login("mrose", " a  b "), "+OK maildrop has 0 messages (0 octets)");
  assert.deepEqual(seen, [" a  b "]);
});

void test("a password that is not UTF-8 is nobody's, and the accounts are not asked", async (context) => {
  const authenticator: Authenticator = {
    ...EVERYBODY,
    checkPassword: () => Promise.reject(new Error("asked")),
  };
  const { connect, failures } = await testServer(context, { authenticator });
  assert.match(await (await connect()).login("mrose", "\xff"), /^-ERR \[AUTH\]/);
  assert.deepEqual(failures, []);
});

/** Sends credentials of every kind and gives the text and the time until it leaves, as the server set it. */
async function refusals(context: TestContext, checkMs: number): Promise<readonly (readonly [string, number])[]> {
  const clock = new FakeClock();
  const authenticator: Authenticator = {
    ...EVERYBODY,
    checkPassword(...args) {
      // What hashing would take, for those who have a password.
      if (args[0] === "mrose") clock.advance(checkMs);
      return EVERYBODY.checkPassword(...args);
    },
  };
  const server = await testServer(context, { clock, authenticator, limits: { refusalDelayMs: 2_000 } });
  const answers: (readonly [string, number])[] = [];
  for (const command of ["PASS wrong", "PASS \xff"]) {
    for (const login of ["mrose", "nobody"]) {
      const client = await server.connect();
      await client.line();
      await client.command(`USER ${login}`);
      const from = clock.now();
      client.send(`${command}\r\n`);
      await untilAlarm(clock);
      clock.advance(clock.alarms[0] ?? 0);
      answers.push([await client.line(), clock.now() - from]);
      await client.leave();
    }
  }
  return answers;
}

function untilAlarm(clock: FakeClock): Promise<void> {
  return until(() => clock.alarms.length > 0);
}

requirement(
  ["P3-S-034", "P3-S-046"],
  "unknown login and wrong password get the same octets at the same time, however long the check took",
  async (context) => {
    const expected = "-ERR [AUTH] login refused: check name and password";
    const answers = await refusals(context, 700);
    assert.deepEqual(
      answers,
      Array.from({ length: 4 }, () => [expected, 2_000]),
    );
  },
);

void test("each failure of a session waits longer than the one before; success waits for nothing", async (context) => {
  const clock = new FakeClock();
  const limits = { refusalDelayMs: 2_000 };
  const { connect } = await testServer(context, { clock, limits, maildrops: { mrose: [] } });
  const client = await connect();
  await client.line();
  for (const wait of [2_000, 4_000]) {
    await client.command("USER mrose");
    client.send("PASS wrong\r\n");
    await untilAlarm(clock);
    assert.deepEqual(clock.alarms, [wait]);
    clock.advance(wait);
    assert.match(await client.line(), /^-ERR \[AUTH\]/);
  }
  await client.command("USER mrose");
  assert.match(await client.command("PASS secret"), /^\+OK maildrop/);
  assert.deepEqual(clock.alarms, []);
});

void test("a refusal is not sent to a client that left meanwhile, and nothing keeps its alarm", async (context) => {
  const clock = new FakeClock();
  const { connect, untilEnded, ended } = await testServer(context, { clock, limits: { refusalDelayMs: 2_000 } });
  const client = await connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS wrong\r\n");
  await untilAlarm(clock);
  await client.leave("reset");
  await untilEnded(1);
  assert.deepEqual(clock.alarms, []);
  assert.equal(ended[0]?.failedLogins, 0);
});

requirement(
  "P3-S-149",
  "credentials are refused with [AUTH], an outage of the accounts with [SYS/TEMP]",
  async (context) => {
    const outage = new Error("the accounts are down");
    const authenticator: Authenticator = {
      ...EVERYBODY,
      // oxlint-disable-next-line typescript/require-await -- part of the contract
      async checkPassword(login) {
        return login === "mrose" ? { kind: "unavailable", cause: outage } : { kind: "refused" };
      },
    };
    const { connect, failures } = await testServer(context, { authenticator });
    assert.match(await (await connect()).login("nobody"), /^-ERR \[AUTH\] /);
    assert.deepEqual(failures, []);
    assert.match(await (await connect()).login("mrose"), /^-ERR \[SYS\/TEMP\] /);
    assert.deepEqual(failures, [{ error: outage, while: "checking credentials" }]);
  },
);

void test("an authenticator that throws is an outage, told once", async (context) => {
  const authenticator: Authenticator = { ...EVERYBODY, checkPassword: () => Promise.reject(new Error("oops")) };
  const { connect, failures } = await testServer(context, { authenticator });
  const client = await connect();
  assert.match(await client.login("mrose"), /^-ERR \[SYS\/TEMP\] /);
  assert.equal(failures.length, 1);
});

requirement(
  ["P3-S-051", "P3-S-052"],
  "a second session is refused with [IN-USE] and the word locked, but only with the right password",
  async (context) => {
    const server = await testServer(context, { maildrops: { mrose: [messageOf(120)] } });
    await server.login("mrose");
    const second = await server.connect();
    assert.match(await second.login("mrose", "wrong"), /^-ERR \[AUTH\] /);
    await second.command("USER mrose");
    assert.match(await second.command("PASS secret"), /^-ERR \[IN-USE\] .*locked/);
    assert.deepEqual(server.failures, []);
  },
);

requirement("P3-S-055", "mail that comes during a session is not in it, and is in the next", async (context) => {
  const server = await testServer(context, { maildrops: { mrose: [messageOf(120)] } });
  const client = await server.login("mrose");
  const uniqueIds = await client.list("UIDL");
  await server.store.deliver("mrose", { body: [Buffer.from(messageOf(200))] });
  assert.equal(await client.command("STAT"), "+OK 1 120");
  assert.deepEqual(await client.list("LIST"), ["1 120"]);
  assert.deepEqual(await client.list("UIDL"), uniqueIds);
  await client.command("DELE 1");
  await client.command("QUIT");
  assert.deepEqual(await (await server.login("mrose")).list("LIST"), ["1 200"]);
});

requirement("P3-S-050", "a message removed beside the session is read all the same", async (context) => {
  const server = await testServer(context, { maildrops: { mrose: [] } });
  const { messageId } = await server.store.deliver("mrose", { body: [Buffer.from("a\r\n")] });
  const client = await server.login("mrose");
  await server.store.remove("mrose", [messageId]);
  assert.equal(await client.command("RETR 1"), "+OK 3 octets");
  assert.equal(await client.data(), "a\r\n");
});

async function leaveAfter(server: TestServer, how: (client: LineClient) => Promise<unknown>): Promise<string> {
  const client = await server.login("mrose");
  await client.command("DELE 1");
  const before = server.ended.length;
  await how(client);
  await server.untilEnded(before + 1);
  const next = await server.connect();
  const reply = await next.login("mrose");
  await next.leave();
  await server.untilEnded(before + 2);
  return reply;
}

requirement(
  ["P3-S-053", "P3-S-131"],
  "however a session ends without QUIT, the maildrop is free at once and whole",
  async (context) => {
    const server = await testServer(context, { maildrops: { mrose: [messageOf(120), messageOf(3_000_000)] } });
    const ways: readonly ((client: LineClient) => Promise<unknown>)[] = [
      (client) => client.leave("close"),
      (client) => client.leave("reset"),
      async (client) => {
        client.end();
        assert.equal(await client.rest(), "");
      },
      async (client) => {
        client.send("RETR 2\r\n");
        await client.octets(100_000);
        await client.leave("reset");
      },
      (client) => {
        server.server.kick(server.server.sessions()[0]?.session ?? "");
        return client.rest().then(() => client.end());
      },
    ];
    for (const way of ways) {
      assert.equal(await leaveAfter(server, way), "+OK maildrop has 2 messages (3000120 octets)");
    }
  },
);

void test("a client that leaves while its password is checked holds nothing afterwards", async (context) => {
  const { authenticator, answers } = slowEverybody();
  const server = await testServer(context, { authenticator, maildrops: { mrose: [] } });
  const client = await server.connect();
  await client.line();
  await client.command("USER mrose");
  client.send("PASS secret\r\n");
  await until(() => answers.length === 1);
  await client.leave("reset");
  await server.untilEnded(1);
  answers[0]?.();
  const next = await server.connect();
  const reply = next.login("mrose");
  await until(() => answers.length === 2);
  answers[1]?.();
  assert.match(await reply, /^\+OK/);
});
