// The promise API over a link: calls become commands, answers become results, and everything that can end ends the
// session in one place.
import {
  clientCommand,
  clientRow,
  parseDropListing,
  parseUniqueIdReply,
  PopError,
  rawCommand,
  type ClientCommand,
} from "../wire/index.ts";
import type {
  Auth,
  CallOptions,
  Capabilities,
  CloseReason,
  CommitResult,
  DropListing,
  Entry,
  HeaderOptions,
  Listing,
  Message,
  MessageRef,
  MessageStream,
  Pop3Session,
  RawReply,
  RetrieveOptions,
  SelectOptions,
  TlsInfo,
} from "./contract.ts";
import { Pop3Error, printable, type Pop3Phase } from "./errors.ts";
import { headerOf } from "./header.ts";
import { keepAlive } from "./keep-alive.ts";
import { isSameMaildrop, makeListing } from "./listing.ts";
import { errorFor, type Link } from "./link.ts";
import { MessageBody } from "./message-body.ts";
import { authenticate, leave, open, type Opened } from "./opening.ts";
import type { Plan } from "./plan.ts";
import { ReadAhead } from "./read-ahead.ts";
import { refusal } from "./replies.ts";
import { Request, type Answer, type RequestFacts } from "./request.ts";
import { Room } from "./room.ts";

/** Read ahead when the server can be pipelined to, and when it cannot. */
const READ_AHEAD = { pipelined: 100, lockstep: 1 };
/** What TOP is expected to bring, for the window. */
const HEADER_OCTETS = 4_096;

/** Where a session comes to its end, and who can bring it about. */
export interface SessionLife {
  readonly controller: AbortController;
  /** Called once, when it is over. */
  readonly onEnd: () => void;
}

export class ClientSession implements Pop3Session {
  readonly id: string;
  readonly host: string;
  readonly closed: Promise<CloseReason>;
  readonly marked = new Set<number>();
  readonly #plan: Plan;
  readonly #life: SessionLife;
  readonly #room: Room;
  #opened: Opened;
  #auth: Auth | undefined;
  #listing: Listing | undefined;
  #byNumber: ReadonlyMap<number, Entry> = new Map();
  /** A DELE was sent, whatever came of it. */
  #hasMarked = false;
  /** Requests that wait for a new connection; undefined while there is one. */
  #waiting: { readonly request: Request; readonly options: CallOptions }[] | undefined;
  #hasReconnected = false;
  #end: CloseReason | undefined;
  #resolveClosed: (reason: CloseReason) => void = nothing;
  readonly #keepAlives = new Set<Disposable>();

  constructor(plan: Plan, opened: Opened, life: SessionLife) {
    this.id = plan.session;
    this.host = plan.host;
    this.#plan = plan;
    this.#life = life;
    this.#room = new Room(plan.limits);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#opened = opened;
    this.#adopt(opened);
  }

