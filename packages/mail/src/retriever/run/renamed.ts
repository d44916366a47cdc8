// Collected messages that may come again under another name: their octets tell what is no news. Those are all that went
// missing, while a migration lasts, while any unique-id is listed with another size, and where a header that would have
// told of a migration was lost.
import type { KnownMessage } from "../decide/known.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";

/** By the hash of their octets. `known`: all of the source's, as they are written down after the look. */
export function renamed(
  { pairing, isInDoubt }: Pick<View, "isInDoubt" | "pairing">,
  known: readonly KnownMessage[],
  { isMigrating }: Pick<SourceFacts, "isMigrating">,
): ReadonlyMap<string, KnownMessage[]> {
  const found = new Map<string, KnownMessage[]>();
  if (!isMigrating && !isInDoubt && !pairing.pairs.some(({ isReused }) => isReused)) return found;
  const absent = new Set(pairing.absent.map(({ id }) => id));
  for (const one of known) {
    const { id, missing, state, removedAt, inferred, sha256 } = one;
    if (state !== "collected" || sha256 === undefined || (removedAt !== undefined && inferred === undefined)) continue;
    if (missing === 0 && !absent.has(id)) continue;
    found.set(sha256, [...(found.get(sha256) ?? []), one]);
  }
  return found;
}
