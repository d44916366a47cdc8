// What the reader says of a message's copy on the server, when that goes, and what is removed there by hand.
import assert from "node:assert/strict";
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import type { RouteInput, RouteOutput } from "../../../src/webmail/api/index.ts";
import { FetchState } from "../../../src/retriever/index.ts";
import { addSource, collectAll, eventually, letter, runEnded, setUpHouse } from "./collecting-house.ts";
import type { ReaderOffice } from "./reader-office.ts";

let office: ReaderOffice;
let anna = "";
let directory = "";
let file = "";

setUpHouse((house) => ({ office, anna, directory, file } = house));

test("what a later destination has no copy of has no day on which it goes, and says why", async () => {
  const two = await scriptedPeer({ messages: [letter(1), letter(2)] });
  try {
    await collectAll(office, "two", two.port);
    const ended = runEnded(office, "two");
    await office.ask("changeSource", { source: "two", keep: { kind: "days", days: 14 }, confirmed: true });
    await ended;
    const shown = async (): Promise<unknown> =>
      (await office.ask("serverMailbox", { source: "two" })).rows.map(({ why, removeAt }) => [why, removeAt !== null]);
    assert.deepEqual(await shown(), Array(2).fill(["stays-longer", true]));
    appendFileSync(file, `\n[[source.two.deliver]]\nto = "maildir:${join(directory, "Maildir")}"\n`);
    await office.house.office.reload();
    assert.deepEqual(await shown(), Array(2).fill(["copy-elsewhere", false]));
  } finally {
    await two.close();
  }
});

test("what is removed is counted over the whole server, and logged the last first, each removal once", async () => {
  const some = await scriptedPeer({ messages: Array.from({ length: 8 }, (_, n) => letter(n + 1)) });
  const removals = async (limit: number): Promise<readonly string[]> => {
    const seen: string[] = [];
    for (let after: string | null = ""; after !== null;) {
      const page: RouteOutput<"sourceAudit"> = await office.ask("sourceAudit", {
        source: "some",
        removed: "1",
        limit,
        ...(after === "" ? {} : { after }),
      });
      assert.ok(page.rows.length > 0 || after === "", "no page is announced that is empty");
      seen.push(...page.rows.map(({ uniqueId }) => uniqueId));
      after = page.next;
    }
    return seen;
  };
  const remove = async (uniqueIds: readonly string[]): Promise<void> => {
    const { token } = await office.ask("planRemoval", { source: "some", uniqueIds: [...uniqueIds] });
    const { removed } = await office.ask("removeFromServer", { source: "some", token });
    assert.equal(removed, uniqueIds.length);
  };
  try {
    await collectAll(office, "some", some.port);
    const ids = (await office.ask("sourceAudit", { source: "some" })).rows.map(({ uniqueId }) => uniqueId);
    assert.equal(ids.length, 8);
    assert.deepEqual(await removals(2), []);
    assert.equal((await office.ask("serverMailbox", { source: "some" })).toBeRemoved, 0);
    // The last to be stored goes first, then four in one moment, then the first to be stored.
    const rounds = [ids.slice(7), ids.slice(2, 6), ids.slice(0, 1)];
    for (const round of rounds) await remove(round);
    for (const limit of [1, 2, 3, 6, 200]) {
      const seen = await removals(limit);
      assert.deepEqual(
        [seen.slice(0, 1), seen.slice(1, 5).toSorted(), seen.slice(5)],
        [ids.slice(0, 1), ids.slice(2, 6).toSorted(), ids.slice(7)],
        `in pages of ${limit}`,
      );
    }
    const stored = await office.ask("sourceAudit", { source: "some", limit: 5 });
    const rest = await office.ask("sourceAudit", { source: "some", limit: 5, after: stored.next ?? "" });
    assert.deepEqual(
      [...stored.rows, ...rest.rows].map(({ removedAt }) => removedAt !== null),
      [true, false, true, true, true, true, false, true],
      "all that was stored, in that order",
    );
    for (const after of ["1", "1.", "x.1", "1.1.1", "9999999999999999.1"])
      assert.deepEqual(await office.refused("sourceAudit", { source: "some", removed: "1", after }), [
        400,
        "bad-request",
      ]);
    await office.ask("pauseSource", { source: "some" });
    await office.ask("changeSource", { source: "some", keep: { kind: "remove-at-once" }, confirmed: true });
    const page = await office.ask("serverMailbox", { source: "some", limit: 1 });
    assert.deepEqual([page.rows.length, page.messages, page.toBeRemoved], [1, 2, 2]);
  } finally {
    await some.close();
  }
});

