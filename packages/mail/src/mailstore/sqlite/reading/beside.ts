// A database beside the index that tells what the index does not know of a message: where it is still on a server.
import { resultCode } from "../result-codes.ts";
import type { Statements } from "../statements.ts";
import type { Condition } from "./search-query.ts";

/** The name under which a statement of the index has it. */
export const BESIDE = "beside";
/** What a statement of the index calls the account and the message-id of the row it asks about. */
export const ASKED_ROW = { account: "e.account", messageId: "e.message_id" } as const;

/** Plain data: it crosses to a thread. */
export interface OnServer {
  readonly path: string;
  /** Over the database at `path`, as BESIDE, and the row that is asked about, as ASKED_ROW. */
  readonly condition: Condition;
}

/** What `work` gives with the database at `path` attached. That one is none of the store's, and is named where it is damaged. */
export function withBeside<T>(db: Statements, path: string, work: () => T): T {
  try {
    attachBeside(db, path);
    return work();
  } catch (error) {
    if (resultCode(error) !== "corrupt") throw error;
    throw new Error(`${path}, or the index that asks it, is damaged: ${(error as Error).message}`, { cause: error });
  }
}

/** From now on statements can ask it, too. Not within a transaction. */
function attachBeside(db: Statements, path: string): void {
  const attached = db.get<{ name: string }>("SELECT name FROM pragma_database_list WHERE name = ?", BESIDE);
  if (attached === undefined) db.run(`ATTACH ? AS ${BESIDE}`, path);
}
