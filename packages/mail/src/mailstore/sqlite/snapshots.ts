// Snapshots for logins: one row for a small maildrop, a cached copy for one that did not change, slices for a huge one.
import { setImmediate as nextTurn } from "node:timers/promises";
import { PopError } from "@restante/pop/maildrop";
import { BudgetCache } from "./budget-cache.ts";
import type { MailboxQuestion } from "./mailbox-snapshot.ts";
import type { Readers } from "./readers.ts";
import { EntriesReader, entriesInTail, readHead, readOverrides, segmentsAtOnce, Snapshot } from "./snapshot.ts";
import type { MaildropHead } from "./snapshot.ts";
import type { Statements } from "./statements.ts";
import { readSurrogateSizes } from "./surrogates.ts";

const cacheOctetsMax = 32 * 1_048_576;
const fewOctetsMax = 32 * 1_048_576;
const fewOctets = 120;
/** More of them are read in a reader thread. */
const fewInPlaceMax = 1_000;
/** A maildrop that changes all the time while it is read is read in a reader thread, in one transaction. */
const attemptsMax = 3;

interface Whole {
  readonly head: MaildropHead;
  readonly entries: Float64Array;
}

interface CachedEntries {
  readonly version: number;
  readonly entries: Float64Array;
}

/** Of messages that are unlike the others: what is kept of each, by message-id. */
interface CachedFew<V> {
  /** How many there ever were, which only goes up: the version of the set. */
  readonly ever: number;
  readonly values: ReadonlyMap<number, V>;
}

interface Read {
  readonly snapshot: Snapshot;
  readonly fence: number;
}

export class Snapshots {
  readonly #db: Statements;
  readonly #readers: Readers;
  readonly #entries = new BudgetCache<number, CachedEntries>(cacheOctetsMax);
  readonly #overrides = new BudgetCache<number, CachedFew<string>>(fewOctetsMax);
  readonly #surrogates = new BudgetCache<number, CachedFew<number>>(fewOctetsMax);

  constructor(db: Statements, readers: Readers) {
    this.#db = db;
    this.#readers = readers;
  }

  /** `surrogates`: internationalised mail as its surrogate. Throws PopError NO_SUCH_ACCOUNT. */
  async read(o: { readonly account: number; readonly surrogates: boolean }): Promise<Read> {
    const { account } = o;
    const head = readHead(this.#db, account) ?? noSuchAccount(account);
    const whole = this.#atOnce(account, head) ?? (await this.#inSlices(account)) ?? (await this.#inThread(account));
    return { snapshot: new Snapshot(whole.head, whole.entries, await this.#beside(o, whole.head)), fence: head.fence };
  }

  /** Of a mailbox other than INBOX. Throws PopError NO_SUCH_ACCOUNT, NO_SUCH_MAILBOX. */
  async readMailbox(o: MailboxQuestion & { readonly surrogates: boolean }): Promise<Read> {
    const { account, mailbox } = o;
    if (readHead(this.#db, account) === undefined) noSuchAccount(account);
    const read = await this.#readers.run("mailbox", { account, mailbox });
    if (read === undefined) throw new PopError("NO_SUCH_MAILBOX", `account ${account} has no such mailbox`);
    const { head, entries } = read;
    return { snapshot: new Snapshot(head, entries, await this.#beside(o, head)), fence: head.fence };
  }

  #atOnce(account: number, head: MaildropHead): Whole | undefined {
    const entries = entriesInTail(head);
    if (entries !== undefined) return { head, entries };
    const cached = this.#entries.get(account);
    return cached?.version === head.version ? { head, entries: cached.entries } : undefined;
  }

  /** Reads a slice, lets others have the event loop, reads on; what came out counts if nothing changed meanwhile. */
  async #inSlices(account: number): Promise<Whole | undefined> {
    for (let i = 0; i < attemptsMax; i += 1) {
      const head = readHead(this.#db, account) ?? noSuchAccount(account);
      const reader = new EntriesReader(this.#db, account, head);
      try {
        while (reader.readSegments(segmentsAtOnce)) await nextTurn();
        if (readHead(this.#db, account)?.version === head.version)
          return this.#remember(account, { head, entries: reader.finish() });
      } catch (error) {
        // Segments of another state do not fit the head; those that do and still fail are damaged.
        if (readHead(this.#db, account)?.version === head.version) throw error;
      }
    }
    return undefined;
  }

  async #inThread(account: number): Promise<Whole> {
    return this.#remember(account, (await this.#readers.run("snapshot", { account })) ?? noSuchAccount(account));
  }

  #remember(account: number, read: Whole): Whole {
    this.#entries.set(account, { version: read.head.version, entries: read.entries }, read.entries.byteLength);
    return read;
  }

  /** What only few messages have, beside the entries. */
  async #beside(
    o: { readonly account: number; readonly surrogates: boolean },
    head: { readonly overrides: number; readonly surrogates: number },
  ): Promise<ConstructorParameters<typeof Snapshot>[2]> {
    const { account } = o;
    return {
      overrides: await this.#fewOf(this.#overrides, { account, ever: head.overrides, kind: "overrides" }),
      surrogates: o.surrogates
        ? await this.#fewOf(this.#surrogates, { account, ever: head.surrogates, kind: "surrogates" })
        : undefined,
    };
  }

  async #fewOf<V>(
    cache: BudgetCache<number, CachedFew<V>>,
    o: { readonly account: number; readonly ever: number; readonly kind: "overrides" | "surrogates" },
  ): Promise<ReadonlyMap<number, V> | undefined> {
    const { account, ever, kind } = o;
    if (ever === 0) return undefined;
    const cached = cache.get(account);
    if (cached !== undefined && cached.ever >= ever) return cached.values;
    const read = ever <= fewInPlaceMax ? READ[kind](this.#db, account) : await this.#readers.run(kind, { account });
    const values = read as ReadonlyMap<number, V>;
    cache.set(account, { ever, values }, values.size * fewOctets);
    return values;
  }
}

const READ = { overrides: readOverrides, surrogates: readSurrogateSizes } as const;

function noSuchAccount(account: number): never {
  throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
}
