// A session that is cut or stalls at an octet of a six-message retrieval: the next run finishes it, whether its mail stays
// there or is removed, in a store, in a Maildir and in both. The peer's own log says that the fault was made, and where.
// The long run takes every octet of the way in which most is done (removed, into both), and a sample of the other ways.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { scriptedPeer, type PeerFault, type ScriptedPeer } from "@restante/pop/testing";
import { SILENT } from "../../src/observe/index.ts";
import { FetchState, runSource, statePath, type FetchHouse } from "../../src/retriever/index.ts";
import {
  maildirTexts,
  openStoreSetting,
  SIX,
  sourceFor,
  temporaryFolder,
  textsOf,
  type StoreSetting,
} from "./fixture.ts";
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

/** What becomes of the mail on the server, and where it goes. */
interface Way {
  readonly name: string;
  readonly keep: "0" | "forever";
  readonly into: readonly ("store" | "maildir")[];
}

const WAYS: readonly Way[] = (["0", "forever"] as const).flatMap((keep) =>
  ([["store"], ["maildir"], ["store", "maildir"]] as const).map((into) => ({
    name: [keep === "0" ? "removed" : "kept", ...into].join("-"),
    keep,
    into,
  })),
);

interface Collected {
  /** Its connections are all over. */
  readonly peer: ScriptedPeer;
  /** So many of the second run's RETRs were for what the first had kept. */
  readonly askedAgain: number;
}

/** With a source, an account and a Maildir of its own, in two runs. */
async function collect(
  place: Place,
  o: { readonly way: Way; readonly name: string; readonly faults: readonly PeerFault[]; readonly timeout: string },
): Promise<Collected> {
  const { anna, house } = place;
  const name = `${o.name}-${o.way.name}`;
  const folder = join(place.folder, name);
  await anna.accounts.add({ name });
  const to = { store: `store:${name}`, maildir: `maildir:${join(folder, "Maildir")}` };
  const keys = { server: { keep: o.way.keep }, deliver: o.way.into.map((kind) => ({ to: to[kind] })) };
  await using peer = await scriptedPeer({ messages: SIX, faults: o.faults });
  const source = sourceFor({ folder, port: peer.port, keys: { ...keys, timeout: o.timeout }, name });
  const first = await runSource(source, house);
  const saidBefore = peer.commands.length;
  // A machine that is busy may be silent for longer than the stall that is waited for.
  const patient = sourceFor({ folder, port: peer.port, keys: { ...keys, timeout: "60s" }, name });
  const second = await runSource(patient, house);
  assert.equal(second.outcome, "ok", `${name}: ${second.error?.message ?? ""}`);
  if (o.way.into.includes("maildir")) assert.deepEqual(maildirTexts(folder), SIX, name);
  const account = anna.store.directory.accountNamed(name)?.account ?? "";
  const stored = o.way.into.includes("store") ? SIX : [];
  assert.deepEqual((await textsOf(anna.store, account)).toSorted(), stored, name);
  assert.equal(peer.maildrop.messages.length, o.way.keep === "0" ? 0 : 6, name);
  const asked = peer.commands.slice(saidBefore).filter((command) => command.startsWith("RETR"));
  await peer.untilClosed();
  return { peer, askedAgain: first.arrived.messages + asked.length - SIX.length };
}

interface Moment {
  readonly way: Way;
  readonly octet: number;
}

/** Each octet of a session that nothing disturbs, in each way. */
async function momentsOf(place: Place): Promise<readonly Moment[]> {
  const moments: Moment[] = [];
  for (const way of WAYS) {
    const { peer } = await collect(place, { way, name: "whole", faults: [], timeout: "60s" });
    assert.equal(peer.connections.length, 2, way.name);
    const { sentOctets = 0 } = peer.connections[0] ?? {};
    moments.push(...Array.from({ length: sentOctets }, (_, i) => ({ way, octet: i + 1 })));
  }
  return moments;
}

/** What the first connection came to, and after how many octets. */
function endOf({ log, connections }: ScriptedPeer): readonly [readonly string[], number | undefined] {
  const ends = log.filter(({ connection, kind }) => connection === 1 && (kind === "dropped" || kind === "stalled"));
  return [ends.map(({ kind }) => kind), connections[0]?.sentOctets];
}

interface Fault {
  readonly name: string;
  /** As the peer writes it down. */
  readonly what: "dropped" | "stalled";
  readonly at: (octet: number) => Omit<PeerFault, "on">;
  /** Short where it is the silence that is tried: a busy machine may be as silent before the fault. */
  readonly timeout: string;
  /** So many octets of the fullest way, and so many of the others. */
  readonly take: number;
}

const FULLEST = WAYS.filter(({ keep, into }) => keep === "0" && into.length === 2);
const OTHERS = WAYS.filter((way) => !FULLEST.includes(way));

const FAULTS: readonly Fault[] = [
  { name: "cut", what: "dropped", at: (drop) => ({ drop, how: "fin" }), timeout: "60s", take: 10 },
  { name: "reset", what: "dropped", at: (drop) => ({ drop, how: "reset" }), timeout: "60s", take: 5 },
  { name: "stalled", what: "stalled", at: (stall) => ({ stall }), timeout: "3s", take: 3 },
];
/** Of the other ways, in the long run. */
const OTHERS_TAKEN = 300;
/** The silence of stalls is waited for together. */
const AT_ONCE = 12;

function takenOf(context: TestContext, moments: readonly Moment[], { take }: Fault): readonly Moment[] {
  const of = (ways: readonly Way[], o: { readonly long?: number } = {}): readonly Moment[] => {
    const all = moments.filter(({ way }) => ways.includes(way));
    const what = `octets of ${ways.map(({ name }) => name).join(", ")}`;
    const taken = new Set(sample(context, { what, of: all.length, take, ...o }));
    return all.filter((_, at) => taken.has(at + 1));
  };
  return [...of(FULLEST), ...of(OTHERS, { long: OTHERS_TAKEN })];
}

for (const fault of FAULTS)
  test(`${fault.name} at any octet, the next run finishes: nothing lost, nothing doubled, wherever it goes`, async (context) => {
    const { name, what, at, timeout } = fault;
    const place = await openPlace(context);
    const taken = takenOf(context, await momentsOf(place), fault);
    for (let from = 0; from < taken.length; from += AT_ONCE)
      await Promise.all(
        taken.slice(from, from + AT_ONCE).map(async ({ way, octet }) => {
          const { peer, askedAgain } = await collect(place, {
            way,
            name: `${name}-${octet}`,
            faults: [{ on: "connection", connection: 1, ...at(octet) }],
            timeout,
          });
          const where = `${way.name}, ${name} at ${octet}`;
          assert.deepEqual(endOf(peer), [[what], octet], `${where}: the peer makes the fault there`);
          // A reply that is waited for in vain puts what came before it in doubt.
          if (what === "dropped") assert.equal(askedAgain, 0, `${where}: what is kept is not asked for again`);
        }),
      );
  });

test("in packets of one octet, mail comes as it is", async (context) => {
  const place = await openPlace(context);
  const faults = [{ on: "*", split: "octets" }] as const;
  await Promise.all(WAYS.map((way) => collect(place, { way, name: "octets", faults, timeout: "5s" })));
});
