// The retriever's memory, one method a thing that happens. Every method is durable when it returns.
import { adoptedKeyHash, type Adoption } from "../decide/migration.ts";
import type { KnownMessage, ListedMessage, MessageState } from "../decide/known.ts";
import { fileIdentity, openDatabase, type Database } from "./database.ts";
import { fromOctets, readMessages, toOctets } from "./message-rows.ts";
import { listFacts, readFacts, writeFacts, type SourceFacts } from "./source-facts.ts";

/** A message is forgotten only when so many whole listings in so long a time were without it. */
const FORGET_LISTINGS = 10;
const FORGET_MS = 30 * 86_400_000;
/** What the audit keeps, counted from the day a message was stored. */
const AUDIT_MS = 400 * 86_400_000;
const DAY_MS = 86_400_000;

/** A message as the run found it: its key, and its row when it has one. */
export interface MessageRef {
  readonly id: number | undefined;
  readonly uniqueId: string;
  readonly octets: number;
  readonly keyHash: string;
}

export interface StoredCopy {
  readonly destination: string;
  readonly place: string;
}

export interface CollectedMessage {
  readonly message: MessageRef;
  readonly state: Extract<MessageState, "collected" | "headers-only">;
  /** Undefined: only all its octets tell that it is this message. */
  readonly headerHash: string | undefined;
  readonly sha256: string;
  /** As they came. */
  readonly wireOctets: number;
  readonly copies: readonly StoredCopy[];
  readonly at: number;
  /** To be removed there, and why. */
  readonly pendingWhy: string | undefined;
  readonly rule: string | undefined;
}

export interface FailedMessage {
  readonly message: MessageRef;
  /** What was stored before it failed: these destinations have it. */
  readonly copies: readonly StoredCopy[];
  readonly sha256: string | undefined;
  readonly failure: string;
  readonly at: number;
  readonly quarantine: boolean;
  /** False when it was not the message's fault. */
  readonly counts: boolean;
}

export interface AuditRow {
  readonly auditId: number;
  readonly source: string;
  readonly uniqueId: string;
  readonly octets: number;
  readonly sha256: string;
  readonly storedAt: number;
  readonly destinations: readonly string[];
  /** When and why it was removed upstream; undefined while it was not, or nobody knows. */
  readonly removedAt: number | undefined;
  readonly removedWhy: string | undefined;
}

export class FetchState {
  readonly #db: Database;
  readonly #path: string;

  private constructor(path: string, db: Database) {
    this.#path = path;
    this.#db = db;
  }

  /** Throws FetchError `state`. */
  static open(path: string): FetchState {
    const state = new FetchState(path, openDatabase(path));
    state.#recogniseFile();
    return state;
  }

  close(): void {
    this.#db.close();
  }

  // --- the house

  /** Why the past may be an older one; undefined when it is not. */
  get restored(): string | undefined {
    const { restored } = this.#db.get<{ restored: number }>("SELECT restored FROM house") ?? { restored: 0 };
    return restored === 0 ? undefined : "what is remembered here was restored from a backup";
  }

  /** The store or this file was restored: until somebody answers, old messages are not removed there. */
  noteRestored(): void {
    this.#db.run("UPDATE house SET restored = 1 WHERE restored = 0");
  }

  acceptRestored(): void {
    this.#db.run("UPDATE house SET restored = 0, identity = ?", fileIdentity(this.#path));
  }

