// A POP2 or POP1 server whose every word a test says, for what no real server does.
import { createServer, type AddressInfo, type Socket } from "node:net";
import type { TestContext } from "node:test";

const patienceMs = 20_000;

export interface Peer {
  readonly socket: Socket;
  /** The client's next line; undefined when it closed. Octets as latin1 text. */
  line(): Promise<string | undefined>;
  send(octets: string): void;
}

export interface ScriptedFamily {
  readonly port: number;
  /** Every line the client said, in order, over all connections. */
  readonly said: string[];
  /** Resolves when the script of each connection so far is over; rejects with its failure. */
  done(): Promise<void>;
}

/** Plays `script` on each connection; what the client says after its end is still written down. */
export async function scriptedFamily(
  context: TestContext,
  script: (peer: Peer) => Promise<void> | void,
): Promise<ScriptedFamily> {
  const said: string[] = [];
  const running: Promise<void>[] = [];
  const sockets: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => undefined);
    const lines = linesOf(socket, said);
    running.push(play(socket, lines, script));
  });
  await new Promise<void>((resolve) => server.listen({ host: "127.0.0.1", port: 0 }, resolve));
  context.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    said,
    async done() {
      await Promise.all(running);
    },
  };
}

async function play(
  socket: Socket,
  lines: AsyncGenerator<string>,
  script: (peer: Peer) => Promise<void> | void,
): Promise<void> {
  socket.setTimeout(patienceMs, () => socket.destroy(new Error("the client went silent")));
  await script({
    socket,
    send: (octets) => void socket.write(octets, "latin1"),
    async line() {
      const next = await lines.next();
      return next.done === true ? undefined : next.value;
    },
  });
  for await (const _rest of lines);
  socket.end();
}

async function* linesOf(socket: Socket, said: string[]): AsyncGenerator<string> {
  let rest = "";
  try {
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      const lines = (rest + chunk.toString("latin1")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        said.push(line);
        yield line;
      }
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "ECONNRESET" && code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  }
}

/** Says the answers one after the other, each to the client's next line. */
export function answers(greeting: string, replies: readonly string[]): (peer: Peer) => Promise<void> {
  return async (peer) => {
    peer.send(greeting);
    for (const reply of replies) {
      if ((await peer.line()) === undefined) return;
      peer.send(reply);
    }
  };
}
