// A small LMTP client for tests and benches: one transaction at a time over a real socket.
import { once } from "node:events";
import { createConnection, type Socket } from "node:net";

export interface Posting {
  readonly recipient: string;
  readonly sender?: string;
  /** CRLF octets; byte-stuffing is added here. */
  readonly letter: Buffer;
}

const SENDER = "sender@test.example";

export class LmtpClient {
  readonly #socket: Socket;
  readonly #replies: string[] = [];
  #rest = "";
  #ended = false;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#read(chunk.toString("latin1")));
    for (const event of ["close", "error"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  static async connect(port: number): Promise<LmtpClient> {
    const client = new LmtpClient(createConnection({ host: "127.0.0.1", port, noDelay: true }));
    await client.#expect("220");
    client.#socket.write("LHLO client.example\r\n");
    await client.#expect("250");
    return client;
  }

  /** Resolves to the milliseconds between the end of the data and its 250; throws on any other answer. */
  async deliver({ recipient, sender = SENDER, letter }: Posting): Promise<number> {
    this.#socket.write(`MAIL FROM:<${sender}> BODY=8BITMIME\r\nRCPT TO:<${recipient}>\r\nDATA\r\n`);
    for (const code of ["250", "250", "354"]) await this.#expect(code);
    const began = performance.now();
    this.#socket.write(stuffed(letter));
    await this.#expect("250");
    return performance.now() - began;
  }

  async quit(): Promise<void> {
    this.#socket.end("QUIT\r\n");
    if (!this.#ended) await once(this.#socket, "close");
  }

  #read(text: string): void {
    const lines = (this.#rest + text).split("\r\n");
    this.#rest = lines.pop() ?? "";
    this.#replies.push(...lines.filter((line) => line[3] === " "));
    this.#wake();
  }

  async #expect(code: string): Promise<void> {
    while (this.#replies.length === 0) {
      if (this.#ended) throw new Error(`the connection ended before ${code}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const reply = this.#replies.shift() ?? "";
    if (!reply.startsWith(code)) throw new Error(`expected ${code}, got ${reply}`);
  }
}

/** Delivers every letter to one recipient. */
export async function deliverOverLmtp(o: {
  readonly port: number;
  readonly recipient: string;
  readonly letters: readonly Buffer[];
}): Promise<void> {
  const client = await LmtpClient.connect(o.port);
  for (const letter of o.letters) await client.deliver({ recipient: o.recipient, letter });
  await client.quit();
}

/** What LMTP puts in front of a letter, by the design: exactly these two fields. */
export function asStored(letter: Buffer, o: { readonly recipient: string; readonly sender?: string }): Buffer {
  return Buffer.concat([
    Buffer.from(`Return-Path: <${o.sender ?? SENDER}>\r\nDelivered-To: ${o.recipient}\r\n`),
    letter,
  ]);
}

/** RFC 5321 §4.5.2, with the terminating line. */
function stuffed(letter: Buffer): Buffer {
  return Buffer.from(`${letter.toString("latin1").replaceAll(/(^|\r\n)\./g, "$1..")}.\r\n`, "latin1");
}
