// Reading threads: a few, each with one task at a time, a cap of time and a cap of memory. A thread that passes one of
// them is ended and another takes its place; whoever asked hears of it, and nobody else.
import { Worker } from "node:worker_threads";
import type {
  HtmlOptions,
  MailReader,
  MessageSummary,
  PartContent,
  QuotedBody,
  ReadingProblem,
  ReadMessage,
  SafeHtml,
} from "../contract.ts";
import { headerOnly } from "../mime/bound-header.ts";
import { UNREADABLE_SUMMARY, unreadableMessage } from "../reading/unreadable-message.ts";
import { ReadingError } from "../reading-error.ts";
import { afterProcessorTime } from "./processor-time.ts";
import { STARTING_MS, TASK_MS, timeKindOf } from "./tasks.ts";
import type { ReadingAnswer, ReadingResults, ReadingTask, TaskTimes } from "./tasks.ts";

export interface MailReaderOptions {
  /** How many messages are read at the same time. */
  readonly threads: number;
  /** How many wait for their turn; more are refused. */
  readonly waitingMax?: number;
  /** Of each thread, beside the message it reads. */
  readonly heapMebibytesMax?: number;
  /** Processor time of one task by its kind, in milliseconds. */
  readonly taskMs?: TaskTimes;
}

interface Job {
  readonly task: ReadingTask;
  resolve(value: ReadingResults[keyof ReadingResults]): void;
  reject(error: Error): void;
}

const THREAD = new URL(
  import.meta.url.endsWith(".ts") ? "./reading-thread.ts" : "./reading-thread.js",
  import.meta.url,
);

export function openMailReader(options: MailReaderOptions): MailReader {
  return new ThreadedMailReader(options);
}

class ThreadedMailReader implements MailReader {
  readonly #options: Required<MailReaderOptions>;
  readonly #starting = new Map<Worker, NodeJS.Timeout>();
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, { readonly job: Job; readonly endTimer: () => void }>();
  readonly #waiting: Job[] = [];
  #isClosed = false;

  constructor(options: MailReaderOptions) {
    this.#options = { waitingMax: 256, heapMebibytesMax: 256, taskMs: TASK_MS, ...options };
  }

