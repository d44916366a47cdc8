// What a submission server may say or do, and what becomes of the message: refusals, logins, greylisting, hanging up.
import assert from "node:assert/strict";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { test, type TestContext } from "node:test";
import { SUBMISSION_LIMITS } from "../../src/submission/limits.ts";
import { submit, testServer } from "../../src/submission/submit.ts";
import { desk, type Desk, mailboxOf, only, sentThrough, serverAt, toServer, untilAttempted } from "./outbox-desk.ts";
import { smtpPeer } from "./smtp-peer.ts";

test("a refused recipient is named with the server's words; the others have the message", async (context) => {
  const peer = await smtpPeer(context, {
    onRecipient: (address) => (address.startsWith("ben") ? "550 5.1.1 no mailbox here" : undefined),
  });
  const { sent } = await sentThrough(context, peer);
  assert.equal(sent.state, "sent");
  assert.equal(sent.trouble?.code, "recipients-refused");
  assert.deepEqual(
    sent.refused.map(({ address }) => address),
    ["ben@oak.example"],
  );
  assert.match(sent.refused[0]?.reply ?? "", /no mailbox here/);
  assert.deepEqual(peer.taken[0]?.to, ["cleo@elm.example"]);
});

test("when every recipient is refused nothing was sent, and it says so", async (context) => {
  const peer = await smtpPeer(context, { onRecipient: () => "550 5.1.1 no mailbox here" });
  const { at, sent } = await sentThrough(context, peer);
  assert.equal(sent.state, "failed");
  assert.equal(sent.trouble?.code, "recipients-refused");
  assert.equal(peer.attempts, 0);
  assert.equal(await mailboxOf(at, sent.messageId), "Outbox");
});

test("a greylisted message is tried again a minute later, and arrives once", async (context) => {
  let isGrey = true;
  const clock = Date.UTC(2026, 2, 2);
  const peer = await smtpPeer(context, { onRecipient: () => (isGrey ? "450 4.2.0 greylisted, come back" : undefined) });
  const at = await desk(context, toServer(serverAt(peer)), { now: () => clock });
  await at.write();
  const entry = await untilAttempted(at);
  assert.equal(entry.trouble?.code, "try-later");
  assert.equal(entry.nextTryAt, clock + 60_000);
  isGrey = false;
  const sent = at.reached("sent");
  await at.outbox.retry(at.account, entry.id);
  assert.equal((await sent).attempts, 2);
  assert.equal(peer.taken.length, 1);
});

test("of two recipients the greylisted one alone is tried again", async (context) => {
  let isGrey = true;
  const peer = await smtpPeer(context, {
    onRecipient: (address) => (isGrey && address.startsWith("ben") ? "450 4.2.0 greylisted" : undefined),
  });
  const at = await desk(context, toServer(serverAt(peer)));
  await at.write();
  const entry = await untilAttempted(at);
  assert.deepEqual(entry.envelope.to, ["ben@oak.example"]);
  isGrey = false;
  const sent = at.reached("sent");
  await at.outbox.retry(at.account, entry.id);
  await sent;
  assert.deepEqual(
    peer.taken.map(({ to }) => to),
    [["cleo@elm.example"], ["ben@oak.example"]],
  );
});

test("a server without STARTTLS gets no password and no message", async (context) => {
  const peer = await smtpPeer(context, { password: "secret" });
  const server = serverAt(peer, { tls: "starttls", auth: { kind: "plain", user: "anna", password: "secret" } });
  const at = await desk(context, toServer(server));
  const failed = at.reached("failed");
  await at.write();
  assert.equal((await failed).trouble?.code, "tls");
  assert.equal(peer.attempts, 0);
});

test("a certificate nobody vouches for ends the attempt, and nothing is sent", async (context) => {
  const peer = await smtpPeer(context, { smtp: { disabledCommands: [] } });
  const at = await desk(context, toServer(serverAt(peer, { tls: "starttls" })));
  const failed = at.reached("failed");
  await at.write();
  assert.equal((await failed).trouble?.code, "tls");
  assert.equal(peer.attempts, 0);
});

