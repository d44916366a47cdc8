// Refusals of the API. Codes are stable; a text says what is wrong and what to do. Nothing else of an error gets out.

import { SubmissionError } from "../../submission/index.ts";
import { ReadingError } from "../../message/index.ts";

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

export class ApiError extends Error {
  readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "ApiError";
    this.code = code;
  }
}

export function notFound(what: string): ApiError {
  return new ApiError("not-found", `there is no such ${what}; it may have been removed meanwhile`);
}

/** What a client is told of any error. */
export function refusalOf(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  // Made for whoever writes, word by word.
  if (error instanceof SubmissionError) return new ApiError(WRITING[error.code], error.message, { cause: error });
  const code: unknown = error instanceof ReadingError ? error.failure : (error as { readonly code?: unknown }).code;
  const known = KNOWN[String(code)];
  if (known !== undefined) return new ApiError(known[0], known[1], { cause: error });
  return new ApiError("internal", "something went wrong here; the log says what", { cause: error });
}

const WRITING: Readonly<Record<SubmissionError["code"], RefusalCode>> = {
  "bad-address": "bad-request",
  "no-recipients": "bad-request",
  "too-many-recipients": "bad-request",
  "too-large": "too-large",
  "too-late": "conflict",
};

/** Of the store and of reading mail, by their codes. */
const KNOWN: Readonly<Record<string, readonly [RefusalCode, string]>> = {
  NO_SUCH_MESSAGE: ["not-found", "there is no such message; it may have been removed meanwhile"],
  NO_SUCH_ACCOUNT: ["not-found", "there is no such account"],
  OVER_QUOTA: ["refused", "the account has no room left; delete something for good first"],
  STORE_FULL: ["unavailable", "the disk is full; make room, nothing was lost"],
  STORE_UNAVAILABLE: ["unavailable", "the store cannot be reached now; try again"],
  "too-large": ["too-large", "it is too large to be shown; save it instead"],
  "took-too-long": ["took-too-long", "it took too long to read; look at its source, or save it"],
  "no-such-part": ["not-found", "the message has no such part"],
  unreadable: ["unreadable", "it cannot be read; look at its source, or save it"],
};
