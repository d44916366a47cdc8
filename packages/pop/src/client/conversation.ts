// One session as the server knows it, over one connection or, when pipelining failed, over two: requests go in, it ends
// in one place, and what could not be answered is told why.
import { clientCommand, type ClientCommand } from "../wire/index.ts";
import type { Auth, CallOptions, Capabilities, CloseReason, Listing, Pop3Session } from "./contract.ts";
import { Pop3Error, rolledBack, type ErrorGroup, type Pop3Phase } from "./errors.ts";
import type { Link } from "./link.ts";
import { errorFor } from "./link-errors.ts";
import { isSameMaildrop, makeListing } from "./listing.ts";
import { abortedError, refuseAborted } from "./network-errors.ts";
import { authenticate, leave, open, type Opened } from "./opening.ts";
import type { Plan } from "./plan.ts";
import { refusal } from "./replies.ts";
import { Request, type Answer, type RequestFacts } from "./request.ts";
import { Room } from "./room.ts";

/** Where a session comes to its end, and who can bring it about. */
export interface SessionLife {
  readonly controller: AbortController;
  /** Called once, when it is over. */
  readonly onEnd: () => void;
}

export class Conversation {
  readonly plan: Plan;
  readonly closed: Promise<CloseReason>;
  readonly room: Room;
  readonly marked = new Set<number>();
  /** The last one, by which message-numbers were given out. */
  listing: Listing | undefined;
  /** A DELE was sent, whatever came of it. */
  hasMarked = false;
  readonly #life: SessionLife;
  #opened: Opened;
  #auth: Auth | undefined;
  /** Requests that wait for a new connection; undefined while there is one. */
  #waiting: Request[] | undefined;
  /** Ends the second connection, which the session's own end does not know before it is there. */
  #reconnecting: AbortController | undefined;
  #hasReconnected = false;
  #end: CloseReason | undefined;
  #resolveClosed: (reason: CloseReason) => void = nothing;

  constructor(plan: Plan, opened: Opened, life: SessionLife) {
    this.plan = plan;
    this.#life = life;
    this.room = new Room(plan.limits);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    this.#opened = opened;
    this.#adopt(opened);
  }

  get opened(): Opened {
    return this.#opened;
  }

  get link(): Link {
    return this.#opened.link;
  }

  get capabilities(): Capabilities {
    return this.#opened.capabilities;
  }

  get state(): Pop3Session["state"] {
    if (this.#end !== undefined) return "closed";
    return this.#waiting === undefined ? this.link.wire.state : "transaction";
  }

  /** Logged in, and nothing is being said. */
  get isQuiet(): boolean {
    return this.state === "transaction" && this.#waiting === undefined && this.link.isQuiet;
  }

  /** `onAccepted` may ask for more; its answers may come before the login is done. */
  async login(auth: Auth, { signal, timeoutMs }: CallOptions = {}, onAccepted: () => void = nothing): Promise<void> {
    if (this.state !== "authorization") throw this.stateError("auth", "this session is logged in, or over");
    refuseAborted(signal, "auth");
    const late = new AbortController();
    const tooLate = new Pop3Error("COMMAND_TIMEOUT", { phase: "auth" });
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => late.abort(tooLate), timeoutMs);
    const signals = [this.#life.controller.signal, late.signal, ...(signal === undefined ? [] : [signal])];
    const any = AbortSignal.any(signals);
    // Half a login is no state to go on from, whatever of it the server was asked last.
    const end = (): void => {
      if (!this.link.isOver) this.link.fail(abortedError("auth", any));
    };
    any.addEventListener("abort", end, { once: true });
    try {
      await authenticate(this.plan, this.#opened, {
        auth,
        signal: any,
        onAccepted: () => {
          // From here on another connection can take over.
          this.#auth = auth;
          onAccepted();
        },
      });
    } finally {
      clearTimeout(timer);
      any.removeEventListener("abort", end);
    }
  }

  /** The answer if it is +OK; rejects with the error of a -ERR. */
  async ask(command: ClientCommand, facts: RequestFacts, options: CallOptions): Promise<Answer["status"]> {
    const answer = await this.submit(command, facts, options);
    if (answer.status.isOk) return answer.status;
    throw this.refusal(answer, { ...facts, command: command.shown });
  }

  /** The answer, whatever it says. */
  submit(command: ClientCommand, facts: RequestFacts, options: CallOptions): Promise<Answer> {
    return this.queue(new Request(command, facts), options);
  }