test("collected into two accounts, one of them named by its address, each has its own copy: what is said of one is not said of the other", async (t) => {
  const ben = await office.account("ben");
  // Each account counts its own messages: Ben's copy of the first gets the number of Anna's copy of the second.
  const annas = await office.deliver("anna", "Subject: x\n\nx\n");
  for (let bens = 0; bens < annas + 1;) bens = await office.deliver("ben", "Subject: x\n\nx\n");
  const both = await scriptedPeer({ messages: [letter(21), letter(22, 1_000)] });
  t.after(() => both.close());
  writeFileSync(join(directory, "both.password"), "secret", { mode: 0o600 });
  const source = [
    "[source.both]",
    'host = "127.0.0.1"',
    `port = ${both.port}`,
    'tls = "none"',
    'user = "anna"',
    'password = { file = "both.password" }',
    'fetch.max_size = "2kB"',
    'deliver = [{ to = "store:anna" }, { to = "store:ben@mail.example.org" }]',
  ];
  const ended = runEnded(office, "both");
  appendFileSync(file, `\n${source.join("\n")}\n`);
  await office.house.office.reload();
  await ended;
  for (const account of [anna, ben]) {
    const told = await eventually(office, async () => {
      const { rows } = await office.ask("list", { account, source: "both", view: "messages" });
      return rows.length === 2 ? new Map(rows.map(({ subject, server }) => [subject, server])) : undefined;
    });
    assert.deepEqual([told.get("m21")?.state, told.get("m21")?.whole], ["kept", null]);
    assert.equal(told.get("m22")?.state, "headers-only");
    assert.equal(told.get("m22")?.whole?.uniqueId, both.maildrop.messages[1]?.uniqueId);
  }
});

test("of a source that is configured no more nothing is offered, and nothing said that nobody knows", async (t) => {
  const left = await scriptedPeer({ messages: [letter(31), letter(32, 1_000)] });
  t.after(() => left.close());
  const ended = runEnded(office, "left");
  await addSource(office, "left", left.port, 2_048);
  await ended;
  const listed = async () => (await office.ask("list", { account: anna, source: "left", view: "messages" })).rows;
  const found = await eventually(office, async () => {
    const all = await listed();
    return all.length === 2 ? new Map(all.map(({ subject, messageId }) => [subject, messageId])) : undefined;
  });
  await office.ask("removeSource", { source: "left" });
  const server = async (subject: string) =>
    (await office.ask("message", { account: anna, messageId: found.get(subject) ?? 0 })).server;
  const nothing = { source: "left", removeAt: null, removable: null, whole: null, isCollected: false };
  assert.deepEqual(await server("m31"), { ...nothing, state: "unknown" });
  assert.deepEqual(await server("m32"), { ...nothing, state: "headers-only" });
  for (const { server: copy } of await listed()) assert.equal(copy?.whole, null);
});

test("a page of a list and a message look up what is known of what they show, however much is known of its source", async (t) => {
  const all = t.mock.method(FetchState.prototype, "known");
  const ended = runEnded(office, "peer");
  await office.ask("checkSources", { source: "peer" });
  await ended;
  const before = all.mock.callCount();
  const { account, messageId, server } = await eventually(office, async () => {
    const { rows: found } = await office.ask("list", { account: anna, source: "peer", view: "messages" });
    return found.find((row) => row.server?.state === "kept");
  });
  const { removable, isCollected, ...copy } =
    (await office.ask("message", { account, messageId })).server ?? assert.fail();
  assert.deepEqual([copy, typeof removable, isCollected], [server, "string", true]);
  assert.equal(all.mock.callCount(), before);
});

