// When a session's time is up. Nothing here waits: one sweep a second asks every session, so that fifteen thousand of
// them need no timer each.
import type { Limits } from "./limits.ts";

/** What is over: the session, for the reason told; or the patience with a question, or with a peer that does not close. */
export type Overdue = "tls-failed" | "login-timeout" | "idle" | "session-limit" | "answer" | "linger";

/** What takes time, from when to when. */
export type Span = "handshake" | "exchange" | "authorization" | "question" | "closing" | "quiet" | "session";

/** Checked in this order. */
const SPANS: readonly (readonly [Span, keyof Limits & `${string}Ms`, Overdue])[] = [
  ["closing", "lingerMs", "linger"],
  ["handshake", "tlsHandshakeMs", "tls-failed"],
  ["exchange", "saslExchangeMs", "login-timeout"],
  ["authorization", "authorizationMs", "login-timeout"],
  ["question", "answerMs", "answer"],
  ["quiet", "idleMs", "idle"],
  ["session", "sessionMs", "session-limit"],
];

export class Deadlines {
  readonly #since: Record<Span, number | undefined> = {
    handshake: undefined,
    exchange: undefined,
    authorization: undefined,
    question: undefined,
    closing: undefined,
    quiet: undefined,
    session: undefined,
  };

  begin(span: Span, now: number): void {
    this.#since[span] = now;
  }

  end(span: Span): void {
    this.#since[span] = undefined;
  }

  /** The connection is closed: nothing is waited for any more but an answer. */
  endAllButQuestion(): void {
    for (const [span] of SPANS) if (span !== "question") this.end(span);
  }

  overdue(now: number, limits: Limits): Overdue | undefined {
    for (const [span, limit, what] of SPANS) {
      const since = this.#since[span];
      if (since !== undefined && now - since >= limits[limit]) return what;
    }
    return undefined;
  }
}

/** What the peer has yet to take of what it was sent. */
export interface Untaken {
  /** Octets of all writes that are done. */
  readonly written: number;
  /** Octets of the write under way that the system has not taken. */
  readonly queued: number;
}

/** Sees a peer that takes too little for too long while there is something to take. */
export class StallWatch {
  #window: { since: number; taken: number } | undefined;
  #written = 0;
  #queued = 0;

  /** Octets taken since the look before; undefined when there is nothing to take. */
  look(now: number, untaken: Untaken | undefined): number | undefined {
    if (untaken === undefined) {
      this.#window = undefined;
      return undefined;
    }
    const { written, queued } = untaken;
    // The queue shrinks while one write is under way; behind it comes another of its own size.
    const moved = written > this.#written ? written - this.#written : Math.max(0, this.#queued - queued);
    this.#written = written;
    this.#queued = queued;
    if (this.#window === undefined) this.#window = { since: now, taken: 0 };
    else this.#window.taken += moved;
    return moved;
  }

  /** At the end of each window: was it too little? */
  isStalled(now: number, limits: Limits): boolean {
    const window = this.#window;
    if (window === undefined || now - window.since < limits.stallMs) return false;
    if (window.taken < (limits.slowestOctetsPerSecond * (now - window.since)) / 1_000) return true;
    this.#window = { since: now, taken: 0 };
    return false;
  }
}
