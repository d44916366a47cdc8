// Snapshots for logins: one row for a small maildrop, a cached copy for one that did not change, a reader thread for a huge one.
import { PopError } from "@restante/pop/maildrop";
import { BudgetCache } from "./budget-cache.ts";
import type { Readers } from "./readers.ts";
import { readEntries, readHead, readOverrides, Snapshot, type MaildropHead, type UniqueIdOverrides } from "./snapshot.ts";
import type { Statements } from "./statements.ts";
import { entryOctets } from "./write/packed-maildrop.ts";

const cacheOctetsMax = 32 * 1_048_576;
const overridesOctetsMax = 32 * 1_048_576;
const overrideOctets = 120;
/** More entries than these (half a MiB), or more overrides than that, are read in a reader thread. */
const entriesInPlaceMax = 32_768;
const overridesInPlaceMax = 1_000;

interface CachedEntries {
  readonly version: number;
  readonly entries: Float64Array;
}

interface CachedOverrides {
  /** How many there ever were, which only goes up: the version of the set. */
  readonly ever: number;
  readonly overrides: UniqueIdOverrides;
}

export class Snapshots {
  readonly #db: Statements;
  readonly #readers: Readers;
  readonly #entries = new BudgetCache<number, CachedEntries>(cacheOctetsMax);
  readonly #overrides = new BudgetCache<number, CachedOverrides>(overridesOctetsMax);

  constructor(db: Statements, readers: Readers) {
    this.#db = db;
    this.#readers = readers;
  }

  /** Throws PopError NO_SUCH_ACCOUNT. */
  async read(account: number): Promise<{ readonly snapshot: Snapshot; readonly fence: number }> {
    const head = readHead(this.#db, account) ?? noSuchAccount(account);
    const whole = this.#inPlace(account, head) ?? (await this.#inThread(account));
    const overrides = whole.head.overrides === 0 ? undefined : await this.#overridesOf(account, whole.head.overrides);
    return { snapshot: new Snapshot(whole.head, whole.entries, overrides), fence: head.fence };
  }

  #inPlace(account: number, head: MaildropHead): { readonly head: MaildropHead; readonly entries: Float64Array } | undefined {
    if (head.tail.length === head.count * entryOctets) return { head, entries: readEntries(this.#db, account, head) };
    const cached = this.#entries.get(account);
    if (cached?.version === head.version) return { head, entries: cached.entries };
    if (head.count > entriesInPlaceMax) return undefined;
    return this.#remember(account, inTransaction(this.#db, () => {
      const now = readHead(this.#db, account) ?? noSuchAccount(account);
      return { head: now, entries: readEntries(this.#db, account, now) };
    }));
  }

  async #inThread(account: number): Promise<{ readonly head: MaildropHead; readonly entries: Float64Array }> {
    return this.#remember(account, (await this.#readers.run("snapshot", { account })) ?? noSuchAccount(account));
  }

  #remember<T extends { readonly head: MaildropHead; readonly entries: Float64Array }>(account: number, read: T): T {
    this.#entries.set(account, { version: read.head.version, entries: read.entries }, read.entries.byteLength);
    return read;
  }

  async #overridesOf(account: number, ever: number): Promise<UniqueIdOverrides> {
    const cached = this.#overrides.get(account);
    if (cached !== undefined && cached.ever >= ever) return cached.overrides;
    const overrides =
      ever <= overridesInPlaceMax ? readOverrides(this.#db, account) : await this.#readers.run("overrides", { account });
    this.#overrides.set(account, { ever, overrides }, overrides.size * overrideOctets);
    return overrides;
  }
}

/** Several statements see one state. */
function inTransaction<T>(db: Statements, read: () => T): T {
  db.database.exec("BEGIN");
  try {
    return read();
  } finally {
    db.database.exec("ROLLBACK");
  }
}

function noSuchAccount(account: number): never {
  throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
}
