// One connection: hands octets to the session and does what it asks for. It knows no command.
// Lines are pulled, so nothing is read ahead of an answer, and the socket is read only while there is room for more.
import type { Socket } from "node:net";
import type { Accounts } from "../../accounts/index.ts";
import type { Mailstore } from "../../mailstore/index.ts";
import type { LiveLmtpSession, LmtpClock, LmtpEndReason, LmtpObserver, LmtpSessionSummary } from "./contract.ts";
import type { LmtpLimits } from "./limits.ts";
import type { ReplyName } from "./replies.ts";
import { DotUnstuffer, LineReader, type OctetKernel } from "@restante/pop/wire";
import { advance } from "./advance.ts";
import { placeMessage } from "./place-message.ts";
import { newSession, type LmtpEffect, type LmtpEvent, type LmtpPolicy, type LmtpSession } from "./session.ts";
import { Spool } from "./spool.ts";

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly name: string;
  readonly remoteAddress: string;
  /** A Unix socket, or both ends on loopback. */
  readonly local: boolean;
  readonly policy: LmtpPolicy;
  readonly limits: LmtpLimits;
  readonly store: Pick<Mailstore, "newBody" | "place">;
  readonly accounts: Pick<Accounts, "recipient">;
  readonly observer: LmtpObserver;
  readonly clock: LmtpClock;
  /** Called once, when the socket is closed and no delivery of this session is under way. */
  readonly ended: (connection: LmtpConnection) => void;
}

const KERNEL: OctetKernel = {
  indexOf: (octets, octet, from) => Buffer.prototype.indexOf.call(octets, octet, from),
  latin1: (octets) => Buffer.prototype.toString.call(octets, "latin1"),
};

export class LmtpConnection {
  readonly #o: ConnectionOptions;
  readonly #socket: Socket;
  readonly #session: LmtpSession;
  readonly #startedAt: number;
  #reader = new LineReader({ kernel: KERNEL });
  #unstuffer: DotUnstuffer | undefined;
  #spool: Spool | undefined;
  /** The spool asked for time: no octet is read until it is done. */
  #spoolBehind = false;
  #out = "";
  #flushAsked = false;
  #pumpAsked = false;
  #inputEnded = false;
  #cut = false;
  #closingSince: number | undefined;
  #closed = false;
  #deliveries = 0;
  /** The message the session waits for; the outcome of any other comes too late to be told. */
  #delivery: object | undefined;
  #reason: LmtpEndReason = "disconnected";
  /** When the present wait began: for a command, for a block, for the store, for the peer to read. */
  #waitsSince: number;
  #dataSince = 0;
  #readsNothingSince: number | undefined;
  #told = false;
  readonly #counts = { messages: 0, octets: 0, stored: 0, storedBefore: 0, refused: 0 };

