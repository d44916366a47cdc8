// How long a connection waits: for the greeting, for a reply, for more of one that has begun, and for one that trickles.
// One timer looks after everything in flight, and is not set anew by every octet.
import type { ClientSession } from "../wire/index.ts";
import { Pop3Error } from "./errors.ts";
import type { Timeouts } from "./limits.ts";
import type { Request } from "./request.ts";

/** A reply that outlasts `replyMs` may take another second for each of these. */
const SLOW_OCTETS_PER_SECOND = 1_000;

/** The reply that is coming, or the greeting. */
interface Coming {
  readonly request: Request | undefined;
  since: number;
  octets: number;
}

export interface PatienceOptions {
  readonly wire: ClientSession<Request>;
  readonly timeouts: Timeouts;
  /** It is at an end. */
  readonly onLate: (error: Pop3Error) => void;
  /** It is at an end, and what was to come is not being read. */
  readonly onBlocked: () => void;
}

export class Patience {
  readonly #of: PatienceOptions;
  #lastOctetAt = performance.now();
  /** Undefined while octets are read. */
  #pausedAt: number | undefined;
  /** Somebody else reads, with a time-out of his own. */
  #isSuspended = false;
  #coming: Coming = { request: undefined, since: performance.now(), octets: 0 };
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;

  constructor(of: PatienceOptions) {
    this.#of = of;
  }

  /** Something happened, so that the wait begins anew. */
  touch(): void {
    this.#lastOctetAt = performance.now();
  }

  /** So many octets came, or with none something was said after silence; what is waited for now may be another reply. */
  heard(octets: number): void {
    const { wire } = this.#of;
    const request = wire.inFlight[0]?.command;
    const isQuiet = wire.inFlight.length === 0 && wire.queue.length === 0;
    const isAnother = request !== this.#coming.request || (isQuiet && wire.awaits !== "greeting");
    if (isAnother) this.#coming = { request, since: performance.now(), octets };
    else this.#coming.octets += octets;
    this.watch();
  }

  /** The other side is to answer from now on. */
  restart(): void {
    this.touch();
    this.#coming = { request: this.#of.wire.inFlight[0]?.command, since: performance.now(), octets: 0 };
    this.watch();
  }

  /** No time passes for a reply that nobody lets come. */
  setPaused(isPaused: boolean): void {
    const now = performance.now();
    this.#lastOctetAt = now;
    if (!isPaused && this.#pausedAt !== undefined) this.#coming.since += now - this.#pausedAt;
    this.#pausedAt = isPaused ? now : undefined;
  }

  setSuspended(isSuspended: boolean): void {
    this.#isSuspended = isSuspended;
  }

  watch(): void {
    if (!this.#isWaiting) return;
    const dueAt = Math.min(this.#lastOctetAt + this.#silenceMs, this.#slowAt);
    if (this.#timer !== undefined && this.#timerAt <= dueAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = dueAt;
    this.#timer = setTimeout(() => this.#check(), Math.max(1, dueAt - performance.now())).unref();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #check(): void {
    this.#timer = undefined;
    if (!this.#isWaiting) return;
    const now = performance.now();
    const isDue = now - this.#lastOctetAt >= this.#silenceMs;
    if (isDue && this.#pausedAt !== undefined) {
      this.touch();
      this.#of.onBlocked();
    } else if (isDue) return this.#of.onLate(this.#tooLate());
    else if (now >= this.#slowAt) return this.#of.onLate(this.#tooLate("the reply came too slowly"));
    this.watch();
  }

  get #isWaiting(): boolean {
    const { state, awaits, inFlight } = this.#of.wire;
    // What a SASL mechanism takes to answer is not the server's time.
    if (state === "closed" || this.#isSuspended || awaits === "sasl-response") return false;
    return inFlight.length > 0 || awaits === "greeting";
  }

  /** An octet now and then would keep a reply going for ever. */
  get #slowAt(): number {
    const { replyMs } = this.#of.timeouts;
    if (replyMs === 0 || this.#pausedAt !== undefined) return Number.POSITIVE_INFINITY;
    return this.#coming.since + replyMs + (this.#coming.octets / SLOW_OCTETS_PER_SECOND) * 1_000;
  }

  get #silenceMs(): number {
    const { wire, timeouts } = this.#of;
    if (wire.awaits === "greeting") return timeouts.greetingMs;
    const [first] = wire.inFlight;
    if (first?.isContinued === true) return timeouts.idleMs;
    const isProbation = (wire.pipelining === "probation" && first?.pipelined === true) || wire.isHeld;
    return isProbation ? Math.min(timeouts.probationMs, timeouts.commandMs) : timeouts.commandMs;
  }

  #tooLate(message?: string): Pop3Error {
    const { awaits, inFlight } = this.#of.wire;
    if (awaits === "greeting") return new Pop3Error("GREETING_TIMEOUT", { phase: "greeting", message });
    const [first] = inFlight;
    const facts = { phase: first?.command.facts.phase ?? "greeting", command: first?.command.shown, message } as const;
    return new Pop3Error(first?.isContinued === true ? "IDLE_TIMEOUT" : "COMMAND_TIMEOUT", facts);
  }
}
