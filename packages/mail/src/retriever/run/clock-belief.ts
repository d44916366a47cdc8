// What a run writes down of its clock, for the next one to hold its own against.
import type { SourceConfig } from "../../config/index.ts";
import { policyOf } from "../decide/policy.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { FetchHouse } from "./house.ts";
import type { Reporter } from "./reporter.ts";
import type { RunClock } from "./run-clock.ts";
import { clockWarnings } from "./warnings.ts";

export interface Believing {
  readonly source: SourceConfig;
  readonly house: Pick<FetchHouse, "allowed" | "state">;
  readonly clock: RunClock;
}

/**
 * Ages count from what is written down by this clock, however the run ends: what it was must be known to the next one.
 * What comes may still speak against it.
 */
export function believeForNow({ source, house, clock }: Believing): void {
  const { now: believed, doubt, isProven: isClockProven } = clock;
  if (doubt === undefined) house.state.learn(source.name, { believed, isClockProven });
}

/** At the end. A clock that is doubted stays doubted until it is right again, or somebody says that it is. */
export function believe(
  { source, house, clock }: Believing,
  { before, reporter }: { readonly before: SourceFacts; readonly reporter: Reporter },
): void {
  const { now, doubt, isProven } = clock;
  const isSaid = house.allowed?.has("clock") === true;
  const isBelieved = doubt === undefined || isSaid;
  const { believed, isClockProven } = before;
  house.state.learn(
    source.name,
    isBelieved ? { believed: now, isClockProven: isSaid || isProven } : { believed, isClockProven },
  );
  if (!isBelieved) for (const one of clockWarnings(doubt, policyOf(source))) reporter.warn(one);
}
