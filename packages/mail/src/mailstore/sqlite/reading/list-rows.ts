// Rows of a list: one message each, or what of a conversation is in that list.
import type { MailAddress } from "../../../message/index.ts";
import type { IndexedMessage, ListRow } from "../../reading-index.ts";
import type { Statements } from "../statements.ts";
import { membersOf, type Range } from "./ranges.ts";
import { addressesOf, rowsAt } from "./rows.ts";

/** Messages of one row that are named. */
const messageIdsMax = 100;
const sendersMax = 5;

/** A place in a list, and the range it was found in. */
export interface Found {
  readonly position: number;
  readonly account: number;
  readonly conversation: number;
  readonly range: Range;
}

/** Position, message-id, senders as JSON, unread, starred, attachments, mailbox. */
type Member = readonly [number, number, string, number, number, number, number];

const memberColumns = "e.position, e.message_id, e.sender, e.unread, e.starred, e.attachments, e.mailbox";

/** Rows of one message each, in the order of `positions`. */
export function messageRows(db: Statements, positions: readonly number[]): readonly ListRow[] {
  const messages = rowsAt(db, positions);
  return positions.flatMap((position) => {
    const newest = messages.get(position);
    return newest === undefined ? [] : [messageRow(newest)];
  });
}

function messageRow(newest: IndexedMessage): ListRow {
  return {
    newest,
    messageIds: [newest.messageId],
    written: [],
    count: 1,
    upTo: newest.messageId,
    senders: newest.from.slice(0, sendersMax),
    isUnread: !newest.keywords.includes("$seen"),
    isStarred: newest.keywords.includes("$flagged"),
    attachments: newest.attachments,
  };
}

/** Rows of conversations, each found by its newest message: of each, what is in the list. */
export function conversationRows(db: Statements, found: readonly Found[]): readonly ListRow[] {
  const messages = rowsAt(
    db,
    found.map(({ position }) => position),
  );
  return found.flatMap((one) => {
    const newest = messages.get(one.position);
    return newest === undefined ? [] : [conversationRow(db, one, newest)];
  });
}

function conversationRow(db: Statements, found: Found, newest: IndexedMessage): ListRow {
  const { members, ...ofAll } = newestMembers(db, found);
  const { written } = found.range;
  return {
    newest,
    messageIds: members.map(([, messageId]) => messageId),
    written: members.flatMap(([, messageId, , , , , mailbox]) => (written.includes(mailbox) ? messageId : [])),
    ...ofAll,
    senders: sendersOf(members),
  };
}

type OfAll = Pick<ListRow, "count" | "upTo" | "isUnread" | "isStarred" | "attachments">;

/** The newest first. Those beyond the named ones are only counted: machines write long ones to themselves. */
function newestMembers(
  db: Statements,
  { range, account, conversation }: Found,
): OfAll & { readonly members: readonly Member[] } {
  const from = membersOf(range);
  const values = [...range.values, account, conversation];
  // In the order of the index, which costs a third of what sorting them there does.
  const some = db.tuples<Member>(`SELECT ${memberColumns} ${from} LIMIT ?`, ...values, messageIdsMax + 1);
  if (some.length <= messageIdsMax) return { ...sumOf(some), members: some.toSorted(([a], [b]) => b - a) };
  const inOrder = `SELECT ${memberColumns} ${from} ORDER BY e.position DESC LIMIT ?`;
  const members = db.tuples<Member>(inOrder, ...values, messageIdsMax);
  const [sums = [0, 0, 0, 0, 0]] = db.tuples<Sums>(`SELECT ${sumColumns} ${from}`, ...values);
  const [count, upTo, unread, starred, attachments] = sums;
  return { count, upTo, isUnread: unread === 1, isStarred: starred === 1, attachments, members };
}

type Sums = readonly [count: number, upTo: number, unread: number, starred: number, attachments: number];

const sumColumns = "count(*), max(e.message_id), max(e.unread), max(e.starred), sum(e.attachments)";

function sumOf(members: readonly Member[]): OfAll {
  return {
    count: members.length,
    upTo: Math.max(...members.map(([, messageId]) => messageId)),
    isUnread: members.some(([, , , unread]) => unread === 1),
    isStarred: members.some(([, , , , starred]) => starred === 1),
    attachments: members.reduce((sum, [, , , , , attachments]) => sum + attachments, 0),
  };
}

/** Those who wrote last, the oldest of them first. */
function sendersOf(members: readonly Member[]): readonly MailAddress[] {
  const byAddress = new Map<string, MailAddress>();
  // Whoever wrote once more is in there already.
  for (const sender of new Set(members.map(([, , written]) => written))) {
    for (const address of addressesOf(sender)) {
      const folded = (address.address || address.name).toLowerCase();
      if (!byAddress.has(folded)) byAddress.set(folded, address);
    }
    if (byAddress.size >= sendersMax) break;
  }
  return [...byAddress.values()].slice(0, sendersMax).toReversed();
}
