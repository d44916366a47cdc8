// What the API works with, and whoever asks it. The office puts it together.
import type { Accounts } from "../../accounts/index.ts";
import type { SourceConfig } from "../../config/index.ts";
import type { Mailstore, ReadingIndex } from "../../mailstore/index.ts";
import type { MailReader } from "../../message/index.ts";
import type { Log } from "../../observe/index.ts";
import type { WritingDesk } from "./writing/desk.ts";
import type { ImageNetwork } from "./images/fetch-image.ts";
import type { Daemon, DaemonEvent, FetchHouse, FetchState, MailResolver } from "../../retriever/index.ts";

/** Collecting as the reader sees and steers it. */
export interface CollectingDesk extends Pick<Daemon, "pause" | "protocolLog" | "resume" | "status" | "wake"> {
  listen(listener: (event: DaemonEvent) => void): () => void;
  /** What is remembered of sources; undefined when it cannot be opened. */
  memory(): FetchState | undefined;
}

/** The part of the configuration the reader may look at and change. */
export interface SettingsDesk {
  /** As they are now. */
  sources(): readonly SourceConfig[];
  /** The server whose Authentication-Results are believed in delivered mail. */
  authservId(): string | undefined;
  /** The file sources are written into; made when it is not there. */
  readonly file: string;
  /** Reads the configuration again. Throws ConfigError, and then nothing changed. */
  reload(): Promise<void>;
}

/** How long the index is waited for, in milliseconds. */
export interface IndexWaits {
  /** By an act, until lists show it. */
  readonly caughtUpMs: number;
  /** By whoever asks for a message by its id, when it is here and not indexed. */
  readonly indexedMs: number;
}

/** What a test has otherwise. */
export interface ReaderMeans {
  /** Of remote images and of leaving lists: the Internet. */
  readonly imageNetwork?: ImageNetwork;
  /** As LIMITS has them. */
  readonly indexWaits?: IndexWaits;
}

export interface ReaderHouse extends ReaderMeans {
  readonly writing: WritingDesk;
  readonly store: Mailstore;
  readonly accounts: Accounts;
  readonly index: ReadingIndex;
  readonly mail: MailReader;
  readonly collecting: CollectingDesk;
  readonly settings: SettingsDesk;
  /** For looking at a source outside its runs. */
  readonly fetchHouse: () => Omit<FetchHouse, "signal">;
  readonly resolver: MailResolver;
  readonly log: Log;
  readonly dataDir: string;
  readonly version: string;
  readonly isDemo: () => boolean;
}

/** Whoever asks: one person, who may read every account, or a command of the machine's owner. */
export interface Person {
  /** Origin of the page, such as `http://127.0.0.1:8025`; empty on the control socket. */
  readonly origin: string;
}

/** One call. */
export interface Call {
  readonly person: Person;
  /** Aborted when the client went away or time is over. */
  readonly signal: AbortSignal;
}
