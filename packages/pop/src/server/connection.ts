// One connection: hands lines to its session and carries out what the session asks for. It knows no keyword.
// Everything happens in turns: what can be answered now is, all of it leaves in one write, then others have theirs.
// Longer than most files, because every event of a connection and every effect of its session meet here, and only here.
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { LineReader } from "../wire/index.ts";
import type { Effect, MessageNumber, ServerSide, SessionEvent } from "../wire/index.ts";
import type { Answers } from "./answers.ts";
import { BUFFER_KERNEL } from "./buffer-kernel.ts";
import type { ConnectionHost, ConnectionOptions } from "./connection-host.ts";
import type { EndReason, LiveSession, SessionSummary } from "./contract.ts";
import { Deadlines, StallWatch, type Overdue } from "./deadlines.ts";
import { Login, type Owner } from "./login.ts";
import { MaildropHold } from "./maildrop-hold.ts";
import { Measurement } from "./measurement.ts";
import { Output } from "./output.ts";
import { Retrieval } from "./retrieval.ts";
import { ListingSending, type Sending } from "./sending.ts";
import { Tally } from "./tally.ts";
import { Turns } from "./turns.ts";
import { Transport, type TransportListener } from "./transport.ts";

const LINE_TOO_LONG: SessionEvent = { kind: "line-too-long" };
const DISCONNECTED: SessionEvent = { kind: "disconnected" };

/** Told by its transport what the peer does, and by the accounts and the store what they answer. */
export class Connection implements TransportListener, Answers {
  readonly options: ConnectionOptions;
  readonly #host: ConnectionHost;
  readonly #deadlines = new Deadlines();
  readonly #stall = new StallWatch();
  readonly #tally = new Tally();
  readonly #transport: Transport;
  readonly #output: Output;
  readonly #login: Login;
  readonly #hold: MaildropHold;
  readonly #session: ServerSide;
  readonly #turns: Turns;
  readonly #startedAt: number;
  #reader = newReader();
  #sending: Sending | undefined;
  /** When the last line was handed over. */
  #lineAt: number;
  #hasPeerEnded = false;
  /** All is said, or nothing can be said any more. */
  #isClosing = false;
  #isClosed = false;
  #isOver = false;

  constructor(socket: Socket, options: ConnectionOptions, host: ConnectionHost) {
    this.options = options;
    this.#host = host;
    this.#startedAt = this.#lineAt = host.clock.now();
    for (const span of ["session", "authorization", "quiet"] as const) this.#deadlines.begin(span, this.#startedAt);
    this.#transport = new Transport(socket, this);
    this.#output = new Output(this.#transport, host.limits);
    this.#login = new Login(this.#loginHost());
    const settled = (): void => this.#endIfOver();
    this.#hold = new MaildropHold({ store: host.store, holder: options.id, answers: this, settled });
    const channel = {
      encrypted: options.implicitTls,
      tlsAvailable: host.certificates() !== undefined,
      loopback: options.loopback,
    };
    this.#session = host.beginSession(options.protocol, channel);
    this.#turns = new Turns({ turnMs: host.limits.turnMs, run: () => this.#turn() });
  }

  /** Greets; where TLS comes first, after its handshake. */
  start(): void {
    if (this.options.implicitTls) this.#encrypt();
    else this.#happened({ kind: "connected" });
  }

