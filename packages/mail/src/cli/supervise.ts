// The life of a process that serves: opens, waits for a signal, stops in order.
import type { Office } from "../office/index.ts";
import type { OpenLog } from "../observe/index.ts";
import { EXIT } from "./exit-codes.ts";
import { printJson, warn, type Io } from "./io.ts";
import { endAtOnce, Signals } from "./signals.ts";

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

/** Resolves with the exit code when the office has closed. Throws what opening throws. */
export async function runUntilStopped(o: SuperviseOptions): Promise<number> {
  const signals = new Signals(["SIGINT", "SIGTERM", "SIGHUP"]);
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
      o.log.flush();
      endAtOnce(o.io, signal);
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
