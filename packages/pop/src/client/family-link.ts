// One connection to a POP2 or POP1 server: one command at a time, data pulled as somebody wants it. Knows no command.
import type { Duplex } from "node:stream";
import {
  advanceFamilyClient,
  createFamilyClient,
  PopError,
  type FamilyClientEffect,
  type FamilyClientEvent,
  type FamilyClientFailure,
  type FamilyClientSession,
  type FamilyClientTable,
} from "../wire/index.ts";
import { BUFFER_KERNEL } from "./buffer-kernel.ts";
import { Pop3Error, printable, type Pop3ErrorCode, type Pop3Phase } from "./errors.ts";
import { abortedError } from "./network-errors.ts";
import type { Plan } from "./plan.ts";

export interface FamilyLinkOptions {
  readonly socket: Duplex;
  readonly plan: Plan;
  readonly table: FamilyClientTable<string>;
  readonly hasDataReply: boolean;
  /** Ends the session. */
  readonly signal: AbortSignal;
}

/** A `-` that the session survives has no number. */
export interface FamilyAnswer {
  readonly isOk: boolean;
  readonly number: number;
  readonly text: string;
}

const CODES: Readonly<Record<FamilyClientFailure, Pop3ErrorCode>> = {
  greeting: "PROTOCOL",
  protocol: "PROTOCOL",
  refused: "COMMAND_REFUSED",
  "line-too-long": "LINE_TOO_LONG",
  truncated: "TRUNCATED",
  closed: "CLOSED",
};
/** Data that came and nobody has taken yet: beyond this the socket waits. */
const HELD_OCTETS_MAX = 262_144;

export class FamilyLink {
  /** Told once, when nothing can be said any more. */
  onFailed: (error: Pop3Error) => void = nothing;
  readonly #wire: FamilyClientSession;
  readonly #options: FamilyLinkOptions;
  #waiting: Waiting | undefined;
  /** An answer that came with the command itself, before anybody waited. */
  #early: FamilyAnswer | undefined;
  /** Data to be taken, in order. */
  #chunks: Uint8Array[] = [];
  #held = 0;
  #isPaused = false;
  /** Of the data under way: time it was waited for, and octets that came. */
  #waitedMs = 0;
  #received = 0;
  #timer: NodeJS.Timeout | undefined;
  #phase: Pop3Phase = "greeting";
  #shown: string | undefined;
  #error: Pop3Error | undefined;
  #socketError: Error | undefined;

