// The reader in a running post office: its API, the door in front of it, and what both need of the house. It is opened when
// somebody can read, by a web listener or over the control socket: a post office that only serves POP parses no message.
import { existsSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Config } from "../config/index.ts";
import { OWN_FILES } from "../files/index.ts";
import { programVersion, type Log } from "../observe/index.ts";
import { FetchError, SYSTEM_RESOLVER } from "../retriever/index.ts";
import {
  openDoor,
  openReaderApi,
  openWebKey,
  StartTokens,
  WebKeyError,
  type ReaderApi,
  type ReaderMeans,
} from "../webmail/api/index.ts";
import type { Collecting } from "./collecting.ts";
import { FILES } from "./data-files.ts";
import type { Caller } from "./control/caller.ts";
import { localStoreOf } from "./local-store.ts";
import { OfficeError } from "./office-error.ts";
import type { House } from "./open-house.ts";
import type { Writing } from "./writing.ts";
import { openReadingParts, type ReadingParts } from "./reading-parts.ts";

export interface ReaderOptions extends ReaderMeans {
  readonly house: House;
  readonly writing: Writing;
  readonly collecting: Collecting;
  readonly current: { readonly config: Config };
  readonly caller: Pick<Caller, "call" | "openPlacing">;
  readonly reload: () => Promise<unknown>;
  readonly log: Log;
}

export interface Reader {
  readonly api: ReaderApi;
  readonly index: ReadingParts["index"];
  readonly tokens: StartTokens;
  /** A request of a browser, at the door of one person's mode. */
  answer(request: Request, peer: Socket): Response | Promise<Response>;
  /** Event streams first: they end when they are told, and their connections with them. */
  endStreams(): Promise<void>;
  /** When nobody asks any more. */
  close(): Promise<void>;
}

/** Where vite builds it, seen from the sources and from what they are compiled to. */
const UI_FOLDER = fileURLToPath(new URL("dist/webmail/ui", OWN_FILES));

/** Throws OfficeError `data-directory`. */
export async function openReader(o: ReaderOptions): Promise<Reader> {
  const { dataDir, web } = o.current.config;
  const key = openKey(join(dataDir, FILES.webKey));
  const tokens = new StartTokens();
  const parts = await openReadingParts(o);
  const api = openApi(o, parts);
  const door = openDoor({ api, key, tokens, hosts: web.hosts, uiFolder: UI_FOLDER, log: o.log });
  return {
    api,
    index: parts.index,
    tokens,
    answer: (request, peer) => door.fetch(request, { peer }),
    endStreams: () => api.close(),
    close: () => parts.close(),
  };
}

function openApi(
  { house, writing, collecting, current, caller, reload, log, ...means }: ReaderOptions,
  parts: ReadingParts,
): ReaderApi {
  const { dataDir, file } = current.config;
  return openReaderApi({
    store: house.store,
    accounts: house.accounts,
    writing,
    index: parts.index,
    mail: parts.mail,
    collecting,
    settings: {
      sources: () => current.config.sources,
      authservId: () => current.config.web.authservId,
      file: file ?? join(dataDir, FILES.configuration),
      reload: async () => void (await reload()),
    },
    fetchHouse: () => {
      const state = collecting.memory();
      if (state === undefined) throw new FetchError("state", "what is remembered of sources cannot be opened");
      const openStore = () => Promise.resolve(localStoreOf(caller));
      return { state, dataDir, space: collecting.space, openStore, env: process.env, log };
    },
    resolver: SYSTEM_RESOLVER,
    log,
    dataDir,
    version: programVersion(),
    ...means,
    isDemo: () => existsSync(join(dataDir, FILES.demoAccounts)),
  });
}

function openKey(file: string): ReturnType<typeof openWebKey> {
  try {
    return openWebKey(file);
  } catch (error) {
    if (error instanceof WebKeyError) throw new OfficeError("data-directory", error.message, { cause: error });
    throw error;
  }
}
