// The HTTP server of the reader, with its limits. Nothing of the reader is known here.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Log } from "../../../observe/index.ts";
import { LIMITS } from "../limits.ts";

/** `peer` is the connection that a request came over. */
export type Answering = (request: Request, peer: Socket) => Response | Promise<Response>;

export interface WebServer {
  /** May be called several times. Rejects with the system's error. */
  listen(o: {
    readonly host: string;
    readonly port: number;
  }): Promise<{ readonly address: string; readonly port: number }>;
  /** Takes no new request; gives running ones `withinMs`, then cuts them. */
  stop(o: { readonly withinMs: number }): Promise<void>;
}

export function createWebServer(answer: Answering, log: Log): WebServer {
  const servers: Server[] = [];
  const listener = requestListener(answer, log);
  return {
    async listen({ host, port }) {
      const server = createServer(
        {
          maxHeaderSize: LIMITS.headerOctets,
          headersTimeout: LIMITS.headersMs,
          requestTimeout: LIMITS.requestMs,
          keepAliveTimeout: LIMITS.keepAliveMs,
          requireHostHeader: true,
        },
        (request, response) => void listener(request, response),
      );
      // Whoever neither sends nor takes anything is cut off; an event stream's heart beats more often.
      server.setTimeout(LIMITS.silenceMs);
      server.maxConnections = LIMITS.connections;
      await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen({ host, port }, () => {
          server.off("error", reject);
          resolve();
        });
      });
      server.on("error", (error) => log.error({ error }, "the web listener met trouble"));
      servers.push(server);
      const { address, port: taken } = server.address() as AddressInfo;
      return { address, port: taken };
    },
    async stop({ withinMs }) {
      await Promise.all(servers.map((server) => stopServer(server, withinMs)));
    },
  };
}

/** Also for requests that came another way, such as over the control socket. */
export function requestListener(
  answer: Answering,
  log: Log,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return getRequestListener((request, { incoming }) => answer(request, (incoming as IncomingMessage).socket), {
    overrideGlobalObjects: false,
    errorHandler: (error) => {
      log.error({ error }, "a request could not be answered");
      return new Response(null, { status: 400 });
    },
  }) as (request: IncomingMessage, response: ServerResponse) => Promise<void>;
}

const IDLE_EVERY_MS = 20;

async function stopServer(server: Server, withinMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // A connection that gets idle only now, its event stream ended, is not waited for either.
  const idle = setInterval(() => server.closeIdleConnections(), IDLE_EVERY_MS);
  const cut = setTimeout(() => server.closeAllConnections(), withinMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
