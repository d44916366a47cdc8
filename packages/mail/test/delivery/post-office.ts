// A real store, real accounts and a real LMTP listener in a directory of their own, closed and removed after the test.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext } from "node:test";
import { openAccounts, type Accounts } from "../../src/accounts/index.ts";
import {
  createLmtpServer,
  type LmtpServer,
  type LmtpServerOptions,
  type LmtpSessionSummary,
} from "../../src/delivery/index.ts";
import {
  openSqliteMailstore,
  type Mailstore,
  type SqliteMailstoreOptions,
  type StoredMessage,
} from "../../src/mailstore/index.ts";

export interface PostOffice {
  readonly directory: string;
  readonly store: Mailstore;
  readonly accounts: Accounts;
  readonly server: LmtpServer;
  readonly port: number;
  /** What the server told its operator. */
  readonly failures: unknown[];
  readonly ended: LmtpSessionSummary[];
  /** The store's name of an account; all have names of lower case letters. */
  account(name: string): string;
  /** Everything a person has, oldest first, as POP would send it. */
  mailOf(name: string): Promise<readonly string[]>;
}

export interface PostOfficeOptions {
  readonly people?: readonly string[];
  readonly store?: Partial<SqliteMailstoreOptions>;
  /** What the server sees of the store. */
  readonly wrap?: (store: Mailstore) => LmtpServerOptions["store"];
  readonly server?: Partial<LmtpServerOptions>;
}

/** Opened for one test, or, without a context, for all tests of a file. */
export async function openPostOffice(context: TestContext | undefined, o: PostOfficeOptions = {}): Promise<PostOffice> {
  const directory = await temporaryFolder(context);
  const store = await openSqliteMailstore({ ...o.store, directory: join(directory, "store") });
  const keyFile = join(directory, "key");
  const accounts = await openAccounts({
    store,
    domains: ["post.example"],
    hostName: "post.example",
    keyFile,
    defaultPopDelete: { kind: "remove" },
  });
  for (const name of o.people ?? ["demo", "friend"]) await accounts.add({ name });
  const failures: unknown[] = [];
  const ended: LmtpSessionSummary[] = [];
  const observer = {
    failed: (error: unknown) => void failures.push(error),
    sessionEnded: (line: LmtpSessionSummary) => void ended.push(line),
  };
  const server = createLmtpServer({
    store: o.wrap?.(store) ?? store,
    accounts,
    hostName: "post.example",
    observer,
    ...o.server,
  });
  const listening = await server.listen({ port: 0 });
  if (!("port" in listening)) throw new Error("not a TCP port");
  finallyDo(context, async () => {
    await server.stop({ withinMs: 1_000 });
    await accounts.close();
    await store.close();
  });
  const account = (name: string): string => {
    const found = store.directory.accountNamed(name);
    if (found === undefined) throw new Error(`no account ${name}`);
    return found.account;
  };
  const mailOf = async (name: string): Promise<readonly string[]> => {
    const texts: string[] = [];
    for (const message of await messagesOf(store, account(name)))
      texts.push(await textOf(store, account(name), message.messageId));
    return texts;
  };
  return { directory, store, accounts, server, port: listening.port, failures, ended, account, mailOf };
}

export async function messagesOf(store: Mailstore, account: string): Promise<readonly StoredMessage[]> {
  const all: StoredMessage[] = [];
  for (let from = 0; ;) {
    const page = await store.messages(account, { after: from, limit: 200 });
    const last = page.at(-1);
    if (last === undefined) return all;
    all.push(...page);
    from = last.messageId;
  }
}

export async function textOf(store: Mailstore, account: string, messageId: number): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of store.octetsOf(account, messageId)) parts.push(chunk);
  return Buffer.concat(parts).toString("latin1");
}

export async function temporaryFolder(context: TestContext | undefined): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "restante-delivery-"));
  finallyDo(context, () => rm(directory, { recursive: true, force: true }));
  return directory;
}

// Last in, first out: a store is closed before its folder goes.
const endings: (() => Promise<void>)[] = [];
after(async () => {
  for (const end of endings.reverse()) await end();
});

const ofContext = new WeakMap<TestContext, (() => Promise<void>)[]>();

function finallyDo(context: TestContext | undefined, end: () => Promise<void>): void {
  if (context === undefined) return void endings.push(end);
  const known = ofContext.get(context);
  if (known !== undefined) return void known.push(end);
  const list = [end];
  ofContext.set(context, list);
  context.after(async () => {
    for (const next of list.reverse()) await next();
  });
}
