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
import type { GroupEdits } from "./group-edits.ts";
import { place } from "./place.ts";

type Handlers = {
  readonly [K in JobKind]: (db: Statements, input: JobInput<K>, edits: GroupEdits) => JobOutput<K>;
};

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

/** Jobs whose changes to accounts are written with those of others; any other finds accounts as they are. */
const GATHERED: ReadonlySet<JobKind> = new Set(["place"]);

export function isGathered({ kind }: JobRequest): boolean {
  return GATHERED.has(kind);
}

export function runJob(db: Statements, request: JobRequest, edits: GroupEdits): unknown {
  const handler = HANDLERS[request.kind] as (db: Statements, input: JobRequest["input"], edits: GroupEdits) => unknown;
  return handler(db, request.input, edits);
}
