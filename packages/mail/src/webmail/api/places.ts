// Where messages are, for what is done next. The store looks up and changes a thousand at a time, so that nobody else
// waits for a whole mailbox.
import { setImmediate as nextTurn } from "node:timers/promises";
import { KEYWORDS_MAX, mailboxName, type Mailstore, type Placement } from "../../mailstore/index.ts";
import { ApiError } from "./api-error.ts";
import type { OnBegun } from "./undoable.ts";

/** One message as it was before an act. */
export interface MessageBefore extends Placement {
  readonly account: string;
}

const AT_ONCE = 1_000;
/** The store looks them up on the event loop: some hundred take a millisecond or two. */
const LOOKED_UP_AT_ONCE = 200;

export function* someAtATime(messageIds: readonly number[], atOnce = AT_ONCE): Generator<readonly number[]> {
  for (let at = 0; at < messageIds.length; at += atOnce) yield messageIds.slice(at, at + atOnce);
}

/** Those that are gone meanwhile are left out. */
export async function placesOf(
  store: Mailstore,
  account: string,
  messageIds: readonly number[],
): Promise<readonly MessageBefore[]> {
  const places: MessageBefore[] = [];
  for (const some of someAtATime(messageIds, LOOKED_UP_AT_ONCE)) {
    if (places.length > 0) await nextTurn();
    for (const placement of await store.placementsOf(account, some)) places.push({ account, ...placement });
  }
  return places;
}

/** Before anything is changed. Throws ApiError `refused` when a message had more marks than one can have. */
export function refuseTooManyLabels(places: readonly Placement[], add: readonly string[]): void {
  const isFull = ({ keywords }: Placement): boolean => new Set([...keywords, ...keptAs(add)]).size > KEYWORDS_MAX;
  if (places.some(isFull))
    throw new ApiError("refused", `a message takes at most ${KEYWORDS_MAX} labels and marks; take one off first`, {
      reason: "message-labels-full",
      values: { max: KEYWORDS_MAX },
    });
}

export interface Change {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** Name of the mailbox they go to. */
  readonly mailbox?: string | undefined;
}

/** Whether it is not as the change makes it already. */
export function isChangedBy(is: Placement, { add = [], remove = [], mailbox }: Change): boolean {
  return (
    keptAs(add).some((keyword) => !is.keywords.includes(keyword)) ||
    keptAs(remove).some((keyword) => is.keywords.includes(keyword)) ||
    (mailbox !== undefined && is.mailbox !== mailboxName(mailbox))
  );
}

/** As the store keeps them. */
export function keptAs(keywords: readonly string[]): readonly string[] {
  return keywords.map((keyword) => keyword.toLowerCase());
}

export async function applyChange(
  store: Mailstore,
  o: {
    readonly account: string;
    readonly messageIds: readonly number[];
    readonly change: Change;
    /** Name of the mailbox they are in; those that left it by the time it is their turn stay as they are. */
    readonly from?: string;
    readonly onBegun?: OnBegun;
  },
): Promise<void> {
  const { account, messageIds, change, from, onBegun } = o;
  const { add = [], remove = [], mailbox } = change;
  for (const thousand of someAtATime(messageIds)) {
    const some = from === undefined ? thousand : await stillIn(store, { account, mailbox: from }, thousand);
    if (some.length === 0) continue;
    if (add.length + remove.length > 0) {
      await store.setKeywords(account, some, { add, remove });
      onBegun?.(account, some);
    }
    if (mailbox !== undefined) {
      await store.move(account, some, mailbox);
      onBegun?.(account, some);
    }
  }
}

async function stillIn(
  store: Mailstore,
  { account, mailbox }: { readonly account: string; readonly mailbox: string },
  messageIds: readonly number[],
): Promise<readonly number[]> {
  const places = await placesOf(store, account, messageIds);
  return places.filter((is) => is.mailbox === mailbox).map(({ messageId }) => messageId);
}
