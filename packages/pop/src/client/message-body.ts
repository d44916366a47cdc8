// One message on its way from the connection to whoever reads it: a queue that counts what it holds, digests, and knows
// whether the termination octet was seen. Read ahead, it waits for somebody to want it.
import { createHash, type Hash } from "node:crypto";
import { isAscii } from "node:buffer";
import { Readable } from "node:stream";
import { ReadableStream } from "node:stream/web";
import type { MessageStream, RetrieveOptions, RetrieveResult } from "./contract.ts";
import { Pop3Error, type Pop3ErrorCode, type Pop3ErrorFacts } from "./errors.ts";
import type { Farewell } from "./farewell.ts";
import { lineEnds, type LineEnds } from "./line-ends.ts";
import { quiet } from "./quiet.ts";
import type { ReadMemory } from "./read-memory.ts";
import type { Occupant, Room } from "./room.ts";

export interface BodyOptions {
  readonly n: number;
  readonly uniqueId: string | undefined;
  readonly expectedOctets: number | undefined;
  /** Of any message of this session. */
  readonly octetsMax: number;
  readonly room: Room;
  readonly readMemory: ReadMemory;
  /** Nobody wants the rest. So much is to come as LIST told; undefined: LIST was not asked, or more came already. */
  readonly onUnwanted: (restOctets: number | undefined) => Farewell;
  /** More of the rest came than may. */
  readonly onTooMuch: () => void;
}

/**
 * `unwanted`: read ahead and given up; what still comes of it is thrown away. `outgrown`: larger than it may be, by nobody
 * knows how much; what still comes tells what becomes of the session, and whoever reads it waits for that.
 */
type State = "open" | "whole" | "failed" | "unwanted" | "outgrown";

export class MessageBody implements MessageStream {
  readonly n: number;
  readonly done: Promise<RetrieveResult>;
  readonly #of: BodyOptions;
  /** Of whoever wants it; undefined while it is read ahead. */
  #options: RetrieveOptions | undefined;
  #isRead = false;
  /** Some of it is in somebody's hands. */
  #isUsed = false;
  #state: State = "open";
  #error: Pop3Error | undefined;
  #chunks: Uint8Array[] = [];
  #held = 0;
  /** Its reader uses each chunk before it asks for the next, and wants no copies. */
  #isBorrowed = false;
  /** In its reader's hands until it asks for the next. */
  #lent: Uint8Array | undefined;
  #octets = 0;
  #drained = 0;
  /** Octets that may come when nobody wants them. */
  #drainOctetsMax = Number.POSITIVE_INFINITY;
  #has8Bit = false;
  #hash: Hash | undefined;
  #lineEnds: LineEnds | undefined;
  #wake: () => void = nothing;
  #resolve: (result: RetrieveResult) => void = nothing;
  #reject: (error: Pop3Error) => void = nothing;
  #settled: () => void = nothing;

  constructor(of: BodyOptions) {
    this.n = of.n;
    this.#of = of;
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    this.done.catch(nothing);
  }

  /** Thrown away before anybody wanted it. */
  get isDropped(): boolean {
    return this.#state === "unwanted";
  }

  /** Its last octet was not seen, and nobody gave it up. */
  get isOpen(): boolean {
    return this.#state === "open";
  }

  get isWanted(): boolean {
    return this.#options !== undefined;
  }

  get octetsReceived(): number {
    return this.#octets;
  }

  /** Some that came was not taken. */
  get holdsOctets(): boolean {
    return this.#held > 0;
  }

