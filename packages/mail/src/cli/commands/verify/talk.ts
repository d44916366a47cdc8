// A conversation with a server that may be wrong: octets as they come, nothing corrected, everything written down.
// The client library cannot be used for it, since it refuses to say what must be refused.
import { createHash } from "node:crypto";
import { once } from "node:events";
import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";

export interface Place {
  readonly host: string;
  readonly port: number;
  readonly security: "implicit" | "stls" | "none";
  /** The one key to accept; otherwise issuers vouch. */
  readonly pin?: string;
  readonly ca?: string;
  readonly silenceMs: number;
}

/** The end of a conversation from the other side, or its silence. */
export class TalkError extends Error {}

export interface Line {
  /** One character an octet, without its end. */
  readonly text: string;
  readonly end: "\r\n" | "\n";
}

export interface Reply {
  /** The first line. */
  readonly line: Line;
  readonly isOk: boolean;
  readonly isError: boolean;
  /** Of a multi-line reply, as sent: stuffed, without the termination line. */
  readonly lines: readonly Line[];
}

export type Transcript = string[];

const HOLD_OCTETS_MAX = 67_108_864;
const LF = 0x0a;
const CR = 0x0d;

export class Talk {
  /** Status lines of the whole conversation. */
  statusLines: Line[] = [];
  readonly place: Place;
  /** What is said is added to the transcript that is current then. */
  transcript: Transcript;
  /** Hides what no status line may show. */
  masked: (text: string) => string = (text) => text;
  isTls = false;
  #socket: Socket | TLSSocket;
  #held: Buffer = Buffer.alloc(0);
  #isEnded = false;
  #wake: () => void = nothing;

  private constructor(place: Place, socket: Socket, transcript: Transcript) {
    this.place = place;
    this.#socket = socket;
    this.transcript = transcript;
  }

  /** Connected, with implicit TLS where the place has it; the greeting is not read. */
  static async open(place: Place, transcript: Transcript): Promise<Talk> {
    const socket = connectTcp({ host: place.host, port: place.port, noDelay: true });
    const talk = new Talk(place, socket, transcript);
    try {
      await within(place.silenceMs, once(socket, "connect"));
      if (place.security === "implicit") await talk.startTls();
      else talk.#listen(socket);
      return talk;
    } catch (error) {
      socket.destroy();
      throw error instanceof TalkError ? error : new TalkError(`no connection: ${(error as Error).message}`);
    }
  }

  /** The handshake, on what is there. What came before it in clear is thrown away. */
  async startTls(): Promise<void> {
    const { host, pin, ca, silenceMs } = this.place;
    const plain = this.#socket;
    plain.removeAllListeners("data");
    this.#held = Buffer.alloc(0);
    const secured = connectTls({
      socket: plain,
      host,
      ...(isIP(host) === 0 && { servername: host }),
      ...(ca !== undefined && { ca }),
      minVersion: "TLSv1.2",
      rejectUnauthorized: pin === undefined,
    });
    await within(silenceMs, Promise.race([once(secured, "secureConnect"), ending(plain)]));
    if (pin !== undefined && pinOf(secured) !== pin) {
      secured.destroy();
      throw new TalkError("another certificate than before is shown");
    }
    this.transcript.push(`-- TLS: ${secured.getProtocol() ?? "unknown"}`);
    this.isTls = true;
    this.#socket = secured;
    this.#listen(secured);
  }

  /** Writes commands in one write, each with its CRLF. `shown` stands in the transcript in their place. */
  say(commands: string | readonly string[], shown?: string): void {
    const all = typeof commands === "string" ? [commands] : commands;
    for (const command of shown === undefined ? all : [shown]) this.transcript.push(`C: ${printed(command)}`);
    this.#socket.write(Buffer.from(all.map((command) => `${command}\r\n`).join(""), "latin1"));
  }

  /** Says a command and hears its reply. */
  async ask(command: string, o: { readonly isMultiLine?: boolean; readonly shown?: string } = {}): Promise<Reply> {
    this.say(command, o.shown);
    return this.reply(o);
  }

  async reply(o: { readonly isMultiLine?: boolean } = {}): Promise<Reply> {
    const { text, end } = await this.#line();
    const line = { text: this.masked(text), end };
    this.statusLines.push(line);
    this.transcript.push(`S: ${printed(line.text)}`);
    const isOk = line.text.startsWith("+OK");
    const lines = isOk && o.isMultiLine === true ? await this.#lines() : [];
    return { line, isOk, isError: line.text.startsWith("-ERR"), lines };
  }

  /** True when the server closes and says nothing more. */
  async isClosed(): Promise<boolean> {
    while (!this.#isEnded && this.#held.length === 0) await this.#more();
    return this.#held.length === 0;
  }

  /** Ends it without a word: nothing marked may be removed for it (RFC 1939 §6). */
  drop(): void {
    this.#socket.destroy();
  }

  async #lines(): Promise<readonly Line[]> {
    const lines: Line[] = [];
    let octets = 0;
    for (;;) {
      const line = await this.#line();
      const before = lines.at(-1)?.end ?? "\r\n";
      if (line.text === "." && before === "\r\n") break;
      lines.push(line);
      octets += line.text.length + line.end.length;
    }
    this.transcript.push(`S: (${lines.length} lines, ${octets} octets)`, "S: .");
    return lines;
  }

  async #line(): Promise<Line> {
    let at = this.#held.indexOf(LF);
    while (at === -1) {
      if (this.#held.length > HOLD_OCTETS_MAX) throw new TalkError("a line does not end");
      if (this.#isEnded) throw new TalkError("the server closed the connection");
      await this.#more();
      at = this.#held.indexOf(LF);
    }
    const isCrLf = at > 0 && this.#held[at - 1] === CR;
    const text = this.#held.toString("latin1", 0, isCrLf ? at - 1 : at);
    this.#held = this.#held.subarray(at + 1);
    return { text, end: isCrLf ? "\r\n" : "\n" };
  }

  #listen(socket: Socket): void {
    const end = (): void => {
      this.#isEnded = true;
      this.#wake();
    };
    socket.on("data", (chunk: Buffer) => {
      this.#held = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
      this.#wake();
    });
    socket.once("end", end);
    socket.once("close", end);
    socket.on("error", end);
  }

  async #more(): Promise<void> {
    const news = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    await within(this.place.silenceMs, news);
  }
}

function pinOf(socket: TLSSocket): string | undefined {
  const key = socket.getPeerX509Certificate()?.publicKey.export({ type: "spki", format: "der" });
  return key === undefined ? undefined : `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

/** A server that hangs up during the handshake must not be waited for. */
async function ending(socket: Socket): Promise<never> {
  await once(socket, "close");
  throw new TalkError("the server closed the connection during the handshake");
}

async function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new TalkError(`nothing was heard for ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Safe on a terminal. */
export function printed(octets: string): string {
  const safe = octets.replace(/[^\x20-\x7e]/g, (octet) => `\\x${octet.charCodeAt(0).toString(16).padStart(2, "0")}`);
  return safe.length <= 200 ? safe : `${safe.slice(0, 160)}... (${octets.length} octets)`;
}

function nothing(): void {}
