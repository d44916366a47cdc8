// Small acts. What a message was before is noted first, so that every act but deletion for good can be taken back.
import type { Mailstore } from "../../../mailstore/index.ts";
import { ApiError, notFound } from "../api-error.ts";
import { isHidden, refuseHidden } from "../hidden-mailbox.ts";
import { applyChange, placesOf, refuseTooManyLabels, someAtATime, type MessageBefore } from "../places.ts";
import type { Reading, Turn } from "../reading.ts";
import type { Act, Acted, Ref, Role, WholeRow } from "../schema/index.ts";
import { undoable } from "../undoable.ts";
import type { Done } from "../undo-log.ts";
import type { Some } from "./handler.ts";
import { membersOf } from "./listed.ts";

interface Effect {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** A mailbox by its role, or by its name. */
  readonly to?: Role | { readonly mailbox: string };
}

const EFFECTS: Readonly<Record<Exclude<Act["kind"], "move" | "label" | "unlabel" | "delete">, Effect>> = {
  read: { add: ["$seen"] },
  unread: { remove: ["$seen"] },
  star: { add: ["$flagged"] },
  unstar: { remove: ["$flagged"] },
  archive: { to: "archive" },
  junk: { add: ["$junk"], remove: ["$notjunk"], to: "junk" },
  "not-junk": { add: ["$notjunk"], remove: ["$junk"], to: "inbox" },
  trash: { to: "trash" },
};

function effectOf(act: Exclude<Act, { kind: "delete" }>): Effect {
  switch (act.kind) {
    case "move":
      return { to: { mailbox: act.mailbox } };
    case "label":
      return { add: [act.label] };
    case "unlabel":
      return { remove: [act.label] };
    default:
      return EFFECTS[act.kind];
  }
}

export function actHandlers(reading: Reading): Some<"act" | "emptyMailbox"> {
  const { store } = reading.house;
  return {
    act: ({ act, on, rows }, { signal }) =>
      reading.inTurn(signal, async (turn) => {
        if (act.kind === "move") refuseHidden(act.mailbox);
        const isMove = act.kind === "delete" || effectOf(act).to !== undefined;
        const places = await placesBefore(reading, on.concat(await membersMeant(reading, rows, isMove)));
        if (act.kind === "delete") return removed(store, turn, notLeaving(places));
        const effect = effectOf(act);
        const before = effect.to === undefined ? places : notLeaving(places);
        refuseTooManyLabels(before, effect.add ?? []);
        const doing = await changesOf(reading, before, effect);
        return undoable(turn, doing, async (onBegun) => {
          for (const { account, before: some, change } of doing)
            await applyChange(store, { account, messageIds: idsOf(some), change, onBegun });
        });
      }),
    async emptyMailbox({ account, role, lastUid }, { signal }) {
      reading.account(account);
      // Behind what was asked for before it; what is asked for meanwhile need not wait, since nothing of this is taken back.
      await reading.inTurn(signal, () => Promise.resolve());
      try {
        // Whoever is told that it took too long is told the truth: nothing more goes.
        const changed = await store.emptyMailbox(account, { role, lastUid, signal });
        return { changed, undo: null };
      } finally {
        await reading.caughtUp(account);
      }
    },
  };
}

/** All messages of the rows. Of one that is of all mailboxes, what its owner wrote stays when the others are moved. */
async function membersMeant(reading: Reading, rows: readonly WholeRow[], isMove: boolean): Promise<readonly Ref[]> {
  const meant: Ref[] = [];
  for (const row of rows) {
    const members = await membersOf(reading, row);
    const isOfAll = row.mailbox === undefined && row.role === undefined;
    for (const ref of isMove && isOfAll ? await receivedOf(reading, row.account, members) : members) meant.push(ref);
  }
  return meant;
}

/** All of them when there is nothing else. */
async function receivedOf(reading: Reading, account: string, refs: readonly Ref[]): Promise<readonly Ref[]> {
  const { store } = reading.house;
  const counts = await store.reader.counts(account);
  const written = new Set(
    counts.filter(({ role }) => role === "sent" || role === "drafts").map(({ mailbox }) => mailbox),
  );
  const received = (await placesOf(store, account, idsOf(refs))).filter(({ mailbox }) => !written.has(mailbox));
  return received.length === 0 ? refs : received;
}

/** Each message once; those that are gone meanwhile are left out. Throws ApiError `not-found` when none is left. */
async function placesBefore(reading: Reading, on: readonly Ref[]): Promise<readonly MessageBefore[]> {
  const before: MessageBefore[] = [];
  for (const [account, refs] of byAccount(on))
    before.push(...(await placesOf(reading.house.store, reading.account(account).account, idsOf(refs))));
  if (before.length === 0) throw notFound("message");
  return before;
}

/** What is on its way out stays where it is sent from. Throws ApiError `refused` when that is all there is. */
function notLeaving(places: readonly MessageBefore[]): readonly MessageBefore[] {
  const here = places.filter(({ mailbox }) => !isHidden(mailbox));
  if (here.length === 0)
    throw new ApiError("refused", "it is on its way out; take it back in the outbox first", {
      reason: "on-its-way-out",
    });
  return here;
}

function byAccount<T extends Ref>(refs: readonly T[]): ReadonlyMap<string, readonly T[]> {
  const chosen = new Map<string, T[]>();
  for (const ref of refs) {
    const some = chosen.get(ref.account) ?? [];
    some.push(ref);
    chosen.set(ref.account, some);
  }
  return chosen;
}

function idsOf(refs: readonly Ref[]): readonly number[] {
  return [...new Set(refs.map(({ messageId }) => messageId))];
}

/** What the act does in each account: a role is a mailbox of its own in each. */
async function changesOf(reading: Reading, before: readonly MessageBefore[], effect: Effect): Promise<readonly Done[]> {
  const { add = [], remove = [], to } = effect;
  const changes: Done[] = [];
  for (const [account, some] of byAccount(before))
    changes.push({ account, before: some, change: { add, remove, mailbox: await mailboxOf(reading, account, to) } });
  return changes;
}

async function removed(store: Mailstore, { touched }: Turn, places: readonly MessageBefore[]): Promise<Acted> {
  for (const [account, refs] of byAccount(places)) {
    touched.add(account);
    for (const some of someAtATime(idsOf(refs))) await store.remove(account, some);
  }
  return { changed: places.length, undo: null };
}

async function mailboxOf(reading: Reading, account: string, to: Effect["to"]): Promise<string | undefined> {
  if (typeof to !== "string") return to?.mailbox;
  const counts = await reading.house.store.reader.counts(account);
  const found = counts.find(({ role }) => role === to);
  if (found === undefined) throw new ApiError("not-found", `the account has no mailbox for ${to}`);
  return found.mailbox;
}
