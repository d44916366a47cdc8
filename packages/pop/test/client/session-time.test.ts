// How long anything may take: signals, time-outs, pauses, and readers and passwords that keep everybody waiting.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { setInterval } from "node:timers/promises";
import { connect, connectPop2, DEFAULT_TIMEOUTS, type Pop3Session, type TokenRequest } from "@restante/pop/client";
import type { SaslClientMechanism } from "@restante/pop/sasl";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { answers, scriptedFamily } from "../support/scripted-family.ts";
import { until } from "../support/until.ts";
import { AUTH, errorOf, MESSAGES, settingFor, settingWith, text } from "./fixture.ts";

requirement(
  "P3-C-104",
  "while what came is being stored NOOP fills the pause, and answers find who asked",
  async (context) => {
    for (const pipelining of ["auto", "off"] as const) {
      const { peer, session } = await settingFor(context);
      const noops = (): number => peer.commands.filter((command) => command === "NOOP").length;
      const pop = await session({ pipelining });
      const got: string[] = [];
      {
        using awake = pop.keepAlive({ everyMs: 10 });
        assert.notEqual(awake, undefined);
        for await (const message of pop.messages()) {
          got.push(await text(message.retrieve()));
          const before = noops();
          await until(() => noops() > before + 1);
        }
        assert.deepEqual(got, MESSAGES);
        assert.equal((await pop.stat()).count, 3);
      }
      await pop.stat();
      const said = peer.commands.length;
      await ticks({ everyMs: 10, count: 5 });
      assert.equal(peer.commands.length, said, "and is said no more when nobody holds it");
      assert.equal((await pop.commit()).status, "committed");
    }
  },
);

requirement("P3-C-104", "unless told otherwise NOOP is said once in ten to thirty seconds", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const { peer, session } = await settingFor(context);
  const pop = await session();
  using awake = pop.keepAlive();
  assert.notEqual(awake, undefined);
  context.mock.timers.tick(10_000);
  await pop.stat();
  assert.equal(peer.commands.includes("NOOP"), false);
  context.mock.timers.tick(20_000);
  await until(() => peer.commands.includes("NOOP"));
});

requirement("P3-C-104", "into a conversation no NOOP is said, however slowly it goes", async (context) => {
  for (const pipelining of ["auto", "off"] as const) {
    const large = "x".repeat(3_000_000);
    const { peer, session } = await settingFor(context, { messages: [large] });
    const pop = await session({ pipelining });
    const stream = pop.retrieve(1);
    const reader = stream[Symbol.asyncIterator]();
    let octets = (await reader.next()).value?.length ?? 0;
    {
      using awake = pop.keepAlive({ everyMs: 10 });
      assert.notEqual(awake, undefined);
      await ticks({ everyMs: 10, count: 5 });
    }
    for (let chunk = await reader.next(); chunk.done !== true; chunk = await reader.next())
      octets += chunk.value.length;
    assert.equal(octets, large.length + 2);
    await pop.stat();
    assert.equal(peer.commands.includes("NOOP"), false);
  }
});

/** As time goes for whoever asks for it as often. */
async function ticks({ everyMs, count }: { readonly everyMs: number; readonly count: number }): Promise<void> {
  const ticking = setInterval(everyMs);
  for await (const _ of ticking) if ((count -= 1) === 0) return;
}

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

requirement(
  "P3-C-019",
  "a first line is waited for a minute at least, and no longer than was said",
  async (context) => {
    for (const wait of ["greetingMs", "commandMs", "probationMs", "idleMs"] as const)
      assert.ok(DEFAULT_TIMEOUTS[wait] >= 60_000, `${wait} is ${DEFAULT_TIMEOUTS[wait]}`);
    const auth = { ...AUTH, mechanisms: ["USER"] } as const;
    for (const [on, ask] of [
      ["PASS", (pop: Pop3Session) => pop.login(auth)],
      ["UIDL", (pop: Pop3Session) => pop.login(auth).then(() => pop.list())],
      ["RETR", (pop: Pop3Session) => pop.login(auth).then(() => pop.retrieve(1).toBuffer())],
    ] as const) {
      const { options } = await settingWith(context, { on, stall: 0 });
      const { auth: _auth, ...without } = options({ pipelining: "off", timeouts: { commandMs: 400 } });
      const pop = await connect(without);
      const since = performance.now();
      const error = await errorOf(ask(pop));
      assert.deepEqual(
        [error.code, error.sessionUsable, error.command?.startsWith(on)],
        ["COMMAND_TIMEOUT", false, true],
      );
      assert.ok(performance.now() - since >= 400);
    }
  },
);

requirement(
  "P3-C-019",
  "UIDL of a large maildrop may take its time also while pipelining is tried",
  async (context) => {
    const { peer, session } = await settingWith(context, { on: "UIDL", delayMs: 600 });
    const pop = await session({ timeouts: { commandMs: 10_000, probationMs: DEFAULT_TIMEOUTS.probationMs } });
    assert.equal((await pop.list()).entries.length, 3);
    assert.equal(peer.connections.length, 1);
  },
);

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

