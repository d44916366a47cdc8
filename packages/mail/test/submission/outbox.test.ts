// A message on its way through the outbox: taken back or sent, filed once, delivered in the house, forgotten.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { test } from "node:test";
import type { Mailstore, ReceivedBody } from "../../src/mailstore/index.ts";
import type { OutboxOptions } from "../../src/submission/outbox.ts";
import { addAccount } from "../mailstore/temporary-store.ts";
import {
  desk,
  type Desk,
  mailboxOf,
  octetsIn,
  reopened,
  sentThrough,
  serverAt,
  toServer,
  untilAttempted,
} from "./outbox-desk.ts";
import { smtpPeer } from "./smtp-peer.ts";

const keepNothing = (): Promise<never> => Promise.reject(new Error("there is nothing to keep"));

test("what a server took is, octet for octet, what is filed in Sent", async (context) => {
  const peer = await smtpPeer(context);
  const { at, sent } = await sentThrough(context, peer);
  assert.equal(sent.state, "sent");
  await at.outbox.stop({ withinMs: 5_000 });
  const [taken] = peer.taken;
  assert.deepEqual(taken?.to, ["ben@oak.example", "cleo@elm.example"]);
  assert.deepEqual(taken?.octets.toString("latin1"), (await octetsIn(at, sent.messageId)).toString("latin1"));
  assert.equal(await mailboxOf(at, sent.messageId), "Sent");
  assert.doesNotMatch(taken?.octets.toString("latin1") ?? "", /cleo/);
  assert.deepEqual(at.problems, []);
});

test("a held message can be taken back, and comes back as it was typed", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const entry = await at.write({ holdMs: 3_600_000 });
  assert.equal(entry.state, "held");
  const kept: unknown[] = [];
  await at.outbox.takeBack(at.account, entry.id, async (draft) => {
    assert.equal(await mailboxOf(at, entry.messageId), "Outbox", "nothing is removed before the draft is kept");
    kept.push(draft);
  });
  assert.deepEqual(kept, [{ text: "as typed" }]);
  assert.deepEqual(await at.outbox.list(at.account), []);
  assert.equal(await mailboxOf(at, entry.messageId), undefined);
  assert.equal(peer.taken.length, 0);
});

test("what is queued twice, at once or later, is one message", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const held = { id: "draft-1", holdMs: 3_600_000 };
  const [one, other] = await Promise.all([at.write(held), at.write(held)]);
  assert.deepEqual(one, other);
  assert.deepEqual(await at.write(held), one);
  assert.equal((await at.outbox.list(at.account)).length, 1);
  const rows = await at.temporary.store.messages(at.account, { after: 0, limit: 100 });
  assert.deepEqual(
    rows.map(({ messageId, mailbox }) => [messageId, mailbox]),
    [[one.messageId, "Outbox"]],
  );
});

test("what had failed is sent anew when it is queued again", async (context) => {
  const peer = await smtpPeer(context);
  let route: Awaited<ReturnType<OutboxOptions["route"]>> = { kind: "none" };
  const at = await desk(context, () => Promise.resolve(route));
  const failed = at.reached("failed");
  const first = await at.write({ id: "draft-1" });
  await failed;
  route = { kind: "server", server: serverAt(peer) };
  const sent = at.reached("sent");
  assert.equal((await at.write({ id: "draft-1" })).id, first.id);
  await sent;
  assert.equal(peer.taken.length, 1);
});

test("a draft that cannot be kept leaves the message in the outbox, unsent, to be taken back again", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const entry = await at.write({ holdMs: 3_600_000 });
  const full = new Error("no space left");
  await assert.rejects(
    at.outbox.takeBack(at.account, entry.id, () => Promise.reject(full)),
    full,
  );
  const left = await at.outbox.list(at.account);
  assert.deepEqual(
    left.map(({ id, state }) => [id, state]),
    [[entry.id, "failed"]],
  );
  assert.equal(await mailboxOf(at, entry.messageId), "Outbox");
  const kept: unknown[] = [];
  await at.outbox.takeBack(at.account, entry.id, (draft) => Promise.resolve(void kept.push(draft)));
  assert.deepEqual(kept, [{ text: "as typed" }]);
  assert.equal(peer.attempts, 0);
});

test("a message that is gone cannot be taken back", async (context) => {
  const peer = await smtpPeer(context);
  const { at, sent } = await sentThrough(context, peer);
  await assert.rejects(at.outbox.takeBack(at.account, sent.id, keepNothing), { code: "too-late" });
  await assert.rejects(at.outbox.takeBack(at.account, "never-was", keepNothing), { code: "too-late" });
  assert.equal(peer.taken.length, 1);
});

test("while a server is taking a message it cannot be taken back, and goes once", async (context) => {
  const events = new EventEmitter();
  const reachedDot = once(events, "dot");
  const peer = await smtpPeer(context, {
    onMessage: async () => {
      const answer = once(events, "answer");
      events.emit("dot");
      await answer;
      return undefined;
    },
  });
  const at = await desk(context, toServer(serverAt(peer)));
  const sent = at.reached("sent");
  const entry = await at.write();
  await reachedDot;
  await assert.rejects(at.outbox.takeBack(at.account, entry.id, keepNothing), { code: "too-late" });
  events.emit("answer");
  await sent;
  assert.equal(peer.taken.length, 1);
});

test("without a submission server the message waits in the outbox and says what is missing", async (context) => {
  const at = await desk(context, () => Promise.resolve({ kind: "none" }));
  const failed = at.reached("failed");
  await at.write();
  assert.match((await failed).trouble?.words ?? "", /No submission server is set/);
});

