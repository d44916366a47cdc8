import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { DeliveryError, deliverStream, findAccount, readAddress } from "../../src/delivery/index.ts";
import { messagesOf, openPostOffice } from "./post-office.ts";

async function* stream(...chunks: string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk, "latin1");
}

test("a message from a stream is kept as it came; only a given sender puts a field before it", async (context) => {
  const { store, accounts, account, mailOf } = await openPostOffice(context);
  const to = { store, account: account("demo") };
  await deliverStream({ ...to, body: stream("Subject: a\n\nb") });
  await deliverStream({ ...to, body: stream("Subject: a\r\n\r", "\nb\r\n"), sender: "ann@b.example" });
  await deliverStream({ store, accounts, recipient: "demo+x@post.example", body: stream("x"), sender: "<>" });
  await deliverStream({ store, accounts, recipient: "demo", body: stream(), sender: "" });
  assert.deepEqual(await mailOf("demo"), [
    "Subject: a\r\n\r\nb\r\n",
    "Return-Path: <ann@b.example>\r\nSubject: a\r\n\r\nb\r\n",
    "Return-Path: <>\r\nx\r\n",
    "Return-Path: <>\r\n",
  ]);
});

test("the same delivery id is the first delivery again", async (context) => {
  const { store, account, mailOf } = await openPostOffice(context);
  const once = { store, account: account("demo"), deliveryId: "4ZbXq" };
  const first = await deliverStream({ ...once, body: stream("a\r\n") });
  const again = await deliverStream({ ...once, body: stream("a\r\n") });
  assert.deepEqual(again, { messageId: first.messageId, added: false });
  assert.deepEqual(await mailOf("demo"), ["a\r\n"]);
});

test("one id to two addresses of an account is two deliveries, each kept once", async (context) => {
  const { store, accounts, mailOf } = await openPostOffice(context);
  for (const recipient of ["demo", "demo+shop@post.example", "demo", "demo+shop@post.example"])
    await deliverStream({ store, accounts, recipient, deliveryId: "4ZbXq", body: stream("a\r\n") });
  assert.deepEqual(await mailOf("demo"), ["a\r\n", "a\r\n"]);
});

test("mailbox, time and keywords go with the message", async (context) => {
  const { store, account } = await openPostOffice(context);
  const receivedAt = Date.UTC(2020, 1, 2);
  await deliverStream({
    store,
    account: account("demo"),
    body: stream("a"),
    mailbox: "Archive/2020",
    receivedAt,
    keywords: ["$seen"],
  });
  const [message] = await messagesOf(store, account("demo"));
  assert.equal(message?.mailbox, "Archive/2020");
  assert.equal(message?.receivedAt, receivedAt);
  assert.deepEqual(message?.keywords, ["$seen"]);
});

test("a stream that fails, is too long or is given up leaves nothing", async (context) => {
  const { store, account, directory, mailOf } = await openPostOffice(context);
  const to = { store, account: account("demo") };
  const cut = new Error("the pipe broke");
  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield Buffer.alloc(200_000, "x");
    throw cut;
  }
  await assert.rejects(deliverStream({ ...to, body: breaking() }), cut);
  await assert.rejects(deliverStream({ ...to, body: stream("x".repeat(90_000), "y"), octetsMax: 90_000 }), {
    code: "message-too-big",
  });
  const given = AbortSignal.abort(new Error("interrupted"));
  await assert.rejects(deliverStream({ ...to, body: stream("x"), signal: given }), /interrupted/);
  await assert.rejects(deliverStream({ store, account: "no such account", body: stream("x".repeat(90_000)) }), {
    code: "NO_SUCH_ACCOUNT",
  });
  assert.deepEqual(await mailOf("demo"), []);
  const files = await readdir(join(directory, "store", "bodies"), { recursive: true, withFileTypes: true });
  assert.deepEqual(
    files.filter((entry) => entry.isFile()),
    [],
  );
});

test("recipients are found as LMTP finds them, and refused with a reason", async (context) => {
  const { accounts, account } = await openPostOffice(context);
  assert.equal(findAccount(accounts, "demo@post.example").account, account("demo"));
  assert.equal(findAccount(accounts, "<friend>").account, account("friend"));
  for (const [text, code] of [
    ["nobody", "no-such-user"],
    ["demo@else.example", "not-our-domain"],
    ["", "bad-address"],
    ["a b", "bad-address"],
    ["a@b\r\nX: y", "bad-address"],
  ] as const) {
    assert.throws(
      () => findAccount(accounts, text),
      (error) => error instanceof DeliveryError && error.code === code,
      text,
    );
  }
  assert.deepEqual(readAddress(""), { kind: "null" });
});
