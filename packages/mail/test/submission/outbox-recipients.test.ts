// Who has a message and who has not, when its recipients do not fare alike.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { desk, mailboxOf, only, reopened, serverAt, toServer, untilAttempted, type Desk } from "./outbox-desk.ts";
import { smtpPeer, type SmtpPeer } from "./smtp-peer.ts";

const [BEN, CLEO, DANA] = ["ben@oak.example", "cleo@elm.example", "dana@fir.example"];
const PEOPLE = [BEN, CLEO, DANA].map((address) => ({ name: "", address }));

interface Answers {
  /** What RCPT hears; nobody else is refused. */
  of: Readonly<Record<string, string>>;
}

async function written(
  context: TestContext,
  answers: Answers,
): Promise<{ readonly peer: SmtpPeer; readonly at: Desk; readonly id: string }> {
  const peer = await smtpPeer(context, { onRecipient: (address) => answers.of[address] });
  const at = await desk(context, toServer(serverAt(peer)));
  const { id } = await at.write({ message: { to: PEOPLE, bcc: [] } });
  await untilAttempted(at);
  return { peer, at, id };
}

test("what one has, one is refused and one is refused later is sent and filed, and says of each which", async (context) => {
  const answers: Answers = { of: { [CLEO]: "550 5.1.1 nobody here", [DANA]: "450 4.2.0 greylisted" } };
  const { peer, at, id } = await written(context, answers);
  const waiting = await only(at);
  assert.deepEqual(
    [waiting.state, waiting.taken, waiting.envelope.to, waiting.refused.map(({ address }) => address)],
    ["queued", [BEN], [DANA], [CLEO]],
  );
  answers.of = { [DANA]: "550 5.7.1 not you" };
  const sent = at.reached("sent", "failed");
  await at.outbox.retry(at.account, id);
  const entry = await sent;
  assert.deepEqual([entry.state, entry.taken, entry.trouble?.code], ["sent", [BEN], "recipients-refused"]);
  assert.deepEqual(
    entry.refused.map(({ address, reply }) => [address, /nobody here|not you/.exec(reply)?.[0]]),
    [
      [CLEO, "nobody here"],
      [DANA, "not you"],
    ],
  );
  await at.outbox.stop({ withinMs: 5_000 });
  assert.equal(await mailboxOf(at, entry.messageId), "Sent");
  assert.deepEqual(
    peer.taken.map(({ to }) => to),
    [[BEN]],
  );
});

test("written on, it goes to those alone who do not have it; the copy in Sent and the entry stay", async (context) => {
  const { at, id } = await written(context, { of: { [CLEO]: "550 5.1.1 nobody here" } });
  const before = await only(at);
  assert.deepEqual([before.state, before.canBeTakenBack], ["sent", true]);
  const kept: unknown[] = [];
  await at.outbox.takeBack(at.account, id, (draft, lacking) => Promise.resolve(void kept.push([draft, lacking])));
  assert.deepEqual(kept, [[{ text: "as typed" }, [CLEO]]]);
  const after = await only(at);
  assert.deepEqual([after.state, after.taken, after.canBeTakenBack], ["sent", [BEN, DANA], false]);
  assert.equal(await mailboxOf(at, after.messageId), "Sent");
  await assert.rejects(
    at.outbox.takeBack(at.account, id, () => Promise.reject(new Error("asked twice"))),
    { code: "too-late" },
  );
});

test("taken back while one is waited for, that one is asked no more and the message is filed", async (context) => {
  const answers: Answers = { of: { [DANA]: "450 4.2.0 greylisted" } };
  const { peer, at, id } = await written(context, answers);
  const refused = new Error("no room for a draft");
  await assert.rejects(
    at.outbox.takeBack(at.account, id, () => Promise.reject(refused)),
    refused,
  );
  // The draft could not be kept, so it can still be written on.
  const kept: unknown[] = [];
  await at.outbox.takeBack(at.account, id, (_, lacking) => Promise.resolve(void kept.push(lacking)));
  assert.deepEqual(kept, [[DANA]]);
  const entry = await only(at);
  assert.deepEqual([entry.state, entry.taken, entry.trouble], ["sent", [BEN, CLEO], undefined]);
  assert.equal(await mailboxOf(at, entry.messageId), "Sent");
  assert.equal(peer.attempts, 1);
});

test("what everybody has cannot be written on", async (context) => {
  const { at } = await written(context, { of: {} });
  const entry = await only(at);
  assert.deepEqual([entry.state, entry.taken, entry.canBeTakenBack], ["sent", [BEN, CLEO, DANA], false]);
});

test("an entry that cannot be read hides no other, is listed as that, and is told once", async (context) => {
  const { at, id } = await written(context, { of: {} });
  const { documents } = at.temporary.store;
  await documents.put({ kind: "outbox", account: at.account, id: "damaged-entry" }, { state: "elsewhere" });
  assert.deepEqual(
    (await at.outbox.list(at.account)).map((entry) => entry.id),
    [id],
  );
  const { entries, unreadable } = await at.outbox.listing(at.account);
  const { account } = at;
  assert.deepEqual([entries.length, unreadable], [1, [{ account, id: "damaged-entry", messageId: undefined }]]);
  await at.outbox.stop({ withinMs: 5_000 });
  const next = await reopened(context, at);
  assert.equal(at.problems.length, 1);
  await assert.rejects(next.retry(at.account, "damaged-entry"), { code: "too-late" });
});

