// The mail of a scripted peer, kept between its connections.
import type { PeerMessage } from "./options.ts";

/** A message with everything about it settled. */
export interface PeerStoredMessage {
  /** As RETR sends it, before byte-stuffing. */
  readonly octets: Uint8Array;
  readonly uniqueId: string | null;
  readonly listedOctets: number;
}

const CRLF = Buffer.from("\r\n");

/** What is in the maildrop and what was removed from it. */
export class PeerMaildrop {
  #messages: PeerStoredMessage[] = [];
  readonly #removed: PeerStoredMessage[] = [];
  #lastUniqueId = 0;

  constructor(messages: readonly (string | Uint8Array | PeerMessage)[]) {
    for (const message of messages) this.deliver(message);
  }

  /** Oldest first. */
  get messages(): readonly PeerStoredMessage[] {
    return this.#messages;
  }

  /** In the order in which they went. */
  get removed(): readonly PeerStoredMessage[] {
    return this.#removed;
  }

  /** Unique-ids of what is there, oldest first. */
  get uniqueIds(): readonly (string | null)[] {
    return this.#messages.map(({ uniqueId }) => uniqueId);
  }

  /** Puts a message behind the others; sessions that are open do not see it. */
  deliver(message: string | Uint8Array | PeerMessage): PeerStoredMessage {
    const given = typeof message === "string" || message instanceof Uint8Array ? { octets: message } : message;
    const octets = whole(typeof given.octets === "string" ? Buffer.from(given.octets, "latin1") : given.octets);
    this.#lastUniqueId += 1;
    const { uniqueId = `peer-${this.#lastUniqueId}`, listedOctets = octets.length } = given;
    const stored = { octets, uniqueId, listedOctets };
    this.#messages.push(stored);
    return stored;
  }

  /** Other mail in place of all that is there, none of which counts as removed: a restored or migrated server. */
  replace(messages: readonly (string | Uint8Array | PeerMessage)[]): void {
    this.#messages = [];
    for (const message of messages) this.deliver(message);
  }

  /** Removes what is still there of these. */
  remove(messages: ReadonlySet<PeerStoredMessage>): void {
    this.#removed.push(...this.#messages.filter((message) => messages.has(message)));
    this.#messages = this.#messages.filter((message) => !messages.has(message));
  }
}

/** RFC 1939 §3: the termination line begins a line of its own. */
function whole(octets: Uint8Array): Uint8Array {
  const isWhole = octets.length === 0 || (octets.at(-2) === 13 && octets.at(-1) === 10);
  return isWhole ? octets : Buffer.concat([octets, CRLF]);
}