  #recogniseFile(): void {
    const identity = fileIdentity(this.#path);
    this.#db.transaction(() => {
      const row = this.#db.get<{ identity: string }>("SELECT identity FROM house");
      if (row === undefined) this.#db.run("INSERT INTO house (id, identity) VALUES (1, ?)", identity);
      else if (row.identity !== identity) this.#db.run("UPDATE house SET identity = ?, restored = 1", identity);
    });
  }

  // --- sources

  sources(): readonly SourceFacts[] {
    return listFacts(this.#db);
  }

  /** Undefined before its first run. */
  find(source: string): SourceFacts | undefined {
    return readFacts(this.#db, source);
  }

  /** Its facts, begun when there are none. */
  facts(source: string, endpoint: string): SourceFacts {
    this.#db.run("INSERT INTO source (source, endpoint) VALUES (?, ?) ON CONFLICT DO NOTHING", source, endpoint);
    const facts = readFacts(this.#db, source);
    if (facts === undefined) throw new Error(`source ${source} has no row`);
    return facts;
  }

  learn(source: string, change: Partial<Omit<SourceFacts, "source">>): void {
    writeFacts(this.#db, source, change);
  }

  known(source: string): readonly KnownMessage[] {
    return readMessages(this.#db, source);
  }

  // --- listings

  /** A whole listing: who was not in it, and what is forgotten for it. Answers the removals it confirms. */
  noteListing(o: {
    readonly source: string;
    readonly listed: number;
    readonly absent: readonly KnownMessage[];
    readonly present: readonly KnownMessage[];
    readonly at: number;
    /** False: nothing is forgotten for being old. */
    readonly mayForget: boolean;
  }): readonly KnownMessage[] {
    const gone = o.absent.filter(({ pending }) => pending !== undefined);
    this.#db.transaction(() => {
      for (const { id, pending } of gone) this.#removed(id, { at: o.at, why: pending?.why ?? "" });
      for (const { id, missing } of o.absent)
        if (missing < FORGET_LISTINGS)
          this.#db.run(
            "UPDATE message SET missing = missing + 1, missing_since = coalesce(missing_since, ?) WHERE message_id = ?",
            o.at,
            id,
          );
      for (const { id, missing } of o.present)
        if (missing > 0) this.#db.run("UPDATE message SET missing = 0, missing_since = NULL WHERE message_id = ?", id);
      if (o.mayForget) this.#forgetOld(o.source, o.at);
      // Times from a clock that was ahead once would keep messages for as long again.
      this.#db.run(
        "UPDATE message SET collected_at = ? WHERE source = ? AND collected_at > ?",
        o.at,
        o.source,
        o.at + DAY_MS,
      );
      writeFacts(this.#db, o.source, { listedMessages: o.listed });
    });
    return gone;
  }

  #forgetOld(source: string, at: number): void {
    this.#db.run(
      "DELETE FROM message WHERE source = ? AND missing >= ? AND missing_since <= ?",
      source,
      FORGET_LISTINGS,
      at - FORGET_MS,
    );
    this.#db.run("DELETE FROM audit WHERE stored_at < ?", at - AUDIT_MS);
  }

  /** Old messages under new unique-ids. */
  adopt(source: string, adoptions: readonly Adoption[]): void {
    this.#db.transaction(() => {
      for (const { entry, known } of adoptions)
        this.#db.run(
          "UPDATE OR IGNORE message SET unique_id = ?, octets = ?, key_hash = ?, missing = 0, missing_since = NULL WHERE message_id = ?",
          toOctets(entry.uniqueId),
          entry.octets,
          adoptedKeyHash({ entry, known }),
          known.id,
        );
      writeFacts(this.#db, source, { isMigrating: true });
    });
  }

  // --- messages

  /** A group of messages is safely here. */
  collected(source: string, group: readonly CollectedMessage[]): readonly number[] {
    return this.#db.transaction(() => group.map((one) => this.#collectedOne(source, one)));
  }

  #collectedOne(source: string, one: CollectedMessage): number {
    const id = this.#row(source, one.message, one.at);
    this.#db.run(
      `UPDATE message SET state = ?, header_hash = ?, sha256 = ?, collected_at = ?, attempts = 0, failure = NULL, rule = ?,
         pending_at = ?, pending_why = ?, removed_at = NULL, removed_why = NULL, missing = 0, missing_since = NULL, again = 0
       WHERE message_id = ?`,
      one.state,
      one.headerHash ?? null,
      one.sha256,
      one.at,
      one.rule ?? null,
      one.pendingWhy === undefined ? null : one.at,
      one.pendingWhy ?? null,
      id,
    );
    this.#copies(id, one);
    const { uniqueId } = one.message;
    this.#db.run(
      "INSERT INTO audit (source, unique_id, octets, sha256, stored_at, destinations) VALUES (?, ?, ?, ?, ?, ?)",
      source,
      toOctets(uniqueId),
      one.wireOctets,
      one.sha256,
      one.at,
      JSON.stringify(one.copies.map(({ destination }) => destination)),
    );
    return id;
  }

  failed(source: string, one: FailedMessage): void {
    this.#db.transaction(() => {
      const id = this.#row(source, one.message, one.at);
      this.#db.run(
        "UPDATE message SET attempts = attempts + ?, failure = ?, state = CASE WHEN ? THEN 'quarantined' ELSE state END WHERE message_id = ?",
        one.counts ? 1 : 0,
        one.failure,
        one.quarantine ? 1 : 0,
        id,
      );
      if (one.sha256 !== undefined) this.#copies(id, { copies: one.copies, sha256: one.sha256, at: one.at });
    });
  }

  /** Messages a filter leaves there, with the rules it was by. */
  filtered(
    source: string,
    rows: readonly { readonly message: MessageRef; readonly rule: string; readonly why: string }[],
    at: number,
  ): void {
    if (rows.length === 0) return;
    this.#db.transaction(() => {
      for (const { message, rule, why } of rows) {
        const id = this.#row(source, message, at);
        this.#db.run(
          "UPDATE message SET state = 'filtered', rule = ?, failure = ? WHERE message_id = ?",
          rule,
          why,
          id,
        );
      }
    });
  }

  /** No news any more: never collected, never removed there. Answers how many were news. */
  markSeen(source: string, messages: readonly ListedMessage[], at: number): number {
    return this.#db.transaction(() => {
      let marked = 0;
      for (const { uniqueId, octets } of messages) {
        const id = this.#row(source, { id: undefined, uniqueId, octets, keyHash: "" }, at);
        marked += this.#db.run("UPDATE message SET state = 'seen' WHERE message_id = ? AND state <> 'collected'", id);
      }
      return marked;
    });
  }

  // --- removal there

  /** Before QUIT: what it is to remove, and why. */
  marking(rows: readonly { readonly id: number; readonly why: string }[], at: number): void {
    this.#db.transaction(() => {
      for (const { id, why } of rows)
        this.#db.run(
          "UPDATE message SET pending_at = ?, pending_why = coalesce(pending_why, ?) WHERE message_id = ?",
          at,
          why,
          id,
        );
    });
  }

  /** QUIT was answered with +OK. */
  committed(ids: readonly number[], at: number): void {
    this.#db.transaction(() => {
      for (const id of ids) {
        const row = this.#db.get<{ pending_why: string | null }>(
          "SELECT pending_why FROM message WHERE message_id = ?",
          id,
        );
        this.#removed(id, { at, why: row?.pending_why ?? "" });
      }
    });
  }

  #removed(id: number, { at, why }: { readonly at: number; readonly why: string }): void {
    this.#db.run(
      "UPDATE message SET pending_at = NULL, pending_why = NULL, removed_at = ?, removed_why = ? WHERE message_id = ?",
      at,
      why,
      id,
    );
    this.#db.run(
      `UPDATE audit SET removed_at = ?, removed_why = ? WHERE removed_at IS NULL AND audit_id IN (
         SELECT a.audit_id FROM audit a JOIN message m ON m.source = a.source AND m.unique_id = a.unique_id AND m.sha256 = a.sha256
         WHERE m.message_id = ?)`,
      at,
      why,
      id,
    );
  }

  // --- by hand

  /** Forgets messages, so that they are new again; `again` collects also what its owner removed here. Answers how many. */
  forget(source: string, o: { readonly uniqueIds?: readonly string[]; readonly quarantinedOnly?: boolean }): number {
    return this.#db.transaction(() => {
      const rows = this.known(source).filter(
        ({ uniqueId, state }) =>
          (o.uniqueIds === undefined || o.uniqueIds.includes(uniqueId)) &&
          (o.quarantinedOnly !== true || state === "quarantined"),
      );
      for (const { id } of rows) {
        this.#db.run("DELETE FROM copy WHERE message_id = ?", id);
        this.#db.run(
          `UPDATE message SET state = 'new', attempts = 0, failure = NULL, rule = NULL, pending_at = NULL, pending_why = NULL,
             removed_at = NULL, removed_why = NULL, again = 1 WHERE message_id = ?`,
          id,
        );
      }
      return rows.length;
    });
  }

  /** Forgets a whole source. */
  forgetSource(source: string): void {
    this.#db.transaction(() => {
      this.#db.run("DELETE FROM message WHERE source = ?", source);
      this.#db.run("DELETE FROM source WHERE source = ?", source);
    });
  }

  /** In the order in which messages were stored; `after` is the last row already seen. */
  audit(o: { readonly source?: string; readonly after?: number; readonly limit: number }): readonly AuditRow[] {
    const rows = this.#db.all<{
      readonly audit_id: number;
      readonly source: string;
      readonly unique_id: Uint8Array;
      readonly octets: number;
      readonly sha256: string;
      readonly stored_at: number;
      readonly destinations: string;
      readonly removed_at: number | null;
      readonly removed_why: string | null;
    }>(
      "SELECT * FROM audit WHERE audit_id > ? AND (? IS NULL OR source = ?) ORDER BY audit_id LIMIT ?",
      o.after ?? 0,
      o.source ?? null,
      o.source ?? null,
      o.limit,
    );
    return rows.map((row) => ({
      auditId: row.audit_id,
      source: row.source,
      uniqueId: fromOctets(row.unique_id),
      octets: row.octets,
      sha256: row.sha256,
      storedAt: row.stored_at,
      destinations: JSON.parse(row.destinations) as string[],
      removedAt: row.removed_at ?? undefined,
      removedWhy: row.removed_why ?? undefined,
    }));
  }

  // --- rows

  /** The row of a message, made when there is none. */
  #row(source: string, { id, uniqueId, octets, keyHash }: MessageRef, at: number): number {
    if (id !== undefined) {
      // It has become one of several, or the other way round: its key follows.
      this.#db.run(
        "UPDATE OR IGNORE message SET key_hash = ? WHERE message_id = ? AND key_hash <> ?",
        keyHash,
        id,
        keyHash,
      );
      return id;
    }
    this.#db.run(
      "INSERT INTO message (source, unique_id, octets, key_hash, state, first_seen_at) VALUES (?, ?, ?, ?, 'new', ?) ON CONFLICT DO NOTHING",
      source,
      toOctets(uniqueId),
      octets,
      keyHash,
      at,
    );
    const row = this.#db.get<{ message_id: number }>(
      "SELECT message_id FROM message WHERE source = ? AND unique_id = ? AND octets = ? AND key_hash = ?",
      source,
      toOctets(uniqueId),
      octets,
      keyHash,
    );
    if (row === undefined) throw new Error("a message has no row");
    return row.message_id;
  }

  #copies(
    id: number,
    o: { readonly copies: readonly StoredCopy[]; readonly sha256: string; readonly at: number },
  ): void {
    for (const { destination, place } of o.copies)
      this.#db.run(
        "INSERT OR REPLACE INTO copy (message_id, destination, place, sha256, stored_at) VALUES (?, ?, ?, ?, ?)",
        id,
        destination,
        place,
        o.sha256,
        o.at,
      );
  }
}
