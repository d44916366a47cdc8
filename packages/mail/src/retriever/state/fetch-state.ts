// The retriever's memory, one method a thing that happens. Every method is durable when it returns.
import { setImmediate } from "node:timers/promises";
import type { Restored } from "../decide/guard.ts";
import type { Adoption } from "../decide/migration.ts";
import { stubsOf, type KnownMessage } from "../decide/known.ts";
import {
  blame,
  collected,
  doubt,
  excuse,
  failed,
  filtered,
  lostAt,
  markSeen,
  sighted,
  type Blame,
  type CollectedMessage,
  type FailedMessage,
  type FilteredMessage,
  type MessageRef,
  wantAgain,
  type SeenMessage,
} from "./arrivals.ts";
import { isSameMailbox } from "../endpoint.ts";
import { readAudit, readRemovals, type AuditRow, type RemovalPlace } from "./audit.ts";
import { openDatabase, type Database } from "./database.ts";
import { adopt, noteListing, type NotedListing } from "./listings.ts";
import { compareMarks, renewMarks } from "./marks.ts";
import { readDestinations, readMessageIds, readMessages, readMessagesAt, readMessagesOf } from "./message-rows.ts";
import { committed, marking, thereAgain, withdraw } from "./removals.ts";
import { acceptRestored, isRestored, noteRestored } from "./restored.ts";
import { listFacts, readFacts, writeFacts, type SourceFacts } from "./source-facts.ts";

/** Read in some milliseconds. */
const TURN_MESSAGES = 1_000;

export class FetchState {
  readonly #db: Database;
  readonly #path: string;

  private constructor(path: string, db: Database) {
    this.#path = path;
    this.#db = db;
  }

  /** Throws FetchError `state`. */
  static open(path: string): FetchState {
    const db = openDatabase(path);
    try {
      compareMarks(db, path);
    } catch (error) {
      db.close();
      throw error;
    }
    return new FetchState(path, db);
  }

  close(): void {
    this.#db.close();
  }

  // --- what was restored

