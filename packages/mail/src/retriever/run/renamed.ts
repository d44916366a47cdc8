// Collected messages that may come again under another name: their octets tell what is no news. Those are all that went
// missing, while a migration lasts, while any unique-id is listed with another size, where a header that would have told of
// a migration could not be had, and where messages that have a unique-id are or were listed without it.
import { isMadeUniqueId, type KnownMessage } from "../decide/known.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";

type RenamedView = Pick<View, "isInDoubt" | "listing" | "pairing">;

/** Some may come again. */
export function mayBeRenamed(view: RenamedView, { isMigrating }: Pick<SourceFacts, "isMigrating">): boolean {
  const { pairing, isInDoubt } = view;
  return isMigrating || isInDoubt || pairing.pairs.some(({ isReused }) => isReused) || hasLostNames(view);
}

/** Those, by the hash of their octets. `known`: all of the source's, as they are written down after the look. */
export function renamed({ pairing }: RenamedView, known: readonly KnownMessage[]): ReadonlyMap<string, KnownMessage[]> {
  const found = new Map<string, KnownMessage[]>();
  const absent = new Set(pairing.absent.map(({ id }) => id));
  for (const one of known) {
    const { id, missing, state, sha256 } = one;
    if (state !== "collected" || sha256 === undefined || wasRemoved(one)) continue;
    if (missing === 0 && !absent.has(id)) continue;
    found.set(sha256, [...(found.get(sha256) ?? []), one]);
  }
  return found;
}

/** The server has unique-ids, and lists or listed some without. */
function hasLostNames({ listing, pairing: { pairs, absent } }: Pick<View, "listing" | "pairing">): boolean {
  if (!listing.hasUniqueIds) return false;
  // Those that their header tells have the name they are known by, which may be no more.
  if (listing.entries.some(({ uniqueId }) => uniqueId === null)) return true;
  const all = [...pairs.map(({ entry }) => entry), ...absent.filter((one) => !wasRemoved(one))];
  return all.some(({ uniqueId }) => isMadeUniqueId(uniqueId));
}

/** For certain. */
function wasRemoved({ removedAt, inferred }: KnownMessage): boolean {
  return removedAt !== undefined && inferred === undefined;
}