  get live(): LiveSession {
    const { id, protocol, remoteAddress } = this.options;
    const state = this.#transport.isHandshaking ? "handshake" : this.#session.state;
    const sinceMs = this.#host.clock.now() - this.#startedAt;
    return { session: id, protocol, remoteAddress, login: this.#login.owner?.login, state, sinceMs };
  }

  /** Ends it without UPDATE and without a word. */
  end(reason: EndReason): void {
    this.#tally.because(reason);
    if (this.#transport.isHandshaking || this.#isClosing) return void this.#transport.socket.destroy();
    this.#output.discard();
    this.#happened({ kind: "timeout" });
    // A peer that does not take what was sent would not notice the end of it either.
    if (this.#output.isPending) this.#transport.socket.destroy();
  }

  /** A graceful stop: see Pop3Server.stop. */
  stop(): void {
    if (this.#transport.isHandshaking) return this.end("stopped");
    if (this.#isClosing) return;
    this.#happened({ kind: "stop", linesBuffered: this.#takesLines() && this.#isLineBuffered() });
  }

  /** Ends it at once, whatever it does. */
  destroy(reason: EndReason): void {
    this.#tally.because(reason);
    this.#transport.socket.destroy();
  }

  // Time

  /** Looks at the clock for this session. */
  sweep(now: number): void {
    if (!this.#isClosed) this.#watchOutput(now);
    const overdue = this.#deadlines.overdue(now, this.#host.limits);
    if (overdue !== undefined) this.#expire(overdue);
  }

  #watchOutput(now: number): void {
    const moved = this.#stall.look(now, this.#output.untaken);
    // Taking mail is doing something, though no command comes in meanwhile.
    if (moved !== undefined && moved > 0) this.#hold.maildrop?.touch();
    if (moved !== undefined || this.#sending !== undefined || !this.#takesLines()) this.#deadlines.begin("quiet", now);
    if (moved !== undefined && this.#isClosing) this.#deadlines.begin("closing", now);
    if (this.#stall.isStalled(now, this.#host.limits)) this.destroy("stalled");
  }

  #expire(overdue: Overdue): void {
    if (overdue === "answer") return this.#giveUp();
    if (this.#isClosed) return;
    if (overdue === "linger") return void this.#transport.socket.destroy();
    // RFC 1939 §3: no UPDATE, and no response.
    this.end(overdue);
  }

  /** Whoever was asked did not answer in time. */
  #giveUp(): void {
    this.#deadlines.end("question");
    const { awaits } = this.#session;
    if (this.#isClosed) return this.#endAnyway();
    if (awaits === "verdict") return this.#login.giveUp();
    if (awaits === "maildrop" || awaits === "commit") return this.#hold.giveUp(awaits);
    if (awaits === "sent" || awaits === "measured") this.#breakOff(new Error("the store gave no answer in time"));
  }

  // Input and turns

  received(chunk: Uint8Array): void {
    if (this.#isClosing) return;
    if (this.#session.awaits === "tls") return this.#refuseInjection();
    this.#reader.push(chunk);
    if (this.#turns.isArranged) return this.#readOrPause();
    this.#turns.take();
  }

  drained(): void {
    this.#deadlines.begin("quiet", this.#host.clock.now());
    this.#turns.take();
  }

  peerEnded(): void {
    this.#hasPeerEnded = true;
    if (this.#transport.isHandshaking) this.#transport.socket.destroy();
    else this.#turns.take();
  }

  /** Tells the session, and goes on from there. */
  #happened(event: SessionEvent): void {
    try {
      this.#advance(event);
    } catch (error) {
      this.#mistaken(error);
    }
    this.#turns.take();
  }

  #turn(): void {
    if (this.#isClosing) return;
    try {
      this.#goOn();
      if (!this.#isClosing) this.#endTurn();
    } catch (error) {
      this.#mistaken(error);
    }
  }

  #goOn(): void {
    const { commandsPerTurn } = this.#host.limits;
    for (let commands = 0; !this.#isClosing; commands += 1) {
      while (this.#sending !== undefined) if (!this.#send(this.#sending)) return;
      if (!this.#takesLines() || this.#output.isBlocked) return;
      if (commands === commandsPerTurn || (commands % 16 === 15 && this.#turns.isOver)) return this.#turns.arrange();
      const line = this.#reader.next(this.#lineOctetsMax);
      if (line === undefined) return this.#withoutLine();
      this.#commandCame();
      this.#advance(line.kind === "line" ? line : LINE_TOO_LONG);
    }
  }

  #endTurn(): void {
    this.#output.flush();
    this.#readOrPause();
  }

  /** A peer that sends faster than it is answered has to wait. */
  #readOrPause(): void {
    const isAnswered = this.#takesLines() && !this.#turns.isArranged && !this.#output.isBlocked;
    const isFull = this.#reader.buffered > this.#host.limits.unreadOctetsMax;
    this.#transport.setPaused(this.#session.awaits === "tls" || (isFull && !isAnswered));
  }

  readonly #lineOctetsMax = (head: Uint8Array): number => this.#session.lineOctetsMax(head);

  #takesLines(): boolean {
    return this.#session.awaits === "line" || this.#session.awaits === "sasl-line";
  }

  #isLineBuffered(): boolean {
    return this.#reader.peek(this.#lineOctetsMax) !== undefined;
  }

  #commandCame(): void {
    this.#lineAt = this.#host.clock.now();
    this.#deadlines.begin("quiet", this.#lineAt);
    this.#hold.maildrop?.touch();
  }

  #withoutLine(): void {
    if (this.#hasPeerEnded) {
      // Half a line is no command.
      this.#advance(DISCONNECTED);
      this.#shut();
    } else if (this.#session.stopping) {
      this.#advance({ kind: "stop" });
    }
  }

  // Effects

  #advance(event: SessionEvent): void {
    const effects = this.#session.advance(event);
    const isMoreRead = this.#reader.buffered > 0 || this.#transport.unread > 0;
    if (isMoreRead && effects.at(-1)?.kind === "start-tls") return this.#refuseInjection();
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: Effect): void {
    switch (effect.kind) {
      case "reply":
        return this.#output.text(effect.text);
      case "check-password":
        return this.#login.checkPassword(effect.login, effect.password);
      case "check-digest":
        return this.#login.checkDigest(effect);
      case "sasl-start":
        this.#deadlines.begin("exchange", this.#lineAt);
        return this.#login.start(effect.mechanism, effect.initialResponse);
      case "sasl-response":
        return this.#login.respond(effect.octets);
      case "sasl-cancel":
        this.#deadlines.end("exchange");
        return this.#login.cancel();
      case "open-maildrop":
        return void this.#hold.open(this.#owner().account, effect);
      case "retrieve":
        return this.#retrieve(effect);
      case "measure":
        this.#sending = new Measurement({ ...this.#messages(effect), bodyLines: undefined });
        return;
      case "list":
        this.#sending = new ListingSending(effect.chunks);
        return;
      case "start-tls":
        return this.#startTls();
      case "commit":
        return void this.#hold.commit(effect.marked);
      case "release-maildrop":
        return this.#letGo();
      case "close":
        if (effect.reason !== "timeout") this.#tally.because(effect.reason);
        return this.#shut();
    }
  }

  #owner(): Owner {
    if (this.#login.owner === undefined) throw new Error("nobody is logged in");
    return this.#login.owner;
  }

  #retrieve(effect: Extract<Effect, { kind: "retrieve" }>): void {
    const { bodyLines, numbers } = effect;
    this.#sending = new Retrieval({
      ...this.#messages(effect),
      octetsWord: effect.octetsWord,
      bodyLines,
      numbers: bodyLines === undefined && this.#reader.buffered > 0 ? this.#wholeRun(numbers) : numbers,
      tally: this.#tally,
    });
  }

  #messages(effect: Extract<Effect, { kind: "retrieve" | "measure" }>) {
    const { numbers, framing = "multi-line" } = effect;
    const { maildrop } = this.#hold;
    if (maildrop === undefined) throw new Error("no maildrop is open");
    return { maildrop, numbers, framing, writeOctetsMax: this.#output.writeOctetsMax };
  }

  /** The messages asked for by the lines that follow too: the store reads them in one go. */
  #wholeRun(first: readonly MessageNumber[]): readonly MessageNumber[] {
    const numbers = [...first];
    while (numbers.length < this.#host.limits.commandsPerTurn) {
      const line = this.#reader.peek(this.#lineOctetsMax);
      const number = line?.kind === "line" ? this.#session.nextInRun(line.octets) : undefined;
      if (number === undefined) break;
      this.#reader.next(this.#lineOctetsMax);
      numbers.push(number);
    }
    return numbers;
  }

  /** True when the session goes on: all is sent, or what is not was refused. */
  #send(sending: Sending): boolean {
    this.#deadlines.end("question");
    for (;;) {
      if (this.#output.isBlocked) return false;
      const step = sending.step(this.#output);
      switch (step.kind) {
        case "full":
          this.#output.flush();
          if (!this.#turns.isOver) break;
          this.#turns.arrange();
          return false;
        case "wait":
          this.#deadlines.begin("question", this.#host.clock.now());
          void this.#turns.arrangeAfter(step.until);
          return false;
        case "done":
          this.#sending = undefined;
          this.#advance({ kind: this.#session.awaits === "measured" ? "measured" : "sent", octets: sending.octets });
          return true;
        case "refused":
          this.#sending = undefined;
          this.failed(step.cause, "reading a message");
          this.#advance({ kind: "send-failed", code: step.code, unsent: step.unsent });
          return true;
        case "broken":
          this.#breakOff(step.cause);
          return false;
      }
    }
  }

  // TLS

  /** RFC 2595 §4: TLS begins right behind the CRLF of the reply, so the reply has to be out first. */
  #startTls(): void {
    this.#deadlines.begin("handshake", this.#host.clock.now());
    this.#output.flush();
    this.#transport.setPaused(true);
    this.#transport.whenWritten(() => {
      if (!this.#isClosing) this.#encrypt();
    });
  }

  #encrypt(): void {
    const certificates = this.#host.certificates();
    if (certificates === undefined) throw new Error("no certificate, though TLS was to begin");
    const now = this.#host.clock.now();
    const { loopback, remoteAddress } = this.options;
    if (!loopback && !this.#host.handshakes.begin(remoteAddress, now)) return this.destroy("too-many-handshakes");
    this.#deadlines.begin("handshake", now);
    // Nothing that was said in cleartext is left in any buffer.
    this.#reader = newReader();
    this.#transport.encrypt(certificates);
  }

  secured(socket: TLSSocket): void {
    this.#deadlines.end("handshake");
    this.#tally.encrypted(socket);
    this.#happened({ kind: this.options.implicitTls ? "connected" : "tls-started" });
  }

  /** RFC 2595 §4: whoever put octets behind STLS wants them taken for what the client says inside TLS. */
  #refuseInjection(): void {
    this.#tally.because("injection");
    this.#advance(DISCONNECTED);
    this.#shut();
  }

  // The end

  /** Says what is left to say, then closes. */
  #shut(): void {
    if (this.#isClosing) return;
    this.#isClosing = true;
    this.#deadlines.begin("closing", this.#host.clock.now());
    this.#login.cancel();
    this.#output.flush();
    this.#transport.end();
  }

  /** Half a message was sent: the connection closes without a terminator, so that nobody takes it for a whole one. */
  #breakOff(cause: unknown): void {
    this.failed(cause, "sending a message");
    this.#output.discard();
    this.#advance(DISCONNECTED);
    this.#isClosing = true;
    this.destroy("store-failed");
  }

  /** A mistake of this program; the session ends loudly. */
  #mistaken(error: unknown): void {
    this.failed(error, "running the session");
    this.#isClosing = true;
    this.#letGo();
    this.destroy("error");
  }

  #letGo(): void {
    this.#sending?.close();
    this.#sending = undefined;
    this.#hold.release();
  }

