// One session's view of a maildrop in memory, and its reader.
import type { MessageNumber } from "../wire/index.ts";
import type { CommitOutcome, Maildrop, MessageChunk, MessageReader } from "./contract.ts";
import { TopCutter } from "./top.ts";
import { formatUniqueId } from "./unique-id.ts";

const chunkOctetsMax = 262_144;
const NOTHING = new Uint8Array(0);

/** A message as kept: canonical and measured, never changed. */
export interface MemoryMessage {
  readonly messageId: number;
  readonly octets: Uint8Array;
  readonly headerOctets: number;
  readonly stuffedLines: number;
  /** How it is shown to who reads only ASCII headers (RFC 6858); undefined when it is no other. */
  readonly surrogate: Uint8Array | undefined;
}

/** Who holds a maildrop; the object itself is the token. */
export interface Lease {
  readonly holder: string;
  activeAt: number;
}

/** What a session may do to the maildrop it holds. */
export interface HeldMaildrop {
  readonly epoch: number;
  readonly messages: readonly MemoryMessage[];
  /** Internationalised mail is shown as its surrogate. */
  readonly surrogates: boolean;
  touch(): void;
  holds(): boolean;
  release(): void;
  remove(messages: ReadonlySet<MemoryMessage>): void;
}

export class MemoryMaildrop implements Maildrop {
  readonly count: number;
  readonly octets: number;
  readonly #held: HeldMaildrop;
  #outcome: CommitOutcome | undefined;

  constructor(held: HeldMaildrop) {
    this.#held = held;
    this.count = held.messages.length;
    this.octets = held.messages.reduce((sum, message) => sum + this.#shown(message).length, 0);
  }

  octetsOf(n: MessageNumber): number {
    return this.#shown(this.#message(n)).length;
  }

  uniqueIdOf(n: MessageNumber): string {
    return formatUniqueId({ epoch: this.#held.epoch, messageId: this.#message(n).messageId });
  }

  isSurrogate(n: MessageNumber): boolean {
    return this.#held.surrogates && this.#message(n).surrogate !== undefined;
  }

  read(numbers: readonly MessageNumber[], options: { readonly bodyLines?: number } = {}): MessageReader {
    const messages = numbers.map((n) => this.#asShown(this.#message(n)));
    const chunks = chunksOf(messages, options.bodyLines);
    return { next: () => chunks.next().value, close: () => void chunks.return(undefined) };
  }

  // oxlint-disable-next-line typescript/require-await -- part of the contract: mistakes are rejections
  async commit(marked: ReadonlySet<MessageNumber>): Promise<CommitOutcome> {
    if (this.#outcome !== undefined) return this.#outcome;
    const messages = new Set([...marked].map((n) => this.#message(n)));
    if (!this.#held.holds()) return (this.#outcome = "lost-lease");
    this.#held.remove(messages);
    this.#held.release();
    return (this.#outcome = "done");
  }

  // oxlint-disable-next-line typescript/require-await -- stores on a disk have to wait here
  async release(): Promise<void> {
    if (this.#outcome !== undefined) return;
    if (this.#held.holds()) this.#held.release();
    this.#outcome = "failed";
  }

  touch(): void {
    this.#held.touch();
  }

  #shown({ octets, surrogate }: MemoryMessage): Uint8Array {
    return this.#held.surrogates ? (surrogate ?? octets) : octets;
  }

  #asShown(message: MemoryMessage): ShownMessage {
    const octets = this.#shown(message);
    if (octets === message.octets) return { ...message, mayNeedStuffing: message.stuffedLines > 0 };
    // What was measured of the message need not hold for its surrogate.
    return { octets, headerOctets: 0, mayNeedStuffing: true };
  }

  #message(n: MessageNumber): MemoryMessage {
    const message = this.#held.messages[n - 1];
    if (message === undefined) throw new RangeError(`no message ${n} among ${this.count}`);
    return message;
  }
}

interface ShownMessage {
  readonly octets: Uint8Array;
  /** As far as they are known. */
  readonly headerOctets: number;
  readonly mayNeedStuffing: boolean;
}

function* chunksOf(
  messages: readonly ShownMessage[],
  bodyLines: number | undefined,
): Generator<MessageChunk, undefined> {
  for (const message of messages) {
    const { mayNeedStuffing } = message;
    const parts = bodyLines === undefined ? [message.octets] : topOf(message, bodyLines);
    const pieces = parts.filter((part) => part.length > 0).flatMap(cut);
    if (pieces.length === 0) pieces.push(NOTHING);
    for (const [i, octets] of pieces.entries()) yield { octets, last: i === pieces.length - 1, mayNeedStuffing };
  }
  return undefined;
}

function topOf(message: ShownMessage, bodyLines: number): readonly Uint8Array[] {
  const cutter = new TopCutter({ bodyLines, headerOctets: message.headerOctets });
  return [cutter.push(message.octets), cutter.end()];
}

function cut(octets: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += chunkOctetsMax) pieces.push(octets.subarray(at, at + chunkOctetsMax));
  return pieces;
}
