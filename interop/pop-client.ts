// A small POP3 client for tests: one command at a time, replies read whole; an error when the connection breaks.
import { createConnection, type Socket } from "node:net";

export interface PopReply {
  readonly status: string;
  /** Lines of a multi-line reply, un-stuffed. */
  readonly lines: readonly string[];
}

const MULTI_LINE = /^(?:RETR|TOP|CAPA|LIST$|UIDL$)/;

/** Octets travel as Latin-1 text, so that nothing is lost. */
export class PopClient {
  readonly #socket: Socket;
  #text = "";
  #wake: () => void = () => undefined;
  #ended = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => {
      this.#text += text;
      this.#wake();
    });
    for (const event of ["close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  static async connect(port: number): Promise<PopClient> {
    const client = new PopClient(createConnection({ host: "127.0.0.1", port, noDelay: true }));
    await client.#reply("greeting");
    return client;
  }

  async login(login: string, password: string): Promise<void> {
    await this.say(`USER ${login}`);
    const { status } = await this.say(`PASS ${password}`);
    if (!status.startsWith("+OK")) throw new Error(`login of ${login}: ${status}`);
  }

  say(command: string): Promise<PopReply> {
    this.#socket.write(`${command}\r\n`, "latin1");
    return this.#reply(command);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #reply(command: string): Promise<PopReply> {
    const status = await this.#until("\r\n");
    if (!status.startsWith("+OK") || !MULTI_LINE.test(command)) return { status, lines: [] };
    const lines: string[] = [];
    for (let line = await this.#until("\r\n"); line !== "."; line = await this.#until("\r\n")) {
      lines.push(line.startsWith(".") ? line.slice(1) : line);
    }
    return { status, lines };
  }

  async #until(end: string): Promise<string> {
    for (;;) {
      const at = this.#text.indexOf(end);
      if (at >= 0) {
        const found = this.#text.slice(0, at);
        this.#text = this.#text.slice(at + end.length);
        return found;
      }
      if (this.#ended) throw new Error("the connection ended");
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}