  closed(): void {
    if (this.#transport.isHandshaking) this.#tally.because("tls-failed");
    this.#isClosed = this.#isClosing = true;
    this.#deadlines.endAllButQuestion();
    this.#login.cancel();
    this.#output.discard();
    this.#happened(DISCONNECTED);
    this.#endIfOver();
  }

  #endIfOver(): void {
    if (this.#isClosed && this.#hold.isSettled) this.#endAnyway();
  }

  #endAnyway(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#host.ended(this);
    this.#host.reporter.sessionEnded(this.#summary());
  }

  #summary(): SessionSummary {
    const { removed, listed } = this.#hold;
    return this.#tally.summary(this.options, {
      ...this.#login.owner,
      mechanism: this.#login.mechanism,
      removed,
      left: listed - removed,
      failedLogins: this.#session.failedLogins,
      durationMs: this.#host.clock.now() - this.#startedAt,
    });
  }

  // What the others need

  asked(): void {
    this.#deadlines.begin("question", this.#host.clock.now());
  }

  answer(event: SessionEvent): void {
    this.#deadlines.end("question");
    if (event.kind === "maildrop-opened") this.#host.loginDelays.began(this.#owner());
    if (event.kind === "accepted" || event.kind === "refused") this.#deadlines.end("exchange");
    this.#happened(event);
    if (this.#session.isAuthorized) this.#deadlines.end("authorization");
  }

  failed(error: unknown, during: string): void {
    this.#host.reporter.failed(error, { session: this.options.id, while: during });
  }

  #loginHost(): ConstructorParameters<typeof Login>[0] {
    const { authenticator, mechanisms, limits, clock } = this.#host;
    const { protocol, remoteAddress: address } = this.options;
    return {
      authenticator,
      mechanisms,
      delays: this.#host.loginDelays,
      answers: this,
      peer: () => ({ address, protocol, encrypted: this.#session.encrypted }),
      channelBindings: () => this.#transport.channelBindings,
      refusalWait: () => this.#lineAt + limits.refusalDelayMs * (this.#session.failedLogins + 1) - clock.now(),
      after: (ms, callback) => clock.after(ms, callback),
    };
  }
}

function newReader(): LineReader {
  return new LineReader({ kernel: BUFFER_KERNEL });
}