test("an entry that cannot be read goes when somebody says so, its message to Trash; no other does", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const { id, account, messageId } = await at.write({ holdMs: 3_600_000 });
  await assert.rejects(at.outbox.discardUnreadable(account, id), { code: "too-late" });
  const key = { kind: "outbox", account, id };
  const { documents } = at.temporary.store;
  await documents.put(key, { ...((await documents.get(key))?.value as object), state: "elsewhere" });
  assert.deepEqual((await at.outbox.listing(account)).unreadable, [{ account, id, messageId }]);
  assert.equal(await at.outbox.writtenAs(account), undefined, "nobody knows what it was written as");
  await at.outbox.discardUnreadable(account, id);
  assert.equal(await mailboxOf(at, messageId), "Trash");
  assert.deepEqual(await at.outbox.listing(account), { entries: [], unreadable: [] });
  await at.outbox.discardUnreadable(account, id);
  assert.equal(peer.attempts, 0);
});

test("when one is refused for good and one for now, that one alone is asked again, and gets it", async (context) => {
  const asked: string[] = [];
  const answers: Answers = { of: { [BEN]: "550 5.1.1 nobody here", [CLEO]: "450 4.2.0 greylisted" } };
  const peer = await smtpPeer(context, { onRecipient: (address) => (asked.push(address), answers.of[address]) });
  const at = await desk(context, toServer(serverAt(peer)));
  const { id } = await at.write({ message: { to: PEOPLE.slice(0, 2), bcc: [] } });
  const waiting = await untilAttempted(at);
  assert.deepEqual(
    [waiting.state, waiting.trouble?.code, waiting.envelope.to, waiting.refused.map(({ address }) => address)],
    ["queued", "try-later", [CLEO], [BEN]],
  );
  answers.of = {};
  asked.length = 0;
  const sent = at.reached("sent", "failed");
  await at.outbox.retry(at.account, id);
  const { state, taken, refused } = await sent;
  assert.deepEqual([asked, state, taken], [[CLEO], "sent", [CLEO]]);
  assert.deepEqual(
    refused.map(({ address }) => address),
    [BEN],
  );
});

test("what one after the other refused for good is sent again to both", async (context) => {
  const answers: Answers = { of: { [BEN]: "550 5.1.1 nobody here", [CLEO]: "450 4.2.0 greylisted" } };
  const peer = await smtpPeer(context, { onRecipient: (address) => answers.of[address] });
  const at = await desk(context, toServer(serverAt(peer)));
  const { id } = await at.write({ message: { to: PEOPLE.slice(0, 2), bcc: [] } });
  await untilAttempted(at);
  answers.of = { [CLEO]: "550 5.7.1 not you" };
  const failed = at.reached("sent", "failed");
  await at.outbox.retry(at.account, id);
  const { state, refused } = await failed;
  assert.deepEqual([state, refused.map(({ address }) => address)], ["failed", [BEN, CLEO]]);
  answers.of = {};
  const sent = at.reached("sent");
  await at.outbox.retry(at.account, id);
  assert.deepEqual((await sent).taken, [BEN, CLEO]);
  assert.deepEqual(
    peer.taken.map(({ to }) => to),
    [[BEN, CLEO]],
  );
});

test("an entry of before it was kept who has a message is read, and sent", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const { id, account } = await at.write({ holdMs: 3_600_000 });
  const { documents } = at.temporary.store;
  const key = { kind: "outbox", account, id };
  const found = await documents.get(key);
  await documents.put(key, { ...(found?.value as object), taken: undefined });
  const { entries, unreadable } = await at.outbox.listing(account);
  assert.deepEqual([entries.map(({ taken }) => taken), unreadable], [[[]], []]);
  const sent = at.reached("sent");
  await at.outbox.retry(account, id);
  await sent;
  assert.equal(peer.taken.length, 1);
});

test("what was written on and comes to the same again is one message, asked for at once or later", async (context) => {
  const at = await desk(context, () =>
    Promise.resolve({
      kind: "local",
      deliver: ({ to }) => Promise.resolve(to === BEN ? { address: to, reply: "gone", isForGood: true } : undefined),
    }),
  );
  const message = { to: PEOPLE, bcc: [] };
  const sent = at.reached("sent");
  const first = await at.write({ id: "draft-1", message });
  await sent;
  await at.outbox.takeBack(at.account, first.id, () => Promise.resolve());
  const again = { id: "draft-1", message, holdMs: 3_600_000 };
  const [one, other] = await Promise.all([at.write(again), at.write(again)]);
  const later = await at.write(again);
  assert.notEqual(one.id, first.id);
  assert.deepEqual([other.id, later.id], [one.id, one.id]);
  assert.equal((await at.outbox.list(at.account)).length, 2);
});

test("what the next process takes up is told to nobody", async (context) => {
  const { at, id } = await written(context, { of: { [DANA]: "450 4.2.0 greylisted" } });
  await at.outbox.stop({ withinMs: 5_000 });
  const { documents } = at.temporary.store;
  const key = { kind: "outbox", account: at.account, id };
  // As a process leaves it that is killed after the final dot.
  await documents.put(key, { ...((await documents.get(key))?.value as object), state: "sending", isCommitting: true });
  const told: string[] = [];
  const next = await reopened(context, at, { onChange: ({ state }) => void told.push(state) });
  const [entry] = await next.list(at.account);
  assert.deepEqual([entry?.state, entry?.trouble?.code, entry?.envelope.to], ["sent", "maybe-sent", [DANA]]);
  assert.deepEqual(told, []);
});
