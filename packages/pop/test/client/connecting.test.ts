// The way to a session: names and ports, greetings, options, and whoever wants to know how far it is.
import assert from "node:assert/strict";
import { createServer, type AddressInfo } from "node:net";
import { test, type TestContext } from "node:test";
import { connect, connectPop1, probe, type Pop3Options } from "@restante/pop/client";
import { requirement } from "../../../../scripts/conformance/requirement.ts";
import { AUTH, errorOf, settingFor, settingWith } from "./fixture.ts";
import { PIN, TLS, TRUST } from "./tls-fixture.ts";

/** A server that says one thing and is asked what it heard. */
async function says(context: TestContext, greeting: string): Promise<{ port: number; heard(): string }> {
  let heard = "";
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk) => {
      heard += chunk.toString("latin1");
    });
    socket.write(greeting, "latin1");
    context.after(() => socket.destroy());
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  context.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, heard: () => heard };
}

function to(port: number, more: Partial<Pop3Options> = {}): Pop3Options {
  return { host: "127.0.0.1", port, tls: "none", auth: AUTH, ...more };
}

requirement("P3-C-002", "whoever is no POP3 server, or does not want to be one now, is told apart", async (context) => {
  for (const [greeting, code, words] of [
    ["-ERR busy\r\n", "GREETING_REFUSED", /busy/],
    ["-ERR [SYS/TEMP] later\r\n", "SERVER_TEMPORARY", /later/],
    ["-ERR [IN-USE] locked\r\n", "MAILBOX_BUSY", /locked/],
    ["220 mail.example ESMTP\r\n", "PROTOCOL", /SMTP or FTP answers here/],
    ["* OK IMAP4rev1 ready\r\n", "PROTOCOL", /IMAP answers here/],
    ["+ POP2 ready\r\n", "PROTOCOL", /POP2 answers here/],
    ["HTTP/1.1 400 Bad Request\r\n", "PROTOCOL", /HTTP answers here/],
    ["+ERR\r\n", "PROTOCOL", /\+ERR/],
  ] as const) {
    const { port, heard } = await says(context, greeting);
    const error = await errorOf(connect(to(port)));
    assert.equal(error.code, code, greeting);
    assert.match(error.message, words);
    assert.equal(error.phase, "greeting");
    assert.equal(heard(), "");
  }
});

requirement("P3-C-001", "nothing is sent before the greeting is whole", async (context) => {
  const { port, heard } = await says(context, "+OK almost");
  const error = await errorOf(connect(to(port, { timeouts: { greetingMs: 60 } })));
  assert.deepEqual([error.code, error.phase, heard()], ["GREETING_TIMEOUT", "greeting", ""]);
});

requirement(["P3-C-004", "P3-C-005"], "statuses count however they are written", async (context) => {
  for (const answer of ["+OK", "+ok fine", "+OKready", "+Ok\t"]) {
    const { session } = await settingWith(context, { on: "greeting", answer }, { on: "NOOP", answer });
    await (await session()).noop();
  }
  const { session } = await settingWith(context, { on: "NOOP", answer: "+ERR no" });
  assert.equal((await errorOf((await session()).noop())).code, "PROTOCOL");
});

test("a name that is none, a port nobody listens on, and a connection that hangs", async (context) => {
  const refused = await errorOf(connect(to(1)));
  assert.deepEqual([refused.code, refused.retry, refused.phase], ["CONNECT_REFUSED", "later", "connect"]);
  assert.deepEqual([refused.place, refused.message], ["127.0.0.1:1", "127.0.0.1:1: nobody listens there"]);
  const unknown = await errorOf(connect({ host: "does-not-exist.invalid", auth: AUTH }));
  assert.equal(unknown.code, "DNS");
  assert.equal(unknown.message, "does-not-exist.invalid:995: the host name could not be resolved");
  const never = { connect: () => new Promise<never>(() => undefined) };
  const late = await errorOf(connect(to(1, { transport: never, timeouts: { connectMs: 40 } })));
  assert.deepEqual([late.code, late.place], ["CONNECT_TIMEOUT", "127.0.0.1:1"]);
  assert.equal(late.message, "127.0.0.1:1: the server could not be reached in time");
  const failing = { connect: () => Promise.reject(Object.assign(new Error("no route"), { code: "EHOSTUNREACH" })) };
  const away = await errorOf(connect(to(995, { host: "fe80::1", transport: failing })));
  assert.deepEqual([away.code, away.message], ["NETWORK", "[fe80::1]:995: no connection could be made"]);
  const aborted = await errorOf(connect(to(1, { transport: never, signal: AbortSignal.timeout(20) })));
  assert.equal(aborted.code, "ABORTED");
  const { port } = await says(context, "");
  const handshake = await errorOf(connect(to(port, { tls: "implicit", timeouts: { connectMs: 400 } })));
  assert.deepEqual([handshake.code, handshake.phase], ["CONNECT_TIMEOUT", "tls"]);
  assert.equal(handshake.place, `127.0.0.1:${port}`);
  const family = await errorOf(connectPop1({ host: "127.0.0.1", port: 1, auth: AUTH }));
  assert.deepEqual([family.code, family.place], ["CONNECT_REFUSED", "127.0.0.1:1"]);
});