  constructor(o: ConnectionOptions) {
    this.#o = o;
    this.#socket = o.socket;
    this.#session = newSession({ policy: o.policy, local: o.local });
    this.#startedAt = this.#waitsSince = o.clock.now();
    o.socket.setNoDelay(true);
    o.socket.on("data", (chunk: Buffer) => this.#take(chunk));
    o.socket.on("drain", () => this.#drained());
    // The close event follows and tells the session; a reset peer is no news for the log.
    o.socket.on("error", () => undefined);
    o.socket.on("end", () => this.#guard(() => (this.#inputEnded = true)));
    o.socket.on("close", () => this.#gone());
    this.#guard(() => this.#step({ kind: "connected" }));
  }

  describe(): LiveLmtpSession {
    const sinceMs = Math.round(this.#o.clock.now() - this.#startedAt);
    return {
      session: this.#o.name,
      protocol: "lmtp",
      remoteAddress: this.#o.remoteAddress,
      state: this.#session.state,
      sinceMs,
    };
  }

  /** Ends between transactions; one that runs is finished. */
  stop(): void {
    this.#guard(() => this.#step({ kind: "stop" }));
  }

  /** Ends now; what was not answered comes again. */
  cut(reason: LmtpEndReason): void {
    if (this.#closingSince === undefined) this.#reason = reason;
    this.#cut = true;
    this.#socket.destroy();
  }

  /** Looks at the time-outs (RFC 5321 §4.5.3.2). */
  sweep(now: number): void {
    const { limits } = this.#o;
    const waited = now - this.#waitsSince;
    if (this.#readsNothingSince !== undefined && now - this.#readsNothingSince > limits.replyMs)
      return this.cut("stalled");
    if (this.#closingSince !== undefined && now - this.#closingSince > limits.lingerMs) return this.cut("stalled");
    const { awaits } = this.#session;
    if (awaits === "outcomes" && waited > limits.deliveryMs)
      this.#guard(() => this.#step({ kind: "delivery-timeout" }));
    const quiet = !this.#spoolBehind && waited > limits.dataBlockMs;
    const late = awaits === "data" && (quiet || now - this.#dataSince > limits.dataMs);
    if (late || (awaits === "line" && waited > limits.commandMs)) this.#guard(() => this.#step({ kind: "timeout" }));
  }

  #take(chunk: Buffer): void {
    if (this.#closingSince !== undefined) return;
    this.#guard(() => {
      if (this.#session.awaits === "data" && !this.#spoolBehind && this.#reader.buffered === 0) this.#takeData(chunk);
      else this.#reader.push(chunk);
    });
  }

  /** Runs something that may change the session, then whatever has become possible; our own mistakes end the session loudly. */
  #guard(change: () => void): void {
    try {
      change();
      this.#pump();
    } catch (error) {
      this.#fail(error, "running the session");
      this.cut("error");
    }
  }

  #pump(): void {
    let turn = this.#o.limits.commandsPerTurn;
    while (!this.#socket.writableNeedDrain && this.#pumpOnce()) {
      turn -= 1;
      if (turn === 0) {
        this.#pumpLater();
        break;
      }
    }
    if (this.#inputEnded && this.#wantsInput()) this.#step({ kind: "disconnected" });
    this.#flush();
    this.#readOrPause();
  }

  /** Nothing goes on before the peer says more. */
  #wantsInput(): boolean {
    const { awaits } = this.#session;
    return (
      (awaits === "line" || awaits === "data") &&
      !this.#spoolBehind &&
      !this.#pumpAsked &&
      !this.#socket.writableNeedDrain
    );
  }

  /** True when there may be more to do at once. */
  #pumpOnce(): boolean {
    if (this.#session.awaits === "data") {
      if (this.#spoolBehind || this.#reader.buffered === 0) return false;
      this.#takeData(this.#reader.takeRest());
      return true;
    }
    if (this.#session.awaits !== "line") return false;
    const line = this.#reader.next(() => this.#o.limits.commandOctetsMax);
    if (line === undefined) return false;
    this.#step(line.kind === "line" ? { kind: "line", octets: line.octets } : { kind: "line-too-long" });
    return true;
  }

  #pumpLater(): void {
    if (this.#pumpAsked) return;
    this.#pumpAsked = true;
    setImmediate(() => {
      this.#pumpAsked = false;
      this.#guard(() => undefined);
    });
  }

  #readOrPause(): void {
    // While closing, what the peer still says is read and dropped, so that its end is seen.
    if (this.#closingSince !== undefined || this.#wantsInput()) this.#socket.resume();
    else this.#socket.pause();
  }

  #step(event: LmtpEvent): void {
    const before = this.#session.awaits;
    const effects = advance(this.#session, event);
    if (before !== this.#session.awaits || event.kind === "line") this.#waitsSince = this.#o.clock.now();
    for (const effect of effects) this.#run(effect);
  }

  #run(effect: LmtpEffect): void {
    switch (effect.kind) {
      case "reply":
        this.#out += effect.text;
        return;
      case "look-up":
        return this.#step({ kind: "recipient", answer: this.#lookUp(effect.mailbox) });
      case "receive":
        return this.#receive();
      case "deliver":
        this.#deliver(effect);
        return;
      case "discard":
        void this.#spool?.discard();
        this.#spool = undefined;
        return;
      case "close":
        return this.#close(effect.reason);
    }
  }

  #lookUp(
    mailbox: Extract<LmtpEffect, { kind: "look-up" }>["mailbox"],
  ): Extract<LmtpEvent, { kind: "recipient" }>["answer"] {
    try {
      return this.#o.accounts.recipient(mailbox);
    } catch (error) {
      this.#fail(error, "looking up a recipient");
      return { kind: "unavailable" };
    }
  }

  #receive(): void {
    this.#unstuffer = new DotUnstuffer({ kernel: KERNEL });
    this.#spool = new Spool({
      newBody: () => this.#o.store.newBody(),
      octetsMax: this.#o.limits.messageOctetsMax,
      failed: (error) => this.#fail(error, "letting go of a message"),
    });
    this.#dataSince = this.#o.clock.now();
  }

  #takeData(chunk: Uint8Array): void {
    const unstuffer = this.#unstuffer;
    const spool = this.#spool;
    if (unstuffer === undefined || spool === undefined) throw new Error("no message is being received");
    this.#waitsSince = this.#o.clock.now();
    const { data, rest } = unstuffer.push(chunk);
    const waiting = spool.take(data);
    if (waiting === undefined) return this.#tookData(rest);
    this.#spoolBehind = true;
    void waiting.then(() => {
      this.#spoolBehind = false;
      this.#guard(() => this.#tookData(rest));
    });
  }

  #tookData(rest: Uint8Array | undefined): void {
    if (rest === undefined || this.#session.awaits !== "data") return;
    this.#unstuffer = undefined;
    // What came meanwhile stands behind the rest.
    const later = this.#reader.takeRest();
    this.#reader.push(rest);
    this.#reader.push(later);
    this.#counts.messages += 1;
    this.#counts.octets += this.#spool?.octets ?? 0;
    this.#step({ kind: "data-ended" });
  }

  #deliver(effect: Extract<LmtpEffect, { kind: "deliver" }>): void {
    const spool = this.#spool;
    if (spool === undefined) throw new Error("no message was received");
    this.#spool = undefined;
    this.#deliveries += 1;
    const delivery = (this.#delivery = {});
    const settle = (index: number, reply: ReplyName): void => this.#settle(delivery, index, reply);
    const failed = (error: unknown): void => this.#fail(error, "delivering a message");
    const { reversePath, recipients } = effect;
    void spool
      .finish()
      .then((received) => placeMessage({ store: this.#o.store, received, reversePath, recipients, settle, failed }))
      .finally(() => {
        this.#deliveries -= 1;
        this.#tellEnd();
      })
      .catch((error: unknown) => {
        failed(error);
        this.cut("error");
      });
  }

  // Outcomes of one commit come one after another; their replies leave in one write when all of them are told.
  #settle(delivery: object, index: number, reply: ReplyName): void {
    this.#counts[reply === "stored" ? "stored" : reply === "stored-before" ? "storedBefore" : "refused"] += 1;
    if (delivery !== this.#delivery) return;
    this.#step({ kind: "outcome", index, reply });
    if (this.#flushAsked) return;
    this.#flushAsked = true;
    process.nextTick(() => {
      this.#flushAsked = false;
      this.#guard(() => undefined);
    });
  }

  #flush(): void {
    if (this.#out === "") return;
    const text = this.#out;
    this.#out = "";
    if (this.#socket.writable && !this.#socket.write(text, "utf8")) this.#readsNothingSince ??= this.#o.clock.now();
  }

  #drained(): void {
    this.#readsNothingSince = undefined;
    this.#guard(() => undefined);
  }

  /** Nobody is left to be answered. */
  #gone(): void {
    this.#closed = true;
    this.#guard(() => this.#step({ kind: "disconnected" }));
    this.#tellEnd();
  }

  #close(reason: LmtpEndReason): void {
    if (!this.#cut) this.#reason = reason;
    this.#closingSince = this.#o.clock.now();
    const last = this.#out;
    this.#out = "";
    if (this.#socket.writable) this.#socket.end(last, "utf8");
  }

  #tellEnd(): void {
    if (!this.#closed || this.#deliveries > 0 || this.#told) return;
    this.#told = true;
    this.#o.ended(this);
    const durationMs = Math.round(this.#o.clock.now() - this.#startedAt);
    const { name: session, remoteAddress } = this.#o;
    const summary: LmtpSessionSummary = {
      session,
      protocol: "lmtp",
      remoteAddress,
      ...this.#counts,
      durationMs,
      reason: this.#reason,
    };
    this.#o.observer.sessionEnded?.(summary);
  }

  #fail(error: unknown, doing: string): void {
    this.#o.observer.failed?.(error, { session: this.#o.name, while: doing });
  }
}
