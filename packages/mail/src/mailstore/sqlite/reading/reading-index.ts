// The reading index of a store on SQLite: a thread that fills it, threads that answer from it, and who waits for what.
// Nothing of it runs on the event loop but passing messages on.
import { PopError } from "@restante/pop/maildrop";
import type { MailAddress, MailReader } from "../../../message/index.ts";
import type { Finding, Mailstore } from "../../contract.ts";
import type {
  ConversationSize,
  IndexedChange,
  IndexedMessage,
  IndexState,
  Listed,
  ListPage,
  ListQuery,
  MembersQuery,
  ReadingIndex,
  SearchPage,
  SearchQuery,
} from "../../reading-index.ts";
import { accountNumber, knownAccountNumber, mailboxName } from "../folding.ts";
import { Readers } from "../readers.ts";
import { SqliteMailstore, type StoreProblem } from "../store.ts";
import { wordsOfStop } from "./index-stop.ts";
import type { IndexedReport } from "./indexing-messages.ts";
import type { OnServer } from "./beside.ts";
import { Indexing } from "./indexing.ts";
import { FIRST_MEMBER, type MemberPlace } from "./members.ts";
import { parseCursor, renderCursor } from "./cursor.ts";
import type { QueryAnswers, QueryTasks } from "./query-tasks.ts";
import { parseQuery, type SearchPlan } from "./search-query.ts";
import type { SearchInput } from "./search.ts";
import { soughtAccounts, type SoughtAccounts } from "./sought-accounts.ts";
import { soughtMailboxes, type SoughtMailboxes } from "./sought-mailboxes.ts";
import { Waiters } from "./waiters.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadFile = new URL(`./query-thread${extension}`, import.meta.url);
const listThreads = 1;
/** A search that is still at work must not hold up the one for the next key. */
const searchThreads = 2;
const searchMs = 10_000;
const threadIdleMs = 300_000;
const listMs = 20_000;

const accountsMax = 200;
const rowsMax = 200;
const conversationMax = 500;
const messagesMax = 500;
const membersAtOnce = 1_000;
const addressesMax = 50;
const prefixMax = 100;
/** Below this much free nothing is indexed: what room there is belongs to mail. */
const defaultDiskFloorOctets = 128 * 1_048_576;

export interface ReadingIndexOptions {
  readonly store: Mailstore;
  /** Says what a message holds. It stays the giver's, and is closed after the index. */
  readonly reader: Pick<MailReader, "summarize">;
  /** Octets left free on the disk. */
  readonly diskFloorOctets?: number;
  /** What tells which messages are still on the server they were collected from; on:server needs it. Undefined: none is. */
  readonly onServer?: () => OnServer | undefined;
  /** Told when nothing is indexed any more, and why. */
  readonly onProblem?: (problem: StoreProblem) => void;
}

/** Resolves when lists can be asked for; they fill, the newest mail first, while they are in use. */
export async function openReadingIndex(options: ReadingIndexOptions): Promise<ReadingIndex> {
  const { store } = options;
  if (!(store instanceof SqliteMailstore)) throw new TypeError("the store is not one this index can follow");
  const index = new SqliteReadingIndex(store, options);
  await index.indexing.ready;
  return index;
}

export class SqliteReadingIndex implements ReadingIndex {
  /** For tests. */
  readonly indexing: Indexing;
  readonly #store: SqliteMailstore;
  readonly #listeners = new Set<(change: IndexedChange) => void>();
  readonly #stateListeners = new Set<() => void>();
  readonly #waiters = new Waiters();
  readonly #unfollow: () => void;
  readonly #onServer: ReadingIndexOptions["onServer"];
  #lists: Readers<QueryAnswers>;
  #searches: Readers<QueryAnswers>;
  #closing: Promise<void> | undefined;

