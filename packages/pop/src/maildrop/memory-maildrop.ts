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
    this.octets = held.messages.reduce((sum, message) => sum + message.octets.length, 0);
  }

  octetsOf(n: MessageNumber): number {
    return this.#message(n).octets.length;
  }

  uniqueIdOf(n: MessageNumber): string {
    return formatUniqueId({ epoch: this.#held.epoch, messageId: this.#message(n).messageId });
  }

  read(numbers: readonly MessageNumber[], options: { readonly bodyLines?: number } = {}): MessageReader {
    const messages = numbers.map((n) => this.#message(n));
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

  #message(n: MessageNumber): MemoryMessage {
    const message = this.#held.messages[n - 1];
    if (message === undefined) throw new RangeError(`no message ${n} among ${this.count}`);
    return message;
  }
}

function* chunksOf(
  messages: readonly MemoryMessage[],
  bodyLines: number | undefined,
): Generator<MessageChunk, undefined> {
  for (const message of messages) {
    const mayNeedStuffing = message.stuffedLines > 0;
    const parts = bodyLines === undefined ? [message.octets] : topOf(message, bodyLines);
    const pieces = parts.filter((part) => part.length > 0).flatMap(cut);
    if (pieces.length === 0) pieces.push(NOTHING);
    for (const [i, octets] of pieces.entries()) yield { octets, last: i === pieces.length - 1, mayNeedStuffing };
  }
  return undefined;
}

function topOf(message: MemoryMessage, bodyLines: number): readonly Uint8Array[] {
  const cutter = new TopCutter({ bodyLines, headerOctets: message.headerOctets });
  return [cutter.push(message.octets), cutter.end()];
}

function cut(octets: Uint8Array): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += chunkOctetsMax) pieces.push(octets.subarray(at, at + chunkOctetsMax));
  return pieces;
}
