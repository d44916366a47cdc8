// Housekeeping while a post office runs: mail past its days, garbage, and a self-signed certificate that would expire under it.
import type { Mailstore } from "../mailstore/index.ts";
import type { Log } from "../observe/index.ts";

const FIRST_MS = 60_000;
const EVERY_MS = 3_600_000;
/** One call of the store does bounded work; a run goes on while there is some, up to this many calls. */
const CALLS_MAX = 100;

export interface MaintenanceOptions {
  readonly store: Pick<Mailstore, "collectGarbage" | "expireMail">;
  readonly log: Log;
  readonly renewCertificate: () => Promise<void>;
}

/** Starts the rounds; what comes back ends them and waits for one that is under way. */
export function startMaintenance(options: MaintenanceOptions): { stop(): Promise<void> } {
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  const round = (): void => {
    running = runRound(options, () => stopped);
  };
  const first = setTimeout(round, FIRST_MS).unref();
  const every = setInterval(round, EVERY_MS).unref();
  return {
    async stop() {
      stopped = true;
      clearTimeout(first);
      clearInterval(every);
      await running;
    },
  };
}

async function runRound({ store, log, renewCertificate }: MaintenanceOptions, isStopped: () => boolean): Promise<void> {
  try {
    await renewCertificate();
    let expired = 0;
    for (let call = 0; call < CALLS_MAX && !isStopped(); call += 1) {
      const { messages, isDone } = await store.expireMail();
      expired += messages;
      if (isDone) break;
    }
    if (expired > 0) log.info({ messages: expired }, "mail past the days of its account was removed");
    const total = { bodies: 0, messages: 0, deliveryIds: 0, changes: 0 };
    for (let call = 0; call < CALLS_MAX && !isStopped(); call += 1) {
      const removed = await store.collectGarbage();
      if (removed.bodies + removed.messages + removed.deliveryIds + removed.changes === 0) break;
      total.bodies += removed.bodies;
      total.messages += removed.messages;
      total.deliveryIds += removed.deliveryIds;
      total.changes += removed.changes;
    }
    log.debug(total, "garbage collected");
  } catch (error) {
    log.error({ error }, "housekeeping failed; it is tried again in an hour");
  }
}
