// One connection of a scripted peer: takes lines in, answers them one after another, does what the faults say.
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import { TLSSocket, type SecureContext } from "node:tls";
import type { ChannelBinding, SaslServerExchange } from "../../sasl/index.ts";
import { decodeBase64, encodeBase64 } from "../../wire/index.ts";
import { offeredMechanisms } from "./capabilities.ts";
import type { FaultBook } from "./fault-book.ts";
import type { FaultEffects } from "./options.ts";
import { Outlet } from "./outlet.ts";
import { receivedOctetsMax, type ConnectionRecord } from "./record.ts";
import { isCarriedOut, ok, refusal, writeReply, type PeerReply } from "./reply.ts";
import { startExchange } from "./sasl.ts";
import { loggedIn, replyTo, type PeerSession } from "./session.ts";

export interface ConnectionParts {
  readonly socket: Socket;
  readonly session: PeerSession;
  readonly book: FaultBook;
  readonly record: ConnectionRecord;
  readonly secureContext: SecureContext | undefined;
}

/** Serves until the connection is over; never rejects for what the client does. */
export function serveConnection(parts: ConnectionParts): Promise<void> {
  return new Connection(parts).serve();
}

class Connection {
  readonly #session: PeerSession;
  readonly #book: FaultBook;
  readonly #record: ConnectionRecord;
  readonly #secureContext: SecureContext | undefined;
  readonly #whole: FaultEffects;
  readonly #outlet: Outlet;
  #socket: Socket;
  /** What came and was not taken up; a line may be among it once an octet LF was. */
  #pending: string[] = [];
  #hasLine = false;
  #wake: (() => void) | undefined;
  #hasEnded = false;
  /** Nothing more is said. */
  #isOver = false;

  constructor({ socket, session, book, record, secureContext }: ConnectionParts) {
    this.#socket = socket;
    this.#session = session;
    this.#book = book;
    this.#record = record;
    this.#secureContext = secureContext;
    this.#whole = this.#effectsOn("connection");
    this.#outlet = new Outlet(socket, record, this.#whole);
    this.#attach(socket);
  }

  async serve(): Promise<void> {
    this.#record.note({ kind: "connected" });
    if (this.#session.options.tls?.implicit === true) await this.#encrypt();
    await this.#say({ status: `+OK ${this.#session.greeting}` }, "greeting");
    for (let lines = await this.#nextFlight(); lines !== undefined; lines = await this.#nextFlight()) {
      await this.#answerFlight(lines);
    }
    await this.#untilEnded();
    this.#socket.destroy();
    this.#record.isClosed = true;
    this.#record.note({ kind: "closed" });
  }

  /** Commands that came without waiting for an answer to the one before. Undefined when nobody will be answered any more. */
  async #nextFlight(): Promise<string[] | undefined> {
    while (!this.#isOver && !this.#hasEnded && !this.#hasLine) await this.#more();
    const { latencyMs = 0 } = this.#session.options;
    await (latencyMs > 0 && !this.#hasEnded ? setTimeout(latencyMs) : setImmediate());
    if (this.#isOver || !this.#hasLine) return undefined;
    this.#record.roundTrips += 1;
    return this.#takeLines();
  }

  #takeLines(): string[] {
    const lines = this.#pending.join("").split("\n");
    this.#pending = lines.splice(-1);
    this.#hasLine = false;
    return lines.map((line) => line.replace(/\r$/, ""));
  }

  async #answerFlight(lines: string[]): Promise<void> {
    const { together } = this.#whole;
    if (together === "close" && lines.length > 1) return this.#drop();
    const answered = together === "first" ? lines.slice(0, 1) : lines;
    for (let line = answered.shift(); line !== undefined && !this.#isOver; line = answered.shift()) {
      this.#record.commands.push(line);
      this.#record.note({ kind: "command", text: line });
      if (isAuth(line) && this.#offersAuth()) await this.#authenticate(line, answered);
      else await this.#carryOut(replyTo(this.#session, line), line, answered);
    }
  }

  async #carryOut(reply: PeerReply, command: string, behind: string[]): Promise<void> {
    const effects = await this.#say(reply, command);
    if (this.#isOver || !isCarriedOut(effects)) return;
    if (reply.next === "close") await this.#drop();
    // RFC 2595 §4: what came in clear behind STLS is not read.
    if (reply.next === "tls") {
      behind.length = 0;
      this.#pending = [];
      this.#hasLine = false;
      await this.#encrypt();
    }
  }

  /** Sends a reply as the faults on it say; carries the command out first. */
  async #say(reply: PeerReply, command: string): Promise<FaultEffects> {
    return this.#finish(reply, this.#effectsOn(command));
  }

  /** Faults on `login` join those on the command or response that led to it. */
  async #finish(reply: PeerReply, effects: FaultEffects): Promise<FaultEffects> {
    const all = reply.isLogin === true ? { ...effects, ...this.#effectsOn("login") } : effects;
    if (isCarriedOut(all)) reply.apply?.(all);
    if (all.omit !== true) await this.#send(writeReply(reply, all), all);
    return all;
  }

  #effectsOn(command: string): FaultEffects {
    return this.#book.effectsOn({ connection: this.#record.number, command });
  }

