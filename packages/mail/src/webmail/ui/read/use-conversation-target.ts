// What an act is done to while a conversation is open.
import { useState } from "react";
import type { Card, Conversation, Role, Row } from "../../api/schema/index.ts";
import { type ActedOn, refOf, type Target, targetOf, targetOfMessage } from "../acts/target.ts";

/** The messages its row stands for, also when that has left the list; where there was none, those of the place. */
export function useConversationTarget(
  { row, place }: { readonly row: Row | null; readonly place: Role | null },
  conversation: Conversation | undefined,
): Target | null {
  const [last, setLast] = useState(row);
  if (row !== null && row !== last) setLast(row);
  if (row !== null) return targetOf([row]);
  // More messages than a row names are asked for by the list, which has the conversation no more.
  if (last?.whole === null) return asItIsNow(targetOf([last]), conversation);
  return conversation === undefined ? null : conversationTarget(conversation, place);
}

/** A row that has left the list says no more what became of its messages; their conversation does. */
function asItIsNow(target: Target | null, conversation: Conversation | undefined): Target | null {
  if (target === null) return null;
  const ids = new Set(target.refs.map(({ messageId }) => messageId));
  const cards = conversation?.cards.filter(({ messageId }) => ids.has(messageId)) ?? [];
  const [first] = cards;
  if (first === undefined) return target;
  return {
    ...target,
    role: cards.every(({ role }) => role === first.role) ? first.role : null,
    mailbox: cards.every(({ mailbox }) => mailbox === first.mailbox) ? first.mailbox : null,
    isUnread: cards.some(({ isUnread }) => isUnread),
    isStarred: cards.some(({ isStarred }) => isStarred),
    labels: first.labels.filter((label) => cards.every(({ labels }) => labels.includes(label))),
  };
}

function conversationTarget({ cards, whole }: Conversation, place: Role | null): Target | null {
  const kept = cards.filter(({ role }) => role !== "trash");
  const meant = CHOICES(place)
    .map((isMeant) => kept.filter(isMeant))
    .find(({ length }) => length > 0);
  const chosen = meant ?? cards;
  const [first] = chosen;
  if (first === undefined) return null;
  const isMore = whole !== null && kept.length > 0;
  const on: ActedOn = {
    refs: chosen.map(refOf),
    wholes: isMore ? [whole] : [],
    alone: (isMore ? chosen.filter(({ role }) => role === "junk") : chosen).map(refOf),
  };
  const same = <T>(of: (card: Card) => T): T | null =>
    chosen.every((card) => of(card) === of(first)) ? of(first) : null;
  return {
    ...targetOfMessage(first),
    role: same(({ role }) => role),
    mailbox: same(({ mailbox }) => mailbox),
    from: same(({ from }) => (from.length === 1 ? (from[0]?.address.toLowerCase() ?? null) : null)),
    ...on,
    moved: on,
    isUnread: chosen.some(({ isUnread }) => isUnread),
    isStarred: chosen.every(({ isStarred }) => isStarred),
    labels: first.labels.filter((label) => chosen.every(({ labels }) => labels.includes(label))),
  };
}

const NOT_RECEIVED: ReadonlySet<Role | null> = new Set<Role | null>(["sent", "drafts", "junk"]);

/** What is in the place the conversation was opened from; else what came; else whatever is not thrown away. */
const CHOICES = (place: Role | null): readonly ((card: Card) => boolean)[] => [
  ({ role }) => place !== null && role === place,
  ({ role }) => !NOT_RECEIVED.has(role),
  () => true,
];
