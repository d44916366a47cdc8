// Why a session ended, as an error: once for the session, and once for each request that was not answered.
import type { ClientFailure, StatusLine } from "../wire/index.ts";
import { octetsOf, Pop3Error, type Pop3ErrorCode, type Pop3ErrorFacts } from "./errors.ts";
import { refusal } from "./replies.ts";
import type { Request } from "./request.ts";

const FAILURES: Readonly<Record<ClientFailure, Pop3ErrorCode>> = {
  "greeting-refused": "GREETING_REFUSED",
  protocol: "PROTOCOL",
  "line-too-long": "LINE_TOO_LONG",
  "too-many-lines": "LIST_TOO_LONG",
  "tls-injection": "TLS_INJECTION",
  truncated: "TRUNCATED",
  closed: "CLOSED",
};

export interface LinkEnd {
  readonly failure: ClientFailure;
  readonly status: StatusLine | undefined;
  readonly text: string | undefined;
  readonly isGreeted: boolean;
  /** What the socket said, if it said anything. */
  readonly cause: Error | undefined;
}

/** The error the session ended with. */
export function endError({ failure, status, text, isGreeted, cause }: LinkEnd): Pop3Error {
  if (failure === "greeting-refused" && status !== undefined) {
    return refusal({ status, capabilities: undefined, phase: "greeting" });
  }
  const code = failure === "closed" && cause !== undefined ? "NETWORK" : FAILURES[failure];
  return new Pop3Error(code, {
    phase: isGreeted ? "session" : "greeting",
    message: isGreeted || text === undefined ? undefined : greetedBy(text),
    responseCode: status?.responseCode,
    serverText: status?.text ?? text,
    cause,
  });
}

/** The error of one request, when the session ended with this one. */
export function errorFor(
  request: Request,
  error: Pop3Error,
  { sessionUsable }: { readonly sessionUsable: boolean } = { sessionUsable: false },
): Pop3Error {
  const { phase, n, uniqueId, body } = request.facts;
  const isCut = CUTS.has(error.code);
  const facts: Pop3ErrorFacts = {
    phase: error.phase === "connect" || error.phase === "tls" ? error.phase : phase,
    n,
    uniqueId,
    place: error.place,
    message: error.code === "ABORTED" ? error.message : undefined,
    command: request.shown,
    octetsReceived: body?.octetsReceived,
    responseCode: error.responseCode,
    serverText: octetsOf(error.serverText),
    cause: error,
    retry: error.retry,
    retryAfterMs: error.retryAfterMs,
    sessionUsable,
  };
  if (isCut && request.isPartial) return new Pop3Error("TRUNCATED", facts);
  return new Pop3Error(error.code === "TRUNCATED" ? "CLOSED" : error.code, facts);
}

/** What a server that loses one of many commands brings about. */
export const PIPELINE_ENDS: ReadonlySet<Pop3ErrorCode> = new Set(["COMMAND_TIMEOUT", "PROTOCOL"]);
/** After these, what came may be another's reply. */
export const OUT_OF_STEP: ReadonlySet<Pop3ErrorCode> = new Set([...PIPELINE_ENDS, "PIPELINE_DESYNC"]);
/** In probation a connection that ends is held against pipelining, too. */
export const PROBATION_ENDS: ReadonlySet<Pop3ErrorCode> = new Set([...PIPELINE_ENDS, "CLOSED", "NETWORK", "TRUNCATED"]);
/** After these, a reply that has begun is half a reply. */
const CUTS: ReadonlySet<Pop3ErrorCode> = new Set(["CLOSED", "NETWORK", "TRUNCATED"]);

/** P3-C-002: who else may answer on a port. */
function greetedBy(text: string): string | undefined {
  const [, who] = GREETINGS.find(([pattern]) => pattern.test(text)) ?? [];
  return who === undefined ? undefined : `${who} answers here, not POP3`;
}

const GREETINGS: readonly (readonly [RegExp, string])[] = [
  [/^\d{3}[ -]/, "SMTP or FTP"],
  [/^\* (?:OK|PREAUTH|BYE)/i, "IMAP"],
  [/^\+ /, "POP2"],
  [/^HTTP\//, "HTTP"],
  [/^[\x15\x16]\x03/, "TLS"],
];
