// Refusals that are no message's fault: one that says that it is temporary, and those that all that was tried met alike, while
// nothing came. Then the server, or the destination, is in trouble.
import { Pop3Error } from "@restante/pop/client";
import type { Decision } from "../decide/decide.ts";
import { FetchError } from "../fetch-error.ts";

export interface Refusal {
  readonly row: number;
  readonly decision: Decision;
  readonly error: unknown;
  readonly why: string;
  /** It was held against the message. */
  readonly counts: boolean;
}

/** Fewer that fail alike may all be bad. */
const ALIKE_MIN = 3;
const TEMPORARY = /temporar|try again|later|unavailable/i;

/** RFC 3206 §4: SYS/TEMP mends itself. Texts are read where there is no code. */
export function saysTemporary(error: unknown): boolean {
  if (!Pop3Error.is(error) || error.group !== "message") return false;
  return error.responseCode === undefined ? hintsTemporary(error) : error.responseCode === "SYS/TEMP";
}

/** In words alone, which some servers write of a message that they never have again. */
export function hintsTemporary(error: unknown): boolean {
  if (!Pop3Error.is(error) || error.group !== "message" || error.responseCode !== undefined) return false;
  return TEMPORARY.test(error.serverText ?? "");
}

/** The trouble that a run in which nothing came met, and the refusals that are its doing; undefined: messages failed by themselves. */
export function outageOf(
  refusals: readonly Refusal[],
): { readonly trouble: Error; readonly met: readonly Refusal[] } | undefined {
  const others = refusals.filter(({ error }) => !Pop3Error.is(error, "NO_SUCH_MESSAGE"));
  // That a message is not there is said of that message. It is read from words, though, and a server whose disk is away
  // has the same for all ("no such file"): those of half of them or more are trouble like any other.
  const met = others.length * 2 > refusals.length ? others : refusals;
  const trouble = troubleOf(others) ?? troubleOf(met);
  return trouble && { trouble, met };
}

function troubleOf(refusals: readonly Refusal[]): Error | undefined {
  const first = refusals[0];
  if (first === undefined) return undefined;
  const isAlike =
    refusals.length >= ALIKE_MIN && refusals.every(({ why }) => withoutNumbers(why) === withoutNumbers(first.why));
  if (!isAlike && !refusals.every(({ error }) => saysTemporary(error))) return undefined;
  if (first.error instanceof FetchError) return new FetchError("destination-later", first.why);
  const { serverText, responseCode } = first.error as Pop3Error;
  return new Pop3Error("SERVER_TEMPORARY", {
    phase: "retrieve",
    command: "RETR",
    serverText,
    responseCode,
    cause: first.error,
  });
}

function withoutNumbers(text: string): string {
  return text.replace(/\d+/g, "");
}
