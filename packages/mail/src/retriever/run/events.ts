// What a run tells while it goes on, for bars and logs, and what it says at its end.
import type { CertificateInfo, Pop3ErrorCode } from "@restante/pop/client";
import type { RunQuestion } from "../decide/guard.ts";
import type { FetchErrorCode, FetchExit } from "../fetch-error.ts";
import type { Values } from "../said.ts";
import type { Advice } from "./advice.ts";
import type { Warning } from "./warnings.ts";

/**
 * What is being done: the connection is made, TLS begun, the login; the listings asked for, headers looked at; messages
 * retrieved, the last of them made durable; those to be removed marked, QUIT said; nothing any more.
 */
export type FetchPhase = "connect" | "tls" | "auth" | "list" | "top" | "retr" | "store" | "delete" | "quit" | "done";

export interface FetchCounts {
  readonly messages: number;
  readonly octets: number;
}

export type FetchEvent =
  | { readonly kind: "phase"; readonly source: string; readonly phase: FetchPhase }
  | {
      readonly kind: "progress";
      readonly source: string;
      readonly done: FetchCounts;
      readonly total: FetchCounts;
      readonly octetsPerSecond: number;
    }
  | {
      readonly kind: "message";
      readonly source: string;
      /** Safe to show. */
      readonly uniqueId: string;
      readonly octets: number;
      readonly outcome: "arrived" | "known" | "header-only" | "failed" | "quarantined";
      readonly why: string;
    }
  | { readonly kind: "warning"; readonly source: string; readonly warning: Warning }
  | { readonly kind: "question"; readonly source: string; readonly question: RunQuestion }
  | { readonly kind: "finished"; readonly source: string; readonly report: SourceReport };

/** Messages that share a reason. */
export interface ReasonCount {
  readonly why: string;
  readonly messages: number;
}

export interface FailedRow {
  /** Safe to show. */
  readonly uniqueId: string;
  readonly why: string;
  readonly quarantined: boolean;
}

/** One source, one run. JSON can hold it, and no secret is in it. */
export interface SourceReport {
  readonly source: string;
  readonly outcome: "ok" | "partial" | "failed";
  readonly exitCode: FetchExit;
  readonly arrived: FetchCounts;
  /** Headers of messages above max_size. */
  readonly headersOnly: number;
  /** Fetched, and found to be here already. */
  readonly alreadyHere: number;
  /** Removed there for certain, the confirmed ones of earlier runs among them. */
  readonly removed: number;
  /** Asked to be removed; the next run finds out. */
  readonly unconfirmed: number;
  readonly stayed: readonly ReasonCount[];
  readonly failed: readonly FailedRow[];
  readonly questions: readonly RunQuestion[];
  readonly warnings: readonly Warning[];
  readonly error:
    | {
        readonly code: Pop3ErrorCode | FetchErrorCode | "internal";
        readonly message: string;
        /** What the server said; empty when it said nothing. */
        readonly reply: string;
        readonly values: Values;
        /** The server's, where it is not trusted; nothing was said to whoever showed it. */
        readonly certificate?: CertificateInfo | undefined;
      }
    | undefined;
  /** What a person can do about it. */
  readonly advice: readonly Advice[];
  readonly listed: number;
  /** Of the messages it set out to fetch, so many were tried. */
  readonly tried: { readonly n: number; readonly of: number };
  readonly durationMs: number;
  /** Milliseconds the server asks to be left alone for. */
  readonly retryAfterMs: number | undefined;
}
