// What the TLS listeners show: the configured certificate, or the self-signed one of the data directory.
import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContextOptions } from "node:tls";
import { readSecret, type Config, type TlsFiles } from "../../config/index.ts";
import { OfficeError } from "../office-error.ts";
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

/** Throws OfficeError `certificate` with what is wrong with which file. */
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
  const cert = await readPem("tls.certificate", tls.certificateFile);
  const key = await readPem("tls.key", tls.keyFile);
  const passphrase = tls.keyPassphrase === undefined ? undefined : await readPassphrase(tls);
  const certificate = understand(
    `tls.certificate: ${tls.certificateFile} holds no certificate; give a PEM file that begins with the server's own`,
    () => new X509Certificate(cert),
  );
  const privateKey = understand(
    `tls.key: ${tls.keyFile} holds no private key that can be opened; give a PEM file, and tls.key_passphrase when it is encrypted`,
    () => createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new OfficeError(
      "certificate",
      `tls.key: ${tls.keyFile} is not the key of the certificate in ${tls.certificateFile}; give the two that belong together`,
    );
  return { cert, key, ...(passphrase === undefined ? {} : { passphrase }) };
}

async function readPem(name: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw new OfficeError(
      "certificate",
      `${name}: ${path} cannot be read (${String((error as NodeJS.ErrnoException).code)}); check the path and its mode`,
      { cause: error },
    );
  }
}

async function readPassphrase(tls: TlsFiles): Promise<string> {
  if (tls.keyPassphrase === undefined) return "";
  try {
    return await readSecret(tls.keyPassphrase, process.env);
  } catch (error) {
    throw new OfficeError(
      "certificate",
      `tls.key_passphrase: ${error instanceof Error ? error.message : "cannot be read"}`,
      { cause: error },
    );
  }
}

/** OpenSSL's own texts help nobody: the cause goes to the log. */
function understand<T>(text: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new OfficeError("certificate", text, { cause: error });
  }
}