  /** From now on it belongs to a reader, who says how. */
  want(options: RetrieveOptions): void {
    this.#of.room.move(this.#held);
    this.#options = options;
    this.#begin();
    const held = this.#chunks;
    this.#forget();
    for (const chunk of held) this.#queue(chunk);
    for (const chunk of held) this.#of.readMemory.release(chunk);
    this.#watch(options);
    if (this.#state === "failed") return this.#settled();
    if (this.#octets > this.#octetsMax) return this.#tooLarge();
    if (this.#state === "whole") this.#finish();
  }

  /** Octets from the connection. */
  push(pieces: readonly Uint8Array[]): void {
    const octets = pieces.reduce((sum, piece) => sum + piece.length, 0);
    this.#octets += octets;
    if (this.#state !== "open") return this.#drain(octets);
    if (this.#octets > this.#octetsMax) return this.#tooLarge();
    for (const piece of pieces) {
      this.#has8Bit ||= !isAscii(piece);
      this.#queue(piece);
    }
    this.#progress();
  }

  /** The termination octet was seen. */
  end(): void {
    this.#outgrown(true);
    if (this.#state !== "open") return;
    this.#state = "whole";
    if (this.isWanted) this.#finish();
  }

  fail(error: Pop3Error): void {
    this.#outgrown(false);
    if (this.#state !== "open") return;
    this.#state = "failed";
    this.#failed(error);
  }

  #failed(error: Pop3Error): void {
    this.#error = error;
    this.#reject(error);
    this.#settled();
    this.#wake();
  }

  /** Forgets what came, to be sent again from its beginning. False when a reader has some of it. */
  restart(): boolean {
    if (this.#state !== "open" || this.#isUsed) return false;
    this.#release();
    this.#begin();
    this.#octets = 0;
    return true;
  }

  /** Gives up what nobody wants yet. */
  drop(): void {
    if (this.isWanted || this.isDropped) return;
    const wasOpen = this.#state === "open";
    this.#state = "unwanted";
    this.#reject(this.#errorOf("ABORTED", { message: `message ${this.n} is not wanted`, sessionUsable: true }));
    this.#release();
    // A size that is wrong must not end a session over what nobody asked for.
    if (wasOpen) this.#drainOctetsMax = this.#of.onUnwanted(0).drainOctetsMax;
  }

  [Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#chunksOf({ isBorrowed: this.#options?.borrowed === true });
  }

  async *#chunksOf({ isBorrowed }: { readonly isBorrowed: boolean }): AsyncGenerator<Uint8Array, void, undefined> {
    this.#startReading();
    this.#isBorrowed = isBorrowed;
    try {
      for (let chunk = await this.#next(); chunk !== undefined; chunk = await this.#next()) yield chunk;
    } finally {
      this.#takeBack();
      if (this.#isComing) await this.cancel();
    }
  }

  toReadable(): Readable {
    this.#startReading();
    const pull = (stream: Readable): void => {
      this.#next().then(
        (chunk) => stream.push(chunk ?? null),
        (error: Error) => stream.destroy(error),
      );
    };
    const readable = new Readable({
      highWaterMark: 0,
      read() {
        pull(this);
      },
      destroy: (error, callback) => {
        void this.cancel(error);
        callback(error);
      },
    });
    // Whoever pipes or iterates is told all the same.
    return readable.on("error", () => undefined);
  }

  toWeb(): ReadableStream<Uint8Array> {
    this.#startReading();
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const chunk = await this.#next();
          if (chunk === undefined) controller.close();
          else controller.enqueue(chunk);
        },
        cancel: (reason) => this.cancel(reason),
      },
      { highWaterMark: 0 },
    );
  }

  toBuffer(): Promise<Buffer> {
    return quiet(this.#whole());
  }

  async #whole(): Promise<Buffer> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.#chunksOf({ isBorrowed: false })) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  // oxlint-disable-next-line typescript/require-await -- part of the contract
  async cancel(reason?: unknown): Promise<void> {
    this.#giveUp("ABORTED", { cause: reason });
  }

  /** The connection waits for a reader, and there is none. */
  failUnread(): void {
    if (this.#isRead || !this.isWanted) return;
    this.#giveUp("STATE", { message: `message ${this.n} was retrieved and nobody reads it` });
  }

  #begin(): void {
    const { digest, lineEnds: wanted = "as-sent" } = this.#options ?? {};
    this.#hash = digest === undefined ? undefined : createHash(digest);
    this.#lineEnds = wanted === "as-sent" ? undefined : lineEnds(wanted);
  }

  #watch({ signal, timeoutMs }: RetrieveOptions): void {
    const abort = (): void => void this.cancel(signal?.reason);
    const late = (): void => this.#giveUp("COMMAND_TIMEOUT");
    const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
    this.#settled = () => {
      signal?.removeEventListener("abort", abort);
      clearTimeout(timer);
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  }

  #finish(): void {
    if (this.#lineEnds !== undefined) this.#hold(this.#lineEnds.end());
    const { expectedOctets } = this.#of;
    this.#resolve({
      octets: this.#octets,
      has8Bit: this.#has8Bit,
      sha256: this.#hash?.digest("hex"),
      sizeMatches: expectedOctets === undefined ? undefined : expectedOctets === this.#octets,
    });
    this.#settled();
    this.#wake();
  }

  #queue(chunk: Uint8Array): void {
    this.#hold(this.#lineEnds === undefined ? chunk : this.#lineEnds.push(chunk));
  }

  #hold(chunk: Uint8Array): void {
    if (chunk.length === 0) return;
    this.#hash?.update(chunk);
    this.#of.readMemory.hold(chunk);
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    this.#of.room.add(chunk.length, this.#occupant);
    this.#wake();
  }

