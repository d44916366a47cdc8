// SQLite's result codes (https://sqlite.org/rescode.html) and the system's, sorted by what we do about them.
import { PopError } from "@restante/pop/maildrop";

export type ResultCode = "busy" | "full" | "io" | "corrupt" | "constraint" | "other";

const PRIMARY: Readonly<Record<number, ResultCode>> = {
  5: "busy",
  6: "busy",
  8: "io", // READONLY: the file system was remounted
  10: "io",
  11: "corrupt",
  13: "full",
  14: "io", // CANTOPEN
  19: "constraint",
  26: "corrupt",
};

/** Of the system's errors only these say that space is short; any other means that the store cannot be reached. */
const NO_SPACE: ReadonlySet<unknown> = new Set(["ENOSPC", "EDQUOT"]);

/** What kind of failure an error of node:sqlite or node:fs is. */
export function resultCode(error: unknown): ResultCode {
  if (typeof error !== "object" || error === null) return "other";
  if ("errcode" in error && typeof error.errcode === "number") return PRIMARY[error.errcode & 0xff] ?? "other";
  if ("syscall" in error && "code" in error) return NO_SPACE.has(error.code) ? "full" : "io";
  return "other";
}

/** The refusal a caller of the store sees. An error that is ours, not the store's, is passed on as it is. */
export function storeError(error: unknown, doing: string): unknown {
  if (error instanceof PopError) return error;
  switch (resultCode(error)) {
    case "full":
      return new PopError("STORE_FULL", `no space left ${doing}`, { cause: error });
    case "io":
    case "busy":
      return new PopError("STORE_UNAVAILABLE", `the store failed ${doing}`, { cause: error });
    case "corrupt":
      return new PopError("STORE_BROKEN", `the store is damaged, found ${doing}`, { cause: error });
    default:
      return error;
  }
}
