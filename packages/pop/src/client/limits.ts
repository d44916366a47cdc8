// Every limit and time-out of the client, in one place. Times in milliseconds, sizes in octets.
import { DEFAULT_CLIENT_POLICY } from "../wire/index.ts";
import { Pop3Error } from "./errors.ts";

export interface Timeouts {
  /** To reach the server, a proxy and a TLS handshake included. */
  readonly connectMs: number;
  readonly greetingMs: number;
  /** From a command to the first octet of its reply; put off by every octet that comes. */
  readonly commandMs: number;
  /** Between two octets of a reply. Time in which nobody reads the message does not count. */
  readonly idleMs: number;
  /** A reply that goes on for longer must have brought 1,000 octets a second beyond that; 0 for no end. */
  readonly replyMs: number;
  /** As `commandMs`, while it is not known whether the server can be pipelined to. */
  readonly probationMs: number;
  /** For a password or token that the caller's function is asked for, and for a step of the caller's own mechanism. */
  readonly credentialsMs: number;
  /** The whole session; 0 for no end. */
  readonly totalMs: number;
  /** How long a server may take to say goodbye to a session that failed or was rolled back. */
  readonly leaveMs: number;
}

export interface Limits {
  /** Status lines and lines of listings; lines of messages have none. */
  readonly lineOctetsMax: number;
  readonly messageOctetsMax: number;
  readonly listEntriesMax: number;
  /** What one listing may bring. */
  readonly listOctetsMax: number;
  readonly capabilityLinesMax: number;
  /** What TOP may bring. */
  readonly headerOctetsMax: number;
  /** Commands sent and not answered. */
  readonly inFlightMax: number;
  /** What messages read ahead may hold in memory. */
  readonly readAheadOctets: number;
  /** What a message being read may hold in memory before the socket waits. */
  readonly bufferedOctets: number;
  /** A rest up to this size is read and thrown away; a longer one ends the session. */
  readonly drainOctetsMax: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = {
  connectMs: 30_000,
  greetingMs: 60_000,
  commandMs: 120_000,
  idleMs: 60_000,
  replyMs: 600_000,
  probationMs: 60_000,
  credentialsMs: 300_000,
  totalMs: 0,
  leaveMs: 2_000,
};

export const DEFAULT_LIMITS: Limits = {
  lineOctetsMax: DEFAULT_CLIENT_POLICY.lineOctetsMax,
  messageOctetsMax: 4 * 1_073_741_824,
  listEntriesMax: DEFAULT_CLIENT_POLICY.listLinesMax,
  listOctetsMax: DEFAULT_CLIENT_POLICY.listOctetsMax,
  capabilityLinesMax: DEFAULT_CLIENT_POLICY.capabilityLinesMax,
  headerOctetsMax: 1_048_576,
  inFlightMax: DEFAULT_CLIENT_POLICY.pipelining.inFlightMax,
  readAheadOctets: 4_194_304,
  bufferedOctets: 262_144,
  drainOctetsMax: 1_048_576,
};

/** Fills in the defaults. Throws Pop3Error CONFIG for what is no number of 0 or more. */
export function withDefaults<T extends object>(defaults: T, chosen: Partial<T> | undefined, name: string): T {
  const all: T = { ...defaults };
  for (const [key, value] of Object.entries(chosen ?? {}) as [keyof T & string, unknown][]) {
    if (value === undefined) continue;
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0 || !(key in defaults)) {
      throw new Pop3Error("CONFIG", { phase: "connect", message: `${name}.${key} must be a number of 0 or more` });
    }
    all[key] = value as T[typeof key];
  }
  return all;
}