  /** Why the source's past may be an older one; undefined when it is not. */
  restored(source: string): Restored | undefined {
    return isRestored(this.#db, source) ? "memory" : undefined;
  }

  /** The store or this file was restored: until somebody answers for a source, old messages are not removed there. */
  noteRestored(): void {
    noteRestored(this.#db);
  }

  acceptRestored(source: string): void {
    acceptRestored(this.#db, source);
  }

  /** At the beginning of a run: an older copy of the file that is put in its place is known by its mark from now on. */
  renewMarks(): void {
    renewMarks(this.#db, this.#path);
  }

  // --- sources

  sources(): readonly SourceFacts[] {
    return listFacts(this.#db);
  }

  /** Undefined before its first run. */
  find(source: string): SourceFacts | undefined {
    return readFacts(this.#db, source);
  }

  /** Names of sources that are remembered as other mailboxes than `endpoint`: their memory is no new source's. */
  namesOfOthers(endpoint: string): readonly string[] {
    return this.sources()
      .filter((facts) => !isSameMailbox(facts.endpoint, endpoint))
      .map(({ source }) => source);
  }

  /**
   * Under which names mail of `endpoint` was collected into any of `destinations`, the one that has most of them and ran
   * last first: a source of another name would collect it there a second time.
   */
  namesOf(endpoint: string, destinations: readonly string[]): readonly string[] {
    return this.sources()
      .filter((facts) => isSameMailbox(facts.endpoint, endpoint))
      .map(({ source, lastRunAt = 0 }) => {
        const had = readDestinations(this.#db, source);
        return { source, lastRunAt, shared: destinations.filter((destination) => had.includes(destination)).length };
      })
      .filter(({ shared }) => shared > 0)
      .toSorted((one, other) => other.shared - one.shared || other.lastRunAt - one.lastRunAt)
      .map(({ source }) => source);
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

  /** The same for whoever has the source's lease: others have their turn meanwhile, for a large mailbox takes a second. */
  async knownInTurns(source: string): Promise<readonly KnownMessage[]> {
    const ids = readMessageIds(this.#db, source);
    const known: KnownMessage[] = [];
    for (let from = 0; from < ids.length; from += TURN_MESSAGES) {
      if (from > 0) await setImmediate();
      known.push(...readMessagesOf(this.#db, ids.slice(from, from + TURN_MESSAGES)));
    }
    return known;
  }

  /** Of those, what has a copy in one of these places, of whichever destination. */
  knownAt(source: string, places: readonly string[]): readonly KnownMessage[] {
    return readMessagesAt(this.#db, source, places);
  }

  // --- listings

  /** A whole listing. Answers the removals it confirms. */
  noteListing(listing: NotedListing): readonly KnownMessage[] {
    return this.#db.transaction(() => noteListing(this.#db, listing));
  }

  /** Other mail has the unique-id and size of these now. What was stored and removed of them stays in the audit. */
  supersede(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#db.transaction(() => {
      for (const id of ids) this.#db.run("DELETE FROM message WHERE message_id = ?", id);
    });
  }

  /** Old messages under new unique-ids. */
  adopt(source: string, adoptions: readonly Adoption[]): void {
    this.#db.transaction(() => adopt(this.#db, source, adoptions));
  }

  // --- messages

  /** A group of messages is safely here. Answers their rows. */
  collected(source: string, group: readonly CollectedMessage[]): readonly number[] {
    return this.#db.transaction(() => group.map((one) => collected(this.#db, source, one)));
  }

  /** Answers its row. */
  failed(source: string, one: FailedMessage): number {
    return this.#db.transaction(() => failed(this.#db, source, one));
  }

  /** What came as these may be other mail: they are fetched again. What is here of them stays. */
  doubt(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#db.transaction(() => doubt(this.#db, ids));
  }

  /** A session ended while this message was compared with what is here. */
  lostAt(row: number): void {
    this.#db.transaction(() => lostAt(this.#db, row));
  }

  /** Lost connections are held against a message. Answers whether it is quarantined for that. */
  blame(o: Blame): boolean {
    return this.#db.transaction(() => blame(this.#db, o));
  }

  /** A failure that was held against each of them was somebody else's. */
  excuse(rows: readonly number[]): void {
    this.#db.transaction(() => excuse(this.#db, rows));
  }

  /** Messages that look like others, and have no row yet. Answers their rows. */
  sighted(source: string, messages: readonly MessageRef[], at: number): KnownMessage[] {
    const ids = this.#db.transaction(() => messages.map((one) => sighted(this.#db, source, one, at)));
    const rows = new Map(this.known(source).map((known) => [known.id, known]));
    return ids.flatMap((id) => rows.get(id) ?? []);
  }

  /** Messages a filter leaves there. */
  filtered(source: string, rows: readonly FilteredMessage[], at: number): void {
    if (rows.length === 0) return;
    this.#db.transaction(() => {
      for (const row of rows) filtered(this.#db, source, row, at);
    });
  }

  /** No news any more: never collected, never removed there. Answers how many were news. */
  markSeen(source: string, messages: readonly SeenMessage[], at: number): number {
    return this.#db.transaction(() => messages.filter((one) => markSeen(this.#db, source, one, at)).length);
  }

  // --- removal there

  /** Before QUIT: what it is to remove, and why. */
  marking(rows: readonly { readonly id: number; readonly why: string }[], at: number): void {
    this.#db.transaction(() => marking(this.#db, rows, at));
  }

  /** Nobody wants these removed there any more. */
  withdraw(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#db.transaction(() => withdraw(this.#db, ids));
  }

  /** QUIT was answered with +OK. */
  committed(ids: readonly number[], at: number): void {
    this.#db.transaction(() => committed(this.#db, ids, at));
  }

  /** Removed there once, there again, and taken for what they are now. */
  thereAgain(ids: readonly number[]): void {
    if (ids.length === 0) return;
    this.#db.transaction(() => {
      for (const id of ids) thereAgain(this.#db, id);
    });
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
      // Its header stays known: the message takes its place.
      for (const known of rows) {
        const kept = stubsOf(known);
        wantAgain(this.#db, { id: known.id, kept, sha256: kept[0]?.sha256 });
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
    return readAudit(this.#db, o);
  }

  /** What was removed from a source's server, the last first; `after` is the place of the last row already seen. */
  removals(o: { readonly source: string; readonly after?: RemovalPlace; readonly limit: number }): readonly AuditRow[] {
    return readRemovals(this.#db, o);
  }
}