  constructor(options: FamilyLinkOptions) {
    this.#options = options;
    const { lineOctetsMax } = options.plan.limits;
    this.#wire = createFamilyClient(options.table, {
      lineOctetsMax,
      hasDataReply: options.hasDataReply,
      kernel: BUFFER_KERNEL,
    });
    options.signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  get isOver(): boolean {
    return this.#error !== undefined;
  }

  /** Octets of the data that are still to come or to be taken. */
  get restOctets(): number {
    return this.#held + (this.#wire.awaits === "data" ? this.#wire.counted : 0);
  }

  /** Starts to read; resolves with the greeting. */
  greeting(): Promise<FamilyAnswer> {
    const { socket, plan, signal } = this.#options;
    const greeted = this.#wait(plan.timeouts.greetingMs);
    socket.on("data", this.#onData);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    socket.on("error", this.#onError);
    if (signal.aborted) this.#onAbort();
    socket.resume();
    return greeted;
  }

  /** Says a command and gives its answer. Rejects with Pop3Error; then the session is over, except for CONFIG. */
  async say(phase: Pop3Phase, keyword: string, args: readonly (string | number)[] = []): Promise<FamilyAnswer> {
    this.#ask(phase, keyword, args);
    return this.#wait(this.#options.plan.timeouts.commandMs);
  }

  /** Asks for data, to be taken by `read`. */
  request(keyword: string): void {
    this.#waitedMs = this.#received = 0;
    this.#ask("retrieve", keyword, []);
  }

  /** The next octets of the data, or undefined behind the last. */
  async read(): Promise<Uint8Array | undefined> {
    const { timeouts } = this.#options.plan;
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#held -= chunk.length;
        this.#pauseOrResume();
        return chunk;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#wire.awaits === "nothing") return undefined;
      const since = performance.now();
      await this.#wait(timeouts.idleMs);
      this.#waitedMs += performance.now() - since;
      // A server that sends an octet now and then would keep the session for ever.
      const isDrip = timeouts.replyMs > 0 && this.#received < this.#waitedMs - timeouts.replyMs;
      if (isDrip) this.fail(new Pop3Error("IDLE_TIMEOUT", { phase: "retrieve", command: this.#shown }));
    }
  }

  /** Ends it at once. */
  fail(error: Pop3Error): void {
    if (this.#error !== undefined) return;
    this.#error = error;
    advanceFamilyClient(this.#wire, { kind: "ended" });
    this.#destroy();
    this.#settle((waiting) => waiting.reject(error));
    this.onFailed(error);
  }

  /** After the answer to QUIT: waits for the server to close, but not for long. */
  close(): void {
    const { socket, plan, signal } = this.#options;
    this.#error ??= new Pop3Error("CLOSED", { phase: "session" });
    clearTimeout(this.#timer);
    signal.removeEventListener("abort", this.#onAbort);
    const patience = setTimeout(() => socket.destroy(), plan.timeouts.leaveMs);
    patience.unref();
    socket.once("close", () => clearTimeout(patience));
    socket.end();
    socket.resume();
  }

  #ask(phase: Pop3Phase, keyword: string, args: readonly (string | number)[]): void {
    if (this.#error !== undefined) throw this.#error;
    const octets = args.map((argument) => Buffer.from(String(argument), "utf8").toString("latin1"));
    this.#phase = phase;
    try {
      this.#advance({ kind: "command", keyword, args: octets });
    } catch (cause) {
      if (!(cause instanceof PopError)) throw cause;
      if (cause.code === "WRONG_STATE") throw new Pop3Error("STATE", { phase, command: keyword, cause });
      const message = "no command: CR, LF or NUL in it, something empty, or more than 512 octets";
      throw new Pop3Error("CONFIG", { phase, message, cause });
    }
  }

  #wait(ms: number): Promise<FamilyAnswer> {
    const waiting = new Waiting();
    this.#waiting = waiting;
    const late = (): void => {
      const isData = this.#wire.awaits === "data";
      const code = isData ? "IDLE_TIMEOUT" : this.#phase === "greeting" ? "GREETING_TIMEOUT" : "COMMAND_TIMEOUT";
      this.fail(new Pop3Error(code, { phase: this.#phase, command: this.#shown }));
    };
    this.#timer = setTimeout(late, ms);
    const early = this.#early;
    const error = this.#error;
    this.#early = undefined;
    if (error !== undefined) this.#settle((one) => one.reject(error));
    else if (early !== undefined) this.#settle((one) => one.resolve(early));
    return waiting.answer;
  }

  #settle(how: (waiting: Waiting) => void): void {
    clearTimeout(this.#timer);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }

  #answer(answer: FamilyAnswer): void {
    if (this.#waiting === undefined) this.#early = answer;
    else this.#settle((waiting) => waiting.resolve(answer));
  }

  #advance(event: FamilyClientEvent): void {
    for (const effect of advanceFamilyClient(this.#wire, event)) this.#run(effect);
  }

  #run(effect: FamilyClientEffect): void {
    switch (effect.kind) {
      case "send":
        this.#shown = effect.shown;
        this.#trace({ from: "client", line: effect.shown });
        if (!this.#options.socket.destroyed) this.#options.socket.write(effect.text, "latin1");
        return;
      case "greeting":
        this.#trace({ from: "server", line: printable(effect.text) });
        return this.#answer({ isOk: true, number: 0, text: effect.text });
      case "reply":
        this.#trace({ from: "server", line: printable(effect.text) });
        return this.#answer({ isOk: true, number: effect.number, text: effect.text });
      case "refused":
        this.#trace({ from: "server", line: printable(`- ${effect.text}`) });
        return this.#answer({ isOk: false, number: 0, text: effect.text });
      case "data":
        return this.#hold(effect.octets);
      case "whole":
        return this.#settle((waiting) => waiting.resolve(ARRIVED));
      case "warning":
        return this.#options.plan.log.warn({ host: this.#options.plan.host }, effect.text);
      case "failed":
        return this.#failed(effect.failure, effect.text);
    }
  }

  #hold(octets: Uint8Array): void {
    this.#trace({ from: "server", octets: octets.length });
    this.#chunks.push(octets);
    this.#held += octets.length;
    this.#received += octets.length;
    this.#pauseOrResume();
    this.#settle((waiting) => waiting.resolve(ARRIVED));
  }

  #pauseOrResume(): void {
    const isFull = this.#held > HELD_OCTETS_MAX;
    if (isFull === this.#isPaused) return;
    this.#isPaused = isFull;
    if (isFull) this.#options.socket.pause();
    else this.#options.socket.resume();
  }

  #failed(failure: FamilyClientFailure, serverText: string): void {
    const { protocol } = this.#options.table;
    const cause = this.#socketError;
    const code = cause === undefined ? CODES[failure] : "NETWORK";
    const isGreeting = this.#phase === "greeting";
    const message = failure === "greeting" ? `the server does not speak ${protocol}` : undefined;
    const error = new Pop3Error(isGreeting && failure === "refused" ? "GREETING_REFUSED" : code, {
      phase: this.#phase,
      message,
      serverText,
      command: this.#shown,
      cause,
      sessionUsable: false,
    });
    if (this.#error !== undefined) return;
    this.#error = error;
    // QUIT may still be on its way out.
    this.#options.socket.end();
    this.close();
    this.#settle((waiting) => waiting.reject(error));
    this.onFailed(error);
  }

  #destroy(): void {
    clearTimeout(this.#timer);
    this.#options.signal.removeEventListener("abort", this.#onAbort);
    this.#options.socket.destroy();
  }

  #trace(event: { readonly from: "client" | "server"; readonly line?: string; readonly octets?: number }): void {
    this.#options.plan.trace?.({ session: this.#options.plan.session, ...event });
  }

  readonly #onData = (chunk: Uint8Array): void => this.#advance({ kind: "received", octets: chunk });
  readonly #onEnd = (): void => this.#advance({ kind: "ended" });
  readonly #onError = (error: Error): void => {
    this.#socketError ??= error;
    this.#advance({ kind: "ended" });
  };
  readonly #onAbort = (): void => this.fail(abortedError(this.#phase, this.#options.signal));
}

const ARRIVED: FamilyAnswer = { isOk: true, number: 0, text: "" };

/** Somebody who waits for the next thing to come. */
class Waiting {
  resolve: (answer: FamilyAnswer) => void = nothing;
  reject: (error: Pop3Error) => void = nothing;
  readonly answer = new Promise<FamilyAnswer>((resolve, reject) => {
    this.resolve = resolve;
    this.reject = reject;
  });
}

function nothing(): void {}
