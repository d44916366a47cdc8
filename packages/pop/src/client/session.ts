// The promise API: calls become commands, answers become results. What a session goes through is in conversation.ts.
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
import { Pop3Error, printable } from "./errors.ts";
import type { Conversation } from "./conversation.ts";
import { farewellOf, tooMuchUnwanted, type Farewell } from "./farewell.ts";
import { headerOf } from "./header.ts";
import { keepAlive } from "./keep-alive.ts";
import { makeListing } from "./listing.ts";
import { MessageBody } from "./message-body.ts";
import { refuseAborted } from "./network-errors.ts";
import { quiet } from "./quiet.ts";
import { ReadAhead } from "./read-ahead.ts";
import { Request, type RequestFacts } from "./request.ts";

/** Read ahead when the server can be pipelined to, and when it cannot. */
const READ_AHEAD = { pipelined: 1_000, lockstep: 1 };
/** What TOP is expected to bring, for the window. */
const HEADER_OCTETS = 4_096;

interface AskedListing {
  readonly scan: Uint8Array[];
  readonly uniqueIds: Uint8Array[];
  readonly requests: readonly [Request, Request];
}

export class ClientSession implements Pop3Session {
  readonly #talk: Conversation;
  readonly #retrieved = new Set<number>();
  /** Each RETR that has no answer yet. */
  readonly #retrieving = new Set<Request>();
  /** With the login, for the first who wants it; a command that may change it makes it old. */
  #asked: AskedListing | undefined;
  #byNumber: ReadonlyMap<number, Entry> = new Map();

  constructor(talk: Conversation) {
    this.#talk = talk;
  }

  get id(): string {
    return this.#talk.plan.session;
  }

  get host(): string {
    return this.#talk.plan.host;
  }

  get closed(): Promise<CloseReason> {
    return this.#talk.closed;
  }

  get marked(): ReadonlySet<number> {
    return this.#talk.marked;
  }

  get retrieved(): ReadonlySet<number> {
    const sent = [...this.#retrieving].filter(({ isSent }) => isSent);
    return new Set([...this.#retrieved, ...sent.flatMap(({ facts }) => facts.n ?? [])]);
  }

  get state(): Pop3Session["state"] {
    return this.#talk.state;
  }

  get greeting(): string {
    return printable(this.#talk.opened.greeting);
  }

  get capabilities(): Capabilities {
    return this.#talk.capabilities;
  }

  get tls(): TlsInfo | undefined {
    return this.#talk.opened.tls;
  }

  login(auth: Auth, options: CallOptions = {}): Promise<void> {
    return this.#talk.login(auth, options, () => {
      if (this.#talk.plan.options.listing === true) this.#asked = this.#askListing({});
    });
  }

  async stat(options: CallOptions = {}): Promise<DropListing> {
    const { text } = await this.#talk.ask(clientCommand("STAT"), { phase: "list" }, options);
    const listing = parseDropListing(text);
    if (listing !== undefined) return listing;
    throw new Pop3Error("PROTOCOL", { phase: "list", command: "STAT", serverText: text, sessionUsable: true });
  }

  async list(options: CallOptions = {}): Promise<Listing> {
    const asked = this.#asked;
    this.#asked = undefined;
    if (asked !== undefined) this.#talk.watch(asked.requests, options);
    const { scan, uniqueIds, requests } = asked ?? this.#askListing(options);
    const [list, uidl] = [await requests[0].answer, await requests[1].answer];
    if (!list.status.isOk) throw this.#talk.refusal(list, { phase: "list", command: "LIST" });
    // A server that announced UIDL and refuses it cannot now; what was seen before must not be forgotten for it.
    if (!uidl.status.isOk && this.capabilities.uidl) {
      const { text: serverText, responseCode } = uidl.status;
      throw new Pop3Error("SERVER_TEMPORARY", { phase: "list", command: "UIDL", serverText, responseCode });
    }
    const hasUniqueIds = uidl.status.isOk;
    this.#talk.listing = makeListing({ scan, uniqueIds: hasUniqueIds ? uniqueIds : undefined, marked: this.marked });
    this.#byNumber = new Map(this.#talk.listing.entries.map((entry) => [entry.n, entry]));
    return this.#talk.listing;
  }

  /** LIST and UIDL, and where their lines go. */
  #askListing(options: CallOptions): AskedListing {
    const scan: Uint8Array[] = [];
    const uniqueIds: Uint8Array[] = [];
    const requests = [
      new Request(clientCommand("LIST"), { phase: "list", lines: scan }),
      new Request(clientCommand("UIDL"), { phase: "list", lines: uniqueIds }),
    ] as const;
    for (const request of requests) void this.#talk.queue(request, options);
    return { scan, uniqueIds, requests };
  }

  async *messages(options: SelectOptions = {}): AsyncGenerator<Message, void, undefined> {
    const { entries } = options.listing ?? (await this.list(options));
    const wanted = select(entries, options);
    const ahead = new ReadAhead({
      entries: wanted,
      messagesMax: options.readAhead ?? this.#readAheadMax,
      octetsMax: this.#talk.plan.limits.readAheadOctets,
      request: (entry) => this.#request(entry),
    });
    try {
      for (const [place, entry] of wanted.entries()) {
        refuseAborted(options.signal);
        yield this.#message(entry, (how) => ahead.retrieve(place, alsoUntil(options.signal, how)));
        ahead.passed(place);
      }
    } finally {
      ahead.end();
    }
  }

  async message(ref: MessageRef, options: CallOptions = {}): Promise<Message> {
    const listing = this.#talk.listing ?? (await this.list(options));
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
    const { bodyLines = 0, onlyTop = false, ...call } = options;
    if (!Number.isInteger(bodyLines) || bodyLines < 0) throw config("bodyLines must be a number of lines");
    const entry = this.#entry(ref);
    const octetsMax = this.#talk.plan.limits.headerOctetsMax;
    try {
      const body = this.#send(clientCommand("TOP", [entry.n, bodyLines], { expectedOctets: HEADER_OCTETS }), {
        n: entry.n,
        uniqueId: entry.uniqueId,
        octetsMax,
        // Whoever wrote the message chose how long its header is: that must not end the session.
        isDrained: true,
      });
      body.want(call);
      return await body.toBuffer();
    } catch (error) {
      // Asked together with others, and one of the replies was lost: now it is asked alone, and nobody has any of it.
      if (Pop3Error.is(error, "PIPELINE_DESYNC") && error.sessionUsable) return this.headers(ref, options);
      // P3-C-097: TOP is optional. What it cannot do, the beginning of RETR can, whatever words it was refused with.
      if (!Pop3Error.is(error, "MESSAGE_REFUSED", "NO_SUCH_MESSAGE") || this.capabilities.top || onlyTop) throw error;
      return headerOf(this.retrieve(entry.n, call), { bodyLines, octetsMax });
    }
  }

