// What is remembered of a source as a whole.
import type { ClockReading } from "../decide/clock.ts";
import type { Database } from "./database.ts";

export interface SourceFacts {
  readonly source: string;
  /** `user@host:port` of the last run. */
  readonly endpoint: string;
  /** The last reading of the clock that was believed. */
  readonly believed: ClockReading | undefined;
  /** A server's dates agreed with it, or somebody said that it is right. */
  readonly isClockProven: boolean;
  readonly lastRunAt: number | undefined;
  readonly lastOutcome: string | undefined;
  /** Messages in the last whole listing. */
  readonly listedMessages: number | undefined;
  readonly hadUniqueIds: boolean;
  /** When pipelined commands were lost last. */
  readonly pipeliningLostAt: number | undefined;
  /** Names of the capabilities it announced at the last login. */
  readonly announced: string | undefined;
  readonly removesOnRetr: boolean;
  readonly loginDelayMs: number;
  readonly lastLoginAt: number | undefined;
  /** It was logged in to since it was set up. */
  readonly hasWorked: boolean;
  readonly failures: number;
  readonly isMigrating: boolean;
}

interface Row {
  readonly source: string;
  readonly endpoint: string;
  readonly believed_at: number | null;
  readonly uptime_ms: number | null;
  readonly boot: string | null;
  readonly clock_proven: number;
  readonly last_run_at: number | null;
  readonly last_outcome: string | null;
  readonly listed_messages: number | null;
  readonly had_unique_ids: number;
  readonly pipelining_lost_at: number | null;
  readonly announced: string | null;
  readonly removes_on_retr: number;
  readonly login_delay_ms: number;
  readonly last_login_at: number | null;
  readonly has_worked: number;
  readonly failures: number;
  readonly migrating: number;
}

export function readFacts(db: Database, source: string): SourceFacts | undefined {
  const row = db.get<Row>("SELECT * FROM source WHERE source = ?", source);
  return row === undefined ? undefined : toFacts(row);
}

export function listFacts(db: Database): readonly SourceFacts[] {
  return db.all<Row>("SELECT * FROM source ORDER BY source").map(toFacts);
}

function toFacts(row: Row): SourceFacts {
  const { believed_at: wallMs, uptime_ms: uptimeMs, boot } = row;
  return {
    source: row.source,
    endpoint: row.endpoint,
    believed: wallMs === null || uptimeMs === null || boot === null ? undefined : { wallMs, uptimeMs, boot },
    isClockProven: row.clock_proven === 1,
    lastRunAt: row.last_run_at ?? undefined,
    lastOutcome: row.last_outcome ?? undefined,
    listedMessages: row.listed_messages ?? undefined,
    hadUniqueIds: row.had_unique_ids === 1,
    pipeliningLostAt: row.pipelining_lost_at ?? undefined,
    announced: row.announced ?? undefined,
    removesOnRetr: row.removes_on_retr === 1,
    loginDelayMs: row.login_delay_ms,
    lastLoginAt: row.last_login_at ?? undefined,
    hasWorked: row.has_worked === 1,
    failures: row.failures,
    isMigrating: row.migrating === 1,
  };
}

const COLUMNS: Readonly<Partial<Record<keyof SourceFacts, string>>> = {
  endpoint: "endpoint",
  isClockProven: "clock_proven",
  lastRunAt: "last_run_at",
  lastOutcome: "last_outcome",
  listedMessages: "listed_messages",
  hadUniqueIds: "had_unique_ids",
  pipeliningLostAt: "pipelining_lost_at",
  announced: "announced",
  removesOnRetr: "removes_on_retr",
  loginDelayMs: "login_delay_ms",
  lastLoginAt: "last_login_at",
  hasWorked: "has_worked",
  failures: "failures",
  isMigrating: "migrating",
};

function clockColumns(believed: ClockReading | undefined): readonly (readonly [string, string | number | null])[] {
  return [
    ["believed_at", believed === undefined ? null : Math.round(believed.wallMs)],
    ["uptime_ms", believed === undefined ? null : Math.round(believed.uptimeMs)],
    ["boot", believed?.boot ?? null],
  ];
}

/** Given as undefined they are forgotten. */
const FORGETTABLE: ReadonlySet<string> = new Set<keyof SourceFacts>(["pipeliningLostAt"]);

/** Only what is given changes; a clock that is believed no more is given as undefined, too. */
export function writeFacts(db: Database, source: string, change: Partial<Omit<SourceFacts, "source">>): void {
  const { believed, ...plain } = change;
  const values = Object.entries(plain).flatMap(([key, value]) => {
    const column = COLUMNS[key as keyof SourceFacts];
    if (column === undefined || (value === undefined && !FORGETTABLE.has(key))) return [];
    return [[column, typeof value === "boolean" ? Number(value) : (value ?? null)] as const];
  });
  const clock = "believed" in change ? clockColumns(believed) : [];
  const all = [...values, ...clock];
  if (all.length === 0) return;
  const set = all.map(([column]) => `${column} = ?`).join(", ");
  db.run(`UPDATE source SET ${set} WHERE source = ?`, ...all.map(([, value]) => value), source);
}
