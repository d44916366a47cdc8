// That there is no room where mail is to go, said in one way of all kinds of destinations; and what is a trouble of the
// disk, and not of one message.
import { FetchError, type FetchErrorCode } from "../fetch-error.ts";

interface Shortage {
  readonly code: FetchErrorCode;
  readonly why: string;
}

/** By the code of an error of the system, or of the store. */
const SHORTAGES: Readonly<Record<string, Shortage>> = {
  ENOSPC: { code: "no-room", why: "its disk is full" },
  EDQUOT: { code: "no-room", why: "the disk quota there is used up" },
  STORE_FULL: { code: "no-room", why: "the disk of the data directory is full" },
  OVER_QUOTA: { code: "destination-full", why: "its account may hold no more" },
};

/** Undefined for an error that is about something else. `where` is as the configuration writes it. */
export function noRoom(where: string, cause: unknown): FetchError | undefined {
  const shortage = SHORTAGES[String((cause as { readonly code?: unknown }).code)];
  if (shortage === undefined) return undefined;
  return new FetchError(shortage.code, `${where} has no room: ${shortage.why}`, { cause });
}

/** The system refused what every message needs. A file that may not be so large is about one. */
export function isOfDisk(failure: unknown): boolean {
  if (!(failure instanceof FetchError)) return false;
  if (failure.code === "no-room") return true;
  const { code, syscall } = (failure.cause ?? {}) as NodeJS.ErrnoException;
  return syscall !== undefined && syscall !== THREAD && code !== "EFBIG";
}

/** In place of a call of the system, when the thread that makes them ended: perhaps by a message. */
export const THREAD = "thread";
