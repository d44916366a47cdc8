// The messages of SCRAM (RFC 5802 §7) as a server reads and writes them. A parser answers undefined for whatever must
// make the authentication fail.
import { decodeBase64 } from "../wire/index.ts";
import { decodeUtf8, encodeUtf8, fieldOctetsMax } from "./text.ts";

/** Of the client's part: enough for every client, and a bound on what is sent back. */
const clientNonceMax = 512;

/** gs2-cbind-flag: no binding; none, though the client could; bound with this type. */
export type BindingFlag =
  | { readonly kind: "none" }
  | { readonly kind: "server-lacks-it" }
  | { readonly kind: "bound"; readonly type: string };

export interface ClientFirst {
  readonly binding: BindingFlag;
  readonly authzid: string | undefined;
  readonly username: string;
  readonly nonce: string;
  /** Exactly as received, for the channel binding and the signature. */
  readonly gs2Header: string;
  readonly bare: string;
}

export interface ClientFinal {
  /** Base64 of the gs2 header and the binding's octets. */
  readonly channelBinding: string;
  readonly nonce: string;
  readonly proof: Uint8Array;
  /** Exactly as received, for the signature. */
  readonly withoutProof: string;
}

export function parseClientFirst(octets: Uint8Array): ClientFirst | undefined {
  const text = decodeUtf8(octets);
  const flagEnd = text?.indexOf(",") ?? -1;
  const headerEnd = text?.indexOf(",", flagEnd + 1) ?? -1;
  if (text === undefined || headerEnd === -1) return undefined;
  const flag = text.slice(0, flagEnd);
  const who = text.slice(flagEnd + 1, headerEnd);
  const bare = text.slice(headerEnd + 1);
  const binding = parseFlag(flag);
  const authzid = who === "" ? undefined : parseName(who, "a");
  const [name = "", nonce = "", ...extensions] = bare.split(",");
  // A first attribute m= is not n=, so the reserved mandatory extension fails here too.
  const username = parseName(name, "n");
  const clientNonce = parseNonce(nonce);
  if (binding === undefined || (who !== "" && authzid === undefined)) return undefined;
  if (username === undefined || clientNonce === undefined || clientNonce.length > clientNonceMax) return undefined;
  if (!areIgnorable(extensions)) return undefined;
  return { binding, authzid, username, nonce: clientNonce, gs2Header: text.slice(0, headerEnd + 1), bare };
}

export function parseClientFinal(octets: Uint8Array): ClientFinal | undefined {
  const text = decodeUtf8(octets);
  const end = text?.lastIndexOf(",p=") ?? -1;
  if (text === undefined || end === -1) return undefined;
  const withoutProof = text.slice(0, end);
  const [binding = "", nonce = "", ...extensions] = withoutProof.split(",");
  const finalNonce = parseNonce(nonce);
  const proof = parseOctets(text.slice(end + 3));
  if (!binding.startsWith("c=") || finalNonce === undefined || proof === undefined) return undefined;
  if (!areIgnorable(extensions)) return undefined;
  return { channelBinding: binding.slice(2), nonce: finalNonce, proof, withoutProof };
}

export function formatServerFirst(o: {
  readonly nonce: string;
  readonly salt: Uint8Array;
  readonly iterations: number;
}): string {
  return `r=${o.nonce},s=${Buffer.from(o.salt).toString("base64")},i=${o.iterations}`;
}

export function formatServerFinal(signature: Uint8Array): string {
  return `v=${Buffer.from(signature).toString("base64")}`;
}

function parseFlag(flag: string): BindingFlag | undefined {
  if (flag === "n") return { kind: "none" };
  if (flag === "y") return { kind: "server-lacks-it" };
  const type = /^p=([A-Za-z0-9.-]+)$/.exec(flag)?.[1];
  return type === undefined ? undefined : { kind: "bound", type };
}

/** saslname: comma and equals sign are written =2C and =3D, and no other = may stand in it. */
function parseName(attribute: string, letter: "a" | "n"): string | undefined {
  const written = attribute.slice(2);
  if (!attribute.startsWith(`${letter}=`) || written === "" || written.includes("\0")) return undefined;
  if (/=(?!2C|3D)/.test(written)) return undefined;
  const name = written.replaceAll("=2C", ",").replaceAll("=3D", "=");
  return Buffer.byteLength(name) > fieldOctetsMax ? undefined : name;
}

export function parseNonce(attribute: string): string | undefined {
  return /^r=([\x21-\x2b\x2d-\x7e]+)$/.exec(attribute)?.[1];
}

/** Base64 in its one canonical form, of one octet or more. */
export function parseOctets(text: string): Uint8Array | undefined {
  const octets = decodeBase64(encodeUtf8(text));
  return octets === undefined || octets.length === 0 ? undefined : octets;
}

/** Unknown extensions are passed over, mandatory ones (m=) never (RFC 5802 §5.1). */
export function areIgnorable(extensions: readonly string[]): boolean {
  return extensions.every((extension) => /^[A-Za-ln-z]=[^\0]+$/s.test(extension));
}
