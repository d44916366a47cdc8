// The accounts a group of deliveries changes: each read once and written once, however many messages it gets.
import type { Statements } from "../statements.ts";
import { AccountEdit } from "./account-edit.ts";

export class GroupEdits {
  readonly #db: Statements;
  readonly #edits = new Map<number, AccountEdit>();
  /** What the job that runs now changed. */
  #undo: () => void = nothing;

  constructor(db: Statements) {
    this.#db = db;
  }

  /** For a job that asks once. Throws PopError NO_SUCH_ACCOUNT. */
  of(account: number): AccountEdit {
    const known = this.#edits.get(account);
    this.#undo = known?.undoer() ?? (() => void this.#edits.delete(account));
    const edit = known ?? new AccountEdit(this.#db, account);
    this.#edits.set(account, edit);
    return edit;
  }

  /** To be called before each job. */
  begin(): void {
    this.#undo = nothing;
  }

  /** The job that ran last has failed, and is undone in the database. */
  undo(): void {
    this.#undo();
    this.#undo = nothing;
  }

  /** Writes what was gathered: before the commit, and before a job that looks at accounts itself. */
  save(): void {
    for (const edit of this.#edits.values()) edit.save();
    this.#edits.clear();
  }
}

function nothing(): void {}
