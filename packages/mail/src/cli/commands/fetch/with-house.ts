// What a run needs, opened for a command and closed whatever happens.
import type { Config, SourceConfig } from "../../../config/index.ts";
import { makeDurableFolder } from "../../../files/index.ts";
import type { Caller } from "../../../office/index.ts";
import { SILENT, type Log } from "../../../observe/index.ts";
import { FetchState, FreeSpace, statePath, type Allowed, type FetchHouse } from "../../../retriever/index.ts";
import { askSecret } from "../../ask.ts";
import { CliError } from "../../failure.ts";
import type { Io } from "../../io.ts";
import { endAtOnce, Signals } from "../../signals.ts";

export interface HouseOptions {
  readonly config: Config;
  /** Passwords to be typed are asked for at once, before anything is shown moving. */
  readonly sources: readonly SourceConfig[];
  readonly io: Io;
  readonly log?: Log;
  readonly allowed?: Allowed;
  readonly onEvent?: FetchHouse["onEvent"];
  readonly trace?: FetchHouse["trace"];
  /** Told when a signal came that ends what goes on. */
  readonly onStop?: () => void;
  /** Nobody is asked and nothing is logged in: the memory alone. */
  readonly isOffline?: true;
}

/** SIGINT and SIGTERM end runs after the message they are at; a second one ends the process. */
export async function withFetchHouse<T>(o: HouseOptions, run: (house: FetchHouse) => Promise<T>): Promise<T> {
  const passwords = o.isOffline === true ? new Map<string, string>() : await askPasswords(o);
  makeDirectory(o.config.dataDir);
  const state = FetchState.open(statePath(o.config.dataDir));
  const stopping = new AbortController();
  const store = new LazyStore(o.config);
  const signals = new Signals(["SIGINT", "SIGTERM"]);
  void signals.next().then(() => {
    signals.endAtNext((signal) => endAtOnce(o.io, signal));
    stopping.abort();
    o.onStop?.();
  });
  try {
    return await run({
      state,
      dataDir: o.config.dataDir,
      space: new FreeSpace({ folder: o.config.dataDir, freeOctetsMin: o.config.limits.freeOctetsMin }),
      openStore: () => store.open(),
      env: o.io.env,
      log: o.log ?? SILENT,
      signal: stopping.signal,
      ...(o.allowed === undefined ? {} : { allowed: o.allowed }),
      ...(o.onEvent === undefined ? {} : { onEvent: o.onEvent }),
      ...(o.trace === undefined ? {} : { trace: o.trace }),
      ...(passwords.size === 0 ? {} : { askPassword: ({ name }) => Promise.resolve(passwords.get(name) ?? "") }),
    });
  } finally {
    signals.close();
    await store.close();
    state.close();
  }
}

/** Opened by the first message that goes there, and once. */
class LazyStore {
  readonly #config: Config;
  #caller: Promise<Caller> | undefined;

  constructor(config: Config) {
    this.#config = config;
  }

  async open() {
    // The modules of the store are loaded while the server is connected to, and not at all for a Maildir.
    const { localStoreOf, reachOffice } = await import("../../../office/index.ts");
    // One that could not be opened is tried again by the next source.
    this.#caller ??= reachOffice({ config: this.#config }).catch((error: unknown) => {
      this.#caller = undefined;
      throw error;
    });
    return localStoreOf(await this.#caller);
  }

  async close(): Promise<void> {
    await (await this.#caller)?.close();
  }
}

async function askPasswords({ sources, io }: HouseOptions): Promise<ReadonlyMap<string, string>> {
  const answers = new Map<string, string>();
  if (io.stdin.isTTY !== true) return answers;
  for (const { name, user, host, password } of sources)
    if (password?.kind === "prompt") answers.set(name, await askSecret(io, `Password of ${user} at ${host}: `));
  return answers;
}

function makeDirectory(path: string): void {
  try {
    makeDurableFolder(path);
  } catch (cause) {
    const code = String((cause as NodeJS.ErrnoException).code);
    throw new CliError("data-directory", `the data directory ${path} cannot be made (${code}); choose another`, {
      cause,
    });
  }
}
