// The mailstore on SQLite, put together: reads on the event loop and in reader threads, every write through the writer.
import { unlink } from "node:fs/promises";
import { PopError } from "@restante/pop/maildrop";
import { PieceMemory } from "../../files/index.ts";
import type {
  CommitOutcome,
  Delivered,
  DeliverOptions,
  IncomingMessage,
  Maildrop,
  OpenOptions,
  StoreCapabilities,
} from "@restante/pop/maildrop";
import type {
  BodyOptions,
  BodyWriter,
  FetchedCopy,
  Finding,
  MailboxOutcome,
  Mailstore,
  PlaceOptions,
  Placement,
  ReceivedBody,
  StoredMessage,
} from "../contract.ts";
import type { DocumentChange } from "../documents.ts";
import { BodyFolders } from "./body-folders.ts";
import { pieceMemoryOctets, StoredBodyWriter, type BodyHouse } from "./body-writer.ts";
import { bodyPath, type DataDirectory } from "./data-directory.ts";
import type { AccountChange } from "./changed-accounts.ts";
import { SqliteDirectory } from "./directory.ts";
import { putInput, SqliteDocuments } from "./documents.ts";
import { knownAccountNumber, mailboxName, packKeywords } from "./folding.ts";
import { UnknownOutcomeError } from "./job-failure.ts";
import type { JobInput, JobKind, JobOutput, PlaceInput, PlaceOutput } from "./jobs.ts";
import { Leases, type Lease } from "./leases.ts";
import { SqliteMaildrop } from "./maildrop.ts";
import { listFetched } from "./fetched-list.ts";
import { listMessages } from "./message-list.ts";
import { StoredMessageReader } from "./message-reader.ts";
import { readMessageRow, RowWindow } from "./message-rows.ts";
import { OrphanFiles, orphanAgeMs } from "./orphan-files.ts";
import type { OwnerLock } from "./owner-lock.ts";
import { ReadAhead } from "./read-ahead.ts";
import { SqliteReaderQueries } from "./reader-queries.ts";
import { placeInput } from "./place-input.ts";
import { placementsOf } from "./placements.ts";
import type { Readers } from "./readers.ts";
import { StoredBody } from "./received-body.ts";
import { storeError } from "./result-codes.ts";
import { Snapshots } from "./snapshots.ts";
import type { Statements } from "./statements.ts";
import type { Writer } from "./writer.ts";

/** Longer pages of `messages` are read in a reader thread. */
const messagesInPlaceMax = 200;
const messagesMax = 10_000;
/** Rows one garbage collection takes of each kind. */
const garbageRowsMax = 500;
/** Accounts one call looks at for mail that is past its days. */
const expiryAccountsMax = 100;
/** Messages one emptying removes in one commit. */
const emptiedAtOnce = 200;
const checkMs = 3_600_000;

/** Something the operator should know; nothing in it is for a peer. */
export interface StoreProblem {
  readonly what: string;
  readonly cause?: unknown;
}

export interface StoreParts {
  readonly directory: DataDirectory;
  readonly lock: OwnerLock;
  readonly db: Statements;
  readonly writer: Writer;
  readonly readers: Readers;
  readonly epoch: number;
  readonly now: () => number;
  readonly monotonicNow: () => number;
  readonly onProblem: (problem: StoreProblem) => void;
}

export class SqliteMailstore implements Mailstore {
  readonly capabilities: StoreCapabilities = {
    exclusiveLock: "lease",
    atomicCommit: true,
    stableSnapshot: true,
    durableDeliver: "commit",
    mailboxes: true,
    surrogates: true,
  };
  readonly directory: SqliteDirectory;
  readonly reader: SqliteReaderQueries;
  readonly documents: SqliteDocuments;
  /** For tests and `doctor`: what the statements on the event loop gave, and how writes were grouped. */
  readonly parts: StoreParts;
  readonly #leases: Leases;
  readonly #snapshots: Snapshots;
  readonly #readAhead = new ReadAhead();
  readonly #orphans: OrphanFiles;
  /** Where a round over the accounts whose mail expires has come to, and the one that is not done yet. */
  #expiring: Iterator<number, undefined> | undefined;
  #expiringOn: number | undefined;
  readonly #bodies: BodyHouse;
  #closing: Promise<void> | undefined;

