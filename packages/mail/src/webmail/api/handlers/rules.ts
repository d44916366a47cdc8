// Rules: kept, tried on what is there, and applied to it when their owner says so.
import { applyRule, matchesInInbox, readRules, sortingOf, writeRules, type Rule } from "../../../delivery/index.ts";
import { ApiError } from "../api-error.ts";
import { refuseHidden } from "../hidden-mailbox.ts";
import { LIMITS } from "../limits.ts";
import { placesOf, refuseTooManyLabels } from "../places.ts";
import type { Reading } from "../reading.ts";
import { undoable } from "../undoable.ts";
import { within } from "../within.ts";
import type { Some } from "./handler.ts";

export function ruleHandlers(reading: Reading): Some<"rules" | "saveRules" | "countMatches" | "applyRule"> {
  const { store, mail: reader, index } = reading.house;
  const deliveredTo = (account: string) => async (messageId: number) => {
    const origin = (await index.message(account, messageId))?.origin;
    return origin?.kind === "delivered" && origin.name !== "" ? origin.name : undefined;
  };
  return {
    async rules({ account }) {
      reading.account(account);
      const { rules, version } = await readRules(store, account);
      return { rules: [...rules], version };
    },
    async saveRules({ account, rules, version }) {
      reading.account(account);
      for (const { actions } of rules) refuseHidden(sortingOf(actions).mailbox);
      if (rules.some(looksForNothing))
        throw new ApiError("bad-request", "a condition has no text but blanks; write what is to be looked for", {
          reason: "rule-looks-for-nothing",
        });
      const saved = await writeRules(store, { account, rules, version });
      if (saved === "conflict")
        throw new ApiError("conflict", "the rules were changed in another window; open them again to see it", {
          reason: "rules-changed",
        });
      reading.events.tell({ kind: "settings-changed" });
      return { rules: [...saved.rules], version: saved.version };
    },
    async countMatches({ account, rule }, { signal }) {
      reading.account(account);
      const { signal: until, clear } = within(LIMITS.countMatchesMs, signal);
      let matches = 0;
      try {
        for await (const _ of matchesInInbox({
          store,
          reader,
          account,
          rule,
          deliveredTo: deliveredTo(account),
          signal: until,
        }))
          matches += 1;
        return { matches, isComplete: true };
      } catch (error) {
        if (signal.aborted || !until.aborted) throw error;
        return { matches, isComplete: false };
      } finally {
        clear();
      }
    },
    async applyRule({ account, rule }, { signal }) {
      reading.account(account);
      const { mailbox, keywords } = sortingOf(rule.actions);
      refuseHidden(mailbox);
      const o = { store, reader, account, rule, deliveredTo: deliveredTo(account), signal };
      const ids: number[] = [];
      for await (const id of matchesInInbox(o)) ids.push(id);
      // No act waits while a whole mailbox is looked at, so what one took out of it meanwhile stays where that put it.
      return reading.inTurn(signal, async (turn) => {
        const before = (await placesOf(store, account, ids)).filter((place) => place.mailbox === "INBOX");
        refuseTooManyLabels(before, keywords);
        const still = before.map(({ messageId }) => messageId);
        return undoable(turn, [{ account, before, change: { add: keywords, mailbox } }], (onBegun) =>
          applyRule({ ...o, onBegun: (some) => onBegun(account, some) }, still),
        );
      });
    },
  };
}

/** Blanks alone: left by a slip, and never found. */
function looksForNothing({ conditions }: Rule): boolean {
  return conditions.some((condition) => condition.field !== "size" && condition.value.trim() === "");
}
