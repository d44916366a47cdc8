// The order that survives a power cut, looked at from outside: what the command asks of the disk, and when, by strace.
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { withSource, type House } from "../cli/source-house.ts";
import { PowerCut } from "../power-cut.ts";
import { descriptorOf, momentsIn, pathsIn, traced, TRACING, type SystemCall } from "../system-calls.ts";
import { letters, pathsBelow, start, startRun, type Letter, type StartedRun } from "./fetch-run.ts";

const LETTERS = letters(6);

/** Whether a letter would be there after a power cut. */
type IsKept = (cut: PowerCut, letter: Letter) => boolean;

interface Seen {
  /** What was done too early. */
  readonly early: readonly string[];
  /** How often there was something to look at. */
  readonly renamed: number;
  readonly journalled: number;
  readonly marked: number;
  readonly said: number;
}

interface Looking {
  readonly house: House;
  /** Of the processes, one after the other. */
  readonly logs: readonly string[];
  /** Names a power cut may take back before the first of them begins. */
  readonly loose?: readonly string[];
  /** What was there by then. */
  readonly there: readonly string[];
  readonly isKept: IsKept;
}

/** Replays a run, and holds each step that others rely on against what the disk has by then. */
function look({ house: { directory, data }, isKept, ...o }: Looking): Seen {
  const cut = new PowerCut(directory, o);
  const early: string[] = [];
  const seen = { renamed: 0, journalled: 0, marked: 0, said: 0 };
  const memory = join(data, "fetch.db");
  const journal = `${memory}-wal`;
  const markFile = join(data, "fetch.mark");
  const marks = new Set<string>();
  const isWritten = ({ sha256 }: Letter): boolean => cut.filesWith(sha256, memory).length > 0;
  const claim = (holds: boolean, what: string): void => void (holds || early.push(what));
  const looks: Readonly<Record<string, (call: SystemCall) => void>> = {
    rename(call) {
      const [from = "", to = ""] = pathsIn(call);
      if (basename(dirname(to)) !== "new" && basename(to) !== "fetch.mark") return;
      seen.renamed += 1;
      claim(cut.isSynced(from), `${basename(to)} is renamed before its octets are synced`);
    },
    pwrite64(call) {
      if (descriptorOf(call) !== journal) return;
      // A database with a mark that its file lost would be taken for a backup.
      for (const mark of marks)
        if (call.arguments.includes(mark))
          claim(cut.filesWith(mark, markFile).includes(markFile), "the memory has a mark that its file may lose");
      for (const letter of LETTERS.filter(({ sha256 }) => call.arguments.includes(sha256))) {
        seen.journalled += 1;
        claim(isKept(cut, letter), `${letter.word} is journalled before it is durable`);
      }
    },
    write(call) {
      const target = descriptorOf(call);
      if (target === `${markFile}.new`) for (const [mark] of call.arguments.matchAll(/[0-9a-f]{32}/g)) marks.add(mark);
      if (target.startsWith("TCP")) {
        for (const [, n] of call.arguments.matchAll(/DELE (\d+)/g)) {
          const letter = LETTERS[Number(n) - 1] as Letter;
          seen.marked += 1;
          claim(isKept(cut, letter), `${letter.word} is marked before it is durable`);
          claim(isWritten(letter), `${letter.word} is marked before it is journalled`);
        }
        if (/(?:DELE|QUIT)/.test(call.arguments))
          claim(
            cut.isSynced(journal) && cut.isNamed(memory),
            "the server is told before what it is told is written down",
          );
      }
      if (call.arguments.includes(" arrived (")) {
        seen.said += 1;
        for (const letter of LETTERS)
          claim(isKept(cut, letter) && isWritten(letter), `${letter.word} is told of before it is durable`);
      }
    },
  };
  for (const log of o.logs) {
    for (const moment of momentsIn(log)) {
      if (moment.kind === "begin") looks[moment.call.name]?.(moment.call);
      cut.follow(moment);
    }
    claim(cut.isNamed(memory), "a command ends before its data directory is durable");
  }
  for (const letter of LETTERS)
    claim(isKept(cut, letter) && isWritten(letter), `${letter.word} is not durable in the end`);
  return { early: [...new Set(early)], ...seen };
}

const inMaildir =
  (maildir: string): IsKept =>
  (cut, { word }) =>
    cut.filesWith(word, join(maildir, "new/")).length > 0;

/** A small one is a row, a large one a file that a row names. */
const inStore =
  (data: string): IsKept =>
  (cut, { word }) =>
    [word, ...cut.filesWith(word, join(data, "bodies/")).map((path) => basename(path))].some(
      (text) => cut.filesWith(text, join(data, "mail.db")).length > 0,
    );