  async summarize(octets: Uint8Array): Promise<MessageSummary> {
    const header = headerOnly(octets);
    try {
      return await this.#run({ kind: "summarize", octets, isHeaderOnly: false });
    } catch (error) {
      problemOf(error);
      return this.#run({ kind: "summarize", octets: header, isHeaderOnly: true }).catch(
        (again: unknown) => (problemOf(again), UNREADABLE_SUMMARY),
      );
    }
  }

  async read(octets: Uint8Array): Promise<ReadMessage> {
    const header = headerOnly(octets);
    try {
      return await this.#run({ kind: "read", octets, isHeaderOnly: false });
    } catch (error) {
      const problem = problemOf(error);
      return this.#run({ kind: "read", octets: header, isHeaderOnly: true }).then(
        (read) => ({ ...read, problems: [problem, ...read.problems] }),
        (again: unknown) => (problemOf(again), unreadableMessage(problem)),
      );
    }
  }

  html(octets: Uint8Array, part: string, options: HtmlOptions): Promise<SafeHtml> {
    return this.#run({ kind: "html", octets, part, options });
  }

  part(octets: Uint8Array, part: string): Promise<PartContent> {
    return this.#run({ kind: "part", octets, part });
  }

  shownPart(octets: Uint8Array, part: string): Promise<PartContent> {
    return this.#run({ kind: "shown-part", octets, part });
  }

  parts(octets: Uint8Array, parts: readonly string[]): Promise<readonly PartContent[]> {
    return this.#run({ kind: "parts", octets, parts });
  }

  quote(octets: Uint8Array, part: string): Promise<QuotedBody> {
    return this.#run({ kind: "quote", octets, part });
  }

  expect(): void {
    if (!this.#isClosed && this.#starting.size + this.#idle.length + this.#busy.size === 0) this.#start();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const job of this.#waiting.splice(0)) job.reject(closed());
    const threads = [...this.#starting.keys(), ...this.#idle.splice(0), ...this.#busy.keys()];
    for (const timer of this.#starting.values()) clearTimeout(timer);
    this.#starting.clear();
    for (const { job, endTimer } of this.#busy.values()) {
      endTimer();
      job.reject(closed());
    }
    this.#busy.clear();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #run<K extends ReadingTask["kind"]>(task: ReadingTask & { readonly kind: K }): Promise<ReadingResults[K]> {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) return reject(closed());
      if (this.#waiting.length >= this.#options.waitingMax)
        return reject(new Error("too many messages wait to be read"));
      // The answer to a task is of its kind: the thread is ours.
      this.#waiting.push({ task, resolve: resolve as Job["resolve"], reject });
      this.#next();
    });
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop();
      const job = thread === undefined ? undefined : this.#waiting.shift();
      if (thread === undefined || job === undefined) break;
      const withinMs = this.#options.taskMs[timeKindOf(job.task)];
      const endTimer = afterProcessorTime(thread, withinMs, () => this.#end(thread, new ReadingError("took-too-long")));
      this.#busy.set(thread, { job, endTimer });
      thread.ref();
      const octets = owned(job.task.octets);
      thread.postMessage({ ...job.task, octets }, [octets.buffer]);
    }
    const wanted = Math.min(this.#waiting.length, this.#options.threads - this.#busy.size - this.#idle.length);
    while (this.#starting.size < wanted) this.#start();
  }

  /** A thread is given work once it says that it is ready, so that starting takes nothing from a task's time. */
  #start(): void {
    const thread = new Worker(THREAD, {
      resourceLimits: { maxOldGenerationSizeMb: this.#options.heapMebibytesMax, stackSizeMb: 4 },
    });
    const timer = setTimeout(() => this.#end(thread, new ReadingError("unreadable")), STARTING_MS);
    this.#starting.set(thread, timer);
    thread.on("message", (answer: ReadingAnswer) => {
      // What a thread still says after it was given up is no answer, and it is not idle.
      if (this.#isClosed || !(this.#starting.has(thread) || this.#busy.has(thread))) return;
      const job = this.#take(thread);
      thread.unref();
      this.#idle.push(thread);
      if ("value" in answer) job?.resolve(answer.value);
      else if ("failure" in answer) job?.reject(new ReadingError(answer.failure, { cause: answer.cause }));
      this.#next();
    });
    // Out of memory comes as an error, anything else that ends a thread as its exit.
    thread.on("error", (cause) => this.#end(thread, new ReadingError("unreadable", { cause })));
    thread.on("exit", () => this.#end(thread, new ReadingError("unreadable")));
  }

  #take(thread: Worker): Job | undefined {
    clearTimeout(this.#starting.get(thread));
    this.#starting.delete(thread);
    const busy = this.#busy.get(thread);
    busy?.endTimer();
    this.#busy.delete(thread);
    return busy?.job;
  }

  /** The thread is of no more use. What it had fails; those that wait get another. */
  #end(thread: Worker, error: ReadingError): void {
    if (this.#isClosed) return;
    const hasNotStarted = this.#starting.has(thread);
    const isKnown = hasNotStarted || this.#busy.has(thread) || this.#idle.includes(thread);
    if (!isKnown) return;
    const place = this.#idle.indexOf(thread);
    if (place !== -1) this.#idle.splice(place, 1);
    // Where threads do not start, no one is to wait for ever.
    const job = this.#take(thread) ?? (hasNotStarted ? this.#waiting.shift() : undefined);
    job?.reject(error);
    void thread.terminate();
    this.#next();
  }
}

/** Why a message could not be read. What is no fault of the message goes on as it is. */
function problemOf(error: unknown): ReadingProblem {
  if (!(error instanceof ReadingError) || error.failure === "no-such-part") throw error;
  return error.failure;
}

/** `octets` as something to hand over: as it is when it owns its buffer, else a copy that does. */
function owned(octets: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = octets;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength
    ? new Uint8Array(buffer)
    : new Uint8Array(octets);
}

function closed(): Error {
  return new Error("the mail reader is closed");
}
