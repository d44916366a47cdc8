// Collected messages that may come again under another name: their octets tell what is no news. While a migration lasts
// those are all that went missing; at other times those whose unique-id is listed with another size.
import type { KnownMessage } from "../decide/known.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";

/** By the hash of their octets. `known`: all of the source's, as they are written down after the look. */
export function renamed(
  { pairing }: Pick<View, "pairing">,
  known: readonly KnownMessage[],
  { isMigrating }: Pick<SourceFacts, "isMigrating">,
): ReadonlyMap<string, KnownMessage[]> {
  const absent = new Set(pairing.absent.map(({ id }) => id));
  const again = new Set(pairing.pairs.filter(({ isReused }) => isReused).map(({ entry }) => entry.uniqueId));
  const found = new Map<string, KnownMessage[]>();
  for (const one of known) {
    const { id, uniqueId, missing, state, removedAt, inferred, sha256 } = one;
    if (state !== "collected" || sha256 === undefined || (removedAt !== undefined && inferred === undefined)) continue;
    const isGone = missing > 0 || absent.has(id);
    if (!isGone || (!isMigrating && !again.has(uniqueId))) continue;
    found.set(sha256, [...(found.get(sha256) ?? []), one]);
  }
  return found;
}
