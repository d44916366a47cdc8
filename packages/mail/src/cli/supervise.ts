// The life of a process that serves: opens, waits for a signal, stops in order.
import type { Office } from "../office/index.ts";
import type { OpenLog } from "../observe/index.ts";
import { EXIT } from "./exit-codes.ts";
import { printJson, warn, type Io } from "./io.ts";

/** npm hands a signal on that the terminal has sent us already: only one after this time is a second one. */
const SAME_SIGNAL_MS = 500;

export interface SuperviseOptions {
  readonly io: Io;
  readonly log: OpenLog;
  readonly stopMs: number;
  readonly hangup: "reload" | "stop";
  readonly open: () => Promise<Office>;
  /** Tells that everything is open. */
  readonly opened: (office: Office) => Promise<void>;
  readonly json: boolean;
}

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";

/** Resolves with the exit code when the office has closed. Throws what opening throws. */
export async function runUntilStopped(o: SuperviseOptions): Promise<number> {
  const signals = new Signals();
  // The process ends as it would have; the log keeps why.
  process.on("uncaughtExceptionMonitor", (error) => {
    o.log.error({ error }, "an error nobody caught ends the process");
    o.log.flush();
  });
  try {
    const office = await o.open();
    try {
      await o.opened(office);
    } catch (error) {
      await office.stop({ withinMs: 0 });
      throw error;
    }
    await serveUntilTold(o, office, signals);
    if (!o.json) o.io.stderr.write("restante: stopping\n");
    signals.endAtNext((signal) => {
      warn(o.io, `${signal} again: ended at once`);
      o.log.flush();
      process.exit(signal === "SIGINT" ? 130 : 143);
    });
    await office.stop({ withinMs: o.stopMs });
    if (o.json) printJson(o.io, { event: "stopped" });
    return EXIT.OK;
  } finally {
    signals.close();
    o.log.flush();
  }
}

async function serveUntilTold(o: SuperviseOptions, office: Office, signals: Signals): Promise<void> {
  for (;;) {
    const signal = await signals.next();
    if (signal !== "SIGHUP" || o.hangup === "stop") return;
    try {
      const { needRestart } = await office.reload();
      if (needRestart.length > 0)
        warn(o.io, `warning: reloaded, but ${needRestart.join(", ")} changes only with a restart`);
    } catch (error) {
      // The office goes on as it was: a typing error in the configuration must not end it.
      o.log.error({ error }, "the reload failed, nothing changed");
    }
  }
}

/** Signals in the order they came; those that come while nobody waits are kept. */
class Signals {
  readonly #waiting: Signal[] = [];
  readonly #handlers = new Map<Signal, () => void>();
  #wake: () => void = () => undefined;
  #atNext: ((signal: Signal) => void) | undefined;
  #lastAt = -Infinity;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
      const handler = (): void => this.#take(signal);
      this.#handlers.set(signal, handler);
      process.on(signal, handler);
    }
  }

  async next(): Promise<Signal> {
    for (;;) {
      const signal = this.#waiting.shift();
      if (signal !== undefined) return signal;
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  endAtNext(end: (signal: Signal) => void): void {
    this.#atNext = end;
  }

  close(): void {
    for (const [signal, handler] of this.#handlers) process.off(signal, handler);
  }

  #take(signal: Signal): void {
    const now = performance.now();
    const isEcho = now - this.#lastAt < SAME_SIGNAL_MS;
    this.#lastAt = now;
    if (this.#atNext === undefined) {
      this.#waiting.push(signal);
      this.#wake();
    } else if (signal !== "SIGHUP" && !isEcho) this.#atNext(signal);
  }
}
