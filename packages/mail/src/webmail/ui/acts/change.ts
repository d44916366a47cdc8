// What an act will have changed, before the server has said so: pure functions of what is in the cache.
import type { Act, Card, Conversation, Message, Role, Row, WholeRow } from "../../api/schema/index.ts";
import type { ListOf } from "../place/place.ts";
import type { ActedOn } from "./target.ts";

/** What an act is done to, to look it up. */
export interface ActedSet {
  readonly messages: ReadonlySet<string>;
  readonly wholes: ReadonlyMap<string, WholeRow>;
}

export function actedSet({ refs, wholes }: Pick<ActedOn, "refs" | "wholes">): ActedSet {
  return {
    messages: new Set(refs.map(({ account, messageId }) => `${account}/${messageId}`)),
    wholes: new Map(wholes.map((whole) => [JSON.stringify(whole), whole])),
  };
}

export function holds({ messages }: ActedSet, account: string, messageId: number): boolean {
  return messages.has(`${account}/${messageId}`);
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
export function changedRow(row: Row, act: Act, on: ActedSet, list: ListOf): Row | null {
  const hit = row.messageIds.filter((id) => holds(on, row.account, id));
  if (hit.length === 0) return row;
  const rest = row.messageIds.filter((id) => !hit.includes(id));
  // Of a row that has more messages than it names, all are meant only when the row itself was.
  const isMeant = row.whole !== null && on.wholes.has(JSON.stringify(row.whole));
  const isWhole = isMeant || (row.whole === null && rest.length === 0);
  const flags = changedFlags(row, act, isWhole);
  if (flags !== undefined) return flags;
  // Even then what one wrote oneself is spared.
  const isAll = isWhole && rest.length === 0;
  if (act.kind !== "delete" && !leaves(act, row, list)) return isAll ? { ...row, ...placed(act, row) } : row;
  if (isAll) return null;
  const [next, ...others] = rest;
  // Whatever is left has no name here: the answer will say.
  if (next === undefined) return row;
  // Of those without a name too only what one wrote is left: how many that are, the answer will say.
  const count = isMeant ? rest.length : Math.max(1, row.count - hit.length);
  return { ...row, messageId: next, messageIds: [next, ...others], count };
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

/** A list of a mailbox, or of a role, loses what is moved elsewhere; the others what goes to trash or junk. */
function leaves(act: Act, row: Row, list: ListOf): boolean {
  const to = destination(act);
  if (to === undefined) return false;
  if (list.kind === "role") return to.role !== list.role;
  if (list.kind === "mailbox") return to.mailbox === null ? to.role !== row.role : to.mailbox !== list.mailbox;
  // What is thrown away is in no list of everything, unless it was asked for.
  if (list.kind === "search" && /(?:^|\s)-?in:/i.test(list.q)) return false;
  return to.role === "trash" || to.role === "junk";
}

function placed<T extends { readonly role: Role | null; readonly mailbox: string }>(act: Act, at: T) {
  const to = destination(act);
  return { role: to === undefined ? at.role : to.role, mailbox: to?.mailbox ?? at.mailbox };
}

/** The conversation after `act`, itself when it has none of them: a moved message stays in it, one deleted for good does not. */
export function changedConversation(conversation: Conversation, act: Act, on: ActedSet): Conversation {
  const wholes = wholesOf(conversation, on);
  const isMove = act.kind === "delete" || destination(act) !== undefined;
  const isMeant = (card: Card): boolean =>
    holds(on, card.account, card.messageId) ||
    wholes.some((whole) => isIn(whole, card) && !(isMove && isSpared(whole, card)));
  if (!conversation.cards.some(isMeant)) return conversation;
  const cards = conversation.cards.flatMap((card) => {
    if (!isMeant(card)) return [card];
    return act.kind === "delete" ? [] : [changedMessage(card, act)];
  });
  return { ...conversation, cards };
}

/** Of a conversation that has a message of a row, that row is one of its own. */
function wholesOf({ cards }: Conversation, on: ActedSet): readonly WholeRow[] {
  const [first] = cards;
  if (first === undefined || on.wholes.size === 0) return [];
  const ids = new Set(cards.map(({ messageId }) => messageId));
  return [...on.wholes.values()].filter(
    ({ account, conversation, upTo }) => account === first.account && (ids.has(upTo) || ids.has(conversation)),
  );
}

/** Of a source nothing is known here. */
function isIn({ upTo, mailbox, role, starred, unread, source }: WholeRow, card: Card): boolean {
  if (card.messageId > upTo || source !== undefined) return false;
  if (starred !== undefined && !card.isStarred) return false;
  if (unread !== undefined && !card.isUnread) return false;
  if (mailbox !== undefined) return card.mailbox === mailbox;
  return role === undefined ? card.role !== "trash" && card.role !== "junk" : card.role === role;
}

/** What one wrote oneself stays when a row of all mailboxes is moved. */
function isSpared({ mailbox, role }: WholeRow, card: Card): boolean {
  return mailbox === undefined && role === undefined && (card.role === "sent" || card.role === "drafts");
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
