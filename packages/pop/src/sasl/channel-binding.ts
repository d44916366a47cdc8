// What both ends of a TLS connection know and nobody else, for the -PLUS mechanisms.
import { createHash } from "node:crypto";
import type { ChannelBinding } from "./contract.ts";

const exporterOctets = 32;

/** What a driver tells of its TLS connection, on either end. */
export interface BoundConnection {
  /** As Node writes it: `TLSv1.3`. */
  readonly protocol: string | null;
  /** RFC 8446 §7.5, with an empty context. */
  exportKeyingMaterial(octets: number, label: string): Uint8Array;
  /** The server's, in DER; the same seen from both ends. Several when it is one of them, and this end cannot tell which. */
  readonly serverCertificates: readonly Uint8Array[];
}

/** Every binding this connection can offer, the best first. */
export function channelBindings(connection: BoundConnection): readonly ChannelBinding[] {
  const bindings: ChannelBinding[] = [];
  // RFC 9266 §2. Below TLS 1.3 it is unique only with an extended master secret (§4.2), which Node does not tell.
  if (connection.protocol === "TLSv1.3") {
    const data = connection.exportKeyingMaterial(exporterOctets, "EXPORTER-Channel-Binding");
    bindings.push({ type: "tls-exporter", data });
  }
  for (const der of connection.serverCertificates) {
    const data = serverEndPoint(der);
    if (data !== undefined) bindings.push({ type: "tls-server-end-point", data });
  }
  return bindings;
}

/** RFC 5929 §4.1: the certificate hashed as its signature hashes, MD5 and SHA-1 replaced by SHA-256. */
function serverEndPoint(der: Uint8Array): Uint8Array | undefined {
  const certificate = Buffer.from(der.buffer, der.byteOffset, der.byteLength);
  const hash = HASH_OF_SIGNATURE[signatureAlgorithm(certificate)];
  return hash === undefined ? undefined : createHash(hash).update(certificate).digest();
}

/** DER contents of the object identifier, in hexadecimal. One that is not here has no single hash: no binding. */
const HASH_OF_SIGNATURE: Readonly<Record<string, string>> = {
  "2a864886f70d010104": "sha256", // md5WithRSAEncryption
  "2a864886f70d010105": "sha256", // sha1WithRSAEncryption
  "2a864886f70d01010b": "sha256", // sha256WithRSAEncryption
  "2a864886f70d01010c": "sha384", // sha384WithRSAEncryption
  "2a864886f70d01010d": "sha512", // sha512WithRSAEncryption
  "2a8648ce3d0401": "sha256", // ecdsa-with-SHA1
  "2a8648ce3d040302": "sha256", // ecdsa-with-SHA256
  "2a8648ce3d040303": "sha384", // ecdsa-with-SHA384
  "2a8648ce3d040304": "sha512", // ecdsa-with-SHA512
};

/** RFC 5280 §4.1: Certificate is a sequence of tbsCertificate, signatureAlgorithm (a sequence led by its identifier), signature. */
function signatureAlgorithm(certificate: Buffer): string {
  const tbsCertificate = element(certificate, element(certificate, 0).start);
  const algorithm = element(certificate, element(certificate, tbsCertificate.end).start);
  return certificate.toString("hex", algorithm.start, algorithm.end);
}

/** Where the contents of the DER element at `at` start and end. */
function element(der: Buffer, at: number): { readonly start: number; readonly end: number } {
  const first = der[at + 1] ?? 0;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const lengthOctets = first & 0x7f;
  const start = at + 2 + lengthOctets;
  return { start, end: start + der.readUIntBE(at + 2, lengthOctets) };
}
