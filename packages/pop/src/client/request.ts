// One command on its way: what it says, who waits for it, and where its reply goes. Does not know the connection, so
// that it can be sent once more on another.
import type { ClientCommand, ExchangeEnd, ExchangeStart, ReplyShape, StatusLine } from "../wire/index.ts";
import type { Pop3Error, Pop3Phase } from "./errors.ts";
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