  /** As `submit`, for a request that was made. */
  queue(request: Request, options: CallOptions): Promise<Answer> {
    if (this.#end !== undefined) {
      const { error } = this.#end;
      request.fail(
        error === undefined ? this.stateError(request.facts.phase, "the session is over") : errorFor(request, error),
      );
      return request.answer;
    }
    if (this.#waiting === undefined) return this.link.submit(request, options);
    this.#waiting.push(request);
    request.guard(options);
    return request.answer;
  }

  /** Requests that are under way get a new caller, with a patience of his own. */
  watch(requests: readonly Request[], options: CallOptions): void {
    for (const request of requests) if (!request.isSettled) request.guard(options);
  }

  /** The error of a -ERR. */
  refusal(
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

  /** What the caller asked for is not possible now. */
  stateError(phase: Pop3Phase, message: string): Pop3Error {
    return new Pop3Error("STATE", { phase, message, sessionUsable: this.#end === undefined });
  }

  hangUp(): void {
    if (this.#end !== undefined) return;
    this.#end = { kind: "rollback" };
    if (this.#waiting !== undefined) this.#reconnecting?.abort(rolledBack());
    this.link.fail(rolledBack());
    this.#over({ kind: "rollback" });
  }

  /** Ends the session without UPDATE. Never rejects. */
  async rollback(options: CallOptions = {}): Promise<void> {
    if (this.#end !== undefined) return;
    const over = rolledBack();
    this.#end = { kind: "rollback" };
    const timeoutMs = Math.min(options.timeoutMs ?? Number.POSITIVE_INFINITY, this.plan.timeouts.leaveMs);
    const link = this.link;
    try {
      if (this.#waiting !== undefined) this.#reconnecting?.abort(over);
      if (this.#waiting !== undefined || link.restOctets > this.plan.limits.drainOctetsMax) throw over;
      link.giveUpMessages();
      const call = { timeoutMs, signal: options.signal };
      const say = (keyword: string): Promise<Answer> =>
        link.submit(new Request(clientCommand(keyword), { phase: "session" }), call);
      if (link.wire.state === "transaction") {
        const unmarked = say("RSET");
        // QUIT would remove what should stay; the end of the connection removes nothing (RFC 1939 §6).
        if (this.hasMarked && !(await unmarked).status.isOk) throw over;
      }
      await say("QUIT");
      link.close();
    } catch {
      // However it fails, nothing is removed without QUIT; the connection goes.
      link.fail(over);
    }
    this.#over({ kind: "rollback" });
  }

  #adopt(opened: Opened): void {
    this.#opened = opened;
    const { link } = opened;
    link.onFailed = (error, unfinished) => this.#failed(error, unfinished);
    link.onBlocked = () => link.dropAhead();
    link.onKept = ({ facts: { n } }) => {
      const text = "a message came behind others where a size was wrong, and is not given again: what came is kept";
      this.plan.log.warn({ host: this.plan.host, n }, text);
    };
    this.room.onChange = () => link.setFull(this.room.isFull);
  }

  #failed(error: Pop3Error, unfinished: readonly Request[]): void {
    const isOutOfStep = this.link.isOutOfStep(error);
    if (isOutOfStep) {
      this.plan.memory.avoidPipelining();
      this.plan.outOfStep("lost");
      const text = "commands sent together were not answered as they should be: one at a time from here";
      this.plan.log.warn({ host: this.plan.host, code: error.code }, text);
    } else if (this.link.sawUnasked(error)) this.plan.outOfStep("unasked");
    const auth = this.#auth;
    const isTold = this.plan.options.pipelining === "always" || this.#end !== undefined;
    const mayReconnect = isOutOfStep && !isTold && !this.#hasReconnected && !this.hasMarked;
    if (mayReconnect && auth !== undefined) return void this.#reconnect(auth, error, unfinished);
    if (isOutOfStep) this.#remember();
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
    const owed = this.link.wire.inFlight[0]?.command;
    const desync = new Pop3Error("PIPELINE_DESYNC", { phase: "session", cause });
    for (const request of lost) request.fail(errorFor(request, desync, { sessionUsable: true }));
    this.#reconnecting = new AbortController();
    const signal = AbortSignal.any([this.#life.controller.signal, this.#reconnecting.signal]);
    try {
      const opened = await open(this.plan, signal);
      try {
        await authenticate(this.plan, opened, { auth, signal });
        await this.#checkSame(opened.link, desync);
        if (this.#end !== undefined) throw this.stateError("session", "the session is over");
      } catch (error) {
        leave(this.plan, opened);
        throw error;
      }
      this.#adopt(opened);
    } catch (error) {
      // A server that cannot be reached says nothing about what it lost; one that does not let us in again does not either,
      // but the next session must not come to the same end.
      if (Pop3Error.is(error) && REFUSALS.has(error.group)) this.#remember();
      const waiting = this.#waiting;
      this.#waiting = undefined;
      return this.#fail(error instanceof Pop3Error ? error : desync, [...again, ...waiting]);
    }
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (owed !== undefined && again.includes(owed)) void this.#judge(owed);
    else this.#remember();
    for (const request of [...again, ...waiting]) if (!request.isSettled) this.link.resubmit(request);
  }

  /** Asked for alone, an answer that takes as long again was not lost before: the server is slow. */
  async #judge(owed: Request): Promise<void> {
    const { probationMs, commandMs } = this.plan.timeouts;
    const since = performance.now();
    try {
      await owed.answer;
    } catch {
      return;
    }
    if (performance.now() - since < Math.min(probationMs, commandMs)) this.#remember();
  }

  /** For the sessions to come. */
  #remember(): void {
    this.plan.memory.rememberPipeliningBroken(this.plan.memoryKey);
  }

  /** Message-numbers that were given out must mean the same messages. */
  async #checkSame(link: Link, desync: Pop3Error): Promise<void> {
    if (this.listing === undefined) return;
    const scan: Uint8Array[] = [];
    const uniqueIds: Uint8Array[] = [];
    await link.submit(new Request(clientCommand("LIST"), { phase: "list", lines: scan }));
    if (this.listing.hasUniqueIds) {
      await link.submit(new Request(clientCommand("UIDL"), { phase: "list", lines: uniqueIds }));
    }
    const now = makeListing({ scan, uniqueIds, marked: this.marked });
    if (!isSameMaildrop(this.listing, now)) throw desync;
  }

  /** QUIT was answered, or will not be. */
  finish(reason: CloseReason): void {
    if (reason.error === undefined) this.link.close();
    else this.link.fail(reason.error);
    this.#over(reason);
  }

  #over(reason: CloseReason): void {
    this.#end = reason;
    this.#life.onEnd();
    this.#resolveClosed(reason);
  }
}

const REFUSALS: ReadonlySet<ErrorGroup> = new Set(["auth", "server"]);

function nothing(): void {}
