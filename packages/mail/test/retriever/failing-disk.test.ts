// A disk that fails, or is full, at one moment of a run: strace puts the error where the disk would.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { here } from "../cli/command-line.ts";
import { withSource, type House } from "../cli/source-house.ts";
import { faultsIn, injecting, TRACING, type Fault } from "../system-calls.ts";
import { letters, startRun, storeTexts, type EndedRun } from "./fetch-run.ts";
import { sample } from "./sample.ts";

const LETTERS = letters(6);
const TEXTS = LETTERS.map(({ octets }) => octets).toSorted();

const MAILDIR = (directory: string): string => `maildir:${join(directory, "Maildir")}`;
const STORE = (): string => "store:anna";

/** Below the directory of a house. `$$` is the number of the process, the last one that of a message. */
const MESSAGES = LETTERS.map((_, i) => `Maildir/tmp/restante.${nameOf("work")}.$$.${i + 1}`);
const NEW = ["Maildir/new"];
const MEMORY = ["data/fetch.db", "data/fetch.db-wal"];
const MARK = ["data/fetch.mark.new"];
const MAIL = ["data/mail.db", "data/mail.db-wal"];

function nameOf(source: string): string {
  return createHash("sha256").update(source).digest("hex").slice(0, 16);
}

interface Row extends Omit<Fault, "nth"> {
  readonly what: string;
  readonly to: (directory: string) => string;
  /** About as many moments a first run has. */
  readonly of: number;
  /** Of these, so many in the short run. */
  readonly take: number;
  /** What the run says when it cannot go on; undefined: it can. */
  readonly says: RegExp | undefined;
  /** What it advises then. */
  readonly advises?: readonly RegExp[];
  /** Letters that must still be on the server. */
  readonly stay?: (nth: number) => readonly string[];
}

const SYNC = ["fsync", "fdatasync"];
const NOTHING_LOST = /^ {2}do {6}nothing was lost: what did not arrive was not removed, and is still on the server$/;
const LOOK_THERE = /^ {2}do {6}look at that place: its disk, and whether .* may write there; the next run goes on$/;
/** What comes again once it works is no matter for a person to look at; a store that could not be opened is. */
const GOES_ON = /^ {2}do {6}.*the next run goes on/;
const MAKE_ROOM = /^ {2}do {6}make room: .* that disk; collecting then goes on$/;
const broken = {
  to: MAILDIR,
  says: /^work: the Maildir \S+ cannot be written \(EIO\)/,
  advises: [NOTHING_LOST, LOOK_THERE],
};
const full = {
  to: MAILDIR,
  says: /^work: maildir:\S+\/Maildir has no room: its disk is full(?:; |$)/,
  advises: [NOTHING_LOST, MAKE_ROOM],
};
const memory = {
  to: MAILDIR,
  says: /^(?:work|restante): \S+fetch\.db cannot be used: (?:disk I\/O error; look at|database or disk is full; make room on) the disk/,
};
const store = {
  to: STORE,
  says: /^work: store:anna (?:takes no mail now|cannot be opened): the disk failed while /,
  advises: [NOTHING_LOST, GOES_ON],
};
const fullStore = {
  to: STORE,
  says: /^work: store:anna has no room: the disk of the data directory is full(?:; |$)/,
  advises: [NOTHING_LOST, MAKE_ROOM],
};
const nth = (n: number): readonly string[] => [`id-${n}`];
const all = (): readonly string[] => LETTERS.map(({ uniqueId }) => uniqueId);

const ROWS: readonly Row[] = [
  { what: "a sync of a message", ...broken, calls: SYNC, error: "EIO", paths: MESSAGES, of: 6, take: 2, stay: nth },
  { what: "a sync of a message", ...full, calls: SYNC, error: "ENOSPC", paths: MESSAGES, of: 6, take: 1, stay: nth },
  {
    what: "a write of a message",
    ...full,
    calls: ["write"],
    error: "ENOSPC",
    paths: MESSAGES,
    of: 6,
    take: 1,
    stay: nth,
  },
  { what: "a rename into new", ...full, calls: ["rename"], error: "ENOSPC", paths: MESSAGES, of: 6, take: 1 },
  { what: "a sync of new", ...broken, calls: SYNC, error: "EIO", paths: NEW, of: 1, take: 1, stay: all },
  { what: "a sync of the memory", ...memory, calls: SYNC, error: "EIO", paths: MEMORY, of: 16, take: 3 },
  { what: "a write of the memory", ...memory, calls: ["pwrite64"], error: "ENOSPC", paths: MEMORY, of: 56, take: 3 },
  { what: "a write of the memory", ...memory, calls: ["pwrite64"], error: "EIO", paths: MEMORY, of: 56, take: 1 },
  {
    what: "a sync of the mark",
    to: MAILDIR,
    says: /fetch\.mark cannot be used \(EIO\)/,
    calls: SYNC,
    error: "EIO",
    paths: MARK,
    of: 3,
    take: 1,
  },
  {
    what: "a write of the mark",
    to: MAILDIR,
    says: undefined,
    calls: ["write"],
    error: "ENOSPC",
    paths: MARK,
    of: 3,
    take: 1,
  },
  {
    what: "a rename of the mark",
    to: MAILDIR,
    says: undefined,
    calls: ["rename"],
    error: "ENOSPC",
    paths: MARK,
    of: 3,
    take: 1,
  },
  { what: "a sync of the store", ...store, calls: SYNC, error: "EIO", paths: MAIL, of: 6, take: 2 },
  { what: "a write of the store", ...fullStore, calls: ["pwrite64"], error: "ENOSPC", paths: MAIL, of: 40, take: 2 },
];

