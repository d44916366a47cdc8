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
  let running: Promise<void> | undefined;
  // One that takes longer than the time to the next is not overtaken.
  const round = (): void => {
    running ??= runRound(options, () => stopped).finally(() => (running = undefined));
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

/** Never rejects: what fails is told, and the rest is done. */
async function runRound(options: MaintenanceOptions, isStopped: () => boolean): Promise<void> {
  const { log, renewCertificate } = options;
  for (const chore of [
    renewCertificate,
    () => expireMail(options, isStopped),
    () => collectGarbage(options, isStopped),
  ])
    try {
      await chore();
    } catch (error) {
      log.error({ error }, "housekeeping failed; it is tried again in an hour");
    }
}

async function expireMail({ store, log }: MaintenanceOptions, isStopped: () => boolean): Promise<void> {
  let expired = 0;
  for (let call = 0; call < CALLS_MAX && !isStopped(); call += 1) {
    const { messages, isDone } = await store.expireMail();
    expired += messages;
    if (isDone) break;
  }
  if (expired > 0) log.info({ messages: expired }, "mail past the days of its account was removed");
}

async function collectGarbage({ store, log }: MaintenanceOptions, isStopped: () => boolean): Promise<void> {
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
}
