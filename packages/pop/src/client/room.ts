// How much of messages may lie in memory. Full, the socket waits, and so does the server: backpressure to the socket.

export interface RoomOptions {
  /** Of messages that somebody reads. */
  readonly bufferedOctets: number;
  /** Of messages read ahead. */
  readonly readAheadOctets: number;
}

export type Occupant = "read" | "ahead";

export class Room {
  /** Told whenever it may have become full, or not full. */
  onChange: () => void = nothing;
  readonly #max: Readonly<Record<Occupant, number>>;
  readonly #held: Record<Occupant, number> = { read: 0, ahead: 0 };

  constructor(options: RoomOptions) {
    this.#max = { read: options.bufferedOctets, ahead: options.readAheadOctets };
  }

  get isFull(): boolean {
    return this.#held.read > this.#max.read || this.#held.ahead > this.#max.ahead;
  }

  /** Octets that came, or with a minus sign, that went. */
  add(octets: number, as: Occupant): void {
    this.#held[as] += octets;
    this.onChange();
  }

  /** Read ahead until now, read from now on. */
  move(octets: number): void {
    this.#held.ahead -= octets;
    this.#held.read += octets;
    this.onChange();
  }
}

function nothing(): void {}