  /** The next octets, or undefined behind the last. */
  async #next(): Promise<Uint8Array | undefined> {
    this.#takeBack();
    while (this.#chunks.length === 0 && this.#isComing) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = nothing;
    }
    const chunk = this.#chunks.shift();
    if (chunk === undefined) {
      if (this.#error !== undefined) throw this.#error;
      return undefined;
    }
    this.#isUsed = true;
    this.#held -= chunk.length;
    this.#of.room.add(-chunk.length, this.#occupant);
    return this.#lend(chunk);
  }

  /** Its reader's own, unless it borrows. */
  #lend(chunk: Uint8Array): Uint8Array {
    const { readMemory } = this.#of;
    if (!readMemory.has(chunk)) return chunk;
    this.#lent = chunk;
    if (this.#isBorrowed) return chunk;
    const own = Buffer.from(chunk);
    this.#takeBack();
    return own;
  }

  #takeBack(): void {
    if (this.#lent !== undefined) this.#of.readMemory.release(this.#lent);
    this.#lent = undefined;
  }

  #giveUp(code: Pop3ErrorCode, facts: Omit<Pop3ErrorFacts, "phase" | "sessionUsable"> = {}): void {
    if (this.#isComing) {
      // From here on the end of the session is no news.
      this.#state = "failed";
      const { sessionUsable, drainOctetsMax } = this.#of.onUnwanted(this.#restOctets);
      this.#drainOctetsMax = drainOctetsMax;
      this.#failed(this.#errorOf(code, { ...facts, sessionUsable }));
    }
    this.#release();
  }

  /** Whoever reads it has not heard its end. */
  get #isComing(): boolean {
    return this.#state === "open" || this.#state === "outgrown";
  }

  get #restOctets(): number | undefined {
    const { expectedOctets } = this.#of;
    return expectedOctets === undefined || this.#octets > expectedOctets ? undefined : expectedOctets - this.#octets;
  }

  #tooLarge(): void {
    this.#state = "outgrown";
    const { sessionUsable, drainOctetsMax } = this.#of.onUnwanted(this.#restOctets);
    this.#drainOctetsMax = drainOctetsMax;
    this.#release();
    if (sessionUsable) this.#outgrown(true);
  }

  /** It is known now what became of the session. */
  #outgrown(sessionUsable: boolean): void {
    if (this.#state !== "outgrown") return;
    this.#state = "failed";
    const message = `message ${this.n} has more than ${this.#octetsMax} octets`;
    this.#failed(this.#errorOf("MESSAGE_TOO_LARGE", { message, sessionUsable }));
  }

  /** Octets nobody wants. Too many of them cost more than a new session. */
  #drain(octets: number): void {
    this.#drained += octets;
    if (this.#drained > this.#drainOctetsMax) this.#of.onTooMuch();
  }

  /** What the caller throws ends the message, not the process. */
  #progress(): void {
    try {
      this.#options?.onProgress?.({ n: this.n, octets: this.#octets, expectedOctets: this.#of.expectedOctets });
    } catch (error) {
      void this.cancel(error);
    }
  }

  #release(): void {
    for (const chunk of this.#chunks) this.#of.readMemory.release(chunk);
    this.#forget();
  }

  #forget(): void {
    this.#of.room.add(-this.#held, this.#occupant);
    this.#held = 0;
    this.#chunks = [];
  }

  #startReading(): void {
    if (this.#isRead) throw this.#errorOf("STATE", { message: `message ${this.n} is being read already` });
    this.#isRead = true;
  }

  get #occupant(): Occupant {
    return this.isWanted ? "read" : "ahead";
  }

  get #octetsMax(): number {
    return Math.min(this.#options?.octetsMax ?? this.#of.octetsMax, this.#of.octetsMax);
  }

  #errorOf(code: Pop3ErrorCode, facts: Omit<Pop3ErrorFacts, "phase">): Pop3Error {
    const { n, uniqueId } = this.#of;
    return new Pop3Error(code, { phase: "retrieve", n, uniqueId, octetsReceived: this.#octets, ...facts });
  }
}

function nothing(): void {}
