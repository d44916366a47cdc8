// How a conversation is laid out: which message is expanded, and which are so old that they wait behind a line.
import type { Card } from "../../api/schema/index.ts";

/** Collapsed cards before the rest waits behind "n older messages". */
const SHOWN_MAX = 4;
/** Hiding fewer than this would save no room. */
const HIDDEN_MIN = 2;

/** Oldest first. */
export function inOrder(cards: readonly Card[]): readonly Card[] {
  return cards.toSorted((a, b) => a.date - b.date || a.messageId - b.messageId);
}

/** What is expanded at first: the one asked for, else the newest; or, as the person chose, the oldest unread one before that. */
export function expandedOf(
  cards: readonly Card[],
  { at, newestFirst }: { readonly at: number | null; readonly newestFirst: boolean },
): Card | undefined {
  const ordered = inOrder(cards);
  const unread = newestFirst ? undefined : ordered.find(({ isUnread }) => isUnread);
  return ordered.find(({ messageId }) => messageId === at) ?? unread ?? ordered.at(-1);
}

const NOTHING: ReadonlySet<number> = new Set();

/** The first card is shown, then some wait, then the rest is shown; nothing waits from the expanded or an unread card on. */
export function hiddenOf(ordered: readonly Card[], expanded: number): ReadonlySet<number> {
  const at = ordered.findIndex(({ messageId, isUnread }) => messageId === expanded || isUnread);
  const to = Math.min(at < 0 ? ordered.length : at, ordered.length - SHOWN_MAX + 1);
  if (to - 1 < HIDDEN_MIN) return NOTHING;
  return new Set(ordered.slice(1, to).map(({ messageId }) => messageId));
}
