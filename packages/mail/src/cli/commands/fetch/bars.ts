// How far each source is: a line a source with a bar where somebody looks at a terminal, plain lines elsewhere.
import { renderOctets } from "../../../observe/index.ts";
import type { FetchCounts, FetchEvent, FetchPhase, SourceReport } from "../../../retriever/index.ts";
import type { Io } from "../../io.ts";

const REDRAW_MS = 100;
const PLAIN_EVERY_MS = 10_000;
const BAR_WIDTH = { least: 5, most: 24 };

interface Row {
  phase: FetchPhase;
  done: FetchCounts;
  total: FetchCounts;
  octetsPerSecond: number;
  plainAt: number;
  /** How it ended, where it did not end well. */
  ended: "failed" | "stopped" | undefined;
}

/** As people say it. */
const PHASE_WORDS: Readonly<Record<FetchPhase, string>> = {
  connect: "connecting",
  tls: "starting TLS",
  auth: "logging in",
  list: "listing",
  top: "looking at headers",
  retr: "fetching",
  store: "storing",
  delete: "removing",
  quit: "finishing",
  done: "done",
};

const NOTHING: FetchCounts = { messages: 0, octets: 0 };

/** Takes the retriever's events. */
export class Bars {
  readonly #io: Io;
  readonly #rows: ReadonlyMap<string, Row>;
  readonly #width: number;
  readonly #isLive: boolean;
  readonly #isQuiet: boolean;
  readonly #now: () => number;
  #drawn = 0;
  #drawnAt = -Infinity;

  constructor(o: {
    readonly io: Io;
    readonly sources: readonly string[];
    /** Says nothing: a program reads the reports. */
    readonly isQuiet: boolean;
    readonly now?: () => number;
  }) {
    this.#io = o.io;
    this.#isQuiet = o.isQuiet;
    this.#isLive = o.io.stderr.isTTY === true && !o.isQuiet;
    this.#now = o.now ?? (() => performance.now());
    this.#width = Math.max(...o.sources.map((name) => name.length));
    const begin = (): Row => ({
      phase: "connect",
      done: NOTHING,
      total: NOTHING,
      octetsPerSecond: 0,
      plainAt: this.#now(),
      ended: undefined,
    });
    this.#rows = new Map(o.sources.map((name) => [name, begin()]));
  }

