// A mail source as a stream of octets, so that a command can read files its user may read and a running post office
// store them. Frames: one octet of kind, four of length (big-endian), then as much.
import {
  SourceError,
  type MailFormat,
  type MailSource,
  type SourceEntry,
  type SourceMessage,
} from "../delivery/index.ts";
import { OfficeError } from "./office-error.ts";

const KIND = { measure: 1, entry: 2, octets: 3, end: 4, broken: 5, finished: 6 } as const;
type Kind = (typeof KIND)[keyof typeof KIND];

const HEAD_OCTETS = 5;
const JSON_OCTETS_MAX = 1_048_576;
const OCTETS_MAX = 1_048_576;

/** Sends `measure`, then each entry with its octets, in order, then `finished`. */
export async function* encodeSource(source: MailSource): AsyncGenerator<Uint8Array> {
  yield jsonFrame(KIND.measure, { format: source.format, ...(await source.measure()) });
  for await (const entry of source.entries()) {
    const { name, position } = entry;
    if (entry.kind === "skipped") {
      yield jsonFrame(KIND.entry, { kind: "skipped", name, position, reason: entry.reason });
      continue;
    }
    const { mailbox, keywords, receivedAt, modifiedAt } = entry;
    yield jsonFrame(KIND.entry, { kind: "message", name, position, mailbox, keywords, receivedAt, modifiedAt });
    yield* encodeMessage(entry);
  }
  yield* frame(KIND.finished, new Uint8Array());
}

/** A message that cannot be read to its end is said to be broken; the others are not held up by it. */
async function* encodeMessage(message: SourceMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of message.open()) {
      for (let at = 0; at < chunk.length; at += OCTETS_MAX)
        yield* frame(KIND.octets, chunk.subarray(at, at + OCTETS_MAX));
    }
  } catch (error) {
    if (!(error instanceof SourceError)) throw error;
    yield jsonFrame(KIND.broken, { reason: error.message });
    return;
  }
  yield* frame(KIND.end, new Uint8Array());
}

function* frame(kind: Kind, body: Uint8Array): Generator<Uint8Array> {
  const head = Buffer.alloc(HEAD_OCTETS);
  head.writeUInt8(kind, 0);
  head.writeUInt32BE(body.length, 1);
  yield head;
  if (body.length > 0) yield body;
}

function jsonFrame(kind: Kind, value: unknown): Uint8Array {
  return Buffer.concat([...frame(kind, Buffer.from(JSON.stringify(value)))]);
}

export interface DecodedSource {
  readonly source: MailSource;
  /** The importer took an entry and will never read it: lets the next one come. */
  readonly abandon: () => void;
}

/** The source at the other end. Its entries are read one after the other: the next one comes when the octets of the last have been. */
export async function decodeSource(stream: AsyncIterable<Uint8Array>): Promise<DecodedSource> {
  const frames = new FrameReader(stream);
  const first = await frames.next();
  if (first?.kind !== KIND.measure) throw wrongStream();
  const { format, unit, total } = first.json() as {
    readonly format: MailFormat;
    readonly unit: "messages" | "octets";
    readonly total: number;
  };
  const current: { message: MessageOctets | undefined } = { message: undefined };
  return {
    source: { format, measure: () => Promise.resolve({ unit, total }), entries: () => entriesOf(frames, current) },
    abandon: () => current.message?.settle(),
  };
}

async function* entriesOf(
  frames: FrameReader,
  current: { message: MessageOctets | undefined },
): AsyncGenerator<SourceEntry> {
  for (let next = await frames.next(); next?.kind !== KIND.finished; next = await frames.next()) {
    if (next?.kind !== KIND.entry) throw wrongStream();
    const entry = next.json() as Exclude<SourceEntry, SourceMessage> | Omit<SourceMessage, "open">;
    if (entry.kind === "skipped") {
      yield entry;
      continue;
    }
    const octets = new MessageOctets(frames);
    current.message = octets;
    yield { ...entry, receivedAt: entry.receivedAt, open: () => octets.open() };
    await octets.finished();
  }
}

/** The octets of one message. */
class MessageOctets {
  readonly #frames: FrameReader;
  readonly #done: Promise<void>;
  #settle: () => void = () => undefined;
  #opened = false;

  constructor(frames: FrameReader) {
    this.#frames = frames;
    this.#done = new Promise((resolve) => (this.#settle = resolve));
  }

  open(): AsyncIterable<Uint8Array> {
    this.#opened = true;
    return this.#read();
  }

  /** Resolves when all was read, or passed over because it was not wanted. */
  finished(): Promise<void> {
    return this.#opened ? this.#done : this.#pass();
  }

  settle(): void {
    this.#settle();
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    let ended = false;
    try {
      for (;;) {
        const next = await this.#frames.next();
        ended = next?.kind !== KIND.octets;
        if (next?.kind === KIND.octets) yield next.body;
        else if (next?.kind === KIND.end) return;
        else if (next?.kind === KIND.broken) throw new SourceError((next.json() as { readonly reason: string }).reason);
        else throw wrongStream();
      }
    } finally {
      if (!ended) await this.#pass();
      this.#settle();
    }
  }

  async #pass(): Promise<void> {
    let next = await this.#frames.next();
    while (next?.kind === KIND.octets) next = await this.#frames.next();
  }
}

interface Frame {
  readonly kind: number;
  readonly body: Uint8Array;
  json(): unknown;
}

class FrameReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(stream: AsyncIterable<Uint8Array>) {
    this.#chunks = stream[Symbol.asyncIterator]();
  }

  /** Undefined at the end of the stream. Throws when it ends within a frame. */
  async next(): Promise<Frame | undefined> {
    const head = await this.#take(HEAD_OCTETS);
    if (head === undefined) return undefined;
    const kind = head.readUInt8(0);
    const length = head.readUInt32BE(1);
    if (length > Math.max(OCTETS_MAX, JSON_OCTETS_MAX)) throw wrongStream();
    const body = length === 0 ? Buffer.alloc(0) : await this.#take(length);
    if (body === undefined) throw wrongStream();
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
          throw wrongStream();
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

function wrongStream(): OfficeError {
  return new OfficeError("bad-input", "the import was cut off; run it again, it goes on where it was");
}
