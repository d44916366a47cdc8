// What a person does with a source between its runs: checks now, answers what collecting asks, changes it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import { temporaryDirectory } from "../../office/test-office.ts";
import { addSource, collectAll, eventually, LARGE, letter, runEnded, setUpHouse, SMALL } from "./collecting-house.ts";
import { openEvents } from "./event-stream.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

let peer: ScriptedPeer;
let office: ReaderOffice;

setUpHouse((house) => ({ peer, office } = house));

test("checking now looks at one source, or at all", async () => {
  for (const source of ["peer", undefined]) {
    const ended = runEnded(office);
    assert.deepEqual(await office.ask("checkSources", source === undefined ? {} : { source }), {});
    await ended;
  }
  const before = peer.connections.length;
  assert.deepEqual(await office.refused("checkSources", { source: "nobody" }), [404, "not-found"]);
  assert.equal(peer.connections.length, before);
});

test("a server that renumbered its messages is asked about; no says they are no news, and nothing comes twice", async () => {
  const renumbered = [...SMALL, LARGE].map((octets, n) => ({ octets, uniqueId: `new-${n}`, listedOctets: 5_000 + n }));
  peer.maildrop.replace(renumbered);
  const { questions } = await office.ask("serverMailbox", { source: "peer" });
  assert.deepEqual(
    questions.map(({ words, ...question }) => ({ ...question, isSaid: words.endsWith("as new?") })),
    [{ kind: "migration", messages: 5, gone: 5, came: 5, adopted: 0, isSaid: true }],
  );
  const retrieved = (): number => peer.commands.filter((command) => command.startsWith("RETR")).length;
  const before = retrieved();
  // What came after the question was shown is no part of the answer.
  const later = { octets: letter(99), uniqueId: "later" };
  peer.maildrop.replace([...renumbered, later]);
  await office.ask("answerSource", { source: "peer", kind: "migration", messages: 0, allow: false });
  const after = await office.ask("serverMailbox", { source: "peer" });
  assert.deepEqual(after.questions, []);
  const ended = runEnded(office);
  await office.ask("checkSources", { source: "peer" });
  await ended;
  assert.equal(retrieved(), before + 1);
  assert.equal((await office.ask("serverMailbox", { source: "peer" })).rows[0]?.state, "stored");
  // A card that was left open says nothing of what is there now.
  const denial = { source: "peer", kind: "migration", messages: 0, allow: false } as const;
  assert.deepEqual(await office.refused("answerSource", denial), [409, "conflict"]);
});

test("yes carries out what was asked about, and nothing is asked any more", async () => {
  peer.maildrop.replace(
    [1, 2, 3, 4, 5].map((n) => ({ octets: letter(n + 10), uniqueId: `other-${n}`, listedOctets: 900 + n })),
  );
  assert.equal((await office.ask("serverMailbox", { source: "peer" })).questions.length, 1);
  // Such a run is not one of the daemon's: its page hears of it.
  const stream = await openEvents(office);
  await stream.until("");
  await office.ask("answerSource", { source: "peer", kind: "migration", messages: 0, allow: true });
  assert.equal((await stream.until("source-ended")).data["source"], "peer");
  stream.close();
  const shown = await office.ask("serverMailbox", { source: "peer" });
  assert.deepEqual([shown.questions, shown.stored], [[], 5]);
});

test("much is removed from a server only when somebody said so; what was answered is asked no more, until it is so again", async () => {
  const many = await scriptedPeer({ messages: Array.from({ length: 25 }, (_, n) => letter(n + 1)) });
  const asked = async (): Promise<unknown> => {
    const found = (await office.ask("sources", {})).sources.find(({ source }) => source === "many");
    return [found?.state, found?.questions.map(({ kind, messages }) => [kind, messages])];
  };
  const check = async (): Promise<void> => {
    const ended = runEnded(office, "many");
    await office.ask("checkSources", { source: "many" });
    await ended;
  };
  try {
    await collectAll(office, "many", many.port);
    const changed = runEnded(office, "many");
    await office.ask("changeSource", { source: "many", keep: { kind: "remove-at-once" }, confirmed: true });
    await changed;
    for (const _ of [1, 2]) {
      await check();
      assert.deepEqual(await asked(), ["needs-you", [["many", 25]]]);
      await office.ask("answerSource", { source: "many", kind: "many", messages: 25, allow: false });
      assert.deepEqual(await asked(), ["idle", []]);
    }
    assert.equal(many.maildrop.messages.length, 25);
    await check();
    // More would go than was said when it was shown: it is asked anew.
    const stream = await openEvents(office);
    await stream.until("");
    await office.ask("answerSource", { source: "many", kind: "many", messages: 24, allow: true });
    assert.equal((await stream.until("source-ended")).data["removed"], 0);
    await stream.until("sources-changed");
    assert.deepEqual(await asked(), ["needs-you", [["many", 25]]]);
    assert.equal(many.maildrop.messages.length, 25);
    // No is no also where the server is looked at.
    const questions = async () => (await office.ask("serverMailbox", { source: "many" })).questions;
    assert.equal((await questions()).length, 1);
    await office.ask("answerSource", { source: "many", kind: "many", messages: 25, allow: false });
    assert.deepEqual(await questions(), []);
    await check();
    await stream.until("source-ended");
    await office.ask("answerSource", { source: "many", kind: "many", messages: 25, allow: true });
    assert.deepEqual(await asked(), ["idle", []]);
    assert.equal((await stream.until("source-ended")).data["removed"], 25);
    stream.close();
    assert.equal(many.maildrop.messages.length, 0);
  } finally {
    await many.close();
  }
});