  get state(): Pop3Session["state"] {
    if (this.#end !== undefined) return "closed";
    return this.#waiting === undefined ? this.#link.wire.state : "transaction";
  }

  get greeting(): string {
    return printable(this.#opened.greeting);
  }

  get capabilities(): Capabilities {
    return this.#opened.capabilities;
  }

  get tls(): TlsInfo | undefined {
    return this.#opened.tls;
  }

  async login(auth: Auth, { signal }: CallOptions = {}): Promise<void> {
    if (this.state !== "authorization") throw this.#stateError("auth", "this session is logged in, or over");
    const signals = [this.#life.controller.signal, ...(signal === undefined ? [] : [signal])];
    await authenticate(this.#plan, this.#opened, auth, AbortSignal.any(signals));
    this.#auth = auth;
  }

  async stat(options: CallOptions = {}): Promise<DropListing> {
    const { text } = await this.#ask(clientCommand("STAT"), { phase: "list" }, options);
    const listing = parseDropListing(text);
    if (listing !== undefined) return listing;
    throw new Pop3Error("PROTOCOL", { phase: "list", command: "STAT", serverText: text, sessionUsable: true });
  }

  async list(options: CallOptions = {}): Promise<Listing> {
    const scan: Uint8Array[] = [];
    const uniqueIds: Uint8Array[] = [];
    const listed = this.#submit(clientCommand("LIST"), { phase: "list", lines: scan }, options);
    const identified = this.#submit(clientCommand("UIDL"), { phase: "list", lines: uniqueIds }, options);
    const [list, uidl] = [await listed, await identified];
    if (!list.status.isOk) throw this.#refusal(list, { phase: "list", command: "LIST" });
    // A server that announced UIDL and refuses it cannot now; what was seen before must not be forgotten for it.
    if (!uidl.status.isOk && this.capabilities.uidl) {
      const { text: serverText, responseCode } = uidl.status;
      throw new Pop3Error("SERVER_TEMPORARY", { phase: "list", command: "UIDL", serverText, responseCode });
    }
    const hasUniqueIds = uidl.status.isOk;
    this.#listing = makeListing({ scan, uniqueIds: hasUniqueIds ? uniqueIds : undefined, marked: this.marked });
    this.#byNumber = new Map(this.#listing.entries.map((entry) => [entry.n, entry]));
    return this.#listing;
  }

  async *messages(options: SelectOptions = {}): AsyncGenerator<Message, void, undefined> {
    const { entries } = await this.list(options);
    const wanted = select(entries, options);
    const ahead = new ReadAhead({
      entries: wanted,
      messagesMax: options.readAhead ?? this.#readAheadMax,
      octetsMax: this.#plan.limits.readAheadOctets,
      request: (entry) => this.#request(entry),
    });
    try {
      for (const [place, entry] of wanted.entries()) {
        options.signal?.throwIfAborted();
        yield this.#message(entry, (how) => ahead.retrieve(place, how));
        ahead.passed(place);
      }
    } finally {
      ahead.end();
    }
  }

  async message(ref: MessageRef, options: CallOptions = {}): Promise<Message> {
    const listing = this.#listing ?? (await this.list(options));
    const entry = typeof ref === "number" ? this.#byNumber.get(ref) : listing.byUniqueId.get(ref.uniqueId);
    if (entry === undefined) throw this.#noSuchMessage(ref);
    return this.#message(entry, (how) => this.retrieve(entry.n, how));
  }

  retrieve(ref: MessageRef, options: RetrieveOptions = {}): MessageStream {
    const body = this.#request(this.#entry(ref), options.octetsMax);
    body.want(options);
    return body;
  }

  async headers(ref: MessageRef, options: HeaderOptions = {}): Promise<Buffer> {
    const { bodyLines = 0, ...call } = options;
    if (!Number.isInteger(bodyLines) || bodyLines < 0) throw config("bodyLines must be a number of lines");
    const entry = this.#entry(ref);
    const octetsMax = this.#plan.limits.headerOctetsMax;
    try {
      const body = this.#send(clientCommand("TOP", [entry.n, bodyLines], { expectedOctets: HEADER_OCTETS }), {
        n: entry.n,
        uniqueId: entry.uniqueId,
        octetsMax,
      });
      body.want(call);
      return await body.toBuffer();
    } catch (error) {
      // P3-C-097: TOP is optional. What it cannot do, the beginning of RETR can.
      if (!Pop3Error.is(error, "MESSAGE_REFUSED") || this.capabilities.top) throw error;
      return headerOf(this.retrieve(entry.n, call), { bodyLines, octetsMax });
    }
  }

  async delete(refs: MessageRef | Iterable<MessageRef>, options: CallOptions = {}): Promise<void> {
    const numbers = (isMany(refs) ? [...refs] : [refs]).map((ref) => this.#entry(ref));
    this.#hasMarked ||= numbers.length > 0;
    const marking = numbers.map(async ({ n, uniqueId }) => {
      await this.#ask(clientCommand("DELE", [n]), { phase: "delete", n, uniqueId }, options);
      this.marked.add(n);
    });
    const failed = (await Promise.allSettled(marking)).find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async undeleteAll(options: CallOptions = {}): Promise<void> {
    await this.#ask(clientCommand("RSET"), { phase: "delete" }, options);
    this.marked.clear();
  }

  async noop(options: CallOptions = {}): Promise<void> {
    await this.#ask(clientCommand("NOOP"), { phase: "session" }, options);
  }

  keepAlive(options: { readonly everyMs?: number } = {}): Disposable {
    const { everyMs = 20_000 } = options;
    const running = keepAlive({
      everyMs,
      isQuiet: () => this.state === "transaction" && this.#waiting === undefined && this.#link.isQuiet,
      sayNoop: () => this.noop(),
    });
    this.#keepAlives.add(running);
    return running;
  }

  async commit(options: CallOptions = {}): Promise<CommitResult> {
    const request = new Request(clientCommand("QUIT"), { phase: "commit" });
    try {
      const { status } = await this.#queue(request, options);
      this.#finish({ kind: "commit" });
      if (status.isOk) return { status: "committed", text: printable(status.text) };
      const { text: serverText, responseCode } = status;
      const error = new Pop3Error("COMMIT_PARTIAL", { phase: "commit", serverText, responseCode });
      return { status: "partial", text: printable(serverText), error };
    } catch (cause) {
      // Not sent: nothing can have been removed (RFC 1939 §6).
      if (!request.isSent) throw cause;
      const error = new Pop3Error("COMMIT_UNKNOWN", { phase: "commit", cause });
      this.#finish({ kind: "commit", error });
      return { status: "unknown", error };
    }
  }

  async rollback(options: CallOptions = {}): Promise<void> {
    if (this.#end !== undefined) return;
    const over = new Pop3Error("ABORTED", { phase: "session", message: "the session was rolled back" });
    this.#end = { kind: "rollback" };
    const timeoutMs = Math.min(options.timeoutMs ?? Number.POSITIVE_INFINITY, this.#plan.timeouts.leaveMs);
    const link = this.#link;
    try {
      if (this.#waiting !== undefined || link.restOctets > this.#plan.limits.drainOctetsMax) throw over;
      link.giveUpMessages();
      const call = { timeoutMs, signal: options.signal };
      if (link.wire.state === "transaction") {
        const { status } = await link.submit(new Request(clientCommand("RSET"), { phase: "session" }), call);
        // QUIT would now remove what should stay; the end of the connection removes nothing (RFC 1939 §6).
        if (!status.isOk && this.#hasMarked) throw over;
      }
      await link.submit(new Request(clientCommand("QUIT"), { phase: "session" }), call);
      link.close();
    } catch {
      // However it fails, nothing is removed without QUIT; the connection goes.
      link.fail(over);
    }
    this.#over({ kind: "rollback" });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rollback();
  }

  async command(line: string, options: CallOptions & { readonly isMultiLine?: boolean } = {}): Promise<RawReply> {
    const command = checked(() => rawCommand(line, options.isMultiLine));
    const row = clientRow(command.keyword);
    if (row.decides === true) throw this.#stateError("session", `${command.keyword} has a call of its own`);
    if (command.keyword === "DELE") this.#hasMarked = true;
    const lines: Uint8Array[] = [];
    const { status } = await this.#submit(command, { phase: "session", lines }, options);
    const { isOk, text, responseCode } = status;
    return { isOk, text: printable(text), responseCode, lines: lines.map((octets) => Buffer.from(octets)) };
  }

  /** The unique-id of one message, asked for by itself. */
  async uniqueIdOf(n: number, options: CallOptions = {}): Promise<string | undefined> {
    const { text } = await this.#ask(clientCommand("UIDL", [n]), { phase: "list", n }, options);
    return parseUniqueIdReply(text, n);
  }

  get #link(): Link {
    return this.#opened.link;
  }

  get #readAheadMax(): number {
    return this.#link.wire.pipelining === "off" ? READ_AHEAD.lockstep : READ_AHEAD.pipelined;
  }

  #message(entry: Entry, retrieve: (options: RetrieveOptions) => MessageStream): Message {
    return {
      ...entry,
      headers: (options) => this.headers(entry.n, options),
      retrieve: (options = {}) => retrieve(options),
      delete: (options) => this.delete(entry.n, options),
    };
  }

  /** What is known of a message that a caller names. */
  #entry(ref: MessageRef): {
    readonly n: number;
    readonly uniqueId: string | undefined;
    readonly octets: number | undefined;
  } {
    if (typeof ref === "number") {
      if (!Number.isSafeInteger(ref) || ref < 1) throw config(`${ref} is no message-number`);
      const known = this.#byNumber.get(ref);
      return { n: ref, uniqueId: known?.uniqueId ?? undefined, octets: known?.octets };
    }
    if (this.#listing === undefined) throw this.#stateError("list", "a unique-id means something after list() only");
    const entry = this.#listing.byUniqueId.get(ref.uniqueId);
    if (entry === undefined) throw this.#noSuchMessage(ref);
    return { n: entry.n, uniqueId: ref.uniqueId, octets: entry.octets };
  }

  #noSuchMessage(ref: MessageRef): Pop3Error {
    const named = typeof ref === "number" ? { n: ref } : { uniqueId: ref.uniqueId };
    const isDouble = typeof ref !== "number" && this.#listing?.duplicateUniqueIds.includes(ref.uniqueId) === true;
    const message = isDouble ? "several messages have this unique-id" : undefined;
    return new Pop3Error("NO_SUCH_MESSAGE", { phase: "list", message, ...named });
  }

  #request(
    entry: { n: number; uniqueId: string | null | undefined; octets: number | undefined },
    max?: number,
  ): MessageBody {
    const octetsMax = this.#plan.limits.messageOctetsMax;
    const uniqueId = entry.uniqueId ?? undefined;
    const expectedOctets = entry.octets;
    const command = clientCommand("RETR", [entry.n], expectedOctets === undefined ? {} : { expectedOctets });
    const isTooLarge = expectedOctets !== undefined && expectedOctets > Math.min(max ?? octetsMax, octetsMax);
    return this.#send(command, { n: entry.n, uniqueId, octetsMax, expectedOctets, isTooLarge });
  }

  /** Sends RETR or TOP, whose reply goes into a body. */
  #send(
    command: ClientCommand,
    of: {
      readonly n: number;
      readonly uniqueId: string | undefined;
      readonly octetsMax: number;
      readonly expectedOctets?: number | undefined;
      readonly isTooLarge?: boolean;
    },
  ): MessageBody {
    const { n, uniqueId, octetsMax, expectedOctets } = of;
    const { drainOctetsMax } = this.#plan.limits;
    const onUnwanted = (restOctets: number): void => {
      request.withdraw();
      if (request.isSent && !request.isSettled && restOctets > drainOctetsMax) {
        const message = "too much of a message nobody wants was still to come";
        this.#link.fail(new Pop3Error("ABORTED", { phase: "retrieve", n, message }));
      }
    };
    const body = new MessageBody({
      n,
      uniqueId,
      expectedOctets,
      octetsMax,
      drainOctetsMax,
      room: this.#room,
      onUnwanted,
    });
    const facts: RequestFacts = { phase: "retrieve", n, uniqueId, body };
    const request = new Request(command, facts);
    if (of.isTooLarge === true) {
      body.fail(new Pop3Error("MESSAGE_TOO_LARGE", { phase: "retrieve", n, uniqueId }));
      return body;
    }
    this.#queue(request, {}).then(
      (answer) => {
        if (answer.status.isOk) body.end();
        else body.fail(this.#refusal(answer, { phase: "retrieve", command: command.shown, n, uniqueId }));
      },
      (error: Pop3Error) => body.fail(error),
    );
    return body;
  }

  async #ask(command: ClientCommand, facts: RequestFacts, options: CallOptions): Promise<Answer["status"]> {
    const answer = await this.#submit(command, facts, options);
    if (answer.status.isOk) return answer.status;
    throw this.#refusal(answer, { ...facts, command: command.shown });
  }

  #submit(command: ClientCommand, facts: RequestFacts, options: CallOptions): Promise<Answer> {
    return this.#queue(new Request(command, facts), options);
  }

