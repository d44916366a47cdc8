// Opens what every owner of a data directory needs: the store, and the accounts in it.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openAccounts, type Accounts } from "../accounts/index.ts";
import type { Config } from "../config/index.ts";
import {
  NotAStoreError,
  openSqliteMailstore,
  SchemaTooNewError,
  StoreOwnedError,
  type Mailstore,
} from "../mailstore/index.ts";
import type { Log } from "../observe/index.ts";
import { FILES } from "./data-files.ts";
import { OfficeError } from "./office-error.ts";

export interface House {
  readonly store: Mailstore;
  readonly accounts: Accounts;
  /** Accounts first: they write through the store. */
  close(): Promise<void>;
}

export type HouseSettings = Pick<Config, "dataDir" | "domains" | "hostName" | "popDelete">;

/** Makes the directory when it is not there. Throws OfficeError `owned` or `data-directory`. */
export async function openHouse(settings: HouseSettings, log: Log): Promise<House> {
  makeDirectory(settings.dataDir);
  const store = await openStore(settings.dataDir, log);
  try {
    const accounts = await openAccounts({
      store,
      domains: settings.domains,
      hostName: settings.hostName,
      keyFile: join(settings.dataDir, FILES.passwordKey),
      defaultPopDelete: settings.popDelete,
    });
    return {
      store,
      accounts,
      async close() {
        await accounts.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function makeDirectory(dataDir: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new OfficeError(
      "data-directory",
      `the data directory ${dataDir} cannot be made (${String((error as NodeJS.ErrnoException).code)}); choose another with --data`,
      { cause: error },
    );
  }
}

async function openStore(dataDir: string, log: Log): Promise<Mailstore> {
  try {
    return await openSqliteMailstore({
      directory: dataDir,
      onProblem: ({ what, cause }) => log.error({ what, error: cause }, "the store reports trouble"),
    });
  } catch (error) {
    if (error instanceof StoreOwnedError) {
      const owner = error.pid === undefined ? "another process" : `the process ${error.pid}`;
      throw new OfficeError(
        "owned",
        `${dataDir} is in use by ${owner}; stop it first, or choose another directory with --data`,
        { cause: error },
      );
    }
    if (error instanceof NotAStoreError || error instanceof SchemaTooNewError) {
      throw new OfficeError("data-directory", error.message, { cause: error });
    }
    throw error;
  }
}
