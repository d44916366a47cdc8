// Which function runs which job. Each runs inside a savepoint of its own and is undone when it throws.
import type { JobInput, JobKind, JobOutput, JobRequest } from "../jobs.ts";
import type { Statements } from "../statements.ts";
import { addAccount, addAddress, addLogin, changeAccount, changeLogin } from "./directory-jobs.ts";
import { removeAccount, removeAddress, removeLogin } from "./directory-jobs.ts";
import { putDocument, removeDocument } from "./document-jobs.ts";
import { empty, keywords, move, remove } from "./edit-messages.ts";
import { expireMail } from "./expiry.ts";
import { garbage } from "./garbage.ts";
import { commit, fence, start, stop } from "./lease-jobs.ts";
import { createMailbox, removeMailbox, renameMailbox } from "./mailbox-jobs.ts";
import { place } from "./place.ts";

type Handlers = { readonly [K in JobKind]: (db: Statements, input: JobInput<K>) => JobOutput<K> };

const HANDLERS: Handlers = {
  start,
  stop,
  place,
  commit,
  fence,
  move,
  remove,
  keywords,
  empty,
  garbage,
  expireMail,
  addAccount,
  changeAccount,
  removeAccount,
  addLogin,
  changeLogin,
  removeLogin,
  addAddress,
  removeAddress,
  putDocument,
  removeDocument,
  createMailbox,
  renameMailbox,
  removeMailbox,
};

export function runJob(db: Statements, request: JobRequest): unknown {
  const handler = HANDLERS[request.kind] as (db: Statements, input: JobRequest["input"]) => unknown;
  return handler(db, request.input);
}