  constructor(store: SqliteMailstore, options: ReadingIndexOptions) {
    const { directory } = store.parts;
    const { onProblem = () => {} } = options;
    this.#store = store;
    this.#onServer = options.onServer;
    this.#lists = this.#openReaders(listThreads);
    this.#searches = this.#openReaders(searchThreads);
    this.indexing = new Indexing({
      search: directory.search,
      mail: directory.database,
      bodies: directory.bodies,
      diskFloorOctets: options.diskFloorOctets ?? defaultDiskFloorOctets,
      summarize: (octets) => options.reader.summarize(octets),
      onIndexed: (report) => this.#indexed(report),
      onStopped: (reason) =>
        onProblem({
          what:
            reason === undefined ? "mail is indexed again" : `new mail is not indexed for now: ${wordsOfStop(reason)}`,
        }),
      onState: () => {
        for (const listener of this.#stateListeners) listener();
      },
      onDamaged: async (reason) => {
        onProblem({ what: `the reading index is damaged and is made anew: ${reason}` });
        const former = [this.#lists, this.#searches];
        this.#lists = this.#openReaders(listThreads);
        this.#searches = this.#openReaders(searchThreads);
        this.#waiters.forget();
        for (const readers of former) await readers.close();
      },
    });
    this.#unfollow = store.onChange((account) => this.indexing.changed(Number(account)));
  }

  makeReady(): void {
    this.#lists.makeReady();
    this.#searches.makeReady();
  }

  async list(query: ListQuery): Promise<ListPage> {
    const { rows, next, total } = await this.#ask("list", {
      accounts: accountNumbers(query.accounts),
      ...listedMail(query),
      view: query.view,
      before: parseCursor(query.after),
      limit: bounded(query.limit, rowsMax),
    });
    // Whoever looks at a list may search it next.
    this.#searches.makeReady();
    return { rows, next: renderCursor(next), total };
  }

