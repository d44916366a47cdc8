// A message as it comes in, made ready for the writer: measured together with what is put before it, and checked.
import { createHash } from "node:crypto";
import { Canonicaliser, isUniqueId } from "@restante/pop/maildrop";
import type { Fetched, PlaceOptions } from "../contract.ts";
import { mailboxName, packKeywords } from "./folding.ts";
import type { FetchedKey, PlaceInput } from "./jobs.ts";
import type { StoredBody } from "./received-body.ts";
import { describeSurrogate } from "./surrogates.ts";

const prefixOctetsMax = 65_536;

/** A message as the writer is told of it, but for where its octets are. */
export function placeInput(
  body: StoredBody,
  options: PlaceOptions,
  o: { readonly account: number; readonly now: number },
): Omit<PlaceInput, "body"> {
  // A copy of its own: crossing to the writer thread takes all the memory a view is of, such as Buffer's pool.
  const prefix =
    options.prefix !== undefined && options.prefix.length > 0 ? Uint8Array.from(options.prefix) : undefined;
  const { uniqueId } = options;
  if (uniqueId !== undefined && !isUniqueId(uniqueId))
    throw new RangeError("a unique-id has 1 to 70 octets of 0x21 to 0x7E");
  const prefixed = measurePrefix(prefix);
  return {
    account: o.account,
    prefix,
    octets: prefixed.octets + body.octets,
    stuffedLines: prefixed.stuffedLines + body.stuffedLines,
    headerOctets: prefixed.octets + body.headerOctets,
    surrogate: describeSurrogate(prefix, body),
    receivedAt: options.receivedAt ?? o.now,
    mailbox: mailboxName(options.mailbox ?? "INBOX"),
    keywords: packKeywords(options.keywords ?? []),
    uniqueId,
    deliveryKey: deliveryKey(options.deliveryId, body),
    fetched: options.fetched === undefined ? undefined : fetchedKey(options.fetched),
    now: o.now,
  };
}

function fetchedKey({ source, uniqueId, sha256, again = false, replaces }: Fetched): FetchedKey {
  if (!/^[\0-\xff]*$/.test(uniqueId)) throw new RangeError("a unique-id has one character an octet");
  return {
    source,
    uniqueId: Uint8Array.from(Buffer.from(uniqueId, "latin1")),
    sha256: digestOf(sha256),
    again,
    replaces: replaces === undefined ? undefined : { ...replaces, sha256: digestOf(replaces.sha256) },
  };
}

function digestOf(sha256: string): Uint8Array {
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RangeError("a SHA-256 has 64 hex digits");
  return Uint8Array.from(Buffer.from(sha256, "hex"));
}

function measurePrefix(prefix: Uint8Array | undefined): { readonly octets: number; readonly stuffedLines: number } {
  if (prefix === undefined) return { octets: 0, stuffedLines: 0 };
  if (prefix.length > prefixOctetsMax) throw new RangeError(`a prefix has at most ${prefixOctetsMax} octets`);
  const canonical = new Canonicaliser();
  canonical.push(prefix);
  const asGiven = canonical.octets === prefix.length && canonical.end().length === 0;
  if (!asGiven) throw new RangeError("a prefix has lines that end with CRLF");
  return { octets: prefix.length, stuffedLines: canonical.stuffedLines };
}

/** The same id with another body is another delivery. */
function deliveryKey(deliveryId: string | undefined, body: StoredBody): Uint8Array | undefined {
  if (deliveryId === undefined) return undefined;
  return createHash("sha256").update(deliveryId).update("\0").update(body.digest).digest().subarray(0, 16);
}
