// A server on loopback that hears a request and does with the connection what no HTTP server would.
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { TEST_CERTIFICATE } from "../../../../pop/test/support/certificate.ts";

/** An answer to an upgrade nobody asked for. */
export const SWITCHING = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n";

/** Its port; `does` is called once for each connection, when something was asked. */
export function rawServer(context: TestContext, does: (socket: Socket) => unknown): Promise<number> {
  return listening(context, { does, make: createServer });
}

/** The same over TLS, with TEST_CERTIFICATE. */
export function rawTlsServer(context: TestContext, does: (socket: Socket) => unknown): Promise<number> {
  return listening(context, { does, make: (hear) => createTlsServer(TEST_CERTIFICATE, hear) });
}

interface Listening {
  readonly does: (socket: Socket) => unknown;
  readonly make: (hear: (socket: Socket) => void) => Server;
}

async function listening(context: TestContext, { does, make }: Listening): Promise<number> {
  const sockets = new Set<Socket>();
  const server = make((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined); // The other end may be gone before.
    socket.once("data", () => does(socket));
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}