  constructor(parts: StoreParts) {
    const { directory, db, writer, readers, now } = parts;
    this.parts = parts;
    this.directory = new SqliteDirectory({ db, writer, now });
    this.reader = new SqliteReaderQueries(db);
    this.documents = new SqliteDocuments({ db, now, run: (kind, input) => this.#run(kind, input) });
    this.#snapshots = new Snapshots(db, readers);
    const folders = new BodyFolders(directory.bodies);
    this.#bodies = { directory, folders, pieces: new PieceMemory({ octets: pieceMemoryOctets }) };
    this.#orphans = new OrphanFiles(directory, db);
    this.#leases = new Leases({ now: parts.monotonicNow, raiseFence: (account) => this.#run("fence", { account }) });
  }

  async open(account: string, options: OpenOptions): Promise<Maildrop> {
    options.signal?.throwIfAborted();
    this.#mustBeOpen();
    const mailbox = options.mailbox === undefined ? "INBOX" : mailboxNamed(options.mailbox);
    const granted = this.#leases.acquire(knownAccountNumber(account), options);
    const lease = granted instanceof Promise ? await granted : granted;
    try {
      const { snapshot, fence } = await this.#snapshot({
        account: lease.account,
        mailbox,
        surrogates: options.surrogates ?? false,
      });
      options.signal?.throwIfAborted();
      lease.fence = fence;
      const window = new RowWindow(this.parts.db, lease.account, snapshot);
      return new SqliteMaildrop(snapshot, {
        bodies: this.parts.directory.bodies,
        window,
        holds: () => this.#leases.holds(lease),
        touch: () => this.#leases.touch(lease),
        release: (o) => {
          this.#readAhead.drop(window);
          this.#leases.release(lease, o);
        },
        quit: (o) => this.#quit(lease, o),
        readAhead: () => this.#readAhead.used(window),
      });
    } catch (error) {
      this.#leases.release(lease);
      throw storeError(error, "opening a maildrop");
    }
  }

