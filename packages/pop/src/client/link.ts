// One connection: hands what comes to the wire session, runs its effects, and sees that nothing waits for ever. Knows
// no command.
import type { Duplex } from "node:stream";
import {
  advanceClient,
  createClientSession,
  PopError,
  type ClientEffect,
  type ClientEvent,
  type ClientPolicy,
  type ClientSession,
  type StatusLine,
} from "../wire/index.ts";
import { BUFFER_KERNEL } from "./buffer-kernel.ts";
import type { TraceEvent } from "./contract.ts";
import { Doubts } from "./doubts.ts";
import { Pop3Error, printable } from "./errors.ts";
import type { Timeouts } from "./limits.ts";
import { endError, errorFor, OUT_OF_STEP, PIPELINE_ENDS, PROBATION_ENDS } from "./link-errors.ts";
import { abortedError } from "./network-errors.ts";
import { Patience } from "./patience.ts";
import type { Answer, Request, SubmitOptions } from "./request.ts";

export interface LinkOptions {
  readonly socket: Duplex;
  readonly encrypted: boolean;
  readonly policy: ClientPolicy;
  readonly timeouts: Timeouts;
  readonly session: string;
  readonly trace: ((event: TraceEvent) => void) | undefined;
  /** Ends the session. */
  readonly signal: AbortSignal;
}

/** Told once, with the requests that were not answered; they are the listener's to fail or to send elsewhere. */
export type LinkFailed = (error: Pop3Error, unfinished: readonly Request[]) => void;

/** Of one listing; an odd one shows it at once, and a maildrop has a hundred thousand. */
const TRACED_LINES_MAX = 100;

