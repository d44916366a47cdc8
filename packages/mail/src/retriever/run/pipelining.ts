// A server that announces PIPELINING and loses commands is asked one thing at a time, but not for ever: it is mended some
// day, or the connection was to blame. One that removes what was only retrieved is always: what came in doubt could not be
// asked for again.
import type { ClockReading } from "../decide/clock.ts";
import type { SourceFacts } from "../state/source-facts.ts";

/** Trying again costs one wait for an answer that does not come. */
const AVOIDED_MS = 30 * 86_400_000;

/** A clock that went back never waits longer. */
export function avoidsPipelining({ pipeliningLostAt, removesOnRetr }: SourceFacts, { wallMs }: ClockReading): boolean {
  if (removesOnRetr) return true;
  const since = wallMs - (pipeliningLostAt ?? -Infinity);
  return since >= 0 && since < AVOIDED_MS;
}
