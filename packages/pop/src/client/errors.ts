// Every way a session can fail, in one table: when to try again, and whether the session goes on. Codes are stable,
// texts are not.
import type { CertificateInfo, ResponseCode } from "./contract.ts";

/** When trying again may help: at once, after a while, after somebody changed something, or never. */
export type Retry = "now" | "later" | "after-user-action" | "never";

export type ErrorGroup = "reach" | "tls" | "auth" | "server" | "message" | "wire" | "commit" | "caller";

interface ErrorRow {
  readonly group: ErrorGroup;
  readonly retry: Retry;
  readonly text: string;
  /** Commands may follow; otherwise the session has ended. */
  readonly sessionUsable?: true;
}

export const POP3_ERRORS = {
  DNS: { group: "reach", retry: "later", text: "the host name could not be resolved" },
  CONNECT_REFUSED: { group: "reach", retry: "later", text: "nobody listens there" },
  CONNECT_TIMEOUT: { group: "reach", retry: "later", text: "the server could not be reached in time" },
  NETWORK: { group: "reach", retry: "later", text: "the connection was lost" },
  PROXY: { group: "reach", retry: "later", text: "the proxy does not lead there" },
  GREETING_REFUSED: { group: "reach", retry: "later", text: "the server does not take connections now" },
  GREETING_TIMEOUT: { group: "reach", retry: "later", text: "the server did not greet in time" },
  TLS_HANDSHAKE: { group: "tls", retry: "after-user-action", text: "TLS could not be started" },
  TLS_UNTRUSTED: { group: "tls", retry: "after-user-action", text: "no trusted issuer vouches for the certificate" },
  TLS_NAME: { group: "tls", retry: "after-user-action", text: "the certificate is for another name" },
  TLS_EXPIRED: { group: "tls", retry: "after-user-action", text: "the certificate is not valid today" },
  TLS_PIN: { group: "tls", retry: "after-user-action", text: "the certificate is not the pinned one" },
  TLS_UNAVAILABLE: { group: "tls", retry: "after-user-action", text: "the server offers no TLS" },
  TLS_INJECTION: { group: "tls", retry: "after-user-action", text: "octets came between STLS and TLS" },
  AUTH_REJECTED: { group: "auth", retry: "after-user-action", text: "the login was refused", sessionUsable: true },
  AUTH_NO_MECHANISM: {
    group: "auth",
    retry: "after-user-action",
    text: "no common way to log in",
    sessionUsable: true,
  },
  AUTH_CLEARTEXT_REFUSED: {
    group: "auth",
    retry: "after-user-action",
    text: "the password would go out without TLS",
    sessionUsable: true,
  },
  AUTH_TOKEN: { group: "auth", retry: "after-user-action", text: "no token that works", sessionUsable: true },
  AUTH_SERVER_SIGNATURE: { group: "auth", retry: "after-user-action", text: "the server did not prove who it is" },
  AUTH_EXPIRED_TOKEN: { group: "auth", retry: "now", text: "the token has expired", sessionUsable: true },
  AUTH_TIMEOUT: {
    group: "auth",
    retry: "later",
    text: "the password or token did not come in time",
    sessionUsable: true,
  },
  AUTH_THROTTLED: { group: "auth", retry: "later", text: "too many logins", sessionUsable: true },
  MAILBOX_BUSY: { group: "server", retry: "later", text: "another session has the maildrop", sessionUsable: true },
  LOGIN_DELAY: { group: "server", retry: "later", text: "too soon after the last login", sessionUsable: true },
  SERVER_TEMPORARY: { group: "server", retry: "later", text: "the server cannot now", sessionUsable: true },
  SERVER_PERMANENT: { group: "server", retry: "after-user-action", text: "the server cannot", sessionUsable: true },
  NO_SUCH_MESSAGE: { group: "message", retry: "never", text: "no such message", sessionUsable: true },
  MESSAGE_REFUSED: { group: "message", retry: "later", text: "the server refused the message", sessionUsable: true },
  MESSAGE_TOO_LARGE: { group: "message", retry: "never", text: "the message is too large", sessionUsable: true },
  NEEDS_UTF8: { group: "message", retry: "never", text: "the message needs UTF8 mode", sessionUsable: true },
  PROTOCOL: { group: "wire", retry: "later", text: "this is not POP3" },
  LINE_TOO_LONG: { group: "wire", retry: "later", text: "a line is too long" },
  LIST_TOO_LONG: { group: "wire", retry: "later", text: "a listing is too long" },
  TRUNCATED: { group: "wire", retry: "later", text: "the connection ended inside a reply" },
  PIPELINE_DESYNC: { group: "wire", retry: "now", text: "the server lost pipelined commands" },
  COMMAND_TIMEOUT: { group: "wire", retry: "later", text: "no reply in time" },
  IDLE_TIMEOUT: { group: "wire", retry: "later", text: "a reply stopped in the middle" },
  CLOSED: { group: "wire", retry: "later", text: "the server closed the connection" },
  COMMIT_PARTIAL: { group: "commit", retry: "now", text: "not everything marked was removed" },
  COMMIT_UNKNOWN: { group: "commit", retry: "now", text: "nobody knows what was removed" },
  COMMAND_REFUSED: { group: "caller", retry: "never", text: "the command was refused", sessionUsable: true },
  UNSUPPORTED: { group: "caller", retry: "never", text: "the server does not have this", sessionUsable: true },
  ABORTED: { group: "caller", retry: "never", text: "given up by the caller" },
  STATE: { group: "caller", retry: "never", text: "not possible now", sessionUsable: true },
  CONFIG: { group: "caller", retry: "never", text: "this cannot work", sessionUsable: true },
} as const satisfies Record<string, ErrorRow>;

