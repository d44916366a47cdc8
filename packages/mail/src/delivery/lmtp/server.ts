// The LMTP receiver: listens on TCP and Unix sockets, counts connections, looks at time-outs, stops with grace.
import { chmod, lstat, unlink } from "node:fs/promises";
import { BlockList, connect, createServer, type Server, type Socket } from "node:net";
import type {
  LmtpListening,
  LmtpListenOptions,
  LmtpServer,
  LmtpServerOptions,
  LmtpSessionSummary,
} from "./contract.ts";
import type { LmtpPolicy } from "./session.ts";
import { LmtpConnection } from "./connection.ts";
import { DEFAULT_LMTP_LIMITS, type LmtpLimits } from "./limits.ts";
import { reply } from "./replies.ts";

const SOCKET_MODE = 0o660;
const PROBE_MS = 1_000;

/** Makes the receiver; it listens when told to. Throws RangeError on limits no session could work with. */
export function createLmtpServer(options: LmtpServerOptions): LmtpServer {
  const limits = limitsOf(options.limits ?? {});
  const clock = options.clock ?? { now: () => performance.now() };
  const observer = options.observer ?? {};
  const policy: LmtpPolicy = { ...limits, hostName: options.hostName, overQuota: options.overQuota ?? "defer" };
  const listeners = new Set<Server>();
  const connections = new Set<LmtpConnection>();
  let sessionsSoFar = 0;
  let stopping = false;
  let allGone: (() => void) | undefined;

  const sweep = (): void => {
    const now = clock.now();
    for (const connection of connections) connection.sweep(now);
  };
  const sweeper = setInterval(sweep, limits.sweepMs);
  sweeper.unref();

  function accept(socket: Socket, unixPath: string | undefined): void {
    sessionsSoFar += 1;
    const name = `lmtp-${sessionsSoFar}`;
    const remoteAddress = unixPath ?? socket.remoteAddress ?? "";
    if (stopping || connections.size >= limits.connectionsMax) return turnAway(socket, { name, remoteAddress });
    const local = unixPath !== undefined || (isLoopback(socket.remoteAddress) && isLoopback(socket.localAddress));
    const { store, accounts } = options;
    connections.add(
      new LmtpConnection({
        socket,
        name,
        remoteAddress,
        local,
        policy,
        limits,
        store,
        accounts,
        observer,
        clock,
        ended: forget,
      }),
    );
  }

  function forget(connection: LmtpConnection): void {
    connections.delete(connection);
    if (connections.size === 0) allGone?.();
  }

  function turnAway(
    socket: Socket,
    { name, remoteAddress }: { readonly name: string; readonly remoteAddress: string },
  ): void {
    socket.on("error", () => undefined); // it is being closed
    socket.on("data", () => undefined);
    socket.end(reply(stopping ? "shutting-down" : "too-many-connections"));
    setTimeout(() => socket.destroy(), limits.lingerMs).unref();
    const none = { messages: 0, octets: 0, stored: 0, storedBefore: 0, refused: 0, durationMs: 0 };
    const reason = stopping ? "stopped" : "too-many-connections";
    const summary: LmtpSessionSummary = { session: name, protocol: "lmtp", remoteAddress, ...none, reason };
    observer.sessionEnded?.(summary);
  }

  return {
    async listen(where) {
      if (stopping) throw new Error("the LMTP server is stopping");
      const unixPath = "path" in where ? where.path : undefined;
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(socket, unixPath));
      const listening = await listenOn(server, where);
      server.on("error", (error) => observer.failed?.(error, { session: "lmtp", while: "accepting connections" }));
      listeners.add(server);
      return listening;
    },
    sessions: () => [...connections].map((connection) => connection.describe()),
    async stop({ withinMs }) {
      stopping = true;
      for (const server of listeners) server.close();
      listeners.clear();
      const gone = new Promise<void>((resolve) => (allGone = resolve));
      for (const connection of connections) connection.stop();
      const deadline = setTimeout(() => {
        for (const connection of connections) connection.cut("stopped");
        allGone?.();
      }, withinMs);
      if (connections.size > 0) await gone;
      clearTimeout(deadline);
      clearInterval(sweeper);
    },
    sweep,
  };
}

function limitsOf(chosen: Partial<LmtpLimits>): LmtpLimits {
  const limits = { ...DEFAULT_LMTP_LIMITS, ...chosen };
  // RFC 5321 §4.5.3.1.4 with the additions of RFC 1870 §3, RFC 6152 and RFC 6531 §3.1.
  if (limits.commandOctetsMax < 1_024) throw new RangeError("limits.commandOctetsMax must be at least 1024");
  if (limits.recipientsMax < 100)
    throw new RangeError("limits.recipientsMax must be at least 100 (RFC 5321 section 4.5.3.1.8)");
  if (limits.messageOctetsMax < 65_536)
    throw new RangeError("limits.messageOctetsMax must be at least 65536 (RFC 5321 section 4.5.3.1.7)");
  if (limits.pathOctetsMax < 256)
    throw new RangeError("limits.pathOctetsMax must be at least 256 (RFC 5321 section 4.5.3.1.3)");
  return limits;
}

async function listenOn(server: Server, where: LmtpListenOptions): Promise<LmtpListening> {
  if ("path" in where) {
    await removeStaleSocket(where.path);
    await bound(server, { path: where.path });
    await chmod(where.path, where.mode ?? SOCKET_MODE);
    return { path: where.path };
  }
  if (where.port === 25) {
    throw new RangeError(
      "LMTP must not be on TCP port 25, which is SMTP's (RFC 2033 section 5): choose another port, 1124 for example",
    );
  }
  await bound(server, { host: where.host ?? "127.0.0.1", port: where.port });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("a TCP listener without an address");
  return { address: address.address, port: address.port };
}

function bound(
  server: Server,
  where: { readonly path: string } | { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(where, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** A socket file that nobody listens on is left from an unclean end; one that answers is somebody's and stays. */
async function removeStaleSocket(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined); // not there, or listen() will say why not
  if (found?.isSocket() !== true || (await answers(path))) return;
  await unlink(path);
}

function answers(path: string): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    const probe = connect(path);
    const tell = (answered: boolean): void => {
      probe.destroy();
      resolve(answered);
    };
    probe.setTimeout(PROBE_MS, () => tell(true));
    probe.once("connect", () => tell(true));
    probe.once("error", (error: NodeJS.ErrnoException) => tell(error.code !== "ECONNREFUSED"));
  });
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

function isLoopback(address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith("::ffff:") ? address.slice(7) : address;
  return LOOPBACK.check(plain, plain.includes(":") ? "ipv6" : "ipv4");
}
