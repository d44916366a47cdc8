// Whether a server removes what was only retrieved: what a listing says of the messages that came in the last run. It is
// something to warn of, and to ask such a server for nothing that is not taken at once; no message is taken for removed
// because of it.
import type { Capabilities } from "@restante/pop/client";
import type { KnownMessage } from "../decide/known.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import type { View } from "./look.ts";

/** It was seen to, or says so (RFC 2449 §6.7). */
export function takesWhatIsRetrieved(
  { removesOnRetr }: Pick<SourceFacts, "removesOnRetr">,
  { expire }: Pick<Capabilities, "expire">,
): boolean {
  return removesOnRetr || expire?.days === 0;
}

/** So many that are gone are no accident. */
const GONE_MIN = 3;

/**
 * True: several came and none of them is there any more, though nobody removed them. False: one is still there, or one that
 * was gone is there again, whatever was learnt before. Undefined: the listing says nothing.
 */
export function removesOnRetr(
  { pairing: { pairs, absent }, migration }: Pick<View, "pairing" | "migration">,
  { lastRunAt, lastOutcome }: Pick<SourceFacts, "lastRunAt" | "lastOutcome">,
): boolean | undefined {
  if (lastRunAt === undefined) return undefined;
  const came = ({ state, collectedAt = 0 }: KnownMessage): boolean => state === "collected" && collectedAt >= lastRunAt;
  const present = pairs.flatMap(({ known }) => known ?? []);
  const back = [...present, ...(migration?.adoptions ?? []).map(({ known }) => known)].filter(wasMissed);
  // A session that was cut may be one the server takes back.
  if (lastOutcome === "ok" && (present.some(came) || back.length > 0)) return false;
  // What comes under another unique-id, or with another size, is not gone.
  if (migration !== undefined) return undefined;
  const listed = new Set(pairs.map(({ entry }) => entry.uniqueId));
  const gone = absent.filter(
    (known) =>
      came(known) &&
      known.missing === 0 &&
      known.pending === undefined &&
      known.removedAt === undefined &&
      !listed.has(known.uniqueId),
  );
  return gone.length >= GONE_MIN && !present.some(came) ? true : undefined;
}

function wasMissed({ state, missing }: KnownMessage): boolean {
  return state === "collected" && missing > 0;
}
