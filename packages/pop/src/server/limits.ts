// Every limit and time-out of the server, in one place (STORE 5.2). Times in milliseconds, sizes in octets.

export interface Limits {
  readonly commandOctetsMax: number;
  /** AUTH lines and SASL responses (RFC 5034 §4 sets no limit; tokens are long). */
  readonly authOctetsMax: number;
  readonly badCommandsMax: { readonly authorization: number; readonly transaction: number };
  readonly failedLoginsMax: number;
  /** Refusals of credentials leave this long after the command, times the failures so far: one time for every cause. */
  readonly refusalDelayMs: number;
  /** RFC 1939 §3: at least ten minutes. */
  readonly idleMs: number;
  /** From connect to login, in total (P3-S-023). */
  readonly authorizationMs: number;
  readonly tlsHandshakeMs: number;
  readonly saslExchangeMs: number;
  /** A peer that takes fewer than `slowestOctetsPerSecond` over this window is closed. */
  readonly stallMs: number;
  readonly slowestOctetsPerSecond: number;
  readonly sessionMs: number;
  readonly connectionsMax: number;
  readonly connectionsPerAddressMax: number;
  /** Octets handed to the socket and not yet taken by the kernel, a session. */
  readonly inFlightOctetsMax: number;
  /** One write carries at most this much. */
  readonly writeOctetsMax: number;
  /** Commands answered before other sessions get their turn. */
  readonly commandsPerTurn: number;
}

export const DEFAULT_LIMITS: Limits = {
  commandOctetsMax: 4_096,
  authOctetsMax: 65_536,
  badCommandsMax: { authorization: 3, transaction: 20 },
  failedLoginsMax: 3,
  refusalDelayMs: 2_000,
  idleMs: 600_000,
  authorizationMs: 600_000,
  tlsHandshakeMs: 10_000,
  saslExchangeMs: 60_000,
  stallMs: 120_000,
  slowestOctetsPerSecond: 256,
  sessionMs: 4 * 3_600_000,
  connectionsMax: 15_000,
  connectionsPerAddressMax: 50,
  inFlightOctetsMax: 1_048_576,
  writeOctetsMax: 262_144,
  commandsPerTurn: 256,
};
