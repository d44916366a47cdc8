// What a SASL mechanism is to the client that runs it, and what it needs of the world. The session sends what an
// exchange says, decides about initial responses and asks `isVerified` before it believes a +OK.
import type { ChannelBinding } from "./contract.ts";

/** Why a token is asked for: first attempt; the server called the last one expired; the server refused it. */
export type TokenReason = "initial" | "expired" | "rejected";

/** An OAuth 2.0 bearer token; `expiresAt` is for whoever keeps it. */
export interface AccessToken {
  readonly token: string;
  readonly expiresAt?: Date;
}

export interface SaslClientContext {
  /** Authentication identity. Empty for EXTERNAL, which takes it from the certificate. */
  readonly user: string;
  /** Act as this identity; undefined: as the one that authenticates. */
  readonly authzid: string | undefined;
  /** As configured: what OAUTHBEARER names (RFC 7628 §3.1). */
  readonly host: string;
  readonly port: number;
  /** TLS is active: SCRAM accepts fewer than 4,096 iterations over nothing else (P3-C-076). */
  readonly encrypted: boolean;
  /**
   * Every binding this connection can offer, the best first; empty without TLS. The same objects in every context of
   * one connection: that is how a second use is noticed and refused (RFC 9266 §4.1).
   */
  readonly channelBindings: readonly ChannelBinding[];
  /**
   * The server announced a -PLUS mechanism. SCRAM without -PLUS says `y` when the client could have bound
   * (channelBindings is not empty) and this is false, else `n` (RFC 5802 §6).
   */
  readonly plusOffered: boolean;
  /** Asked for at most once an exchange, and only when needed. What it rejects with, `next` rejects with, unchanged. */
  password(): Promise<string>;
  /** As `password`. The caller has bound the reason. */
  token(): Promise<AccessToken>;
}

export interface SaslClientMechanism {
  readonly name: string;
  /** What it asks the context for. */
  readonly needs: "password" | "token" | "nothing";
  /** Shows the password or token to whoever reads the channel: PLAIN, LOGIN, XOAUTH2, OAUTHBEARER. */
  readonly plaintext: boolean;
  /** Needs TLS because it binds to it: the -PLUS mechanisms. */
  readonly channelBinding: boolean;
  /** The server speaks first, so there is no initial response: CRAM-MD5, and LOGIN as clients use it. */
  readonly serverFirst: boolean;
  /** A response of its own command line even where an initial response is allowed: XOAUTH2 (Microsoft refuses one line). */
  readonly prefersTwoSteps: boolean;
  /**
   * The first challenge only says "go on", whatever is in it, even if it is no base64 (`+ go ahead`): PLAIN, LOGIN,
   * XOAUTH2, OAUTHBEARER, EXTERNAL (P3-C-063). The session drops it and sends the first message; a serverFirst
   * mechanism is given zero octets in its place. For every other mechanism it must be empty, unless serverFirst.
   */
  readonly ignoresFirstChallenge: boolean;
  /**
   * Never chosen unless its user asked for it by name, and as plaintext ones only where nobody reads along: whoever has
   * the exchange can guess the password in peace. CRAM-MD5 (P3-C-074).
   */
  readonly onRequestOnly: boolean;
  start(context: SaslClientContext): SaslClientExchange;
}

/**
 * One running exchange. The calls, in order: `next(undefined)` once, unless the mechanism is serverFirst, gives the
 * client's first message, sent as initial response or in answer to an empty challenge; then `next(challenge)` for each
 * decoded challenge. A serverFirst exchange starts with `next(challenge)`.
 */
export interface SaslClientExchange {
  /**
   * The response; of zero octets is an answer too. SCRAM's server-final comes as a challenge and is answered by zero
   * octets once its signature is verified; the error challenge of XOAUTH2 is answered by zero octets, that of
   * OAUTHBEARER by 0x01 (RFC 7628 §3.2.3), and then `failure` is set.
   * Rejects with SaslClientError when the exchange must not go on: the session cancels with `*`.
   */
  next(challenge: Uint8Array | undefined): Promise<Uint8Array>;
  /** Everything the mechanism has to check of the server was checked: +OK may be believed. True from the start where there is nothing to check. */
  readonly isVerified: boolean;
  /** What the server said in an error challenge; undefined when there was none. */
  readonly failure: SaslClientFailure | undefined;
}

/** An error challenge of XOAUTH2 or OAUTHBEARER (RFC 7628 §3.2.2). Its texts are the server's: not to be trusted. */
export interface SaslClientFailure {
  /** `invalid_token`, `400`, `401`, …; empty when the challenge could not be read. */
  readonly status: string;
  readonly scope: string | undefined;
  /** The token may only be old: a fresh one is worth one more attempt. */
  readonly tokenExpired: boolean;
}

export type SaslClientErrorCode =
  /** The challenge is not what the mechanism defines. */
  | "MALFORMED_CHALLENGE"
  /** The server sent a challenge after the exchange was complete. */
  | "UNEXPECTED_CHALLENGE"
  /** SCRAM: the nonce does not begin with ours, or is not longer. */
  | "BAD_NONCE"
  /** SCRAM: iterations outside of 4,096 (1 over TLS) to 10,000,000, or a salt of fewer than 2 octets. */
  | "WEAK_PARAMETERS"
  /** SCRAM: the server does not know the password's keys: it is not the server. */
  | "SERVER_SIGNATURE"
  /** SCRAM: the server's `e=`; `reason` has it. */
  | "SERVER_REFUSED"
  /** A name, password or token that this mechanism cannot carry: NUL, too long, refused by SASLprep. */
  | "CREDENTIALS_UNFIT"
  /** A -PLUS mechanism without a binding, or with one that was used before. */
  | "NO_CHANNEL_BINDING";

/** Why a client ended an exchange. The message holds no secret. */
export class SaslClientError extends Error {
  readonly code: SaslClientErrorCode;
  /** SCRAM's server-error-value, when there was one (RFC 5802 §7). */
  readonly reason: string | undefined;
  constructor(code: SaslClientErrorCode, message: string, options?: { readonly reason?: string | undefined }) {
    super(message);
    this.name = "SaslClientError";
    this.code = code;
    this.reason = options?.reason;
  }
}

/** What the client needs of APOP (RFC 1939 §7), which is no SASL mechanism. */
export interface Apop {
  /** The timestamp in a greeting, angle brackets included; undefined unless it is a valid ASCII msg-id (P3-C-073). */
  timestampOf(greeting: string): string | undefined;
  /** 32 lower-case hexadecimal digits. */
  digest(timestamp: string, password: string): string;
}

/**
 * The mechanisms of this package, strongest first: SCRAM-SHA-256-PLUS, SCRAM-SHA-256, SCRAM-SHA-1-PLUS, SCRAM-SHA-1,
 * PLAIN, LOGIN, CRAM-MD5, OAUTHBEARER, XOAUTH2, EXTERNAL. client-mechanisms.ts exports them as CLIENT_MECHANISMS.
 */
export type SaslClientMechanisms = readonly SaslClientMechanism[];