  take(event: FetchEvent): void {
    const row = this.#rows.get(event.source);
    if (row === undefined || this.#isQuiet) return;
    switch (event.kind) {
      case "phase":
        return this.#phase(event.source, row, event.phase);
      case "progress":
        return this.#progress(event.source, row, event);
      case "warning":
        return this.#say(`${event.source}: warning: ${event.warning.text}`);
      case "message":
        if (event.outcome === "failed" || event.outcome === "quarantined")
          this.#say(`${event.source}: ${event.uniqueId}: ${event.why}`);
        return undefined;
      case "finished":
        return this.#finished(row, event.report);
      case "question":
        return undefined;
    }
  }

  /** A line that stands above the bars. */
  say(line: string): void {
    if (!this.#isQuiet) this.#say(line);
  }

  /** Takes the bars away, so that what is said next stands alone. */
  clear(): void {
    if (this.#drawn > 0) this.#io.stderr.write(this.#upAndAway());
    this.#drawn = 0;
  }

  #upAndAway(): string {
    return this.#drawn > 0 ? `\r\u001b[${this.#drawn}A\u001b[J` : "";
  }

  #phase(source: string, row: Row, phase: FetchPhase): void {
    // Whether it went well is told with its report, right behind.
    if (phase === "done") return;
    row.phase = phase;
    row.ended = undefined;
    if (this.#isLive) this.#draw(true);
    else if (phase === "connect") this.#say(`${source}: connecting`);
  }

  #finished(row: Row, { outcome, error }: SourceReport): void {
    row.phase = "done";
    if (error?.code === "stopped") row.ended = "stopped";
    else if (outcome === "failed") row.ended = "failed";
    if (this.#isLive) this.#draw(true);
  }

  #progress(source: string, row: Row, event: Extract<FetchEvent, { readonly kind: "progress" }>): void {
    Object.assign(row, { done: event.done, total: event.total, octetsPerSecond: event.octetsPerSecond });
    if (this.#isLive) return this.#draw(false);
    if (this.#now() - row.plainAt < PLAIN_EVERY_MS) return undefined;
    row.plainAt = this.#now();
    return this.#say(`${source}: ${describe(row, false)}`);
  }

  #say(line: string): void {
    this.clear();
    this.#io.stderr.write(`${line}\n`);
    if (this.#isLive) this.#draw(true);
  }

  #draw(isNow: boolean): void {
    const now = this.#now();
    if (!isNow && now - this.#drawnAt < REDRAW_MS) return;
    this.#drawnAt = now;
    const { rows, more } = this.#inSight();
    const columns = Math.max(20, (this.#io.stderr.columns ?? 80) - 1);
    const room = columns - this.#width - "  []  ".length;
    const texts = rows.map(([, row]) =>
      isMoving(row) ? shortened(describe(row, true), room - BAR_WIDTH.least) : (row.ended ?? PHASE_WORDS[row.phase]),
    );
    // The bars take what the words leave, all the same.
    const left = room - Math.max(...texts.map((text) => text.length));
    const bar = Math.min(BAR_WIDTH.most, Math.max(BAR_WIDTH.least, left));
    const lines = rows.map(([name, row], index) =>
      `${name.padEnd(this.#width)}  [${barOf(row, bar)}]  ${texts[index] ?? ""}`.slice(0, columns),
    );
    if (more > 0) lines.push(`and ${more} more`.slice(0, columns));
    // In one write, so that nothing flickers.
    this.#io.stderr.write(`${this.#upAndAway()}${lines.map((line) => `${line}\n`).join("")}`);
    this.#drawn = lines.length;
  }

  /** A line above the window's edge cannot be written to again: where there are too many, those that are at work. */
  #inSight(): { readonly rows: readonly (readonly [string, Row])[]; readonly more: number } {
    const all = [...this.#rows];
    const room = Math.max(2, (this.#io.stderr.rows ?? 24) - 1);
    if (all.length <= room) return { rows: all, more: 0 };
    const chosen = new Set(all.toSorted(([, one], [, other]) => urgency(one) - urgency(other)).slice(0, room - 1));
    return { rows: all.filter((one) => chosen.has(one)), more: all.length - chosen.size };
  }
}

/** What moves is looked at first, then what has not come far, then what ended badly; what is done last. */
function urgency(row: Row): number {
  if (isMoving(row)) return 0;
  if (row.phase !== "done") return 1;
  return row.ended === undefined ? 3 : 2;
}

function isMoving({ phase, total }: Row): boolean {
  return (phase === "retr" || phase === "store") && total.messages > 0;
}

function barOf(row: Row, width: number): string {
  const isWhole = (row.phase === "done" && row.ended === undefined) || row.phase === "quit";
  const share = isWhole ? 1 : isMoving(row) || row.ended !== undefined ? shareOf(row) : 0;
  const full = Math.round(share * width);
  return `${"#".repeat(full)}${".".repeat(width - full)}`;
}

function shareOf({ done, total }: Row): number {
  if (total.octets === 0) return total.messages === 0 ? 0 : done.messages / total.messages;
  return Math.min(1, done.octets / total.octets);
}

/** `isBrief`: beside a bar. */
function describe(row: Row, isBrief: boolean): string {
  const { done, total, octetsPerSecond } = row;
  const left = octetsPerSecond > 0 ? Math.ceil(Math.max(0, total.octets - done.octets) / octetsPerSecond) : undefined;
  return [
    `${String(Math.floor(100 * shareOf(row))).padStart(3)} %`,
    `${done.messages} of ${total.messages}`,
    isBrief ? renderOctets(total.octets) : `${renderOctets(done.octets)} of ${renderOctets(total.octets)}`,
    ...(octetsPerSecond > 0 ? [`${renderOctets(octetsPerSecond)}/s`] : []),
    ...(left === undefined ? [] : [`${clock(left)} left`]),
  ].join(", ");
}

/** Without the parts at its end that a narrow terminal has no room for. */
function shortened(text: string, room: number): string {
  const parts = text.split(", ");
  while (parts.length > 1 && parts.join(", ").length > room) parts.pop();
  return parts.join(", ");
}

function clock(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3_600), Math.floor((seconds % 3_600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${seconds % 60} s` : `${seconds} s`;
}
