// Messages asked for before they are wanted. It begins when the first message of a loop is retrieved, so that a loop
// that only looks at headers costs nothing, and goes on in runs: half of it is used up before more is asked for.
import type { Entry, RetrieveOptions } from "./contract.ts";
import type { MessageBody } from "./message-body.ts";

export interface ReadAheadOptions {
  readonly entries: readonly Entry[];
  readonly messagesMax: number;
  readonly octetsMax: number;
  /** Asks for a message that nobody wants yet. */
  readonly request: (entry: Entry) => MessageBody;
}

export class ReadAhead {
  readonly #of: ReadAheadOptions;
  readonly #bodies = new Map<number, MessageBody>();
  /** Place in `entries` of the first message not asked for. */
  #next = 0;
  #octets = 0;

  constructor(options: ReadAheadOptions) {
    this.#of = options;
  }

  /** The message at this place, read ahead if it was. */
  retrieve(place: number, options: RetrieveOptions): MessageBody {
    const entry = this.#of.entries[place] as Entry;
    const ahead = this.#take(entry);
    const body = ahead === undefined || ahead.isDropped ? this.#of.request(entry) : ahead;
    body.want(options);
    this.#next = Math.max(this.#next, place + 1);
    this.#fill();
    return body;
  }

  /** The loop has left this message behind. */
  passed(place: number): void {
    this.#take(this.#of.entries[place] as Entry)?.drop();
  }

  /** Nobody wants what was read ahead. */
  end(): void {
    for (const body of this.#bodies.values()) body.drop();
    this.#bodies.clear();
  }

  #take(entry: Entry): MessageBody | undefined {
    const body = this.#bodies.get(entry.n);
    if (body !== undefined) this.#octets -= entry.octets;
    this.#bodies.delete(entry.n);
    return body;
  }

  #fill(): void {
    const { entries, messagesMax, octetsMax, request } = this.#of;
    if (this.#bodies.size > messagesMax / 2) return;
    for (let entry = entries[this.#next]; entry !== undefined; entry = entries[this.#next]) {
      if (this.#bodies.size >= messagesMax || this.#octets + entry.octets > octetsMax) return;
      this.#next += 1;
      this.#octets += entry.octets;
      this.#bodies.set(entry.n, request(entry));
    }
  }
}
