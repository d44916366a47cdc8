// What a source's owner wants, as decisions read it.
import type { SourceConfig } from "../../config/index.ts";

export interface SourcePolicy {
  readonly only: "new" | "all";
  readonly octetsMax: number | undefined;
  readonly oversize: "headers" | "skip";
  readonly order: "oldest" | "newest";
  readonly messagesMax: number | undefined;
  /** Milliseconds; undefined keeps for ever. */
  readonly keepMs: number | undefined;
  readonly deleteWhenDeletedLocally: boolean;
  readonly deleteMinAgeMs: number;
  readonly badMessageAfter: number;
  /** Changes when the filters do. */
  readonly filterRule: string;
}

export function policyOf(source: SourceConfig): SourcePolicy {
  const { fetch, server } = source;
  return {
    only: fetch.only,
    octetsMax: fetch.octetsMax,
    oversize: fetch.oversize,
    order: fetch.order,
    messagesMax: fetch.messagesMax,
    keepMs: server.keep === "forever" ? undefined : server.keep.ms,
    deleteWhenDeletedLocally: server.deleteWhenDeletedLocally,
    deleteMinAgeMs: server.deleteMinAgeMs,
    badMessageAfter: source.badMessageAfter,
    filterRule: JSON.stringify(source.filters),
  };
}

/** Written down with a message that a filter wants removed: of other filters it says nothing. */
export function doomRule({ filterRule }: Pick<SourcePolicy, "filterRule">): string {
  return `${DOOMED} ${filterRule}`;
}

/** A filter wanted it removed, and the filters are others now. */
export function isDoomedByOthers(rule: string | undefined, policy: Pick<SourcePolicy, "filterRule">): boolean {
  return rule?.startsWith(DOOMED) === true && rule !== doomRule(policy);
}

const DOOMED = "delete";
