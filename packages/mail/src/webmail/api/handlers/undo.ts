// Takes acts back. Only what the act changed is put back: what was done to the same messages since stays done.
import { ApiError } from "../api-error.ts";
import { applyChange, placesOf, type Change, type MessageBefore } from "../places.ts";
import type { Reading } from "../reading.ts";
import type { Undoable } from "../undo-log.ts";
import type { Some } from "./handler.ts";

export function undoHandlers(reading: Reading): Some<"undo"> {
  return {
    async undo({ undo }) {
      const act = reading.undo.find(undo);
      if (act === undefined)
        throw new ApiError("gone", "it is too late to take this back", { reason: "undo-too-late" });
      const accounts = new Set(act.before.map(({ account }) => reading.account(account).account));
      const now = await placesNow(reading, act, accounts);
      await restore(reading, act, now);
      // Not before: what failed on the way can be tried again.
      reading.undo.forget(undo);
      await reading.caughtUp(...accounts);
      return { changed: now.length, undo: reading.undo.add({ before: now, touched: act.touched }) };
    },
  };
}

async function placesNow(
  reading: Reading,
  { before }: Undoable,
  accounts: ReadonlySet<string>,
): Promise<readonly MessageBefore[]> {
  const places: MessageBefore[] = [];
  for (const account of accounts) {
    const ids = before.filter((row) => row.account === account).map(({ messageId }) => messageId);
    places.push(...(await placesOf(reading.house.store, account, ids)));
  }
  return places;
}

/** Messages to which the same is done go together. */
async function restore(reading: Reading, act: Undoable, now: readonly MessageBefore[]): Promise<void> {
  const current = new Map(now.map((row) => [keyOf(row), row]));
  const groups = new Map<
    string,
    { readonly account: string; readonly messageIds: number[]; readonly change: Change }
  >();
  for (const before of act.before) {
    const is = current.get(keyOf(before));
    if (is === undefined) continue;
    const change = wayBack(before, is, act.touched);
    const { account } = before;
    const key = JSON.stringify([account, change]);
    const group = groups.get(key) ?? { account, messageIds: [], change };
    group.messageIds.push(before.messageId);
    groups.set(key, group);
  }
  for (const group of groups.values()) await applyChange(reading.house.store, group);
}

/** Keywords the act gave are taken off, those it took come back, and so does the message when it was moved. */
function wayBack(before: MessageBefore, is: MessageBefore, { keywords, isMoved }: Undoable["touched"]): Change {
  const missingIn = (those: readonly string[]) => (keyword: string) =>
    keywords.has(keyword) && !those.includes(keyword);
  return {
    add: before.keywords.filter(missingIn(is.keywords)),
    remove: is.keywords.filter(missingIn(before.keywords)),
    mailbox: isMoved && is.mailbox !== before.mailbox ? before.mailbox : undefined,
  };
}

function keyOf({ account, messageId }: MessageBefore): string {
  return `${account}/${messageId}`;
}
