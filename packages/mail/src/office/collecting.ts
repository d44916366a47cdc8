// The retriever inside a running post office: collects from the sources of the configuration into its own store.
import { isDeepStrictEqual } from "node:util";
import type { Config, SourceConfig } from "../config/index.ts";
import type { Log } from "../observe/index.ts";
import { FetchState, startDaemon, statePath, type Daemon, type DaemonEvent } from "../retriever/index.ts";
import type { Caller } from "./control/caller.ts";
import { localStoreOf } from "./local-store.ts";

/** What can be asked of it while it goes on, and from whichever configuration it goes on. */
export interface LiveCollecting extends Pick<Daemon, "pause" | "protocolLog" | "resume" | "status" | "wake"> {
  /** Told as it happens, many times a second; it must not wait. Answers what takes the listener away. */
  listen(listener: (event: DaemonEvent) => void): () => void;
}

export interface Collecting extends LiveCollecting {
  /** Begins with these sources; with the same ones as before nothing changes. False then. */
  use(sources: readonly SourceConfig[]): Promise<boolean>;
  /** Ends after the messages that are being collected, and cuts them off after so long. */
  stop(o: { readonly withinMs: number }): Promise<void>;
}

export interface CollectingOptions {
  readonly config: Config;
  readonly log: Log;
  /** Operations on the open store. */
  readonly caller: Pick<Caller, "remote" | "call" | "send">;
}

/** A reload does not wait longer for runs of the sources before. */
const CHANGE_MS = 10_000;

/** Nothing is opened while there is no source. Trouble with what is remembered is logged; mail is served all the same. */
export async function openCollecting(o: CollectingOptions): Promise<Collecting> {
  const collecting = new RunningCollecting(o);
  await collecting.use(o.config.sources);
  return collecting;
}

class RunningCollecting implements Collecting {
  readonly #o: CollectingOptions;
  #sources: readonly SourceConfig[] = [];
  #running: { readonly daemon: Daemon; readonly state: FetchState } | undefined;
  readonly #listeners = new Set<(event: DaemonEvent) => void>();

  constructor(o: CollectingOptions) {
    this.#o = o;
  }

  async use(sources: readonly SourceConfig[]): Promise<boolean> {
    if (isDeepStrictEqual(sources, this.#sources)) return false;
    const paused = this.status().flatMap(({ source, isPaused }) => (isPaused ? [source] : []));
    await this.stop({ withinMs: CHANGE_MS });
    this.#sources = sources;
    if (sources.some(({ enabled }) => enabled)) this.#start(paused);
    return true;
  }

  wake(source?: string): boolean {
    return this.#running?.daemon.wake(source) ?? false;
  }

  pause(source: string): boolean {
    return this.#running?.daemon.pause(source) ?? false;
  }

  resume(source: string): boolean {
    return this.#running?.daemon.resume(source) ?? false;
  }

  status(): ReturnType<Daemon["status"]> {
    return this.#running?.daemon.status() ?? [];
  }

  protocolLog(source: string): ReturnType<Daemon["protocolLog"]> {
    return this.#running?.daemon.protocolLog(source);
  }

  listen(listener: (event: DaemonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async stop(o: { readonly withinMs: number }): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    this.#sources = [];
    await running?.daemon.stop(o);
    running?.state.close();
  }

  #start(paused: readonly string[]): void {
    const { config, log, caller } = this.#o;
    try {
      const state = FetchState.open(statePath(config.dataDir));
      const daemon = startDaemon({
        sources: this.#sources,
        paused,
        onEvent: (event) => this.#tell(event),
        house: {
          state,
          dataDir: config.dataDir,
          openStore: () => Promise.resolve(localStoreOf(caller)),
          env: process.env,
          log,
        },
      });
      this.#running = { daemon, state };
    } catch (error) {
      log.error({ error }, "nothing is collected: what is remembered of sources cannot be opened");
    }
  }

  #tell(event: DaemonEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        this.#o.log.error({ source: event.source, error }, "a listener to collecting threw");
      }
    }
  }
}
