// What an embedding program gives the POP3 server, and what it learns back.
import type { SecureContextOptions } from "node:tls";
import type { Authenticator, SaslServerMechanism } from "../sasl/index.ts";
import type { MaildropStore } from "../maildrop/index.ts";
import type { Limits } from "./limits.ts";

/** Where time comes from, so that tests can move it. Milliseconds, monotonic. */
export interface Clock {
  now(): number;
}

export interface Pop3ServerOptions {
  readonly store: MaildropStore;
  readonly authenticator: Authenticator;
  readonly mechanisms?: readonly SaslServerMechanism[];
  /** Certificate and key; without them STLS is not offered and `listenTls` throws. */
  readonly tls?: SecureContextOptions;
  readonly limits?: Partial<Limits>;
  readonly observer?: ServerObserver;
  readonly clock?: Clock;
  /** What IMPLEMENTATION says after login; no version (P3-S-160). */
  readonly implementation?: string;
}

/** Why a session ended. */
export type EndReason =
  | "quit"
  | "disconnected"
  | "idle"
  | "stalled"
  | "login-timeout"
  | "bad-commands"
  | "failed-logins"
  | "tls-failed"
  | "injection"
  | "too-many-connections"
  | "stopped"
  | "kicked"
  | "store-failed"
  | "error";

/** One line of log a session: told once, after it ended. Holds no secret. */
export interface SessionSummary {
  readonly session: string;
  readonly protocol: "pop3" | "pop3s";
  readonly remoteAddress: string;
  readonly login: string | undefined;
  readonly account: string | undefined;
  readonly mechanism: string | undefined;
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined;
  readonly retrieved: { readonly messages: number; readonly octets: number };
  readonly top: number;
  readonly removed: number;
  readonly left: number;
  readonly failedLogins: number;
  readonly durationMs: number;
  readonly reason: EndReason;
}

export interface ServerObserver {
  sessionEnded?(summary: SessionSummary): void;
  /** Something that is not the peer's fault; told once. */
  failed?(error: unknown, context: { readonly session: string; readonly while: string }): void;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
}

export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** A session as `who` shows it. */
export interface LiveSession {
  readonly session: string;
  readonly protocol: "pop3" | "pop3s";
  readonly remoteAddress: string;
  readonly login: string | undefined;
  readonly state: string;
  readonly sinceMs: number;
}

export interface Pop3Server {
  /** POP3 with STLS. Rejects with the system's error (EADDRINUSE, EACCES). */
  listen(options: ListenOptions): Promise<Listening>;
  /** POP3 inside TLS from the first octet (RFC 8314 §3.3). */
  listenTls(options: ListenOptions): Promise<Listening>;
  sessions(): readonly LiveSession[];
  /** Ends one session without UPDATE. False when it is gone. */
  kick(session: string): boolean;
  /** New handshakes use these; running sessions keep theirs. */
  setTls(tls: SecureContextOptions): void;
  /** Finishes running commands, answers a later one -ERR [SYS/TEMP], closes idle sessions; resolves when all are over, at most `withinMs` later. */
  stop(options: { readonly withinMs: number }): Promise<void>;
}
