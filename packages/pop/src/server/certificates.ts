// Which certificate a client is shown: the one that is for the name it asks for (RFC 6066 §3), the first otherwise.
import { X509Certificate } from "node:crypto";
import type { SecureContext, SecureContextOptions, TLSSocketOptions } from "node:tls";
import { serverContext } from "./tls.ts";

/** Certificate and key as createSecureContext takes them, or several such pairs, each with its `cert`. */
export type ServerTls = SecureContextOptions | readonly SecureContextOptions[];

/** What handshakes use until it is replaced by another. */
export interface Certificates {
  /** The first one's; also of a client that names no host, or one that no certificate is for. */
  readonly context: SecureContext;
  /** Undefined when there is nothing to choose. */
  readonly choose: TLSSocketOptions["SNICallback"];
  /** Every one of them in DER. */
  readonly all: readonly Uint8Array[];
}

interface Shown {
  readonly context: SecureContext;
  /** More than one when the same name has keys of several kinds. */
  readonly leaves: readonly X509Certificate[];
}

/** Throws what createSecureContext throws on a pair that cannot be used, and TypeError on several that cannot be told apart. */
export function certificatesOf(tls: ServerTls): Certificates {
  const shown = [tls].flat().map((options): Shown => ({ context: serverContext(options), leaves: leavesOf(options) }));
  const [first] = shown;
  if (first === undefined) throw new TypeError("no certificate is given; leave `tls` out to do without TLS");
  if (shown.length > 1 && shown.some(({ leaves }) => leaves.length === 0)) {
    throw new TypeError("each of several certificates needs `cert`: it is chosen by the names in it");
  }
  return {
    context: first.context,
    choose: shown.length === 1 ? undefined : (name, done) => done(null, contextFor(name, shown)),
    all: shown.flatMap(({ leaves }) => leaves.map(({ raw }) => raw)),
  };
}

function leavesOf({ cert }: SecureContextOptions): readonly X509Certificate[] {
  return [cert ?? []].flat().map((pem) => new X509Certificate(pem));
}

/** Undefined, which leaves the first, when none is for this name. A name written out goes before a wildcard. */
function contextFor(name: string, shown: readonly Shown[]): SecureContext | undefined {
  const found = (wildcards: boolean): Shown | undefined =>
    shown.find(({ leaves }) => leaves.some((leaf) => isFor(name, { leaf, wildcards })));
  return (found(false) ?? found(true))?.context;
}

/** By its DNS names alone; a wildcard is a whole label. */
function isFor(name: string, o: { readonly leaf: X509Certificate; readonly wildcards: boolean }): boolean {
  const { leaf, wildcards } = o;
  return leaf.checkHost(name, { subject: "never", partialWildcards: false, wildcards }) !== undefined;
}
