// What POP2 and POP1 sessions have in common behind the promise API: one thing at a time, messages as streams, names made
// of octets, one end.
import { createHash } from "node:crypto";
import { capabilitiesOf } from "./capabilities.ts";
import type {
  CallOptions,
  Capabilities,
  CloseReason,
  CommitResult,
  DropListing,
  Entry,
  FamilyOptions,
  HeaderOptions,
  Listing,
  Message,
  MessageRef,
  MessageStream,
  Pop3Session,
  PopSession,
  RawReply,
  RetrieveOptions,
  SelectOptions,
  TlsInfo,
} from "./contract.ts";
import { Pop3Error, rolledBack, printable } from "./errors.ts";
import type { FamilyLink } from "./family-link.ts";
import { farewellOf, tooMuchUnwanted, type Farewell } from "./farewell.ts";
import { headerOf } from "./header.ts";
import { MessageBody } from "./message-body.ts";
import { refuseAborted } from "./network-errors.ts";
import type { Plan } from "./plan.ts";
import { quiet } from "./quiet.ts";
import { Room } from "./room.ts";
import { alsoUntil, isMany, select } from "./session.ts";

export interface FamilyOpened<Options extends FamilyOptions> {
  readonly options: Options;
  readonly plan: Plan;
  readonly link: FamilyLink;
  readonly greeting: string;
  readonly tls: TlsInfo | undefined;
  /** Called once, when it is over. */
  readonly onEnd: () => void;
}

/** A message that came whole. */
export interface Arrived {
  readonly octets: number;
  /** Hexadecimal. */
  readonly sha256: string;
}

export abstract class FamilySession<Options extends FamilyOptions = FamilyOptions> implements PopSession {
  readonly marked = new Set<number>();
  /** What came is acknowledged apart from being kept there: being read removes nothing. */
  readonly retrieved: ReadonlySet<number> = new Set();
  readonly closed: Promise<CloseReason>;
  readonly capabilities: Capabilities = capabilitiesOf(undefined);
  protected readonly opened: FamilyOpened<Options>;
  readonly #room: Room;
  #listing: Listing | undefined;
  #byNumber: ReadonlyMap<number, Entry> = new Map();
  #turns: Promise<unknown> = Promise.resolve();
  /** Calls whose turn has not come. */
  #queued = 0;
  /** On its way to whoever reads it. */
  #body: MessageBody | undefined;
  #wakeRoom: () => void = nothing;
  #end: CloseReason | undefined;
  #resolveClosed: (reason: CloseReason) => void = nothing;

  constructor(opened: FamilyOpened<Options>) {
    this.opened = opened;
    this.#room = new Room(opened.plan.limits);
    this.#room.onChange = () => this.#wakeRoom();
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    opened.link.onFailed = (error) => {
      this.#wakeRoom();
      this.over({ kind: error.code === "CLOSED" ? "server" : "error", error });
    };
  }

  /** The messages as they are now. */
  protected abstract readListing(): Promise<readonly Entry[]>;
  /** Sends one message to its reader. */
  protected abstract receive(n: number, body: MessageBody): Promise<void>;
  protected abstract mark(n: number): Promise<void>;
  /** The last words, with what was marked made real. */
  protected abstract leave(): Promise<CommitResult>;
  /** The last words, nothing removed; may reject. */
  protected abstract giveUp(): Promise<void>;
  abstract undeleteAll(options?: CallOptions): Promise<void>;
  abstract noop(options?: CallOptions): Promise<void>;

  get id(): string {
    return this.opened.plan.session;
  }

  get host(): string {
    return this.opened.plan.host;
  }

  get greeting(): string {
    return printable(this.opened.greeting);
  }

  get tls(): TlsInfo | undefined {
    return this.opened.tls;
  }

  get state(): Pop3Session["state"] {
    return this.#end === undefined ? "transaction" : "closed";
  }

  async stat(options: CallOptions = {}): Promise<DropListing> {
    const { entries } = await this.list(options);
    return { count: entries.length, octets: entries.reduce((sum, { octets }) => sum + octets, 0) };
  }

  list(options: CallOptions = {}): Promise<Listing> {
    return this.inTurn(async () => {
      const entries = await this.readListing();
      this.#byNumber = new Map(entries.map((entry) => [entry.n, entry]));
      this.#listing = listingOf(entries, this.opened.options.uniqueIds === "octets");
      return this.#listing;
    }, options);
  }

