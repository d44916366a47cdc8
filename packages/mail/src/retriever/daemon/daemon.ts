// Collects from every source again and again. Each has its own clock: a slow one delays nobody. Times between runs are
// spread a little, so that thousands of installations do not knock at the same second, and so are the first ones of many.
import { isDeepStrictEqual } from "node:util";
import type { SourceConfig } from "../../config/index.ts";
import { endpointOf, isSameMailbox } from "../endpoint.ts";
import type { FetchEvent, SourceReport } from "../run/events.ts";
import { GRACE_MS } from "../run/grace.ts";
import type { FetchHouse } from "../run/house.ts";
import type { ProtocolLine } from "./protocol-log.ts";
import { RunSlots } from "./run-slots.ts";
import { waitFirst } from "./schedule.ts";
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
  /**
   * From now on these are the sources. Those that are there already, the same objects, keep their run and their clock, and
   * those of which the interval alone is another keep their run and wait anew; a name that was paused stays paused.
   */
  use(sources: readonly SourceConfig[]): void;
  /** The last of what was said with its server, oldest first, secrets masked; undefined when there is no such source. */
  protocolLog(source: string): readonly ProtocolLine[] | undefined;
  /** Ends runs after the message they are at, and cuts them off after so long; what is safely here is made final. Safe twice. */
  stop(o?: { readonly withinMs?: number }): Promise<void>;
}

interface Going {
  readonly source: SourceConfig;
  readonly loop: SourceLoop;
  /** Ends it after the message that is on its way; `cut` at once. */
  readonly end: AbortController;
  readonly cut: AbortController;
  readonly done: Promise<void>;
}

/** Sources that are not enabled are left alone. */
export function startDaemon(o: DaemonOptions): Daemon {
  let going: ReadonlyMap<string, Going> = new Map();
  /** Of sources that were changed or taken out: nobody waits for the end of their last runs. */
  const ending = new Set<Going>();
  const slots = new RunSlots();
  let isStopped = false;

  /** `together`: so many sources begin in this moment. */
  function begin(source: SourceConfig, isPaused: boolean, together: number): Going {
    const [end, cut] = [new AbortController(), new AbortController()];
    const firstWaitMs = waitFirst({ together, everyMs: source.everyMs, random: (o.random ?? Math.random)() });
    const loop = new SourceLoop(
      source,
      { ...o, isPaused, firstWaitMs, slots },
      { signal: end.signal, cut: cut.signal },
    );
    // Two runs of one mailbox would be in each other's way, also where it has another name or is asked at another port now:
    // what one has here and not yet removed there, the other would collect again.
    const isIt = (one: SourceConfig): boolean =>
      one.name === source.name || isSameMailbox(endpointOf(one), endpointOf(source));
    const before = [...ending].filter((one) => isIt(one.source)).map(({ done }) => done);
    const done = before.length === 0 ? loop.run() : Promise.all(before).then(() => loop.run());
    return { source, loop, end, cut, done };
  }

  function finish(one: Going): void {
    one.end.abort();
    ending.add(one);
    const timer = setTimeout(() => one.cut.abort(), GRACE_MS);
    void one.done.then(() => {
      clearTimeout(timer);
      ending.delete(one);
    });
  }

  function use(sources: readonly SourceConfig[], isPaused: (name: string) => boolean): void {
    if (isStopped) return;
    const wanted = sources.filter(({ enabled }) => enabled);
    const kept = new Map(wanted.flatMap((source) => goingOn(going.get(source.name), source)));
    for (const [name, one] of going) if (!kept.has(name)) finish(one);
    const together = wanted.length - kept.size;
    going = new Map(
      wanted.map((source) => [source.name, kept.get(source.name) ?? begin(source, isPaused(source.name), together)]),
    );
  }

  use(o.sources, (name) => o.paused?.includes(name) ?? false);
  return {
    wake(source) {
      const woken = source === undefined ? [...going.values()] : [going.get(source)];
      return woken.map((one) => one?.loop.wake() ?? false).includes(true);
    },
    pause(source) {
      going.get(source)?.loop.pause();
      return going.has(source);
    },
    resume(source) {
      going.get(source)?.loop.resume();
      return going.has(source);
    },
    status: () => [...going.values()].map(({ loop }) => loop.status()),
    use(sources) {
      const before = going;
      use(sources, (name) => before.get(name)?.loop.status().isPaused ?? false);
    },
    protocolLog: (source) => going.get(source)?.loop.protocolLog.lines(),
    async stop({ withinMs = GRACE_MS } = {}) {
      isStopped = true;
      const all = [...going.values(), ...ending];
      for (const { end } of all) end.abort();
      const timer = setTimeout(() => {
        for (const { cut } of all) cut.abort();
      }, withinMs);
      await Promise.all(all.map(({ done }) => done));
      clearTimeout(timer);
    },
  };
}

/** What goes on with a source as it is now; none where a new run is to begin. */
function goingOn(one: Going | undefined, source: SourceConfig): readonly (readonly [string, Going])[] {
  if (one === undefined) return [];
  if (one.source === source) return [[source.name, one]];
  if (!isDeepStrictEqual({ ...one.source, everyMs: source.everyMs }, source)) return [];
  one.loop.use(source);
  return [[source.name, { ...one, source }]];
}
