// Ages decide what is removed there, so a clock that jumped must not. The wall clock is compared with the time since
// boot, which nobody sets, and with what the server wrote into messages that just came.
import { say } from "../said.ts";

/** A reading of this machine's clocks. */
export interface ClockReading {
  /** Milliseconds since the epoch. */
  readonly wallMs: number;
  /** Milliseconds since the machine started. */
  readonly uptimeMs: number;
  /** Names this start of the machine. */
  readonly boot: string;
}

export interface ClockFacts {
  readonly now: ClockReading;
  /** The last reading that was believed; undefined before the first run. */
  readonly believed: ClockReading | undefined;
  /** The newest date a server wrote into a message that came in this run. */
  readonly serverMs: number | undefined;
  /** What was believed was proven then: by a server's dates, or by somebody who said so. */
  readonly isProven?: boolean;
}

/** What is wrong with the clock. */
export const CLOCK_DOUBTS = {
  behind: "this machine's clock is {days} behind the server's",
  "set-forward": "this machine's clock was set forward by {days}",
  "set-back": "this machine's clock was set back by {days}",
  "moved-forward":
    "this machine's clock moved forward by {days} since the last run, and nothing tells whether that is right",
  "moved-back": "this machine's clock moved back by {days} since the last run, and nothing tells whether that is right",
} as const;

export type ClockDoubt = keyof typeof CLOCK_DOUBTS;

/** Whole days, at least one. */
export interface ClockFinding {
  readonly code: ClockDoubt;
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** Why the clock is not believed; undefined when it is. */
export function clockDoubt({ now, believed, serverMs, isProven = false }: ClockFacts): ClockFinding | undefined {
  // The server's last word is at most as late as now; a day of grace is for time zones and slow clocks.
  if (serverMs !== undefined && serverMs - now.wallMs > DAY_MS) return doubt("behind", serverMs - now.wallMs);
  if (believed === undefined) return undefined;
  const elapsed = now.wallMs - believed.wallMs;
  const moved = now.boot === believed.boot ? elapsed - (now.uptimeMs - believed.uptimeMs) : elapsed;
  if (Math.abs(moved) <= DAY_MS) return undefined;
  // A server that says that it is right now does not say that it was right before: then nothing is as old as it seems.
  if (agrees({ now, serverMs }) && (moved < 0 || isProven)) return undefined;
  const how = moved > 0 ? "forward" : "back";
  return doubt(`${now.boot === believed.boot ? "set" : "moved"}-${how}`, Math.abs(moved));
}

/** The server wrote a date of about now. */
export function agrees({ now, serverMs }: Pick<ClockFacts, "now" | "serverMs">): boolean {
  return serverMs !== undefined && Math.abs(now.wallMs - serverMs) < DAY_MS;
}

function doubt(code: ClockDoubt, ms: number): ClockFinding {
  return { code, days: Math.floor(ms / DAY_MS) };
}

export function clockDoubtText({ code, days }: ClockFinding): string {
  return say(CLOCK_DOUBTS[code], { days: days === 1 ? "a day" : `${days} days` });
}

/**
 * The time to write down: never before what was believed, nor before what the server wrote into what came, so that a clock
 * that fell back, or was wrong from the first run on, makes nothing old later.
 */
export function timeToWrite({ now, believed, serverMs }: ClockFacts): number {
  return Math.max(now.wallMs, believed?.wallMs ?? 0, serverMs ?? 0);
}
