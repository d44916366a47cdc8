// The certificate of a post office that was given none: self-signed, ECDSA P-256, kept in the data directory.
import { X509Certificate, createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { join } from "node:path";
import { makeFolder } from "../../files/index.ts";
import { provideReflectMetadata } from "./reflect-metadata.ts";

/** PEM texts. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

const DAY_MS = 86_400_000;
/** Apple's programs accept no longer life from a certificate its owner trusts by hand. */
const VALID_DAYS = 825;
/** A clock that is a little behind must not refuse a new certificate. */
const BACKDATED_MS = DAY_MS;

export interface SelfSignedOptions {
  readonly dataDir: string;
  /** Named beside localhost, 127.0.0.1 and ::1. */
  readonly hostName: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Reads the kept pair; makes one when there is none, when it has expired, or when it cannot be read. */
export async function openSelfSigned(
  options: SelfSignedOptions,
): Promise<CertificatePair & { readonly made: boolean }> {
  const kept = readKept(options.dataDir);
  if (kept !== undefined && isCurrent(kept, options.now)) return { ...kept, made: false };
  const pair = await makePair(options);
  keep(options.dataDir, pair);
  return { ...pair, made: true };
}

const folderOf = (dataDir: string): string => join(dataDir, "tls");
const certificateFile = (dataDir: string): string => join(folderOf(dataDir), "certificate.pem");
const keyFile = (dataDir: string): string => join(folderOf(dataDir), "key.pem");

function readKept(dataDir: string): CertificatePair | undefined {
  try {
    return { cert: readFileSync(certificateFile(dataDir), "utf8"), key: readFileSync(keyFile(dataDir), "utf8") };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A pair torn by a crash between its two files counts as none. */
function isCurrent(pair: CertificatePair, now: number): boolean {
  try {
    const certificate = new X509Certificate(pair.cert);
    return (
      certificate.checkPrivateKey(createPrivateKey(pair.key)) &&
      certificate.validToDate.getTime() > now &&
      certificate.validFromDate.getTime() <= now
    );
  } catch {
    return false; // not a certificate, or not a key: made anew
  }
}

function keep(dataDir: string, pair: CertificatePair): void {
  makeFolder(folderOf(dataDir));
  replaceFile(keyFile(dataDir), pair.key, 0o600);
  replaceFile(certificateFile(dataDir), pair.cert, 0o644);
}

function replaceFile(path: string, text: string, mode: number): void {
  const fresh = `${path}.new`;
  rmSync(fresh, { force: true });
  writeFileSync(fresh, text, { mode, flag: "wx", flush: true });
  renameSync(fresh, path);
}

async function makePair({ hostName, now }: SelfSignedOptions): Promise<CertificatePair> {
  provideReflectMetadata();
  // Loaded only here: on every start but the first it would be 100 ms for nothing.
  const x509 = await import("@peculiar/x509");
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const names = [...new Set(["localhost", "127.0.0.1", "::1", hostName])];
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    // RFC 5280 §4.1.2.2: a positive number of at most 20 octets.
    serialNumber: `5a${randomBytes(15).toString("hex")}`,
    name: [{ CN: ["Restante on this machine"] }],
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(now - BACKDATED_MS),
    notAfter: new Date(now + VALID_DAYS * DAY_MS - BACKDATED_MS),
    extensions: [
      // Not an authority: whoever trusts it trusts this machine's mail and nothing else.
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? "dns" : "ip", value })),
      ),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" }).export({ type: "pkcs8", format: "pem" });
  return { cert: `${certificate.toString("pem")}\n`, key: key.toString() };
}
