// What every session of a run is given.
import type { SourceConfig } from "../../config/index.ts";
import type { Destination } from "../destinations/contract.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { Filters } from "./filters.ts";
import type { FetchHouse } from "./house.ts";
import type { Migrating } from "./migrating.ts";
import type { OldMarks } from "./old-marks.ts";
import type { Reporter } from "./reporter.ts";
import type { RunClock } from "./run-clock.ts";
import type { RunFailures } from "./run-failures.ts";
import type { RunProgress } from "./run-progress.ts";

export interface SessionParts {
  readonly source: SourceConfig;
  readonly house: FetchHouse;
  readonly reporter: Reporter;
  readonly password: string | undefined;
  /** Cuts what still goes on. */
  readonly cut: AbortSignal;
  /** Nobody logs in before these are open. */
  readonly destinations: Promise<readonly Destination[]>;
  readonly filters: Filters | undefined;
  readonly checkpoint: (step: string) => void;
  /** As they are now. */
  readonly facts: () => SourceFacts;
  readonly clock: RunClock;
  readonly failures: RunFailures;
  readonly oldMarks: OldMarks;
  readonly migrating: Migrating;
  readonly progress: RunProgress;
}