  #queue(request: Request, options: CallOptions): Promise<Answer> {
    if (this.#end !== undefined) {
      const { error } = this.#end;
      request.fail(
        error === undefined ? this.#stateError(request.facts.phase, "the session is over") : errorFor(request, error),
      );
      return request.answer;
    }
    if (this.#waiting !== undefined) this.#waiting.push({ request, options });
    else void this.#link.submit(request, options);
    return request.answer;
  }

  #refusal(
    { status }: Answer,
    facts: {
      readonly phase: Pop3Phase;
      readonly command: string;
      readonly n?: number | undefined;
      readonly uniqueId?: string | undefined;
    },
  ): Pop3Error {
    return refusal({ status, capabilities: this.capabilities, ...facts });
  }

  #stateError(phase: Pop3Phase, message: string): Pop3Error {
    return new Pop3Error("STATE", { phase, message, sessionUsable: this.#end === undefined });
  }

  #adopt(opened: Opened): void {
    this.#opened = opened;
    const { link } = opened;
    link.onFailed = (error, unfinished) => this.#failed(error, unfinished);
    link.onBlocked = () => link.dropAhead();
    this.#room.onChange = () => link.setPaused(this.#room.isFull);
  }

  #failed(error: Pop3Error, unfinished: readonly Request[]): void {
    const isOutOfStep = this.#link.isOutOfStep(error);
    if (isOutOfStep) {
      this.#plan.memory.rememberPipeliningBroken(this.#plan.memoryKey);
      this.#plan.log.warn({ host: this.host, code: error.code }, "the server lost pipelined commands: never again");
    }
    const auth = this.#auth;
    const mayReconnect = isOutOfStep && !this.#hasReconnected && !this.#hasMarked && this.#end === undefined;
    if (mayReconnect && auth !== undefined) return void this.#reconnect(auth, error, unfinished);
    const told = isOutOfStep ? new Pop3Error("PIPELINE_DESYNC", { phase: "session", cause: error }) : error;
    this.#fail(told, unfinished);
  }

  #fail(error: Pop3Error, unfinished: readonly Request[]): void {
    for (const request of unfinished) request.fail(errorFor(request, error));
    if (this.#end === undefined) this.#over({ kind: error.code === "CLOSED" ? "server" : "error", error });
  }

  /** Once, when nothing was marked: the same session on a new connection, one command at a time. */
  async #reconnect(auth: Auth, cause: Pop3Error, unfinished: readonly Request[]): Promise<void> {
    this.#hasReconnected = true;
    this.#waiting = [];
    const again = unfinished.filter((request) => request.restart());
    const lost = unfinished.filter((request) => !again.includes(request));
    const desync = new Pop3Error("PIPELINE_DESYNC", { phase: "session", cause });
    for (const request of lost) request.fail(errorFor(request, desync));
    const { signal } = this.#life.controller;
    try {
      const opened = await open(this.#plan, signal);
      try {
        await authenticate(this.#plan, opened, auth, signal);
        await this.#checkSame(opened.link, desync);
      } catch (error) {
        leave(this.#plan, opened);
        throw error;
      }
      this.#adopt(opened);
    } catch (error) {
      const waiting = this.#waiting.map(({ request }) => request);
      this.#waiting = undefined;
      return this.#fail(error instanceof Pop3Error ? error : desync, [...again, ...waiting]);
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    for (const request of again) this.#link.resubmit(request);
    for (const { request, options } of waiting) void this.#link.submit(request, options);
  }

  /** Message-numbers that were given out must mean the same messages. */
  async #checkSame(link: Link, desync: Pop3Error): Promise<void> {
    if (this.#listing === undefined) return;
    const scan: Uint8Array[] = [];
    const uniqueIds: Uint8Array[] = [];
    await link.submit(new Request(clientCommand("LIST"), { phase: "list", lines: scan }));
    if (this.#listing.hasUniqueIds) {
      await link.submit(new Request(clientCommand("UIDL"), { phase: "list", lines: uniqueIds }));
    }
    const now = makeListing({ scan, uniqueIds, marked: this.marked });
    if (!isSameMaildrop(this.#listing, now)) throw desync;
  }

  /** QUIT was answered, or will not be. */
  #finish(reason: CloseReason): void {
    if (reason.error === undefined) this.#link.close();
    else this.#link.fail(reason.error);
    this.#over(reason);
  }

  #over(reason: CloseReason): void {
    this.#end = reason;
    for (const running of this.#keepAlives) running[Symbol.dispose]();
    this.#life.onEnd();
    this.#resolveClosed(reason);
  }
}

function select(entries: readonly Entry[], options: SelectOptions): readonly Entry[] {
  const { order = "oldest", where, limit = Number.POSITIVE_INFINITY, octetsMax = Number.POSITIVE_INFINITY } = options;
  const ordered = order === "oldest" ? entries : entries.toReversed();
  return ordered.filter((entry) => entry.octets <= octetsMax && (where === undefined || where(entry))).slice(0, limit);
}

function isMany(refs: MessageRef | Iterable<MessageRef>): refs is Iterable<MessageRef> {
  return typeof refs === "object" && Symbol.iterator in refs;
}

/** A command that cannot be written is the caller's mistake, and was not sent. */
function checked(make: () => ClientCommand): ClientCommand {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof PopError)) throw cause;
    throw new Pop3Error("CONFIG", { phase: "session", message: "no command: CR, LF or NUL in it, or too long", cause });
  }
}

function config(message: string): Pop3Error {
  return new Pop3Error("CONFIG", { phase: "session", message });
}

function nothing(): void {}
