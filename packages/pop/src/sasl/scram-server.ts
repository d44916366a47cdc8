// SCRAM-SHA-256 and SCRAM-SHA-1, each with its -PLUS (RFC 5802, RFC 7677): the server's side.
import { timingSafeEqual } from "node:crypto";
import type { SaslContext, SaslServerMechanism, ScramHash, ScramKeys, Verdict } from "./contract.ts";
import { isSameName, survivesPreparation } from "./credentials.ts";
import { exchangeOf, NO_OCTETS, REFUSED, type ExchangeStory } from "./exchange.ts";
import type { Saslprep } from "./saslprep.ts";
import { digest, hmac, KEY_OCTETS, SCRAM_NAMES, scramIterationsMin } from "./scram-keys.ts";
import { formatServerFinal, formatServerFirst, parseClientFinal, parseClientFirst } from "./scram-messages.ts";
import type { ClientFinal, ClientFirst } from "./scram-messages.ts";
import { encodeUtf8 } from "./text.ts";

export interface ScramOptions {
  readonly hash: ScramHash;
  /** The -PLUS mechanism, bound to the TLS connection. */
  readonly plus: boolean;
  readonly saslprep: Saslprep;
  /** The server's part of the nonce: at least 18 random printable characters without comma. */
  readonly makeNonce: () => string;
}

export function scramServer(options: ScramOptions): SaslServerMechanism {
  return {
    name: SCRAM_NAMES[options.hash] + (options.plus ? "-PLUS" : ""),
    plaintext: false,
    channelBinding: options.plus,
    serverFirst: false,
    start: (context) => exchangeOf((initial) => tell(initial, context, options)),
  };
}

async function* tell(initial: Uint8Array | undefined, context: SaslContext, options: ScramOptions): ExchangeStory {
  const first = parseClientFirst(initial ?? (yield NO_OCTETS));
  const bound = first === undefined ? undefined : boundOctets(first, context, options.plus);
  if (first === undefined || bound === undefined || !isAllowed(first, options.saslprep)) return REFUSED;

  const { hash } = options;
  const keys = await keysOf(first.username, context, hash);
  if ("kind" in keys) return keys;
  const nonce = first.nonce + options.makeNonce();
  const serverFirst = formatServerFirst({ nonce, salt: keys.salt, iterations: keys.iterations });

  const final = parseClientFinal(yield encodeUtf8(serverFirst));
  if (final === undefined) return REFUSED;
  const authMessage = `${first.bare},${serverFirst},${final.withoutProof}`;
  const channelBindings = bound.map((octets) => base64(encodeUtf8(first.gs2Header), octets));
  if (!isProved(final, { nonce, channelBindings, keys, authMessage, hash }) || keys.owner === undefined) return REFUSED;

  // RFC 5034 §4: +OK carries no data, so the signature leaves as a challenge that an empty line answers.
  const end = yield encodeUtf8(formatServerFinal(hmac(keys.serverKey, authMessage, hash)));
  return end.length === 0 ? { kind: "accepted", ...keys.owner } : REFUSED;
}

/** Octets of the TLS connection the client may be bound to: none without -PLUS; undefined when it must fail (RFC 5802 §6). */
function boundOctets(first: ClientFirst, context: SaslContext, plus: boolean): readonly Uint8Array[] | undefined {
  const { binding } = first;
  if (plus) {
    if (binding.kind !== "bound") return undefined;
    const offered = context.channelBindings.filter(({ type }) => type === binding.type);
    return offered.length === 0 ? undefined : offered.map(({ data }) => data);
  }
  if (binding.kind === "bound") return undefined;
  // The client saw no -PLUS in a list that had one: somebody took it out.
  return binding.kind === "server-lacks-it" && context.plusOffered ? undefined : [NO_OCTETS];
}

function isAllowed(first: ClientFirst, saslprep: Saslprep): boolean {
  if (!survivesPreparation(first.username, saslprep)) return false;
  return first.authzid === undefined || isSameName(first.authzid, first.username, saslprep);
}

async function keysOf(login: string, context: SaslContext, hash: ScramHash): Promise<ScramKeys | Verdict> {
  try {
    const keys = await context.authenticator.scramKeys(login, context.peer, hash);
    const { iterations, storedKey } = keys;
    if (iterations < scramIterationsMin) {
      throw new RangeError(`the SCRAM keys kept for a login have ${iterations} iterations`);
    }
    if (storedKey.length !== KEY_OCTETS[hash]) {
      throw new RangeError(`the SCRAM keys given for ${SCRAM_NAMES[hash]} have ${storedKey.length} octets`);
    }
    return keys;
  } catch (cause) {
    return { kind: "unavailable", cause };
  }
}

interface Expected {
  readonly nonce: string;
  /** Base64 of gs2 header and octets. */
  readonly channelBindings: readonly string[];
  readonly keys: ScramKeys;
  readonly authMessage: string;
  readonly hash: ScramHash;
}

/** All three are compared, whatever the first says. */
function isProved(final: ClientFinal, expected: Expected): boolean {
  const checks = [
    isEqual(encodeUtf8(final.nonce), encodeUtf8(expected.nonce)),
    expected.channelBindings.some((one) => isEqual(encodeUtf8(final.channelBinding), encodeUtf8(one))),
    isProof(final.proof, expected),
  ];
  return checks.every(Boolean);
}

function isProof(proof: Uint8Array, { keys, authMessage, hash }: Expected): boolean {
  const signature = hmac(keys.storedKey, authMessage, hash);
  const clientKey = signature.map((octet, i) => octet ^ (proof[i] ?? 0));
  return proof.length === KEY_OCTETS[hash] && isEqual(digest(clientKey, hash), keys.storedKey);
}

function isEqual(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

function base64(...parts: readonly Uint8Array[]): string {
  return Buffer.concat(parts).toString("base64");
}
