// The reader's API over the control socket, for commands: the same table of routes the browser's pages are made from.
import { request as httpRequest, type IncomingMessage } from "node:http";
import { requestOf, ROUTES, type RouteInput, type RouteName, type RouteOutput } from "../../webmail/api/index.ts";
import { OfficeError } from "../office-error.ts";
import { answerText } from "./answer-text.ts";
import { OperationError } from "./operation-error.ts";
import type { WireError } from "./protocol.ts";
import { readSocketPath } from "./socket-path.ts";

const SILENCE_MS = 180_000;

/** What a route answers. */
export type ReaderAnswer<N extends RouteName> = RouteOutput<N>;

export interface ReaderClient {
  /** Throws OperationError for a refusal, OfficeError `not-running` or `no-answer`. */
  ask<N extends RouteName>(name: N, input: RouteInput<N>): Promise<RouteOutput<N>>;
  /** Octets of what a path of the API names, such as the source of a message. */
  octets(path: string): AsyncIterable<Uint8Array>;
}

export function connectReader(dataDir: string): ReaderClient {
  const socketPath = readSocketPath(dataDir);
  return {
    async ask(name, input) {
      const { method, path, body } = requestOf(ROUTES[name], input);
      const response = await send({ socketPath, method, path, body });
      return (await readAnswer(response)) as never;
    },
    async *octets(path) {
      const response = await send({ socketPath, method: "GET", path, body: undefined });
      if (response.statusCode !== 200) await readAnswer(response);
      yield* response as AsyncIterable<Buffer>;
    },
  };
}

interface Sent {
  readonly socketPath: string;
  readonly method: string;
  readonly path: string;
  readonly body: string | undefined;
}

function send({ socketPath, method, path, body }: Sent): Promise<IncomingMessage> {
  const headers = { host: "localhost", ...(body === undefined ? {} : framed(body)) };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ socketPath, method, path, headers, timeout: SILENCE_MS });
    request.on("timeout", () => request.destroy(new Error("silent")));
    request.once("response", resolve);
    request.once("error", (cause: NodeJS.ErrnoException) => reject(unreachable(cause)));
    // A connection that would switch to another protocol is closed without an error.
    request.once("close", () => reject(unreachable(new Error("closed without an answer"))));
    request.end(body);
  });
}

/** Node frames the body of a DELETE only when it is told its length. */
function framed(body: string): Readonly<Record<string, string | number>> {
  return { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
}

function unreachable(cause: NodeJS.ErrnoException): OfficeError {
  if (cause.code === "ENOENT" || cause.code === "ECONNREFUSED")
    return new OfficeError("not-running", "no post office runs here; start one with restante up or restante serve", {
      cause,
    });
  return new OfficeError("no-answer", "the running post office does not answer; look into its log", { cause });
}

async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const answer = JSON.parse(await answerText(response)) as { readonly error?: WireError };
  if (response.statusCode !== 200) throw new OperationError(answer.error ?? { code: "internal", message: "no answer" });
  return answer;
}
