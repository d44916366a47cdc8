import assert from "node:assert/strict";
import { once } from "node:events";
import { fork } from "node:child_process";
import { stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { createLmtpServer } from "../../../src/delivery/index.ts";
import { advance } from "../../../src/delivery/lmtp/advance.ts";
import { DEFAULT_LMTP_LIMITS } from "../../../src/delivery/lmtp/limits.ts";
import { newSession } from "../../../src/delivery/lmtp/session.ts";
import { LmtpClient, sendMessage } from "../lmtp-client.ts";
import { openPostOffice } from "../post-office.ts";

test("mail comes in over a Unix socket, bare names included, and the socket is for owner and group only", async (context) => {
  const office = await openPostOffice(context);
  const path = join(office.directory, "lmtp.sock");
  assert.deepEqual(await office.server.listen({ path }), { path });
  assert.equal((await stat(path)).mode & 0o777, 0o660);
  assert.deepEqual(await sendMessage(path, { to: ["demo", "friend@localhost"], data: "x\r\n.\r\n" }), [
    "250 2.0.0 stored",
    "250 2.0.0 stored",
  ]);
  assert.equal((await office.mailOf("demo")).length, 1);
});

test("a socket file left by a receiver that was killed is replaced; one in use and a plain file are not", async (context) => {
  const office = await openPostOffice(context);
  const left = join(office.directory, "left.sock");
  const child = fork(join(import.meta.dirname, "listening-process.ts"), [left]);
  await once(child, "message");
  child.kill("SIGKILL");
  await once(child, "exit");
  assert.ok((await stat(left)).isSocket());
  await office.server.listen({ path: left });
  assert.equal((await sendMessage(left, { to: ["demo"], data: ".\r\n" })).length, 1);

  const used = join(office.directory, "used.sock");
  const other = createServer().listen(used);
  await once(other, "listening");
  await assert.rejects(office.server.listen({ path: used }), { code: "EADDRINUSE" });
  other.close();

  const plain = join(office.directory, "plain");
  await writeFile(plain, "mine");
  await assert.rejects(office.server.listen({ path: plain }), { code: "EADDRINUSE" });
  assert.equal((await stat(plain)).size, 4);
});

test("a taken port is the system's error", async (context) => {
  const office = await openPostOffice(context);
  await assert.rejects(office.server.listen({ port: office.port }), { code: "EADDRINUSE" });
});

test("TCP is on loopback unless an address is given, also IPv6", async (context) => {
  const office = await openPostOffice(context);
  const listening = await office.server.listen({ port: 0 });
  assert.ok("address" in listening && listening.address === "127.0.0.1");
  const six = await office.server.listen({ host: "::1", port: 0 }).catch((error: NodeJS.ErrnoException) => error.code);
  // A machine without IPv6 cannot show more.
  assert.ok(
    six === "EADDRNOTAVAIL" ||
      six === "EAFNOSUPPORT" ||
      (typeof six === "object" && "address" in six && six.address === "::1"),
  );
});

test("limits below what the RFCs ask for are refused when the receiver is made", async (context) => {
  const { store, accounts } = await openPostOffice(context);
  for (const limits of [
    { commandOctetsMax: 512 },
    { recipientsMax: 99 },
    { messageOctetsMax: 65_535 },
    { pathOctetsMax: 255 },
  ]) {
    assert.throws(() => createLmtpServer({ store, accounts, hostName: "post.example", limits }), RangeError);
  }
});

test("a session tells who came, what it brought and why it ended", async (context) => {
  const office = await openPostOffice(context);
  const client = await LmtpClient.ready(office.port);
  await client.ask("MAIL FROM:<a@b.example>", "RCPT TO:<demo>", "RCPT TO:<friend>", "RCPT TO:<nobody>", "DATA");
  client.send("12345\r\n.\r\n");
  await client.replies(2);
  assert.deepEqual(
    office.server
      .sessions()
      .map(({ session, protocol, remoteAddress, state }) => ({ session, protocol, remoteAddress, state })),
    [{ session: "lmtp-1", protocol: "lmtp", remoteAddress: "127.0.0.1", state: "ready" }],
  );
  client.send("QUIT\r\n");
  await client.rest();
  while (office.ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
  const [{ durationMs, ...told } = { durationMs: -1 }] = office.ended;
  assert.ok(durationMs >= 0);
  assert.deepEqual(told, {
    session: "lmtp-1",
    protocol: "lmtp",
    remoteAddress: "127.0.0.1",
    messages: 1,
    octets: 7,
    stored: 2,
    storedBefore: 0,
    refused: 0,
    reason: "quit",
  });
});

test("from elsewhere than loopback a recipient needs its domain, postmaster excepted", () => {
  const session = newSession({
    local: false,
    policy: { ...DEFAULT_LMTP_LIMITS, hostName: "post.example", overQuota: "defer" },
  });
  const say = (line: string): readonly unknown[] => advance(session, { kind: "line", octets: Buffer.from(line) });
  advance(session, { kind: "connected" });
  say("LHLO mx.example");
  say("MAIL FROM:<a@b.example>");
  assert.deepEqual(say("RCPT TO:<demo>"), [
    { kind: "reply", text: "553 5.1.3 the recipient address needs a domain\r\n" },
  ]);
  assert.deepEqual(say("RCPT TO:<Postmaster>"), [
    { kind: "look-up", mailbox: { local: "Postmaster", domain: undefined } },
  ]);
});
