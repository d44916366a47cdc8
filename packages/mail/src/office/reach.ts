// How a command reaches the mail of a data directory: through its running owner, or by opening the store itself.
import { statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/index.ts";
import { SILENT } from "../observe/index.ts";
import { openLocalPlacing } from "./collected/local-placing.ts";
import type { Caller } from "./control/caller.ts";
import { connectOffice } from "./control/client.ts";
import { describeFailure, OperationError } from "./control/operation-error.ts";
import { OfficeError } from "./office-error.ts";
import { badInput } from "./control/bad-input.ts";
import { openHouse, type House } from "./open-house.ts";
import { OPERATIONS, type OperationName } from "./operations/index.ts";
import type { OperationContext } from "./operations/definition.ts";

/** An owner that is starting or stopping has the store and no socket for this long at most. */
const PATIENCE_MS = 10_000;
const RETRY_MS = 100;

export interface ReachOptions {
  readonly config: Config;
  /** Make the store when there is none; otherwise that is an error that says what to do. */
  readonly create?: boolean;
}

/** Throws OfficeError `data-directory`, `owned` or `no-answer`. The caller closes what it gets. */
export async function reachOffice({ config, create }: ReachOptions): Promise<Caller> {
  const deadline = performance.now() + PATIENCE_MS;
  if (create !== true && isMissing(join(config.dataDir, "mail.db"))) {
    throw new OfficeError(
      "no-store",
      `there is no mail in ${config.dataDir}; start with restante up, or name another directory with --data`,
    );
  }
  for (;;) {
    const running = await connectOffice(config.dataDir);
    if (running !== undefined) return running;
    try {
      return callDirectly(await openHouse(config, SILENT), config);
    } catch (error) {
      if (!(error instanceof OfficeError) || error.code !== "owned" || performance.now() > deadline) throw error;
      await sleep(RETRY_MS);
    }
  }
}

/** False also when the system does not say: opening the store then tells why. */
function isMissing(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

function callDirectly(house: House, config: Config): Caller {
  const context: OperationContext = {
    ...house,
    dataDir: config.dataDir,
    messageOctetsMax: config.limits.messageOctetsMax,
    overQuota: config.overQuota,
    live: undefined,
  };
  return { ...directCaller(context), close: () => house.close() };
}

/** Runs operations on a store this process has open; the store stays the giver's to close. */
export function directCaller(context: OperationContext): Omit<Caller, "close"> {
  const start = (name: OperationName, input: unknown, body?: AsyncIterable<Uint8Array>): unknown => {
    const operation = OPERATIONS[name];
    const checked = operation.input.safeParse(input);
    if (!checked.success) throw badInput(checked.error);
    const run = operation.run as (
      context: OperationContext,
      input: unknown,
      body?: AsyncIterable<Uint8Array>,
    ) => unknown;
    return run(context, checked.data, body);
  };
  return {
    remote: false,
    call: async (name, input) => (await failing(async () => start(name, input))) as never,
    send: async (name, input, body) => (await failing(async () => start(name, input, body))) as never,
    sendForRows: (name, input, body) => failingStream(() => start(name, input, body) as AsyncIterable<never>),
    octets: (name, input) => failingStream(() => start(name, input) as AsyncIterable<Uint8Array>),
    openPlacing: (into) => failing(() => Promise.resolve(openLocalPlacing(context, into))),
  };
}

async function failing<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new OperationError(describeFailure(error), { cause: error });
  }
}

async function* failingStream<T>(run: () => AsyncIterable<T>): AsyncGenerator<T> {
  try {
    yield* run();
  } catch (error) {
    throw new OperationError(describeFailure(error), { cause: error });
  }
}
