// Slow hashes on threads of their own: not on the event loop, and not on libuv's pool, where they would hold up every
// read and fsync of a file. The line before them is bounded in length and by the patience of those who wait in it.
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { HashCost } from "./chosen-password.ts";

/** Makes and checks the verifiers of chosen passwords. */
export interface PasswordHasher {
  /** Rejects with Overloaded when `patience` ends before its turn has come. */
  verify(o: { readonly verifier: string; readonly password: string }, patience: AbortSignal): Promise<boolean>;
  /** A new verifier, for an operator's command: goes to the head of the line. */
  hash(password: string, patience: AbortSignal): Promise<string>;
  close(): Promise<void>;
}

/** There is more to check than can be checked in time: an outage, which says nothing of the password. */
export class Overloaded extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Overloaded";
  }
}

export type HashTask =
  | { readonly kind: "verify"; readonly verifier: string; readonly password: string }
  | { readonly kind: "hash"; readonly password: string; readonly cost: HashCost };

export type HashAnswer = { readonly value: boolean | string } | { readonly failure: string };

interface Job {
  readonly task: HashTask;
  resolve(value: boolean | string): void;
  reject(error: Error): void;
  /** Its turn has come: it no longer listens for the end of its patience. */
  started(): void;
}

export interface HashThreadsOptions {
  readonly cost: HashCost;
  /** One core stays free for the event loop unless said otherwise. */
  readonly threadsMax?: number;
  readonly waitingMax?: number;
}

const WORKER = new URL(import.meta.url.endsWith(".ts") ? "./hash-worker.ts" : "./hash-worker.js", import.meta.url);

/** Threads are started when first needed, and never keep the process alive while they have nothing to do. */
export class HashThreads implements PasswordHasher {
  readonly #cost: HashCost;
  readonly #threadsMax: number;
  readonly #waitingMax: number;
  readonly #idle: Worker[] = [];
  readonly #running = new Map<Worker, Job>();
  readonly #waiting: Job[] = [];
  #closed = false;

  constructor(options: HashThreadsOptions) {
    this.#cost = options.cost;
    this.#threadsMax = options.threadsMax ?? Math.max(1, availableParallelism() - 1);
    this.#waitingMax = options.waitingMax ?? 1_000;
  }

  async verify(o: { readonly verifier: string; readonly password: string }, patience: AbortSignal): Promise<boolean> {
    return (await this.#run({ kind: "verify", ...o }, { patience, first: false })) === true;
  }

  async hash(password: string, patience: AbortSignal): Promise<string> {
    return String(await this.#run({ kind: "hash", password, cost: this.#cost }, { patience, first: true }));
  }

  async close(): Promise<void> {
    this.#closed = true;
    const threads = [...this.#idle.splice(0), ...this.#running.keys()];
    for (const job of [...this.#waiting.splice(0), ...this.#running.values()]) job.reject(closed());
    this.#running.clear();
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #run(task: HashTask, o: { readonly patience: AbortSignal; readonly first: boolean }): Promise<boolean | string> {
    return new Promise((resolve, reject) => {
      if (this.#closed) return reject(closed());
      if (o.patience.aborted || this.#waiting.length >= this.#waitingMax) return reject(overloaded());
      const giveUp = (): void => {
        const place = this.#waiting.indexOf(job);
        if (place !== -1) this.#waiting.splice(place, 1);
        reject(overloaded());
      };
      const job: Job = { task, resolve, reject, started: () => o.patience.removeEventListener("abort", giveUp) };
      o.patience.addEventListener("abort", giveUp, { once: true });
      if (o.first) this.#waiting.unshift(job);
      else this.#waiting.push(job);
      this.#next();
    });
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idle.pop() ?? (this.#running.size < this.#threadsMax ? this.#start() : undefined);
      if (thread === undefined) return;
      const job = this.#waiting.shift();
      if (job === undefined) return;
      job.started();
      this.#running.set(thread, job);
      thread.ref();
      thread.postMessage(job.task);
    }
  }

  #start(): Worker {
    const thread = new Worker(WORKER);
    thread.on("message", (answer: HashAnswer) => {
      const job = this.#take(thread);
      thread.unref();
      this.#idle.push(thread);
      if ("value" in answer) job?.resolve(answer.value);
      else job?.reject(new Error(`a verifier cannot be used: ${answer.failure}`));
      this.#next();
    });
    thread.on("error", (cause) => this.#lost(thread, new Error("a hash thread failed", { cause })));
    thread.on("exit", (code) => this.#lost(thread, new Error(`a hash thread ended with code ${code}`)));
    return thread;
  }

  #take(thread: Worker): Job | undefined {
    const job = this.#running.get(thread);
    this.#running.delete(thread);
    return job;
  }

  /** The job it had fails; those that wait get a new thread. */
  #lost(thread: Worker, error: Error): void {
    const place = this.#idle.indexOf(thread);
    if (place !== -1) this.#idle.splice(place, 1);
    this.#take(thread)?.reject(error);
    if (!this.#closed) this.#next();
  }
}

function overloaded(): Overloaded {
  return new Overloaded("more passwords to check than can be checked in time");
}

function closed(): Error {
  return new Error("the accounts are closed");
}
