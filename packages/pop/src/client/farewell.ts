// What becomes of a session when nobody wants the rest of a message that is on its way. Whoever gave it up is told at
// once, so that it is decided by what is known then.
import { Pop3Error } from "./errors.ts";
import type { Limits } from "./limits.ts";

export interface Farewell {
  /** It goes on, as far as anybody can promise. */
  readonly sessionUsable: boolean;
  /** What of the rest may come, to be thrown away; 0 ends the session. */
  readonly drainOctetsMax: number;
}

/**
 * A short rest is read, a long one ends the session. Where nobody knows how long it is (undefined), only a short one is
 * read, and nothing is promised; what was promised is kept, also when the size LIST told turns out to be wrong.
 */
export function farewellOf(
  restOctets: number | undefined,
  { drainOctetsMax, messageOctetsMax }: Pick<Limits, "drainOctetsMax" | "messageOctetsMax">,
): Farewell {
  if (restOctets === undefined) return { sessionUsable: false, drainOctetsMax };
  if (restOctets > drainOctetsMax) return { sessionUsable: false, drainOctetsMax: 0 };
  return { sessionUsable: true, drainOctetsMax: messageOctetsMax };
}

/** Whoever waits behind that message has done nothing wrong, and may try again. */
export function tooMuchUnwanted(n: number): Pop3Error {
  const message = "too much of a message nobody wants was still to come";
  return new Pop3Error("ABORTED", { phase: "retrieve", n, message, retry: "now" });
}
