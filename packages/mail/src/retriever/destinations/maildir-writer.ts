// The event loop's side of the thread that writes a Maildir: hands orders over, those of one turn together, and gives
// the answers back. The thread begins with the first order, so that a run that brings nothing has none.
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { THREAD } from "./disk-trouble.ts";
import type { MaildirOrder, MaildirReport, MaildirThreadData, NumberedOrder, OrderAnswer } from "./maildir-orders.ts";

const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
const threadFile = new URL(`./maildir-thread${extension}`, import.meta.url);

interface Waiting {
  readonly resolve: (octets: number) => void;
  readonly reject: (error: Error) => void;
}

export class MaildirWriter {
  readonly #inbox: string;
  readonly #checkpoint: ((step: string) => void) | undefined;
  readonly #gate: Int32Array | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #thread: Worker | undefined;
  /** Why it ends. */
  #failure: Error | undefined;
  #orders: NumberedOrder[] = [];
  #last = 0;

  /** `checkpoint` is told of each step, and the thread goes on when it returns. */
  constructor(o: { readonly inbox: string; readonly checkpoint: ((step: string) => void) | undefined }) {
    this.#inbox = o.inbox;
    this.#checkpoint = o.checkpoint;
    if (o.checkpoint !== undefined) this.#gate = new Int32Array(new SharedArrayBuffer(4));
  }

  /** Resolves when it is done, with what the file has then. Rejects with the error of the system. In the order of the calls. */
  run(order: MaildirOrder): Promise<number> {
    return new Promise((resolve, reject) => {
      const id = (this.#last += 1);
      this.#waiting.set(id, { resolve, reject });
      this.#orders.push({ id, order });
      if (this.#orders.length === 1) setImmediate(() => this.#post());
    });
  }

  /** When every order was answered. */
  async close(): Promise<void> {
    const thread = this.#thread;
    if (thread === undefined) return;
    thread.ref();
    const exited = once(thread, "exit");
    thread.postMessage("close");
    await exited;
  }

  #post(): void {
    const orders = this.#orders;
    this.#orders = [];
    this.#thread ??= this.#start();
    this.#thread.ref();
    this.#thread.postMessage(orders);
  }

  #start(): Worker {
    const workerData: MaildirThreadData = { inbox: this.#inbox, gate: this.#gate };
    const thread = new Worker(threadFile, { workerData });
    thread.on("message", (report: MaildirReport) => this.#told(report));
    thread.on("error", (error: Error) => (this.#failure = error));
    thread.on("exit", () => this.#ended());
    return thread;
  }

  #told(report: MaildirReport): void {
    if (report.kind === "answers") for (const answer of report.answers) this.#answer(answer);
    else this.#pass(report.step);
    // One that has nothing to do keeps nobody from ending.
    if (this.#waiting.size === 0) this.#thread?.unref();
  }

  #answer({ id, octets, failure }: OrderAnswer): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (failure === undefined) waiting?.resolve(octets);
    else waiting?.reject(Object.assign(new Error(failure.message), { code: failure.code, syscall: failure.syscall }));
  }

  #pass(step: string): void {
    try {
      this.#checkpoint?.(step);
    } catch (error) {
      // The step was the last one: the thread is ended where it waits, and what it was given with it.
      this.#failure = error as Error;
      void this.#thread?.terminate();
      return;
    }
    if (this.#gate === undefined) return;
    Atomics.add(this.#gate, 0, 1);
    Atomics.notify(this.#gate, 0);
  }

  /** Whether its last orders were carried out is not known; each may be given again. */
  #ended(): void {
    this.#thread = undefined;
    const error = new Error("the thread that writes the Maildir ended", { cause: this.#failure });
    this.#failure = undefined;
    const lost = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of lost) reject(Object.assign(error, { code: "EIO", syscall: THREAD }));
  }
}
