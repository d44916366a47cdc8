// What an embedding program gives the LMTP receiver, and what it learns back.
import type { Accounts } from "../../accounts/index.ts";
import type { Mailstore } from "../../mailstore/index.ts";
import type { LmtpLimits } from "./limits.ts";
import type { CloseReason } from "./session.ts";

/** Where time comes from, so that tests can move it. Milliseconds, monotonic. */
export interface LmtpClock {
  now(): number;
}

export interface LmtpServerOptions {
  readonly store: Pick<Mailstore, "newBody" | "place">;
  readonly accounts: Pick<Accounts, "recipient">;
  /** Said in the greeting and to LHLO; ASCII. */
  readonly hostName: string;
  /** What differs from DEFAULT_LMTP_LIMITS. */
  readonly limits?: Partial<LmtpLimits>;
  /** What a mailbox over its quota answers: 452, so that the message comes again (default), or 552. */
  readonly overQuota?: "defer" | "refuse";
  readonly observer?: LmtpObserver;
  readonly clock?: LmtpClock;
}

/** Why a session ended; stalled: the peer took none of our replies. */
export type LmtpEndReason = CloseReason | "too-many-connections" | "stalled" | "error";

/** One line of log a session: told once, after it ended. */
export interface LmtpSessionSummary {
  readonly session: string;
  readonly protocol: "lmtp";
  /** The peer's address, or the path of the Unix socket it came by. */
  readonly remoteAddress: string;
  /** Messages whose final dot was read. */
  readonly messages: number;
  /** Octets of these messages, after un-stuffing. */
  readonly octets: number;
  /** Recipients whose message is kept: new ones, and those that had it already. */
  readonly stored: number;
  readonly storedBefore: number;
  /** Recipients refused after the final dot. */
  readonly refused: number;
  readonly durationMs: number;
  readonly reason: LmtpEndReason;
}

export interface LmtpObserver {
  sessionEnded?(summary: LmtpSessionSummary): void;
  /** Something that is not the peer's fault. */
  failed?(error: unknown, context: { readonly session: string; readonly while: string }): void;
}

/** TCP (host: 127.0.0.1 unless given; port 0 picks a free one), or a Unix socket with its mode (0o660 unless given). */
export type LmtpListenOptions =
  | { readonly host?: string; readonly port: number }
  | { readonly path: string; readonly mode?: number };

export type LmtpListening = { readonly address: string; readonly port: number } | { readonly path: string };

/** A session as `who` shows it. */
export interface LiveLmtpSession {
  readonly session: string;
  readonly protocol: "lmtp";
  readonly remoteAddress: string;
  readonly state: string;
  readonly sinceMs: number;
}

export interface LmtpServer {
  /** Rejects with the system's error (EADDRINUSE, EACCES), and with RangeError for TCP port 25. */
  listen(options: LmtpListenOptions): Promise<LmtpListening>;
  sessions(): readonly LiveLmtpSession[];
  /** Finishes running transactions, ends idle sessions with 421; resolves when all are over, at most `withinMs` later. */
  stop(options: { readonly withinMs: number }): Promise<void>;
  /** Ends every session whose time is up. Runs by itself every `sweepMs`; for programs that bring their own clock. */
  sweep(): void;
}
