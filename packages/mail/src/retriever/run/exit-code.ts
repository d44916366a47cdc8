// From what went wrong to the exit code that tells a script, and of several the one that matters most.
import { Pop3Error, type ErrorGroup, type Pop3ErrorCode } from "@restante/pop/client";
import { FETCH_EXIT, FetchError, type FetchExit } from "../fetch-error.ts";
import type { SourceReport } from "./events.ts";

const GROUPS: Readonly<Record<ErrorGroup, FetchExit>> = {
  reach: FETCH_EXIT.UNAVAILABLE,
  tls: FETCH_EXIT.TRUST,
  auth: FETCH_EXIT.NOPERM,
  server: FETCH_EXIT.TEMPFAIL,
  message: FETCH_EXIT.DATAERR,
  wire: FETCH_EXIT.PROTOCOL,
  commit: FETCH_EXIT.TEMPFAIL,
  caller: FETCH_EXIT.PROTOCOL,
};

/** Where a code is not like its group. */
const CODES: Readonly<Partial<Record<Pop3ErrorCode, FetchExit>>> = {
  GREETING_REFUSED: FETCH_EXIT.TEMPFAIL,
  TLS_HANDSHAKE: FETCH_EXIT.UNAVAILABLE,
  AUTH_THROTTLED: FETCH_EXIT.TEMPFAIL,
  AUTH_TIMEOUT: FETCH_EXIT.TEMPFAIL,
  SERVER_PERMANENT: FETCH_EXIT.UNAVAILABLE,
  TRUNCATED: FETCH_EXIT.UNAVAILABLE,
  CLOSED: FETCH_EXIT.UNAVAILABLE,
  COMMAND_TIMEOUT: FETCH_EXIT.UNAVAILABLE,
  IDLE_TIMEOUT: FETCH_EXIT.UNAVAILABLE,
  ABORTED: FETCH_EXIT.TEMPFAIL,
  CONFIG: FETCH_EXIT.CONFIG,
};

/** An error nobody foresaw is ours: 70 would say software, 74 says that the mail was not delivered. */
export function exitOf(error: unknown): FetchExit {
  if (error instanceof FetchError) return error.exitCode;
  if (error instanceof Pop3Error) return CODES[error.code] ?? GROUPS[error.group];
  return FETCH_EXIT.IOERR;
}

/** From what mends itself to what nobody but a person can mend. */
const RISING: readonly FetchExit[] = [
  FETCH_EXIT.OK,
  FETCH_EXIT.EMPTY,
  FETCH_EXIT.TEMPFAIL,
  FETCH_EXIT.UNAVAILABLE,
  FETCH_EXIT.DATAERR,
  FETCH_EXIT.PROTOCOL,
  FETCH_EXIT.IOERR,
  FETCH_EXIT.NOPERM,
  FETCH_EXIT.TRUST,
  FETCH_EXIT.CONFIG,
  FETCH_EXIT.USAGE,
];

export function worstOf(codes: readonly FetchExit[]): FetchExit {
  return codes.reduce<FetchExit>(
    (worst, code) => (RISING.indexOf(code) > RISING.indexOf(worst) ? code : worst),
    FETCH_EXIT.OK,
  );
}

/** Of a whole run. `failOnEmpty`: 1 when no source had new mail. */
export function exitOfRun(reports: readonly SourceReport[], o: { readonly failOnEmpty?: boolean } = {}): FetchExit {
  const worst = worstOf(reports.map(({ exitCode }) => exitCode));
  const isEmpty = reports.every(({ arrived, headersOnly }) => arrived.messages + headersOnly === 0);
  return worst === FETCH_EXIT.OK && o.failOnEmpty === true && isEmpty ? FETCH_EXIT.EMPTY : worst;
}
