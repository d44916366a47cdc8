// What an act will have changed, before the server has said so: pure functions of what is in the cache.
import type { Act, Card, Conversation, Message, Ref, Role, Row } from "../../api/schema/index.ts";
import type { ListOf } from "../place/place.ts";

/** The messages of an act, to look one up. */
export type RefSet = ReadonlySet<string>;

export function refSet(on: readonly Ref[]): RefSet {
  return new Set(on.map(({ account, messageId }) => `${account}/${messageId}`));
}

function holds(on: RefSet, account: string, messageId: number): boolean {
  return on.has(`${account}/${messageId}`);
}

/** Where an act puts a message; undefined when it stays where it is. */
function destination(act: Act): { readonly role: Role | null; readonly mailbox: string | null } | undefined {
  switch (act.kind) {
    case "archive":
    case "junk":
    case "trash":
      return { role: act.kind, mailbox: null };
    case "not-junk":
      return { role: "inbox", mailbox: null };
    case "move":
      return { role: act.mailbox === "INBOX" ? "inbox" : null, mailbox: act.mailbox };
    default:
      return undefined;
  }
}

/** The row after `act`, in `list`; null when it is in the list no more. */
export function changedRow(row: Row, act: Act, on: RefSet, list: ListOf): Row | null {
  const hit = row.messageIds.filter((id) => holds(on, row.account, id));
  if (hit.length === 0) return row;
  const isWhole = hit.length === row.messageIds.length;
  const flags = changedFlags(row, act, isWhole);
  if (flags !== undefined) return flags;
  if (act.kind !== "delete" && !leaves(act, row, list)) return isWhole ? { ...row, ...placed(act, row) } : row;
  const [next, ...others] = row.messageIds.filter((id) => !hit.includes(id));
  if (next === undefined) return null;
  return { ...row, messageId: next, messageIds: [next, ...others], count: Math.max(1, row.count - hit.length) };
}

/** A row loses its dot or star only when that is sure: of all its messages. */
function changedFlags(row: Row, act: Act, isWhole: boolean): Row | undefined {
  switch (act.kind) {
    case "read":
      return isWhole ? { ...row, isUnread: false } : row;
    case "unread":
      return { ...row, isUnread: true };
    case "star":
      return { ...row, isStarred: true };
    case "unstar":
      return isWhole ? { ...row, isStarred: false } : row;
    case "label":
      return { ...row, labels: withLabel(row.labels, act.label) };
    case "unlabel":
      return isWhole ? { ...row, labels: row.labels.filter((label) => label !== act.label) } : row;
    default:
      return undefined;
  }
}

function withLabel(labels: readonly string[], label: string): string[] {
  return labels.includes(label) ? [...labels] : [...labels, label];
}

/** A list of a mailbox, or of a role, loses what is moved elsewhere; the others keep it. */
function leaves(act: Act, row: Row, list: ListOf): boolean {
  const to = destination(act);
  if (to === undefined) return false;
  if (list.kind === "role") return to.role !== list.role;
  if (list.kind === "mailbox") return to.mailbox === null ? to.role !== row.role : to.mailbox !== list.mailbox;
  return false;
}

function placed<T extends { readonly role: Role | null; readonly mailbox: string }>(act: Act, at: T) {
  const to = destination(act);
  return { role: to === undefined ? at.role : to.role, mailbox: to?.mailbox ?? at.mailbox };
}

/** The conversation after `act`, itself when it has none of them: a moved message stays in it, one deleted for good does not. */
export function changedConversation(conversation: Conversation, act: Act, on: RefSet): Conversation {
  if (!conversation.cards.some(({ account, messageId }) => holds(on, account, messageId))) return conversation;
  const cards = conversation.cards.flatMap((card) => {
    if (!holds(on, card.account, card.messageId)) return [card];
    return act.kind === "delete" ? [] : [changedMessage(card, act)];
  });
  return { ...conversation, cards };
}

/** One message, collapsed or expanded, after `act`. */
export function changedMessage<T extends Card | Message>(message: T, act: Act): T {
  switch (act.kind) {
    case "read":
    case "unread":
      return { ...message, isUnread: act.kind === "unread" };
    case "star":
    case "unstar":
      return { ...message, isStarred: act.kind === "star" };
    case "label":
      return "labels" in message ? { ...message, labels: withLabel(message.labels, act.label) } : message;
    case "unlabel":
      return "labels" in message
        ? { ...message, labels: message.labels.filter((label) => label !== act.label) }
        : message;
    default:
      return { ...message, ...placed(act, message) };
  }
}
