// The control socket: runs operations for the command line while a post office has the store open.
import { chmodSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import { Readable } from "node:stream";
import type { Log } from "../../observe/index.ts";
import { requestListener, type ReaderApi } from "../../webmail/api/index.ts";
import { OfficeError } from "../office-error.ts";
import { OPERATIONS, type OperationName } from "../operations/index.ts";
import type { OperationContext } from "../operations/definition.ts";
import { badInput } from "./bad-input.ts";
import { placeSocket } from "./socket-path.ts";
import { describeFailure, isExpected } from "./operation-error.ts";
import { CONTENT, INPUT_OCTETS_MAX, PREFIX, SILENCE_MS } from "./protocol.ts";

export interface ControlServer {
  readonly path: string;
  /** Takes no new operation; gives running ones `withinMs`, then cuts them. */
  stop(o: { readonly withinMs: number }): Promise<void>;
}

export interface ControlOptions {
  readonly context: OperationContext;
  readonly api: () => Promise<ReaderApi>;
  readonly log: Log;
}

/** The caller owns the data directory, so a socket that is there was left behind. */
export async function openControlSocket({ context, api, log }: ControlOptions): Promise<ControlServer> {
  const place = placeSocket(context.dataDir);
  // The reader's API as the owner of the machine may use it: who reaches this socket needs no token.
  const reader = requestListener(async (request) => (await api()).app.fetch(request, { person: { origin: "" } }), log);
  const server = createServer((request, response) => {
    if (/^\/(?:api|m)\//.test(request.url ?? "")) void reader(request, response);
    else void answer({ context, log, request, response });
  });
  server.requestTimeout = 0; // a long import is one request; silence is what ends it
  server.setTimeout(SILENCE_MS);
  await listen(server, place.path);
  return {
    path: place.path,
    async stop({ withinMs }) {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), withinMs);
      await closed;
      clearTimeout(cut);
      place.remove();
    },
  };
}

/** No moment passes in which others could connect: the mode is set as the socket is made. */
function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const before = process.umask(0o177);
    try {
      server.once("error", reject);
      server.listen(path, () => {
        server.off("error", reject);
        chmodSync(path, 0o600);
        resolve();
      });
    } finally {
      process.umask(before);
    }
  });
}

interface Exchange {
  readonly context: OperationContext;
  readonly log: Log;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function answer(exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  try {
    await run(exchange);
  } catch (error) {
    logFailure(exchange, error);
    if (response.headersSent) response.destroy();
    else sendJson(response, 400, { error: describeFailure(error) });
  }
  // What is left of a body whose operation ended early is read and dropped, so that the answer gets through.
  request.resume();
}

/** Refusals are the caller's to tell; whoever has gone away broke off what runs. */
function logFailure({ log, request, response }: Exchange, error: unknown): void {
  if (!isExpected(error) && !response.destroyed)
    log.error({ error, operation: request.url?.split("?")[0] }, "an operation failed");
}

async function run(exchange: Exchange): Promise<void> {
  const { context, request, response } = exchange;
  const url = new URL(request.url ?? "/", "http://control");
  const name = url.pathname.slice(PREFIX.length);
  if (request.method !== "POST" || !url.pathname.startsWith(PREFIX) || !Object.hasOwn(OPERATIONS, name)) {
    throw new OfficeError(
      "unknown-operation",
      `the running post office knows no operation ${JSON.stringify(name)}; restart it, so that it and this command are of one version`,
    );
  }
  const operation = OPERATIONS[name as OperationName];
  const takes = "takes" in operation;
  const written = takes ? (url.searchParams.get("input") ?? "{}") : await readText(request);
  const input = parseInput(operation.input, written);
  // The table pairs each input with its own operation; that cannot be said of a union of them.
  const start = operation.run as (
    context: OperationContext,
    input: unknown,
    body: AsyncIterable<Uint8Array>,
  ) => unknown;
  const given = start(context, input, request);
  if (operation.gives === "value") sendJson(response, 200, { result: await given });
  else if (operation.gives === "rows") await sendRows(exchange, given as AsyncIterable<unknown>);
  else await sendOctets(response, given as AsyncIterable<Uint8Array>);
}

function parseInput(schema: (typeof OPERATIONS)[OperationName]["input"], text: string): unknown {
  const checked = schema.safeParse(parseJson(text === "" ? "{}" : text));
  if (checked.success) return checked.data;
  throw badInput(checked.error);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new OfficeError("bad-input", "the input is not JSON", { cause: error });
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    octets += chunk.length;
    if (octets > INPUT_OCTETS_MAX)
      throw new OfficeError("bad-input", `an input of more than ${INPUT_OCTETS_MAX} octets`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { "content-type": CONTENT.json }).end(JSON.stringify(body));
}

async function sendRows(exchange: Exchange, given: AsyncIterable<unknown>): Promise<void> {
  const { response } = exchange;
  response.writeHead(200, { "content-type": CONTENT.rows });
  await pipeline(Readable.from(rowLines(exchange, given)), response);
}

async function* rowLines(exchange: Exchange, given: AsyncIterable<unknown>): AsyncGenerator<string> {
  try {
    for await (const row of given) yield `${JSON.stringify({ row })}\n`;
    yield `${JSON.stringify({ end: true })}\n`;
  } catch (error) {
    logFailure(exchange, error);
    yield `${JSON.stringify({ error: describeFailure(error) })}\n`;
  }
}

/** The first octets decide: a failure before them is an error answer, one after them cuts the answer short. */
async function sendOctets(response: ServerResponse, given: AsyncIterable<Uint8Array>): Promise<void> {
  const chunks = given[Symbol.asyncIterator]();
  const first = await chunks.next();
  response.writeHead(200, { "content-type": CONTENT.octets });
  await pipeline(
    Readable.from(
      (async function* () {
        try {
          for (let step = first; step.done !== true; step = await chunks.next()) yield step.value;
        } finally {
          await chunks.return?.();
        }
      })(),
      { objectMode: false },
    ),
    response,
  );
}
