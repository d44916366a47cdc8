// What is remembered, one object a message, for people who move it, mend it or wonder.
import type { FetchState } from "./fetch-state.ts";

export interface ExportedMessage {
  readonly source: string;
  /** Each character an octet. */
  readonly uniqueId: string;
  readonly octets: number;
  readonly state: string;
  readonly sha256: string | undefined;
  readonly firstSeenAt: string;
  readonly collectedAt: string | undefined;
  readonly attempts: number;
  readonly failure: string | undefined;
  /** Asked to be removed; nobody knows whether it was. */
  readonly pendingRemoval: string | undefined;
  readonly removedAt: string | undefined;
  /** Whole listings in a row without it. */
  readonly missing: number;
  readonly copies: readonly { readonly destination: string; readonly place: string }[];
}

/** In the order in which they were first seen. */
export function exportState(state: FetchState, source: string): readonly ExportedMessage[] {
  return state.known(source).map((known) => ({
    source,
    uniqueId: known.uniqueId,
    octets: known.octets,
    state: known.state,
    sha256: known.sha256,
    firstSeenAt: iso(known.firstSeenAt) ?? "",
    collectedAt: iso(known.collectedAt),
    attempts: known.attempts,
    failure: known.failure,
    pendingRemoval: known.pending?.why,
    removedAt: iso(known.removedAt),
    missing: known.missing,
    copies: known.copies.map(({ destination, place }) => ({ destination, place })),
  }));
}

function iso(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}
