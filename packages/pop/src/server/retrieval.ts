// Sends a run of messages, framed as their protocol wants it (RFC 1939 §3, §5), and holds the store to what it listed: a
// message that is not exactly as long as it said never looks complete.
import { PopError } from "../wire/index.ts";
import type { Framing, MessageNumber } from "../wire/index.ts";
import type { Maildrop, MessageChunk, MessageReader } from "../maildrop/index.ts";
import { FRAMES, type MessageFrame } from "./framing.ts";
import type { Tally } from "./tally.ts";
import { DONE, FULL, type Sending, type SendingStep, type Sink } from "./sending.ts";

export interface RetrievalOptions {
  readonly maildrop: Maildrop;
  readonly numbers: readonly MessageNumber[];
  /** TOP; undefined sends whole messages. */
  readonly bodyLines: number | undefined;
  readonly framing: Framing;
  /** In the first reply line; "octets" unless said. */
  readonly octetsWord?: string | undefined;
  readonly writeOctetsMax: number;
  /** Not told of messages that are only measured. */
  readonly tally: Pick<Tally, "sent">;
}

const CR = 0x0d;
const LF = 0x0a;

/** How what was read of a message so far ends. */
type Tail = "crlf" | "cr" | "other";

export class Retrieval implements Sending {
  /** Octets handed over, framing and all. */
  octets = 0;
  readonly #options: RetrievalOptions;
  #reader: MessageReader | undefined;
  /** Place in `numbers` of the message being sent. */
  #at = 0;
  /** Octets of it so far, before framing; -1 while it has not begun. */
  #octets = -1;
  #frame: MessageFrame | undefined;
  #tail: Tail = "crlf";
  /** What the reader's promise came to, for the next step. */
  #arrived: { readonly chunk: MessageChunk | undefined } | { readonly error: unknown } | undefined;

  constructor(options: RetrievalOptions) {
    this.#options = options;
  }

  close(): void {
    this.#reader?.close();
    this.#reader = undefined;
  }

  step(output: Sink): SendingStep {
    try {
      return this.#step(output);
    } catch (cause) {
      this.close();
      return this.#failed(cause);
    }
  }

  #step(output: Sink): SendingStep {
    const { numbers, writeOctetsMax } = this.#options;
    while (output.collected < writeOctetsMax) {
      const chunk = this.#next();
      if (chunk instanceof Promise) return { kind: "wait", until: this.#await(chunk) };
      if (chunk === undefined) {
        if (this.#at < numbers.length) throw broken("the store's reader ended before its last message");
        this.close();
        return DONE;
      }
      if (this.#at >= numbers.length) throw broken("the store's reader gave more messages than it was asked for");
      this.#take(chunk, output);
      if (this.#at === numbers.length) {
        this.close();
        return DONE;
      }
    }
    return FULL;
  }

  #next(): MessageChunk | undefined | Promise<MessageChunk | undefined> {
    const arrived = this.#arrived;
    if (arrived !== undefined) {
      this.#arrived = undefined;
      if ("error" in arrived) throw arrived.error;
      return arrived.chunk;
    }
    this.#reader ??= this.#open();
    return this.#reader.next();
  }

  #open(): MessageReader {
    const { maildrop, numbers, bodyLines } = this.#options;
    // Output copies what it is given, so nothing of a chunk is looked at again.
    return maildrop.read(numbers, bodyLines === undefined ? { borrowed: true } : { borrowed: true, bodyLines });
  }

  async #await(chunk: Promise<MessageChunk | undefined>): Promise<void> {
    try {
      this.#arrived = { chunk: await chunk };
    } catch (error) {
      this.#arrived = { error };
    }
  }

  #take(chunk: MessageChunk, output: Sink): void {
    const { octets, last } = chunk;
    const number = this.#options.numbers[this.#at] as MessageNumber;
    const begins = this.#octets < 0;
    const sum = (begins ? 0 : this.#octets) + octets.length;
    // Before anything of this chunk is handed over, so that a message of one chunk can still be refused.
    this.#demandAsListed(number, sum, last);
    this.#tail = tailAfter(octets, begins ? "crlf" : this.#tail);
    // Without its last CRLF the terminator would be taken for text, and the client would wait for ever.
    if (last && this.#tail !== "crlf") throw broken(`message ${number} does not end with CRLF`);
    const frame = (this.#frame ??= FRAMES[this.#options.framing]());
    if (begins) this.#give([frame.begin(this.#options.maildrop.octetsOf(number), this.#options.octetsWord)], output);
    this.#octets = sum;
    this.#give(frame.push(chunk), output);
    if (!last) return;
    this.#give(frame.end(), output);
    this.#endMessage();
  }

  #give(pieces: readonly (Uint8Array | string)[], output: Sink): void {
    for (const piece of pieces) {
      if (piece.length === 0) continue;
      if (typeof piece === "string") output.text(piece);
      else output.octets(piece);
      this.octets += piece.length;
    }
  }

  #endMessage(): void {
    this.#options.tally.sent(this.#octets, this.#options.bodyLines === undefined);
    this.#at += 1;
    this.#octets = -1;
    this.#frame = undefined;
  }

  #demandAsListed(number: MessageNumber, sum: number, last: boolean): void {
    if (this.#options.bodyLines !== undefined) return;
    const listed = this.#options.maildrop.octetsOf(number);
    if (sum > listed || (last && sum < listed)) {
      throw broken(
        `message ${number} was listed with ${listed} octets and is read with ${sum}${last ? "" : " or more"}`,
      );
    }
  }

  #failed(cause: unknown): SendingStep {
    if (this.#octets >= 0) return { kind: "broken", cause };
    const code = cause instanceof PopError ? cause.code : "STORE_UNAVAILABLE";
    return { kind: "refused", code, cause, unsent: this.#options.numbers.slice(this.#at + 1) };
  }
}

function tailAfter(octets: Uint8Array, before: Tail): Tail {
  const { length } = octets;
  if (length === 0) return before;
  const last = octets[length - 1];
  if (last !== LF) return last === CR ? "cr" : "other";
  const isCrBefore = length > 1 ? octets[length - 2] === CR : before === "cr";
  return isCrBefore ? "crlf" : "other";
}

function broken(message: string): PopError {
  return new PopError("STORE_BROKEN", message);
}
