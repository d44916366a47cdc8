// The event loop's side of the writer thread: hands jobs over, bounded, and gives their answers back. A thread that dies
// is replaced; whether its last jobs became durable is then unknown, and the caller asks again.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { PopError } from "@restante/pop/maildrop";
import type { AccountChange } from "./changed-accounts.ts";
import { jobError, UnknownOutcomeError } from "./job-failure.ts";
import type { GroupReport, JobInput, JobKind, JobOutput, JobRequest } from "./jobs.ts";
import type { WriterConnectionOptions } from "./writer-connection.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadFile = new URL(`./writer-thread${extension}`, import.meta.url);

/** Handed to the thread and not yet answered: enough for a few groups, so that memory stays bounded. */
const postedJobsMax = 256;
const postedOctetsMax = 32 * 1_048_576;
/** So many of one turn do not wait for its end. */
const postedAtOnce = 32;
/** Waiting behind those; more are refused. */
const waitingJobsMax = 8_192;
/** A disk that takes longer than this is treated as one that fails. */
const answerMs = 60_000;
const watchMs = 1_000;
const deathsMax = 5;
const deathsWindowMs = 60_000;
const closeMs = 30_000;

interface Posted {
  readonly request: JobRequest;
  readonly octets: number;
  readonly since: number;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Rejected already because it took too long. */
  abandoned: boolean;
}

export interface WriterOptions extends WriterConnectionOptions {
  /** Told when the disk begins to fail, and with undefined when it works again. */
  readonly onDegraded?: (reason: string | undefined) => void;
  readonly onThreadDied?: (error: unknown) => void;
}

type ChangeListener = (change: AccountChange) => void;

export class Writer {
  readonly #options: WriterOptions;
  readonly #posted = new Map<number, Posted>();
  readonly #waiting: Posted[] = [];
  #thread: Worker | undefined;
  #deaths: number[] = [];
  #postedOctets = 0;
  #lastId = 0;
  #degraded: string | undefined;
  #watch: NodeJS.Timeout | undefined;
  /** Waiting jobs are about to be handed over. */
  #isPosting = false;
  #closed = false;
  #onIdle: (() => void) | undefined;
  /** Groups committed so far, and the jobs in them. */
  readonly statistics = { groups: 0, jobs: 0 };

  constructor(options: WriterOptions) {
    this.#options = options;
    this.#thread = this.#startThread();
  }

  get degraded(): string | undefined {
    return this.#degraded;
  }

  /** The thread that runs now, for tests that end it. */
  get thread(): Worker | undefined {
    return this.#thread;
  }

