// The reader in a running post office: its API, the door in front of it, and what both need of the house.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/index.ts";
import type { Log } from "../observe/index.ts";
import { FetchError, SYSTEM_RESOLVER } from "../retriever/index.ts";
import {
  createWebServer,
  openDoor,
  openReaderApi,
  openWebKey,
  StartTokens,
  WebKeyError,
  type ReaderApi,
  type WebServer,
} from "../webmail/api/index.ts";
import type { Collecting } from "./collecting.ts";
import { FILES } from "./data-files.ts";
import type { Caller } from "./control/caller.ts";
import type { Listener } from "./listeners.ts";
import { localStoreOf } from "./local-store.ts";
import { OfficeError } from "./office-error.ts";
import type { House } from "./open-house.ts";
import type { Writing } from "./writing.ts";
import { programVersion } from "./program-version.ts";
import type { ReadingParts } from "./reading-parts.ts";

export interface ReaderOptions {
  readonly house: House;
  readonly parts: ReadingParts;
  readonly writing: Writing;
  readonly collecting: Collecting;
  readonly current: { readonly config: Config };
  readonly caller: Pick<Caller, "remote" | "call" | "send">;
  readonly reload: () => Promise<unknown>;
  readonly log: Log;
}

export interface Reader {
  readonly api: ReaderApi;
  /** Its listeners are opened with all others. */
  readonly web: WebServer;
  /** With a fresh token, for the first web listener. */
  address(listeners: readonly Listener[]): string | undefined;
  close(): Promise<void>;
}

/** Where vite builds it, seen from the sources and from what they are compiled to. */
const UI_FOLDER = fileURLToPath(new URL("../../dist/webmail/ui", import.meta.url));

/** Throws OfficeError `data-directory`. */
export function openReader(o: ReaderOptions): Reader {
  const { house, parts, writing, collecting, current, log } = o;
  const { dataDir, file, web } = current.config;
  const key = openKey(join(dataDir, FILES.webKey));
  const tokens = new StartTokens();
  const api = openReaderApi({
    store: house.store,
    accounts: house.accounts,
    writing,
    index: parts.index,
    mail: parts.mail,
    collecting,
    settings: {
      sources: () => current.config.sources,
      file: file ?? join(dataDir, FILES.configuration),
      reload: async () => void (await o.reload()),
    },
    fetchHouse: () => {
      const state = collecting.memory();
      if (state === undefined) throw new FetchError("state", "what is remembered of sources cannot be opened");
      const openStore = () => Promise.resolve(localStoreOf(o.caller));
      return { state, dataDir, openStore, env: process.env, log };
    },
    resolver: SYSTEM_RESOLVER,
    log,
    dataDir,
    version: programVersion(),
    isDemo: () => existsSync(join(dataDir, FILES.demoAccounts)),
  });
  const door = openDoor({ api, key, tokens, hosts: web.hosts, uiFolder: UI_FOLDER });
  return {
    api,
    web: createWebServer((request) => door.fetch(request), log),
    address(listeners) {
      const listener = listeners.find(({ protocol }) => protocol === "web");
      if (listener === undefined) return undefined;
      const host = listener.address.includes(":") ? `[${listener.address}]` : listener.address;
      return `http://${host}:${listener.port}/open/${tokens.renew()}`;
    },
    close: () => api.close(),
  };
}

function openKey(file: string): ReturnType<typeof openWebKey> {
  try {
    return openWebKey(file);
  } catch (error) {
    if (error instanceof WebKeyError) throw new OfficeError("data-directory", error.message, { cause: error });
    throw error;
  }
}
