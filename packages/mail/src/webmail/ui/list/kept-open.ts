// A list of what is unread keeps the row of what is open, which became read by that: it stays where it is for as long as it is
// open, and no other row comes beneath the hand.
import type { Card, Row } from "../../api/schema/index.ts";
import type { ListQuestion } from "../data/list-question.ts";
import type { Understood } from "../data/lists.ts";
import type { KeyedRow } from "./rows.ts";

/** What the row of what is open was when the list last had it. */
export interface Stood {
  readonly rows: readonly KeyedRow[];
  readonly at: number;
}

/** A list, and how its query was understood where it is a search. */
export interface ListKept extends Pick<ListQuestion, "list" | "isUnreadOnly"> {
  readonly terms: Understood["terms"];
}

/** What may have changed of a message. */
type Known = Pick<Card, "messageId" | "mailbox" | "role" | "isUnread" | "isStarred" | "labels">;

/** Whether a list loses what becomes read, and nothing by what else is done to it but a move. */
export function losesRead({ list, isUnreadOnly, terms }: ListKept): boolean {
  if (list.kind !== "search") return isUnreadOnly && list.kind !== "starred";
  const isOfUnread = terms.some(({ operator, value, isNegated }) => {
    const loses = isNegated ? "read" : "unread";
    return operator === "is" && value.toLowerCase() === loses;
  });
  const losesMore = ({ operator, value }: ListKept["terms"][number]): boolean =>
    operator === "on" || (operator === "is" && value.toLowerCase().endsWith("starred"));
  return isOfUnread && !terms.some(losesMore);
}

interface KeptIn {
  readonly of: ListKept;
  /** Those of what is open; undefined while nobody knows all of them. */
  readonly messages: readonly Known[] | undefined;
}

/** The rows with the one that has left them. */
export function withKept(rows: readonly KeyedRow[], stood: Stood, keptIn: KeptIn): readonly KeyedRow[] {
  const was = stood.rows[stood.at];
  // It may be there without the message that is open.
  if (was === undefined || rows.some(({ key }) => key === was.key)) return rows;
  const row = asItIsNow(was.row, keptIn);
  return row === null ? rows : rows.toSpliced(placeOf(rows, stood, row), 0, { key: was.key, row });
}

/** Behind the nearest that stood above it and stands there still; else before the nearest that stood below. */
function placeOf(rows: readonly KeyedRow[], stood: Stood, { date }: Row): number {
  const places = new Map(rows.map(({ row }, at) => [idOf(row), at]));
  // One with another newest message has moved by itself.
  const standing = (some: readonly KeyedRow[]): readonly number[] =>
    some.flatMap(({ row }) => places.get(idOf(row)) ?? []);
  const above = standing(stood.rows.slice(0, stood.at)).at(-1);
  if (above !== undefined) return above + 1;
  const [below] = standing(stood.rows.slice(stood.at + 1));
  const older = below ?? rows.findIndex(({ row }) => row.date < date);
  return older < 0 ? rows.length : older;
}

function idOf({ account, messageId }: Row): string {
  return `${account}/${messageId}`;
}

/** Null when all of it has left the list for another reason too. */
function asItIsNow(row: Row, { of, messages }: KeptIn): Row | null {
  // What names more messages than it lists means those that are unread: there are none.
  if (row.whole !== null) return null;
  if (messages === undefined) return row;
  // As the row names them, the newest first.
  const left = row.messageIds.flatMap((id) =>
    messages.filter((one) => one.messageId === id && isPlacedIn(one, of, row)),
  );
  const [newest, ...others] = left;
  if (newest === undefined) return null;
  return {
    ...row,
    messageId: newest.messageId,
    messageIds: [newest, ...others].map(({ messageId }) => messageId),
    count: left.length,
    mailbox: newest.mailbox,
    role: newest.role,
    isUnread: left.some(({ isUnread }) => isUnread),
    isStarred: left.some(({ isStarred }) => isStarred),
    labels: newest.labels,
  };
}

function isPlacedIn({ mailbox, role }: Known, { list, terms }: ListKept, was: Row): boolean {
  const isWhereItWas = mailbox === was.mailbox && role === was.role;
  if (list.kind === "role") return role === list.role;
  if (list.kind === "mailbox" || terms.some(({ operator }) => operator === "in")) return isWhereItWas;
  return isWhereItWas || (role !== "trash" && role !== "junk");
}
