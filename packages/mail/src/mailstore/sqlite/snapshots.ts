// Snapshots for logins: one row for a small maildrop, a cached copy for one that did not change, slices for a huge one.
import { setImmediate as nextTurn } from "node:timers/promises";
import { PopError } from "@restante/pop/maildrop";
import { BudgetCache } from "./budget-cache.ts";
import type { MailboxQuestion } from "./mailbox-snapshot.ts";
import type { Readers } from "./readers.ts";
import { EntriesReader, entriesInTail, readHead, readOverrides, segmentsAtOnce, Snapshot } from "./snapshot.ts";
import type { MaildropHead, UniqueIdOverrides } from "./snapshot.ts";
import type { Statements } from "./statements.ts";

const cacheOctetsMax = 32 * 1_048_576;
const overridesOctetsMax = 32 * 1_048_576;
const overrideOctets = 120;
/** More overrides than these are read in a reader thread. */
const overridesInPlaceMax = 1_000;
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
    const whole = this.#atOnce(account, head) ?? (await this.#inSlices(account)) ?? (await this.#inThread(account));
    const overrides = whole.head.overrides === 0 ? undefined : await this.#overridesOf(account, whole.head.overrides);
    return { snapshot: new Snapshot(whole.head, whole.entries, overrides), fence: head.fence };
  }

  /** Of a mailbox other than INBOX. Throws PopError NO_SUCH_ACCOUNT, NO_SUCH_MAILBOX. */
  async readMailbox(question: MailboxQuestion): Promise<{ readonly snapshot: Snapshot; readonly fence: number }> {
    const { account } = question;
    if (readHead(this.#db, account) === undefined) noSuchAccount(account);
    const read = await this.#readers.run("mailbox", question);
    if (read === undefined) throw new PopError("NO_SUCH_MAILBOX", `account ${account} has no such mailbox`);
    const { head, entries } = read;
    const overrides = head.overrides === 0 ? undefined : await this.#overridesOf(account, head.overrides);
    return { snapshot: new Snapshot(head, entries, overrides), fence: head.fence };
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

  async #overridesOf(account: number, ever: number): Promise<UniqueIdOverrides> {
    const cached = this.#overrides.get(account);
    if (cached !== undefined && cached.ever >= ever) return cached.overrides;
    const overrides =
      ever <= overridesInPlaceMax
        ? readOverrides(this.#db, account)
        : await this.#readers.run("overrides", { account });
    this.#overrides.set(account, { ever, overrides }, overrides.size * overrideOctets);
    return overrides;
  }
}

function noSuchAccount(account: number): never {
  throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
}
