// How one account is followed, a batch at a time. First what changed since the last look, so that new mail shows at once;
// then, while the account is indexed for the first time or compared anew, older messages from the newest down. Where it
// stands is written in the transaction that writes the rows: whatever kills the process, the next one goes on from there.
import { UNREADABLE_SUMMARY, type MessageSummary } from "../../../message/index.ts";
import type { Statements } from "../statements.ts";
import { EntryWriter, knownEntry, type BatchEffects } from "./entries.ts";
import type { PlacedItem } from "./entry.ts";
import { changedItems, endOfRun, headOf, placedItems, type AccountHead, type MailItem } from "./mail-source.ts";

const changesAtOnce = 200;
/** Messages that are read and parsed for one batch. */
const newMessagesMax = 64;
const newOctetsMax = 8 * 1_048_576;
/** Rows of a removed account that go in one transaction. */
const dropsAtOnce = 500;

export interface Progress {
  readonly uidlEpoch: number;
  readonly modseq: number;
  readonly below: number;
  /** Of the account, when it had come so far. */
  readonly run: number;
}

/** What to do next for an account. */
export type Batch =
  | { readonly kind: "nothing"; readonly progress: Progress }
  /** The account is gone, or is another one: its rows go first. */
  | { readonly kind: "drop"; readonly messageIds: readonly number[] }
  | {
      readonly kind: "index";
      /** What is in it came or changed since the account is followed; else it is only compared, or read late. */
      readonly isNews: boolean;
      readonly items: readonly MailItem[];
      /** Those without a row yet. */
      readonly unknown: readonly PlacedItem[];
      /** Rows of messages that have no place any more. */
      readonly gone: readonly number[];
      readonly progress: Progress;
    };

/** Both databases as they are now. */
export interface Databases {
  readonly mail: Statements;
  readonly search: Statements;
}

export function progressOf(search: Statements, account: number): Progress | undefined {
  return search.get<Progress>(
    "SELECT uidl_epoch AS uidlEpoch, modseq, below, run FROM followed WHERE account = ?",
    account,
  );
}

/** Reads both databases, writes neither. The mail database is in a read transaction. */
export function nextBatch({ mail, search }: Databases, account: number): Batch {
  const head = headOf(mail, account);
  const found = progressOf(search, account);
  if (head === undefined || (found !== undefined && isAnother(mail, head, found)))
    return { kind: "drop", messageIds: someOf(search, account) };
  const isBehind = found === undefined || found.modseq < head.changeFloor;
  const progress = isBehind ? fromTheTop(head) : { ...found, run: head.run };
  const changes = changedItems(mail, { account, since: progress.modseq, limit: changesAtOnce });
  if (changes.length > 0) return changesBatch(search, account, { progress, changes });
  if (progress.below > 0) return olderBatch({ mail, search }, account, progress);
  return { kind: "nothing", progress };
}

/** A store that was restored from a backup is behind what is known of it, or has gone on from where it was behind. */
function isAnother(mail: Statements, head: AccountHead, { uidlEpoch, modseq, run }: Progress): boolean {
  if (head.uidlEpoch !== uidlEpoch || head.modseq < modseq) return true;
  if (head.run === run) return false;
  const end = endOfRun(mail, head.account, run);
  return end === undefined || end < modseq;
}

/** Nothing is to be done for an account that is so. */
export function isFollowed(head: AccountHead, progress: Progress | undefined): boolean {
  return (
    progress?.modseq === head.modseq &&
    progress.uidlEpoch === head.uidlEpoch &&
    progress.run === head.run &&
    progress.below === 0
  );
}

function fromTheTop(head: AccountHead): Progress {
  const { uidlEpoch, modseq, run } = head;
  return { uidlEpoch, modseq, run, below: modseq === 0 ? 0 : head.nextMessageId };
}

function someOf(search: Statements, account: number): readonly number[] {
  return search
    .all<{ messageId: number }>(
      "SELECT message_id AS messageId FROM entry WHERE account = ? LIMIT ?",
      account,
      dropsAtOnce,
    )
    .map(({ messageId }) => messageId);
}

