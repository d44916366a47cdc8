// A peer with mail, a Maildir and a store to collect it into, and a memory: for one test, in a folder of its own.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { scriptedPeer, type ScriptedPeer, type ScriptedPeerOptions } from "@restante/pop/testing";
import { loadConfig, type Config, type SourceConfig } from "../../src/config/index.ts";
import { openAccounts, type Accounts } from "../../src/accounts/index.ts";
import { openSqliteMailstore, type Mailstore } from "../../src/mailstore/index.ts";
import { SILENT } from "../../src/observe/index.ts";
import { localStoreOf } from "../../src/office/index.ts";
import type { OperationContext } from "../../src/office/operations/definition.ts";
import { directCaller } from "../../src/office/reach.ts";
import { openSorting } from "../../src/office/sorting.ts";
import {
  FetchState,
  planSource,
  readClock,
  runSource,
  statePath,
  type FetchEvent,
  type FetchHouse,
  type LocalStore,
  type SourcePlan,
  type SourceReport,
} from "../../src/retriever/index.ts";

/** Keys of a source, as in the file. */
export type SourceKeys = Readonly<Record<string, unknown>>;

export interface SourceOptions {
  readonly folder: string;
  readonly port: number;
  readonly keys?: SourceKeys;
  /** `work` unless given. */
  readonly name?: string;
}

export function sourceFor(o: SourceOptions): SourceConfig {
  return configFor(o).sources[0] as SourceConfig;
}

function configFor(o: SourceOptions): Config {
  const work = {
    host: "127.0.0.1",
    port: o.port,
    tls: "none",
    user: "anna",
    password: "secret",
    timeout: "5s",
    deliver: [{ to: `maildir:${join(o.folder, "Maildir")}` }],
    ...o.keys,
  };
  return loadConfig({ defaults: { data: join(o.folder, "data"), source: { [o.name ?? "work"]: work } } }).config;
}

export function temporaryFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "restante-fetch-"));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Texts of a Maildir's mail, CRLF line ends, sorted. */
export function maildirTexts(folder: string): readonly string[] {
  const path = join(folder, "Maildir", "new");
  const names = readdirSync(join(folder, "Maildir")).length === 0 ? [] : readdirSync(path);
  return names.map((name) => readFileSync(join(path, name), "latin1").replace(/\r?\n/g, "\r\n")).sort();
}

export interface Setting {
  readonly folder: string;
  readonly peer: ScriptedPeer;
  readonly state: FetchState;
  readonly events: FetchEvent[];
  readonly house: FetchHouse;
  /** Milliseconds the clock is ahead of the machine's. */
  aheadMs: number;
  source(keys?: SourceKeys): SourceConfig;
  run(keys?: SourceKeys, more?: Partial<FetchHouse>): Promise<SourceReport>;
  plan(keys?: SourceKeys): Promise<SourcePlan>;
  /** What is in the Maildir. */
  texts(): readonly string[];
}

export const SIX: readonly string[] = [1, 2, 3, 4, 5, 6].map(
  (n) =>
    `Received: from a by b with SMTP; ${new Date().toUTCString()}\r\nSubject: m${n}\r\nMessage-ID: <${n}@x>\r\n\r\nText of ${n}.\r\n.dot\r\n`,
);

/** Mail as many messages, each different. */
export function manyMessages(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `Subject: m${i}\r\nMessage-ID: <${i}@many>\r\n\r\nText of ${i}.\r\n`);
}

export async function openSetting(
  context: TestContext,
  options: ScriptedPeerOptions & { readonly keys?: SourceKeys } = {},
): Promise<Setting> {
  const { keys: common = {}, ...peerOptions } = options;
  const folder = temporaryFolder(context);
  const peer = await scriptedPeer({ messages: SIX, ...peerOptions });
  context.after(() => peer.close());
  const state = FetchState.open(statePath(join(folder, "data")));
  context.after(() => state.close());
  const events: FetchEvent[] = [];
  const setting: Setting = {
    folder,
    peer,
    state,
    events,
    aheadMs: 0,
    house: {
      state,
      dataDir: join(folder, "data"),
      env: process.env,
      log: SILENT,
      signal: new AbortController().signal,
      onEvent: (event) => void events.push(event),
      clock: () => ({ ...readClock(), wallMs: Date.now() + setting.aheadMs }),
    },
    source: (keys = {}) => sourceFor({ folder, port: peer.port, keys: { ...common, ...keys } }),
    run: (keys, more = {}) => runSource(setting.source(keys), { ...setting.house, ...more }),
    plan: (keys) => planSource(setting.source(keys), setting.house),
    texts: () => maildirTexts(folder),
  };
  return setting;
}

export interface StoreSetting {
  readonly store: Mailstore;
  readonly accounts: Accounts;
  readonly account: string;
  readonly local: LocalStore;
  /** Every message Anna has, oldest first. */
  texts(): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** Every message of an account, oldest first. */
export async function textsOf(store: Mailstore, account: string): Promise<readonly string[]> {
  const texts: string[] = [];
  for (const { messageId } of await store.messages(account, { after: 0, limit: 1_000 })) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of store.octetsOf(account, messageId)) chunks.push(chunk);
    texts.push(Buffer.concat(chunks).toString("latin1"));
  }
  return texts;
}

/** A real store with Anna's account, and the operations the office offers on it. */
export async function openStoreSetting(folder: string): Promise<StoreSetting> {
  const store = await openSqliteMailstore({ directory: join(folder, "data") });
  const accounts = await openAccounts({
    store,
    domains: [],
    hostName: "post.example",
    keyFile: join(folder, "data", "key"),
    defaultPopDelete: { kind: "remove" },
  });
  if (store.directory.accountNamed("anna") === undefined) await accounts.add({ name: "anna" });
  const account = store.directory.accountNamed("anna")?.account ?? "";
  const sorting = openSorting(store, SILENT);
  const context: OperationContext = {
    store,
    accounts,
    sorting,
    dataDir: folder,
    messageOctetsMax: 50_000_000,
    overQuota: "defer",
    live: undefined,
  };
  const local = localStoreOf(directCaller(context));
  return {
    store,
    accounts,
    account,
    local,
    texts: () => textsOf(store, account),
    async close() {
      await sorting.close();
      await accounts.close();
      await store.close();
    },
  };
}

/** A setting whose mail goes into Anna's account. */
export async function openWithStore(
  context: TestContext,
  options: ScriptedPeerOptions & { readonly keys?: SourceKeys } = {},
): Promise<Setting & { readonly anna: StoreSetting }> {
  const setting = await openSetting(context, {
    ...options,
    keys: { deliver: [{ to: "store:anna" }], ...options.keys },
  });
  const anna = await openStoreSetting(setting.folder);
  context.after(() => anna.close());
  const run = setting.run;
  return Object.assign(setting, {
    anna,
    run: (keys?: SourceKeys, more: Partial<FetchHouse> = {}) =>
      run(keys, { openStore: () => Promise.resolve(anna.local), ...more }),
  });
}
