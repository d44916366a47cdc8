// What a message of a listing is written down as.
import type { Decision } from "../decide/decide.ts";
import { messageKey, NAMELESS } from "../decide/known.ts";
import { octetsIn } from "../decide/occurrences.ts";
import { duplicateKey } from "../decide/pair.ts";
import { isPlace } from "../decide/places.ts";
import type { MessageRef } from "../state/arrivals.ts";

/** `hash` tells it from others of its unique-id and size: of the header, of all its octets when it has no name. */
export function refOf({ known, uniqueId, octets, isDuplicate, occurrence = 1 }: Decision, hash: string): MessageRef {
  const isOneOfMany = isDuplicate || occurrence > 1 || uniqueId === NAMELESS;
  const own = known === undefined || isPlace(known.keyHash) ? "" : known.keyHash;
  return {
    id: known?.id,
    uniqueId,
    octets,
    keyHash: isOneOfMany && hash !== "" ? duplicateKey(hash, occurrence) : own,
  };
}

/** Of one that did not come: its next try is known by the header TOP shows, and where it shows none by its place. */
export function refOfFailed(decision: Decision, hash: string): MessageRef {
  const { known, uniqueId, octets, headerHash, place } = decision;
  return place === undefined
    ? refOf(decision, headerHash ?? hash)
    : { id: known?.id, uniqueId, octets, keyHash: place };
}

/** False: nothing but its octets tells it from others, so that nothing can be remembered of it before it is collected. */
export function isTold({ uniqueId, isDuplicate, headerHash }: Decision): boolean {
  return uniqueId !== NAMELESS && (!isDuplicate || headerHash !== undefined);
}

/** What it has in common with those that look like it; undefined when nothing was looked at. */
export function lookOf({ uniqueId, octets, isDuplicate, headerHash }: Decision): string | undefined {
  if (isDuplicate && headerHash !== undefined) return messageKey(uniqueId, octets, headerHash);
  return octetsIn(uniqueId);
}
