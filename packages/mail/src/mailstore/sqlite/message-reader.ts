// Gives out messages in chunks: rows as they are, files piece by piece, cut short for TOP.
import { SurrogateMaker, TopCutter, type MessageChunk, type MessageReader } from "@restante/pop/maildrop";
import { BodyFile } from "./body-files.ts";
import { freeMemory } from "./free-memory.ts";
import type { MessageRow } from "./message-rows.ts";

const NOTHING = new Uint8Array(0);

export interface ReadRun {
  readonly bodies: string;
  /** How many messages. */
  readonly count: number;
  /** The row of the i-th of them, from 0. */
  row(i: number): MessageRow;
  readonly bodyLines: number | undefined;
  /** As of ReadOptions. */
  readonly borrowed: boolean;
  /** As of BodyFile. */
  readonly slowReadMs?: number;
}

export class StoredMessageReader implements MessageReader {
  readonly #run: ReadRun;
  #at = 0;
  #message: MessageInChunks | undefined;
  /** Its last chunk is lent: it goes when the next is asked for. */
  #isMessageOver = false;
  #closed = false;

  constructor(run: ReadRun) {
    this.#run = run;
  }

  next(): MessageChunk | undefined | Promise<MessageChunk | undefined> {
    if (this.#closed) return undefined;
    try {
      if (this.#isMessageOver) this.#leave();
      this.#message ??= this.#open();
      if (this.#message === undefined) return undefined;
      const chunk = this.#message.next();
      return chunk instanceof Promise ? this.#awaited(chunk) : this.#passed(chunk);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  close(): void {
    this.#closed = true;
    this.#leave();
  }

  async #awaited(chunk: Promise<MessageChunk>): Promise<MessageChunk> {
    try {
      return this.#passed(await chunk);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #passed(chunk: MessageChunk): MessageChunk {
    if (chunk.last && !this.#run.borrowed) this.#leave();
    else this.#isMessageOver = chunk.last;
    return chunk;
  }

  #open(): MessageInChunks | undefined {
    if (this.#at === this.#run.count) return undefined;
    const row = this.#run.row(this.#at++);
    return new MessageInChunks(row, this.#run);
  }

  #leave(): void {
    this.#message?.close();
    this.#message = undefined;
    this.#isMessageOver = false;
  }
}

/** One message on its way out. */
class MessageInChunks {
  readonly #mayNeedStuffing: boolean;
  readonly #maker: SurrogateMaker | undefined;
  readonly #cutter: TopCutter | undefined;
  readonly #file: BodyFile | undefined;
  /** Parts in memory, sent before the file. */
  readonly #parts: Uint8Array<ArrayBuffer>[] = [];
  readonly #borrowed: boolean;
  /** The part given out last, when it was only lent. */
  #lent: Uint8Array<ArrayBuffer> | undefined;

  constructor(row: MessageRow, { bodies, bodyLines, borrowed, slowReadMs }: ReadRun) {
    this.#borrowed = borrowed;
    // What was measured of the message need not hold for its surrogate.
    if (row.edits !== undefined) this.#maker = new SurrogateMaker(row.edits);
    this.#mayNeedStuffing = row.stuffedLines > 0 || this.#maker !== undefined;
    const headerOctets = this.#maker === undefined ? row.headerOctets : 0;
    if (bodyLines !== undefined) this.#cutter = new TopCutter({ bodyLines, headerOctets });
    if (row.prefix !== null && row.prefix.length > 0) this.#parts.push(row.prefix);
    if (row.content !== null && row.content.length > 0) this.#parts.push(row.content);
    if (row.file !== null) {
      const octets = row.octets - (row.prefix?.length ?? 0);
      this.#file = new BodyFile({
        bodies,
        file: row.file,
        octets,
        borrowed,
        ...(slowReadMs === undefined ? {} : { slowReadMs }),
      });
    }
  }

  next(): MessageChunk | Promise<MessageChunk> {
    this.#takeBack();
    const part = this.#parts.shift();
    if (this.#borrowed) this.#lent = part;
    if (part !== undefined || this.#file === undefined || this.#file.left === 0) return this.#chunk(part ?? NOTHING);
    const piece = this.#file.read();
    return piece instanceof Promise ? piece.then((octets) => this.#chunk(octets)) : this.#chunk(piece);
  }

  close(): void {
    this.#takeBack();
    this.#file?.close();
  }

  #takeBack(): void {
    if (this.#lent !== undefined) freeMemory(this.#lent);
    this.#lent = undefined;
  }

  get #atEnd(): boolean {
    return (this.#file?.left ?? 0) === 0;
  }

  #chunk(kept: Uint8Array): MessageChunk {
    const octets = this.#maker?.push(kept) ?? kept;
    const last = this.#atEnd && this.#parts.length === 0;
    if (this.#cutter !== undefined) return this.#cut(this.#cutter, octets, last);
    return { octets, last, mayNeedStuffing: this.#mayNeedStuffing };
  }

  #cut(cutter: TopCutter, octets: Uint8Array, atEnd: boolean): MessageChunk {
    const shown = cutter.push(octets);
    const mayNeedStuffing = this.#mayNeedStuffing;
    if (cutter.done) return { octets: shown, last: true, mayNeedStuffing };
    if (!atEnd) return { octets: shown, last: false, mayNeedStuffing };
    const blank = cutter.end();
    return { octets: blank.length === 0 ? shown : Buffer.concat([shown, blank]), last: true, mayNeedStuffing };
  }
}
