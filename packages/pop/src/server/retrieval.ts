// Sends a run of messages, each as its first reply line, its stuffed octets and the terminator (RFC 1939 §3, §5), and
// holds the store to what it listed: a message that is not exactly as long as it said never looks complete.
import { DotStuffer, PopError, retrieveReply, TERMINATION } from "../wire/index.ts";
import type { MessageNumber } from "../wire/index.ts";
import type { Maildrop, MessageChunk, MessageReader } from "../maildrop/index.ts";
import { BUFFER_KERNEL } from "./buffer-kernel.ts";
import type { Output } from "./output.ts";
import type { Tally } from "./tally.ts";
import { DONE, FULL, type Sending, type SendingStep } from "./sending.ts";

export interface RetrievalOptions {
  readonly maildrop: Maildrop;
  readonly numbers: readonly MessageNumber[];
  /** TOP; undefined sends whole messages. */
  readonly bodyLines: number | undefined;
  readonly writeOctetsMax: number;
  readonly tally: Tally;
}

const CR = 0x0d;
const LF = 0x0a;

/** How what was read of a message so far ends. */
type Tail = "crlf" | "cr" | "other";

export class Retrieval implements Sending {
  readonly #options: RetrievalOptions;
  #reader: MessageReader | undefined;
  /** Place in `numbers` of the message being sent. */
  #at = 0;
  /** Octets of it so far, before stuffing; -1 while its first reply line has not been made. */
  #octets = -1;
  #stuffer: DotStuffer | undefined;
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

  step(output: Output): SendingStep {
    try {
      return this.#step(output);
    } catch (cause) {
      this.close();
      return this.#failed(cause);
    }
  }

  #step(output: Output): SendingStep {
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
    return bodyLines === undefined ? maildrop.read(numbers) : maildrop.read(numbers, { bodyLines });
  }

  async #await(chunk: Promise<MessageChunk | undefined>): Promise<void> {
    try {
      this.#arrived = { chunk: await chunk };
    } catch (error) {
      this.#arrived = { error };
    }
  }

  #take(chunk: MessageChunk, output: Output): void {
    const { octets, last } = chunk;
    const number = this.#options.numbers[this.#at] as MessageNumber;
    const begins = this.#octets < 0;
    const sum = (begins ? 0 : this.#octets) + octets.length;
    // Before anything of this chunk is handed over, so that a message of one chunk can still be refused.
    this.#demandAsListed(number, sum, last);
    this.#tail = tailAfter(octets, begins ? "crlf" : this.#tail);
    // Without its last CRLF the terminator would be taken for text, and the client would wait for ever.
    if (last && this.#tail !== "crlf") throw broken(`message ${number} does not end with CRLF`);
    if (begins) output.text(retrieveReply(this.#options.maildrop.octetsOf(number)));
    this.#octets = sum;
    if (chunk.mayNeedStuffing) this.#stuffed(octets, output);
    else output.octets(octets);
    if (last) this.#endMessage(output);
  }

  #stuffed(octets: Uint8Array, output: Output): void {
    this.#stuffer ??= new DotStuffer({ kernel: BUFFER_KERNEL });
    for (const piece of this.#stuffer.push(octets)) output.octets(piece);
  }

  #endMessage(output: Output): void {
    output.text(TERMINATION);
    this.#options.tally.sent(this.#octets, this.#options.bodyLines === undefined);
    this.#at += 1;
    this.#octets = -1;
    this.#stuffer = undefined;
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
