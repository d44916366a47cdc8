// What an embedding program gives the POP server, and what it learns back.
import type { Authenticator, SaslServerMechanism } from "../sasl/index.ts";
import type { MaildropStore } from "../maildrop/index.ts";
import type { Language, Pop3Policy, SiteTerms } from "../wire/index.ts";
import type { ServerTls } from "./certificates.ts";
import type { Limits } from "./limits.ts";

/** Where time comes from, so that tests can move it. */
export interface Clock {
  /** Milliseconds, monotonic. */
  now(): number;
  /** Calls back once, `ms` from now, unless what it gives back is called first. A timer, unless given. */
  after?(ms: number, callback: () => void): () => void;
}

export interface Pop3ServerOptions {
  readonly store: MaildropStore;
  readonly authenticator: Authenticator;
  readonly mechanisms?: readonly SaslServerMechanism[];
  /**
   * Certificate and key; without them STLS is not offered and `listenTls` throws. Of several, a client is shown the one
   * for the name it asks for (SNI; by its DNS names, wildcards too), the first when there is none.
   */
  readonly tls?: ServerTls;
  /** What differs from DEFAULT_LIMITS. */
  readonly limits?: Partial<Limits>;
  readonly observer?: ServerObserver;
  readonly clock?: Clock;
  /** What IMPLEMENTATION says after login (RFC 2449 §6.9); best without a version. */
  readonly implementation?: string;
  /** Text of POP3's greeting behind `+OK `; must not contain `<` (RFC 2449 §3). */
  readonly greeting?: string;
  /** Internationalised mail for a client that did not say UTF8 (RFC 6856 §2.1): "surrogate" (RFC 6858) unless said. */
  readonly internationalised?: Pop3Policy["internationalised"];
  /** The language of `LANG *`; English unless said. */
  readonly language?: Language;
  /** Speak LAST (RFC 1460 §5). */
  readonly speaksLast?: boolean;
  /** Speak APOP: the greeting carries a timestamp. The authenticator needs `sharedSecret`. */
  readonly apop?: boolean;
  /** What CAPA announces of EXPIRE and LOGIN-DELAY before login (RFC 2449 §6.5, §6.7); asked at every CAPA. */
  readonly siteTerms?: () => SiteTerms;
  /** In POP2's greeting (RFC 937) and APOP's timestamp; `localhost` unless given. */
  readonly hostName?: string;
  /** Lets POP2 and POP1 passwords cross a network without TLS, for everyone to read; over loopback they always may. */
  readonly allowsFamilyCleartext?: boolean;
}

/** The generations of POP; those that end in `s` are inside TLS from the first octet. */
export type Protocol = "pop3" | "pop3s" | "pop2" | "pop2s" | "pop1" | "pop1s";

/** Why a session ended. */
export type EndReason =
  | "quit"
  | "disconnected"
  | "idle"
  | "stalled"
  | "login-timeout"
  | "bad-commands"
  | "failed-logins"
  | "maildrop-refused"
  | "tls-failed"
  | "injection"
  | "too-many-connections"
  | "too-many-handshakes"
  | "stopped"
  | "kicked"
  | "session-limit"
  | "store-failed"
  | "error";

/** One line of log a session: told once, after it ended. Holds no secret. */
export interface SessionSummary {
  readonly session: string;
  readonly protocol: Protocol;
  readonly remoteAddress: string;
  readonly login: string | undefined;
  readonly account: string | undefined;
  readonly mechanism: string | undefined;
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined;
  readonly retrieved: { readonly messages: number; readonly octets: number };
  readonly top: number;
  /** Removed by UPDATE; 0 unless its commit was confirmed. */
  readonly removed: number;
  /** Still in the maildrop as this session knew it; 0 without login. */
  readonly left: number;
  readonly failedLogins: number;
  readonly durationMs: number;
  readonly reason: EndReason;
}

export interface ServerObserver {
  sessionEnded?(summary: SessionSummary): void;
  /** Something that is not the peer's fault; told once. */
  failed?(error: unknown, context: { readonly session: string; readonly while: string }): void;
  /** A setting that was accepted and departs from an RFC; told when the server is made. */
  warned?(message: string): void;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** Which generation is spoken there; `pop3` unless given. */
  readonly generation?: "pop3" | "pop2" | "pop1";
}

export interface Listening {
  readonly address: string;
  readonly port: number;
}

/** A session as `who` shows it. */
export interface LiveSession {
  readonly session: string;
  readonly protocol: Protocol;
  readonly remoteAddress: string;
  readonly login: string | undefined;
  readonly state: string;
  readonly sinceMs: number;
}

export interface Pop3Server {
  /** POP3 with STLS, or an older generation. Rejects with the system's error (EADDRINUSE, EACCES). */
  listen(options: ListenOptions): Promise<Listening>;
  /** The same inside TLS from the first octet (RFC 8314 §3.3). */
  listenTls(options: ListenOptions): Promise<Listening>;
  /** Every connection, also one that has not logged in yet. */
  sessions(): readonly LiveSession[];
  /** Ends one session without UPDATE. False when it is gone. */
  kick(session: string): boolean;
  /** New handshakes use these; running sessions keep theirs. */
  setTls(tls: ServerTls): void;
  /** From now on these hold, for running sessions too; what is not named is its default. Throws RangeError, and then nothing changed. */
  setLimits(limits: Partial<Limits>): void;
  /** Finishes running commands, answers a later one -ERR [SYS/TEMP], closes idle sessions; resolves when all are over, at most `withinMs` later. */
  stop(options: { readonly withinMs: number }): Promise<void>;
  /** Ends every session whose time is up. Runs by itself once a second; for programs that bring their own clock. */
  sweep(): void;
}
