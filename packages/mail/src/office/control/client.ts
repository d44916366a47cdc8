// The other end of the control socket.
import type { Agent, IncomingMessage, request as makeRequest } from "node:http";
import { connect } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { RemotePlacing } from "../collected/remote-placing.ts";
import { OfficeError } from "../office-error.ts";
import { answerText } from "./answer-text.ts";
import type { Caller } from "./caller.ts";
import { OperationError } from "./operation-error.ts";
import { PREFIX, SILENCE_MS, type WireError } from "./protocol.ts";
import { readSocketPath } from "./socket-path.ts";

/** A caller over the socket of a running post office; undefined when none listens there. */
export async function connectOffice(dataDir: string): Promise<Caller | undefined> {
  const socketPath = readSocketPath(dataDir);
  if (!(await somebodyListens(socketPath))) return undefined;
  // Loaded for somebody who listens: HTTP is a tenth of the start of a command that opens the store itself.
  const { Agent, request: httpRequest } = await import("node:http");
  const agent = new Agent({ keepAlive: true });
  const post = (
    name: string,
    o: { readonly input: unknown; readonly body?: AsyncIterable<Uint8Array> },
  ): Promise<Answer> => exchange({ socketPath, httpRequest, agent, name, ...o });
  const call: Caller["call"] = async (name, input) => readResult(await post(name, { input }));
  const sendForRows: Caller["sendForRows"] = (name, input, body) => readRows(post(name, { input, body }));
  return {
    remote: true,
    call,
    send: async (name, input, body) => readResult(await post(name, { input, body })),
    sendForRows,
    octets: (name, input) => readOctets(post(name, { input })),
    async openPlacing(into) {
      await call("fetch.account", { login: into.login });
      return new RemotePlacing({ sendForRows }, into);
    },
    close: () => {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

/** An owner that died left a socket nobody listens on. */
function somebodyListens(path: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(false);
      else
        reject(
          new OfficeError(
            "no-answer",
            `the control socket ${path} cannot be reached (${String(error.code)}); run this as the user who started the post office`,
            { cause: error },
          ),
        );
    });
  });
}

interface Exchange {
  readonly socketPath: string;
  readonly httpRequest: typeof makeRequest;
  readonly agent: Agent;
  readonly name: string;
  readonly input: unknown;
  readonly body?: AsyncIterable<Uint8Array>;
}

interface Answer {
  readonly response: IncomingMessage;
  /** Why the body could not be sent; then the answer is no use either. */
  readonly sendingFailed: () => unknown;
  /** Sends no more. */
  readonly cut: () => void;
}

/** Sends the request and resolves with the answer's head; an answer may come before the whole body went out. */
async function exchange(o: Exchange): Promise<Answer> {
  const json = JSON.stringify(o.input);
  const path = PREFIX + o.name + (o.body === undefined ? "" : `?input=${encodeURIComponent(json)}`);
  const request = o.httpRequest({
    socketPath: o.socketPath,
    agent: o.agent,
    path,
    method: "POST",
    timeout: SILENCE_MS,
  });
  request.on("timeout", () =>
    request.destroy(new OfficeError("no-answer", "the running post office does not answer; look into its log")),
  );
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
    // A connection that would switch to another protocol is closed without an error.
    request.once("close", () => reject(new OfficeError("no-answer", ENDED)));
  });
  let failure: unknown;
  const sent =
    o.body === undefined
      ? Promise.resolve(void request.end(json))
      : pipeline(Readable.from(o.body, { objectMode: false }), request);
  sent.catch((error: unknown) => {
    failure ??= error;
  });
  try {
    const response = await Promise.race([answered, sent.then(() => answered)]);
    return { response, sendingFailed: () => failure, cut: () => request.destroy() };
  } catch (error) {
    answered.catch(() => undefined);
    request.destroy();
    throw gone(failure ?? error);
  }
}

const ENDED = "the running post office ended during this command; try again";
const BROKEN: ReadonlySet<string> = new Set(["ECONNRESET", "EPIPE", "ECONNREFUSED"]);

/** A connection that breaks means the owner ended; anything else is told as it is. */
function gone(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException).code;
  return code !== undefined && BROKEN.has(code) ? new OfficeError("no-answer", ENDED, { cause: error }) : error;
}

async function readResult({ response, cut }: Answer): Promise<never> {
  const body = JSON.parse(await answerText(response)) as { readonly result?: unknown; readonly error?: WireError };
  if (body.error === undefined) return body.result as never;
  cut();
  throw new OperationError(body.error);
}

async function* readRows(answered: Promise<Answer>): AsyncGenerator<never> {
  const answer = await answered;
  if (answer.response.statusCode !== 200) await readResult(answer);
  try {
    for await (const line of linesOf(answer.response)) {
      const part = JSON.parse(line) as { readonly row?: unknown; readonly end?: true; readonly error?: WireError };
      if (part.error !== undefined) throw new OperationError(part.error);
      if (part.end === true) return;
      yield part.row as never;
    }
    throw new OfficeError("no-answer", ENDED);
  } catch (error) {
    // When our own end of the stream broke, that is the reason for whatever the other end says.
    throw answer.sendingFailed() ?? gone(error);
  } finally {
    answer.cut();
  }
}

async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  response.setEncoding("utf8");
  let rest = "";
  for await (const chunk of response as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

async function* readOctets(answered: Promise<Answer>): AsyncGenerator<Uint8Array> {
  const answer = await answered;
  if (answer.response.statusCode !== 200) await readResult(answer);
  try {
    yield* answer.response as AsyncIterable<Buffer>;
  } catch (error) {
    throw new OfficeError("no-answer", "the running post office could not send the whole message; look into its log", {
      cause: error,
    });
  }
}
