// SIGKILL at any moment of a run, nobody having told it when: the next run puts it right.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as moment } from "node:timers/promises";
import { here } from "../cli/command-line.ts";
import { withSource, type House } from "../cli/source-house.ts";
import { random } from "../random.ts";
import { letters, startRun, storeTexts, type EndedRun } from "./fetch-run.ts";

const isLong = process.env["RESTANTE_LONG"] === "1";
const PER_RUN = 8;

interface Series {
  readonly to: (directory: string) => string;
  readonly before?: (house: House) => Promise<unknown>;
  /** Every text that is there, as often as it is. */
  readonly texts: (house: House) => Promise<readonly string[]>;
  /** Messages that one kill may double. */
  readonly doubledMax: number;
  /** Kills in the short run, and in the long one. */
  readonly kills: readonly [short: number, long: number];
}

/** A program that takes a message whole or not at all, each time under another name. */
const PROGRAM = 'file=$(mktemp "$0/tmp/XXXXXXXXXXXX") && cat > "$file" && mv "$file" "$0/taken"';

const SERIES: Readonly<Record<string, Series>> = {
  "a Maildir": {
    to: (directory) => `maildir:${join(directory, "Maildir")}`,
    texts: async (house) => house.arrived(),
    doubledMax: 0,
    kills: [10, 300],
  },
  "a store": {
    to: () => "store:anna",
    before: ({ data }) => here(["account", "add", "anna", "--data", data]),
    texts: ({ directory }) => storeTexts(directory),
    doubledMax: 0,
    kills: [8, 200],
  },
  // It cannot be asked what it has: one message may be on its way to it, or just there.
  "a command": {
    to: (directory) => `exec:sh -c '${PROGRAM}' ${directory}`,
    before: async ({ directory }) => ["tmp", "taken"].map((name) => mkdirSync(join(directory, name))),
    texts: async ({ directory }) =>
      readdirSync(join(directory, "taken")).map((name) =>
        readFileSync(join(directory, "taken", name), "latin1").replaceAll(/\r?\n/g, "\r\n"),
      ),
    doubledMax: 1,
    kills: [8, 200],
  },
};

for (const [into, series] of Object.entries(SERIES))
  test(`runs into ${into} that are killed at any moment lose nothing and double ${series.doubledMax === 0 ? "nothing" : "one message a kill"} (${series.kills[isLong ? 1 : 0]} kills)`, (context) =>
    killing(context, series));

async function killing(context: TestContext, series: Series): Promise<void> {
  const kills = series.kills[isLong ? 1 : 0];
  const seed = Number(process.env["RESTANTE_SEED"] ?? Date.now() % 1_000_000);
  const next = random(seed);
  const mail = letters((kills + 1) * PER_RUN, { largeEvery: PER_RUN });
  const found = { killed: 0, doubled: 0 };
  await withSource({ messages: [], lines: ['server = { keep = "0" }'], to: series.to }, async (house) => {
    await series.before?.(house);
    const arrive = (round: number): void => {
      for (const letter of mail.slice(round * PER_RUN, (round + 1) * PER_RUN)) house.peer.maildrop.deliver(letter);
    };
    arrive(0);
    let { ms: lastsMs } = await disturbed(house, undefined);
    for (let round = 1; round <= kills; round += 1) {
      arrive(round);
      // One moment in each part of the time that a run takes.
      const { ended, ms } = await disturbed(house, (lastsMs * (round - 1 + next())) / kills);
      if (ended.signal === "SIGKILL") found.killed += 1;
      else lastsMs = ms;
      const { code, stdout, stderr } = await house.fetch("run");
      assert.equal(code, 0, `round ${round}, seed ${seed}: ${stdout}${stderr}`);
      assert.deepEqual(house.left(), [], `round ${round}, seed ${seed}`);
    }
    const texts = await series.texts(house);
    const there = new Set(texts);
    for (const { octets, uniqueId } of mail) assert.ok(there.has(octets), `${uniqueId} is lost, seed ${seed}`);
    found.doubled = texts.length - there.size;
  });
  context.diagnostic(`${found.killed} of ${kills} killed before their end, ${found.doubled} doubled, seed ${seed}`);
  assert.ok(found.killed > kills / 4, `${found.killed} killed`);
  assert.ok(found.doubled <= series.doubledMax * found.killed, `${found.doubled} doubled`);
}

/** A run that is killed so long after it connected; undefined: to its end. */
async function disturbed(
  house: House,
  afterMs: number | undefined,
): Promise<{ readonly ended: EndedRun; readonly ms: number }> {
  const { connections } = house.peer;
  const before = connections.length;
  const run = startRun(house);
  const isOver = run.ended.then(() => true);
  while (house.peer.connections.length === before)
    if (await Promise.race([isOver, new Promise<false>((resolve) => setImmediate(resolve, false))])) break;
  const began = performance.now();
  const waiting = new AbortController();
  const killing =
    afterMs === undefined ? undefined : moment(afterMs, undefined, waiting).then(run.kill, () => undefined);
  const ended = await run.ended;
  const ms = performance.now() - began;
  waiting.abort();
  await killing;
  return { ended, ms };
}
