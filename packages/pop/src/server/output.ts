// What a session says, collected during a turn and handed to the socket in as few writes as possible: a reply and the
// message behind it leave as one, so that neither waits for the peer's acknowledgement of the other.
import type { Socket } from "node:net";
import type { Untaken } from "./deadlines.ts";

/** Pieces up to this size are copied together; larger ones are handed over where they are. */
const copiedOctetsMax = 16_384;

export class Output {
  /** Octets given to the socket since the session began. */
  handed = 0;
  readonly #transport: { readonly socket: Socket };
  readonly #writeOctetsMax: number;
  /** Everything not handed over yet: `#pieces`, then the text `#text`. */
  #pieces: (string | Uint8Array)[] = [];
  #text = "";
  #collected = 0;
  #largest = 0;

  constructor(transport: { readonly socket: Socket }, options: { readonly writeOctetsMax: number }) {
    this.#transport = transport;
    this.#writeOctetsMax = options.writeOctetsMax;
  }

  /** Octets collected and not handed over. */
  get collected(): number {
    return this.#collected;
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
    if (text.length > this.#writeOctetsMax) {
      this.text(text.slice(0, this.#writeOctetsMax));
      return this.text(text.slice(this.#writeOctetsMax));
    }
    if (this.#collected + text.length > this.#writeOctetsMax) this.flush();
    this.#text += text;
    this.#collected += text.length;
  }

  /** Octets that nobody changes until they are sent. */
  octets(octets: Uint8Array): void {
    if (octets.length > this.#writeOctetsMax) {
      this.octets(octets.subarray(0, this.#writeOctetsMax));
      return this.octets(octets.subarray(this.#writeOctetsMax));
    }
    if (this.#collected + octets.length > this.#writeOctetsMax) this.flush();
    this.#endText();
    this.#pieces.push(octets);
    this.#collected += octets.length;
    if (octets.length > this.#largest) this.#largest = octets.length;
  }

  #endText(): void {
    if (this.#text === "") return;
    this.#pieces.push(this.#text);
    this.#text = "";
  }

  /** Forgets what was collected and not handed over. */
  discard(): void {
    this.#pieces = [];
    this.#text = "";
    this.#collected = this.#largest = 0;
  }

  /** Hands everything collected to the socket in one write. */
  flush(): void {
    if (this.#collected === 0) return;
    this.handed += this.#collected;
    if (this.#pieces.length === 0) this.#transport.socket.write(this.#text, "latin1");
    else this.#writePieces();
    this.discard();
  }

  /** How much the peer has yet to take; undefined when that is nothing. */
  get untaken(): Untaken | undefined {
    if (!this.isPending) return undefined;
    return {
      written: this.handed - this.#transport.socket.writableLength,
      queued: queuedOctets(this.#transport.socket),
    };
  }

  #writePieces(): void {
    this.#endText();
    if (this.#largest <= copiedOctetsMax) return copiedTogether(this.#transport.socket, this.#pieces, this.#collected);
    this.#transport.socket.cork();
    for (const piece of this.#pieces) {
      if (typeof piece === "string") this.#transport.socket.write(piece, "latin1");
      else this.#transport.socket.write(piece);
    }
    this.#transport.socket.uncork();
  }
}

/**
 * Octets of the write under way that the system has not taken. Node's own time-outs look at this figure of the handle;
 * without it a slow peer would seem to take nothing until a whole write is through.
 */
function queuedOctets(socket: Socket): number {
  const { _handle: handle } = socket as { readonly _handle?: { readonly writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}

/** Reused for every write that the kernel takes at once, which is nearly every one. */
let scratch = Buffer.allocUnsafeSlow(262_144);

function copiedTogether(socket: Socket, pieces: readonly (string | Uint8Array)[], octets: number): void {
  const isScratch = octets <= scratch.length && socket.writableLength === 0;
  const whole = isScratch ? scratch : Buffer.allocUnsafeSlow(octets);
  let at = 0;
  for (const piece of pieces) {
    if (typeof piece === "string") {
      at += whole.write(piece, at, "latin1");
    } else {
      whole.set(piece, at);
      at += piece.length;
    }
  }
  socket.write(whole.subarray(0, octets));
  // Not all taken at once (TLS never does): the socket keeps this memory, the next write gets another.
  if (isScratch && socket.writableLength > 0) scratch = Buffer.allocUnsafeSlow(scratch.length);
}
