// A POP3 server for tests of clients: correct until told otherwise, and telling everything it was sent.
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { serveConnection } from "./connection.ts";
import { FaultBook } from "./fault-book.ts";
import { PeerMaildrop } from "./maildrop.ts";
import type { PeerFault, ScriptedPeerOptions } from "./options.ts";
import { ConnectionRecord, type PeerConnection, type PeerEvent } from "./record.ts";

const HOST = "127.0.0.1";
const PATIENCE_MS = 60_000;
const MESSAGES = [1, 2, 3].map((n) => `Subject: message ${n}\r\n\r\nThis is message ${n}.\r\n`);

/** A running peer. `await using` closes it. */
export interface ScriptedPeer extends AsyncDisposable {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** What it serves, kept between connections; put mail into it, or see what was really removed. */
  readonly maildrop: PeerMaildrop;
  /** In the order in which they came, those that are over among them. */
  readonly connections: readonly PeerConnection[];
  /** Everything that happened on all connections, in order. */
  readonly log: readonly PeerEvent[];
  /** The most connections that were open at the same time. */
  readonly mostAtOnce: number;
  /** Commands of all connections, in order, SASL responses not among them. */
  readonly commands: readonly string[];
  /** Makes these faults from now on, and none of those before. Faults on `connection` hold for connections to come. */
  script(faults: readonly PeerFault[]): void;
  /** Resolves when so many connections have been closed, all of them so far unless given. */
  untilClosed(count?: number): Promise<void>;
  /** Ends every connection and stops listening. */
  close(): Promise<void>;
}

/** Starts a peer on a free port of 127.0.0.1. */
export async function scriptedPeer(options: ScriptedPeerOptions = {}): Promise<ScriptedPeer> {
  const peer = new RunningPeer(options);
  await peer.listen();
  return peer;
}

class RunningPeer implements ScriptedPeer {
  readonly host = HOST;
  readonly maildrop: PeerMaildrop;
  readonly connections: ConnectionRecord[] = [];
  readonly log: PeerEvent[] = [];
  mostAtOnce = 0;
  readonly #options: ScriptedPeerOptions;
  readonly #book: FaultBook;
  readonly #server: Server;
  readonly #secureContext: SecureContext | undefined;
  readonly #sockets = new Set<Socket>();
  readonly #waiting = new Set<() => void>();

  constructor(options: ScriptedPeerOptions) {
    this.#options = options;
    this.maildrop = new PeerMaildrop(options.messages ?? MESSAGES);
    this.#book = new FaultBook(options.faults ?? []);
    this.#secureContext = options.tls === undefined ? undefined : createSecureContext(options.tls);
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => void this.#serve(socket));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get commands(): readonly string[] {
    return this.log.flatMap((event) => (event.kind === "command" ? [event.text] : []));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host: HOST, port: 0 }, resolve);
    });
  }

  script(faults: readonly PeerFault[]): void {
    this.#book.script(faults);
  }

  async untilClosed(count = this.connections.length): Promise<void> {
    while (this.connections.filter(({ isClosed }) => isClosed).length < count) {
      await new Promise<void>((resolve) => {
        this.#waiting.add(resolve);
      });
    }
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    if (this.#server.listening) await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    await this.untilClosed();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #serve(socket: Socket): Promise<void> {
    const record = new ConnectionRecord(this.connections.length + 1, this.log);
    this.connections.push(record);
    this.#sockets.add(socket);
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#sockets.size);
    socket.setTimeout(this.#options.patienceMs ?? PATIENCE_MS, () => socket.destroy());
    const { greeting = "POP3 ready" } = this.#options;
    const session = {
      options: this.#options,
      maildrop: this.maildrop,
      greeting,
      isEncrypted: false,
      user: undefined,
      messages: undefined,
      numbers: new Map(),
      marked: new Set<never>(),
      retrieved: new Set<never>(),
    };
    await serveConnection({ socket, session, book: this.#book, record, secureContext: this.#secureContext });
    this.#sockets.delete(socket);
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }
}
