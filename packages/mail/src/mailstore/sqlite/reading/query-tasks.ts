// Everything that is asked of the reading index. Each runs in one read transaction, in a thread that can be ended.
import type { MailAddress } from "../../../message/index.ts";
import type { ConversationSize, IndexedMessage } from "../../reading-index.ts";
import type { ReaderRequest, Task } from "../reader-tasks.ts";
import type { Statements } from "../statements.ts";
import { withBeside } from "./beside.ts";
import { addressesWith, type AddressesInput } from "./addresses.ts";
import { conversationOf, type ConversationInput } from "./conversation.ts";
import { countIndexed, countStarred, listPage, type ListInput, type ListOutput } from "./list.ts";
import { conversationSize, membersPage, type MembersInput, type MembersOutput } from "./members.ts";
import { rowOf } from "./rows.ts";
import { searchPage, type SearchInput } from "./search.ts";

export interface QueryTasks {
  readonly list: Task<ListInput, ListOutput>;
  readonly search: Task<SearchInput, ListOutput>;
  readonly conversation: Task<ConversationInput, readonly IndexedMessage[]>;
  readonly conversationSize: Task<{ readonly account: number; readonly conversation: number }, ConversationSize>;
  readonly members: Task<MembersInput, MembersOutput>;
  readonly messages: Task<
    { readonly account: number; readonly messageIds: readonly number[] },
    readonly IndexedMessage[]
  >;
  readonly starred: Task<{ readonly accounts: readonly number[] }, number>;
  readonly indexed: Task<{ readonly accounts: readonly number[] }, number>;
  readonly addresses: Task<AddressesInput, readonly MailAddress[]>;
}

const TASKS: {
  readonly [K in keyof QueryTasks]: (db: Statements, input: QueryTasks[K]["input"]) => QueryTasks[K]["output"];
} = {
  list: listPage,
  search: searchPage,
  conversation: conversationOf,
  conversationSize,
  members: membersPage,
  messages: (db, { account, messageIds }) => messageIds.flatMap((id) => rowOf(db, account, id) ?? []),
  starred: (db, { accounts }) => countStarred(db, accounts),
  indexed: (db, { accounts }) => countIndexed(db, accounts),
  addresses: addressesWith,
};

/** As they come from the thread: JSON goes from one thread to another in two thirds of the time objects take. */
export type QueryAnswers = { readonly [K in keyof QueryTasks]: Task<QueryTasks[K]["input"], string | undefined> };

export function runQuery(db: Statements, request: ReaderRequest): string | undefined {
  const { onServer } = request.input as Partial<SearchInput>;
  if (typeof onServer !== "object") return answerTo(db, request);
  return withBeside(db, onServer.path, () => answerTo(db, request));
}

function answerTo(db: Statements, { kind, input }: ReaderRequest): string | undefined {
  const task = TASKS[kind as keyof QueryTasks] as (db: Statements, input: unknown) => unknown;
  db.database.exec("BEGIN");
  try {
    return JSON.stringify(task(db, input));
  } finally {
    db.database.exec("ROLLBACK");
  }
}
