// A client that sends exactly the octets it is told to and reads whole replies; every wait is bounded.
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const PATIENCE_MS = 10_000;

/** Where to connect: a port of 127.0.0.1, or the path of a Unix socket. */
export type Where = number | string;

export class LmtpClient {
  readonly socket: Socket;
  #text = "";
  #replies: string[] = [];
  #ended = false;
  #changed: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", () => undefined); // the close event follows
    socket.on("close", () => {
      this.#ended = true;
      this.#changed();
    });
  }

  static async connect(where: Where, o: { readonly allowHalfOpen?: boolean } = {}): Promise<LmtpClient> {
    const to = typeof where === "number" ? { port: where, host: "127.0.0.1" } : { path: where };
    const socket = connect({ ...to, allowHalfOpen: o.allowHalfOpen ?? false });
    const client = new LmtpClient(socket);
    await once(socket, "connect");
    return client;
  }

  /** Connected, greeted, and past LHLO. */
  static async ready(where: Where): Promise<LmtpClient> {
    const client = await LmtpClient.connect(where);
    await client.replies(1);
    await client.ask("LHLO client.example");
    return client;
  }

  send(octets: string | Uint8Array): void {
    this.socket.write(typeof octets === "string" ? Buffer.from(octets, "utf8") : octets);
  }

  /** Sends lines and waits for as many replies. */
  async ask(...lines: string[]): Promise<readonly string[]> {
    this.send(lines.map((line) => `${line}\r\n`).join(""));
    return this.replies(lines.length);
  }

  /** The next `count` replies, the lines of each joined by "|" and without line ends. */
  async replies(count: number): Promise<readonly string[]> {
    await this.#until(() => this.#replies.length >= count || this.#ended, `${count} replies`);
    if (this.#replies.length < count)
      throw new Error(`closed after ${this.#replies.length} of ${count} replies: ${JSON.stringify(this.#replies)}`);
    return this.#replies.splice(0, count);
  }

  /** All further replies until the server closes. */
  async rest(): Promise<readonly string[]> {
    await this.#until(() => this.#ended, "the end of the connection");
    return this.#replies.splice(0);
  }

  /** Replies that are here already. */
  get waiting(): number {
    return this.#replies.length;
  }

  close(): void {
    this.socket.destroy();
  }

  #take(chunk: Buffer): void {
    this.#text += chunk.toString("utf8");
    const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/;
    for (let found = reply.exec(this.#text); found !== null; found = reply.exec(this.#text)) {
      this.#text = this.#text.slice(found[0].length);
      this.#replies.push(found[0].trimEnd().replaceAll("\r\n", "|"));
    }
    this.#changed();
  }

  async #until(done: () => boolean, what: string): Promise<void> {
    const timer = setTimeout(() => this.socket.destroy(new Error("out of patience")), PATIENCE_MS);
    while (!done()) await new Promise<void>((resolve) => (this.#changed = resolve));
    clearTimeout(timer);
    if (this.socket.errored?.message === "out of patience") throw new Error(`waited ${PATIENCE_MS} ms for ${what}`);
  }
}

/** Delivers one message and gives the replies to its recipients. `data` is sent as it is, the final dot included. */
export async function sendMessage(
  where: Where,
  o: { readonly from?: string; readonly to: readonly string[]; readonly data: string | Uint8Array },
): Promise<readonly string[]> {
  const client = await LmtpClient.ready(where);
  try {
    await client.ask(
      `MAIL FROM:<${o.from ?? "ann@b.example"}> SMTPUTF8`,
      ...o.to.map((name) => `RCPT TO:<${name}>`),
      "DATA",
    );
    client.send(o.data);
    return await client.replies(o.to.length);
  } finally {
    client.close();
  }
}
