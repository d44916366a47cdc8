// The line of JSON that says that everything is open: programs that start a post office wait for it.
import type { DemoAccount, Listener, Office } from "../office/index.ts";

export interface ReadyEvent {
  readonly event: "ready";
  /** Only what is open; `tls` is true where TLS begins with the first octet. */
  readonly listeners: readonly Listener[];
  /** Opens the reader in a browser, once; left out where the reader listens nowhere. */
  readonly url?: string;
  readonly accounts?: readonly DemoAccount[];
  readonly pid: number;
  /** SHA-256 of the certificate. */
  readonly fingerprint: string;
}

export function readyEvent(office: Office, accounts: readonly DemoAccount[] | undefined): ReadyEvent {
  const url = office.webAddress();
  return {
    event: "ready",
    listeners: office.listeners,
    ...(url === undefined ? {} : { url }),
    ...(accounts === undefined ? {} : { accounts }),
    pid: process.pid,
    fingerprint: office.certificates[0]?.fingerprint ?? "",
  };
}
