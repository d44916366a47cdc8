// A server's certificate, and the two ways to trust it.
import { createHash, X509Certificate } from "node:crypto";
import { TEST_CERTIFICATE } from "../support/certificate.ts";

export const TLS = { key: TEST_CERTIFICATE.key, cert: TEST_CERTIFICATE.cert };
export const TRUST = { ca: TEST_CERTIFICATE.cert };
export const CERTIFICATE = new X509Certificate(TEST_CERTIFICATE.cert);
export const PIN = `sha256/${createHash("sha256")
  .update(CERTIFICATE.publicKey.export({ type: "spki", format: "der" }))
  .digest("base64")}`;
