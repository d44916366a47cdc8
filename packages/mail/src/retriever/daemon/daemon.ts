// Collects from every source again and again. Each has its own clock: a slow one delays nobody. Times between runs are
// spread a little, so that thousands of installations do not knock at the same second.
import type { SourceConfig } from "../../config/index.ts";
import type { FetchEvent, SourceReport } from "../run/events.ts";
import { GRACE_MS } from "../run/grace.ts";
import type { FetchHouse } from "../run/house.ts";
import type { ProtocolLine } from "./protocol-log.ts";
import { SourceLoop } from "./source-loop.ts";
import type { SourceProgress } from "./source-watch.ts";

/** What its runs tell, and what it does between them. */
export type DaemonEvent =
  | FetchEvent
  | {
      readonly kind: "waiting";
      readonly source: string;
      /** Milliseconds since the epoch. */
      readonly nextRunAt: number;
    }
  | { readonly kind: "paused" | "resumed"; readonly source: string };

export interface DaemonOptions {
  readonly sources: readonly SourceConfig[];
  /** What every run needs. */
  readonly house: Omit<FetchHouse, "signal" | "cut" | "onEvent">;
  /** Sources that are paused from the beginning. */
  readonly paused?: readonly string[];
  /** Told as it happens, many times a second; it must not wait. */
  readonly onEvent?: (event: DaemonEvent) => void;
  readonly onReport?: (report: SourceReport) => void;
  /** Resolves after so many milliseconds, or rejects when the signal is aborted. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random?: () => number;
}

export interface SourceStatus {
  readonly source: string;
  /** Also for the moment a run that was paused takes to end. */
  readonly isRunning: boolean;
  readonly isPaused: boolean;
  /** What it is at; undefined while it waits. */
  readonly progress: SourceProgress | undefined;
  /** Milliseconds since the epoch; undefined while it runs or is paused. */
  readonly nextRunAt: number | undefined;
  readonly lastReport: SourceReport | undefined;
}

export interface Daemon {
  /** Looks at once; at all sources unless one is named. False when there is none to wake: it is paused, or unknown. */
  wake(source?: string): boolean;
  /** Ends a run after the message it is at, and looks no more until it is resumed. False when there is no such source. */
  pause(source: string): boolean;
  /** Looks at once, and goes on. False when there is no such source. */
  resume(source: string): boolean;
  status(): readonly SourceStatus[];
  /** The last of what was said with its server, oldest first, secrets masked; undefined when there is no such source. */
  protocolLog(source: string): readonly ProtocolLine[] | undefined;
  /** Ends runs after the message they are at, and cuts them off after so long; what is safely here is made final. Safe twice. */
  stop(o?: { readonly withinMs?: number }): Promise<void>;
}

/** Sources that are not enabled are left alone. */
export function startDaemon(o: DaemonOptions): Daemon {
  const stopping = new AbortController();
  const cutting = new AbortController();
  const end = { signal: stopping.signal, cut: cutting.signal };
  const loops = new Map(
    o.sources.filter(({ enabled }) => enabled).map((source) => [source.name, new SourceLoop(source, o, end)]),
  );
  const all = [...loops.values()];
  const running = Promise.all(all.map((loop) => loop.run()));
  return {
    wake(source) {
      const woken = source === undefined ? all : [loops.get(source)];
      return woken.map((loop) => loop?.wake() ?? false).includes(true);
    },
    pause(source) {
      loops.get(source)?.pause();
      return loops.has(source);
    },
    resume(source) {
      loops.get(source)?.resume();
      return loops.has(source);
    },
    status: () => all.map((loop) => loop.status()),
    protocolLog: (source) => loops.get(source)?.protocolLog.lines(),
    async stop({ withinMs = GRACE_MS } = {}) {
      stopping.abort();
      const timer = setTimeout(() => cutting.abort(), withinMs);
      await running;
      clearTimeout(timer);
    },
  };
}
