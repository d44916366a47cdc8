// What the TLS listeners show: the configured certificates, or the self-signed one of the data directory.
import { X509Certificate, createPrivateKey } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { SecureContextOptions } from "node:tls";
import { readSecret, type Config, type Secret, type TlsFiles } from "../../config/index.ts";
import type { ShownCertificate } from "../live-office.ts";
import { CertificateError } from "../office-error.ts";
import { openSelfSigned, type CertificatePair } from "./self-signed.ts";

/** The first of each list is for clients that ask for a name none is for. */
export interface TlsMaterial {
  /** What createSecureContext takes. */
  readonly contexts: readonly SecureContextOptions[];
  /** What may be told of the same certificates; never a key. */
  readonly shown: readonly ShownCertificate[];
}

/** RFC 8996: nothing below TLS 1.2. */
const FLOOR = { minVersion: "TLSv1.2" } as const;

/** Throws CertificateError with what is wrong with which file. */
export async function openTlsMaterial(
  config: Pick<Config, "tls" | "dataDir" | "hostName">,
  now: number,
): Promise<TlsMaterial> {
  const pairs = await Promise.all(config.tls.map(readConfigured));
  const selfSigned = pairs.length === 0;
  if (selfSigned) pairs.push(await openSelfSigned({ dataDir: config.dataDir, hostName: config.hostName, now }));
  return {
    contexts: pairs.map((pair) => ({ ...FLOOR, ...pair })),
    shown: pairs.map(({ cert }) => shownOf(new X509Certificate(cert), selfSigned)),
  };
}

function shownOf(certificate: X509Certificate, selfSigned: boolean): ShownCertificate {
  return {
    names: dnsNames(certificate),
    selfSigned,
    fingerprint: certificate.fingerprint256,
    validTo: certificate.validToDate.getTime(),
  };
}

function dnsNames({ subjectAltName = "" }: X509Certificate): readonly string[] {
  return subjectAltName.split(", ").flatMap((name) => (name.startsWith("DNS:") ? [name.slice("DNS:".length)] : []));
}

interface ConfiguredPair extends CertificatePair {
  readonly passphrase?: string;
}

async function readConfigured({ table, certificateFile, keyFile, keyPassphrase }: TlsFiles): Promise<ConfiguredPair> {
  const place = { certificate: `${table}.certificate`, key: `${table}.key`, passphrase: `${table}.key_passphrase` };
  const cert = await readPem(place.certificate, certificateFile);
  const key = await readPem(place.key, keyFile);
  const passphrase = keyPassphrase === undefined ? undefined : await readPassphrase(place.passphrase, keyPassphrase);
  const certificate = understand(
    place.certificate,
    `${certificateFile} holds no certificate; give a PEM file that begins with the server's own`,
    () => new X509Certificate(cert),
  );
  const privateKey = understand(
    place.key,
    `${keyFile} holds no private key that can be opened; give a PEM file, and key_passphrase when it is encrypted`,
    () => createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) }),
  );
  if (!certificate.checkPrivateKey(privateKey))
    throw new CertificateError(
      place.key,
      `${keyFile} is not the key of the certificate in ${certificateFile}; give the two that belong together`,
    );
  if (table !== "tls" && dnsNames(certificate).length === 0)
    throw new CertificateError(
      place.certificate,
      `the certificate in ${certificateFile} is for no DNS name, so nobody would be shown it; name it in [tls], or give another`,
    );
  return { cert, key, ...(passphrase === undefined ? {} : { passphrase }) };
}

async function readPem(place: string, path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new CertificateError(place, `${path} cannot be read (${String(code)}); check the path and its mode`, {
      cause,
    });
  }
}

async function readPassphrase(place: string, passphrase: Secret): Promise<string> {
  try {
    return await readSecret(passphrase, process.env);
  } catch (cause) {
    throw new CertificateError(place, cause instanceof Error ? cause.message : "cannot be read", { cause });
  }
}

/** OpenSSL's own texts help nobody: the cause goes to the log. */
function understand<T>(place: string, text: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new CertificateError(place, text, { cause });
  }
}
