// The retriever inside a running post office: collects from the sources of the configuration into its own store.
import { isDeepStrictEqual } from "node:util";
import type { Config, SourceConfig } from "../config/index.ts";
import type { Log } from "../observe/index.ts";
import { FetchState, FreeSpace, startDaemon, statePath, type Daemon, type DaemonEvent } from "../retriever/index.ts";
import type { Caller } from "./control/caller.ts";
import { localStoreOf } from "./local-store.ts";

/** What can be asked of it while it goes on, and from whichever configuration it goes on. */
export interface LiveCollecting extends Pick<Daemon, "pause" | "protocolLog" | "resume" | "status" | "wake"> {
  /** Told as it happens, many times a second; it must not wait. Answers what takes the listener away. */
  listen(listener: (event: DaemonEvent) => void): () => void;
  /** What is remembered of sources; undefined while there is none, and when it cannot be opened. */
  memory(): FetchState | undefined;
}

export interface Collecting extends LiveCollecting {
  /** Whoever collects beside it looks at the same disk. */
  readonly space: FreeSpace;
  /** From now on these are the sources. Those that are as they were go on undisturbed; false when all are. */
  use(sources: readonly SourceConfig[]): boolean;
  /** Ends after the messages that are being collected, and cuts them off after so long. */
  stop(o: { readonly withinMs: number }): Promise<void>;
}

export interface CollectingOptions {
  readonly config: Config;
  readonly log: Log;
  /** Operations on the open store. */
  readonly caller: Pick<Caller, "call" | "openPlacing">;
}

/** Nothing is opened before there is a source. Trouble with what is remembered is logged; mail is served all the same. */
export function prepareCollecting(o: CollectingOptions): Collecting {
  return new RunningCollecting(o);
}

class RunningCollecting implements Collecting {
  readonly #o: CollectingOptions;
  readonly space: FreeSpace;
  #sources: readonly SourceConfig[] = [];
  #daemon: Daemon | undefined;
  /** Its last runs are coming to their end. */
  #ending: Daemon | undefined;
  #isStopped = false;
  /** Opened with the first source, and open until the end: work beside the daemon uses it too. */
  #state: FetchState | undefined;
  readonly #listeners = new Set<(event: DaemonEvent) => void>();

  constructor(o: CollectingOptions) {
    this.#o = o;
    const { dataDir, limits } = o.config;
    this.space = new FreeSpace({ folder: dataDir, freeOctetsMin: limits.freeOctetsMin });
  }

  use(sources: readonly SourceConfig[]): boolean {
    // What could not begin is tried again, also with the same sources.
    const isGoing = this.#daemon !== undefined || sources.length === 0;
    if (this.#isStopped || (isGoing && isDeepStrictEqual(sources, this.#sources))) return false;
    // The daemon knows by the object that nothing of a source was changed.
    this.#sources = sources.map((one) => this.#sources.find((before) => isDeepStrictEqual(before, one)) ?? one);
    if (this.#daemon !== undefined) this.#daemon.use(this.#sources);
    else if (sources.length > 0) this.#start();
    return true;
  }

  wake(source?: string): boolean {
    return this.#daemon?.wake(source) ?? false;
  }

  pause(source: string): boolean {
    return this.#daemon?.pause(source) ?? false;
  }

  resume(source: string): boolean {
    return this.#daemon?.resume(source) ?? false;
  }

  status(): ReturnType<Daemon["status"]> {
    return this.#daemon?.status() ?? [];
  }

  protocolLog(source: string): ReturnType<Daemon["protocolLog"]> {
    return this.#daemon?.protocolLog(source);
  }

  listen(listener: (event: DaemonEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  memory(): FetchState | undefined {
    return this.#state;
  }

  async stop(o: { readonly withinMs: number }): Promise<void> {
    this.#isStopped = true;
    this.#ending ??= this.#daemon;
    this.#daemon = undefined;
    await this.#ending?.stop(o);
    this.#state?.close();
    this.#state = undefined;
  }

  #start(): void {
    const { config, log, caller } = this.#o;
    try {
      const state = (this.#state ??= FetchState.open(statePath(config.dataDir)));
      this.#daemon = startDaemon({
        sources: this.#sources,
        onEvent: (event) => this.#tell(event),
        house: {
          state,
          dataDir: config.dataDir,
          space: this.space,
          openStore: () => Promise.resolve(localStoreOf(caller)),
          env: process.env,
          log,
        },
      });
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
