// A session that is cut or stalls at an octet of a six-message retrieval: the next run finishes it.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { scriptedPeer, type PeerFault } from "@restante/pop/testing";
import { SILENT } from "../../src/observe/index.ts";
import { FetchState, runSource, statePath, type FetchHouse } from "../../src/retriever/index.ts";
import { maildirTexts, openStoreSetting, SIX, sourceFor, temporaryFolder, type StoreSetting } from "./fixture.ts";
import { sample } from "./sample.ts";

interface Place {
  readonly folder: string;
  readonly anna: StoreSetting;
  readonly house: FetchHouse;
}

async function openPlace(context: TestContext): Promise<Place> {
  const folder = temporaryFolder(context);
  const state = FetchState.open(statePath(join(folder, "data")));
  context.after(() => state.close());
  const anna = await openStoreSetting(folder);
  context.after(() => anna.close());
  const signal = new AbortController().signal;
  return {
    folder,
    anna,
    house: {
      state,
      dataDir: join(folder, "data"),
      env: process.env,
      log: SILENT,
      signal,
      openStore: () => Promise.resolve(anna.local),
    },
  };
}

/** Runs a source of its own until it is done; answers the octets the first session had. */
async function collect(
  place: Place,
  o: { readonly name: string; readonly faults: readonly PeerFault[]; readonly timeout: string },
): Promise<number> {
  const folder = join(place.folder, o.name);
  const keys = {
    server: { keep: "0" },
    timeout: o.timeout,
    deliver: [{ to: "store:anna" }, { to: `maildir:${join(folder, "Maildir")}` }],
  };
  await using peer = await scriptedPeer({ messages: SIX, faults: o.faults });
  const source = sourceFor({ folder, port: peer.port, keys, name: o.name });
  const before = place.anna.store.directory.account(place.anna.account)?.messages ?? 0;
  await runSource(source, place.house);
  // A machine that is busy may be silent for longer than the stall that is waited for.
  const patient = sourceFor({ folder, port: peer.port, keys: { ...keys, timeout: "60s" }, name: o.name });
  const second = await runSource(patient, place.house);
  assert.equal(second.outcome, "ok", `${o.name}: ${second.error?.message ?? ""}`);
  assert.deepEqual(maildirTexts(folder), SIX, o.name);
  assert.equal(place.anna.store.directory.account(place.anna.account)?.messages, before + 6, o.name);
  assert.equal(peer.maildrop.messages.length, 0, o.name);
  return peer.connections[0]?.sentOctets ?? 0;
}

for (const [how, take] of [
  ["fin", 20],
  ["reset", 10],
] as const)
  test(`cut at any octet (${how}), the next run finishes: nothing lost, nothing doubled`, async (context) => {
    const place = await openPlace(context);
    const length = await collect(place, { name: "whole", faults: [], timeout: "5s" });
    for (const drop of sample(context, { what: "octets", of: length, take }))
      await collect(place, {
        name: `cut-${drop}`,
        faults: [{ on: "connection", connection: 1, drop, how }],
        timeout: "5s",
      });
  });

test("stalled at any octet, the next run finishes: nothing lost, nothing doubled", async (context) => {
  const place = await openPlace(context);
  const length = await collect(place, { name: "whole", faults: [], timeout: "5s" });
  for (const stall of sample(context, { what: "octets", of: length, take: 3 }))
    await collect(place, {
      name: `stall-${stall}`,
      faults: [{ on: "connection", connection: 1, stall }],
      timeout: "1s",
    });
});

test("in packets of one octet, mail comes as it is", async (context) => {
  const place = await openPlace(context);
  await collect(place, { name: "octets", faults: [{ on: "*", split: "octets" }], timeout: "5s" });
});
