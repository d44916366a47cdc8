// What an act is about to be done to: some messages, and what they have in common.
import type { Act, Card, Ref, Role, Row, WholeRow } from "../../api/schema/index.ts";
import { refsOf } from "../list/rows.ts";

export interface ActedOn {
  /** Every message that is named: of a row with very many only the newest. */
  readonly refs: readonly Ref[];
  /** The rows that have more messages than are named. */
  readonly wholes: readonly WholeRow[];
  /** Of the named messages those that no such row has. */
  readonly alone: readonly Ref[];
}

export interface Target extends ActedOn {
  /** What of it goes elsewhere when it is moved or deleted: what one wrote oneself stays where it is. */
  readonly moved: ActedOn;
  /** How many things the person sees: conversations of a list, or one message. */
  readonly count: number;
  /** Where all of them that can be moved are; null when they are in several places or in a mailbox without a role. */
  readonly role: Role | null;
  /** The mailbox all of these are in, by name. */
  readonly mailbox: string | null;
  readonly isUnread: boolean;
  readonly isStarred: boolean;
  /** Labels that all of them carry. */
  readonly labels: readonly string[];
  /** Who wrote all of them, when it was one person. */
  readonly from: string | null;
}

/** The one mailbox that has this name in every account. */
const INBOX_NAME = "INBOX";

/** What a person can ask for; a toggle does what the target is not yet. */
export type Wish = "archive" | "junk" | "trash" | "delete" | "star" | "read" | "unread" | "inbox";

/** What an act is done to. */
export function actedOn({ kind }: Act, target: Target): ActedOn {
  return IN_PLACE.has(kind) ? target : target.moved;
}

const IN_PLACE: ReadonlySet<Act["kind"]> = new Set(["read", "unread", "star", "unstar", "label", "unlabel"]);

/** Of a row that has nothing else, all of it. */
function withoutWritten<T extends Pick<Row, "messageIds" | "written">>(row: T): T {
  const received = row.messageIds.filter((id) => row.written?.includes(id) !== true);
  return received.length === 0 ? row : { ...row, messageIds: received };
}

const NOWHERE: Pick<Target, "role" | "mailbox"> = { role: null, mailbox: null };

/** A row says where its newest message is: nothing of the others where that is spared. */
function placeOf(row: Row): typeof NOWHERE {
  const isSpared = !withoutWritten(row).messageIds.includes(row.messageId);
  return isSpared ? NOWHERE : row;
}

function onRows(rows: readonly Row[]): ActedOn {
  return {
    refs: refsOf(rows),
    wholes: rows.flatMap(({ whole }) => whole ?? []),
    alone: refsOf(rows.filter(({ whole }) => whole === null)),
  };
}

export function targetOf(rows: readonly Row[]): Target | null {
  const [first] = rows;
  if (first === undefined) return null;
  const places = rows.map(placeOf);
  const [{ role, mailbox } = NOWHERE] = places;
  return {
    ...onRows(rows),
    moved: onRows(rows.map(withoutWritten)),
    count: rows.length,
    role: places.every((place) => place.role === role) ? role : null,
    mailbox: places.every((place) => place.mailbox === mailbox) ? mailbox : null,
    isUnread: rows.some((row) => row.isUnread),
    isStarred: rows.every((row) => row.isStarred),
    labels: first.labels.filter((label) => rows.every(({ labels }) => labels.includes(label))),
    from: only(rows.flatMap(({ senders }) => senders.filter(({ isMe }) => !isMe).map(({ address }) => address))),
  };
}

export function targetOfMessage(
  message: Pick<Card, "account" | "messageId" | "role" | "mailbox" | "isUnread" | "isStarred"> & {
    readonly from: readonly { readonly address: string }[];
    readonly labels?: readonly string[];
  },
): Target {
  const { account, messageId, role, mailbox, isUnread, isStarred, labels = [], from } = message;
  const sender = only(from.map(({ address }) => address));
  const on = messagesAlone([{ account, messageId }]);
  return { ...on, moved: on, count: 1, role, mailbox, isUnread, isStarred, labels, from: sender };
}

export function refOf({ account, messageId }: Ref): Ref {
  return { account, messageId };
}

/** Messages, whatever rows they are in. */
export function messagesAlone(refs: readonly Ref[]): ActedOn {
  return { refs, wholes: [], alone: refs };
}

function only(addresses: readonly string[]): string | null {
  const [first = ""] = addresses;
  return first !== "" && addresses.every((address) => address.toLowerCase() === first.toLowerCase()) ? first : null;
}

/** The act a wish comes to; undefined when the target is there already. */
export function actOf(wish: Exclude<Wish, "delete">, { role, isStarred }: Target): Act | undefined {
  switch (wish) {
    case "archive":
      return role === "archive" ? undefined : { kind: "archive" };
    case "junk":
      return { kind: role === "junk" ? "not-junk" : "junk" };
    case "trash":
      return role === "trash" ? undefined : { kind: "trash" };
    case "inbox":
      return role === "inbox"
        ? undefined
        : role === "junk"
          ? { kind: "not-junk" }
          : { kind: "move", mailbox: INBOX_NAME };
    case "star":
      return { kind: isStarred ? "unstar" : "star" };
    case "read":
    case "unread":
      return { kind: wish };
  }
}
