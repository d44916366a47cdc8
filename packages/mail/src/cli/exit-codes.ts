// Exit codes of sysexits(3): Postfix, cron and scripts read them.

export const EXIT = {
  OK: 0,
  USAGE: 64,
  DATAERR: 65,
  NOINPUT: 66,
  NOUSER: 67,
  NOHOST: 68,
  UNAVAILABLE: 69,
  SOFTWARE: 70,
  OSERR: 71,
  CANTCREAT: 73,
  IOERR: 74,
  TEMPFAIL: 75,
  PROTOCOL: 76,
  NOPERM: 77,
  CONFIG: 78,
  /** Ours: the server's certificate, or that it has none. */
  TLS: 80,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** By the code of the error. What is not here is 70, an error nobody foresaw. */
export const EXIT_OF: Readonly<Record<string, ExitCode>> = {
  usage: EXIT.USAGE,
  config: EXIT.CONFIG,
  owned: EXIT.TEMPFAIL,
  "port-taken": EXIT.UNAVAILABLE,
  "port-forbidden": EXIT.NOPERM,
  "cannot-listen": EXIT.UNAVAILABLE,
  certificate: EXIT.CONFIG,
  "data-directory": EXIT.CANTCREAT,
  "no-store": EXIT.NOINPUT,
  "no-source": EXIT.NOINPUT,
  "no-target": EXIT.CANTCREAT,
  "not-running": EXIT.UNAVAILABLE,
  "no-answer": EXIT.TEMPFAIL,
  "unknown-operation": EXIT.PROTOCOL,
  "bad-input": EXIT.USAGE,
  "no-such-account": EXIT.NOUSER,
  "no-such-session": EXIT.UNAVAILABLE,
  "no-such-user": EXIT.NOUSER,
  "not-found": EXIT.NOUSER,
  "not-our-domain": EXIT.NOHOST,
  "name-taken": EXIT.DATAERR,
  "bad-name": EXIT.DATAERR,
  "bad-address": EXIT.DATAERR,
  "bad-password": EXIT.DATAERR,
  "message-too-big": EXIT.DATAERR,
  NO_SUCH_ACCOUNT: EXIT.NOUSER,
  NO_SUCH_MESSAGE: EXIT.DATAERR,
  OVER_QUOTA: EXIT.TEMPFAIL,
  STORE_FULL: EXIT.TEMPFAIL,
  STORE_UNAVAILABLE: EXIT.TEMPFAIL,
  STORE_BROKEN: EXIT.SOFTWARE,
};