  async search(query: SearchQuery): Promise<SearchPage> {
    this.#mustBeOpen();
    const { plan, terms, problems } = parseQuery(query.text);
    const limit = bounded(query.limit, rowsMax);
    const after = parseCursor(query.after);
    const found = this.#accountsSought(accountNumbers(query.accounts), plan);
    const isUnknown = plan.onServer !== undefined && this.#onServer === undefined;
    const places = await this.#mailboxesSought(found.accounts, plan);
    const asked = [
      ...problems,
      ...found.problems,
      ...places.problems,
      ...(isUnknown ? [{ code: "server-unknown" } as const] : []),
    ];
    // Without what cannot be answered, the rest would be all mail.
    const isNothing = terms.every(({ operator }) => isUnknown && operator === "on");
    if (isNothing || found.accounts.length === 0)
      return { rows: [], next: undefined, total: 0, terms, problems: asked };
    const isAsked = plan.onServer !== undefined && !isUnknown;
    const onServer: SearchInput["onServer"] = isAsked ? (this.#onServer?.() ?? "nothing") : undefined;
    const input = { accounts: found.accounts, plan, places, onServer, order: query.order, after, limit };
    const { signal } = query;
    const answer = await this.#searches.run("search", input, {
      withinMs: searchMs,
      ...(signal === undefined ? {} : { signal }),
    });
    const { rows, next, total } = outputOf<"search">(answer);
    return { rows, next: renderCursor(next), total, terms, problems: asked };
  }

  async conversation(
    account: string,
    conversation: number,
    o: { readonly limit: number },
  ): Promise<readonly IndexedMessage[]> {
    const limit = bounded(o.limit, conversationMax);
    const id = accountNumber(account);
    return id === undefined ? [] : await this.#ask("conversation", { account: id, conversation, limit });
  }

  async conversationSize(account: string, conversation: number): Promise<ConversationSize> {
    const id = accountNumber(account);
    return id === undefined
      ? { messages: 0, kept: 0, upTo: 0 }
      : await this.#ask("conversationSize", { account: id, conversation });
  }

  async members({ conversation, upTo, ...query }: MembersQuery): Promise<readonly number[]> {
    const account = accountNumber(query.account);
    if (account === undefined) return [];
    const input = { ...listedMail(query), account, conversation, upTo, limit: membersAtOnce };
    const members: number[] = [];
    for (let after: MemberPlace | undefined = FIRST_MEMBER; after !== undefined;) {
      const page: QueryTasks["members"]["output"] = await this.#ask("members", { ...input, after });
      members.push(...page.messageIds);
      after = page.next;
    }
    return members;
  }

  async message(account: string, messageId: number): Promise<IndexedMessage | undefined> {
    const [found] = await this.messages(account, [messageId]);
    return found;
  }

  async messages(account: string, messageIds: readonly number[]): Promise<readonly IndexedMessage[]> {
    const id = accountNumber(account);
    if (id === undefined || messageIds.length === 0) return [];
    return await this.#ask("messages", { account: id, messageIds: messageIds.slice(0, messagesMax) });
  }

  async starred(accounts: readonly string[]): Promise<number> {
    return await this.#ask("starred", { accounts: accountNumbers(accounts) });
  }

  async indexed(accounts: readonly string[]): Promise<number> {
    return await this.#ask("indexed", { accounts: accountNumbers(accounts) });
  }

  async addresses(
    accounts: readonly string[],
    prefix: string,
    o: { readonly limit: number },
  ): Promise<readonly MailAddress[]> {
    const limit = bounded(o.limit, addressesMax);
    const ids = accountNumbers(accounts);
    const sought = prefix.trim().slice(0, prefixMax);
    return ids.length === 0 || sought === ""
      ? []
      : await this.#ask("addresses", { accounts: ids, prefix: sought, limit });
  }

  async caughtUp(account: string, o: { readonly withinMs: number }): Promise<boolean> {
    const modseq = await this.#store.reader.modseq(account);
    return await this.#waiters.reached(knownAccountNumber(account), { modseq, withinMs: o.withinMs });
  }

  state(): IndexState {
    return this.indexing.state;
  }

  onState(listener: () => void): () => void {
    this.#stateListeners.add(listener);
    return () => void this.#stateListeners.delete(listener);
  }

  onIndexed(listener: (change: IndexedChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  // oxlint-disable-next-line typescript/require-await -- a check of the file itself would have to wait
  async check(): Promise<readonly Finding[]> {
    const { stopped, waiting } = this.state();
    if (stopped !== undefined) {
      const repair = "make room on the disk or mend it; mail itself is not affected, and indexing goes on by itself";
      return [{ what: `mail is not indexed for reading: ${wordsOfStop(stopped)}`, severity: "error", repair }];
    }
    if (waiting === 0) return [{ what: "all mail is indexed for reading", severity: "ok" }];
    return [{ what: `${waiting} messages are still to be indexed for reading`, severity: "ok" }];
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#unfollow();
    this.#waiters.forget();
    await this.indexing.close();
    await Promise.all([this.#lists.close(), this.#searches.close()]);
  }

  #openReaders(threads: number): Readers<QueryAnswers> {
    return new Readers(this.#store.parts.directory.search, { threadFile, threads, idleMs: threadIdleMs });
  }

  /** Of those that may be searched, the ones that were named. */
  #accountsSought(accounts: readonly number[], plan: SearchPlan): SoughtAccounts {
    if (plan.accounts.length === 0) return { accounts, problems: [] };
    const known = accounts.flatMap((account) => {
      const name = this.#store.directory.account(String(account))?.name;
      return name === undefined ? [] : [{ account, name }];
    });
    return soughtAccounts(plan.accounts, known);
  }

  /** In a search of several accounts, a name that one of them has is known; in one of none, no mailbox is missing. */
  async #mailboxesSought(accounts: readonly number[], { mailboxes }: SearchPlan): Promise<SoughtMailboxes> {
    if (mailboxes.length === 0 || accounts.length === 0) return soughtMailboxes([], []);
    const known = await Promise.all(accounts.map((account) => this.#store.reader.counts(String(account))));
    return soughtMailboxes(mailboxes, known.flat());
  }

  async #ask<K extends keyof QueryTasks>(kind: K, input: QueryTasks[K]["input"]): Promise<QueryTasks[K]["output"]> {
    this.#mustBeOpen();
    return outputOf<K>(await this.#lists.run(kind, input, { withinMs: listMs }));
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new PopError("STORE_UNAVAILABLE", "the reading index is closed");
  }

  #indexed(report: IndexedReport): void {
    this.#waiters.report(report);
    const { account, modseq, added, arrived, changed, gone } = report;
    if (added.length + changed.length + gone.length === 0) return;
    const change: IndexedChange = { account: String(account), modseq, added, arrived, changed, gone };
    for (const listener of this.#listeners) listener(change);
  }
}

/** What a thread answered, read again. */
function outputOf<K extends keyof QueryTasks>(answer: string | undefined): QueryTasks[K]["output"] {
  return (answer === undefined ? undefined : JSON.parse(answer)) as QueryTasks[K]["output"];
}

function listedMail({ mailbox, role, starred = false, unread = false, source }: Listed) {
  if (mailbox !== undefined && role !== undefined)
    throw new RangeError("a list is of a mailbox or of a role, not of both");
  return { mailbox: mailbox === undefined ? undefined : mailboxName(mailbox), role, starred, unread, source };
}

function accountNumbers(accounts: readonly string[]): readonly number[] {
  if (accounts.length > accountsMax) throw new RangeError(`a list is of at most ${accountsMax} accounts`);
  return [...new Set(accounts)].flatMap((account) => accountNumber(account) ?? []);
}

function bounded(limit: number, max: number): number {
  if (!Number.isInteger(limit) || limit < 1) throw new RangeError("a limit is a whole number from 1");
  return Math.min(limit, max);
}
