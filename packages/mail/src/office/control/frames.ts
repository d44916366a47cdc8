// Things of several kinds in one stream of octets: one octet of kind, four of length (big-endian), then as much.

const HEAD_OCTETS = 5;
/** In one frame. */
export const OCTETS_MAX = 1_048_576;

export function* frame(kind: number, body: Uint8Array): Generator<Uint8Array> {
  const head = Buffer.alloc(HEAD_OCTETS);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(body.length, 1);
  yield head;
  if (body.length > 0) yield body;
}

export function jsonFrame(kind: number, value: unknown): Uint8Array {
  return Buffer.concat([...frame(kind, Buffer.from(JSON.stringify(value)))]);
}

export interface Frame {
  readonly kind: number;
  readonly body: Uint8Array;
  json(): unknown;
}

export class FrameReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  readonly #wrong: () => Error;
  #rest: Buffer = Buffer.alloc(0);

  /** `wrong` makes the error of a stream that is cut off, or none of frames. */
  constructor(stream: AsyncIterable<Uint8Array>, wrong: () => Error) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#wrong = wrong;
  }

  /** Undefined at the end of the stream. Throws when it ends within a frame. */
  async next(): Promise<Frame | undefined> {
    const head = await this.#take(HEAD_OCTETS);
    if (head === undefined) return undefined;
    const kind = head.readUInt8(0);
    const length = head.readUInt32BE(1);
    if (length > OCTETS_MAX) throw this.#wrong();
    const body = length === 0 ? Buffer.alloc(0) : await this.#take(length);
    if (body === undefined) throw this.#wrong();
    return { kind, body, json: () => JSON.parse(body.toString("utf8")) as unknown };
  }

  async #take(octets: number): Promise<Buffer | undefined> {
    const parts: Buffer[] = [];
    let missing = octets;
    while (missing > 0) {
      if (this.#rest.length === 0) {
        const step = await this.#chunks.next();
        if (step.done === true) {
          if (missing === octets) return undefined;
          throw this.#wrong();
        }
        this.#rest = Buffer.from(step.value.buffer, step.value.byteOffset, step.value.byteLength);
        continue;
      }
      const part = this.#rest.subarray(0, missing);
      this.#rest = this.#rest.subarray(part.length);
      missing -= part.length;
      parts.push(part);
    }
    return parts.length === 1 ? parts[0] : Buffer.concat(parts);
  }
}
