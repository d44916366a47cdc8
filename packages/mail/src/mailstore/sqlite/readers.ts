// A few reader threads, started when they are needed and ended when they are not, or when a task takes too long.
import { Worker } from "node:worker_threads";
import { PopError } from "@restante/pop/maildrop";
import type { ReaderAnswer, ReaderRequest, ReaderTasks } from "./reader-tasks.ts";
import { storeError } from "./result-codes.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadFile = new URL(`./reader-thread${extension}`, import.meta.url);

const threadsMax = 2;
const waitingMax = 256;
const idleMs = 30_000;
const taskMs = 60_000;
/** A task nobody waits for any more may end by itself within this: a thread is dear. */
const abortGraceMs = 100;

export interface TaskOptions {
  /** The thread is ended when the task takes longer. */
  readonly withinMs?: number;
  /** Nobody waits any more. */
  readonly signal?: AbortSignal;
}

export interface ReadersOptions {
  /** What a thread runs; the reads of the mail database unless given. */
  readonly threadFile?: URL;
  readonly threads?: number;
  /** An idle thread ends after this. */
  readonly idleMs?: number;
}

/** What can be asked: by kind, what goes in and what comes back. */
type TaskTable<T> = { readonly [K in keyof T]: { readonly input: unknown; readonly output: unknown } };

export class Readers<Tasks extends TaskTable<Tasks> = ReaderTasks> {
  readonly #path: string;
  readonly #threadFile: URL;
  readonly #threadsMax: number;
  readonly #idleMs: number;
  readonly #idle: { readonly thread: Worker; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #threads = new Set<Worker>();
  #busy = 0;
  #closed = false;

  constructor(path: string, options: ReadersOptions = {}) {
    this.#path = path;
    this.#threadFile = options.threadFile ?? threadFile;
    this.#threadsMax = options.threads ?? threadsMax;
    this.#idleMs = options.idleMs ?? idleMs;
  }

  /** Rejects with PopError STORE_UNAVAILABLE, STORE_BROKEN, the signal's reason, or whatever mistake the task made. */
  async run<K extends keyof Tasks & string>(
    kind: K,
    input: Tasks[K]["input"],
    options: TaskOptions = {},
  ): Promise<Tasks[K]["output"]> {
    await this.#turn();
    try {
      options.signal?.throwIfAborted();
      return (await this.#ask(this.#takeThread(), { kind, input }, options)) as Tasks[K]["output"];
    } finally {
      this.#passTurn();
    }
  }

  /** Starts a thread where there is none: whoever asks next does not wait for its start. */
  makeReady(): void {
    if (!this.#closed && this.#threads.size === 0) this.#rest(this.#takeThread());
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  async #turn(): Promise<void> {
    if (this.#closed) throw new PopError("STORE_UNAVAILABLE", "the store is closed");
    if (this.#busy >= this.#threadsMax) {
      if (this.#waiting.length >= waitingMax) throw new PopError("STORE_UNAVAILABLE", "too many reads are waiting");
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    this.#busy += 1;
  }

  /** Handed on, not given back: whoever comes between the two would make one too many. */
  #passTurn(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#busy -= 1;
    else next();
  }

  #takeThread(): Worker {
    if (this.#closed) throw new PopError("STORE_UNAVAILABLE", "the store is closed");
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      clearTimeout(idle.timer);
      return idle.thread;
    }
    const thread = new Worker(this.#threadFile, { workerData: { path: this.#path } });
    this.#threads.add(thread);
    thread.on("error", () => {}); // The task that ran in it is told through its exit.
    thread.on("exit", () => {
      this.#threads.delete(thread);
      this.#takeFromIdle(thread);
    });
    return thread;
  }

  async #ask(thread: Worker, request: ReaderRequest, { withinMs = taskMs, signal }: TaskOptions): Promise<unknown> {
    const { answered, stop } = answerOf(thread, { withinMs, ...(signal === undefined ? {} : { signal }) });
    let answer: ReaderAnswer;
    try {
      thread.ref();
      thread.postMessage(request);
      answer = await answered;
    } catch (cause) {
      void thread.terminate();
      signal?.throwIfAborted();
      throw new PopError("STORE_UNAVAILABLE", `${request.kind} was not answered within ${withinMs} ms`, { cause });
    } finally {
      stop();
    }
    this.#rest(thread);
    return valueOf(answer, request);
  }

  /** Idle threads do not keep the process alive, and end after a while. */
  #rest(thread: Worker): void {
    thread.unref();
    const timer = setTimeout(() => {
      this.#takeFromIdle(thread);
      void thread.terminate();
    }, this.#idleMs).unref();
    this.#idle.push({ thread, timer });
  }

  #takeFromIdle(thread: Worker): void {
    const at = this.#idle.findIndex((idle) => idle.thread === thread);
    if (at !== -1) clearTimeout(this.#idle.splice(at, 1)[0]?.timer);
  }
}

/** Timers and listeners of its own: signals put together cost more than a short task does. */
function answerOf(
  thread: Worker,
  { withinMs, signal }: TaskOptions & { readonly withinMs: number },
): { readonly answered: Promise<ReaderAnswer>; readonly stop: () => void } {
  let stop = (): void => {};
  const answered = new Promise<ReaderAnswer>((resolve, reject) => {
    const onExit = (): void => reject(new Error("the thread ended"));
    const late = setTimeout(() => reject(new Error("it took too long")), withinMs).unref();
    let unwanted: NodeJS.Timeout | undefined;
    const onAbort = (): void => {
      unwanted = setTimeout(() => reject(new Error("nobody waits for it")), abortGraceMs).unref();
    };
    thread.once("message", resolve).once("error", reject).once("exit", onExit);
    signal?.addEventListener("abort", onAbort, { once: true });
    stop = () => {
      clearTimeout(late);
      clearTimeout(unwanted);
      thread.off("message", resolve).off("error", reject).off("exit", onExit);
      signal?.removeEventListener("abort", onAbort);
    };
  });
  return { answered, stop };
}

function valueOf(answer: ReaderAnswer, { kind }: ReaderRequest): unknown {
  if (answer.ok) return answer.value;
  const error = Object.assign(
    new Error(answer.message),
    answer.errcode === undefined ? {} : { errcode: answer.errcode },
  );
  throw storeError(error, `in a reader thread doing ${kind}`);
}
