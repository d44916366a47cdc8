// What can go wrong on our side of collecting; the server's side is Pop3Error. One table: code, exit code, what to do.
import type { Values } from "./said.ts";

/** Codes of sysexits(3), and one of ours for TLS. */
export const FETCH_EXIT = {
  OK: 0,
  EMPTY: 1,
  USAGE: 64,
  DATAERR: 65,
  UNAVAILABLE: 69,
  IOERR: 74,
  TEMPFAIL: 75,
  PROTOCOL: 76,
  NOPERM: 77,
  CONFIG: 78,
  TRUST: 80,
} as const;

export type FetchExit = (typeof FETCH_EXIT)[keyof typeof FETCH_EXIT];

const FETCH_ERRORS = {
  /** Another run has the source. */
  busy: FETCH_EXIT.TEMPFAIL,
  /** The server wants more time between logins. */
  "too-soon": FETCH_EXIT.TEMPFAIL,
  /** The server hides something it showed before. */
  "odd-listing": FETCH_EXIT.TEMPFAIL,
  "no-such-source": FETCH_EXIT.USAGE,
  /** No password could be had. */
  secret: FETCH_EXIT.CONFIG,
  config: FETCH_EXIT.CONFIG,
  /** fetch.db cannot be used. */
  state: FETCH_EXIT.IOERR,
  /** A destination does not take mail now. */
  destination: FETCH_EXIT.IOERR,
  "destination-later": FETCH_EXIT.TEMPFAIL,
  /** The disk a destination is on is full. */
  "no-room": FETCH_EXIT.IOERR,
  /** The account here may hold no more. */
  "destination-full": FETCH_EXIT.TEMPFAIL,
  "destination-config": FETCH_EXIT.CONFIG,
  /** A destination does not take this message. */
  "message-refused": FETCH_EXIT.DATAERR,
  /** The disk here is nearly full. */
  "low-space": FETCH_EXIT.TEMPFAIL,
  /** By whoever runs it, before everything was tried. */
  stopped: FETCH_EXIT.TEMPFAIL,
} as const satisfies Record<string, FetchExit>;

export type FetchErrorCode = keyof typeof FETCH_ERRORS;

/** Its message is for people, and holds no secret. */
export class FetchError extends Error {
  readonly code: FetchErrorCode;
  /** What stands in the text that says it in another language. */
  readonly values: Values;
  constructor(
    code: FetchErrorCode,
    message: string,
    { values = {}, ...options }: { readonly cause?: unknown; readonly values?: Values } = {},
  ) {
    super(message, options);
    this.name = "FetchError";
    this.code = code;
    this.values = values;
  }

  /** Of a command that ends with it. */
  get exitCode(): FetchExit {
    return FETCH_ERRORS[this.code];
  }
}
