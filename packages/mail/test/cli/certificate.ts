// Self-signed certificates for servers on 127.0.0.1, each with a key of its own.
import { createHash, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSelfSigned } from "../../src/office/certificate/self-signed.ts";

export interface MadeCertificate {
  readonly cert: string;
  readonly key: string;
  /** Of its public key, as a person would give it. */
  readonly pin: string;
}

export async function makeCertificate(): Promise<MadeCertificate> {
  const dataDir = mkdtempSync(join(tmpdir(), "restante-certificate-"));
  try {
    const { cert, key } = await openSelfSigned({ dataDir, hostName: "localhost", now: Date.now() });
    const publicKey = new X509Certificate(cert).publicKey.export({ type: "spki", format: "der" });
    return { cert, key, pin: `sha256/${createHash("sha256").update(publicKey).digest("base64")}` };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
