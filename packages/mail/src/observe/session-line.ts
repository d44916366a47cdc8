// The one line a session leaves in the log.
import type { Log } from "./log.ts";

/** What a POP session did. Octets and messages are counts; times in milliseconds. */
export interface PopSessionLine {
  readonly session: string;
  readonly protocol: string;
  readonly remoteAddress: string;
  readonly account: string | undefined;
  readonly login: string | undefined;
  readonly mechanism: string | undefined;
  readonly tls: { readonly protocol: string; readonly cipher: string } | undefined;
  readonly retrieved: { readonly messages: number; readonly octets: number };
  readonly top: number;
  readonly removed: number;
  readonly left: number;
  readonly failedLogins: number;
  readonly durationMs: number;
  readonly reason: string;
}

/** Writes it. The login is told only when it is somebody's: what was typed in vain may have been a password. */
export function logPopSession(log: Log, line: PopSessionLine): void {
  const {
    session,
    protocol,
    remoteAddress,
    account,
    mechanism,
    tls,
    retrieved,
    top,
    removed,
    left,
    failedLogins,
    durationMs,
    reason,
  } = line;
  const login = account === undefined ? undefined : line.login;
  log.info(
    {
      session,
      protocol,
      remoteAddress,
      account,
      login,
      mechanism,
      tls: tls?.protocol,
      cipher: tls?.cipher,
      retrieved,
      top,
      removed,
      left,
      failedLogins,
      durationMs: Math.round(durationMs),
      reason,
    },
    "session ended",
  );
}