  async delete(refs: MessageRef | Iterable<MessageRef>, options: CallOptions = {}): Promise<void> {
    const numbers = (isMany(refs) ? [...refs] : [refs]).map((ref) => this.#entry(ref));
    this.#talk.hasMarked ||= numbers.length > 0;
    this.#asked = undefined;
    const marking = numbers.map(async ({ n, uniqueId }) => {
      await this.#talk.ask(clientCommand("DELE", [n]), { phase: "delete", n, uniqueId }, options);
      this.#talk.marked.add(n);
    });
    const failed = (await Promise.allSettled(marking)).find((result) => result.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  }

  async undeleteAll(options: CallOptions = {}): Promise<void> {
    await this.#talk.ask(clientCommand("RSET"), { phase: "delete" }, options);
    this.#talk.marked.clear();
  }

  async noop(options: CallOptions = {}): Promise<void> {
    await this.#talk.ask(clientCommand("NOOP"), { phase: "session" }, options);
  }

  keepAlive(options: { readonly everyMs?: number } = {}): Disposable {
    const { everyMs = 20_000 } = options;
    const isQuiet = (): boolean => this.#talk.isQuiet;
    const running = keepAlive({ everyMs, isQuiet, sayNoop: () => this.noop() });
    void this.closed.then(() => running[Symbol.dispose]());
    return running;
  }

  async commit(options: CallOptions = {}): Promise<CommitResult> {
    const request = new Request(clientCommand("QUIT"), { phase: "commit" });
    try {
      const { status } = await this.#talk.queue(request, options);
      this.#talk.finish({ kind: "commit" });
      if (status.isOk) return { status: "committed", text: printable(status.text) };
      const { text: serverText, responseCode } = status;
      const error = new Pop3Error("COMMIT_PARTIAL", { phase: "commit", serverText, responseCode });
      return { status: "partial", text: printable(serverText), error };
    } catch (cause) {
      // Not sent: nothing can have been removed (RFC 1939 §6).
      if (!request.isSent) throw cause;
      const error = new Pop3Error("COMMIT_UNKNOWN", { phase: "commit", cause });
      this.#talk.finish({ kind: "commit", error });
      return { status: "unknown", error };
    }
  }

  rollback(options: CallOptions = {}): Promise<void> {
    return this.#talk.rollback(options);
  }

  hangUp(): void {
    this.#talk.hangUp();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rollback();
  }

  async command(line: string, options: CallOptions & { readonly isMultiLine?: boolean } = {}): Promise<RawReply> {
    const command = checked(() => rawCommand(line, options.isMultiLine));
    const row = clientRow(command.keyword);
    if (row.decides === true) throw this.#talk.stateError("session", `${command.keyword} has a call of its own`);
    if (command.keyword === "DELE") this.#talk.hasMarked = true;
    this.#asked = undefined;
    const lines: Uint8Array[] = [];
    const { status } = await this.#talk.submit(command, { phase: "session", lines }, options);
    const { isOk, text, responseCode } = status;
    return { isOk, text: printable(text), responseCode, lines: lines.map((octets) => Buffer.from(octets)) };
  }

  /** The unique-id of one message, asked for by itself. */
  async uniqueIdOf(n: number, options: CallOptions = {}): Promise<string | undefined> {
    const { text } = await this.#talk.ask(clientCommand("UIDL", [n]), { phase: "list", n }, options);
    return parseUniqueIdReply(text, n);
  }

  get #readAheadMax(): number {
    return this.#talk.link.wire.pipelining === "off" ? READ_AHEAD.lockstep : READ_AHEAD.pipelined;
  }

  #message(entry: Entry, retrieve: (options: RetrieveOptions) => MessageStream): Message {
    return {
      ...entry,
      headers: (options) => quiet(this.headers(entry.n, options)),
      retrieve: (options = {}) => retrieve(options),
      delete: (options) => quiet(this.delete(entry.n, options)),
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
    if (this.#talk.listing === undefined)
      throw this.#talk.stateError("list", "a unique-id means something after list() only");
    const entry = this.#talk.listing.byUniqueId.get(ref.uniqueId);
    if (entry === undefined) throw this.#noSuchMessage(ref);
    return { n: entry.n, uniqueId: ref.uniqueId, octets: entry.octets };
  }

  #noSuchMessage(ref: MessageRef): Pop3Error {
    const named = typeof ref === "number" ? { n: ref } : { uniqueId: ref.uniqueId };
    const isDouble = typeof ref !== "number" && this.#talk.listing?.duplicateUniqueIds.includes(ref.uniqueId) === true;
    const message = isDouble ? "several messages have this unique-id" : undefined;
    return new Pop3Error("NO_SUCH_MESSAGE", { phase: "list", message, ...named });
  }

  #request(
    entry: { n: number; uniqueId: string | null | undefined; octets: number | undefined },
    max?: number,
  ): MessageBody {
    const octetsMax = this.#talk.plan.limits.messageOctetsMax;
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
      /** However long it is, its rest is read and thrown away when nobody wants it. */
      readonly isDrained?: boolean;
    },
  ): MessageBody {
    const { n, uniqueId, octetsMax, expectedOctets } = of;
    const { limits } = this.#talk.plan;
    const onTooMuch = (): void => this.#talk.link.fail(tooMuchUnwanted(n));
    const onUnwanted = (restOctets: number | undefined): Farewell => {
      if (!request.isSent) request.withdraw();
      const isComing = request.isSent && !request.isSettled && of.isDrained !== true;
      const farewell = farewellOf(isComing ? restOctets : 0, limits);
      if (farewell.drainOctetsMax === 0) onTooMuch();
      return farewell;
    };
    const body = new MessageBody({
      n,
      uniqueId,
      expectedOctets,
      octetsMax,
      room: this.#talk.room,
      readMemory: this.#talk.plan.readMemory,
      onUnwanted,
      onTooMuch,
    });
    const facts: RequestFacts = { phase: "retrieve", n, uniqueId, body, listedOctets: expectedOctets };
    const request = new Request(command, facts);
    if (of.isTooLarge === true) {
      body.fail(new Pop3Error("MESSAGE_TOO_LARGE", { phase: "retrieve", n, uniqueId }));
      return body;
    }
    if (command.keyword === "RETR") this.#watchRetrieval(request, n);
    this.#talk.queue(request, {}).then(
      (answer) => {
        if (answer.status.isOk) body.end();
        else body.fail(this.#talk.refusal(answer, { phase: "retrieve", command: command.shown, n, uniqueId }));
      },
      (error: Pop3Error) => body.fail(error),
    );
    return body;
  }

  #watchRetrieval(request: Request, n: number): void {
    this.#retrieving.add(request);
    const settled = (isSent: boolean): void => {
      this.#retrieving.delete(request);
      if (isSent) this.#retrieved.add(n);
    };
    request.answer.then(
      ({ status }) => settled(status.isOk),
      () => settled(request.isSent),
    );
  }
}

export function select(entries: readonly Entry[], options: SelectOptions): readonly Entry[] {
  const { order = "oldest", where, limit = Number.POSITIVE_INFINITY, octetsMax = Number.POSITIVE_INFINITY } = options;
  const ordered = order === "oldest" ? entries : entries.toReversed();
  return ordered.filter((entry) => entry.octets <= octetsMax && (where === undefined || where(entry))).slice(0, limit);
}

export function isMany(refs: MessageRef | Iterable<MessageRef>): refs is Iterable<MessageRef> {
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

/** As `how` says, and until the loop is ended that it stands in. */
export function alsoUntil(signal: AbortSignal | undefined, how: RetrieveOptions): RetrieveOptions {
  if (signal === undefined) return how;
  return { ...how, signal: how.signal === undefined ? signal : AbortSignal.any([how.signal, signal]) };
}
