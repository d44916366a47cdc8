// The bars of `fetch run`, on a terminal that remembers what was written to it, and the summary below them.
import assert from "node:assert/strict";
import { Readable, Writable } from "node:stream";
import { test } from "node:test";
import { Bars } from "../../src/cli/commands/fetch/bars.ts";
import { summaryOf } from "../../src/cli/commands/fetch/summary.ts";
import type { Io } from "../../src/cli/io.ts";
import type { FetchEvent, SourceReport } from "../../src/retriever/index.ts";

/** What a person would see: carriage return, cursor up, erase line and erase below are obeyed. */
class Screen extends Writable {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  raw = "";
  lines: string[] = [""];
  #row = 0;

  constructor(isTTY: boolean, columns = 80, rows = 24) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.isTTY = isTTY;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.raw += chunk.toString("utf8");
    for (const [part] of chunk.toString("utf8").matchAll(/\u001b\[(\d*)[AJK]|\r|\n|[^\u001b\r\n]+/g)) this.#obey(part);
    done();
  }

  get shown(): readonly string[] {
    return this.lines.filter((line) => line !== "");
  }

  #obey(part: string): void {
    if (part === "\n") this.#row += 1;
    else if (part.endsWith("A") && part.startsWith("\u001b")) this.#up(Number(part.slice(2, -1)));
    else if (part === "\u001b[J") this.lines = this.lines.slice(0, this.#row);
    else if (part === "\u001b[K") this.lines[this.#row] = "";
    else if (part !== "\r") this.lines[this.#row] = part;
    while (this.lines.length <= this.#row) this.lines.push("");
  }

  /** What has left the window at its upper edge cannot be reached. */
  #up(lines: number): void {
    this.#row = Math.max(this.#row - lines, this.lines.length - this.rows);
  }
}

interface Terminal {
  readonly isTTY: boolean;
  readonly isQuiet?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  readonly sources?: readonly string[];
}

function barsOn(o: Terminal) {
  const screen = new Screen(o.isTTY, o.columns, o.rows);
  const io: Io = { stdin: Readable.from([]), stdout: new Screen(false), stderr: screen, env: {} };
  let now = 0;
  const bars = new Bars({
    io,
    sources: o.sources ?? ["home", "work"],
    isQuiet: o.isQuiet === true,
    now: () => (now += 200),
  });
  return { screen, bars, later: (ms: number) => (now += ms) };
}

const fetching: FetchEvent = { kind: "phase", source: "work", phase: "retr" };
const half: FetchEvent = {
  kind: "progress",
  source: "work",
  done: { messages: 5, octets: 1_000_000 },
  total: { messages: 10, octets: 2_000_000 },
  octetsPerSecond: 10_000,
};

test("on a terminal each source has one line, with a bar, a rate and the time that is left", () => {
  const { screen, bars } = barsOn({ isTTY: true });
  bars.take({ kind: "phase", source: "home", phase: "connect" });
  bars.take(fetching);
  bars.take(half);
  assert.deepEqual(screen.shown, [
    "home  [..................]  connecting",
    "work  [#########.........]   50 %, 5 of 10, 2.00 MB, 10.0 kB/s, 1 min 40 s left",
  ]);
});

test("a warning stands above the bars and stays; clear leaves nothing of them", () => {
  const { screen, bars } = barsOn({ isTTY: true });
  bars.take(fetching);
  bars.take({ kind: "warning", source: "home", warning: { code: "tls-unused", values: {}, text: "odd" } });
  bars.take(half);
  assert.deepEqual(
    screen.shown.map((line) => line.slice(0, 20)),
    ["home: warning: odd", "home  [.............", "work  [#########...."],
  );
  bars.clear();
  assert.deepEqual(screen.shown, ["home: warning: odd"]);
});

test("elsewhere there are plain lines, a line of progress every ten seconds at most, and no control octet", () => {
  const { screen, bars, later } = barsOn({ isTTY: false });
  bars.take({ kind: "phase", source: "work", phase: "connect" });
  bars.take(fetching);
  for (let n = 0; n < 5; n += 1) bars.take(half);
  later(10_000);
  bars.take(half);
  bars.clear();
  assert.equal(screen.raw, "work: connecting\nwork:  50 %, 5 of 10, 1.00 MB of 2.00 MB, 10.0 kB/s, 1 min 40 s left\n");
});

test("for a program nothing is shown", () => {
  const { screen, bars } = barsOn({ isTTY: true, isQuiet: true });
  for (const event of [
    fetching,
    half,
    { kind: "warning", source: "work", warning: { code: "tls-unused", values: {}, text: "x" } } as const,
  ])
    bars.take(event);
  bars.clear();
  assert.equal(screen.raw, "");
});

const REPORT: SourceReport = {
  source: "work",
  outcome: "ok",
  exitCode: 0,
  arrived: { messages: 0, octets: 0 },
  headersOnly: 0,
  alreadyHere: 0,
  removed: 0,
  unconfirmed: 0,
  stayed: [],
  failed: [],
  questions: [],
  warnings: [],
  error: undefined,
  advice: [],
  listed: 0,
  tried: { n: 0, of: 0 },
  durationMs: 1,
  retryAfterMs: undefined,
};

test("the summary says what arrived, what stayed and why, what failed, what is asked, and what to do", () => {
  assert.deepEqual(summaryOf(REPORT), ["work: no mail there."]);
  const full: SourceReport = {
    ...REPORT,
    listed: 9,
    arrived: { messages: 2, octets: 1_500 },
    headersOnly: 1,
    removed: 2,
    stayed: [{ why: "collected; stays on the server", messages: 4 }],
    failed: [{ uniqueId: "u1", why: "refused", quarantined: true }],
    questions: [{ kind: "many", text: "remove 30?", messages: 30, going: 30, listed: 40 }],
    advice: [{ code: "operator", values: {}, text: "look at it" }],
  };
  assert.deepEqual(summaryOf(full), [
    "work: 2 arrived (1.50 kB), 1 as headers only, 2 removed there, 4 stayed there, 1 failed.",
    "  stayed  4: collected; stays on the server",
    "  QUARANTINED  u1: refused",
    "  ASKS    remove 30?",
    "  do      look at it",
  ]);
});

test("a run that failed before anything came says only why; one that failed in the middle says both", () => {
  const error = { code: "CLOSED", message: "the server closed the connection", reply: "", values: {} } as const;
  assert.deepEqual(summaryOf({ ...REPORT, error }), ["work: the server closed the connection"]);
  assert.deepEqual(summaryOf({ ...REPORT, error, listed: 3, arrived: { messages: 1, octets: 10 } }), [
    "work: the server closed the connection; 1 arrived (10 octets).",
  ]);
});

test("a source that failed ends without a full bar, and says so; one that was stopped too", () => {
  const { screen, bars } = barsOn({ isTTY: true });
  const error = { code: "CONNECT_REFUSED", message: "nobody listens there", reply: "", values: {} } as const;
  bars.take({ kind: "phase", source: "home", phase: "connect" });
  bars.take({ kind: "phase", source: "home", phase: "done" });
  bars.take({ kind: "finished", source: "home", report: { ...REPORT, source: "home", outcome: "failed", error } });
  bars.take(fetching);
  bars.take(half);
  bars.take({ kind: "phase", source: "work", phase: "done" });
  const stopped = { ...error, code: "stopped" } as const;
  bars.take({ kind: "finished", source: "work", report: { ...REPORT, outcome: "partial", error: stopped } });
  assert.deepEqual(screen.shown, [
    "home  [........................]  failed",
    "work  [############............]  stopped",
  ]);
});

test("on a narrow terminal a line leaves out what it has no room for, and is cut nowhere", () => {
  const { screen, bars } = barsOn({ isTTY: true, columns: 40 });
  bars.take(fetching);
  bars.take(half);
  assert.deepEqual(screen.shown, ["home  [......]  connecting", "work  [###...]   50 %, 5 of 10, 2.00 MB"]);
});

test("of more sources than the window has lines those that are at work are shown, and nothing is drawn twice", () => {
  const sources = Array.from({ length: 40 }, (_, at) => `s${String(at).padStart(2, "0")}`);
  const { screen, bars } = barsOn({ isTTY: true, rows: 6, sources });
  for (const source of sources) bars.take({ kind: "phase", source, phase: "connect" });
  for (const source of ["s20", "s35"]) {
    bars.take({ ...fetching, source });
    bars.take({ ...half, source });
  }
  const shown = screen.shown.map((line) => line.split("  ").toSpliced(1, 1).join(" ").slice(0, 14));
  assert.deepEqual(shown, ["s00 connecting", "s01 connecting", "s20  50 %, 5 o", "s35  50 %, 5 o", "and 36 more"]);
});
