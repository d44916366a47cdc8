// The octets of a connection: a TCP socket, and TLS over it from the start or from STLS on.
import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { ChannelBinding } from "../sasl/index.ts";
import type { Certificates } from "./certificates.ts";
import { channelBindingsOf } from "./channel-binding.ts";
import { startTls } from "./tls.ts";

/** What happens to it, told to its connection. */
export interface TransportListener {
  received(chunk: Uint8Array): void;
  /** The socket can take more. */
  drained(): void;
  /** The peer sends no more; it may still read (RFC 9293 §3.6). */
  peerEnded(): void;
  /** The handshake is done. */
  secured(socket: TLSSocket): void;
  /** Nothing comes and nothing goes any more; told once. */
  closed(): void;
}

export class Transport {
  socket: Socket;
  isHandshaking = false;
  readonly #listener: TransportListener;
  /** Those of the handshake, whatever the server shows by now. */
  #certificates: Certificates | undefined;
  #isPaused = false;

  constructor(socket: Socket, listener: TransportListener) {
    this.socket = socket;
    this.#listener = listener;
    this.#attach();
  }

  /** Octets that were read and not yet told. */
  get unread(): number {
    return this.socket.readableLength;
  }

  get channelBindings(): readonly ChannelBinding[] {
    return this.socket instanceof TLSSocket ? channelBindingsOf(this.socket, this.#certificates?.all ?? []) : [];
  }

  setPaused(paused: boolean): void {
    if (paused === this.#isPaused) return;
    this.#isPaused = paused;
    if (paused) this.socket.pause();
    else this.socket.resume();
  }

  /** Calls back when the system has taken all that was written; never on a socket that fails first. */
  whenWritten(callback: () => void): void {
    if (this.socket.writableLength === 0) return callback();
    this.socket.write("", (error) => {
      if (error === null || error === undefined) callback();
    });
  }

  /** From here on everything is inside TLS. */
  encrypt(certificates: Certificates): void {
    this.isHandshaking = true;
    this.#certificates = certificates;
    this.#detach();
    const socket = startTls(this.socket, certificates);
    this.socket = socket;
    this.#isPaused = false;
    this.#attach();
    socket.once("secure", () => {
      this.isHandshaking = false;
      this.#listener.secured(socket);
    });
  }

  /** Sends what was written, says that nothing follows (in TLS by close_notify, RFC 8446 §6.1), and reads on. */
  end(): void {
    this.setPaused(false);
    this.socket.end();
  }

  #attach(): void {
    this.socket.on("data", this.#onData);
    this.socket.on("drain", this.#onDrain);
    this.socket.on("end", this.#onEnd);
    this.socket.on("close", this.#onClose);
    // Stays on a socket that TLS took over. What breaks a connection also closes it, and that is told.
    this.socket.on("error", ignore);
  }

  #detach(): void {
    this.socket.off("data", this.#onData);
    this.socket.off("drain", this.#onDrain);
    this.socket.off("end", this.#onEnd);
    this.socket.off("close", this.#onClose);
  }

  readonly #onData = (chunk: Uint8Array): void => this.#listener.received(chunk);
  readonly #onDrain = (): void => this.#listener.drained();
  readonly #onEnd = (): void => this.#listener.peerEnded();
  readonly #onClose = (): void => this.#listener.closed();
}

function ignore(): void {}
