import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { connectReader, OfficeError, OperationError, reachOffice, type Caller } from "../../src/office/index.ts";
import { SILENT } from "../../src/observe/index.ts";
import { readSocketPath } from "../../src/office/control/socket-path.ts";
import { loggedIn, openTestOffice, temporaryDirectory, testConfig, type TestOffice } from "./test-office.ts";

async function withOffice(
  run: (o: { readonly house: TestOffice; readonly caller: Caller }) => Promise<void>,
): Promise<void> {
  const house = await openTestOffice();
  try {
    const caller = await reachOffice({ config: house.config });
    try {
      assert.equal(caller.remote, true);
      await run({ house, caller });
    } finally {
      await caller.close();
    }
  } finally {
    await house.stop();
  }
}

async function* octetsOf(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text);
}

async function gather(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts);
}

const refusedWith = (code: string) => (error: unknown) => {
  assert.ok(error instanceof OperationError || error instanceof OfficeError, String(error));
  assert.equal(error.code, code);
  return true;
};

test("an account made over the control socket logs in over POP3", async () => {
  await withOffice(async ({ house, caller }) => {
    const { login, password } = await caller.call("account.add", { name: "Anna" });
    const talk = await loggedIn(house.port("pop3"), login, password);
    assert.equal(await talk.say("STAT"), "+OK 0 0");
    talk.close();
  });
});

test("refusals come back with the code and text they were made with", async () => {
  await withOffice(async ({ caller }) => {
    await caller.call("account.add", { name: "anna" });
    await assert.rejects(caller.call("account.add", { name: "anna" }), refusedWith("name-taken"));
    await assert.rejects(caller.call("account.disable", { name: "nobody" }), refusedWith("not-found"));
    await assert.rejects(caller.call("kick", { session: "none" }), refusedWith("no-such-session"));
    await assert.rejects(caller.call("account.add", { name: 7 as unknown as string }), refusedWith("bad-input"));
    await assert.rejects(
      caller.call("address.add", { name: "anna", address: "a@elsewhere.example" }),
      refusedWith("not-our-domain"),
    );
  });
});

test("account.list tells nothing of how secrets are kept", async () => {
  await withOffice(async ({ caller }) => {
    const { password } = await caller.call("account.add", { name: "anna" });
    await caller.call("account.app-password", { name: "anna", label: "phone" });
    const text = JSON.stringify(await caller.call("account.list", {}));
    assert.match(text, /"anna\/phone"/);
    assert.doesNotMatch(text, /verifier|scram|hmac|credential/i);
    assert.ok(!text.includes(password));
  });
});

test("a message of 20 MB goes in and comes out octet for octet", async () => {
  await withOffice(async ({ caller }) => {
    await caller.call("account.add", { name: "anna" });
    const line = Buffer.from(`${"0123456789abcdef".repeat(60)}\r\n`);
    const lines = 20_000;
    const head = Buffer.from("Subject: large\r\n\r\n");
    const delivered = await caller.send(
      "deliver",
      { recipient: "anna@example.org" },
      (async function* () {
        yield head;
        for (let i = 0; i < lines; i += 1) yield line;
      })(),
    );
    assert.equal(delivered.added, true);
    const [message] = await caller.call("message.page", { name: "anna", after: 0, limit: 10 });
    assert.equal(message?.octets, head.length + lines * line.length);
    let octets = 0;
    for await (const chunk of caller.octets("message.octets", { name: "anna", messageId: delivered.messageId }))
      octets += chunk.length;
    assert.equal(octets, head.length + lines * line.length);
  });
});

test("a refusal while a large message is still being sent is told, and the socket serves on", async () => {
  await withOffice(async ({ caller }) => {
    const block = new Uint8Array(65_536);
    const endless = (async function* () {
      for (let i = 0; i < 2_000; i += 1) yield block;
    })();
    await assert.rejects(
      caller.send("deliver", { recipient: "nobody@example.org" }, endless),
      refusedWith("no-such-user"),
    );
    assert.deepEqual(await caller.call("account.list", {}), []);
  });
});

test("a body that breaks off delivers nothing and tells its own reason", async () => {
  await withOffice(async ({ caller }) => {
    await caller.call("account.add", { name: "anna" });
    const broken = (async function* () {
      yield Buffer.from("Subject: half\r\n");
      throw new Error("the pipe broke");
    })();
    await assert.rejects(caller.send("deliver", { recipient: "anna" }, broken), /the pipe broke/);
    assert.deepEqual(await caller.call("message.page", { name: "anna", after: 0, limit: 10 }), []);
  });
});

