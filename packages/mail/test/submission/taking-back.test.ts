// What an entry says when taking it back does not come to its end: the draft cannot be kept, or the process ends.
import assert from "node:assert/strict";
import { once } from "node:events";
import { test, type TestContext } from "node:test";
import { desk, mailboxOf, only, reopened, serverAt, toServer, type Desk } from "./outbox-desk.ts";
import { smtpPeer } from "./smtp-peer.ts";

const HELD = { holdMs: 3_600_000 };
const noRoom = new Error("no room for a draft");
const keepFails = (): Promise<never> => Promise.reject(noRoom);

/** The store as a process leaves it that is killed while the draft is being kept; and the next process. */
async function killedWhileKeeping(
  context: TestContext,
  at: Desk,
  id: string,
): Promise<Pick<Desk, "outbox" | "account">> {
  const keeping = new EventTarget();
  const begun = once(keeping, "begun");
  void at.outbox.takeBack(at.account, id, () => {
    keeping.dispatchEvent(new Event("begun"));
    return new Promise<never>(() => undefined);
  });
  await begun;
  return { outbox: await reopened(context, at), account: at.account };
}

/** An entry nobody knows of whether it was sent: its server vanished after the final dot. */
async function maybeSent(context: TestContext, is: object = {}): Promise<Desk> {
  const at = await desk(context, toServer(serverAt({ port: 1 })));
  const { id, account } = await at.write(HELD);
  const { documents } = at.temporary.store;
  const key = { kind: "outbox", account, id };
  const found = await documents.get(key);
  await at.outbox.stop({ withinMs: 0 });
  await documents.put(key, { ...(found?.value as object), state: "sending", isCommitting: true, ...is });
  const outbox = await reopened(context, at);
  assert.equal((await only({ outbox, account })).trouble?.code, "maybe-sent");
  return { ...at, outbox };
}

test("what may have been sent says so still when its draft cannot be kept, and after a kill", async (context) => {
  const at = await maybeSent(context);
  const before = await only(at);
  await assert.rejects(at.outbox.takeBack(at.account, before.id, keepFails), noRoom);
  assert.deepEqual(await only(at), before);
  const { state, trouble } = await only(await killedWhileKeeping(context, at, before.id));
  assert.deepEqual([state, trouble], ["failed", before.trouble]);
});

test("what was told of a message that failed is told still when its draft cannot be kept", async (context) => {
  const at = await desk(context, () => Promise.resolve({ kind: "none" }));
  const failed = at.reached("failed");
  await at.write();
  const before = await failed;
  await assert.rejects(at.outbox.takeBack(at.account, before.id, keepFails), noRoom);
  assert.deepEqual(await only(at), before);
});

test("killed while its draft was being kept, a message says that it was not sent", async (context) => {
  const at = await desk(context, toServer(serverAt({ port: 1 })));
  const { id } = await at.write(HELD);
  const { state, trouble, canBeTakenBack } = await only(await killedWhileKeeping(context, at, id));
  assert.deepEqual([state, trouble?.code, canBeTakenBack], ["failed", "half-taken-back", true]);
});

test("taken back in vain, a message that was held is not sent when its time comes, and says so", async (context) => {
  const peer = await smtpPeer(context);
  let now = Date.now();
  const at = await desk(context, toServer(serverAt(peer)), { now: () => now });
  const { id } = await at.write(HELD);
  await assert.rejects(at.outbox.takeBack(at.account, id, keepFails), noRoom);
  now += 2 * HELD.holdMs;
  // Another one that is due makes the outbox look at all of them.
  const sent = at.reached("sent");
  const other = await at.write();
  assert.equal((await sent).id, other.id);
  const left = (await at.outbox.list(at.account)).find((entry) => entry.id === id);
  assert.deepEqual([left?.state, left?.trouble?.code], ["failed", "half-taken-back"]);
  assert.match(left?.trouble?.words ?? "", /It was not sent/);
  assert.equal(peer.attempts, 1);
});

test("while its draft is being kept a message is neither sent nor taken back by another window", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const { id, messageId } = await at.write(HELD);
  await at.outbox.takeBack(at.account, id, async () => {
    await assert.rejects(at.outbox.retry(at.account, id), { code: "too-late" });
    await assert.rejects(at.outbox.takeBack(at.account, id, keepFails), { code: "too-late" });
  });
  assert.deepEqual(await at.outbox.list(at.account), []);
  assert.equal(await mailboxOf(at, messageId), undefined);
  await at.outbox.stop({ withinMs: 5_000 });
  assert.equal(peer.attempts, 0);
});

test("a receipt that may have been sent is never said not to be sent; its copy goes to Sent", async (context) => {
  const at = await maybeSent(context, { draft: null, receiptOf: 1 });
  const { id, messageId, canBeCancelled, canBeFiled } = await only(at);
  assert.deepEqual([canBeCancelled, canBeFiled], [false, true]);
  await assert.rejects(at.outbox.cancel(at.account, id, keepFails), { code: "too-late" });
  await at.outbox.file(at.account, id);
  assert.deepEqual(await at.outbox.list(at.account), []);
  assert.equal(await mailboxOf(at, messageId), "Sent");
  await assert.rejects(at.outbox.file(at.account, id), { code: "too-late" });
});

test("what may have been sent may have been still when a later attempt failed", async (context) => {
  const at = await maybeSent(context, { draft: null });
  const { id } = await only(at);
  // There is no server to try it with.
  await at.outbox.retry(at.account, id);
  await at.outbox.stop({ withinMs: 5_000 });
  const entry = await only(at);
  assert.deepEqual(
    [entry.trouble?.code, entry.isMaybeSent, entry.canBeCancelled, entry.canBeFiled],
    ["no-server", true, false, true],
  );
});

test("a draft that is still there is not sent again of what may have been sent, also when a later attempt was refused", async (context) => {
  const peer = await smtpPeer(context, { onMessage: () => "550 5.7.1 not wanted" });
  const at = await maybeSent(context);
  await at.outbox.stop({ withinMs: 0 });
  const outbox = await reopened(context, at, { route: toServer(serverAt(peer)) });
  const { id } = await only({ ...at, outbox });
  await assert.rejects(at.write({ id }), { code: "too-late" });
  // Somebody who was told of it sends it again.
  await outbox.retry(at.account, id);
  await outbox.stop({ withinMs: 5_000 });
  const refused = await only({ ...at, outbox });
  assert.deepEqual([refused.state, refused.trouble?.code, peer.attempts], ["failed", "message-refused", 1]);
  await assert.rejects(at.write({ id }), { code: "too-late" });
  assert.deepEqual(await only({ ...at, outbox }), refused);
});

test("what was not sent cannot be put with what was", async (context) => {
  const at = await desk(context, toServer(serverAt({ port: 1 })));
  const { id, canBeFiled } = await at.write(HELD);
  assert.equal(canBeFiled, false);
  await assert.rejects(at.outbox.file(at.account, id), { code: "too-late" });
});
