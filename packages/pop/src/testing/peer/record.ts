// What a scripted peer writes down: everything it was sent and everything it said, in the order of time.

/** One thing that happened. Text has one character an octet; it holds secrets as they were sent. */
export type PeerEvent = { readonly sequence: number; readonly connection: number } & (
  | { readonly kind: "connected" | "encrypted" | "stalled" | "dropped" | "closed" }
  /** Octets as one read gave them: one packet, as far as a program can tell. */
  | { readonly kind: "packet"; readonly octets: number }
  /** A command that was taken up, or a client's line in a SASL exchange. What nobody took up is in `lines` alone. */
  | { readonly kind: "command" | "response"; readonly text: string }
  /** The first line of what was sent, and how many octets the whole has. */
  | { readonly kind: "reply"; readonly text: string; readonly octets: number }
);

type EventOf<E> = E extends PeerEvent ? Omit<E, "sequence" | "connection"> : never;
export type NewEvent = EventOf<PeerEvent>;

/** One connection as the peer saw it. */
export interface PeerConnection {
  /** Counted from 1. */
  readonly number: number;
  /** Commands in order, SASL responses not among them. */
  readonly commands: readonly string[];
  /** Every line received, in order, answered or not. */
  readonly lines: readonly string[];
  /** Everything received, as text with one character an octet, whatever it was. */
  readonly received: string;
  /** What came in each read. */
  readonly packets: readonly string[];
  /** Octets that left; what a client that reads slowly has not taken is not among them. */
  readonly sentOctets: number;
  /** How often the peer was waited for: runs of commands that came without waiting for an answer, `latencyMs` wide. */
  readonly roundTrips: number;
  readonly isEncrypted: boolean;
  readonly isClosed: boolean;
}

/** How much is remembered of what one connection sent; beyond it the connection is ended. */
export const receivedOctetsMax = 16 * 1024 * 1024;

/** The peer's own view of a PeerConnection. */
export class ConnectionRecord implements PeerConnection {
  readonly number: number;
  readonly commands: string[] = [];
  readonly packets: string[] = [];
  sentOctets = 0;
  receivedOctets = 0;
  roundTrips = 0;
  isEncrypted = false;
  isClosed = false;
  readonly #log: PeerEvent[];

  constructor(number: number, log: PeerEvent[]) {
    this.number = number;
    this.#log = log;
  }

  get lines(): readonly string[] {
    return this.received
      .split("\n")
      .slice(0, -1)
      .map((line) => line.replace(/\r$/, ""));
  }

  get received(): string {
    return this.packets.join("");
  }

  note(event: NewEvent): void {
    this.#log.push({ sequence: this.#log.length, connection: this.number, ...event });
  }
}