for (const row of ROWS)
  test(`${row.what} that fails with ${row.error} loses and doubles nothing, and is told`, TRACING, async (context) => {
    let faults = 0;
    for (const n of sample(context, { what: "moments", of: row.of, take: row.take })) faults += await trial(row, n);
    context.diagnostic(`${faults} faults`);
    assert.ok(faults > 0, "no fault");
  });

for (const { error, told, calls, to, paths, nth } of [
  { error: "ENOSPC", told: "has no room", calls: ["write"], to: MAILDIR, paths: MESSAGES, nth: 3 },
  { error: "EIO", told: "cannot be written (EIO)", calls: ["write"], to: MAILDIR, paths: MESSAGES, nth: 3 },
  { error: "EIO", told: "cannot be written (EIO)", calls: SYNC, to: MAILDIR, paths: NEW, nth: 1 },
] as const)
  test(
    `a disk on which each ${calls.join(" and ")} fails with ${error} is told once, and the mail waits for the next run`,
    TRACING,
    async () => {
      await withSource({ messages: LETTERS, lines: ['server = { keep = "0" }'], to }, async (house) => {
        const log = join(house.directory, "strace");
        const fault: Fault = {
          calls,
          error,
          nth,
          isLasting: true,
          paths: paths.map((path) => join(house.directory, path)),
        };
        const { code, stdout } = await startRun(house, { runBy: injecting(log, fault) }).ended;
        assert.ok(faultsIn(log) > 0, "no fault");
        assert.equal(code, 74, stdout);
        assert.doesNotMatch(stdout, /FAILED/);
        assert.equal(stdout.split(told).length - 1, 1, stdout);
        assert.equal(house.left().length, 6, stdout);
        assert.match(stdout, /^ {2}stayed {2}[4-6]: left for the next run: mail cannot be stored now$/m);
        const next = await house.fetch("run");
        assert.deepEqual([next.code, house.left(), house.arrived()], [0, [], TEXTS], next.stdout);
      });
    },
  );

test(
  "a store whose disk fails tells of one message at most, and the mail waits for the next run",
  TRACING,
  async () => {
    await withSource({ messages: LETTERS, lines: ['server = { keep = "0" }'], to: STORE }, async (house) => {
      await here(["account", "add", "anna", "--data", house.data]);
      const log = join(house.directory, "strace");
      const paths = MAIL.map((path) => join(house.directory, path));
      const fault: Fault = { calls: SYNC, error: "EIO", nth: 3, isLasting: true, paths };
      const { code, stdout } = await startRun(house, { runBy: injecting(log, fault) }).ended;
      assert.ok(faultsIn(log) > 0, "no fault");
      assert.ok(code === 74 || code === 75, stdout);
      assert.match(stdout, /^work: store:anna takes no mail now: the disk failed while /);
      assert.equal(stdout.match(/FAILED/g)?.length, 1, stdout);
      const next = await house.fetch("run");
      assert.deepEqual([next.code, house.left()], [0, []], next.stdout);
      assert.deepEqual((await storeTexts(house.directory)).toSorted(), TEXTS);
    });
  },
);

/** Answers how many faults there were: none where the moment is after the last. */
async function trial(row: Row, n: number): Promise<number> {
  let faults = 0;
  await withSource({ messages: LETTERS, lines: ['server = { keep = "0" }'], to: row.to }, async (house) => {
    const { directory, data, fetch, left } = house;
    const isStore = row.to === STORE;
    if (isStore) await here(["account", "add", "anna", "--data", data]);
    const log = join(directory, "strace");
    const paths = row.paths.map((path) => join(directory, path));
    const ended = await startRun(house, { runBy: injecting(log, { ...row, paths, nth: n }) }).ended;
    faults = faultsIn(log);
    assert.ok(faults <= 1, `${faults} faults at once`);
    const where = `${row.what} ${n}: ${ended.stdout}${ended.stderr}`;

    const there = left();
    const texts = await arrived(house, isStore);
    for (const { uniqueId, octets } of LETTERS)
      assert.ok(there.includes(uniqueId) || texts.includes(octets), `${uniqueId} is lost: ${where}`);
    if (faults > 0) for (const uniqueId of row.stay?.(n) ?? []) assert.ok(there.includes(uniqueId), where);
    assertTold(ended, row, where);
    // What goes on to its end brings everything, the fault notwithstanding.
    if (ended.code === 0) assert.deepEqual([texts, there], [TEXTS, []], where);

    const next = await fetch("run");
    assert.equal(next.code, 0, `${where}then: ${next.stdout}${next.stderr}`);
    assert.deepEqual([await arrived(house, isStore), left()], [TEXTS, []], where);
  });
  return faults;
}

/** Lines that say what is wrong and where, and what to do; a code that tells a script that the disk is what it is about. */
function assertTold({ code, signal, stdout, stderr }: EndedRun, { says, advises = [] }: Row, where: string): void {
  assert.equal(signal, null, where);
  if (code === 0) return;
  assert.ok(says !== undefined, where);
  assert.ok(code === 74 || code === 75, where);
  const lines = `${stdout}${stderr}`.split("\n");
  for (const one of [says, ...advises])
    assert.ok(
      lines.some((line) => one.test(line)),
      `${String(one)}: ${where}`,
    );
  assert.ok(!lines.some((line) => /^ +at |node:|\.ts\b/.test(line)), where);
}

async function arrived(house: House, isStore: boolean): Promise<readonly string[]> {
  if (isStore) return (await storeTexts(house.directory)).toSorted();
  return existsSync(join(house.maildir, "new")) ? house.arrived() : [];
}