test("a wrong password is said in plain words and never tried again by itself", async (context) => {
  const peer = await smtpPeer(context, { password: "secret" });
  const at = await desk(
    context,
    toServer(serverAt(peer, { auth: { kind: "plain", user: "anna", password: "wrong" } })),
  );
  const failed = at.reached("failed");
  await at.write();
  const { trouble } = await failed;
  assert.equal(trouble?.code, "login-refused");
  assert.match(trouble?.words ?? "", /check the user name and password/);
  assert.doesNotMatch(JSON.stringify(await at.outbox.list(at.account)), /wrong"|secret/);
});

for (const kind of ["plain", "login"] as const)
  test(`AUTH ${kind.toUpperCase()} opens the server`, async (context) => {
    const peer = await smtpPeer(context, { password: "secret" });
    const at = await desk(context, toServer(serverAt(peer, { auth: { kind, user: "anna", password: "secret" } })));
    const sent = at.reached("sent");
    await at.write();
    await sent;
    assert.equal(peer.taken[0]?.user, "anna");
  });

test("octets beyond 127 go to no server that does not take them (RFC 6152 §3)", async (context) => {
  const peer = await smtpPeer(context, { smtp: { hide8BITMIME: true } });
  const at = await desk(context, toServer(serverAt(peer)));
  const whole = Buffer.from("Subject: Gruesse\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGrüße\r\n");
  const settled = at.reached("sent", "failed");
  await at.write({
    message: { attachments: [{ fileName: "whole.eml", mediaType: "message/rfc822", content: whole }] },
  });
  const { state, trouble } = await settled;
  assert.deepEqual([state, trouble?.code, peer.attempts], ["failed", "seven-bit", 0]);
});

test("a refusal of the message itself is final, with the server's words", async (context) => {
  const peer = await smtpPeer(context, { onMessage: () => "554 5.7.1 looks like spam" });
  const { sent } = await sentThrough(context, peer);
  assert.equal(sent.state, "failed");
  assert.equal(sent.trouble?.code, "message-refused");
  assert.match(sent.trouble?.reply ?? "", /looks like spam/);
});

test("421 in answer to the message is tried again, and the message arrives once", async (context) => {
  const peer = await smtpPeer(context, {
    onMessage: (attempt) => (attempt === 1 ? "421 4.3.2 closing down" : undefined),
  });
  const at = await desk(context, toServer(serverAt(peer)));
  await at.write();
  const entry = await untilAttempted(at);
  assert.equal(entry.trouble?.code, "try-later");
  const sent = at.reached("sent");
  await at.outbox.retry(at.account, entry.id);
  await sent;
  assert.equal(peer.taken.length, 1);
});

/** A server that takes a message to its final dot, or to its DATA, and then hangs up; or answers DATA with all of `early`. */
async function hangingPeer(
  context: TestContext,
  at: "data" | "dot" | { readonly early: string },
): Promise<{ readonly port: number; readonly dots: () => number }> {
  let dots = 0;
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.write("220 hang\r\n");
    let text = "";
    let inData = false;
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (inData) {
        if (!text.includes("\r\n.\r\n")) return;
        dots += 1;
        socket.destroy();
        return;
      }
      for (let end = text.indexOf("\r\n"); end >= 0 && !inData; end = text.indexOf("\r\n")) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (line === "DATA" && at === "data") {
          socket.destroy();
          return;
        }
        inData = line === "DATA";
        const early = typeof at === "string" ? "" : at.early;
        socket.write(inData ? `354 go on\r\n${early}` : "250 ok\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  context.after(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.address() as AddressInfo).port, dots: () => dots };
}

test("cut off after the final dot, a message is never sent again by itself, and says why", async (context) => {
  const peer = await hangingPeer(context, "dot");
  const at = await desk(context, toServer(serverAt(peer)));
  const failed = at.reached("failed");
  await at.write();
  const { trouble } = await failed;
  assert.equal(trouble?.code, "maybe-sent");
  assert.match(trouble?.words ?? "", /may have been sent/);
  assert.equal(peer.dots(), 1);
});

test("cut off before the final dot, a message is tried again", async (context) => {
  const peer = await hangingPeer(context, "data");
  const at = await desk(context, toServer(serverAt(peer)));
  await at.write();
  const entry = await untilAttempted(at);
  assert.equal(entry.state, "queued");
  assert.equal(entry.trouble?.code, "unreachable");
});

for (const { early, state, code } of [
  { early: "451 4.3.0 not today\r\n", state: "queued", code: "try-later" },
  { early: "421 4.3.2 closing down\r\n", state: "queued", code: "try-later" },
  { early: "554 5.7.1 not from you\r\n", state: "failed", code: "message-refused" },
  // RFC 5321 §3.3: it is the end of the data that is answered.
  { early: "250 2.0.0 taken\r\n", state: "failed", code: "protocol" },
])
  test(`${early.slice(0, 3)} before any of the message: no dot is sent, and the entry says what was heard`, async (context) => {
    const peer = await hangingPeer(context, { early });
    const at = await desk(context, toServer(serverAt(peer)));
    await at.write();
    const entry = await untilAttempted(at);
    assert.deepEqual([entry.state, entry.trouble?.code], [state, code]);
    // Whatever is left of the attempt is over; the entry is what it was told as.
    await at.outbox.stop({ withinMs: 5_000 });
    assert.deepEqual(await only(at), entry);
    assert.deepEqual([peer.dots(), at.problems], [0, []]);
  });

/** That the final dot may go is written down, and not known to be before the connection has closed; once. */
function learnLate(context: TestContext, { temporary: { store } }: Desk): void {
  let closed: Promise<unknown> | undefined;
  const connecting = (message: unknown): void => {
    closed = once((message as { readonly socket: Socket }).socket, "close");
    unsubscribe("net.client.socket", connecting);
  };
  subscribe("net.client.socket", connecting);
  context.after(() => unsubscribe("net.client.socket", connecting));
  const put = store.documents.put.bind(store.documents);
  context.mock.method(store.documents, "put", async (...asked: Parameters<typeof put>) => {
    const done = await put(...asked);
    if ((asked[1] as { readonly isCommitting?: boolean }).isCommitting === true) await closed;
    return done;
  });
}

for (const { what, last, code, reply } of [
  { what: "421", last: "421 4.3.2 closing down\r\n", code: "try-later", reply: /closing down/ },
  { what: "a cut", last: "", code: "unreachable", reply: /^$/ },
])
  test(`${what} at the first octets of a message: it is tried again, and arrives once`, async (context) => {
    const peer = await smtpPeer(context, { onFirstOctets: (attempt) => (attempt === 1 ? last : undefined) });
    const at = await desk(context, toServer(serverAt(peer)));
    learnLate(context, at);
    await at.write();
    const entry = await untilAttempted(at);
    assert.deepEqual([entry.state, entry.trouble?.code], ["queued", code]);
    assert.match(entry.trouble?.reply ?? "", reply);
    context.mock.restoreAll();
    const sent = at.reached("sent");
    await at.outbox.retry(at.account, entry.id);
    await sent;
    assert.equal(peer.taken.length, 1);
    assert.deepEqual(at.problems, []);
  });

test("a server that hangs up in the middle of a login is tried again, and holds nobody up", async (context) => {
  const server = createServer((socket) => {
    socket.write("220 smtp.example ready\r\n");
    socket.on("data", (chunk: Buffer) => {
      if (chunk.toString().startsWith("EHLO")) socket.write("250-smtp.example\r\n250 AUTH PLAIN\r\n");
      else socket.destroy();
    });
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => server.close());
  const auth = { kind: "plain", user: "anna", password: "secret" } as const;
  const at = await desk(context, toServer(serverAt(server.address() as AddressInfo, { auth })));
  await at.write();
  assert.equal((await at.reached("queued")).trouble?.code, "unreachable");
});

test("a server can be tried without sending anything", async (context) => {
  const peer = await smtpPeer(context, { password: "secret" });
  const signal = new AbortController().signal;
  const login = (password: string) => serverAt(peer, { auth: { kind: "plain", user: "anna", password } });
  assert.equal(await testServer({ server: login("secret"), name: "post.example", signal }), undefined);
  assert.equal((await testServer({ server: login("wrong"), name: "post.example", signal }))?.code, "login-refused");
  const nobody = serverAt({ port: 1 });
  assert.equal((await testServer({ server: nobody, name: "post.example", signal }))?.code, "unreachable");
  assert.equal(peer.attempts, 0);
});

test("an attempt has half an hour, however busy its server seems", { timeout: 5_000 }, async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const server = createServer((socket) => {
    socket.on("error", () => undefined).write("220 slow.example\r\n");
    socket.on("data", (octets) => {
      if (octets.toString("latin1").startsWith("EHLO")) socket.write("250 slow.example\r\n");
      else context.mock.timers.tick(SUBMISSION_LIMITS.attemptMs);
    });
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  context.after(() => server.close());
  const outcome = await submit({
    server: serverAt(server.address() as AddressInfo),
    envelope: { from: "anna@localhost", to: ["ben@localhost"] },
    octets: Buffer.from("Subject: x\r\n\r\nx\r\n"),
    name: "localhost",
    signal: new AbortController().signal,
    beforeLastDot: () => Promise.resolve(),
  });
  assert.equal(outcome.kind, "refused");
});
