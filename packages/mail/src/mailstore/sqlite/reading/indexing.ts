// The event loop's side of the indexing thread: passes messages to the parser and back, and knows how far accounts are.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { MailReader, MessageSummary } from "../../../message/index.ts";
import type { IndexState, IndexStop } from "../../reading-index.ts";
import { nameOfStop } from "./index-stop.ts";
import type {
  FromIndexing,
  IndexedReport,
  IndexingThreadOptions,
  IndexStanding,
  ToIndexing,
} from "./indexing-messages.ts";
import { removeSearch } from "./schema.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadFile = new URL(`./indexing-thread${extension}`, import.meta.url);

const closeMs = 10_000;
/** A thread that died is started again, a little later each time. */
const restartMs = 1_000;
const restartMsMax = 60_000;

export interface IndexingOptions extends IndexingThreadOptions {
  readonly summarize: MailReader["summarize"];
  readonly onIndexed: (report: IndexedReport) => void;
  /** Told when nothing is indexed any more, and with undefined when it goes on. */
  readonly onStopped: (reason: IndexStop | undefined) => void;
  /** Told after `waiting` or `stopped` of the state changed. */
  readonly onState: () => void;
  /** The file was damaged and is to be made anew: whoever reads it lets go of it. */
  readonly onDamaged: (reason: string) => Promise<void>;
}

export class Indexing {
  readonly #options: IndexingOptions;
  #thread: Worker | undefined;
  #restart: NodeJS.Timeout | undefined;
  #deaths = 0;
  #closed = false;
  #state: IndexState = { waiting: 0, messages: 0, stopped: undefined };
  #onFirstWord = (): void => {};
  /** Resolves when the file is there, or cannot be made. */
  readonly ready = new Promise<void>((resolve) => (this.#onFirstWord = resolve));

  constructor(options: IndexingOptions) {
    this.#options = options;
    this.#start();
  }

  get state(): IndexState {
    return this.#state;
  }

  /** The thread that runs now, for tests that end it. */
  get thread(): Worker | undefined {
    return this.#thread;
  }

  /** Something changed in an account. */
  changed(account: number): void {
    this.#tell({ kind: "changed", account });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#restart);
    const thread = this.#thread;
    if (thread === undefined) return;
    const exited = once(thread, "exit", { signal: AbortSignal.timeout(closeMs) });
    thread.ref();
    this.#tell({ kind: "close" });
    await exited.catch(() => thread.terminate());
  }

  #start(): void {
    const { search, mail, bodies, diskFloorOctets } = this.#options;
    const workerData: IndexingThreadOptions = { search, mail, bodies, diskFloorOctets };
    const thread = new Worker(threadFile, { workerData });
    let failure: unknown = "it ended";
    thread.on("message", (message: FromIndexing) => this.#hear(message));
    thread.on("error", (error) => (failure = error));
    thread.on("exit", () => this.#died(failure));
    this.#thread = thread;
  }

  #hear(message: FromIndexing): void {
    switch (message.kind) {
      case "ready":
        // From now on it does not keep the process alive: what it has not done is done the next time.
        this.#thread?.unref();
        this.#stands(message);
        this.#onFirstWord();
        break;
      case "summarize":
        void this.#summarize(message);
        break;
      case "indexed":
        this.#deaths = 0;
        this.#stands(message);
        this.#options.onIndexed(message);
        break;
      case "stopped":
        this.#stands(message);
        this.#say(message.reason);
        break;
      case "damaged":
        void this.#makeAnew(message.reason);
        break;
    }
  }

  async #summarize({ request, octets }: Extract<FromIndexing, { kind: "summarize" }>): Promise<void> {
    let summary: MessageSummary | undefined;
    try {
      summary = await this.#options.summarize(octets);
    } catch {
      // A parser that failed never hides a message: its row says that it cannot be read.
    }
    this.#tell({ kind: "summary", request, summary });
  }

  async #makeAnew(reason: string): Promise<void> {
    const thread = this.#thread;
    thread?.removeAllListeners("exit");
    await thread?.terminate();
    try {
      await this.#options.onDamaged(reason);
      if (!this.#closed) removeSearch(this.#options.search);
    } catch (error) {
      // A disk that fails damages files, and lets none go.
      return this.#died(error);
    }
    if (!this.#closed) this.#start();
  }

  #died(failure: unknown): void {
    this.#thread = undefined;
    if (this.#closed) return;
    this.#say({ kind: "failure", words: `the indexing thread died: ${String(failure)}` });
    const delay = Math.min(restartMs * 2 ** this.#deaths, restartMsMax);
    this.#deaths += 1;
    this.#restart = setTimeout(() => this.#start(), delay).unref();
  }

  #stands({ waiting, messages }: IndexStanding): void {
    const isChanged = waiting !== this.#state.waiting;
    this.#state = { ...this.#state, waiting, messages };
    if (isChanged) this.#options.onState();
  }

  #say(stopped: IndexStop | undefined): void {
    const isChanged = nameOfStop(stopped) !== nameOfStop(this.#state.stopped);
    this.#state = { ...this.#state, stopped };
    if (!isChanged) return;
    this.#onFirstWord();
    this.#options.onStopped(stopped);
    this.#options.onState();
  }

  #tell(message: ToIndexing): void {
    this.#thread?.postMessage(message);
  }
}
