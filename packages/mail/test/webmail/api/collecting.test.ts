// What a person does with a source between its runs: downloads one message whole, checks now, answers what collecting asks.
import assert from "node:assert/strict";
import { appendFileSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { scriptedPeer, type ScriptedPeer } from "@restante/pop/testing";
import type { RouteInput, RouteOutput } from "../../../src/webmail/api/index.ts";
import { loadConfig } from "../../../src/config/index.ts";
import { FetchState } from "../../../src/retriever/index.ts";
import { takeLeaseForTest } from "../../retriever/lease-of.ts";
import { temporaryDirectory } from "../../office/test-office.ts";
import { openEvents } from "./event-stream.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const letter = (n: number, lines = 1): string =>
  `From: Pat <pat@studio.example>\r\nDate: Mon, ${n} Jun 2026 10:00:00 +0000\r\nSubject: m${n}\r\nMessage-ID: <${n}@peer>\r\n\r\n${`Text of ${n}.\r\n`.repeat(lines)}`;
const SMALL = [1, 2, 3, 4].map((n) => letter(n));
const LARGE = letter(5, 1_000);

const directory = temporaryDirectory();
const file = join(directory.path, "restante.toml");
let peer: ScriptedPeer;
let office: ReaderOffice;
let anna = "";

before(async () => {
  peer = await scriptedPeer({ messages: [...SMALL, LARGE] });
  const defaults = {
    data: directory.path,
    host_name: "mail.example.org",
    "listen.web": "127.0.0.1:0",
    pop_delete: "trash 30d",
  };
  const readConfig = () => loadConfig({ defaults, ...(existsSync(file) ? { file } : {}) }).config;
  office = await openReaderOffice({ dataDir: directory.path, readConfig });
  anna = await office.account("anna");
  const ended = runEnded();
  await addSource("peer", peer.port, 2_048);
  await ended;
});
after(async () => {
  await office.stop();
  await peer.close();
  directory.remove();
});

/** Resolves when a run of a source has ended. */
function runEnded(source = "peer"): Promise<void> {
  return new Promise((resolve) => {
    const unlisten = office.house.office.collecting.listen((event) => {
      if (event.source !== source || event.kind !== "finished") return;
      unlisten();
      resolve();
    });
  });
}

/** Looks again at each event the reader is told, until it is so. */
async function eventually<T>(look: () => Promise<T | undefined>, at = office): Promise<T> {
  const stream = await openEvents(at);
  try {
    for (;;) {
      const found = await look();
      if (found !== undefined) return found;
      await stream.next();
    }
  } finally {
    stream.close();
  }
}

const rows = async (mailbox: string) =>
  (await office.ask("list", { account: anna, mailbox, view: "messages" })).rows.filter(
    ({ subject }) => subject === "m5",
  );

/** A source that keeps everything on its server. */
async function addSource(name: string, port: number, octetsMax: number | null = null): Promise<void> {
  await office.ask("addSource", {
    name,
    account: "anna",
    host: "127.0.0.1",
    port,
    tls: "none",
    user: "anna",
    password: "secret",
    keep: { kind: "forever" },
    first: { kind: "everything" },
    octetsMax,
  });
}

/** Adds a source that keeps everything on its server, and waits for its first run. */
async function collectAll(name: string, port: number): Promise<void> {
  const ended = runEnded(name);
  await addSource(name, port);
  await ended;
}

test("a message that was too large says how much it is, and one act brings it in place of its header", async () => {
  const [stub] = await eventually(async () => {
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
  const [whole] = await eventually(async () => {
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

test("checking now looks at one source, or at all", async () => {
  for (const source of ["peer", undefined]) {
    const ended = runEnded();
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
  await office.ask("answerSource", { source: "peer", kind: "migration", allow: false });
  const after = await office.ask("serverMailbox", { source: "peer" });
  assert.deepEqual(after.questions, []);
  const ended = runEnded();
  await office.ask("checkSources", { source: "peer" });
  await ended;
  assert.equal(retrieved(), before + 1);
  assert.equal((await office.ask("serverMailbox", { source: "peer" })).rows[0]?.state, "stored");
  // A card that was left open says nothing of what is there now.
  const denial = { source: "peer", kind: "migration", allow: false } as const;
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
  await office.ask("answerSource", { source: "peer", kind: "migration", allow: true });
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
    const ended = runEnded("many");
    await office.ask("checkSources", { source: "many" });
    await ended;
  };
  try {
    await collectAll("many", many.port);
    const changed = runEnded("many");
    await office.ask("changeSource", { source: "many", keep: { kind: "remove-at-once" }, confirmed: true });
    await changed;
    for (const _ of [1, 2]) {
      await check();
      assert.deepEqual(await asked(), ["needs-you", [["many", 25]]]);
      await office.ask("answerSource", { source: "many", kind: "many", allow: false });
      assert.deepEqual(await asked(), ["idle", []]);
    }
    assert.equal(many.maildrop.messages.length, 25);
    await check();
    const stream = await openEvents(office);
    await stream.until("");
    await office.ask("answerSource", { source: "many", kind: "many", allow: true });
    assert.deepEqual(await asked(), ["idle", []]);
    assert.equal((await stream.until("source-ended")).data["removed"], 25);
    stream.close();
    assert.equal(many.maildrop.messages.length, 0);
  } finally {
    await many.close();
  }
});

test("what a later destination has no copy of has no day on which it goes, and says why", async () => {
  const two = await scriptedPeer({ messages: [letter(1), letter(2)] });
  try {
    await collectAll("two", two.port);
    const ended = runEnded("two");
    await office.ask("changeSource", { source: "two", keep: { kind: "days", days: 14 }, confirmed: true });
    await ended;
    const shown = async (): Promise<unknown> =>
      (await office.ask("serverMailbox", { source: "two" })).rows.map(({ why, removeAt }) => [why, removeAt !== null]);
    assert.deepEqual(await shown(), Array(2).fill(["stays-longer", true]));
    appendFileSync(file, `\n[[source.two.deliver]]\nto = "maildir:${join(directory.path, "Maildir")}"\n`);
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
    await collectAll("some", some.port);
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

test("a question nobody asks has no answer", async () => {
  assert.deepEqual(await office.refused("answerSource", { source: "peer", kind: "money", allow: true }), [
    400,
    "bad-request",
  ]);
});

test("collected into two accounts, one of them named by its address, each has its own copy: what is said of one is not said of the other", async (t) => {
  const ben = await office.account("ben");
  // Each account counts its own messages: Ben's copy of the first gets the number of Anna's copy of the second.
  const annas = await office.deliver("anna", "Subject: x\n\nx\n");
  for (let bens = 0; bens < annas + 1;) bens = await office.deliver("ben", "Subject: x\n\nx\n");
  const both = await scriptedPeer({ messages: [letter(21), letter(22, 1_000)] });
  t.after(() => both.close());
  writeFileSync(join(directory.path, "both.password"), "secret", { mode: 0o600 });
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
  const ended = runEnded("both");
  appendFileSync(file, `\n${source.join("\n")}\n`);
  await office.house.office.reload();
  await ended;
  for (const account of [anna, ben]) {
    const told = await eventually(async () => {
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
  const ended = runEnded("left");
  await addSource("left", left.port, 2_048);
  await ended;
  const listed = async () => (await office.ask("list", { account: anna, source: "left", view: "messages" })).rows;
  const found = await eventually(async () => {
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

test("a download that cannot begin is on its way no more, and whoever looks hears of it", async (t) => {
  const waiting = await scriptedPeer({ messages: [letter(33, 1_000)] });
  t.after(() => waiting.close());
  const ended = runEnded("waiting");
  await addSource("waiting", waiting.port, 2_048);
  await ended;
  const whole = async () =>
    (await office.ask("list", { account: anna, source: "waiting", view: "messages" })).rows[0]?.server?.whole;
  const { uniqueId } = await eventually(async () => (await whole()) ?? undefined);
  const logins = waiting.connections.length;
  const download = () => office.ask("downloadFromServer", { source: "waiting", uniqueIds: [uniqueId] });
  const stream = await openEvents(office);
  const hearsTheEnd = async () => {
    for (;;) {
      const { data } = await stream.until("source-ended");
      if (data["source"] === "waiting") return data["trouble"] as { readonly code: string } | null;
    }
  };
  await stream.until("");
  const shut = t.mock.method(office.house.office.collecting, "memory", () => undefined);
  await download();
  assert.equal((await hearsTheEnd())?.code, "state");
  shut.mock.restore();
  assert.equal((await whole())?.isComing, false);
  // Its source is taken out while something else is at work on it.
  const lease = takeLeaseForTest(directory.path, "waiting");
  await download();
  assert.equal((await whole())?.isComing, true);
  await office.ask("removeSource", { source: "waiting" });
  lease.release();
  assert.equal(await hearsTheEnd(), null);
  stream.close();
  assert.equal(waiting.connections.length, logins, "nobody logs in to a source that was taken out");
  await addSource("waiting", waiting.port, 2_048);
  assert.equal((await whole())?.isComing, false);
});

test("a page of a list and a message look up what is known of what they show, however much is known of its source", async (t) => {
  const all = t.mock.method(FetchState.prototype, "known");
  const ended = runEnded("peer");
  await office.ask("checkSources", { source: "peer" });
  await ended;
  const before = all.mock.callCount();
  const { rows: found } = await office.ask("list", { account: anna, source: "peer", view: "messages" });
  const { account, messageId, server } = found.find((row) => row.server?.state === "kept") ?? assert.fail();
  const { removable, isCollected, ...copy } =
    (await office.ask("message", { account, messageId })).server ?? assert.fail();
  assert.deepEqual([copy, typeof removable, isCollected], [server, "string", true]);
  assert.equal(all.mock.callCount(), before);
});

test("a page hears a source begin, come forward and end, in that order", async () => {
  // Slower than progress is told, four times a second.
  const slow = await scriptedPeer({
    messages: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => letter(n)),
    capabilities: ["TOP", "UIDL", "USER"],
    faults: [{ on: "RETR", delayMs: 150 }],
  });
  const stream = await openEvents(office);
  await addSource("slow", slow.port);
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
    const { trouble, lastOutcome } = await eventually(
      async () => (await full.ask("sources", {})).sources.find((one) => one.lastOutcome !== null),
      full,
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

test("of several messages with one unique-id the one that is named is removed there, and no other", async () => {
  const messages = [letter(1), letter(2), letter(3)].map((octets) => ({ octets, uniqueId: "same" }));
  const sharing = await scriptedPeer({ messages });
  try {
    await collectAll("sharing", sharing.port);
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

test("a header whose unique-id was another message's once gives way to that message in no case", async () => {
  const reusing = await scriptedPeer({ messages: [{ octets: letter(5), uniqueId: "again" }] });
  try {
    const first = runEnded("reusing");
    await addSource("reusing", reusing.port, 2_048);
    await first;
    reusing.maildrop.replace([{ octets: letter(5, 900), uniqueId: "again" }]);
    const second = runEnded("reusing");
    await office.ask("checkSources", { source: "reusing" });
    await second;
    const before = await eventually(async () => {
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
      await stream.until("source-ended");
    }
    stream.close();
    const ids = (some: Awaited<ReturnType<typeof rows>>): unknown[] => some.map(({ messageId }) => messageId);
    assert.deepEqual(ids(await rows("INBOX")), ids(before));
  } finally {
    await reusing.close();
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
  const refused = runEnded("refusing");
  await addSource("refusing", refusing.port);
  await refused;
  const tries = logins(refusing);
  assert.ok(tries > 0);
  await addSource("silent", silent.port);
  while (!silent.log.some(({ kind }) => kind === "connected")) await new Promise(setImmediate);
  const fetched = runEnded("slowly");
  await addSource("slowly", slow.port);
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
  const again = runEnded("refusing");
  await office.ask("changeSource", { source: "refusing", password: "another" });
  await again;
  assert.ok(logins(refusing) > tries, "one that was mended is");
});

test("what another rule would remove is told before it is chosen, and no server is asked", async (t) => {
  const kept = await scriptedPeer({ messages: [letter(61), letter(62), letter(63)] });
  t.after(() => kept.close());
  const begun = Date.now();
  await collectAll("kept", kept.port);
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
  const listed = await eventually(async () => {
    const { rows: found } = await office.ask("list", { account: anna, source: "kept", view: "messages" });
    return found.length === 3 ? found : undefined;
  });
  const [first, second] = listed.map(({ account, messageId }) => ({ account, messageId }));
  assert.ok(first !== undefined && second !== undefined);
  await office.ask("act", { act: { kind: "trash" }, on: [first], rows: [] });
  assert.deepEqual(await whenDeleted(), { messages: 0, octets: 0, nextAt: null }, "in the trash it is still here");
  await office.ask("act", { act: { kind: "delete", confirmed: true }, on: [second], rows: [] });
  assert.equal((await whenDeleted()).messages, 1);
  assert.deepEqual(await preview({ kind: "forever" }), { messages: 0, octets: 0, nextAt: null });
  assert.equal(kept.connections.length, asked);
  assert.equal(kept.maildrop.messages.length, 3);
  // What was foretold comes to pass.
  const removed = runEnded("kept");
  await office.ask("changeSource", { source: "kept", keep: { kind: "until-deleted-here" } });
  await removed;
  assert.equal(kept.maildrop.messages.length, 2);
  assert.deepEqual(await whenDeleted(), { messages: 0, octets: 0, nextAt: null });
});
