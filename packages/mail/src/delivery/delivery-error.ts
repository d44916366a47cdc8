// Every way a delivery from a program's hand can end, and the exit code that tells the caller what to do about it.
import type { ErrorCode } from "@restante/pop/wire";
import { PopError } from "@restante/pop/wire";

/** Codes of sysexits(3), which Postfix pipe(8), procmail and cron scripts read. */
export const SYSEXITS = {
  OK: 0,
  USAGE: 64,
  DATAERR: 65,
  NOUSER: 67,
  NOHOST: 68,
  SOFTWARE: 70,
  CANTCREAT: 73,
  TEMPFAIL: 75,
} as const;

/** A refusal of delivery's own; everything else comes from the store as PopError. */
export class DeliveryError extends Error {
  readonly code: "no-such-user" | "not-our-domain" | "bad-address" | "message-too-big";
  constructor(code: DeliveryError["code"], message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.name = "DeliveryError";
    this.code = code;
  }
}

const REFUSALS: Readonly<Record<DeliveryError["code"], number>> = {
  "no-such-user": SYSEXITS.NOUSER,
  "not-our-domain": SYSEXITS.NOHOST,
  "bad-address": SYSEXITS.USAGE,
  "message-too-big": SYSEXITS.DATAERR,
};

/** A code that is not here is our own trouble: 75, so that the message comes again. */
const STORE_REFUSALS: Readonly<Partial<Record<ErrorCode, number>>> = {
  NO_SUCH_ACCOUNT: SYSEXITS.NOUSER,
};

/** The exit code for what a delivery threw; `overQuota: "refuse"` bounces mail for a full mailbox instead of keeping it queued. */
export function exitCodeOf(error: unknown, o: { readonly overQuota?: "defer" | "refuse" } = {}): number {
  if (error instanceof DeliveryError) return REFUSALS[error.code];
  if (!(error instanceof PopError)) return SYSEXITS.TEMPFAIL;
  if (error.code === "OVER_QUOTA" && o.overQuota === "refuse") return SYSEXITS.CANTCREAT;
  return STORE_REFUSALS[error.code] ?? SYSEXITS.TEMPFAIL;
}
