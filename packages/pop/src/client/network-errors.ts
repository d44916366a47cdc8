// From what Node says about sockets and certificates to this package's codes.
import { isIPv6 } from "node:net";
import type { CertificateInfo } from "./contract.ts";
import { Pop3Error, type Pop3ErrorCode, type Pop3Phase } from "./errors.ts";

const EXPIRED = ["CERT_HAS_EXPIRED", "CERT_NOT_YET_VALID"];
const BY_CODE: Readonly<Record<string, Pop3ErrorCode>> = {
  ENOTFOUND: "DNS",
  EAI_AGAIN: "DNS",
  EAI_FAIL: "DNS",
  EAI_NODATA: "DNS",
  EAI_NONAME: "DNS",
  ECONNREFUSED: "CONNECT_REFUSED",
  ENOENT: "CONNECT_REFUSED",
  ETIMEDOUT: "CONNECT_TIMEOUT",
};

export interface Place {
  readonly host: string;
  readonly port: number;
}

/** As a person writes it who configures a server: an address with colons in brackets. */
export function placeOf({ host, port }: Place): string {
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`;
}

/** Before the connection to `to` is there. */
export function connectError(error: unknown, to: Place): Pop3Error {
  if (error instanceof Pop3Error) return error;
  const code = BY_CODE[systemCode(error)] ?? "NETWORK";
  const message = code === "NETWORK" ? "no connection could be made" : undefined;
  return new Pop3Error(code, { phase: "connect", place: placeOf(to), message, cause: error });
}

/** During the handshake, or about the certificate that was shown in it. */
export function tlsError(error: unknown, certificate?: CertificateInfo): Pop3Error {
  if (error instanceof Pop3Error) return error;
  return new Pop3Error(tlsCode(systemCode(error)), { phase: "tls", certificate, cause: error });
}

function tlsCode(code: string): Pop3ErrorCode {
  if (code === "ERR_TLS_CERT_ALTNAME_INVALID") return "TLS_NAME";
  if (EXPIRED.includes(code)) return "TLS_EXPIRED";
  // OpenSSL's verification results; what is left is the handshake itself.
  const isVerdict =
    /^(?:UNABLE_TO_|CERT_|CRL_|ERROR_IN_|SELF_SIGNED_|DEPTH_ZERO_|INVALID_|PATH_LENGTH_|HOSTNAME_)/.test(code);
  return isVerdict ? "TLS_UNTRUSTED" : "TLS_HANDSHAKE";
}

export function abortedError(phase: Pop3Phase, signal: AbortSignal): Pop3Error {
  return signal.reason instanceof Pop3Error ? signal.reason : new Pop3Error("ABORTED", { phase, cause: signal.reason });
}

/** Between two calls: nothing is on its way, the session goes on. Throws Pop3Error `ABORTED`. */
export function refuseAborted(signal: AbortSignal | undefined, phase: Pop3Phase = "session"): void {
  if (signal?.aborted !== true) return;
  throw new Pop3Error("ABORTED", { phase, cause: signal.reason, sessionUsable: true });
}

/** What the caller is asked for may never come. Rejects with the Pop3Error of `signal`, or as `work` does. */
export async function unlessAborted<T>(work: T | Promise<T>, phase: Pop3Phase, signal: AbortSignal): Promise<T> {
  let unfollow = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    const follow = (): void => reject(abortedError(phase, signal));
    unfollow = () => signal.removeEventListener("abort", follow);
    if (signal.aborted) follow();
    else signal.addEventListener("abort", follow, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    unfollow();
  }
}

/** Of several attempts (one an address) Node tells the code of the first. */
function systemCode(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "";
}