function changesBatch(
  search: Statements,
  account: number,
  o: { readonly progress: Progress; readonly changes: readonly MailItem[] },
): Batch {
  const { items, unknown } = cut(search, account, o.changes);
  return {
    kind: "index",
    isNews: true,
    items,
    unknown,
    gone: [],
    progress: { ...o.progress, modseq: items.at(-1)?.modseq ?? 0 },
  };
}

/** Compares a range of message-ids: what has a place gets its row, and rows of what has none go. */
function olderBatch({ mail, search }: Databases, account: number, progress: Progress): Batch {
  const placed = placedItems(mail, { account, below: progress.below, limit: changesAtOnce });
  const { items, unknown } = cut(search, account, placed);
  const isLast = placed.length < changesAtOnce && items.length === placed.length;
  const below = isLast ? 0 : (items.at(-1)?.messageId ?? 0);
  const there = new Set(items.map(({ messageId }) => messageId));
  const gone = search
    .all<{ messageId: number }>(
      "SELECT message_id AS messageId FROM entry WHERE account = ? AND message_id >= ? AND message_id < ?",
      account,
      below,
      progress.below,
    )
    .flatMap(({ messageId }) => (there.has(messageId) ? [] : [messageId]));
  return { kind: "index", isNews: false, items, unknown, gone, progress: { ...progress, below } };
}

/** As many as make one batch, in their order. */
function cut(
  search: Statements,
  account: number,
  all: readonly MailItem[],
): { readonly items: readonly MailItem[]; readonly unknown: readonly PlacedItem[] } {
  const items: MailItem[] = [];
  const unknown: PlacedItem[] = [];
  let octets = 0;
  for (const item of all) {
    if (item.kind === "placed" && knownEntry(search, account, item.messageId) === undefined) {
      octets += item.octets;
      if (unknown.length > 0 && (unknown.length === newMessagesMax || octets > newOctetsMax)) break;
      unknown.push(item);
    }
    items.push(item);
  }
  return { items, unknown };
}

/** Writes a batch in one transaction, with how far the account has come. Safe to repeat. */
export function writeBatch(
  search: Statements,
  o: {
    readonly account: number;
    readonly batch: Extract<Batch, { readonly kind: "index" }>;
    readonly summaries: ReadonlyMap<number, MessageSummary>;
  },
): BatchEffects {
  const { account, batch, summaries } = o;
  return inTransaction(search, () => {
    const writer = new EntryWriter(search, account);
    for (const messageId of batch.gone) writer.remove(messageId);
    for (const item of batch.items) {
      if (item.kind === "gone") writer.remove(item.messageId);
      else if (!writer.change(item)) {
        writer.put(item, summaries.get(item.messageId) ?? UNREADABLE_SUMMARY);
        if (batch.isNews) writer.tellArrived(item);
      }
    }
    writer.finish();
    writeProgress(search, account, batch.progress);
    return writer.effects;
  });
}

/** What is written when there is nothing to index: an account without mail is known, too. */
export function writeProgress(search: Statements, account: number, { uidlEpoch, modseq, below, run }: Progress): void {
  search.run(
    "INSERT OR REPLACE INTO followed (account, uidl_epoch, modseq, below, run) VALUES (?, ?, ?, ?, ?)",
    account,
    uidlEpoch,
    modseq,
    below,
    run,
  );
}

/** Some rows of an account that is gone; the account itself with the last. */
export function dropBatch(search: Statements, account: number, messageIds: readonly number[]): BatchEffects {
  return inTransaction(search, () => {
    const writer = new EntryWriter(search, account);
    for (const messageId of messageIds) writer.remove(messageId);
    writer.finish();
    if (messageIds.length < dropsAtOnce) {
      search.run("DELETE FROM tally WHERE mailbox IN (SELECT mailbox FROM mailbox WHERE account = ?)", account);
      for (const table of ["mailbox", "link", "correspondent", "followed"])
        search.run(`DELETE FROM ${table} WHERE account = ?`, account);
    }
    return writer.effects;
  });
}

function inTransaction<T>(search: Statements, write: () => T): T {
  search.database.exec("BEGIN IMMEDIATE");
  try {
    const result = write();
    search.database.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      search.database.exec("ROLLBACK");
    } catch {
      // A full disk or an I/O error may have undone it already; that error is the one to tell.
    }
    throw error;
  }
}
