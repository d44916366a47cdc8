// What a session says, collected during a turn and handed to the socket in as few writes as possible: a reply and the
// message behind it leave as one, so that neither waits for the peer's acknowledgement of the other.
import type { Socket } from "node:net";
import type { Untaken } from "./deadlines.ts";

/** Everything a session sends is put together in one of these; a session that sends nothing holds none. */
const SPARE: Buffer[] = [];
const spareMax = 16;

export class Output {
  /** Octets given to the socket since the session began. */
  handed = 0;
  /** Of this session, whatever the limits say later: its memory was made for it. */
  readonly writeOctetsMax: number;
  readonly #transport: { readonly socket: Socket };
  /** Everything not handed over yet: the first `#filled` octets of `#buffer`, then `#text`. */
  #buffer: Buffer | undefined;
  #filled = 0;
  #text = "";

  constructor(transport: { readonly socket: Socket }, options: { readonly writeOctetsMax: number }) {
    this.#transport = transport;
    this.writeOctetsMax = options.writeOctetsMax;
  }

  /** Octets collected and not handed over. */
  get collected(): number {
    return this.#filled + this.#text.length;
  }

  /** The socket has enough: nothing more is made until it emits `drain`. */
  get isBlocked(): boolean {
    return this.#transport.socket.writableNeedDrain;
  }

  /** The peer has yet to take some of what was handed over. */
  get isPending(): boolean {
    return this.#transport.socket.writableLength > 0;
  }

  /** ASCII text. */
  text(text: string): void {
    if (text.length > this.writeOctetsMax) {
      this.text(text.slice(0, this.writeOctetsMax));
      return this.text(text.slice(this.writeOctetsMax));
    }
    if (this.collected + text.length > this.writeOctetsMax) this.flush();
    this.#text += text;
  }

  /** Copies the octets: their memory is the caller's again. */
  octets(octets: Uint8Array): void {
    if (octets.length > this.writeOctetsMax) {
      this.octets(octets.subarray(0, this.writeOctetsMax));
      return this.octets(octets.subarray(this.writeOctetsMax));
    }
    if (this.collected + octets.length > this.writeOctetsMax) this.flush();
    const buffer = this.#bufferWithText();
    buffer.set(octets, this.#filled);
    this.#filled += octets.length;
  }

  /** Forgets what was collected and not handed over. */
  discard(): void {
    if (this.#buffer !== undefined) giveBack(this.#buffer);
    this.#forget();
  }

  /** Hands everything collected to the socket in one write. */
  flush(): void {
    if (this.collected === 0) return;
    this.handed += this.collected;
    if (this.#buffer === undefined) this.#transport.socket.write(this.#text, "latin1");
    else this.#writeBuffer(this.#bufferWithText());
    this.#forget();
  }

  /** How much the peer has yet to take; undefined when that is nothing. */
  get untaken(): Untaken | undefined {
    if (!this.isPending) return undefined;
    return {
      written: this.handed - this.#transport.socket.writableLength,
      queued: queuedOctets(this.#transport.socket),
    };
  }

  #bufferWithText(): Buffer {
    this.#buffer ??= takeBuffer(this.writeOctetsMax);
    if (this.#text !== "") this.#filled += this.#buffer.write(this.#text, this.#filled, "latin1");
    this.#text = "";
    return this.#buffer;
  }

  #forget(): void {
    this.#buffer = undefined;
    this.#filled = 0;
    this.#text = "";
  }

  #writeBuffer(buffer: Buffer): void {
    const { socket } = this.#transport;
    let isTaken = false;
    socket.write(buffer.subarray(0, this.#filled), (error) => {
      if (!isTaken && (error === null || error === undefined)) giveBack(buffer);
    });
    // The system took all of it at once, as it nearly always does. Else the memory is the socket's until it calls back.
    isTaken = socket.writableLength === 0;
    if (isTaken) giveBack(buffer);
  }
}

function takeBuffer(octets: number): Buffer {
  const spare = SPARE.pop();
  return spare !== undefined && spare.length >= octets ? spare : Buffer.allocUnsafeSlow(octets);
}

function giveBack(buffer: Buffer): void {
  if (SPARE.length < spareMax) SPARE.push(buffer);
}

/**
 * Octets of the write under way that the system has not taken. Node's own time-outs look at this figure of the handle;
 * without it a slow peer would seem to take nothing until a whole write is through.
 */
function queuedOctets(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}
