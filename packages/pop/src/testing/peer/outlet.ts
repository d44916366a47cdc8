// How octets leave: cut into packets, held back, or cut short. Counts them, so that a fault can name an octet.
import { setImmediate, setTimeout } from "node:timers/promises";
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { FaultOnWire } from "./options.ts";
import type { ConnectionRecord } from "./record.ts";

/** What one write hands over at most, so that `sentOctets` tells how far a slow reader is. */
const PIECE_OCTETS = 16_384;

export type Sent = "sent" | "stalled" | "dropped";

/** The sending side of one connection. */
export class Outlet {
  #socket: Socket;
  readonly #record: ConnectionRecord;
  readonly #whole: FaultOnWire;

  /** `whole` counts its octets from the first of the connection. */
  constructor(socket: Socket, record: ConnectionRecord, whole: FaultOnWire) {
    this.#socket = socket;
    this.#record = record;
    this.#whole = whole;
  }

  /** Goes on inside TLS. */
  encrypt(socket: TLSSocket): void {
    this.#socket = socket;
  }

  /** Sends `octets` as both the fault on the reply and the fault on the connection will have it. */
  async send(octets: Uint8Array, own: FaultOnWire): Promise<Sent> {
    if (own.delayMs !== undefined) await setTimeout(own.delayMs);
    const before = this.#record.sentOctets;
    const drop = Math.min(own.drop ?? Infinity, (this.#whole.drop ?? Infinity) - before);
    const stall = Math.min(own.stall ?? Infinity, (this.#whole.stall ?? Infinity) - before);
    const end = Math.min(drop, stall);
    const split = own.split ?? this.#whole.split;
    const offsets = own.split === undefined && Array.isArray(split) ? split.map((at) => at - before) : split;
    await this.#write(octets.subarray(0, end), offsets, own.pauseMs ?? this.#whole.pauseMs);
    if (end > octets.length) return "sent";
    if (stall < drop) return "stalled";
    await this.leave(own.drop === undefined ? this.#whole.how : own.how);
    return "dropped";
  }

  /** Ends the connection. */
  async leave(how: FaultOnWire["how"] = "fin"): Promise<void> {
    const socket = this.#socket;
    // Node calls nobody back who ends what is destroyed.
    if (socket.destroyed) return;
    if (how === "reset") rawOf(socket).resetAndDestroy();
    else if (how === "bare-fin") rawOf(socket).end();
    else await new Promise<void>((resolve) => void socket.end(() => resolve()));
  }

  async #write(octets: Uint8Array, split: FaultOnWire["split"], pauseMs: number | undefined): Promise<void> {
    for (const piece of pieces(octets, split)) {
      if (this.#socket.destroyed) return;
      const isPaused = piece.byteOffset > octets.byteOffset && split !== undefined;
      if (isPaused) await (pauseMs === undefined ? setImmediate() : setTimeout(pauseMs));
      await new Promise<void>((resolve) => void this.#socket.write(piece, () => resolve()));
      this.#record.sentOctets += piece.length;
    }
  }
}

function* pieces(octets: Uint8Array, split: FaultOnWire["split"]): Generator<Uint8Array> {
  const step = split === "octets" ? 1 : PIECE_OCTETS;
  const ends = Array.isArray(split) ? split.filter((at: number) => at > 0 && at < octets.length) : [];
  let from = 0;
  for (const end of [...ends, octets.length]) {
    for (; from < end; from += step) yield octets.subarray(from, Math.min(end, from + step));
    from = end;
  }
}

/** The socket under TLS, to end a connection without TLS's goodbye. */
function rawOf(socket: Socket): Socket {
  const under = socket instanceof TLSSocket ? (socket as unknown as { readonly _parent?: Socket })._parent : undefined;
  return under ?? socket;
}
