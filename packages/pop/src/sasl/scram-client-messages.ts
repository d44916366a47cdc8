// The messages of SCRAM (RFC 5802 §7) as a client reads and writes them.
import type { SaslClientErrorCode } from "./client-contract.ts";
import { areIgnorable, parseNonce, parseOctets } from "./scram-messages.ts";
import { decodeUtf8 } from "./text.ts";

export interface ServerFirst {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
  /** Exactly as received, for the signature. */
  readonly text: string;
}

/** What keeps a message from being used; `reason` is the server's word. */
export interface ServerFault {
  readonly fault: SaslClientErrorCode;
  readonly says: string;
  readonly reason: string | undefined;
}

const MALFORMED = fault("MALFORMED_CHALLENGE", "the challenge is no message of SCRAM");
const NO_SALT = fault("WEAK_PARAMETERS", "the server sent no salt");

/** gs2-header: how the client binds, and as whom it acts. */
export function formatGs2Header(flag: string, authzid: string | undefined): string {
  return `${flag},${authzid === undefined ? "" : `a=${formatName(authzid)}`},`;
}

/** saslname: comma and equals sign mean something else in a message. */
export function formatName(name: string): string {
  return name.replaceAll("=", "=3D").replaceAll(",", "=2C");
}

/** RFC 5802 has `e=` in the last message alone; servers send it in place of the first as well. */
export function parseServerFirst(octets: Uint8Array): ServerFirst | ServerFault {
  const text = decodeUtf8(octets);
  if (text === undefined) return MALFORMED;
  if (text.startsWith("e=")) return refusal(text);
  const [first = "", second = "", third = "", ...extensions] = text.split(",");
  const nonce = parseNonce(first);
  const iterations = /^i=([1-9]\d{0,15})$/.exec(third)?.[1];
  if (nonce === undefined || iterations === undefined || !areIgnorable(extensions)) return MALFORMED;
  if (second === "s=") return NO_SALT;
  const salt = second.startsWith("s=") ? parseOctets(second.slice(2)) : undefined;
  return salt === undefined ? MALFORMED : { nonce, salt, iterations: Number(iterations), text };
}

/** The server's signature. */
export function parseServerFinal(octets: Uint8Array): Uint8Array | ServerFault {
  const text = decodeUtf8(octets);
  if (text?.startsWith("e=") === true) return refusal(text);
  const [first = "", ...extensions] = text?.split(",") ?? [];
  const signature = first.startsWith("v=") ? parseOctets(first.slice(2)) : undefined;
  return signature === undefined || !areIgnorable(extensions) ? MALFORMED : signature;
}

function refusal(text: string): ServerFault {
  const [reason = ""] = text.slice(2).split(",", 1);
  return fault("SERVER_REFUSED", "the server refused", reason);
}

function fault(code: SaslClientErrorCode, says: string, reason?: string): ServerFault {
  return { fault: code, says, reason };
}