  async #send(octets: Buffer, effects: FaultEffects): Promise<void> {
    this.#record.note({ kind: "reply", text: firstLine(octets), octets: octets.length });
    const sent = await this.#outlet.send(octets, effects);
    if (sent === "sent") return;
    this.#record.note({ kind: sent });
    this.#isOver = true;
  }

  async #drop(): Promise<void> {
    this.#isOver = true;
    await this.#outlet.leave();
  }

  // --- SASL (RFC 5034 §4)

  #offersAuth(): boolean {
    return this.#session.messages === undefined && this.#session.options.without?.includes("AUTH") !== true;
  }

  async #authenticate(command: string, behind: string[]): Promise<void> {
    const [, name = "", initial] = command.split(" ");
    const effects = this.#effectsOn(command);
    if (effects.dialogue !== undefined) return this.#converse(effects.dialogue, effects, behind);
    const offered = offeredMechanisms(this.#session.options);
    if (name === "") return this.#last({ ...ok("mechanisms follow"), lines: offered }, effects);
    const exchange = offered.includes(name.toUpperCase())
      ? startExchange(name.toUpperCase(), this.#session, this.#channelBindings())
      : undefined;
    const octets = initial === undefined ? undefined : fromBase64(initial === "=" ? "" : initial);
    if (exchange === undefined) return this.#last(refusal("no such mechanism"), effects);
    if (initial !== undefined && octets === undefined) return this.#last(refusal("no base64"), effects);
    await this.#exchange({ exchange, initial: octets, effects, behind });
  }

  async #exchange(o: {
    readonly exchange: SaslServerExchange;
    readonly initial: Uint8Array | undefined;
    readonly effects: FaultEffects;
    readonly behind: string[];
  }): Promise<void> {
    let effects = o.effects;
    let step = await o.exchange.next(o.initial);
    for (let round = 1; step.kind === "challenge"; round += 1) {
      const continuation = round === 1 ? effects.continuation : undefined;
      await this.#finish({ status: continuation ?? `+ ${encodeBase64(step.octets)}` }, effects);
      if (effects.answer?.startsWith("+ ") === false) return;
      const response = await this.#response(o.behind);
      if (response === undefined) return;
      effects = this.#effectsOn(`RESPONSE ${round}`);
      const octets = fromBase64(response);
      if (octets === undefined) return this.#last(refusal(response === "*" ? "cancelled" : "no base64"), effects);
      step = await o.exchange.next(octets);
    }
    const { verdict } = step;
    const isIn = verdict.kind === "accepted";
    await this.#last(isIn ? loggedIn(this.#session, verdict.login) : refusal("[AUTH] not let in"), effects);
  }

  async #last(reply: PeerReply, effects: FaultEffects): Promise<void> {
    await this.#finish(reply, effects);
  }

  /** Says what the script says, whatever the client does. */
  async #converse(dialogue: readonly string[], effects: FaultEffects, behind: string[]): Promise<void> {
    for (const [i, status] of dialogue.entries()) {
      const isLast = i === dialogue.length - 1;
      const lets = isLast && status.startsWith("+OK");
      await this.#finish(lets ? { ...loggedIn(this.#session, ""), status } : { status }, effects);
      if (isLast || (await this.#response(behind)) === undefined) return;
    }
  }

  /** The client's next line in an exchange; undefined when there will be none. */
  async #response(behind: string[]): Promise<string | undefined> {
    if (behind.length === 0 && !this.#isOver) behind.push(...((await this.#nextFlight()) ?? []));
    const line = this.#isOver ? undefined : behind.shift();
    if (line !== undefined) this.#record.note({ kind: "response", text: line });
    return line;
  }

  /** RFC 9266. */
  #channelBindings(): readonly ChannelBinding[] {
    if (!(this.#socket instanceof TLSSocket) || this.#socket.getProtocol() !== "TLSv1.3") return [];
    const data = this.#socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0));
    return [{ type: "tls-exporter", data }];
  }

  // --- octets

  async #encrypt(): Promise<void> {
    const { implicit: _, ...tls } = this.#session.options.tls ?? {};
    const under = this.#socket;
    // A client that is gone by now: TLS over its socket would never say so.
    if (this.#hasEnded || under.destroyed) return this.#end();
    under.removeAllListeners("data");
    const secureContext = this.#secureContext === undefined ? {} : { secureContext: this.#secureContext };
    const socket = new TLSSocket(under, { ...tls, ...secureContext, isServer: true });
    this.#socket = socket;
    this.#attach(socket);
    await new Promise<void>((resolve) => {
      for (const event of ["secure", "end", "close"] as const) socket.once(event, resolve);
      under.once("close", resolve);
    });
    if (this.#hasEnded) return;
    this.#outlet.encrypt(socket);
    this.#session.isEncrypted = this.#record.isEncrypted = true;
    this.#record.note({ kind: "encrypted" });
  }

  #attach(socket: Socket): void {
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    // A handshake that fails or a client that goes away without a word is what a test wanted: the close tells of it.
    socket.on("error", () => socket.destroy());
    for (const event of ["end", "close"] as const) socket.on(event, () => this.#end());
  }

  #take(chunk: Buffer): void {
    const text = chunk.toString("latin1");
    this.#record.packets.push(text);
    this.#record.receivedOctets += chunk.length;
    this.#record.note({ kind: "packet", octets: chunk.length });
    this.#pending.push(text);
    this.#hasLine ||= text.includes("\n");
    if (this.#record.receivedOctets > receivedOctetsMax) this.#socket.destroy();
    this.#wake?.();
  }

  #end(): void {
    this.#hasEnded = true;
    this.#wake?.();
  }

  async #untilEnded(): Promise<void> {
    while (!this.#hasEnded) await this.#more();
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

function isAuth(line: string): boolean {
  return /^auth(?: |$)/i.test(line);
}

function fromBase64(text: string): Uint8Array | undefined {
  return decodeBase64(Buffer.from(text, "latin1"));
}

function firstLine(octets: Buffer): string {
  return octets.subarray(0, 512).toString("latin1").split("\r\n", 1)[0] as string;
}
