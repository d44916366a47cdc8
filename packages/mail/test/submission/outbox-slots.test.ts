// A server that takes a message and never answers: what waits for it costs nothing, and whoever writes to others, or within
// the house, does not wait for it.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { setImmediate } from "node:timers/promises";
import { test, type TestContext } from "node:test";
import type { OutboxOptions } from "../../src/submission/outbox.ts";
import { desk, serverAt, toServer, type Desk } from "./outbox-desk.ts";
import { smtpPeer, type SmtpPeer } from "./smtp-peer.ts";

/** Of one server, at once. */
const TO_ONE_SERVER = 2;
/** More than timers of a millisecond need to be due. */
const TURNS = 5_000;

interface Stalling {
  readonly at: Desk;
  readonly stalling: SmtpPeer;
  readonly other: SmtpPeer;
  /** Lets it answer everything. */
  answer(): void;
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await setImmediate();
}

/** Addresses say where a message goes: at `stalled.example`, in the `house.example`, or anywhere else. */
async function stalling(context: TestContext): Promise<Stalling> {
  const events = new EventEmitter();
  let isStalling = true;
  const answer = (): void => {
    isStalling = false;
    events.emit("answer");
  };
  context.after(answer);
  const peer = await smtpPeer(context, {
    onMessage: async () => {
      events.emit("reached");
      if (isStalling) await once(events, "answer");
      return undefined;
    },
  });
  const other = await smtpPeer(context);
  const route: OutboxOptions["route"] = ({ to: [to = ""] }) => {
    if (to.endsWith("@house.example"))
      return Promise.resolve({ kind: "local", deliver: () => Promise.resolve(undefined) });
    return Promise.resolve({ kind: "server", server: serverAt(to.endsWith("@stalled.example") ? peer : other) });
  };
  const at = await desk(context, route);
  for (let nth = 0; nth < TO_ONE_SERVER; nth += 1) {
    const reached = once(events, "reached");
    await written(at, `${nth}@stalled.example`);
    await reached;
  }
  await written(at, "waits@stalled.example");
  return { at, stalling: peer, other, answer };
}

function written(at: Desk, to: string): ReturnType<Desk["write"]> {
  return at.write({ message: { to: [{ name: "", address: to }], bcc: [] } });
}

test("what is due and waits for a server is not looked at again before an attempt ends, and goes then", async (context) => {
  const { at, stalling: peer, answer } = await stalling(context);
  await turns();
  const looks = context.mock.method(at.temporary.store.documents, "list").mock;
  await turns();
  assert.equal(looks.callCount(), 0);
  answer();
  while (peer.taken.length <= TO_ONE_SERVER) await at.reached("sent");
  assert.deepEqual(peer.taken.map(({ to: [to] }) => to).at(-1), "waits@stalled.example");
});

test("a server that does not answer holds up neither mail to another nor mail of the house", async (context) => {
  const { at, stalling: peer, other } = await stalling(context);
  for (const to of ["ben@elsewhere.example", "cleo@house.example"]) {
    const sent = at.reached("sent", "failed");
    const { id } = await written(at, to);
    assert.deepEqual(await sent.then((entry) => [entry.id, entry.state, entry.taken]), [id, "sent", [to]]);
  }
  assert.equal(other.taken.length, 1);
  assert.deepEqual([peer.attempts, peer.taken.length], [TO_ONE_SERVER, 0]);
});

test("a store that takes nothing is told of once, and asked again later; a person who asks waits for nothing", async (context) => {
  const peer = await smtpPeer(context);
  const at = await desk(context, toServer(serverAt(peer)));
  const { documents } = at.temporary.store;
  const full = new Error("no space left");
  const put = documents.put.bind(documents);
  const puts = context.mock.method(documents, "put", (...o: Parameters<typeof put>) =>
    (o[1] as { state?: string }).state === "sending" ? Promise.reject(full) : put(...o),
  ).mock;
  const { id } = await at.write();
  await turns();
  assert.equal(at.problems.length, 1);
  puts.restore();
  const sent = at.reached("sent", "failed");
  await at.outbox.retry(at.account, id);
  assert.equal((await sent).state, "sent");
});
