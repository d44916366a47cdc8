// What the TLS listeners show: the configured certificate, or the self-signed one of the data directory.
import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContextOptions } from "node:tls";
import { readSecret, type Config, type Secret, type TlsFiles } from "../../config/index.ts";
import { CertificateError, type CertificateKey } from "../office-error.ts";
import { openSelfSigned } from "./self-signed.ts";

export interface TlsMaterial {
  /** What createSecureContext takes. */
  readonly context: SecureContextOptions;
  readonly selfSigned: boolean;
  /** SHA-256 of the certificate, hex in pairs, as mail programs show it. */
  readonly fingerprint: string;
  /** Milliseconds since the epoch. */
  readonly validTo: number;
}

/** RFC 8996: nothing below TLS 1.2. */
const FLOOR = { minVersion: "TLSv1.2" } as const;

/** Throws CertificateError with what is wrong with which file. */
export async function openTlsMaterial(
  config: Pick<Config, "tls" | "dataDir" | "hostName">,
  now: number,
): Promise<TlsMaterial> {
  const pair =
    config.tls === undefined
      ? await openSelfSigned({ dataDir: config.dataDir, hostName: config.hostName, now })
      : await readConfigured(config.tls);
  const certificate = new X509Certificate(pair.cert);
  return {
    context: { ...FLOOR, ...pair },
    selfSigned: config.tls === undefined,
    fingerprint: certificate.fingerprint256,
    validTo: certificate.validToDate.getTime(),
  };
}

async function readConfigured(
  tls: TlsFiles,
): Promise<{ readonly cert: string; readonly key: string; readonly passphrase?: string }> {
  const { certificateFile, keyFile } = tls;
  const cert = await readPem("tls.certificate", certificateFile);
  const key = await readPem("tls.key", keyFile);
  const passphrase = tls.keyPassphrase === undefined ? undefined : await readPassphrase(tls.keyPassphrase);
  const certificate = understand(
    "tls.certificate",
    `${certificateFile} holds no certificate; give a PEM file that begins with the server's own`,
    () => new X509Certificate(cert),
  );
  const privateKey = understand(
    "tls.key",
    `${keyFile} holds no private key that can be opened; give a PEM file, and tls.key_passphrase when it is encrypted`,
    () => createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new CertificateError(
      "tls.key",
      `${keyFile} is not the key of the certificate in ${certificateFile}; give the two that belong together`,
    );
  return { cert, key, ...(passphrase === undefined ? {} : { passphrase }) };
}

async function readPem(key: CertificateKey, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CertificateError(key, `${path} cannot be read (${String(code)}); check the path and its mode`, { cause });
  }
}

async function readPassphrase(passphrase: Secret): Promise<string> {
  try {
    return await readSecret(passphrase, process.env);
  } catch (cause) {
    throw new CertificateError("tls.key_passphrase", cause instanceof Error ? cause.message : "cannot be read", {
      cause,
    });
  }
}

/** OpenSSL's own texts help nobody: the cause goes to the log. */
function understand<T>(key: CertificateKey, text: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new CertificateError(key, text, { cause });
  }
}