test("a message nobody has is refused before its first octet", async () => {
  await withOffice(async ({ caller }) => {
    await caller.call("account.add", { name: "anna" });
    await assert.rejects(
      gather(caller.octets("message.octets", { name: "anna", messageId: 99 })),
      refusedWith("NO_SUCH_MESSAGE"),
    );
  });
});

test("who shows a session and kick ends it without removing what it marked", async () => {
  await withOffice(async ({ house, caller }) => {
    const { login, password } = await caller.call("account.add", { name: "anna" });
    await caller.send("deliver", { recipient: "anna" }, octetsOf("Subject: kept\r\n\r\n"));
    const talk = await loggedIn(house.port("pop3"), login, password);
    assert.match((await talk.say("DELE 1")) ?? "", /^\+OK/);
    const sessions = await caller.call("who", {});
    const mine = sessions.find((session) => session.login === "anna");
    assert.equal(mine?.protocol, "pop3");
    assert.equal(mine?.remoteAddress, "127.0.0.1");
    await caller.call("kick", { session: mine?.session ?? "" });
    assert.equal(await talk.line(), undefined);
    assert.equal((await caller.call("message.page", { name: "anna", after: 0, limit: 10 })).length, 1);
  });
});

test("status tells what is open and nothing that is secret", async () => {
  await withOffice(async ({ house, caller }) => {
    const status = await caller.call("status", {});
    assert.equal(status.pid, process.pid);
    assert.deepEqual(
      status.listeners.map(({ port }) => port),
      ["pop3", "pop3s", "lmtp"].map((protocol) => house.port(protocol)),
    );
    assert.deepEqual(Object.keys(status.certificates[0] ?? {}).sort(), [
      "fingerprint",
      "names",
      "selfSigned",
      "validTo",
    ]);
    assert.doesNotMatch(JSON.stringify(status), /PRIVATE KEY/);
  });
});

test("only the owner's user reaches the socket, and it goes with its owner", async () => {
  const house = await openTestOffice();
  const path = join(house.config.dataDir, "control.sock");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  assert.equal(statSync(house.config.dataDir).mode & 0o777, 0o700);
  await house.office.stop({ withinMs: 0 });
  assert.equal(existsSync(path), false);
  await house.stop();
});

test("a socket left behind by a killed owner is no obstacle, to a command or to the next owner", async () => {
  const directory = temporaryDirectory();
  const first = await openTestOffice({ dataDir: directory.path });
  await first.stop();
  // A socket file that nobody listens on any more: what kill -9 leaves.
  const left = createServer().listen(join(directory.path, "other.sock"));
  await once(left, "listening");
  const { renameSync } = await import("node:fs");
  renameSync(join(directory.path, "other.sock"), join(directory.path, "control.sock"));
  left.close();
  await once(left, "close");
  assert.ok(existsSync(join(directory.path, "control.sock")));
  const alone = await reachOffice({ config: testConfig(directory.path) });
  assert.equal(alone.remote, false);
  await alone.close();
  const second = await openTestOffice({ dataDir: directory.path });
  const caller = await reachOffice({ config: second.config });
  assert.equal(caller.remote, true);
  await caller.close();
  await second.stop();
  directory.remove();
});

test("an owner that would speak another protocol is told as one that does not answer", { timeout: 5_000 }, async () => {
  const directory = temporaryDirectory();
  await (await openTestOffice({ dataDir: directory.path })).stop();
  const switching = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";
  const owner = createServer((socket) =>
    socket.on("error", () => undefined).once("data", () => socket.write(switching)),
  );
  await once(owner.listen(readSocketPath(directory.path)), "listening");
  try {
    const caller = await reachOffice({ config: testConfig(directory.path) });
    assert.equal(caller.remote, true);
    await assert.rejects(caller.call("who", {}), refusedWith("no-answer"));
    const reader = await connectReader(directory.path);
    await assert.rejects(reader.ask("sources", {}), refusedWith("no-answer"));
    await caller.close();
  } finally {
    owner.close();
    directory.remove();
  }
});

