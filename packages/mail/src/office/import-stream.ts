// A mail source as a stream of octets, so that a command can read files its user may read and a running post office
// store them, in frames.
import {
  SourceError,
  type MailFormat,
  type MailSource,
  type SourceEntry,
  type SourceMessage,
} from "../delivery/index.ts";
import { frame, FrameReader, jsonFrame, OCTETS_MAX } from "./control/frames.ts";
import { OfficeError } from "./office-error.ts";

const KIND = { measure: 1, entry: 2, octets: 3, end: 4, broken: 5, finished: 6 } as const;

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

export interface DecodedSource {
  readonly source: MailSource;
  /** The importer took an entry and will never read it: lets the next one come. */
  readonly abandon: () => void;
}

/** The source at the other end. Its entries are read one after the other: the next one comes when the octets of the last have been. */
export async function decodeSource(stream: AsyncIterable<Uint8Array>): Promise<DecodedSource> {
  const frames = new FrameReader(stream, wrongStream);
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

function wrongStream(): OfficeError {
  return new OfficeError("bad-input", "the import was cut off; run it again, it goes on where it was");
}
