// SCRAM (RFC 5802, RFC 7677): the client's side, which also finds out whether the server knows the password's keys.
import { createHash, timingSafeEqual } from "node:crypto";
import { SaslClientError, type SaslClientContext, type SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, type ClientStory, type Findings } from "./client-exchange.ts";
import { checkedField, preparedField } from "./client-text.ts";
import type { ChannelBinding, ScramHash } from "./contract.ts";
import { NO_OCTETS } from "./exchange.ts";
import type { Saslprep } from "./saslprep.ts";
import { formatGs2Header, formatName, parseServerFinal, parseServerFirst } from "./scram-client-messages.ts";
import type { ServerFault, ServerFirst } from "./scram-client-messages.ts";
import { deriveBothKeys, hmac, SCRAM_NAMES, scramIterationsMin } from "./scram-keys.ts";
import { encodeUtf8 } from "./text.ts";

export interface ScramClientOptions {
  readonly hash: ScramHash;
  /** The -PLUS mechanism, bound to the TLS connection. */
  readonly plus: boolean;
  readonly saslprep: Saslprep;
  /** The client's part of the nonce: at least 18 random printable characters without comma. */
  readonly makeNonce: () => string;
}

/** More would let a server keep a client busy for minutes. */
const iterationsMax = 10_000_000;
const saltOctetsMin = 2; // RFC 5802 erratum 2652

export function scramClient(options: ScramClientOptions): SaslClientMechanism {
  return {
    name: SCRAM_NAMES[options.hash] + (options.plus ? "-PLUS" : ""),
    needs: "password",
    plaintext: false,
    channelBinding: options.plus,
    serverFirst: false,
    prefersTwoSteps: false,
    ignoresFirstChallenge: false,
    onRequestOnly: false,
    start(context) {
      const findings: Findings = { isVerified: false, failure: undefined };
      return clientExchange(findings, () => tell(context, options, findings));
    },
  };
}

async function* tell(context: SaslClientContext, options: ScramClientOptions, findings: Findings): ClientStory {
  const { hash, saslprep } = options;
  const { flag, data } = bindingOf(context, options.plus);
  const authzid =
    context.authzid === undefined ? undefined : checkedField("the authorization identity", context.authzid);
  const header = formatGs2Header(flag, authzid);
  const ownNonce = options.makeNonce();
  const bare = `n=${formatName(preparedField("the name", context.user, saslprep))},r=${ownNonce}`;

  const serverFirst = usable(parseServerFirst(yield encodeUtf8(header + bare)));
  checkServerFirst(serverFirst, { ownNonce, isEncrypted: context.encrypted });

  const password = preparedField("the password", await context.password(), saslprep);
  const { salt, iterations } = serverFirst;
  const { clientKey, serverKey } = await deriveBothKeys({ password, salt, iterations, hash });
  const withoutProof = `c=${base64(encodeUtf8(header), data)},r=${serverFirst.nonce}`;
  const authMessage = `${bare},${serverFirst.text},${withoutProof}`;
  const storedKey = createHash(hash).update(clientKey).digest();
  const proof = xor(clientKey, hmac(storedKey, authMessage, hash));

  const signature = usable(parseServerFinal(yield encodeUtf8(`${withoutProof},p=${base64(proof)}`)));
  if (!isEqual(signature, hmac(serverKey, authMessage, hash))) {
    throw new SaslClientError("SERVER_SIGNATURE", "the server did not prove that it knows the password's keys");
  }
  findings.isVerified = true;
  yield NO_OCTETS;
}

interface Binding {
  /** gs2-cbind-flag. */
  readonly flag: string;
  readonly data: Uint8Array;
}

const usedBindings = new WeakSet<ChannelBinding>();

/** RFC 5802 §6: `y` tells a server that did offer -PLUS that somebody took it out of its list. */
function bindingOf(context: SaslClientContext, plus: boolean): Binding {
  const [best] = context.channelBindings;
  if (!plus) return { flag: best !== undefined && !context.plusOffered ? "y" : "n", data: NO_OCTETS };
  if (best === undefined) throw new SaslClientError("NO_CHANNEL_BINDING", "the connection has nothing to bind to");
  // RFC 9266 §4.1: for one authentication on a connection and no more.
  if (usedBindings.has(best)) throw new SaslClientError("NO_CHANNEL_BINDING", "this connection was bound to before");
  usedBindings.add(best);
  return { flag: `p=${best.type}`, data: best.data };
}

function checkServerFirst(first: ServerFirst, o: { readonly ownNonce: string; readonly isEncrypted: boolean }): void {
  const { nonce, salt, iterations } = first;
  if (!nonce.startsWith(o.ownNonce) || nonce.length === o.ownNonce.length) {
    throw new SaslClientError("BAD_NONCE", "the server's nonce does not continue ours");
  }
  const iterationsMin = o.isEncrypted ? 1 : scramIterationsMin;
  if (iterations < iterationsMin || iterations > iterationsMax || salt.length < saltOctetsMin) {
    throw new SaslClientError(
      "WEAK_PARAMETERS",
      `the server asks for ${iterations} iterations, ${salt.length} octets of salt`,
    );
  }
}

function usable<T extends object>(message: T | ServerFault): T {
  if (!("fault" in message)) return message;
  throw new SaslClientError(message.fault, message.says, { reason: message.reason });
}

function xor(one: Uint8Array, other: Uint8Array): Uint8Array {
  return one.map((octet, i) => octet ^ (other[i] as number));
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function base64(...parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString("base64");
}
