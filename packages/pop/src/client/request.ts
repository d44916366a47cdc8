// One command on its way: what it says, who waits for it, and where its reply goes. Does not know the connection, so
// that it can be sent once more on another.
import type { ClientCommand, ExchangeEnd, ExchangeStart, ReplyShape, StatusLine } from "../wire/index.ts";
import { Pop3Error, type Pop3Phase } from "./errors.ts";
import { Fingerprint } from "./fingerprint.ts";
import type { MessageBody } from "./message-body.ts";

/** The first line of a reply that came to its end. */
export interface Answer {
  readonly status: StatusLine;
  /** Of AUTH: the client gave up, and why. */
  readonly cancelled: ExchangeEnd | undefined;
}

export interface RequestFacts {
  readonly phase: Pop3Phase;
  readonly n?: number | undefined;
  readonly uniqueId?: string | undefined;
  /** Where a message goes. */
  readonly body?: MessageBody;
  /** Where the lines of a listing go. */
  readonly lines?: Uint8Array[];
  /** Whose message this asks for once more, to be compared and kept nowhere. */
  readonly repeats?: Request;
  /** How long the message is, as LIST told; undefined for one that it did not tell of, and for TOP. */
  readonly listedOctets?: number | undefined;
  readonly onChallenge?: (octets: Uint8Array) => void;
}

/** How long a caller waits. */
export interface SubmitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export class Request implements ClientCommand {
  readonly keyword: string;
  readonly line: string;
  readonly shown: string;
  readonly shape: ReplyShape;
  readonly expectedOctets?: number;
  readonly exchange?: ExchangeStart;
  readonly facts: RequestFacts;
  readonly answer: Promise<Answer>;
  isSent = false;
  isSettled = false;
  /** Sent while another was unanswered. */
  isBehind = false;
  /** Behind another, or another was sent behind it. */
  isTogether = false;
  /** Of the message that came, where it may have to be compared. */
  fingerprint = new Fingerprint();
  /** Takes it back from where it waits; set by whoever sends it. */
  withdraw: () => void = nothing;
  /** Ends the connection that cannot go on without its reply; set by whoever sends it. */
  endConnection: (error: Pop3Error) => void = nothing;
  #status: Answer | undefined;
  #resolve: (answer: Answer) => void = nothing;
  #reject: (error: Pop3Error) => void = nothing;
  #onSettled: (() => void)[] = [];

  constructor(command: ClientCommand, facts: RequestFacts) {
    this.keyword = command.keyword;
    this.line = command.line;
    this.shown = command.shown;
    this.shape = command.shape;
    if (command.expectedOctets !== undefined) this.expectedOctets = command.expectedOctets;
    if (command.exchange !== undefined) this.exchange = command.exchange;
    this.facts = facts;
    this.answer = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // Whoever does not wait for it is not to be surprised by it.
    this.answer.catch(nothing);
  }

  /** Some of the reply is here, and some is not. */
  get isPartial(): boolean {
    return this.#status !== undefined && !this.isSettled;
  }

  /** Nobody waits for it: it may be thrown away for those who do. */
  get isAhead(): boolean {
    return this.facts.body?.isWanted === false;
  }

  /** The first line; the last too, unless more of the reply follows. */
  replied(answer: Answer, isContinued: boolean): void {
    this.#status = answer;
    if (!isContinued) this.ended();
  }

  ended(): void {
    if (this.#status !== undefined) this.#settle(() => this.#resolve(this.#status as Answer));
  }

  fail(error: Pop3Error): void {
    this.#settle(() => this.#reject(error));
  }

  /** Gives up on it when its caller does, wherever it is by then: on a connection, on another, or waiting for one. */
  guard({ signal, timeoutMs }: SubmitOptions): void {
    const abort = (): void => {
      // Half an exchange is no state to go on from.
      this.#giveUp("ABORTED", { sessionUsable: this.exchange === undefined, cause: signal?.reason });
    };
    if (signal?.aborted === true) return abort();
    signal?.addEventListener("abort", abort, { once: true });
    const late = (): void => this.#giveUp("COMMAND_TIMEOUT", { sessionUsable: !this.isSent });
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    this.whenSettled(() => {
      signal?.removeEventListener("abort", abort);
      clearTimeout(timer);
    });
  }

  #giveUp(
    code: "ABORTED" | "COMMAND_TIMEOUT",
    why: { readonly sessionUsable: boolean; readonly cause?: unknown },
  ): void {
    const { phase, n } = this.facts;
    const error = new Pop3Error(code, { phase, n, command: this.shown, ...why });
    this.withdraw();
    this.fail(error);
    if (!why.sessionUsable) this.endConnection(error);
  }

  /** Called once, however it ends. */
  whenSettled(tell: () => void): void {
    this.#onSettled.push(tell);
  }

  /** Ready to be sent on another connection, what came so far forgotten. False when somebody has used some of it. */
  restart(): boolean {
    // There is nothing to compare with there.
    if (this.facts.repeats !== undefined) return false;
    if (this.isSettled || this.facts.body?.restart() === false) return false;
    if (this.facts.lines !== undefined) this.facts.lines.length = 0;
    this.isSent = false;
    this.isBehind = false;
    this.isTogether = false;
    this.fingerprint = new Fingerprint();
    this.#status = undefined;
    return true;
  }

  #settle(how: () => void): void {
    if (this.isSettled) return;
    this.isSettled = true;
    how();
    for (const tell of this.#onSettled) tell();
    this.#onSettled = [];
  }
}

function nothing(): void {}