test("a loop that is aborted gives up the message that it retrieves", async (context) => {
  const { session } = await settingFor(context, { faults: [{ on: "RETR 1", stall: 8 }] });
  const pop = await session({ timeouts: { idleMs: 60_000 } });
  const abort = new AbortController();
  const loop = async (): Promise<void> => {
    for await (const message of pop.messages({ signal: abort.signal })) {
      setTimeout(() => abort.abort(), 50);
      await message.retrieve({ timeoutMs: 30_000 }).toBuffer();
    }
  };
  assert.equal((await errorOf(loop())).code, "ABORTED");
});

test("a login has its own time, also while the server is silent about what comes before the password", async (context) => {
  const { options } = await settingFor(context, {
    capabilities: ["SASL PLAIN", "UTF8", "UIDL", "TOP"],
    faults: [{ on: "UTF8", stall: 0 }],
  });
  const { auth, ...without } = options({ utf8: true });
  const pop = await connect(without);
  assert.equal((await errorOf(pop.login(auth ?? AUTH, { timeoutMs: 20 }))).code, "COMMAND_TIMEOUT");
  assert.equal(pop.state, "closed");
});

test("a login that was given up before it began says nothing, and may be tried again", async (context) => {
  const { options, peer } = await settingFor(context);
  const { auth, ...without } = options();
  const pop = await connect(without);
  const error = await errorOf(pop.login(auth ?? AUTH, { signal: AbortSignal.abort() }));
  assert.deepEqual([error.code, error.phase, error.sessionUsable], ["ABORTED", "auth", true]);
  assert.ok(!peer.commands.some((command) => command.startsWith("AUTH")));
  await pop.login(auth ?? AUTH);
  assert.equal((await pop.stat()).count, 3);
  await pop.rollback();
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

const neverStarted: SaslClientMechanism = {
  name: "OWN",
  needs: "password",
  plaintext: false,
  onRequestOnly: false,
  serverFirst: false,
  prefersTwoSteps: false,
  ignoresFirstChallenge: false,
  channelBinding: false,
  start: () => ({ isVerified: true, failure: undefined, next: never }),
};

test("a password, a token and a mechanism that never come have a time of their own, and the session goes on", async (context) => {
  const { peer, options } = await settingFor(context, {
    mechanisms: ["PLAIN", "LOGIN", "OAUTHBEARER"],
  });
  let isTold = false;
  const oauth2 = ({ signal }: TokenRequest): Promise<never> => {
    signal.addEventListener("abort", () => (isTold = true));
    return never();
  };
  const { auth: _auth, ...without } = options({ timeouts: { credentialsMs: 100, commandMs: 2_000 } });
  for (const auth of [
    { user: "anna", password: never, mechanisms: ["PLAIN"] },
    { user: "anna", password: never, mechanisms: ["LOGIN"] },
    { user: "anna", password: never, mechanisms: ["USER"] },
    { user: "anna", oauth2 },
    { sasl: neverStarted, user: "anna", password: "secret" },
  ] as const) {
    const pop = await connect(without);
    const error = await errorOf(pop.login(auth));
    assert.deepEqual([error.code, error.phase, error.sessionUsable], ["AUTH_TIMEOUT", "auth", true]);
    assert.match(error.message, /did not come in time/);
    await pop.login(AUTH);
    assert.equal((await pop.stat()).count, 3);
    await pop.commit();
  }
  assert.equal(isTold, true, "whoever looks for a token is told that nobody waits");
  assert.equal(peer.connections.length, 5);
});

test("a password that is asked for behind a challenge may take longer than a reply of the server", async (context) => {
  const { session } = await settingFor(context, { mechanisms: ["LOGIN"] });
  const password = async (): Promise<string> => {
    await ticks({ everyMs: 100, count: 8 });
    return "secret";
  };
  const timeouts = { commandMs: 400, replyMs: 500 };
  const pop = await session({ auth: { user: "anna", password, mechanisms: ["LOGIN"] }, timeouts });
  assert.equal((await pop.stat()).count, 3);
});

test("after a challenge was answered the server has its time again, and no more", async (context) => {
  const { options } = await settingFor(context, {
    mechanisms: ["LOGIN"],
    faults: [{ on: "login", stall: 0 }],
  });
  const auth = { user: "anna", password: "secret", mechanisms: ["LOGIN"] } as const;
  assert.equal((await errorOf(connect(options({ auth, timeouts: { commandMs: 300 } })))).code, "COMMAND_TIMEOUT");
});

test("a password for POP2 that never comes ends with its time, and with a signal at once", async (context) => {
  const { port } = await scriptedFamily(context, answers("+ POP2 mail.example ready\r\n", ["+ bye\r\n"]));
  const stop = new AbortController();
  const options = { host: "127.0.0.1", port, signal: stop.signal } as const;
  const late = connectPop2({ ...options, auth: { user: "anna", password: never }, timeouts: { credentialsMs: 100 } });
  assert.equal((await errorOf(late)).code, "AUTH_TIMEOUT");
  const password = (): Promise<never> => {
    setImmediate(() => stop.abort());
    return never();
  };
  assert.equal((await errorOf(connectPop2({ ...options, auth: { user: "anna", password } }))).code, "ABORTED");
});