test("a data directory whose path is too long for a socket is served all the same", async () => {
  const directory = temporaryDirectory();
  const deep = join(directory.path, "d".repeat(120));
  mkdirSync(deep, { recursive: true });
  const house = await openTestOffice({ dataDir: deep });
  const path = readSocketPath(deep);
  assert.ok(Buffer.byteLength(path) <= 107, path);
  assert.equal(readFileSync(join(deep, "control.path"), "utf8"), `${path}\n`);
  const caller = await reachOffice({ config: house.config });
  assert.equal(caller.remote, true);
  await caller.close();
  await house.stop();
  assert.equal(existsSync(path), false);
  assert.equal(existsSync(join(deep, "control.path")), false);
  directory.remove();
});

test("a note about the socket that names something else makes nothing else disappear", async () => {
  const directory = temporaryDirectory();
  const other = join(directory.path, "other");
  const data = join(directory.path, "data");
  mkdirSync(other);
  mkdirSync(data);
  writeFileSync(join(other, "letter"), "precious");
  writeFileSync(join(data, "control.path"), `${join(other, "control.sock")}\n`);
  const house = await openTestOffice({ dataDir: data });
  await house.stop();
  assert.equal(readFileSync(join(other, "letter"), "utf8"), "precious");
  directory.remove();
});

test("without an owner the same operations work on the store itself, and those that need one say so", async () => {
  const directory = temporaryDirectory();
  const config = testConfig(directory.path);
  await assert.rejects(reachOffice({ config }), refusedWith("no-store"));
  const caller = await reachOffice({ config, create: true });
  assert.equal(caller.remote, false);
  await caller.call("account.add", { name: "anna" });
  assert.equal((await caller.send("deliver", { recipient: "anna" }, octetsOf("Subject: x\n\nbody\n"))).added, true);
  const [message] = await caller.call("message.page", { name: "anna", after: 0, limit: 10 });
  assert.equal(
    (await gather(caller.octets("message.octets", { name: "anna", messageId: message?.messageId ?? 0 }))).toString(),
    "Subject: x\r\n\r\nbody\r\n",
  );
  await assert.rejects(caller.call("who", {}), refusedWith("not-running"));
  await caller.close();
  directory.remove();
});

/** An HTTP request as another program might make it. */
function raw(
  socketPath: string,
  o: { readonly method: string; readonly path: string; readonly body?: string },
): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, method: o.method, path: o.path }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      response.on("error", reject);
    });
    sent.on("error", reject);
    sent.end(o.body);
  });
}

test("a mistake of ours among rows is in the log with its reason, and not in the answer", async (context) => {
  const logged: unknown[] = [];
  const house = await openTestOffice({ log: { ...SILENT, error: ({ error }) => void logged.push(error) } });
  context.after(() => house.stop());
  const mistake = new TypeError("ours");
  context.mock.method(house.office.house.accounts, "recipient", () => {
    throw mistake;
  });
  const caller = await reachOffice({ config: house.config });
  context.after(() => caller.close());
  const into = { login: "anna@example.org", mailbox: "INBOX", source: "work" };
  const rows = caller.sendForRows("fetch.place", into, octetsOf(""))[Symbol.asyncIterator]();
  await assert.rejects(rows.next(), refusedWith("internal"));
  assert.deepEqual(logged, [mistake]);
});

test("what is no operation, no JSON or too much input is refused in words", async () => {
  await withOffice(async ({ house }) => {
    const path = readSocketPath(house.config.dataDir);
    const code = (text: string): unknown => (JSON.parse(text) as { error: { code: string } }).error.code;
    for (const [method, at] of [
      ["GET", "/operations/who"],
      ["POST", "/"],
      ["POST", "/operations/constructor"],
      ["POST", "/operations/account.sell"],
    ] as const) {
      const answer = await raw(path, { method, path: at });
      assert.equal(answer.status, 400);
      assert.equal(code(answer.text), "unknown-operation", at);
    }
    assert.equal(code((await raw(path, { method: "POST", path: "/operations/who", body: "{" })).text), "bad-input");
    assert.equal(
      code((await raw(path, { method: "POST", path: "/operations/who", body: "9".repeat(70_000) })).text),
      "bad-input",
    );
    assert.equal(
      code((await raw(path, { method: "POST", path: "/operations/account.list", body: '{"x":1}' })).text),
      "bad-input",
    );
  });
});
