// A list of what is unread keeps the row of what is open, which became read by that: it stays where it is until it is open no
// more, and no other row comes beneath the hand.
import type { Card, Row } from "../../api/schema/index.ts";
import type { ListQuestion } from "../data/list-question.ts";
import type { ListOf } from "../place/place.ts";
import type { KeyedRow } from "./rows.ts";

/** What the row of what is open was when the list last had it. */
export interface Stood {
  readonly rows: readonly KeyedRow[];
  readonly at: number;
}

/** What is known of a message that may have changed since. */
type Known = Pick<Card, "messageId" | "mailbox" | "role" | "isUnread" | "isStarred" | "labels">;

/** Whether a list loses what becomes read, and nothing by what else is done to it but a move. */
export function losesRead({ list, isUnreadOnly }: ListQuestion): boolean {
  if (list.kind !== "search") return isUnreadOnly && list.kind !== "starred";
  return hasTerm(list.q, "is:unread|-is:read") && !hasTerm(list.q, "-?is:(?:un)?starred|-?(?:label|on):.*");
}

function hasTerm(q: string, terms: string): boolean {
  return new RegExp(`(?:^|\\s)(?:${terms})(?:\\s|$)`, "i").test(q);
}

/** The rows with the one that has left them; `messages` are those of what is open, undefined while nobody knows them. */
export function withKept(
  rows: readonly KeyedRow[],
  stood: Stood,
  o: { readonly list: ListOf; readonly messages: readonly Known[] | undefined },
): readonly KeyedRow[] {
  const was = stood.rows[stood.at];
  const row = was === undefined ? null : asItIsNow(was.row, o);
  return was === undefined || row === null ? rows : rows.toSpliced(placeOf(rows, stood), 0, { key: was.key, row });
}

/** Behind the nearest that stood above it and is there still; else before the nearest that stood below. */
function placeOf(rows: readonly KeyedRow[], stood: Stood): number {
  const places = new Map(rows.map(({ key }, at) => [key, at]));
  const isThere = ({ key }: KeyedRow): boolean => places.has(key);
  const above = stood.rows.slice(0, stood.at).findLast(isThere);
  if (above !== undefined) return (places.get(above.key) ?? 0) + 1;
  const below = stood.rows.slice(stood.at + 1).find(isThere);
  return below === undefined ? rows.length : (places.get(below.key) ?? 0);
}

/** Null when all of it has left the list for another reason too. */
function asItIsNow(
  row: Row,
  { list, messages }: { readonly list: ListOf; readonly messages: readonly Known[] | undefined },
): Row | null {
  // What names more messages than it lists means those that are unread: there are none.
  if (row.whole !== null) return null;
  if (messages === undefined) return row;
  // As the row names them, the newest first.
  const left = row.messageIds.flatMap((id) =>
    messages.filter((one) => one.messageId === id && isPlacedIn(one, list, row)),
  );
  const [newest, ...others] = left;
  if (newest === undefined) return null;
  return {
    ...row,
    messageId: newest.messageId,
    messageIds: [newest, ...others].map(({ messageId }) => messageId),
    count: left.length,
    isUnread: left.some(({ isUnread }) => isUnread),
    isStarred: left.some(({ isStarred }) => isStarred),
    labels: newest.labels,
  };
}

function isPlacedIn({ mailbox, role }: Known, list: ListOf, row: Row): boolean {
  if (list.kind === "role") return role === list.role;
  if (list.kind === "mailbox") return mailbox === list.mailbox && role === row.role;
  return role === row.role || (role !== "trash" && role !== "junk");
}
