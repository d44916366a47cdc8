// Takes acts back. Only what still is as the act left it is put back: what was done to the same messages since stays done.
import { mailboxName } from "../../../mailstore/index.ts";
import { ApiError } from "../api-error.ts";
import { applyChange, type Change, isChangedBy, keptAs, type MessageBefore, placesOf } from "../places.ts";
import type { Reading } from "../reading.ts";
import type { Done } from "../undo-log.ts";
import type { Some } from "./handler.ts";

export function undoHandlers(reading: Reading): Some<"undo"> {
  const { store } = reading.house;
  return {
    undo: ({ undo }, { signal }) =>
      reading.inTurn(signal, async ({ touched }) => {
        const done = reading.undo.find(undo);
        if (done === undefined)
          throw new ApiError("gone", "it is too late to take this back", { reason: "undo-too-late" });
        for (const { account } of done) reading.account(account);
        const back: Done[] = [];
        let changed = 0;
        let left = 0;
        let gone = 0;
        for (const one of done) {
          const now = await placesOf(store, one.account, idsOf(one.before));
          const moved = movedSince(one, now);
          back.push(...waysBack(one, now));
          changed += now.length - moved.length;
          left += moved.length;
          gone += one.before.length - now.length;
        }
        for (const { account, before, change } of back) {
          touched.add(account);
          await applyChange(store, { account, messageIds: idsOf(before), change });
        }
        // Not before: what failed on the way can be tried again.
        reading.undo.forget(undo);
        return { changed, left, gone, undo: back.length === 0 ? null : reading.undo.add(back) };
      }),
  };
}

function idsOf(messages: readonly MessageBefore[]): readonly number[] {
  return messages.map(({ messageId }) => messageId);
}

/** The messages that are neither where the act put them nor where they were before it. */
function movedSince({ before, change }: Done, now: readonly MessageBefore[]): readonly MessageBefore[] {
  if (change.mailbox === undefined) return [];
  const to = mailboxName(change.mailbox);
  const from = new Map(before.map(({ messageId, mailbox }) => [messageId, mailbox]));
  return now.filter(({ messageId, mailbox }) => {
    const was = from.get(messageId);
    return was !== to && mailbox !== to && mailbox !== was;
  });
}

/** Messages to which the same is done go together. */
function waysBack({ account, before, change }: Done, now: readonly MessageBefore[]): readonly Done[] {
  const current = new Map(now.map((row) => [row.messageId, row]));
  const groups = new Map<string, Done & { readonly before: MessageBefore[] }>();
  for (const was of before) {
    const is = current.get(was.messageId);
    if (is === undefined) continue;
    const back = wayBack(was, is, change);
    // It was taken back by hand.
    if (!isChangedBy(is, back)) continue;
    const key = JSON.stringify(back);
    const group = groups.get(key) ?? { account, before: [], change: back };
    group.before.push(is);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** Keywords the act gave are taken off, those it took come back, and so does the message from where the act put it. */
function wayBack(was: MessageBefore, is: MessageBefore, { add = [], remove = [], mailbox }: Change): Change {
  const given = keptAs(add).filter((keyword) => !was.keywords.includes(keyword));
  const taken = keptAs(remove).filter((keyword) => was.keywords.includes(keyword));
  return {
    add: taken.filter((keyword) => !is.keywords.includes(keyword)),
    remove: given.filter((keyword) => is.keywords.includes(keyword)),
    mailbox: mailbox !== undefined && is.mailbox === mailboxName(mailbox) ? was.mailbox : undefined,
  };
}