test("between accounts of the house each recipient gets it once, also when it is tried twice", async (context) => {
  const accounts = new Map<string, string>();
  let isLost = true;
  const at: Desk = await desk(context, () =>
    Promise.resolve({
      kind: "local",
      async deliver({ to, octets, deliveryId }) {
        const { store } = at.temporary;
        const body = await bodyOf(store, octets);
        await store.place(accounts.get(to) ?? "", body, { deliveryId });
        await body.discard();
        // What the store said of it does not come back the first time.
        if (isLost) throw new Error("cut off");
        return undefined;
      },
    }),
  );
  const people = ["ben@oak.example", "cleo@elm.example"];
  for (const one of people) accounts.set(one, await addAccount(at.temporary.store, one.slice(0, 3)));
  const entry = await at.write();
  await untilAttempted(at);
  isLost = false;
  const sent = at.reached("sent");
  await at.outbox.retry(at.account, entry.id);
  assert.deepEqual((await sent).taken, people);
  for (const one of people)
    assert.equal((await at.temporary.store.messages(accounts.get(one) ?? "", { after: 0, limit: 10 })).length, 1, one);
});

async function bodyOf(store: Mailstore, octets: Uint8Array): Promise<ReceivedBody> {
  const writer = store.newBody();
  await writer.write(octets);
  return writer.finish();
}

test("when the store fails at the second recipient, the first has it, and is not written to again", async (context) => {
  let fails = true;
  const tried: string[] = [];
  const deliver = ({ to }: { readonly to: string }) => {
    tried.push(to);
    return fails && to.startsWith("cleo") ? Promise.reject(new Error("no room")) : Promise.resolve(undefined);
  };
  const at = await desk(context, () => Promise.resolve({ kind: "local", deliver }));
  const entry = await at.write();
  const waits = await untilAttempted(at);
  assert.deepEqual(
    [waits.taken, waits.envelope.to, waits.trouble?.code],
    [["ben@oak.example"], ["cleo@elm.example"], "our-side"],
  );
  fails = false;
  const sent = at.reached("sent");
  const other = await at.write({ id: "another-entry" });
  await sent;
  assert.notEqual(other.id, entry.id);
  tried.length = 0;
  let lacking: readonly string[] | undefined;
  await at.outbox.takeBack(at.account, entry.id, (_, who) => {
    lacking = who;
    return Promise.resolve();
  });
  assert.deepEqual([lacking, tried], [["cleo@elm.example"], []]);
});

test("of two accounts of the house the full one alone is tried again", async (context) => {
  const tried: string[] = [];
  let isForGood = false;
  const deliver = ({ to }: { readonly to: string }) => {
    tried.push(to);
    return Promise.resolve(to.startsWith("cleo") ? { address: to, reply: "over its quota", isForGood } : undefined);
  };
  const at = await desk(context, () => Promise.resolve({ kind: "local", deliver }));
  const entry = await at.write();
  const waits = await at.reached("queued");
  assert.deepEqual([waits.envelope.to, waits.trouble?.code], [["cleo@elm.example"], "try-later"]);
  isForGood = true;
  const settled = at.reached("sent", "failed");
  await at.outbox.retry(at.account, entry.id);
  const { state, taken, refused, trouble } = await settled;
  assert.deepEqual([state, taken], ["sent", ["ben@oak.example"]]);
  assert.deepEqual(refused, [{ address: "cleo@elm.example", reply: "over its quota" }]);
  assert.equal(trouble?.code, "recipients-refused");
  assert.equal(tried.filter((to) => to.startsWith("ben")).length, 1);
});

test("what was sent and then moved stays where a person put it, also after a restart", async (context) => {
  const peer = await smtpPeer(context);
  const { at, sent } = await sentThrough(context, peer);
  await at.outbox.stop({ withinMs: 5_000 });
  const { store } = at.temporary;
  await store.move(at.account, [sent.messageId], "Trash");
  const again = await reopened(context, at);
  assert.equal(await mailboxOf(at, sent.messageId), "Trash");
  await again.stop({ withinMs: 0 });
  // As a process leaves it that ends between the answer and the filing.
  await store.move(at.account, [sent.messageId], "Outbox");
  await reopened(context, at);
  assert.equal(await mailboxOf(at, sent.messageId), "Sent");
});

test("however many messages were sent lately, the next one goes too", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const { documents } = at.temporary.store;
  const first = at.reached("sent");
  await at.write();
  await first;
  const [{ value } = { value: undefined }] = await documents.list({ kind: "outbox" });
  await Promise.all(
    Array.from({ length: 1_000 }, (_, n) =>
      documents.put({ kind: "outbox", account: at.account, id: `0-${String(n).padStart(4, "0")}` }, value),
    ),
  );
  const sent = at.reached("sent");
  const { id } = await at.write();
  assert.equal((await sent).id, id);
  assert.equal((await at.outbox.list(at.account)).length, 1_002);
});

test("what was sent a week ago is forgotten while the outbox runs", async (context) => {
  let now = Date.now();
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)), { now: () => now });
  const first = at.reached("sent");
  await at.write();
  const { id } = await first;
  now += 8 * 86_400_000;
  const second = at.reached("sent");
  await at.write();
  await second;
  assert.deepEqual(
    (await at.outbox.list(at.account)).filter((entry) => entry.id === id),
    [],
  );
});
