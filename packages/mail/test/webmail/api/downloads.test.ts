// Of a message that was too large the header alone is here: the whole is asked for by hand, and takes its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { takeLeaseForTest } from "../../retriever/lease-of.ts";
import { addSource, eventually, LARGE, letter, runEnded, setUpHouse } from "./collecting-house.ts";
import { openEvents, type EventStream } from "./event-stream.ts";
import type { ReaderOffice } from "./reader-office.ts";

let peer: ScriptedPeer;
let office: ReaderOffice;
let anna = "";
let directory = "";

setUpHouse((house) => ({ peer, office, anna, directory } = house));

const rows = async (mailbox: string) =>
  (await office.ask("list", { account: anna, mailbox, view: "messages" })).rows.filter(
    ({ subject }) => subject === "m5",
  );

/** What is told as a run of the source ends, whatever other sources end meanwhile. */
async function endOf(stream: EventStream, source: string): Promise<Readonly<Record<string, unknown>>> {
  for (;;) {
    const { data } = await stream.until("source-ended");
    if (data["source"] === source) return data;
  }
}

test("a message that was too large says how much it is, and one act brings it in place of its header", async () => {
  const [stub] = await eventually(office, async () => {
    const found = await rows("INBOX");
    return found.length === 1 ? found : undefined;
  });
  assert.deepEqual(stub?.server?.whole, {
    uniqueId: peer.maildrop.messages[4]?.uniqueId,
    octets: Buffer.byteLength(LARGE),
    isComing: false,
  });
  const on = [{ account: anna, messageId: stub.messageId }];
  const removable = async (messageId = 0): Promise<string | null | undefined> =>
    (await office.ask("message", { account: anna, messageId })).server?.removable;
  assert.equal(await removable(stub.messageId), null, "of a header alone nothing is to be removed");
  await office.ask("act", { act: { kind: "archive" }, on });
  await office.ask("act", { act: { kind: "star" }, on });
  const { uniqueId } = stub.server.whole;
  assert.deepEqual(await office.ask("downloadFromServer", { source: "peer", uniqueIds: [uniqueId] }), { queued: 1 });
  const [whole] = await eventually(office, async () => {
    const found = await rows("Archive");
    return found.length === 1 && found[0]?.messageId !== stub.messageId ? found : undefined;
  });
  assert.deepEqual([whole?.isStarred, whole?.server?.whole, whole?.server?.state], [true, null, "kept"]);
  assert.equal(await removable(whole?.messageId), uniqueId);
  assert.deepEqual(await rows("INBOX"), []);
  const { text } = await office.load(`/m/${anna}/${whole?.messageId}/eml`);
  assert.ok(text.endsWith(LARGE.slice(-200)));
  assert.equal(peer.maildrop.messages.length, 5, "it stays on the server: that is the rule of the source");
});

test("a download that cannot begin is on its way no more, and whoever looks hears of it", async (t) => {
  const waiting = await scriptedPeer({ messages: [letter(33, 1_000)] });
  t.after(() => waiting.close());
  const ended = runEnded(office, "waiting");
  await addSource(office, "waiting", waiting.port, 2_048);
  await ended;
  const whole = async () =>
    (await office.ask("list", { account: anna, source: "waiting", view: "messages" })).rows[0]?.server?.whole;
  const { uniqueId } = await eventually(office, async () => (await whole()) ?? undefined);
  const logins = waiting.connections.length;
  const download = () => office.ask("downloadFromServer", { source: "waiting", uniqueIds: [uniqueId] });
  const stream = await openEvents(office);
  const hearsTheEnd = async () => (await endOf(stream, "waiting"))["trouble"] as { readonly code: string } | null;
  await stream.until("");
  const shut = t.mock.method(office.house.office.collecting, "memory", () => undefined);
  await download();
  assert.equal((await hearsTheEnd())?.code, "state");
  shut.mock.restore();
  assert.equal((await whole())?.isComing, false);
  // Its source is taken out while something else is at work on it.
  const lease = takeLeaseForTest(directory, "waiting");
  await download();
  assert.equal((await whole())?.isComing, true);
  await office.ask("removeSource", { source: "waiting" });
  lease.release();
  assert.equal(await hearsTheEnd(), null);
  stream.close();
  assert.equal(waiting.connections.length, logins, "nobody logs in to a source that was taken out");
  await addSource(office, "waiting", waiting.port, 2_048);
  assert.equal((await whole())?.isComing, false);
});

test("a header whose unique-id was another message's once gives way to that message in no case", async () => {
  const reusing = await scriptedPeer({ messages: [{ octets: letter(5), uniqueId: "again" }] });
  try {
    const first = runEnded(office, "reusing");
    await addSource(office, "reusing", reusing.port, 2_048);
    await first;
    reusing.maildrop.replace([{ octets: letter(5, 900), uniqueId: "again" }]);
    const second = runEnded(office, "reusing");
    await office.ask("checkSources", { source: "reusing" });
    await second;
    const before = await eventually(office, async () => {
      const found = await rows("INBOX");
      return found.some(({ server }) => server?.whole?.uniqueId === "again") ? found : undefined;
    });
    // It is gone before it is asked for.
    reusing.maildrop.replace([]);
    const stream = await openEvents(office);
    await stream.until("");
    // When the second has ended, what follows the first has happened.
    for (let n = 0; n < 2; n += 1) {
      await office.ask("downloadFromServer", { source: "reusing", uniqueIds: ["again"] });
      await endOf(stream, "reusing");
    }
    stream.close();
    const ids = (some: Awaited<ReturnType<typeof rows>>): unknown[] => some.map(({ messageId }) => messageId);
    assert.deepEqual(ids(await rows("INBOX")), ids(before));
  } finally {
    await reusing.close();
  }
});