interface Scenario {
  readonly keep: string;
  readonly into: "a Maildir" | "a store";
  /** Below the directory; who dies leaves at most the last folder it made without a durable name. */
  readonly left?: readonly string[];
}

const SCENARIOS: readonly Scenario[] = [
  { into: "a Maildir", keep: "0" },
  { into: "a Maildir", keep: "forever" },
  { into: "a Maildir", keep: "0", left: ["data", "home/deep"] },
  { into: "a Maildir", keep: "0", left: ["home/deep/down/Maildir"] },
  { into: "a Maildir", keep: "0", left: ["home/deep/down/Maildir/new"] },
  { into: "a store", keep: "0" },
  { into: "a store", keep: "0", left: ["data"] },
];

/** Not there yet, so that its folders have names to be made durable too. */
const maildirIn = (directory: string): string => join(directory, "home", "deep", "down", "Maildir");

for (const { keep, into, left = [] } of SCENARIOS)
  test(
    `into ${into}, keep ${keep}${left.map((path) => `, ${path} left behind by a crash`).join("")}: a message is on the disk before its row, and both before the server hears of it`,
    TRACING,
    async () => {
      const isMaildir = into === "a Maildir";
      const to = isMaildir ? (directory: string) => `maildir:${maildirIn(directory)}` : () => "store:anna";
      await withSource({ messages: LETTERS, lines: [`server = { keep = "${keep}" }`], to }, async (house) => {
        const { directory, data } = house;
        for (const path of ["home", ...left]) mkdirSync(join(directory, path), { recursive: true });
        const loose = left.map((path) => join(directory, path));
        const there = pathsBelow(directory);
        const logs: string[] = [];
        // The data directory is made by whoever comes first.
        if (!isMaildir)
          logs.push(await trace(house, (runBy) => start(["account", "add", "anna", "--data", data], { runBy })));
        logs.push(await trace(house, (runBy) => startRun(house, { runBy })));
        const isKept = isMaildir ? inMaildir(maildirIn(directory)) : inStore(data);
        const { early, renamed, journalled, marked, said } = look({ house, logs, loose, there, isKept });
        assert.deepEqual(early, []);
        assert.ok(renamed >= (isMaildir ? 6 : 1) && journalled >= 6 && said === 1, "there was something to look at");
        assert.equal(marked, keep === "0" ? 6 : 0);
      });
    },
  );

async function trace({ directory }: House, begin: (runBy: readonly string[]) => StartedRun): Promise<string> {
  const log = join(directory, `strace-${readdirSync(directory).length}`);
  const { code, stderr } = await begin(traced(log)).ended;
  assert.equal(code, 0, stderr);
  return log;
}

/** Whoever reads a Maildir moves what he has looked at. */
for (const folder of ["new", "cur"])
  test(
    `a letter is on the disk before the header that stood for it in ${folder} goes, and is alone before its row is`,
    TRACING,
    async () => {
      const [letter] = letters(1) as [Letter];
      const headers = 'fetch = { max_size = "1kB", oversize = "headers" }';
      await withSource({ messages: [letter], lines: [headers] }, async (house) => {
        const { maildir, directory, file, data } = house;
        await house.fetch("run");
        const [name = ""] = readdirSync(join(maildir, "new"));
        const stub = folder === "new" ? join(maildir, "new", name) : join(maildir, "cur", `${name}:2,S`);
        renameSync(join(maildir, "new", name), stub);
        writeFileSync(file, readFileSync(file, "utf8").replace(headers, ""));
        const there = pathsBelow(directory);
        const log = await trace(house, (runBy) => startRun(house, { runBy }));

        const cut = new PowerCut(directory, { there });
        const places = (): readonly string[] => cut.filesWith(letter.word, join(maildir, "/")).map(dirname);
        const gone = [stub];
        const seen = { removed: 0, journalled: 0 };
        for (const moment of momentsIn(log)) {
          const { call, kind } = moment;
          const [from = "", to = ""] = pathsIn(call);
          if (kind === "begin" && call.name === "rename" && dirname(to) === join(maildir, "cur")) gone.push(from);
          if (kind === "begin" && call.name === "unlink" && from === stub) {
            seen.removed += 1;
            assert.deepEqual(places(), [join(maildir, folder)], "the header goes before the letter is certain");
          }
          if (
            kind === "begin" &&
            descriptorOf(call) === join(data, "fetch.db-wal") &&
            call.arguments.includes(letter.sha256)
          ) {
            seen.journalled += 1;
            assert.deepEqual(places(), [join(maildir, folder)]);
            for (const path of gone) assert.ok(cut.isGone(path), `${basename(path)} may come back`);
          }
          cut.follow(moment);
        }
        assert.equal(gone.length, folder === "cur" ? 2 : 1);
        assert.ok(seen.removed === 1 && seen.journalled > 0, "there was something to look at");
      });
    },
  );