export type Pop3ErrorCode = keyof typeof POP3_ERRORS;

export type Pop3Phase = "connect" | "tls" | "greeting" | "auth" | "session" | "list" | "retrieve" | "delete" | "commit";

export interface Pop3ErrorFacts {
  readonly phase: Pop3Phase;
  /** Says more than the table's text. No secrets. */
  readonly message?: string | undefined;
  readonly place?: string | undefined;
  readonly cause?: unknown;
  readonly retry?: Retry | undefined;
  readonly retryAfterMs?: number | undefined;
  readonly sessionUsable?: boolean | undefined;
  readonly responseCode?: ResponseCode | undefined;
  readonly serverText?: string | undefined;
  readonly command?: string | undefined;
  readonly n?: number | undefined;
  readonly uniqueId?: string | undefined;
  readonly octetsReceived?: number | undefined;
  readonly certificate?: CertificateInfo | undefined;
}

/** The one error of this package. Its texts hold no secret and no control octet. */
export class Pop3Error extends Error {
  readonly code: Pop3ErrorCode;
  readonly group: ErrorGroup;
  readonly phase: Pop3Phase;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;
  /** The session goes on. False: it has ended, or nobody can promise that it will not; `rollback` it. */
  readonly sessionUsable: boolean;
  /** Of a server that no connection came to: HOST:PORT as the options name it; the message begins with it. */
  readonly place: string | undefined;
  readonly responseCode: ResponseCode | undefined;
  /** What the server said, control octets escaped. */
  readonly serverText: string | undefined;
  /** The command this is about, secrets left out. */
  readonly command: string | undefined;
  readonly n: number | undefined;
  readonly uniqueId: string | undefined;
  readonly octetsReceived: number | undefined;
  /** Of one that is not trusted: what the server showed in this handshake, in which nothing was said to it. Nobody vouches for it. */
  readonly certificate: CertificateInfo | undefined;

  constructor(code: Pop3ErrorCode, facts: Pop3ErrorFacts) {
    const row: ErrorRow = POP3_ERRORS[code];
    const serverText = facts.serverText === undefined ? undefined : printable(facts.serverText);
    const text = messageOf(facts.message ?? row.text, serverText);
    super(
      facts.place === undefined ? text : `${facts.place}: ${text}`,
      facts.cause === undefined ? {} : { cause: facts.cause },
    );
    this.name = "Pop3Error";
    this.code = code;
    this.group = row.group;
    this.phase = facts.phase;
    this.retry = facts.retry ?? row.retry;
    this.retryAfterMs = facts.retryAfterMs;
    this.sessionUsable = facts.sessionUsable ?? row.sessionUsable === true;
    this.place = facts.place;
    this.responseCode = facts.responseCode === undefined ? undefined : printable(facts.responseCode);
    this.serverText = serverText;
    this.command = facts.command === undefined ? undefined : printable(facts.command);
    this.n = facts.n;
    this.uniqueId = facts.uniqueId;
    this.octetsReceived = facts.octetsReceived;
    this.certificate = facts.certificate;
  }

  /** With codes: one of them. */
  static is(error: unknown, ...codes: readonly Pop3ErrorCode[]): error is Pop3Error {
    return error instanceof Pop3Error && (codes.length === 0 || codes.includes(error.code));
  }
}

/**
 * Octets of a server as a text that is safe on a terminal (P3-C-018): UTF-8 where they are that (RFC 6856 §3), and each
 * octet that cannot be printed, or would direct what is, as \xNN.
 */
export function printable(octets: string): string {
  if (!/[^\x20-\x7e]/.test(octets)) return octets;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(octets, "latin1"));
    return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => escaped(Buffer.from(character).toString("latin1")));
  } catch {
    return escaped(octets);
  }
}

/** The octets `printable` gives this text of: what another error says of a server can be said again. */
export function octetsOf(printed: string | undefined): string | undefined {
  return printed === undefined ? undefined : Buffer.from(printed).toString("latin1");
}

function escaped(octets: string): string {
  return octets.replace(/[^\x20-\x7e]/g, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, "0")}`);
}

function messageOf(text: string, serverText: string | undefined): string {
  return serverText === undefined || serverText === "" ? text : `${text}: ${serverText}`;
}

/** Whoever waits is told that the session ended without UPDATE because its owner wanted it so. */
export function rolledBack(): Pop3Error {
  return new Pop3Error("ABORTED", { phase: "session", message: "the session was rolled back" });
}
