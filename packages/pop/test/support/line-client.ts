// A POP client made of nothing but lines: it says what a test tells it to, and waits no longer than it must.
import { connect, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";

const patienceMs = 20_000;

export interface LineClientAddress {
  readonly port: number;
  readonly host?: string;
  /** Which of this machine's addresses to come from. */
  readonly localAddress?: string;
}

/** Octets as latin1 text, one character each. Every wait fails after 20 s, and when the connection ends first. */
export class LineClient {
  socket: Socket;
  #received = "";
  #hasEnded = false;
  #hasClosed = false;
  #error: Error | undefined;
  #wake: (() => void) | undefined;

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#attach();
  }

  /** Connects; the greeting is there to be read. */
  static async connect(address: LineClientAddress): Promise<LineClient> {
    const { port, host = "127.0.0.1", localAddress } = address;
    const socket = connect({ port, host, allowHalfOpen: true, noDelay: true, ...(localAddress && { localAddress }) });
    const client = new LineClient(socket);
    await once(socket, "connect");
    return client;
  }

  /** Connects and finishes a TLS handshake; any certificate will do. */
  static async connectTls(address: LineClientAddress, options: ConnectionOptions = {}): Promise<LineClient> {
    const { port, host = "127.0.0.1" } = address;
    const socket = connectTls({ port, host, rejectUnauthorized: false, ALPNProtocols: ["pop3"], ...options });
    const client = new LineClient(socket);
    await once(socket, "secureConnect");
    return client;
  }

  /** Goes on inside TLS: after the reply to STLS. */
  async startTls(options: ConnectionOptions = {}): Promise<void> {
    this.#detach();
    const socket = connectTls({ socket: this.socket, rejectUnauthorized: false, ...options });
    this.socket = socket;
    this.#attach();
    await once(socket, "secureConnect");
  }

  get tls(): TLSSocket {
    return this.socket as TLSSocket;
  }

  /** Sends it as it is. */
  send(octets: string | Uint8Array): void {
    if (typeof octets === "string") this.socket.write(octets, "latin1");
    else this.socket.write(octets);
  }

  /** Sends a command and gives the first line of its reply. */
  async command(text: string): Promise<string> {
    this.send(`${text}\r\n`);
    return this.line();
  }

  /** Sends a command, and gives the lines of its multi-line reply, un-stuffed, without first line and terminator. */
  async list(text: string): Promise<readonly string[]> {
    const first = await this.command(text);
    if (!first.startsWith("+OK")) throw new Error(`${text} was answered ${first}`);
    return this.multi();
  }

  /** The greeting, USER and PASS. */
  async login(login: string, password = "secret"): Promise<string> {
    await this.line();
    await this.command(`USER ${login}`);
    return this.command(`PASS ${password}`);
  }

  /** The next line without its CRLF. */
  async line(): Promise<string> {
    await this.#until(() => this.#received.includes("\r\n"));
    const end = this.#received.indexOf("\r\n");
    const line = this.#received.slice(0, end);
    this.#received = this.#received.slice(end + 2);
    return line;
  }

  /** The lines up to the terminator, un-stuffed. */
  async multi(): Promise<readonly string[]> {
    const text = await this.data();
    return text === "" ? [] : text.slice(0, -2).split("\r\n");
  }

  /** The octets up to the terminator, un-stuffed. */
  async data(): Promise<string> {
    const pieces: string[] = [];
    // The end of what came before; the first line may be the terminator already.
    let tail = "\r\n";
    for (;;) {
      await this.#until(() => this.#received !== "");
      const piece = this.#received;
      const end = `${tail}${piece}`.indexOf("\r\n.\r\n") + 2 - tail.length;
      pieces.push(piece);
      if (end >= 2 - tail.length) {
        this.#received = piece.slice(end + 3);
        const whole = pieces.join("");
        return whole.slice(0, whole.length - piece.length + end).replace(/(^|\r\n)\./g, "$1");
      }
      this.#received = "";
      tail = `${tail}${piece}`.slice(-4);
    }
  }

  /** Exactly so many octets, as they come. */
  async octets(count: number): Promise<string> {
    await this.#until(() => this.#received.length >= count);
    const octets = this.#received.slice(0, count);
    this.#received = this.#received.slice(count);
    return octets;
  }

  /** What has come and was not read yet. */
  get received(): string {
    return this.#received;
  }

  /** Everything up to the end of the connection. */
  async rest(): Promise<string> {
    await this.#until(() => this.#hasEnded || this.#hasClosed);
    const rest = this.#received;
    this.#received = "";
    return rest;
  }

  /** Sends no more; still reads. */
  end(): void {
    this.socket.end();
  }

  /** Goes away without a word; with `reset`, so that the other side reads ECONNRESET. */
  async leave(how: "close" | "reset" = "close"): Promise<void> {
    if (this.#hasClosed) return;
    const closed = new Promise<void>((resolve) => this.socket.once("close", () => resolve()));
    if (how === "reset") this.socket.resetAndDestroy();
    else this.socket.destroy();
    await closed;
  }

  async #until(isThere: () => boolean): Promise<void> {
    const deadline = setTimeout(() => this.#wakeUp(), patienceMs);
    const until = performance.now() + patienceMs;
    try {
      while (!isThere()) {
        if (this.#hasEnded || this.#hasClosed) {
          const why = this.#error === undefined ? "" : ` (${this.#error.message})`;
          throw new Error(`the connection ended${why} after ${JSON.stringify(this.#received.slice(0, 200))}`);
        }
        if (performance.now() >= until)
          throw new Error(`nothing more after ${JSON.stringify(this.#received.slice(-200))}`);
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    } finally {
      clearTimeout(deadline);
    }
  }

  #wakeUp(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #attach(): void {
    this.socket.on("data", this.#onData);
    this.socket.on("end", this.#onEnd);
    this.socket.on("close", this.#onClose);
    this.socket.on("error", this.#onError);
  }

  #detach(): void {
    this.socket.off("data", this.#onData);
    this.socket.off("end", this.#onEnd);
    this.socket.off("close", this.#onClose);
  }

  readonly #onData = (chunk: Buffer): void => {
    this.#received += chunk.toString("latin1");
    this.#wakeUp();
  };
  readonly #onEnd = (): void => {
    this.#hasEnded = true;
    this.#wakeUp();
  };
  readonly #onClose = (): void => {
    this.#hasClosed = true;
    this.#wakeUp();
  };
  readonly #onError = (error: Error): void => {
    this.#error ??= error;
    this.#wakeUp();
  };
}

function once(socket: Socket, event: "connect" | "secureConnect"): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once("error", reject);
    socket.once("close", () => reject(new Error(`the connection closed before ${event}`)));
  });
}
