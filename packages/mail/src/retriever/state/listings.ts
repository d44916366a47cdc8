// What a whole listing teaches: which removals it confirms, what is missing, and what may be forgotten for it.
import { NAMELESS, type KnownMessage } from "../decide/known.ts";
import { adoptedKeyHash, type Adoption } from "../decide/migration.ts";
import { wantAgain } from "./arrivals.ts";
import { forgetOldAudit } from "./audit.ts";
import type { Database } from "./database.ts";
import { toOctets } from "./message-rows.ts";
import { removed, stillThere } from "./removals.ts";
import { writeFacts } from "./source-facts.ts";

/** A message is forgotten only when so many whole listings in so long a time were without it. */
const FORGET_LISTINGS = 10;
const FORGET_MS = 30 * 86_400_000;
const DAY_MS = 86_400_000;

export interface NotedListing {
  readonly source: string;
  readonly listed: number;
  readonly absent: readonly KnownMessage[];
  readonly present: readonly KnownMessage[];
  readonly at: number;
  /** The server has new unique-ids: what is absent under an old one may be there. */
  readonly isRenumbered: boolean;
  /** False: nothing is forgotten for being old. */
  readonly mayForget: boolean;
}

/** Answers the removals it confirms, until a listing shows that it was short. */
export function noteListing(db: Database, o: NotedListing): readonly KnownMessage[] {
  const gone = o.isRenumbered ? [] : o.absent.filter(({ pending }) => pending !== undefined);
  for (const { id, pending } of gone) removed(db, id, { at: o.at, why: pending?.why ?? "", byAbsence: true });
  for (const { id, missing } of o.absent)
    if (missing < FORGET_LISTINGS)
      db.run(
        "UPDATE message SET missing = missing + 1, missing_since = coalesce(missing_since, ?) WHERE message_id = ?",
        o.at,
        id,
      );
  for (const { id, inferred } of o.present) if (inferred !== undefined) stillThere(db, id);
  for (const { id, missing } of o.present)
    if (missing > 0) db.run("UPDATE message SET missing = 0, missing_since = NULL WHERE message_id = ?", id);
  // What has no name counts as missing until it is fetched again, which every run tries.
  db.run(
    "UPDATE message SET missing = missing + 1, missing_since = coalesce(missing_since, ?) WHERE source = ? AND unique_id = ?",
    o.at,
    o.source,
    toOctets(NAMELESS),
  );
  if (o.mayForget) forgetOld(db, o.source, o.at);
  // Times from a clock that was ahead once would keep messages for as long again.
  db.run("UPDATE message SET collected_at = ? WHERE source = ? AND collected_at > ?", o.at, o.source, o.at + DAY_MS);
  writeFacts(db, o.source, { listedMessages: o.listed });
  return gone;
}

function forgetOld(db: Database, source: string, at: number): void {
  db.run(
    "DELETE FROM message WHERE source = ? AND missing >= ? AND missing_since <= ?",
    source,
    FORGET_LISTINGS,
    at - FORGET_MS,
  );
  forgetOldAudit(db, at);
}

/** As many ways to count octets as there may be servers behind one name. */
const OTHER_SIZES_MAX = 8;

/** The last ones of the same unique-id; under another one they were another server's. */
function otherSizes({ entry, known, isByOctets }: Adoption): readonly number[] {
  if (isByOctets !== true || entry.uniqueId !== known.uniqueId) return [];
  const sizes = new Set([...known.otherSizes, known.octets]);
  sizes.delete(entry.octets);
  return [...sizes].slice(-OTHER_SIZES_MAX);
}

/** Old messages under new unique-ids. */
export function adopt(db: Database, source: string, adoptions: readonly Adoption[]): void {
  for (const adoption of adoptions) {
    const { entry, known, failed, again } = adoption;
    // Its key is the one that the old message gets.
    if (failed !== undefined) db.run("DELETE FROM message WHERE message_id = ?", failed);
    const key = [toOctets(entry.uniqueId), entry.octets] as const;
    const isFree = (keyHash: string): boolean =>
      db.get(
        "SELECT 1 FROM message WHERE source = ? AND unique_id = ? AND octets = ? AND key_hash = ? AND message_id <> ?",
        source,
        ...key,
        keyHash,
        known.id,
      ) === undefined;
    db.run(
      "UPDATE OR IGNORE message SET unique_id = ?, octets = ?, key_hash = ?, other_sizes = ?, missing = 0, missing_since = NULL WHERE message_id = ?",
      ...key,
      adoptedKeyHash(adoption, isFree),
      JSON.stringify(otherSizes(adoption)),
      known.id,
    );
    if (known.inferred !== undefined) stillThere(db, known.id);
    if (again !== undefined) wantAgain(db, { id: known.id, kept: again.there });
  }
  writeFacts(db, source, { isMigrating: true });
}