  /** Resolves when the job is durable. Rejects with PopError, DirectoryError, or UnknownOutcomeError when it may or may not be. */
  run<K extends JobKind>(kind: K, input: JobInput<K>, octets = 0): Promise<JobOutput<K>> {
    return new Promise<unknown>((resolve, reject) => {
      // What was asked for in this turn may still find room with the thread.
      if (this.#waiting.length >= waitingJobsMax) this.#postWaiting();
      const refusal = this.#waiting.length >= waitingJobsMax ? tooMany() : this.#refusal();
      if (refusal !== undefined) return reject(refusal);
      const request = { id: (this.#lastId += 1), kind, input } as unknown as JobRequest;
      this.#waiting.push({ request, octets, since: performance.now(), resolve, reject, abandoned: false });
      // A long turn does not keep the thread idle.
      if (this.#waiting.length === postedAtOnce) this.#postWaiting();
      else this.#postSoon();
    }) as Promise<JobOutput<K>>;
  }

  /** Waits for every job, moves the log into the database and ends the thread. */
  async close(): Promise<void> {
    this.#closed = true;
    if (this.#posted.size + this.#waiting.length > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    const exited = once(thread, "exit", { signal: AbortSignal.timeout(closeMs) });
    thread.postMessage("close");
    await exited.catch(() => thread.terminate());
    this.#thread = undefined;
  }

  /** Undefined when there is a thread, a new one if need be. */
  #refusal(): Error | undefined {
    if (this.#closed) return new PopError("STORE_UNAVAILABLE", "the store is closed");
    if (this.#thread !== undefined) return undefined;
    const now = performance.now();
    this.#deaths = this.#deaths.filter((at) => now - at < deathsWindowMs);
    if (this.#deaths.length >= deathsMax) return new PopError("STORE_UNAVAILABLE", "the writer thread keeps dying");
    this.#thread = this.#startThread();
    return undefined;
  }

  #startThread(): Worker {
    const { onDegraded: _, onThreadDied: __, ...workerData } = this.#options;
    const thread = new Worker(threadFile, { workerData });
    let failure: unknown;
    thread.on("message", (report: GroupReport) => this.#answer(report));
    thread.on("error", (error) => (failure = error));
    thread.on("exit", () => this.#died(thread, failure));
    thread.unref();
    return thread;
  }

  /** Those of one turn go together: handing one over costs as much as handing over many. */
  #postSoon(): void {
    if (this.#isPosting) return;
    this.#isPosting = true;
    setImmediate(() => {
      this.#isPosting = false;
      this.#postWaiting();
    });
  }

  #postWaiting(): void {
    const requests: JobRequest[] = [];
    while (this.#thread !== undefined && this.#posted.size < postedJobsMax && this.#postedOctets < postedOctetsMax) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      this.#posted.set(next.request.id, next);
      this.#postedOctets += next.octets;
      requests.push(next.request);
    }
    if (requests.length > 0) this.#post(requests);
    if (this.#posted.size > 0) this.#becomeBusy();
  }

  /** What cannot cross to the thread fails alone. */
  #post(requests: readonly JobRequest[]): void {
    try {
      this.#thread?.postMessage(requests);
    } catch (error) {
      if (requests.length > 1) for (const request of requests) this.#post([request]);
      else for (const { id } of requests) this.#take(id)?.reject(error as Error);
    }
  }

  /** Told after each commit, once an account, before those who asked for it. */
  readonly changeListeners = new Set<ChangeListener>();

  #answer({ answers, changes, degraded }: GroupReport): void {
    this.statistics.groups += 1;
    this.statistics.jobs += answers.length;
    if (degraded !== this.#degraded) {
      this.#degraded = degraded;
      this.#options.onDegraded?.(degraded);
    }
    for (const change of changes) for (const listener of this.changeListeners) listener(change);
    for (const answer of answers) {
      const posted = this.#take(answer.id);
      if (posted === undefined || posted.abandoned) continue;
      if (answer.ok) posted.resolve(answer.value);
      else posted.reject(jobError(answer.failure));
    }
    this.#postWaiting();
    if (this.#posted.size === 0) this.#becomeIdle();
  }

  #take(id: number): Posted | undefined {
    const posted = this.#posted.get(id);
    if (posted === undefined) return undefined;
    this.#posted.delete(id);
    this.#postedOctets -= posted.octets;
    return posted;
  }

  #abandonLate(): void {
    const late = performance.now() - answerMs;
    for (const job of this.#posted.values()) {
      if (job.since > late || job.abandoned) continue;
      job.abandoned = true;
      job.reject(new UnknownOutcomeError("the writer thread does not answer"));
    }
    while ((this.#waiting[0]?.since ?? Infinity) <= late) {
      this.#waiting.shift()?.reject(new PopError("STORE_UNAVAILABLE", "the writer thread is too slow"));
    }
  }

  #died(thread: Worker, failure: unknown): void {
    if (this.#thread === thread) this.#thread = undefined;
    this.#stopWatching();
    const lost = [...this.#posted.keys()].map((id) => this.#take(id));
    if (!this.#closed) {
      this.#deaths.push(performance.now());
      this.#options.onThreadDied?.(failure);
    }
    for (const job of lost) job?.reject(new UnknownOutcomeError(`the writer thread died: ${String(failure)}`));
    this.#continueAfterDeath();
    if (this.#posted.size === 0) this.#becomeIdle();
  }

  /** Jobs that were never handed over go to a new thread, while there may be one. */
  #continueAfterDeath(): void {
    if (this.#waiting.length === 0) return;
    const refusal = this.#refusal();
    if (refusal === undefined) this.#postWaiting();
    else for (const job of this.#waiting.splice(0)) job.reject(refusal);
  }

  /** A thread at work keeps the process alive, an idle one does not: a program that ends without close() ends. */
  #becomeBusy(): void {
    if (this.#watch !== undefined) return;
    this.#thread?.ref();
    this.#watch = setInterval(() => this.#abandonLate(), watchMs).unref();
  }

  #becomeIdle(): void {
    this.#thread?.unref();
    this.#stopWatching();
    this.#onIdle?.();
  }

  #stopWatching(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
  }
}

function tooMany(): PopError {
  return new PopError("STORE_UNAVAILABLE", "too many writes are waiting");
}