  async *messages(options: SelectOptions = {}): AsyncGenerator<Message, void, undefined> {
    const { entries } = options.listing ?? (await this.list(options));
    for (const entry of select(entries, options)) {
      refuseAborted(options.signal);
      yield this.#message(entry, options.signal);
    }
  }

  async message(ref: MessageRef, options: CallOptions = {}): Promise<Message> {
    if (this.#listing === undefined) await this.list(options);
    const entry = this.#byNumber.get(this.#numberOf(ref));
    if (entry === undefined) throw new Pop3Error("NO_SUCH_MESSAGE", { phase: "list" });
    return this.#message(entry);
  }

  retrieve(ref: MessageRef, options: RetrieveOptions = {}): MessageStream {
    const n = this.#numberOf(ref);
    const { uniqueId, octets } = this.#byNumber.get(n) ?? {};
    const { messageOctetsMax: octetsMax } = this.opened.plan.limits;
    const body: MessageBody = new MessageBody({
      n,
      uniqueId: uniqueId ?? undefined,
      expectedOctets: octets,
      octetsMax,
      room: this.#room,
      readMemory: this.opened.plan.readMemory,
      onUnwanted: (restOctets) => this.#unwanted(body, restOctets),
      onTooMuch: () => this.opened.link.fail(tooMuchUnwanted(n)),
    });
    body.want(options);
    const job = async (): Promise<void> => {
      // Given up before its turn came.
      if (await isSettled(body.done)) return;
      this.#body = body;
      await this.receive(n, body);
    };
    this.inTurn(job).catch((error: unknown) => body.fail(error as Pop3Error));
    return body;
  }

  headers(ref: MessageRef, options: HeaderOptions = {}): Promise<Buffer> {
    const { bodyLines = 0, ...call } = options;
    return headerOf(this.retrieve(ref, call), { bodyLines, octetsMax: this.opened.plan.limits.headerOctetsMax });
  }

  async delete(refs: MessageRef | Iterable<MessageRef>, options: CallOptions = {}): Promise<void> {
    const numbers = (isMany(refs) ? [...refs] : [refs]).map((ref) => this.#numberOf(ref));
    for (const n of numbers) if (!this.marked.has(n)) await this.inTurn(() => this.mark(n), options);
  }

  /** Silence is what these protocols know instead; see `noop`. */
  keepAlive(): Disposable {
    return { [Symbol.dispose]: nothing };
  }

  commit(options: CallOptions = {}): Promise<CommitResult> {
    return this.inTurn(async () => {
      const result = await this.leave();
      if (result.status !== "unknown") this.opened.link.close();
      this.over({ kind: "commit", ...(result.error !== undefined && { error: result.error }) });
      return result;
    }, options);
  }

  hangUp(): void {
    if (this.#end !== undefined) return;
    this.#end = { kind: "rollback" };
    this.opened.link.fail(rolledBack());
    this.#resolve({ kind: "rollback" });
  }

  async rollback(): Promise<void> {
    if (this.#end !== undefined) return;
    const { link, plan } = this.opened;
    this.#end = { kind: "rollback" };
    const over = rolledBack();
    const timer = setTimeout(() => link.fail(over), plan.timeouts.leaveMs);
    try {
      if (link.restOctets > plan.limits.drainOctetsMax) throw over;
      void this.#body?.cancel();
      await this.#turns;
      await this.giveUp();
      link.close();
    } catch {
      // However it fails, nothing is removed; the connection goes.
      link.fail(over);
    }
    clearTimeout(timer);
    this.#resolve({ kind: "rollback" });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.rollback();
  }

  command(): Promise<RawReply> {
    const message = "there are no other commands in this protocol";
    return Promise.reject(new Pop3Error("UNSUPPORTED", { phase: "session", message }));
  }

  /** One thing after the other. What fails does not keep the next one from its turn. */
  protected inTurn<T>(job: () => Promise<T>, { signal, timeoutMs }: CallOptions = {}): Promise<T> {
    // Somebody waits behind a message that nobody reads.
    if (this.#room.isFull) this.#body?.failUnread();
    this.#queued += 1;
    const turn = this.#turns.then(() => {
      this.#queued -= 1;
      if (this.#end !== undefined)
        throw this.#end.error ?? new Pop3Error("STATE", { phase: "session", message: "the session is over" });
      if (signal?.aborted === true)
        throw new Pop3Error("ABORTED", { phase: "session", cause: signal.reason, sessionUsable: true });
      return job();
    });
    this.#turns = turn.catch(nothing);
    return timeoutMs === undefined ? turn : this.#within(turn, timeoutMs);
  }

  /** Takes one message's octets off the connection, to a reader if there is one, as fast as it reads. */
  protected async pump(chunks: AsyncIterable<Uint8Array>, body?: MessageBody): Promise<Arrived> {
    const hash = createHash("sha256");
    let octets = 0;
    for await (const chunk of chunks) {
      hash.update(chunk);
      octets += chunk.length;
      body?.push([chunk]);
      while (this.#room.isFull && !this.opened.link.isOver) await this.#untilRoom(body);
    }
    return { octets, sha256: hash.digest("hex") };
  }

  /** A server may claim, or send, more messages than anybody wants to hear of. */
  protected refuseTooMany(count: number): void {
    const { listEntriesMax } = this.opened.plan.limits;
    if (count <= listEntriesMax) return;
    const message = `the mailbox has more than ${listEntriesMax} messages`;
    const error = new Pop3Error("LIST_TOO_LONG", { phase: "list", message });
    this.opened.link.fail(error);
    throw error;
  }

  protected over(reason: CloseReason): void {
    if (this.#end !== undefined) return;
    this.#end = reason;
    this.#resolve(reason);
  }

  #resolve(reason: CloseReason): void {
    this.opened.onEnd();
    this.#resolveClosed(reason);
  }

  #unwanted(body: MessageBody, restOctets: number | undefined): Farewell {
    this.#wakeRoom();
    const { link, plan } = this.opened;
    const farewell = farewellOf(this.#body === body ? restOctets : 0, plan.limits);
    if (farewell.drainOctetsMax === 0) link.fail(tooMuchUnwanted(body.n));
    return farewell;
  }

  async #untilRoom(body: MessageBody | undefined): Promise<void> {
    // Somebody waits behind it, and nobody reads it.
    if (this.#queued > 0) body?.failUnread();
    if (!this.#room.isFull) return;
    await new Promise<void>((resolve) => {
      this.#wakeRoom = resolve;
    });
    this.#wakeRoom = nothing;
  }

  async #within<T>(turn: Promise<T>, timeoutMs: number): Promise<T> {
    const late = new Pop3Error("COMMAND_TIMEOUT", { phase: "session" });
    const timer = setTimeout(() => this.opened.link.fail(late), timeoutMs);
    try {
      return await turn;
    } finally {
      clearTimeout(timer);
    }
  }

  #message(entry: Entry, until?: AbortSignal): Message {
    return {
      ...entry,
      headers: (options) => quiet(this.headers(entry.n, options)),
      retrieve: (options = {}) => this.retrieve(entry.n, alsoUntil(until, options)),
      delete: (options) => quiet(this.delete(entry.n, options)),
    };
  }

  #numberOf(ref: MessageRef): number {
    if (typeof ref === "number") {
      if (Number.isSafeInteger(ref) && ref >= 1) return ref;
      throw new Pop3Error("CONFIG", { phase: "session", message: `${ref} is no message-number` });
    }
    const entry = this.#listing?.byUniqueId.get(ref.uniqueId);
    if (entry === undefined) throw new Pop3Error("NO_SUCH_MESSAGE", { phase: "list", uniqueId: ref.uniqueId });
    return entry.n;
  }
}

/** `HEX-1` of the first message with these octets, `HEX-2` of the second (P2-C-014). */
export class NamesByOctets {
  readonly #seen = new Map<string, number>();

  next(sha256: string): string {
    const occurrence = (this.#seen.get(sha256) ?? 0) + 1;
    this.#seen.set(sha256, occurrence);
    return `${sha256}-${occurrence}`;
  }
}

function listingOf(entries: readonly Entry[], hasUniqueIds: boolean): Listing {
  const byUniqueId = new Map(
    entries.flatMap((entry) => (entry.uniqueId === null ? [] : [[entry.uniqueId, entry] as const])),
  );
  return { entries, byUniqueId, duplicateUniqueIds: [], unmatched: [], hasUniqueIds, isComplete: hasUniqueIds };
}

/** Whether it has settled by now. */
function isSettled(promise: Promise<unknown>): Promise<boolean> {
  const settled = promise.then(
    () => true,
    () => true,
  );
  return Promise.race([settled, Promise.resolve(false)]);
}

function nothing(): void {}
