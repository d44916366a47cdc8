// Where collected mail goes. A message is taken in octet by octet and becomes a message only with `keep`: before that
// nothing of it can be seen, and nobody was told that it has ended.
import type { Copy } from "../decide/known.ts";
import type { CopyState } from "../decide/decide.ts";

/** What is known of a message before its first octet. */
export interface IncomingFacts {
  /** As the server gave it, or made of the header. */
  readonly uniqueId: string;
  /** As LIST told it. */
  readonly octets: number;
  /** Collect it even when its owner removed it. */
  readonly again: boolean;
  /** Trace fields to stand before it; CRLF line ends. */
  readonly prefix: string;
  /** Its header, which this destination was given before: the whole message takes its place, in one step or one that is made up for. */
  readonly replaces?: Copy | undefined;
}

/** What is known once the termination octet was seen. */
export interface WholeFacts {
  /** Hex, of the octets as they came. */
  readonly sha256: string;
}

export interface Kept {
  /** False: it was there before. */
  readonly added: boolean;
  /** How the destination finds it again. */
  readonly place: string;
}

/** One message on its way into a destination. */
export interface Intake {
  /** The chunk is the caller's again when it returns. A promise means: wait for it before the next. Throws FetchError. */
  write(chunk: Uint8Array): void | Promise<void>;
  /** The message is whole. Resolves when it is durable; throws FetchError. */
  keep(facts: WholeFacts): Promise<Kept>;
  /** The message was cut short, or is not wanted: nothing of it stays. Safe after a failure. */
  discard(): Promise<void>;
}

export interface Destination {
  /** As the configuration writes it; the name in the journal. */
  readonly to: string;
  /** It recognises a message it has, so a message may be given to it again. */
  readonly isIdempotent: boolean;
  /** Messages that may be kept at once. */
  readonly concurrency: number;
  begin(facts: IncomingFacts): Promise<Intake>;
  /** What became of copies; in their order. */
  states(copies: readonly Copy[]): Promise<readonly CopyState[]>;
  close(): Promise<void>;
}
