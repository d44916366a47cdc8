// Everything that can be asked of an index about some accounts, as plain data that two indexes can be compared by.
import type { ListRow } from "../../../src/mailstore/index.ts";
import type { SqliteReadingIndex } from "../../../src/mailstore/sqlite/reading/reading-index.ts";
import { wholeList } from "./indexed-store.ts";

const ROLES = ["inbox", "archive", "junk", "trash"] as const;

export async function snapshot(
  index: SqliteReadingIndex,
  accounts: readonly string[],
  words: readonly string[],
): Promise<unknown> {
  const lists: Record<string, unknown> = {};
  for (const view of ["messages", "conversations"] as const) {
    for (const role of ROLES) {
      lists[`${role} ${view}`] = (await wholeList(index, { accounts, role, view })).map(rowOf);
      lists[`${role} ${view} unread`] = (await wholeList(index, { accounts, role, view, unread: true })).map(rowOf);
      lists[`${role} ${view} total`] = (await index.list({ accounts, role, view, limit: 1 })).total;
    }
    lists[`starred ${view}`] = (await wholeList(index, { accounts, starred: true, view })).map(rowOf);
  }
  const found: Record<string, unknown> = {};
  for (const text of words)
    found[text] = (await index.search({ accounts, text, order: "newest", limit: 200 })).rows.map(rowOf);
  const addresses: unknown[] = [];
  for (const account of accounts) addresses.push(await index.addresses([account], "p", { limit: 50 }));
  return { lists, found, addresses, starred: await index.starred(accounts) };
}

/** Without the name of the conversation, which depends on what came first. */
function rowOf({ newest, ...row }: ListRow): unknown {
  const { conversation: _, ...rest } = newest;
  return { ...row, newest: rest };
}