export class Link {
  readonly wire: ClientSession<Request>;
  /** Of everything that was sent. */
  onFailed: LinkFailed = failAll;
  /** Told when somebody waits behind a message that was read ahead, and there is no room for it. */
  onBlocked: () => void = nothing;
  /** Told of a message in doubt that the server does not give again: what came of it is what there is. */
  onKept: (request: Request) => void = nothing;
  #socket: Duplex;
  readonly #options: LinkOptions;
  readonly #patience: Patience;
  readonly #doubts: Doubts;
  readonly #requests = new Set<Request>();
  #greeted: { resolve(status: StatusLine): void; reject(error: Pop3Error): void } | undefined;
  #out = "";
  #isFull = false;
  #isPaused = false;
  #isTlsPending = false;
  #socketError: Error | undefined;
  /** The last one. */
  #answered: Request | undefined;
  #error: Pop3Error | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.wire = createClientSession<Request>({
      encrypted: options.encrypted,
      policy: options.policy,
      kernel: BUFFER_KERNEL,
    });
    this.#patience = new Patience({
      wire: this.wire,
      timeouts: options.timeouts,
      onLate: (error) => this.fail(error),
      onBlocked: () => this.#blocked(),
    });
    this.#doubts = new Doubts({
      wire: this.wire,
      advance: (event) => this.#advance(event),
      askFirst: (requests) => this.#enqueueFirst(requests),
      withdraw: (request) => this.#withdraw(request),
      onKept: (request) => this.onKept(request),
      onDiffering: () => this.fail(new Pop3Error("PIPELINE_DESYNC", { phase: "session" })),
    });
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get isOver(): boolean {
    return this.wire.state === "closed";
  }

  /** Somebody waits for a reply. */
  get hasAwaited(): boolean {
    return this.#doubts.areThere || [...this.#requests].some((request) => !request.isAhead);
  }

  /** Nothing is being said. */
  get isQuiet(): boolean {
    return this.wire.inFlight.length === 0 && this.wire.queue.length === 0;
  }

  /** What is to come of messages, as far as anybody knows. */
  get restOctets(): number {
    return this.wire.inFlightOctets;
  }

  /** Did pipelining end the session? In probation everything counts; later, replies that are missing or make no sense. */
  isOutOfStep(error: Pop3Error): boolean {
    const { inFlight, pipelining } = this.wire;
    if (error.code === "PIPELINE_DESYNC") return true;
    if (this.#doubts.areThere && pipelining !== "probation") return PIPELINE_ENDS.has(error.code);
    if (inFlight.length < 2 && inFlight[0]?.pipelined !== true) return false;
    return (pipelining === "probation" ? PROBATION_ENDS : PIPELINE_ENDS).has(error.code);
  }

  /**
   * Did a reply end it that nothing was asked for? Of one too many before it the first line may have answered RSET, behind
   * the last message. Octets behind a message that are no reply are of one whose dots were not stuffed.
   */
  sawUnasked(error: Pop3Error): boolean {
    if (error.code !== "PROTOCOL" || this.wire.greeting === undefined) return false;
    return /^\+OK/i.test(error.serverText ?? "") || this.#answered?.keyword === "RSET";
  }

  /** Nobody wants any message any more. */
  giveUpMessages(): void {
    for (const { facts } of this.#requests) {
      facts.body?.drop();
      void facts.body?.cancel();
    }
  }

  /** Throws away what was read ahead, when somebody waits behind it. */
  dropAhead(): void {
    const { body } = this.wire.inFlight[0]?.command.facts ?? {};
    body?.drop();
  }

  /** Starts to read; resolves with the greeting. */
  greeting(): Promise<StatusLine> {
    const greeted = new Promise<StatusLine>((resolve, reject) => {
      this.#greeted = { resolve, reject };
    });
    if (this.#options.signal.aborted) this.#onAbort();
    this.#attach();
    this.#patience.watch();
    return greeted;
  }

  /** Sends a command in its turn. Its answer rejects with Pop3Error; a -ERR is an answer. */
  submit(request: Request, options: SubmitOptions = {}): Promise<Answer> {
    request.guard(options);
    if (!request.isSettled) this.#enqueue(request);
    return request.answer;
  }

  /** Sends a request again that was submitted to another connection. */
  resubmit(request: Request): void {
    this.#enqueue(request);
  }

  /** What a SASL mechanism answers; undefined gives up. */
  respond(octets: Uint8Array | undefined): void {
    if (this.wire.awaits !== "sasl-response") return;
    this.#advance({ kind: "sasl-response", octets });
    this.#patience.restart();
  }

  /** While there is no room for more nothing is read, so that the server must wait. */
  setFull(isFull: boolean): void {
    this.#isFull = isFull;
    this.#pace();
  }

  #pace(): void {
    const isPaused = this.#isFull && !this.#mayComeAllTheSame;
    if (this.#isPaused === isPaused || this.isOver || this.#isTlsPending) return;
    this.#isPaused = isPaused;
    this.#patience.setPaused(isPaused);
    if (isPaused) this.#socket.pause();
    else this.#socket.resume();
    if (!isPaused) return;
    // What is to come cannot tell now.
    this.#doubts.believe();
    if (this.hasAwaited) this.onBlocked();
  }

  /** What fills the room may wait for what is to come: for a repeat, which takes no room, or for those that came behind it. */
  get #mayComeAllTheSame(): boolean {
    const { repeats, body } = this.wire.inFlight[0]?.command.facts ?? {};
    return repeats !== undefined || (this.#doubts.areThere && body?.holdsOctets !== true);
  }

  /** After +OK to STLS: goes on inside TLS. */
  async startTls(upgrade: (socket: Duplex) => Promise<Duplex>): Promise<void> {
    if (this.#error !== undefined) throw this.#error;
    try {
      this.#socket = await upgrade(this.#socket);
    } catch (error) {
      this.fail(error as Pop3Error);
      throw error;
    }
    this.#isTlsPending = false;
    this.#patience.setSuspended(false);
    this.#attach();
    this.#advance({ kind: "tls-started" });
  }

  /** Ends it at once. */
  fail(error: Pop3Error): void {
    if (this.#error !== undefined || this.isOver) return this.#destroy();
    this.#error = error;
    advanceClient(this.wire, { kind: "ended" });
    this.#settle(error);
  }

  /** After the answer to QUIT: waits for the server to close, but not for long. */
  close(): void {
    this.#patience.end();
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    const cutting = setTimeout(() => this.#destroy(), this.#options.timeouts.leaveMs).unref();
    this.#socket.once("close", () => clearTimeout(cutting));
    this.#socket.end();
    this.#socket.resume();
  }

  #settle(error: Pop3Error): void {
    this.#destroy();
    if (!OUT_OF_STEP.has(error.code)) this.#doubts.believe();
    const unfinished = [...this.#requests];
    this.#requests.clear();
    this.#greeted?.reject(error);
    this.onFailed(error, unfinished);
    this.#doubts.forget();
  }

  #destroy(): void {
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#patience.end();
    this.#socket.destroy();
  }

  #enqueue(request: Request): void {
    if (this.isOver) return request.fail(this.#error ?? new Pop3Error("CLOSED", { phase: request.facts.phase }));
    this.#register(request);
    try {
      this.#advance({ kind: "command", command: request });
    } catch (error) {
      if (!(error instanceof PopError)) throw error;
      request.fail(new Pop3Error("STATE", { phase: request.facts.phase, cause: error, command: request.shown }));
    }
    if (this.#isPaused && !request.isAhead) this.onBlocked();
  }

  #enqueueFirst(requests: readonly Request[]): void {
    for (const request of requests) this.#register(request);
    this.#advance({ kind: "first", commands: requests });
  }

  #register(request: Request): void {
    this.#requests.add(request);
    request.withdraw = () => this.#withdraw(request);
    request.endConnection = (error) => this.fail(error);
    request.whenSettled(() => this.#requests.delete(request));
  }

  /** Its reply will come all the same if it was sent. */
  #withdraw(request: Request): void {
    this.#requests.delete(request);
    this.#advance({ kind: "withdraw", command: request });
  }

  #advance(event: ClientEvent<Request>): void {
    const wasQuiet = this.wire.inFlight.length === 0;
    this.#run(advanceClient(this.wire, event));
    if (wasQuiet && this.wire.inFlight.length > 0) {
      this.#patience.touch();
      this.#patience.heard(0);
    }
  }

  #run(effects: readonly ClientEffect<Request>[]): void {
    for (const effect of effects) this.#effect(effect);
    this.#doubts.release();
    this.#noteSent();
    this.#pace();
  }

  /** They leave in the order they are in flight, so that only the last ones can be news. */
  #noteSent(): void {
    const { inFlight } = this.wire;
    for (let at = inFlight.length - 1; at >= 0 && inFlight[at]?.command.isSent === false; at -= 1) {
      const { command, pipelined } = inFlight[at] as (typeof inFlight)[number];
      command.isSent = true;
      this.#doubts.sent(command);
      command.isBehind = pipelined;
      command.isTogether ||= pipelined;
      const before = inFlight[at - 1]?.command;
      if (pipelined && before !== undefined) before.isTogether = true;
    }
  }

  #effect(effect: ClientEffect<Request>): void {
    switch (effect.kind) {
      case "send":
        return this.#send(effect.text, effect.shown);
      case "greeting":
        this.#traceStatus(effect.status);
        return this.#greeted?.resolve(effect.status);
      case "reply":
        this.#traceStatus(effect.status);
        return this.#replied(effect);
      case "line":
        return this.#listed(effect.command, effect.octets);
      case "data":
        return this.#data(effect);
      case "end":
        this.#traceEnd(effect.command);
        return this.#whole(effect.command);
      case "challenge":
        this.#trace({ from: "server", line: "+ ****" });
        return effect.command.facts.onChallenge?.(Buffer.from(effect.octets));
      case "start-tls":
        return this.#detach();
      case "failed":
        return this.#wireFailed(effect);
    }
  }

  #replied({ command, status, isContinued, cancelled }: Extract<ClientEffect<Request>, { kind: "reply" }>): void {
    this.#answered = command;
    const isRefusedListing = !isContinued && command.shape === "lines";
    command.replied({ status, cancelled }, isContinued || isRefusedListing);
    if (isRefusedListing) this.#whole(command);
    else if (!isContinued) this.#doubts.answered(command);
  }

  #listed({ facts: { lines } }: Request, octets: Uint8Array): void {
    // Copied, for it is kept, and what it came in is read into again.
    lines?.push(Buffer.from(octets));
    if (this.#options.trace !== undefined && (lines?.length ?? 0) <= TRACED_LINES_MAX)
      this.#trace({ from: "server", line: printable(Buffer.from(octets).toString("latin1")) });
  }

  #data({ command, pieces }: Extract<ClientEffect<Request>, { kind: "data" }>): void {
    const octets = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#trace({ from: "server", octets });
    command.facts.body?.push(pieces);
    this.#doubts.came(command, pieces);
  }

  #whole(request: Request): void {
    if (!this.#doubts.take(request) && this.#isPaused) this.onBlocked();
  }

  /** Everything said in one go leaves in one write. */
  #send(text: string, shown: string): void {
    this.#trace({ from: "client", line: shown });
    if (this.#out === "") queueMicrotask(() => this.#flush());
    this.#out += text;
  }

  #flush(): void {
    const text = this.#out;
    this.#out = "";
    if (text !== "" && !this.#socket.destroyed) this.#socket.write(text, "latin1");
  }

  #wireFailed({ failure, status, text }: Extract<ClientEffect<Request>, { kind: "failed" }>): void {
    if (status !== undefined) this.#traceStatus(status);
    this.#error = endError({
      failure,
      status,
      text,
      isGreeted: this.wire.greeting !== undefined,
      cause: this.#socketError,
    });
    this.#settle(this.#error);
  }

  #attach(): void {
    this.#socket.on("data", this.#onData);
    this.#socket.on("end", this.#onEnd);
    this.#socket.on("close", this.#onEnd);
    this.#socket.on("error", this.#onError);
    // A stream that was paused on its way here does not flow by being listened to.
    if (this.#isPaused) this.#socket.pause();
    else this.#socket.resume();
  }

  #detach(): void {
    this.#isTlsPending = true;
    this.#patience.setSuspended(true);
    this.#socket.pause();
    this.#socket.off("data", this.#onData);
    this.#socket.off("end", this.#onEnd);
    this.#socket.off("close", this.#onEnd);
  }

  readonly #onData = (chunk: Uint8Array): void => {
    this.#patience.touch();
    this.#advance({ kind: "received", octets: chunk });
    // What came may have to be asked for once more, before what waits.
    this.#advance({ kind: "go-on" });
    this.#patience.heard(chunk.length);
  };
  readonly #onEnd = (): void => this.#advance({ kind: "ended" });
  readonly #onError = (error: Error): void => {
    this.#socketError ??= error;
    this.#advance({ kind: "ended" });
  };

  readonly #onAbort = (): void => this.fail(abortedError("session", this.#options.signal));

  /** Somebody waits for a reply behind a message that nobody reads. */
  #blocked(): void {
    const { n, body } = this.wire.inFlight[0]?.command.facts ?? {};
    body?.failUnread();
    for (const request of this.#requests) {
      if (request.isAhead || request.shape === "message") continue;
      const message = `message ${n ?? ""} is not being read: read it or cancel it first`;
      request.fail(new Pop3Error("STATE", { phase: request.facts.phase, message, command: request.shown }));
    }
  }

  #traceStatus({ isOk, responseCode, text }: StatusLine): void {
    if (this.#options.trace === undefined) return;
    const code = responseCode === undefined ? "" : `[${responseCode}] `;
    this.#trace({ from: "server", line: printable(`${isOk ? "+OK" : "-ERR"} ${code}${text}`) });
  }

  #traceEnd({ facts: { lines } }: Request): void {
    const untold = (lines?.length ?? 0) - TRACED_LINES_MAX;
    if (untold > 0) this.#trace({ from: "server", line: `(${untold} more lines)` });
    this.#trace({ from: "server", line: "." });
  }

  #trace(event: Omit<TraceEvent, "session">): void {
    this.#options.trace?.({ session: this.#options.session, ...event });
  }
}

function failAll(error: Pop3Error, unfinished: readonly Request[]): void {
  for (const request of unfinished) request.fail(errorFor(request, error));
}

function nothing(): void {}