test("of several messages with one unique-id the one that is named is removed there, and no other", async () => {
  const messages = [letter(1), letter(2), letter(3)].map((octets) => ({ octets, uniqueId: "same" }));
  const sharing = await scriptedPeer({ messages });
  try {
    await collectAll(office, "sharing", sharing.port);
    const shown = (await office.ask("serverMailbox", { source: "sharing" })).rows;
    assert.deepEqual([shown.length, new Set(shown.map(({ name }) => name)).size], [3, 3]);
    const bare = await office.ask("planRemoval", { source: "sharing", uniqueIds: ["same"] });
    assert.deepEqual(bare.refused, [{ uniqueId: "same", why: "not-there" }]);
    const { token, messages: going } = await office.ask("planRemoval", {
      source: "sharing",
      uniqueIds: [shown[1]?.name ?? ""],
    });
    assert.equal(going, 1);
    assert.deepEqual(await office.ask("removeFromServer", { source: "sharing", token }), {
      removed: 1,
      unconfirmed: 0,
    });
    assert.deepEqual(
      sharing.maildrop.messages.map((message) => Buffer.from(message.octets).toString("latin1")),
      [letter(1), letter(3)],
    );
  } finally {
    await sharing.close();
  }
});

test("what another rule would remove is told before it is chosen, and no server is asked", async (t) => {
  const kept = await scriptedPeer({ messages: [letter(61), letter(62), letter(63)] });
  t.after(() => kept.close());
  const begun = Date.now();
  await collectAll(office, "kept", kept.port);
  const ended = Date.now();
  const octets = [61, 62, 63].reduce((sum, n) => sum + Buffer.byteLength(letter(n)), 0);
  const asked = kept.connections.length;
  const preview = (keep: RouteInput<"previewKeep">["keep"]) => office.ask("previewKeep", { source: "kept", keep });
  assert.deepEqual(await preview({ kind: "remove-at-once" }), { messages: 3, octets, nextAt: null });
  assert.deepEqual(await preview({ kind: "forever" }), { messages: 0, octets: 0, nextAt: null });
  const { nextAt, ...now } = await preview({ kind: "days", days: 10 });
  assert.deepEqual(now, { messages: 0, octets: 0 });
  const days = 10 * 86_400_000;
  assert.ok(nextAt !== null && nextAt >= begun + days && nextAt <= ended + days);
  const whenDeleted = (): ReturnType<typeof preview> => preview({ kind: "until-deleted-here" });
  assert.deepEqual(await whenDeleted(), { messages: 0, octets: 0, nextAt: null });
  const listed = await eventually(office, async () => {
    const { rows: found } = await office.ask("list", { account: anna, source: "kept", view: "messages" });
    return found.length === 3 ? found : undefined;
  });
  const [first, second] = listed.map(({ account, messageId }) => ({ account, messageId }));
  assert.ok(first !== undefined && second !== undefined);
  await office.ask("act", { act: { kind: "trash" }, on: [first], rows: [] });
  assert.deepEqual(await whenDeleted(), { messages: 0, octets: 0, nextAt: null }, "in the trash it is still here");
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on: [second], rows: [] });
  assert.equal((await whenDeleted()).messages, 1);
  const either = await preview({ kind: "days", days: 10, whenDeletedHere: true });
  assert.deepEqual(
    [either.messages, either.nextAt],
    [1, nextAt],
    "what is deleted here goes now, the rest in its time",
  );
  assert.deepEqual(await preview({ kind: "forever" }), { messages: 0, octets: 0, nextAt: null });
  assert.equal(kept.connections.length, asked);
  assert.equal(kept.maildrop.messages.length, 3);
  // What was foretold comes to pass.
  const removed = runEnded(office, "kept");
  await office.ask("changeSource", { source: "kept", keep: { kind: "until-deleted-here" } });
  await removed;
  assert.equal(kept.maildrop.messages.length, 2);
  assert.deepEqual(await whenDeleted(), { messages: 0, octets: 0, nextAt: null });
});
