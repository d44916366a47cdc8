// Everything a reader thread can be asked: reads that are too long for the event loop. Each runs in one read transaction.
import type { Finding } from "../contract.ts";
import { checkStore, type CheckOptions } from "./check.ts";
import { listMessages, type ListMessages, type ListedMessage } from "./message-list.ts";
import { readMailbox, type MailboxEntries, type MailboxQuestion } from "./mailbox-snapshot.ts";
import { readEntries, readHead, readOverrides, type MaildropHead, type UniqueIdOverrides } from "./snapshot.ts";
import type { Statements } from "./statements.ts";
import { readSurrogateSizes, type SurrogateSizes } from "./surrogates.ts";

export interface Task<Input, Output> {
  readonly input: Input;
  readonly output: Output;
}

export interface ReaderTasks {
  readonly snapshot: Task<
    { readonly account: number },
    { readonly head: MaildropHead; readonly entries: Float64Array } | undefined
  >;
  readonly mailbox: Task<MailboxQuestion, MailboxEntries | undefined>;
  readonly overrides: Task<{ readonly account: number }, UniqueIdOverrides>;
  readonly surrogates: Task<{ readonly account: number }, SurrogateSizes>;
  readonly messages: Task<ListMessages, readonly ListedMessage[]>;
  readonly check: Task<CheckOptions, readonly Finding[]>;
}

export type ReaderTaskKind = keyof ReaderTasks;

export interface ReaderRequest {
  readonly kind: string;
  readonly input: unknown;
}

export type ReaderAnswer =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly message: string; readonly errcode: number | undefined };

const TASKS: {
  readonly [K in ReaderTaskKind]: (db: Statements, input: ReaderTasks[K]["input"]) => ReaderTasks[K]["output"];
} = {
  snapshot: (db, { account }) => {
    const head = readHead(db, account);
    return head === undefined ? undefined : { head, entries: readEntries(db, account, head) };
  },
  mailbox: readMailbox,
  overrides: (db, { account }) => readOverrides(db, account),
  surrogates: (db, { account }) => readSurrogateSizes(db, account),
  messages: listMessages,
  check: checkStore,
};

export function runTask(db: Statements, { kind, input }: ReaderRequest): unknown {
  const task = TASKS[kind as ReaderTaskKind] as (db: Statements, input: unknown) => unknown;
  db.database.exec("BEGIN");
  try {
    return task(db, input);
  } finally {
    db.database.exec("ROLLBACK");
  }
}