  #snapshot(o: {
    readonly account: number;
    readonly mailbox: string;
    readonly surrogates: boolean;
  }): ReturnType<Snapshots["read"]> {
    return o.mailbox === "INBOX" ? this.#snapshots.read(o) : this.#snapshots.readMailbox(o);
  }

  async deliver(account: string, message: IncomingMessage, options: DeliverOptions = {}): Promise<Delivered> {
    const id = knownAccountNumber(account);
    const writer = this.newBody();
    let body: ReceivedBody;
    try {
      let room = this.#room(id);
      for await (const chunk of message.body) {
        room -= chunk.length;
        if (room < 0) throw new PopError("OVER_QUOTA", `account ${id} has no room for the message`);
        await writer.write(chunk);
      }
      body = await writer.finish();
    } catch (error) {
      await writer.discard();
      throw error;
    }
    try {
      return await this.place(account, body, {
        ...options,
        ...(message.prefix === undefined ? {} : { prefix: message.prefix }),
      });
    } finally {
      await body.discard();
    }
  }

  newBody(options?: BodyOptions): BodyWriter {
    return new StoredBodyWriter(this.#bodies, options);
  }

  async place(account: string, body: ReceivedBody, options: PlaceOptions = {}): Promise<Delivered> {
    if (!(body instanceof StoredBody)) throw new TypeError("the body was not received by this store");
    const message = placeInput(body, options, { account: knownAccountNumber(account), now: this.parts.now() });
    const { messageId, added } = await body.placeWith((origin) => this.#place({ ...message, body: origin }));
    return { messageId, added };
  }

  async messages(
    account: string,
    o: { readonly after: number; readonly limit: number },
  ): Promise<readonly StoredMessage[]> {
    const page = { account: knownAccountNumber(account), after: o.after, limit: Math.min(o.limit, messagesMax) };
    return page.limit <= messagesInPlaceMax
      ? listMessages(this.parts.db, page)
      : await this.parts.readers.run("messages", page);
  }

  // oxlint-disable-next-line typescript/require-await -- a store on another machine has to wait here
  async fetched(
    account: string,
    o: { readonly source: string; readonly after: number; readonly limit: number },
  ): Promise<readonly FetchedCopy[]> {
    return listFetched(this.parts.db, { ...o, account: knownAccountNumber(account) });
  }

  async *octetsOf(account: string, messageId: number): AsyncIterable<Uint8Array> {
    const id = knownAccountNumber(account);
    const { db, directory } = this.parts;
    const isPlaced =
      db.get("SELECT 1 FROM placement WHERE account_id = ? AND message_id = ?", id, messageId) !== undefined;
    if (!isPlaced) throw new PopError("NO_SUCH_MESSAGE", `account ${account} has no message ${messageId}`);
    const row = readMessageRow(db, id, messageId);
    const reader = new StoredMessageReader({
      bodies: directory.bodies,
      count: 1,
      bodyLines: undefined,
      borrowed: false,
      row: () => row,
    });
    try {
      for (let chunk = await reader.next(); chunk !== undefined; chunk = await reader.next()) yield chunk.octets;
    } finally {
      reader.close();
    }
  }

  // oxlint-disable-next-line typescript/require-await -- a store on another machine has to wait here
  async placementsOf(account: string, messageIds: readonly number[]): Promise<readonly Placement[]> {
    return placementsOf(this.parts.db, knownAccountNumber(account), messageIds);
  }

  async move(account: string, messageIds: readonly number[], mailbox: string): Promise<void> {
    await this.#run("move", { ...this.#messages(account, messageIds), mailbox: mailboxName(mailbox) });
  }

  async remove(account: string, messageIds: readonly number[]): Promise<void> {
    await this.#run("remove", this.#messages(account, messageIds));
  }

  async emptyMailbox(
    account: string,
    { signal, ...o }: { readonly role: "trash" | "junk"; readonly lastUid: number; readonly signal?: AbortSignal },
  ): Promise<number> {
    const id = knownAccountNumber(account);
    let removed = 0;
    for (;;) {
      signal?.throwIfAborted();
      const input = { ...o, account: id, limit: emptiedAtOnce, now: this.parts.now() };
      const some = await this.#run("empty", input);
      removed += some;
      if (some < emptiedAtOnce) return removed;
    }
  }

  createMailbox(account: string, name: string): Promise<MailboxOutcome> {
    return this.#run("createMailbox", { account: knownAccountNumber(account), name: mailboxName(name) });
  }

  renameMailbox(
    account: string,
    name: string,
    to: string,
    { document }: { readonly document?: DocumentChange } = {},
  ): Promise<MailboxOutcome | "conflict"> {
    return this.#run("renameMailbox", {
      account: knownAccountNumber(account),
      name: mailboxName(name),
      to: mailboxName(to),
      document: document === undefined ? undefined : putInput(document, this.parts.now()),
    });
  }

  removeMailbox(account: string, name: string): Promise<MailboxOutcome> {
    return this.#run("removeMailbox", { account: knownAccountNumber(account), name: mailboxName(name) });
  }

  async setKeywords(
    account: string,
    messageIds: readonly number[],
    o: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): Promise<void> {
    // Refuses what cannot be a keyword.
    packKeywords(o.add ?? []);
    await this.#run("keywords", { ...this.#messages(account, messageIds), add: o.add ?? [], remove: o.remove ?? [] });
  }

  leases(): readonly { readonly account: string; readonly holder: string; readonly sinceMs: number }[] {
    return this.#leases.list();
  }

  async collectGarbage(now = this.parts.now()): Promise<Awaited<ReturnType<Mailstore["collectGarbage"]>>> {
    const { files, bodies, messages, deliveryIds, changes } = await this.#run("garbage", {
      now,
      limit: garbageRowsMax,
    });
    for (const file of files) {
      await unlink(bodyPath(this.parts.directory.bodies, file)).catch((cause: unknown) =>
        this.parts.onProblem({ what: `body file ${file} was not removed`, cause }),
      );
    }
    return { bodies: bodies + (await this.#orphans.sweep(now)), messages, deliveryIds, changes };
  }

  async expireMail(now = this.parts.now()): ReturnType<Mailstore["expireMail"]> {
    let messages = 0;
    for (let looked = 0; looked < expiryAccountsMax && messages < garbageRowsMax; looked += 1) {
      this.#expiring ??= this.directory.expiringAccounts();
      const account = this.#expiringOn ?? this.#expiring.next().value;
      if (account === undefined) {
        this.#expiring = undefined;
        return { messages, isDone: true };
      }
      // RFC 1939 §8: by the site's policy, but never under a session.
      const isHeld = this.#leases.isHeld(account);
      const removed = isHeld ? 0 : await this.#run("expireMail", { account, limit: garbageRowsMax, now });
      this.#expiringOn = removed < garbageRowsMax ? undefined : account;
      messages += removed;
    }
    return { messages, isDone: false };
  }

  async check(): Promise<readonly Finding[]> {
    const { directory, readers, writer, now } = this.parts;
    const findings = await readers.run(
      "check",
      { bodies: directory.bodies, orphansBefore: now() - orphanAgeMs },
      { withinMs: checkMs },
    );
    if (writer.degraded === undefined) return findings;
    const repair = "look at the system log and the disk's health, then restart";
    return [...findings, { what: `the disk failed: ${writer.degraded}`, severity: "error", repair }];
  }

  onChange(listener: (account: string, modseq: number) => void): () => void {
    const { changeListeners } = this.parts.writer;
    const told = ({ account, modseq }: AccountChange): void => listener(String(account), modseq);
    changeListeners.add(told);
    return () => void changeListeners.delete(told);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const { db, writer, readers, lock, onProblem } = this.parts;
    this.#readAhead.close();
    await readers.close();
    try {
      await writer.run("stop", {});
    } catch (cause) {
      onProblem({ what: "the store could not be marked as cleanly stopped", cause });
    }
    db.database.close();
    await writer.close();
    lock.release();
  }

  /** A delivery whose answer was lost is tried again when its id tells whether it happened. */
  async #place(input: PlaceInput): Promise<PlaceOutput> {
    const octets = input.body.kind === "octets" ? input.body.octets.length : 0;
    try {
      return await this.parts.writer.run("place", input, octets);
    } catch (lost) {
      if (!(lost instanceof UnknownOutcomeError) || input.deliveryKey === undefined) throw asRefusal(lost);
      try {
        return await this.parts.writer.run("place", input, octets);
      } catch {
        // However the second try was refused, the first may have happened: whoever has the octets must not let go of them.
        throw asRefusal(lost);
      }
    }
  }

  /** QUIT. An answer that was lost is asked for again: the job knows its own token. */
  async #quit(
    lease: Lease,
    o: { readonly token: string; readonly messageIds: readonly number[] },
  ): Promise<CommitOutcome> {
    const { account, fence } = lease;
    const input = {
      lease: { account, fence, epoch: this.parts.epoch, token: o.token },
      messageIds: o.messageIds,
      now: this.parts.now(),
    };
    let lost: unknown;
    for (let i = 0; i < 2; i += 1) {
      try {
        return await this.parts.writer.run("commit", input);
      } catch (cause) {
        this.parts.onProblem({ what: `QUIT of account ${account} failed`, cause });
        if (cause instanceof UnknownOutcomeError) lost = cause;
        else return lost === undefined ? "failed" : "unknown";
      }
    }
    return "unknown";
  }

  /** A job whose failure is the caller's to see. */
  async #run<K extends JobKind>(kind: K, input: JobInput<K>, octets = 0): Promise<JobOutput<K>> {
    try {
      return await this.parts.writer.run(kind, input, octets);
    } catch (error) {
      throw asRefusal(error);
    }
  }

  #messages(account: string, messageIds: readonly number[]): JobInput<"remove"> {
    return { account: knownAccountNumber(account), messageIds, now: this.parts.now() };
  }

  /** Octets the account has left now, which spares receiving a body that can have no place; the writer decides. */
  #room(account: number): number {
    const found = this.directory.account(String(account));
    if (found === undefined) throw new PopError("NO_SUCH_ACCOUNT", `no account ${account}`);
    if (found.messages >= (found.quotaMessages ?? Infinity))
      throw new PopError("OVER_QUOTA", `account ${account} holds ${found.messages} messages`);
    return (found.quotaOctets ?? Infinity) - found.octets;
  }

  #mustBeOpen(): void {
    if (this.#closing !== undefined) throw new PopError("STORE_UNAVAILABLE", "the store is closed");
  }
}

/** A peer's name for a mailbox; what cannot be one is none. */
function mailboxNamed(name: string): string {
  try {
    return mailboxName(name);
  } catch (cause) {
    throw new PopError("NO_SUCH_MAILBOX", "what was asked for cannot be a mailbox's name", { cause });
  }
}

/** What may or may not have happened is, to whoever asked, an outage: asked again it will show. */
function asRefusal(error: unknown): unknown {
  return error instanceof UnknownOutcomeError
    ? new PopError("STORE_UNAVAILABLE", error.message, { cause: error })
    : error;
}
