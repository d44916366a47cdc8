// Every way a command can fail, in one table: whose fault, what the peer reads, which response code.
// Codes are stable, texts are not. Texts of credential failures never contain "lock" or "wait" (fetchmail reads them).

interface ErrorRow {
  readonly fault: "peer" | "server" | "state";
  /** Read by the peer; never a path, name, query or cause. Never starts with "[" (RFC 2449 §3). */
  readonly reply: string;
  readonly responseCode?: "AUTH" | "IN-USE" | "LOGIN-DELAY" | "SYS/TEMP" | "SYS/PERM" | "UTF8";
}

export const ERRORS = {
  UNKNOWN_COMMAND: { fault: "peer", reply: "unknown command" },
  WRONG_STATE: { fault: "peer", reply: "not allowed in this state" },
  BAD_ARGUMENT: { fault: "peer", reply: "bad argument" },
  LINE_TOO_LONG: { fault: "peer", reply: "line too long" },
  NO_SUCH_MESSAGE: { fault: "peer", reply: "no such message" },
  NEEDS_UTF8: { fault: "state", reply: "this message is shown after UTF8 only", responseCode: "UTF8" }, // RFC 6856 §5
  UTF8_ACTIVE: { fault: "peer", reply: "not allowed after UTF8" },
  UNKNOWN_LANGUAGE: { fault: "peer", reply: "this language is not spoken here" },
  PLAINTEXT_REFUSED: { fault: "peer", reply: "start TLS first: this would show the password" },
  UNKNOWN_MECHANISM: { fault: "peer", reply: "unknown SASL mechanism" },
  BAD_BASE64: { fault: "peer", reply: "response is not base64" },
  SASL_CANCELLED: { fault: "peer", reply: "authentication cancelled" },
  SASL_MALFORMED: { fault: "peer", reply: "malformed SASL response", responseCode: "AUTH" },
  AUTH_FAILED: { fault: "peer", reply: "login refused: check name and password", responseCode: "AUTH" }, // RFC 3206 §6
  AUTH_UNAVAILABLE: { fault: "server", reply: "cannot check passwords now, try again later", responseCode: "SYS/TEMP" },
  LOGIN_DELAY: { fault: "state", reply: "the last login is not long enough ago", responseCode: "LOGIN-DELAY" }, // RFC 2449 §8.1.1
  TLS_UNAVAILABLE: { fault: "peer", reply: "TLS is not available here" },
  TLS_ACTIVE: { fault: "peer", reply: "TLS is active already" },
  MAILDROP_IN_USE: { fault: "state", reply: "maildrop is locked by another session", responseCode: "IN-USE" }, // RFC 2449 §8.1.2
  LEASE_LOST: {
    fault: "state",
    reply: "another session took the maildrop over, nothing was removed",
    responseCode: "SYS/TEMP",
  },
  NOTHING_REMOVED: { fault: "server", reply: "some deleted messages not removed", responseCode: "SYS/TEMP" }, // RFC 1939 §6
  COMMIT_UNKNOWN: { fault: "server", reply: "cannot tell whether messages were removed", responseCode: "SYS/TEMP" },
  STORE_UNAVAILABLE: { fault: "server", reply: "mail is not available now, try again later", responseCode: "SYS/TEMP" },
  STORE_BROKEN: { fault: "server", reply: "this maildrop needs its operator", responseCode: "SYS/PERM" },
  STORE_FULL: { fault: "server", reply: "no space left, try again later", responseCode: "SYS/TEMP" },
  NO_SUCH_ACCOUNT: { fault: "peer", reply: "no such account" },
  NO_SUCH_MAILBOX: { fault: "peer", reply: "no such mailbox" },
  OVER_QUOTA: { fault: "state", reply: "the mailbox is over its quota" },
  TOO_MANY_CONNECTIONS: { fault: "state", reply: "too many connections, try again later", responseCode: "SYS/TEMP" },
  TOO_MANY_ERRORS: { fault: "peer", reply: "too many errors, closing" },
  SESSION_OVER: { fault: "state", reply: "the server ends this session" },
  STOPPING: { fault: "state", reply: "server is stopping, try again later", responseCode: "SYS/TEMP" },
  INTERNAL: { fault: "server", reply: "internal error, try again later", responseCode: "SYS/TEMP" },
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** A refusal with its code. `message` and `cause` are for the log; only the table's text goes to the peer. */
export class PopError extends Error {
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message?: string, options?: { readonly cause?: unknown }) {
    super(message ?? ERRORS[code].reply, options);
    this.name = "PopError";
    this.code = code;
  }
}
