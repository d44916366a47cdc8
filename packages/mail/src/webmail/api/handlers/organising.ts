// Mailboxes of one's own, and labels.
import { renameWithRules } from "../../../delivery/index.ts";
import type { MailboxOutcome } from "../../../mailstore/index.ts";
import { ApiError, type RefusalCode } from "../api-error.ts";
import { refuseHidden } from "../hidden-mailbox.ts";
import { Labels } from "../organising/labels.ts";
import { applyChange, placesOf } from "../places.ts";
import type { Reading } from "../reading.ts";
import { undoable } from "../undoable.ts";
import type { RefusalReason } from "../schema/refusals.ts";
import type { Some } from "./handler.ts";

export function mailboxHandlers(reading: Reading): Some<"createMailbox" | "renameMailbox" | "removeMailbox"> {
  const { store } = reading.house;
  const tell = (account: string): void => reading.events.tell({ kind: "counts", account });
  return {
    async createMailbox({ account, name }) {
      reading.account(account);
      refuseHidden(name);
      refuseUnlessDone(await store.createMailbox(account, name));
      tell(account);
      return {};
    },
    async renameMailbox({ account, mailbox, to }, { signal }) {
      await reading.inTurn(signal, async ({ undo, touched }) => {
        reading.account(account);
        for (const name of [mailbox, to]) refuseHidden(name);
        const { outcome, hasChangedRules } = await renameWithRules(store, { account, mailbox, to });
        refuseUnlessDone(outcome);
        undo.rename({ account, from: mailbox, to });
        if (hasChangedRules) reading.events.tell({ kind: "settings-changed" });
        touched.add(account);
      });
      tell(account);
      return {};
    },
    async removeMailbox({ account, mailbox }, { signal }) {
      reading.account(account);
      refuseHidden(mailbox);
      // No act waits while a whole account is looked through: what came out of it meanwhile is left alone.
      const ids = await messagesIn(reading, account, mailbox);
      const acted = await reading.inTurn(signal, async (turn) => {
        const found = (await store.reader.counts(account)).find((row) => row.mailbox === mailbox);
        if (found === undefined) throw refusal("not-found");
        if (found.role !== undefined) throw refusal("has-a-role");
        const before = (await placesOf(store, account, ids)).filter((place) => place.mailbox === mailbox);
        const messageIds = before.map(({ messageId }) => messageId);
        const change = { mailbox: "Trash" };
        // Moved back, a message makes its mailbox anew.
        return undoable(turn, [{ account, before, change }], async (onBegun) => {
          await applyChange(store, { account, messageIds, change, from: mailbox, onBegun });
          refuseUnlessDone(await store.removeMailbox(account, mailbox));
        });
      });
      tell(account);
      return acted;
    },
  };
}

const OUTCOMES: Readonly<Record<Exclude<MailboxOutcome, "done">, readonly [RefusalCode, RefusalReason, string]>> = {
  "name-taken": ["conflict", "mailbox-taken", "there is a mailbox of that name already; choose another"],
  "not-found": ["not-found", "no-mailbox", "there is no such mailbox; it may have been removed meanwhile"],
  "not-empty": ["conflict", "mailbox-not-empty", "mail came into it meanwhile; try again"],
  "has-a-role": ["refused", "mailbox-stays", "every account has this mailbox; it stays as it is"],
};

function refusal(outcome: Exclude<MailboxOutcome, "done">): ApiError {
  const [code, reason, message] = OUTCOMES[outcome];
  return new ApiError(code, message, { reason });
}

function refuseUnlessDone(outcome: MailboxOutcome): void {
  if (outcome !== "done") throw refusal(outcome);
}

/** By the store, which knows of messages that no list shows yet. */
async function messagesIn(reading: Reading, account: string, mailbox: string): Promise<readonly number[]> {
  const ids: number[] = [];
  for (let after = 0; ;) {
    const page = await reading.house.store.messages(account, { after, limit: 1_000 });
    ids.push(...page.filter((row) => row.mailbox === mailbox).map(({ messageId }) => messageId));
    const last = page.at(-1);
    if (last === undefined) return ids;
    after = last.messageId;
  }
}

export function labelHandlers(reading: Reading): Some<"labels" | "saveLabel" | "removeLabel"> {
  const labels = new Labels(reading.house.store.documents);
  return {
    async labels({ account }) {
      reading.account(account);
      return { labels: [...(await labels.list(account))] };
    },
    async saveLabel({ account, ...label }) {
      reading.account(account);
      const saved = await labels.save(account, label);
      reading.events.tell({ kind: "settings-changed" });
      return saved;
    },
    async removeLabel({ account, label }) {
      reading.account(account);
      await labels.remove(account, label);
      reading.events.tell({ kind: "settings-changed" });
      return {};
    },
  };
}
