// Every limit and time-out of the LMTP receiver, in one place. Times in milliseconds, sizes in octets.

export interface LmtpLimits {
  /** RFC 5321 §4.5.3.1.4 asks for at least 512, its extensions for some more. */
  readonly commandOctetsMax: number;
  /** The whole path with its brackets; RFC 5321 §4.5.3.1.3 asks for at least 256. Keeps a trace field within one line of 998. */
  readonly pathOctetsMax: number;
  /** Announced as SIZE (RFC 1870); octets after un-stuffing. */
  readonly messageOctetsMax: number;
  /** Recipients of one transaction; RFC 5321 §4.5.3.1.8 asks for at least 100. */
  readonly recipientsMax: number;
  /** Bad commands in a row before the connection is closed: before LHLO (three, so that an HTTP request never gets to its body) and after. */
  readonly badCommandsMax: { readonly greeting: number; readonly session: number };
  readonly connectionsMax: number;
  /** Waiting for a command; RFC 5321 §4.5.3.2.7 asks for at least five minutes. */
  readonly commandMs: number;
  /** Waiting for the next block of a message (RFC 5321 §4.5.3.2.5). */
  readonly dataBlockMs: number;
  /** One message from 354 to its final dot, in total. */
  readonly dataMs: number;
  /** The store's work on one message; below the ten minutes a client waits (RFC 5321 §4.5.3.2.6). */
  readonly deliveryMs: number;
  /** A peer that takes none of our replies. */
  readonly replyMs: number;
  /** How long a peer that was sent the last octet may take to close its side. */
  readonly lingerMs: number;
  /** How often the time-outs are looked at. */
  readonly sweepMs: number;
  /** Commands answered before other sessions get their turn. */
  readonly commandsPerTurn: number;
}

export const DEFAULT_LMTP_LIMITS: LmtpLimits = {
  commandOctetsMax: 4_096,
  pathOctetsMax: 900,
  messageOctetsMax: 52_428_800,
  recipientsMax: 1_000,
  badCommandsMax: { greeting: 3, session: 20 },
  connectionsMax: 200,
  commandMs: 300_000,
  dataBlockMs: 300_000,
  dataMs: 3_600_000,
  deliveryMs: 540_000,
  replyMs: 300_000,
  lingerMs: 5_000,
  sweepMs: 1_000,
  commandsPerTurn: 256,
};
