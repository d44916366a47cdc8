// A server may want time between logins (RFC 2449 §6.5): one before its time is refused, and some servers count it. Runs
// and looks at a maildrop keep to it alike.
import type { SourceConfig } from "../../config/index.ts";
import type { ClockReading } from "../decide/clock.ts";
import { FetchError } from "../fetch-error.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { SourceFacts } from "../state/source-facts.ts";

/** More than a day is a mistake, and would never be asked about again. */
const BELIEVED_MS_MAX = 86_400_000;

/** Throws FetchError `too-soon`. */
export function refuseTooSoon({ name }: SourceConfig, facts: SourceFacts, now: ClockReading): void {
  const leftMs = msUntilLogin(facts, now);
  if (leftMs === 0) return;
  throw new FetchError(
    "too-soon",
    `${name}: the server wants ${facts.loginDelayMs / 1_000} seconds between logins; try again in ${Math.ceil(leftMs / 1_000)} seconds`,
  );
}

/** A clock that went back never waits longer. */
export function msUntilLogin({ lastLoginAt, loginDelayMs }: SourceFacts, { wallMs }: ClockReading): number {
  const since = wallMs - (lastLoginAt ?? -Infinity);
  return since < 0 || since >= loginDelayMs ? 0 : loginDelayMs - since;
}

/** A server that wants longer between logins is not left and entered again in one run. */
const WAITED_MS_MAX = 2_000;

export function mayLoginAgain({ loginDelayMs }: SourceFacts): boolean {
  return loginDelayMs <= WAITED_MS_MAX;
}

export interface LoginFacts {
  readonly lastLoginAt: number;
  readonly hasWorked: true;
  /** Left out when the server did not say what it can do: then it wants what it wanted before. */
  readonly loginDelayMs?: number;
}

/** What is remembered of a login that just was. */
export function loginFacts(
  { capabilities }: Pick<RemoteMaildrop, "capabilities">,
  { wallMs }: ClockReading,
): LoginFacts {
  const login = { lastLoginAt: wallMs, hasWorked: true } as const;
  if (capabilities.size === 0) return login;
  const delayMs = (capabilities.loginDelay?.seconds ?? 0) * 1_000;
  return { ...login, loginDelayMs: Math.min(delayMs, BELIEVED_MS_MAX) };
}
