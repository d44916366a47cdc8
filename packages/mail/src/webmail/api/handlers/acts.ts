// Small acts. What a message was before is noted first, so that every act but deletion for good can be taken back.
import { ApiError } from "../api-error.ts";
import { refuseHidden } from "../hidden-mailbox.ts";
import { LIMITS } from "../limits.ts";
import type { Reading } from "../reading.ts";
import type { Act, Acted, Ref, Role } from "../schema/index.ts";
import type { MessageBefore } from "../undo-log.ts";
import type { Some } from "./handler.ts";

interface Change {
  readonly add?: readonly string[];
  readonly remove?: readonly string[];
  /** A mailbox by its role, or by its name. */
  readonly to?: Role | { readonly mailbox: string };
}

const CHANGES: Readonly<Record<Exclude<Act["kind"], "move" | "label" | "unlabel" | "delete">, Change>> = {
  read: { add: ["$seen"] },
  unread: { remove: ["$seen"] },
  star: { add: ["$flagged"] },
  unstar: { remove: ["$flagged"] },
  archive: { to: "archive" },
  junk: { add: ["$junk"], remove: ["$notjunk"], to: "junk" },
  "not-junk": { add: ["$notjunk"], remove: ["$junk"], to: "inbox" },
  trash: { to: "trash" },
};

function changeOf(act: Exclude<Act, { kind: "delete" }>): Change {
  switch (act.kind) {
    case "move":
      return { to: { mailbox: act.mailbox } };
    case "label":
      return { add: [act.label] };
    case "unlabel":
      return { remove: [act.label] };
    default:
      return CHANGES[act.kind];
  }
}

type ByAccount = ReadonlyMap<string, readonly number[]>;

export function actHandlers(reading: Reading): Some<"act" | "undo" | "emptyMailbox"> {
  const { store } = reading.house;
  return {
    async act({ act, on }) {
      const chosen = byAccount(reading, on);
      if (act.kind === "delete") return removed(reading, chosen);
      if (act.kind === "move") refuseHidden(act.mailbox);
      const before = await placesBefore(reading, chosen);
      const change = changeOf(act);
      for (const [account, ids] of chosen) await apply(reading, { account, ids, change });
      await shown(reading, chosen.keys());
      return { changed: before.length, undo: reading.undo.add(before) };
    },
    async undo({ undo }) {
      const before = reading.undo.take(undo);
      if (before === undefined) throw new ApiError("gone", "it is too late to take this back");
      const chosen = byAccount(reading, before);
      const now = await placesBefore(reading, chosen);
      await restore(reading, before, now);
      await shown(reading, chosen.keys());
      return { changed: now.length, undo: reading.undo.add(now) };
    },
    async emptyMailbox({ account, role }) {
      reading.account(account);
      const changed = await store.emptyMailbox(account, role);
      await shown(reading, [account]);
      return { changed, undo: null };
    },
  };
}

/** Each message once. Throws ApiError `not-found` for an account that may not be read. */
function byAccount(reading: Reading, on: readonly Ref[]): ByAccount {
  const chosen = new Map<string, Set<number>>();
  for (const { account, messageId } of on) {
    const ids = chosen.get(reading.account(account).account) ?? new Set();
    chosen.set(account, ids.add(messageId));
  }
  return new Map([...chosen].map(([account, ids]) => [account, [...ids]]));
}

/** Messages that are gone meanwhile are left out; when none is left there is nothing to act on. */
async function placesBefore(reading: Reading, chosen: ByAccount): Promise<readonly MessageBefore[]> {
  const before: MessageBefore[] = [];
  for (const [account, ids] of chosen)
    for (const placement of await reading.house.store.placementsOf(account, ids))
      before.push({ account, ...placement });
  if (before.length === 0)
    throw new ApiError("not-found", "there is no such message; it may have been removed meanwhile");
  return before;
}

async function apply(
  reading: Reading,
  o: { readonly account: string; readonly ids: readonly number[]; readonly change: Change },
): Promise<void> {
  const { store } = reading.house;
  const { add = [], remove = [], to } = o.change;
  if (add.length + remove.length > 0) await store.setKeywords(o.account, o.ids, { add, remove });
  if (to === undefined) return;
  await store.move(o.account, o.ids, typeof to === "string" ? await mailboxOf(reading, o.account, to) : to.mailbox);
}

async function removed(reading: Reading, chosen: ByAccount): Promise<Acted> {
  const before = await placesBefore(reading, chosen);
  for (const [account, ids] of chosen) await reading.house.store.remove(account, ids);
  await shown(reading, chosen.keys());
  return { changed: before.length, undo: null };
}

/** Messages that were in one mailbox go back together; keywords that came are taken off, those that went come back. */
async function restore(
  reading: Reading,
  before: readonly MessageBefore[],
  now: readonly MessageBefore[],
): Promise<void> {
  const { store } = reading.house;
  const current = new Map(now.map((row) => [`${row.account}/${row.messageId}`, row]));
  const groups = new Map<string, { readonly row: MessageBefore; readonly change: Change; readonly ids: number[] }>();
  for (const row of before) {
    const is = current.get(`${row.account}/${row.messageId}`);
    if (is === undefined) continue;
    const add = row.keywords.filter((keyword) => !is.keywords.includes(keyword));
    const remove = is.keywords.filter((keyword) => !row.keywords.includes(keyword));
    const isMoved = is.mailbox !== row.mailbox;
    const key = JSON.stringify([row.account, isMoved && row.mailbox, add, remove]);
    const change: Change = { add, remove, ...(isMoved ? { to: { mailbox: row.mailbox } } : {}) };
    const group = groups.get(key) ?? { row, change, ids: [] };
    group.ids.push(row.messageId);
    groups.set(key, group);
  }
  for (const { row, change, ids } of groups.values()) {
    const { add = [], remove = [] } = change;
    if (add.length + remove.length > 0) await store.setKeywords(row.account, ids, { add, remove });
    if (change.to !== undefined) await store.move(row.account, ids, row.mailbox);
  }
}

async function mailboxOf(reading: Reading, account: string, role: Role): Promise<string> {
  const counts = await reading.house.store.reader.counts(account);
  const found = counts.find((row) => row.role === role);
  if (found === undefined) throw new ApiError("not-found", `the account has no mailbox for ${role}`);
  return found.mailbox;
}

/** The list that is asked for next shows what was done; an index that is far behind is not waited for. */
async function shown(reading: Reading, accounts: Iterable<string>): Promise<void> {
  const { index } = reading.house;
  await Promise.all([...accounts].map((account) => index.caughtUp(account, { withinMs: LIMITS.caughtUpMs })));
}
