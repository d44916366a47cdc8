// What a run needs from whoever starts it.
import { readFileSync } from "node:fs";
import { uptime } from "node:os";
import { join } from "node:path";
import type { TraceEvent } from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import type { Log } from "../../observe/index.ts";
import type { ClockReading } from "../decide/clock.ts";
import type { AskedFor } from "../decide/decide.ts";
import type { Allowed } from "../decide/guard.ts";
import type { LocalStore } from "../destinations/local-store.ts";
import type { FetchState } from "../state/fetch-state.ts";
import type { FetchEvent } from "./events.ts";
import type { FreeSpace } from "./free-space.ts";

export interface FetchHouse {
  readonly state: FetchState;
  readonly dataDir: string;
  /** Asked for by the first store: destination. */
  readonly openStore?: () => Promise<LocalStore>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  /** Ends runs: what is safely here is made final, nothing new is begun. */
  readonly signal: AbortSignal;
  /** Cuts what still goes on; some seconds after `signal` unless given. */
  readonly cut?: AbortSignal;
  readonly allowed?: Allowed;
  /** What a person asked of single messages. It counts beside the rules. */
  readonly asked?: AskedFor;
  /** Undefined: whatever is free will do. */
  readonly space?: Pick<FreeSpace, "hasRoomFor" | "shortage">;
  readonly askPassword?: (source: SourceConfig) => Promise<string>;
  readonly onEvent?: (event: FetchEvent) => void;
  /** One line of the conversation; secrets are not in it. */
  readonly trace?: (source: string, event: TraceEvent) => void;
  readonly clock?: () => ClockReading;
  /** Told after every step a crash could follow; for tests that crash there. */
  readonly checkpoint?: (step: string) => void;
}

export const FETCH_FILES = { state: "fetch.db", leases: "fetch-locks", spool: "fetch-spool" } as const;

export function statePath(dataDir: string): string {
  return join(dataDir, FETCH_FILES.state);
}

/** This machine's clocks. */
export function readClock(): ClockReading {
  return { wallMs: Date.now(), uptimeMs: Math.round(uptime() * 1_000), boot: bootId() };
}

let boot: string | undefined;

function bootId(): string {
  if (boot !== undefined) return boot;
  try {
    boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    // Elsewhere the moment of the start names it, to the hour: clocks are set by less while a machine runs.
    boot = `since ${Math.round((Date.now() - uptime() * 1_000) / 3_600_000)}`;
  }
  return boot;
}
