// Pairs the messages of a listing with what is known: same unique-id and same size, and for those that share both the
// same header. A known unique-id with another size is another message: servers give unique-ids again.
import { messageKey, type KnownMessage, type ListedMessage } from "./known.ts";

export interface Paired {
  readonly entry: ListedMessage;
  readonly known: KnownMessage | undefined;
  /** The unique-id was known with another size. */
  readonly isReused: boolean;
}

export interface Pairing {
  readonly pairs: readonly Paired[];
  /** Known messages the listing does not have. */
  readonly absent: readonly KnownMessage[];
}

/** `headerHashes` by message-number; needed for duplicates only. */
export function pair(
  listed: readonly ListedMessage[],
  known: readonly KnownMessage[],
  headerHashes: ReadonlyMap<number, string>,
): Pairing {
  const byKey = new Map<string, KnownMessage[]>();
  const ids = new Set<string>();
  for (const message of known) {
    const key = messageKey(message.uniqueId, message.octets);
    byKey.set(key, [...(byKey.get(key) ?? []), message]);
    ids.add(message.uniqueId);
  }
  const present = new Set<KnownMessage>();
  const pairs = listed.map((entry): Paired => {
    const candidates = byKey.get(messageKey(entry.uniqueId, entry.octets)) ?? [];
    const found = choose(entry, candidates, headerHashes.get(entry.n));
    if (found !== undefined) present.add(found);
    return { entry, known: found, isReused: found === undefined && ids.has(entry.uniqueId) && !entry.isDuplicate };
  });
  return { pairs, absent: known.filter((message) => !present.has(message)) };
}

function choose(
  entry: ListedMessage,
  candidates: readonly KnownMessage[],
  headerHash: string | undefined,
): KnownMessage | undefined {
  if (!entry.isDuplicate)
    return candidates.length === 1 ? candidates[0] : candidates.find(({ keyHash }) => keyHash === "");
  // Without a header nothing tells duplicates apart: each is a new message, and its octets decide.
  if (headerHash === undefined) return undefined;
  return candidates.find((one) => (one.keyHash === "" ? one.headerHash : one.keyHash) === headerHash);
}
