// A store in a directory of its own, closed and removed after the test.
import assert from "node:assert/strict";
import { openSqliteMailstore, type PopDelete, type SqliteMailstoreOptions } from "../../src/mailstore/index.ts";
import { SqliteMailstore } from "../../src/mailstore/sqlite/store.ts";
import { temporaryDirectory, type Undoing } from "../temporary-directory.ts";

export interface TemporaryStore {
  readonly directory: string;
  store: SqliteMailstore;
  /** Wall clock in milliseconds, moved by hand; starts at the real time. */
  nowMs: number;
  /** The clock that tells who is idle. */
  monotonicMs: number;
  readonly problems: string[];
  reopen(options?: Partial<SqliteMailstoreOptions>): Promise<SqliteMailstore>;
}

export async function temporaryStore(
  context: Undoing,
  options: Partial<SqliteMailstoreOptions> = {},
): Promise<TemporaryStore> {
  // Registered before the directory's removal, so that the store is closed first.
  context.after(() => temporary.store.close());
  const directory = options.directory ?? temporaryDirectory(context);
  const problems: string[] = [];
  const clock = { nowMs: Date.now(), monotonicMs: 0 };
  const openStore = async (more: Partial<SqliteMailstoreOptions> = {}): Promise<SqliteMailstore> => {
    const store = await openSqliteMailstore({
      now: () => temporary.nowMs,
      monotonicNow: () => temporary.monotonicMs,
      onProblem: ({ what, cause }) => problems.push(`${what}: ${String(cause)}`),
      ...options,
      ...more,
      directory,
    });
    assert.ok(store instanceof SqliteMailstore);
    return store;
  };
  const temporary: TemporaryStore = {
    directory,
    problems,
    ...clock,
    store: undefined as unknown as SqliteMailstore,
    async reopen(more) {
      await temporary.store.close();
      return (temporary.store = await openStore(more));
    },
  };
  temporary.store = await openStore();
  return temporary;
}

export async function addAccount(
  store: SqliteMailstore,
  name: string,
  popDelete: PopDelete = { kind: "remove" },
): Promise<string> {
  const login = { login: name, kind: "password", verifier: "none", scram: undefined, disabled: false } as const;
  return (await store.directory.addAccount({ name, popDelete, login })).account;
}

export async function deliver(store: SqliteMailstore, account: string, text: string): Promise<number> {
  return (await store.deliver(account, { body: [Buffer.from(text, "latin1")] })).messageId;
}

/** Every message of the maildrop as RETR would give it. */
export async function maildropTexts(store: SqliteMailstore, account: string): Promise<readonly string[]> {
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  try {
    const texts: string[] = [];
    for (let n = 1; n <= maildrop.count; n += 1) {
      const reader = maildrop.read([n]);
      const parts: Uint8Array[] = [];
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) parts.push(chunk.octets);
      texts.push(Buffer.concat(parts).toString("latin1"));
    }
    return texts;
  } finally {
    await maildrop.release();
  }
}

/** Marks and commits these message-numbers in a session of its own. */
export async function popDelete(store: SqliteMailstore, account: string, numbers: readonly number[]): Promise<void> {
  const maildrop = await store.open(account, { holder: "test", onBusy: "reject" });
  assert.equal(await maildrop.commit(new Set(numbers)), "done");
}

/** Everything the store knows twice agrees. */
export async function assertSound(store: SqliteMailstore): Promise<void> {
  const findings = await store.check();
  assert.deepEqual(
    findings.filter(({ severity }) => severity === "error"),
    [],
  );
}
