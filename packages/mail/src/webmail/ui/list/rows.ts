// Rows of a list as the screen uses them: in order, each with a key that stays while its conversation does.
import type { Ref, Row } from "../../api/schema/index.ts";
import type { Opened } from "../place/place.ts";
import type { ListQuestion } from "../data/list-question.ts";

export interface KeyedRow {
  readonly key: string;
  readonly row: Row;
}

/** Pages may overlap when mail came between two of them; a row stands where it came first. */
export function keyedRows(
  pages: readonly { readonly rows: readonly Row[] }[],
  { view, list }: ListQuestion,
): readonly KeyedRow[] {
  const byMessage = view === "messages" || list.kind === "search";
  const rows = new Map<string, Row>();
  for (const row of pages.flatMap((page) => page.rows)) {
    const key = byMessage ? `${row.account}.m${row.messageId}` : `${row.account}.c${row.conversation}`;
    if (!rows.has(key)) rows.set(key, row);
  }
  return Array.from(rows, ([key, row]) => ({ key, row }));
}

/** What opening a row opens. A found message is expanded in its conversation. */
export function openedBy(row: Row, { view, list }: ListQuestion, conversations: boolean): Opened {
  const { account, conversation, messageId } = row;
  if (view === "messages" && !(list.kind === "search" && conversations))
    return { account, kind: "message", id: messageId, at: null };
  return { account, kind: "conversation", id: conversation, at: list.kind === "search" ? messageId : null };
}

export function isOpenIn(opened: Opened | null, row: Row): boolean {
  if (opened === null || opened.account !== row.account) return false;
  if (opened.kind === "message") return row.messageIds.includes(opened.id);
  return row.conversation === opened.id && (opened.at === null || row.messageIds.includes(opened.at));
}

/** What a message came from, as people call it: its source, or the account it was delivered to. */
export function originName(
  { account, origin }: Pick<Row, "account" | "origin">,
  names: ReadonlyMap<string, string>,
): string {
  return origin.name === "" ? (names.get(account) ?? account) : origin.name;
}

/** Nothing that is said of it differs. */
export function isSameRow(one: Row, other: Row): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export function refsOf(rows: readonly Pick<Row, "account" | "messageIds">[]): readonly Ref[] {
  return rows.flatMap(({ account, messageIds }) => messageIds.map((messageId) => ({ account, messageId })));
}

/** By how many places the first row in sight that stays where it was moved down; negative when rows above it went. */
export function addedAbove(before: readonly KeyedRow[], after: readonly KeyedRow[], firstInSight: number): number {
  const places = new Map(after.map(({ key, row }, at) => [key, { at, messageId: row.messageId }]));
  const passed: number[] = [];
  for (const { key, row } of before.slice(firstInSight)) {
    const now = places.get(key);
    // Rows that went between the edge and it closed up from below: they move nothing that is above.
    if (now === undefined) continue;
    // One whose newest message is another has moved by itself. To the top, as an answer takes it: then a row came in above.
    if (now.messageId === row.messageId) return now.at - firstInSight - passed.filter((at) => at < now.at).length;
    passed.push(now.at);
  }
  return 0;
}

/** Of a list that was loaded on, the rows behind those there were before: what arrived meanwhile is not among them. */
export function rowsBehind(before: readonly KeyedRow[], after: readonly KeyedRow[]): readonly KeyedRow[] {
  const idOf = ({ row }: KeyedRow): string => `${row.account}/${row.messageId}`;
  const places = new Map(after.map((one, at) => [idOf(one), at]));
  // A row with the same newest message stands where it stood.
  const last = before.findLast((one) => places.has(idOf(one)));
  return last === undefined ? [] : after.slice((places.get(idOf(last)) ?? 0) + 1);
}

const HUES = 8;

/** A tint that stays with a name, one of eight. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const letter of name) sum = (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9_973;
  return sum % HUES;
}

/** Keys mean a row while it has the focus, whatever is open beside the list. */
export function isRowFocused(): boolean {
  return document.activeElement?.closest("[role=row]") instanceof Element;
}
