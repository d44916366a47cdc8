// What a SASL mechanism is to the server that runs it, and what it needs of the world.
import type { AccountTerms } from "../wire/index.ts";

/** Whose login it is. */
export interface LoginOwner {
  readonly account: string;
  readonly login: string;
  /** What the site does by itself to the account's mail and logins; nothing unless said. */
  readonly terms?: AccountTerms;
}

/** How a check of credentials ended. `unavailable` is an outage ([SYS/TEMP]), never a wrong secret; its cause is for the log. */
export type Verdict =
  | ({ readonly kind: "accepted" } & LoginOwner)
  | { readonly kind: "refused" }
  | { readonly kind: "unavailable"; readonly cause?: unknown };

/** Who connects, for penalties and logs. */
export interface PeerInfo {
  readonly address: string;
  readonly encrypted: boolean;
  readonly protocol: string;
}

/** The hash that gives a SCRAM mechanism its name. */
export type ScramHash = "sha256" | "sha1";

/** What a server keeps of a password for SCRAM (RFC 5802 §3); never the password. */
export interface ScramKeys {
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
  /** Undefined for an unknown login: the exchange runs to its end and then fails (P3-S-225). */
  readonly owner: LoginOwner | undefined;
}

/** A secret that is kept so that it can be read, for APOP (RFC 1939 §7) and CRAM-MD5 (RFC 2195). */
export interface SharedSecret {
  /** Prepared by SASLprep as a stored string (RFC 6856 §2.2). A made-up one for a login that has none. */
  readonly secret: string;
  /** Undefined for a login that has none: no digest of it is right. */
  readonly owner: LoginOwner | undefined;
}

/** Answers what only the accounts know. Must not reveal by time or text which part was wrong. */
export interface Authenticator {
  /** Throws nothing: an outage is `unavailable`. login and password are as sent (UTF-8 octets). */
  checkPassword(login: string, password: string, peer: PeerInfo): Promise<Verdict>;
  /** Keys of a login for this hash, or stable made-up ones for a login that has none (P3-S-225). Rejects on an outage. */
  scramKeys(login: string, peer: PeerInfo, hash: ScramHash): Promise<ScramKeys>;
  /** Without it nobody logs in by APOP or CRAM-MD5. Rejects on an outage. */
  sharedSecret?(login: string, peer: PeerInfo): Promise<SharedSecret>;
}

/** Octets both ends of a TLS connection know and nobody else (RFC 5929, RFC 9266). */
export interface ChannelBinding {
  readonly type: "tls-exporter" | "tls-server-end-point";
  readonly data: Uint8Array;
}

export interface SaslContext {
  readonly authenticator: Authenticator;
  readonly peer: PeerInfo;
  /** Every binding this connection can offer; empty without TLS. Several of one type: the client may be bound by any. */
  readonly channelBindings: readonly ChannelBinding[];
  /** True when a -PLUS mechanism was offered, so that the gs2 flag `y` is a downgrade (RFC 5802 §6). */
  readonly plusOffered: boolean;
}

export type SaslStep =
  | { readonly kind: "challenge"; readonly octets: Uint8Array }
  | { readonly kind: "done"; readonly verdict: Verdict };

/** One running exchange. */
export interface SaslServerExchange {
  /** Takes the client's response (undefined: none was given, RFC 5034 §4) and gives the next step. Never throws on bad input: that is `refused`. */
  next(response: Uint8Array | undefined): Promise<SaslStep>;
}

export interface SaslServerMechanism {
  readonly name: string;
  readonly plaintext: boolean;
  readonly channelBinding: boolean;
  readonly serverFirst: boolean;
  start(context: SaslContext): SaslServerExchange;
}
