// Every limit and time-out of the server, in one place. Times in milliseconds, sizes in octets.

export interface Limits {
  readonly commandOctetsMax: number;
  /** AUTH lines and SASL responses (RFC 5034 §4 sets no limit; tokens are long). */
  readonly authOctetsMax: number;
  readonly badCommandsMax: { readonly authorization: number; readonly transaction: number };
  readonly failedLoginsMax: number;
  /** Refusals of credentials leave this long after the command, times the failures so far: one time for every cause. */
  readonly refusalDelayMs: number;
  /** From the last command, time spent sending not counted. RFC 1939 §3: at least ten minutes. */
  readonly idleMs: number;
  /** From connect to login, in total. */
  readonly authorizationMs: number;
  readonly tlsHandshakeMs: number;
  readonly saslExchangeMs: number;
  /** A peer that takes fewer than `slowestOctetsPerSecond` over this window is closed. */
  readonly stallMs: number;
  readonly slowestOctetsPerSecond: number;
  /** How long the store or the accounts may take for one answer; then the peer reads [SYS/TEMP]. */
  readonly answerMs: number;
  /** How long a peer that was sent the last octet may take to close its side. */
  readonly lingerMs: number;
  readonly sessionMs: number;
  readonly connectionsMax: number;
  /** From one IPv4 address or IPv6 /64 that is not loopback. */
  readonly connectionsPerAddressMax: number;
  /** TLS handshakes begun from one IPv4 /24 or IPv6 /64; three seconds' worth may come at once. */
  readonly handshakesPerSecond: number;
  /** With this much read and not yet looked at, a session reads no more until it has answered some of it. */
  readonly unreadOctetsMax: number;
  /** Octets handed to the socket and not yet taken by the kernel, a session; at least twice `writeOctetsMax`. */
  readonly inFlightOctetsMax: number;
  /** One write carries at most this much; a session keeps what held when it began. */
  readonly writeOctetsMax: number;
  /** Commands answered, and time taken, before other sessions get their turn. */
  readonly commandsPerTurn: number;
  readonly turnMs: number;
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
  answerMs: 60_000,
  lingerMs: 5_000,
  sessionMs: 4 * 3_600_000,
  connectionsMax: 15_000,
  connectionsPerAddressMax: 50,
  handshakesPerSecond: 20,
  unreadOctetsMax: 65_536,
  inFlightOctetsMax: 1_048_576,
  writeOctetsMax: 262_144,
  commandsPerTurn: 256,
  turnMs: 2,
};

/** RFC 1939 §3: an inactivity timer is at least this long. */
const idleMsOfTheRfc = 600_000;

/** Fills in the defaults. Throws RangeError on a set that no session could work with. */
export function limitsOf(chosen: Partial<Limits>): Limits {
  const limits: Limits = { ...DEFAULT_LIMITS, ...chosen };
  for (const [name, value] of Object.entries(limits).flatMap(figures)) {
    if (!Number.isFinite(value) || value < 0) throw new RangeError(`limits.${name} is ${value}: it must be 0 or more`);
  }
  // RFC 2449 §4: a command of 255 octets, its CRLF included, is accepted.
  if (limits.commandOctetsMax < 255) throw new RangeError("limits.commandOctetsMax must be at least 255 (RFC 2449 §4)");
  if (limits.authOctetsMax < limits.commandOctetsMax) {
    throw new RangeError("limits.authOctetsMax must be at least limits.commandOctetsMax");
  }
  if (limits.writeOctetsMax < 1 || limits.inFlightOctetsMax < 2 * limits.writeOctetsMax) {
    throw new RangeError("limits.inFlightOctetsMax must be at least twice limits.writeOctetsMax, and that 1 or more");
  }
  return limits;
}

/** What an operator should know about accepted limits that depart from an RFC. */
export function departures(limits: Limits): readonly string[] {
  if (limits.idleMs >= idleMsOfTheRfc) return [];
  return [`limits.idleMs is ${limits.idleMs}: RFC 1939 section 3 asks for at least ${idleMsOfTheRfc}`];
}

function figures([name, value]: [string, number | object]): [string, number][] {
  if (typeof value === "number") return [[name, value]];
  return Object.entries(value).map(([key, figure]): [string, number] => [`${name}.${key}`, Number(figure)]);
}
