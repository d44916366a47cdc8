// A byte stream to the server: TCP, through a proxy, or the caller's own.
import { connect as connectTcp, isIP, Socket, type OnReadOpts } from "node:net";
import type { Duplex } from "node:stream";
import type { Pop3Options, Pop3Transport } from "./contract.ts";
import { abortedError, connectError } from "./network-errors.ts";
import { connectThrough, proxyUrl } from "./proxy.ts";
import type { ReadMemory } from "./read-memory.ts";

const KEEP_ALIVE_MS = 60_000;

/** The way to the server these options ask for. Throws Pop3Error CONFIG. */
export function transportOf(
  options: Pick<Pop3Options, "localAddress" | "proxy" | "transport">,
  readMemory?: ReadMemory,
): Pop3Transport {
  if (options.transport !== undefined) return options.transport;
  const { localAddress } = options;
  if (options.proxy === undefined) return { connect: (to) => connectDirectly({ ...to, localAddress, readMemory }) };
  const proxy = proxyUrl(options.proxy);
  return { connect: (to) => connectThrough(proxy, { ...to, localAddress }) };
}

/** Both ends are on this machine, by the addresses of the socket itself. A tunnel is not. */
export function isLoopback(stream: Duplex, options: Pick<Pop3Options, "proxy" | "transport">): boolean {
  if (options.proxy !== undefined || options.transport !== undefined || !(stream instanceof Socket)) return false;
  const address = stream.remoteAddress?.replace(/^::ffff:/, "") ?? "";
  return address === "::1" || (isIP(address) === 4 && address.startsWith("127."));
}

interface Target {
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
  readonly localAddress: string | undefined;
  /** Where octets are read into; undefined for memory of their own. */
  readonly readMemory: ReadMemory | undefined;
}

function connectDirectly({ host, port, signal, localAddress, readMemory }: Target): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({
      host,
      port,
      noDelay: true,
      keepAlive: true,
      keepAliveInitialDelay: KEEP_ALIVE_MS,
      ...(localAddress !== undefined && { localAddress }),
      ...(readMemory !== undefined && { onread: readingInto(readMemory, (octets) => socket.emit("data", octets)) }),
    });
    // Such a socket keeps nothing for who listens later.
    if (readMemory !== undefined) socket.pause();
    const settle = (how: () => void): void => {
      signal.removeEventListener("abort", abort);
      socket.off("error", fail);
      how();
    };
    const fail = (error: unknown): void =>
      settle(() => {
        socket.destroy();
        reject(connectError(error, { host, port }));
      });
    const abort = (): void => fail(abortedError("connect", signal));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    socket.once("error", fail);
    socket.once("connect", () =>
      settle(() => {
        // Until somebody listens; an error then shows as the end of the connection.
        socket.on("error", nothing);
        resolve(socket);
      }),
    );
  });
}

function readingInto(memory: ReadMemory, take: (octets: Uint8Array) => void): OnReadOpts {
  return {
    buffer: () => memory.space(),
    callback(octets) {
      take(memory.filled(octets));
      return true;
    },
  };
}

/** What the transport gave, or why it gave nothing. One that does not heed its signal is not waited for. */
export function connectBy(
  transport: Pop3Transport,
  to: { readonly host: string; readonly port: number; readonly signal: AbortSignal },
): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(abortedError("connect", to.signal));
    if (to.signal.aborted) return abort();
    to.signal.addEventListener("abort", abort, { once: true });
    const settled = (): void => to.signal.removeEventListener("abort", abort);
    // The caller's own may throw at once.
    new Promise<Duplex>((connected) => connected(transport.connect(to))).then(
      (stream) => {
        settled();
        if (to.signal.aborted) stream.destroy();
        else resolve(stream);
      },
      (error: unknown) => {
        settled();
        reject(connectError(error, to));
      },
    );
  });
}

function nothing(): void {}