const subjectsOf = {
  /** The newest first. */
  serverMailbox: async (source: string) => (await office.ask("serverMailbox", { source, limit: 300 })).rows,
  /** As they were stored: the newest were collected first. */
  sourceAudit: async (source: string) => (await office.ask("sourceAudit", { source, limit: 200 })).rows,
} as const;

for (const [page, rowsOf] of Object.entries(subjectsOf))
  test(`what a run has just brought is shown by its subject, however much that was: ${page}`, async () => {
    const fresh = await scriptedPeer({ messages: Array.from({ length: 300 }, (_, n) => letter(n + 1)) });
    try {
      const source = `fresh-${page}`;
      const ended = runEnded(office, source);
      await addSource(office, source, fresh.port);
      await ended;
      const rows = await rowsOf(source);
      assert.deepEqual(
        rows.map(({ subject }) => subject),
        Array.from({ length: rows.length }, (_, n) => `m${300 - n}`),
      );
      assert.ok(rows.length >= 200);
    } finally {
      await fresh.close();
    }
  });

test("a question nobody asks has no answer", async () => {
  assert.deepEqual(await office.refused("answerSource", { source: "peer", kind: "money", messages: 0, allow: true }), [
    400,
    "bad-request",
  ]);
});

test("a page hears a source begin, come forward and end, in that order", async () => {
  // Slower than progress is told, four times a second.
  const slow = await scriptedPeer({
    messages: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => letter(n)),
    capabilities: ["TOP", "UIDL", "USER"],
    faults: [{ on: "RETR", delayMs: 150 }],
  });
  const stream = await openEvents(office);
  await addSource(office, "slow", slow.port);
  const of = async (kind: string): Promise<Record<string, unknown>> => {
    for (;;) {
      const { data } = await stream.until(kind);
      if (data["source"] === "slow") return data;
    }
  };
  await of("source-started");
  for (let isCounted = false; !isCounted;) {
    const { n, of: all } = (await of("source-progress"))["progress"] as { readonly n: number; readonly of: number };
    assert.ok(n <= all && (all === 0 || all === 8), `${n} of ${all}`);
    isCounted = all === 8;
  }
  assert.deepEqual(await of("source-ended"), {
    kind: "source-ended",
    source: "slow",
    arrived: 8,
    removed: 0,
    trouble: null,
  });
  stream.close();
  await slow.close();
});

test("a disk with too little room is said by its code, and the server is left alone", async () => {
  const short = temporaryDirectory();
  const keys = {
    "limits.free_space": "900000GB",
    "source.peer": {
      host: "127.0.0.1",
      port: peer.port,
      tls: "none",
      user: "anna",
      password: "secret",
      account: "anna",
    },
  };
  const seen = peer.commands.length;
  const full = await openReaderOffice({ dataDir: short.path, keys });
  try {
    const { trouble, lastOutcome } = await eventually(full, async () =>
      (await full.ask("sources", {})).sources.find((one) => one.lastOutcome !== null),
    );
    assert.deepEqual([lastOutcome, trouble?.code], ["failed", "low-space"]);
    assert.deepEqual(trouble?.values, { least: 900_000 * 1_000_000_000 });
    assert.deepEqual([trouble?.advice, trouble?.reply], [["room"], ""]);
    assert.ok(!trouble?.words.includes(short.path), "no path is for the browser");
    assert.deepEqual(peer.commands.slice(seen), []);
  } finally {
    await full.stop();
    short.remove();
  }
});

test("a change of one source leaves the others at what they are at, and waits for no server", async (t) => {
  const logins = (to: ScriptedPeer): number => to.commands.filter((one) => /^(?:PASS|AUTH)/.test(one)).length;
  const refusing = await scriptedPeer({
    capabilities: ["TOP", "UIDL", "USER"],
    faults: [{ on: "PASS", answer: "-ERR [AUTH] no", applies: false }],
  });
  const slow = await scriptedPeer({
    messages: Array.from({ length: 6 }, (_, n) => letter(n + 40)),
    capabilities: ["TOP", "UIDL", "USER"],
    // Its third message takes longer than the changes do.
    faults: [{ on: "RETR", skip: 2, times: 1, delayMs: 4_000 }],
  });
  const silent = await scriptedPeer({ faults: [{ on: "connection", stall: 0 }] });
  for (const one of [refusing, slow, silent]) t.after(() => one.close());
  const refused = runEnded(office, "refusing");
  await addSource(office, "refusing", refusing.port);
  await refused;
  const tries = logins(refusing);
  assert.ok(tries > 0);
  await addSource(office, "silent", silent.port);
  while (!silent.log.some(({ kind }) => kind === "connected")) await new Promise(setImmediate);
  const fetched = runEnded(office, "slowly");
  await addSource(office, "slowly", slow.port);
  while (!slow.commands.some((one) => one.startsWith("RETR"))) await new Promise(setImmediate);
  for (const everyMs of [60_000, 120_000, 180_000]) await office.ask("changeSource", { source: "silent", everyMs });
  const shown = (await office.ask("sources", {})).sources.find(({ source }) => source === "slowly");
  assert.equal(shown?.state, "running", "no change waits for what a silent server may say");
  await fetched;
  const { sources } = await office.ask("sources", {});
  assert.equal(sources.find(({ source }) => source === "slowly")?.arrivedLast, 6);
  assert.equal(slow.connections.length, 1);
  assert.equal(logins(refusing), tries, "a password that was refused is not tried again");
  const changed = await office.ask("changeSource", { source: "refusing", everyMs: 120_000 });
  assert.deepEqual([changed.everyMs, changed.state, changed.trouble?.code], [120_000, "needs-you", "AUTH_REJECTED"]);
  const again = runEnded(office, "refusing");
  await office.ask("changeSource", { source: "refusing", password: "another" });
  await again;
  assert.ok(logins(refusing) > tries, "one that was mended is");
});
