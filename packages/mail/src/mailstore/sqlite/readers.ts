// A few reader threads, started when they are needed and ended when they are not, or when a task takes too long.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { PopError } from "@restante/pop/maildrop";
import type { ReaderAnswer, ReaderRequest, ReaderTaskKind, ReaderTasks } from "./reader-tasks.ts";
import { storeError } from "./result-codes.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadFile = new URL(`./reader-thread${extension}`, import.meta.url);

const threadsMax = 2;
const waitingMax = 256;
const idleMs = 30_000;
const taskMs = 60_000;

export interface TaskOptions {
  /** The thread is ended when the task takes longer. */
  readonly withinMs?: number;
}

export class Readers {
  readonly #path: string;
  readonly #idle: { readonly thread: Worker; readonly timer: NodeJS.Timeout }[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #threads = new Set<Worker>();
  #busy = 0;
  #closed = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** Rejects with PopError STORE_UNAVAILABLE, STORE_BROKEN, or whatever mistake the task made. */
  async run<K extends ReaderTaskKind>(
    kind: K,
    input: ReaderTasks[K]["input"],
    options: TaskOptions = {},
  ): Promise<ReaderTasks[K]["output"]> {
    await this.#turn();
    try {
      const thread = this.#takeThread();
      return (await this.#ask(thread, { kind, input }, options.withinMs ?? taskMs)) as ReaderTasks[K]["output"];
    } finally {
      this.#busy -= 1;
      this.#waiting.shift()?.();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { timer } of this.#idle.splice(0)) clearTimeout(timer);
    await Promise.all([...this.#threads].map((thread) => thread.terminate()));
  }

  async #turn(): Promise<void> {
    if (this.#closed) throw new PopError("STORE_UNAVAILABLE", "the store is closed");
    if (this.#busy >= threadsMax) {
      if (this.#waiting.length >= waitingMax) throw new PopError("STORE_UNAVAILABLE", "too many reads are waiting");
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#busy += 1;
  }

  #takeThread(): Worker {
    if (this.#closed) throw new PopError("STORE_UNAVAILABLE", "the store is closed");
    const idle = this.#idle.pop();
    if (idle !== undefined) {
      clearTimeout(idle.timer);
      return idle.thread;
    }
    const thread = new Worker(threadFile, { workerData: { path: this.#path } });
    this.#threads.add(thread);
    thread.on("error", () => {}); // The task that ran in it is told through its exit.
    thread.on("exit", () => this.#threads.delete(thread));
    return thread;
  }

  async #ask(thread: Worker, request: ReaderRequest, withinMs: number): Promise<unknown> {
    const ended = new AbortController();
    const died = once(thread, "exit", { signal: ended.signal }).then(() => "died" as const);
    const answered = once(thread, "message", {
      signal: AbortSignal.any([ended.signal, AbortSignal.timeout(withinMs)]),
    });
    died.catch(() => {});
    thread.ref();
    thread.postMessage(request);
    try {
      const outcome = await Promise.race([answered, died]);
      if (outcome === "died") throw new Error("the thread ended");
      this.#rest(thread);
      return valueOf(outcome[0] as ReaderAnswer, request);
    } catch (error) {
      if (this.#idle.some((idle) => idle.thread === thread)) throw error;
      void thread.terminate();
      throw new PopError("STORE_UNAVAILABLE", `${request.kind} was not answered within ${withinMs} ms`, {
        cause: error,
      });
    } finally {
      ended.abort();
    }
  }

  /** Idle threads do not keep the process alive, and end after a while. */
  #rest(thread: Worker): void {
    thread.unref();
    const timer = setTimeout(() => {
      const at = this.#idle.findIndex((idle) => idle.thread === thread);
      if (at !== -1) this.#idle.splice(at, 1);
      void thread.terminate();
    }, idleMs).unref();
    this.#idle.push({ thread, timer });
  }
}

function valueOf(answer: ReaderAnswer, { kind }: ReaderRequest): unknown {
  if (answer.ok) return answer.value;
  const error = Object.assign(
    new Error(answer.message),
    answer.errcode === undefined ? {} : { errcode: answer.errcode },
  );
  throw storeError(error, `in a reader thread doing ${kind}`);
}
