// Collecting inside the post office, as whoever shows it sees it.
import assert from "node:assert/strict";
import { mkdirSync, rmdirSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { scriptedPeer } from "@restante/pop/testing";
import { statePath, type DaemonEvent } from "../../src/retriever/index.ts";
import { openTestOffice, temporaryDirectory, testConfig } from "./test-office.ts";

/** A post office with Anna in it, whose configuration `keys` is read at each reload, and `work`: a source for her. */
async function annasOffice(context: TestContext) {
  const directory = temporaryDirectory();
  context.after(() => directory.remove());
  const peer = await scriptedPeer();
  context.after(() => peer.close());
  const work = { host: "127.0.0.1", port: peer.port, tls: "none", user: "w", account: "anna", password: "secret" };
  const keys: Record<string, unknown> = {};
  const house = await openTestOffice({ dataDir: directory.path, readConfig: () => testConfig(directory.path, keys) });
  context.after(() => house.stop());
  await house.office.house.accounts.add({ name: "anna" });
  return { house, peer, work, keys, dataDir: directory.path };
}

test("who listens to the post office is told of collecting, and a pause outlives a reload", async (context) => {
  const { house, peer, work, keys } = await annasOffice(context);
  const { collecting } = house.office;
  assert.deepEqual([collecting.status(), collecting.wake(), collecting.pause("work")], [[], false, false]);

  const told = new Set<string>();
  let tellWaiting = (): void => undefined;
  const waiting = new Promise<void>((resolve) => {
    tellWaiting = resolve;
  });
  const stopThrowing = collecting.listen(() => {
    throw new Error("a mistake of a listener's");
  });
  collecting.listen(({ kind }) => {
    told.add(kind);
    if (kind === "waiting") tellWaiting();
  });
  keys["source"] = { work };
  assert.deepEqual((await house.office.reload()).changed, ["sources"]);
  await waiting;
  stopThrowing();
  assert.deepEqual([...told].sort(), ["finished", "message", "phase", "progress", "waiting"]);
  assert.equal(collecting.status()[0]?.lastReport?.arrived.messages, 3);
  assert.deepEqual(
    collecting
      .protocolLog("work")
      ?.slice(-4, -2)
      .map(({ text }) => text),
    ["RSET", "QUIT"],
  );

  assert.equal(collecting.pause("work"), true);
  keys["source"] = { work: { ...work, every: "1h" } };
  await house.office.reload();
  assert.equal(collecting.status()[0]?.isPaused, true);
  assert.equal(peer.connections.length, 1);
});

test("how much of the disk stays free follows a reload", async (context) => {
  const { house, work, keys } = await annasOffice(context);
  const { collecting } = house.office;
  /** How the run that follows ends. */
  const outcome = async (begin: () => unknown): Promise<string> => {
    const ended = new Promise<DaemonEvent>((resolve) => {
      const unlisten = collecting.listen((event) => {
        if (event.kind !== "finished") return;
        unlisten();
        resolve(event);
      });
    });
    await begin();
    const event = await ended;
    return event.kind === "finished" ? (event.report.error?.code ?? event.report.outcome) : event.kind;
  };
  keys["source"] = { work };
  assert.equal(await outcome(() => house.office.reload()), "ok");
  for (const [least, expected] of [
    ["900000GB", "low-space"],
    ["0kB", "ok"],
  ] as const) {
    keys["limits.free_space"] = least;
    assert.deepEqual(await house.office.reload(), { changed: ["limits"], needRestart: [] });
    assert.equal(await outcome(() => collecting.wake("work")), expected, least);
  }
});

test("a memory that cannot be opened is opened by the next reload, also with the same sources", async (context) => {
  const { house, work, keys, dataDir } = await annasOffice(context);
  const { collecting } = house.office;
  const inTheWay = statePath(dataDir);
  mkdirSync(inTheWay);
  keys["source"] = { work };
  await house.office.reload();
  assert.deepEqual([collecting.status(), collecting.memory()], [[], undefined]);
  rmdirSync(inTheWay);
  await house.office.reload();
  assert.deepEqual(
    collecting.status().map(({ source }) => source),
    ["work"],
  );
  assert.deepEqual((await house.office.reload()).changed, []);
});

/** A run of `work` that comes to no end by itself; `end` ends it. */
async function hangingRun(context: TestContext) {
  const office = await annasOffice(context);
  const peer = await scriptedPeer({ faults: [{ on: "connection", connection: 1, stall: 60 }] });
  context.after(() => peer.close());
  const work = { ...office.work, port: peer.port };
  office.keys["source"] = { work };
  await office.house.office.reload();
  while (!peer.log.some(({ kind }) => kind === "stalled")) await new Promise(setImmediate);
  return { ...office, work, end: () => peer.close() };
}

test("a reload that waits for a run while the post office stops begins nothing after it", async (context) => {
  const { house, work, keys } = await hangingRun(context);
  keys["source"] = { work: { ...work, every: "1h" } };
  const reloaded = house.office.reload();
  await house.office.stop({ withinMs: 0 });
  await reloaded;
  assert.deepEqual(house.office.collecting.status(), []);
  assert.equal(house.office.collecting.memory(), undefined);
});

test("of two reloads that overtake each other the later one holds, and a pause outlives both", async (context) => {
  const { house, work, keys, end } = await hangingRun(context);
  const { collecting } = house.office;
  collecting.pause("work");
  keys["source"] = { work: { ...work, every: "1h" } };
  const first = house.office.reload();
  keys["source"] = { work: { ...work, every: "2h" }, other: { ...work, every: "2h" } };
  const second = house.office.reload();
  await end();
  await Promise.all([first, second]);
  assert.deepEqual(
    collecting.status().map(({ source, isPaused }) => [source, isPaused]),
    [
      ["other", false],
      ["work", true],
    ],
  );
});
