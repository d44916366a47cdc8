// Many jobs, one commit: each in a savepoint, so that one that fails fails alone, then one fsync for all of them.
import { PopError } from "@restante/pop/maildrop";
import { DirectoryError } from "../../contract.ts";
import type { JobAnswer, JobFailure, JobRequest } from "../jobs.ts";
import { resultCode, storeError } from "../result-codes.ts";
import type { Statements } from "../statements.ts";
import { GroupEdits } from "./group-edits.ts";

export interface GroupOutcome {
  readonly answers: readonly JobAnswer[];
  /** The disk failed: this connection must not be used again. */
  readonly lost: unknown;
}

export interface JobRunner {
  run(db: Statements, request: JobRequest, edits: GroupEdits): unknown;
  /** Its changes to accounts wait for those of others. */
  isGathered(request: JobRequest): boolean;
}

/** Runs the jobs and answers every one of them; throws nothing. */
export function commitGroup(db: Statements, requests: readonly JobRequest[], jobs: JobRunner): GroupOutcome {
  const answers: JobAnswer[] = [];
  const edits = new GroupEdits(db);
  let committing = false;
  try {
    db.database.exec("BEGIN IMMEDIATE");
    for (const request of requests) {
      // Outside its savepoint: what others gathered stays when it fails.
      if (!jobs.isGathered(request)) edits.save();
      answers.push(runInSavepoint(db, request, { jobs, edits }));
    }
    edits.save();
    committing = true;
    db.database.exec("COMMIT");
    return { answers, lost: undefined };
  } catch (error) {
    undo(db, "ROLLBACK");
    // A full disk undoes the whole group, whoever asked for the space: alone, a small job may still find room.
    if (resultCode(error) === "full" && requests.length > 1) return oneByOne(db, requests, jobs);
    const lost = resultCode(error) === "io" ? error : undefined;
    // When COMMIT itself met an I/O error, the log may or may not hold the group after a crash.
    const failure = committing && lost !== undefined ? unknownOutcome(error) : failureOf(error);
    return { answers: requests.map(({ id }) => ({ id, ok: false, failure })), lost };
  }
}

/** The answers to a group that was never tried, because the store is not usable now. */
export function refuseGroup(requests: readonly JobRequest[], error: unknown): readonly JobAnswer[] {
  const failure: JobFailure = {
    kind: "refused",
    code: "STORE_UNAVAILABLE",
    message: `the store is not usable: ${String(error)}`,
  };
  return requests.map(({ id }) => ({ id, ok: false, failure }));
}

/** The answers to jobs that were never tried for want of space: what there is is kept back for deleting. */
export function refuseFull(requests: readonly JobRequest[]): readonly JobAnswer[] {
  const failure: JobFailure = {
    kind: "refused",
    code: "STORE_FULL",
    message: "the disk is full but for what deleting needs",
  };
  return requests.map(({ id }) => ({ id, ok: false, failure }));
}

function oneByOne(db: Statements, requests: readonly JobRequest[], jobs: JobRunner): GroupOutcome {
  const answers: JobAnswer[] = [];
  for (const [i, request] of requests.entries()) {
    const outcome = commitGroup(db, [request], jobs);
    answers.push(...outcome.answers);
    if (outcome.lost !== undefined) {
      return { answers: [...answers, ...refuseGroup(requests.slice(i + 1), outcome.lost)], lost: outcome.lost };
    }
  }
  return { answers, lost: undefined };
}

/** Throws only when SQLite undid the whole transaction by itself. */
function runInSavepoint(
  db: Statements,
  request: JobRequest,
  { jobs, edits }: { readonly jobs: JobRunner; readonly edits: GroupEdits },
): JobAnswer {
  db.run("SAVEPOINT job");
  edits.begin();
  try {
    const value = jobs.run(db, request, edits);
    db.run("RELEASE job");
    return { id: request.id, ok: true, value };
  } catch (error) {
    if (resultCode(error) === "io" || !undo(db, "ROLLBACK TO job; RELEASE job")) throw error;
    edits.undo();
    return { id: request.id, ok: false, failure: failureOf(error) };
  }
}

/** False when there is nothing to undo any more: after a full disk or an I/O error SQLite may have undone the whole transaction. */
function undo(db: Statements, statements: string): boolean {
  try {
    db.database.exec(statements);
    return true;
  } catch {
    return false; // "no such savepoint", "no transaction is active": whoever asks has an error of its own to tell.
  }
}

function unknownOutcome(error: unknown): JobFailure {
  return { kind: "unknown", message: `the disk failed while committing: ${String(error)}` };
}

function failureOf(error: unknown): JobFailure {
  const refusal = storeError(error, "while writing");
  if (refusal instanceof PopError)
    return { kind: "refused", code: refusal.code, message: `${refusal.message}: ${String(error)}` };
  if (refusal instanceof DirectoryError) return { kind: "directory", code: refusal.code, message: refusal.message };
  return { kind: "mistake", message: String(error), stack: error instanceof Error ? error.stack : undefined };
}