test("options that cannot work are refused before anything happens", async () => {
  const wrong: readonly unknown[] = [
    { host: "" },
    { host: "a b" },
    { host: "x", port: 0 },
    { host: "x", tls: "maybe" },
    { host: "x", timeouts: { commandMs: -1 } },
    { host: "x", timeouts: { commandsMs: 1 } },
    { host: "x", limits: { lineOctetsMax: Number.NaN } },
    { host: "x", pin: "md5/abc" },
    { host: "x", pin: ["00:11"] },
    { host: "x", proxy: "socks5://127.0.0.1" },
    { host: "x", proxy: "not a url" },
    { host: "x", tlsOptions: { rejectUnauthorized: false } },
  ];
  for (const options of wrong) {
    const error = await errorOf(connect(options as Pop3Options));
    assert.deepEqual([error.code, error.retry], ["CONFIG", "never"], JSON.stringify(options));
  }
});

test("a look at a server needs no login", async (context) => {
  const { peer, options } = await settingFor(context, { tls: TLS, greeting: "ready <1896.697@example.org>" });
  const { auth, ...look } = options({ tls: "stls-required", pin: PIN });
  assert.notEqual(auth, undefined);
  const info = await probe(look);
  assert.equal(info.greeting, "ready <1896.697@example.org>");
  assert.equal(info.hasApop, true);
  assert.equal(info.beforeTls?.stls, true);
  assert.equal(info.capabilities.stls, false);
  assert.equal(info.tls?.pin, PIN);
  await peer.untilClosed(1);
  assert.deepEqual(peer.commands, ["CAPA", "STLS", "CAPA", "QUIT"]);
});

test("who waits for a session is told how far it is", async (context) => {
  const tls = { ...TLS, implicit: true };
  for (const [mode, peerTls, steps] of [
    ["none", undefined, ["connect", "auth"]],
    ["stls-required", TLS, ["connect", "tls", "auth"]],
    ["implicit", tls, ["connect", "tls", "auth"]],
  ] as const) {
    const { session } = await settingFor(context, peerTls === undefined ? {} : { tls: peerTls });
    const told: string[] = [];
    await session({ tls: mode, tlsOptions: TRUST, onStep: (step) => void told.push(step) });
    assert.deepEqual(told, steps, mode);
  }
});

test("a trace has what a listing says, and of a long one its beginning and how much more there was", async (context) => {
  const messages = Array.from({ length: 120 }, () => "Subject: x\r\n\r\n");
  const { session } = await settingFor(context, { messages });
  const told: string[] = [];
  const pop = await session({ trace: ({ from, line }) => void (from === "server" && told.push(line ?? "")) });
  await pop.list();
  const sizes = told.filter((line) => /^\d+ 14$/.test(line));
  const first = sizes.slice(0, 3);
  assert.deepEqual(first, ["1 14", "2 14", "3 14"]);
  assert.equal(sizes.length, 100);
  assert.ok(told.includes("(20 more lines)"));
  assert.ok(told.includes("USER"), "what CAPA lists");
});

test("what goes wrong in a trace is told as a warning, and the session goes on", async (context) => {
  const { session } = await settingFor(context);
  const warned = new Promise<Error>((resolve) => {
    process.once("warning", resolve);
  });
  let told = 0;
  const pop = await session({
    trace: () => {
      told += 1;
      if (told === 1) throw new Error("no room on the disk");
    },
  });
  await pop.noop();
  assert.match((await warned).message, /no room/);
});
