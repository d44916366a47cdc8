// Opens what every owner of a data directory needs: the store, and the accounts in it.
import { statSync } from "node:fs";
import { join } from "node:path";
import { KeyFileError, openAccounts, type Accounts } from "../accounts/index.ts";
import type { Config } from "../config/index.ts";
import { makeDurableFolder } from "../files/index.ts";
import {
  NotAStoreError,
  openSqliteMailstore,
  SchemaTooNewError,
  StoreOwnedError,
  type Mailstore,
} from "../mailstore/index.ts";
import type { Log } from "../observe/index.ts";
import { dataDirectoryError } from "./data-directory-error.ts";
import { FILES } from "./data-files.ts";
import { OfficeError } from "./office-error.ts";
import { accountTerms } from "./pop-terms.ts";
import { openSorting, type Sorting } from "./sorting.ts";

export interface House {
  readonly store: Mailstore;
  readonly accounts: Accounts;
  /** The store for what brings mail in: it goes where its owner's rules say. */
  readonly sorting: Sorting;
  /** Accounts first: they write through the store. */
  close(): Promise<void>;
}

export type HouseSettings = Pick<Config, "dataDir" | "domains" | "hostName" | "popDelete"> & {
  readonly pop?: Config["pop"];
};

/** Makes the directory when it is not there. Throws OfficeError `owned` or `data-directory`. */
export async function openHouse(settings: HouseSettings, log: Log): Promise<House> {
  makeDirectory(settings.dataDir);
  refuseStrangeRoot(settings.dataDir);
  const store = await openStore(settings.dataDir, log);
  try {
    const accounts = await openAccounts({
      store,
      domains: settings.domains,
      hostName: settings.hostName,
      keyFile: join(settings.dataDir, FILES.passwordKey),
      defaultPopDelete: settings.popDelete,
      ...(settings.pop !== undefined && {
        terms: accountTerms(settings.pop),
        defaultExpireDays: settings.pop.expireDays,
      }),
    });
    const sorting = openSorting(store, log);
    return {
      store,
      accounts,
      sorting,
      async close() {
        await sorting.close();
        await accounts.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    if (error instanceof KeyFileError) throw new OfficeError("data-directory", error.message, { cause: error });
    throw error;
  }
}

function makeDirectory(dataDir: string): void {
  try {
    makeDurableFolder(dataDir);
  } catch (error) {
    throw dataDirectoryError(dataDir, {
      code: String((error as NodeJS.ErrnoException).code),
      isMaking: true,
      cause: error,
    });
  }
}

/** What root makes in somebody else's directory, its owner cannot open: a service would not start any more. */
function refuseStrangeRoot(dataDir: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid } = statSync(dataDir);
  if (uid !== 0)
    throw new OfficeError(
      "data-directory",
      `the data directory ${dataDir} belongs to user ${uid}, who could not open what root makes in it; run this with sudo -u '#${uid}'`,
    );
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
    throw locked(dataDir, error) ?? unusable(dataDir, error) ?? error;
  }
}

/** SQLite's BUSY and LOCKED: who holds it is no owner, but a program for databases, or a backup. */
const HELD_BY_ANOTHER: ReadonlySet<number> = new Set([5, 6]);

function locked(dataDir: string, error: unknown): OfficeError | undefined {
  const { errcode } = error as { readonly errcode?: unknown };
  if (typeof errcode !== "number" || !HELD_BY_ANOTHER.has(errcode & 0xff)) return undefined;
  return new OfficeError("owned", `the store in ${dataDir} is locked by another program; close that, then try again`, {
    cause: error,
  });
}

const SQLITE_FULL = 13;
/** SQLite's result codes for what the system refused: PERM, READONLY, IOERR, FULL, CANTOPEN, AUTH. */
const REFUSED_BY_SYSTEM: ReadonlySet<number> = new Set([3, 8, 10, SQLITE_FULL, 14, 23]);

/** What the system says of a directory or of files in it; undefined for any other error, which is a mistake of ours. */
function unusable(dataDir: string, error: unknown): OfficeError | undefined {
  const { syscall, errcode } = error as { readonly syscall?: unknown; readonly errcode?: unknown };
  const byDatabase = typeof errcode === "number" && REFUSED_BY_SYSTEM.has(errcode & 0xff);
  if (!byDatabase && typeof syscall !== "string") return undefined;
  if (!byDatabase) {
    const { code, path } = error as NodeJS.ErrnoException;
    const isWithin = path !== undefined && path !== dataDir;
    return dataDirectoryError(dataDir, {
      code: String(code),
      ...(isWithin ? { reason: `${String(code)}: ${path}` } : {}),
      cause: error,
    });
  }
  const isFull = (errcode & 0xff) === SQLITE_FULL;
  return dataDirectoryError(dataDir, {
    code: isFull ? "ENOSPC" : "",
    reason: (error as Error).message,
    cause: error,
  });
}
