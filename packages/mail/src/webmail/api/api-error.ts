// Refusals of the API. Codes are stable; a text says what is wrong and what to do. Nothing else of an error gets out.

import { SubmissionError } from "../../submission/index.ts";
import { ReadingError } from "../../message/index.ts";
import type { RefusalReason, RefusalValues } from "./schema/refusals.ts";
import type { Trouble } from "./schema/sources.ts";

export const REFUSALS = {
  "bad-request": 400,
  "not-confirmed": 400,
  "no-session": 401,
  "cross-site": 403,
  "wrong-host": 421,
  "not-found": 404,
  gone: 410,
  conflict: 409,
  "not-json": 415,
  "too-large": 413,
  unreadable: 422,
  refused: 422,
  busy: 503,
  unavailable: 503,
  "not-built": 503,
  "took-too-long": 504,
  internal: 500,
} as const;

export type RefusalCode = keyof typeof REFUSALS;

export interface ApiErrorOptions {
  readonly cause?: unknown;
  /** Which of the texts people read in their own language says the same; none quotes what somebody else said. */
  readonly reason?: RefusalReason;
  /** What stands in that text. */
  readonly values?: RefusalValues;
  /** Of a source. */
  readonly trouble?: Trouble;
  /** Takes back what was done before it failed. */
  readonly undo?: string;
}

export class ApiError extends Error {
  readonly code: RefusalCode;
  readonly reason: RefusalReason | undefined;
  readonly values: RefusalValues;
  readonly trouble: Trouble | undefined;
  readonly undo: string | undefined;
  constructor(code: RefusalCode, message: string, { cause, reason, values = {}, trouble, undo }: ApiErrorOptions = {}) {
    super(message, cause === undefined ? {} : { cause });
    this.name = "ApiError";
    this.code = code;
    this.reason = reason;
    this.values = values;
    this.trouble = trouble;
    this.undo = undo;
  }
}

export function notFound(what: "message" | "account" | "source"): ApiError {
  return new ApiError("not-found", `there is no such ${what}; it may have been removed meanwhile`, {
    reason: `no-${what}`,
  });
}

/** What a client is told of any error. */
export function refusalOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // Made for whoever writes, word by word.
  if (error instanceof SubmissionError) {
    const [is, reason] = WRITING[error.code];
    return new ApiError(is, error.message, { cause: error, reason, values: error.values });
  }
  const code: unknown = error instanceof ReadingError ? error.failure : (error as { readonly code?: unknown }).code;
  const known = KNOWN[String(code)];
  if (known !== undefined) return new ApiError(known[0], known[2], { cause: error, reason: known[1] });
  return new ApiError("internal", "something went wrong here; the log says what", { cause: error, reason: "internal" });
}

const WRITING: Readonly<Record<SubmissionError["code"], readonly [RefusalCode, RefusalReason]>> = {
  "bad-address": ["bad-request", "bad-address"],
  "no-recipients": ["bad-request", "no-recipients"],
  "too-many-recipients": ["bad-request", "too-many-recipients"],
  "too-large": ["too-large", "too-large-to-send"],
  "too-late": ["conflict", "sending-too-late"],
};

/** Of the store and of reading mail, by their codes. */
const KNOWN: Readonly<Record<string, readonly [RefusalCode, RefusalReason, string]>> = {
  NO_SUCH_MESSAGE: ["not-found", "no-message", "there is no such message; it may have been removed meanwhile"],
  NO_SUCH_ACCOUNT: ["not-found", "no-account", "there is no such account"],
  OVER_QUOTA: ["refused", "over-quota", "the account has no room left; delete something for good first"],
  STORE_FULL: ["unavailable", "disk-full", "the disk is full; make room, nothing was lost"],
  STORE_UNAVAILABLE: ["unavailable", "store-unavailable", "the store cannot be reached now; try again"],
  "too-large": ["too-large", "too-large-to-show", "it is too large to be shown; save it instead"],
  "took-too-long": [
    "took-too-long",
    "took-too-long-to-read",
    "it took too long to read; look at its source, or save it",
  ],
  "no-such-part": ["not-found", "no-part", "the message has no such part"],
  unreadable: ["unreadable", "unreadable", "it cannot be read; look at its source, or save it"],
};
