// Whether a server removes what was only retrieved: what a listing says of the messages that came in the last run. It is
// something to warn of and nothing else; no message is taken for removed because of it.
import type { Pairing } from "../decide/pair.ts";
import type { KnownMessage } from "../decide/known.ts";
import type { SourceFacts } from "../state/source-facts.ts";

/** So many that are gone are no accident. */
const GONE_MIN = 3;

/**
 * True: several came and none of them is there any more, though nobody removed them. False: one is still there, whatever
 * was learnt before. Undefined: the listing says nothing.
 */
export function removesOnRetr(
  { pairs, absent }: Pick<Pairing, "pairs" | "absent">,
  { lastRunAt, lastOutcome }: Pick<SourceFacts, "lastRunAt" | "lastOutcome">,
): boolean | undefined {
  if (lastRunAt === undefined) return undefined;
  const came = ({ state, collectedAt = 0 }: KnownMessage): boolean => state === "collected" && collectedAt >= lastRunAt;
  const present = pairs.flatMap(({ known }) => known ?? []);
  // A session that was cut may be one the server takes back.
  if (lastOutcome === "ok" && present.some(came)) return false;
  const gone = absent.filter(
    (known) => came(known) && known.missing === 0 && known.pending === undefined && known.removedAt === undefined,
  );
  return gone.length >= GONE_MIN && !present.some(came) ? true : undefined;
}
