// How long a source is left alone.
import { RUNS_AT_ONCE } from "./run-slots.ts";

export interface ScheduleFacts {
  readonly everyMs: number;
  /** What the server says between logins (RFC 2449 §6.5). */
  readonly loginDelayMs: number;
  /** What the server said when it refused the last login. */
  readonly retryAfterMs: number;
  /** Runs in a row that failed. */
  readonly failures: number;
  /** Trying again changes nothing until a person does something. */
  readonly needsPerson: boolean;
  /** From 0 to 1. */
  readonly random: number;
}

const HOUR_MS = 3_600_000;
const JITTER = 0.1;
/** A server that asks for more than a day is mistaken. */
const SERVER_MS_MAX = 86_400_000;
/** Timers take 31 bits. */
const WAIT_MS_MAX = 2_147_483_647;

/** Milliseconds from the end of a run to the next: never less than the server wants. */
export function waitBefore(o: ScheduleFacts): number {
  const patience =
    o.failures === 0 ? o.everyMs : Math.min(o.everyMs * 2 ** Math.min(o.failures, 10), Math.max(HOUR_MS, o.everyMs));
  const least = Math.max(
    o.needsPerson ? Math.max(HOUR_MS, patience) : patience,
    Math.min(SERVER_MS_MAX, Math.max(o.loginDelayMs, o.retryAfterMs)),
  );
  return Math.min(Math.ceil(least * (1 + JITTER * o.random)), WAIT_MS_MAX);
}

/** More logins a second than this are not begun at once. */
const FIRST_MS = 50;

/** Milliseconds to the first run of many that begin together: nobody waits where they are few, and none for an interval. */
export function waitFirst(o: { readonly together: number; readonly everyMs: number; readonly random: number }): number {
  const waiting = Math.max(0, o.together - RUNS_AT_ONCE);
  return Math.floor(Math.min(waiting * FIRST_MS, o.everyMs) * o.random);
}
