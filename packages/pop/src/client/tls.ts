// TLS around a stream that is there: verified by issuer and name, or by a pin; never unverified.
import { createHash, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls, type ConnectionOptions, type TLSSocket } from "node:tls";
import { channelBindings, type ChannelBinding } from "../sasl/index.ts";
import type { CertificateInfo, Pop3Options, TlsInfo, TlsOptions } from "./contract.ts";
import { Pop3Error, printable } from "./errors.ts";
import { abortedError, tlsError } from "./network-errors.ts";
import { checkServerName } from "./server-name.ts";

export interface TlsPlan {
  readonly host: string;
  readonly mailDomain: string | undefined;
  readonly options: TlsOptions;
  readonly pins: readonly string[];
}

const PIN = /^sha256\/[A-Za-z0-9+/]{43}=$/;
const FINGERPRINT = /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/;

/** Throws Pop3Error CONFIG for a pin that is none, or is of a hash that can be forged. */
export function tlsPlan(options: Pick<Pop3Options, "host" | "mailDomain" | "pin" | "tlsOptions">): TlsPlan {
  const given = options.pin === undefined ? [] : typeof options.pin === "string" ? [options.pin] : options.pin;
  const pins = given.map((pin) => {
    const normal = PIN.test(pin) ? pin : colons(pin);
    if (PIN.test(normal) || FINGERPRINT.test(normal)) return normal;
    const message = "a pin is sha256/BASE64 of the public key, or a SHA-256 fingerprint";
    throw new Pop3Error("CONFIG", { phase: "connect", message });
  });
  return { host: options.host, mailDomain: options.mailDomain, options: options.tlsOptions ?? {}, pins };
}

/** A connection after its handshake, with what was known then. */
export interface Secured {
  readonly socket: TLSSocket;
  readonly info: TlsInfo;
  readonly channelBindings: readonly ChannelBinding[];
}

/** Does the handshake. Rejects with Pop3Error; the stream is then destroyed. */
export function startTls(stream: Duplex, plan: TlsPlan, signal: AbortSignal): Promise<Secured> {
  return new Promise((resolve, reject) => {
    let socket: TLSSocket;
    try {
      socket = connectTls(connectionOptions(stream, plan));
    } catch (cause) {
      stream.destroy();
      return reject(unusable(cause));
    }
    const fail = (error: unknown): void => {
      signal.removeEventListener("abort", abort);
      socket.destroy();
      stream.destroy();
      reject(tlsError(error));
    };
    const abort = (): void => fail(abortedError("tls", signal));
    const onClose = (): void =>
      fail(new Pop3Error("TLS_HANDSHAKE", { phase: "tls", message: "closed during the handshake" }));
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    socket.on("error", fail);
    socket.once("close", onClose);
    socket.once("secureConnect", () => {
      let certificate: X509Certificate;
      try {
        certificate = trustedCertificate(socket, plan.pins);
      } catch (error) {
        return fail(error);
      }
      signal.removeEventListener("abort", abort);
      socket.off("close", onClose);
      // From here on errors are the connection's business; it listens before this promise is heard of.
      socket.off("error", fail);
      socket.on("error", nothing);
      resolve({
        socket,
        info: tlsInfo(socket, certificate, plan.pins),
        channelBindings: channelBindings({
          protocol: socket.getProtocol(),
          exportKeyingMaterial: (octets, label) => socket.exportKeyingMaterial(octets, label, Buffer.alloc(0)),
          serverCertificates: [certificate.raw],
        }),
      });
    });
  });
}

/** What the caller gave is no certificate or key, or they do not belong together. */
function unusable(cause: unknown): Pop3Error {
  const { reason = "" } = cause as { readonly reason?: string };
  const message = `the certificates or the key that were given cannot be used${reason === "" ? "" : ` (${reason})`}`;
  return new Pop3Error("CONFIG", { phase: "tls", message, cause, sessionUsable: false });
}

function tlsInfo(socket: TLSSocket, certificate: X509Certificate, pins: readonly string[]): TlsInfo {
  return {
    protocol: socket.getProtocol() ?? "unknown",
    cipher: socket.getCipher().name,
    trustedBy: pins.length > 0 ? "pin" : "issuer",
    ...certificateInfo(certificate),
  };
}

function certificateInfo(certificate: X509Certificate): CertificateInfo {
  return {
    pin: publicKeyPin(certificate),
    fingerprint: certificate.fingerprint256,
    subject: distinguished(certificate.subject),
    issuer: distinguished(certificate.issuer),
    names: namesIn(certificate),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
  };
}

/** Node gives a line each, the most general first, and nothing for an empty one. */
function distinguished(name: string | undefined): string {
  return safe((name ?? "").split("\n").reverse().join(", "));
}

/** Node writes a comma inside a name as \u002c. */
function namesIn({ subjectAltName = "" }: X509Certificate): readonly string[] {
  return subjectAltName.split(", ").flatMap((name) => {
    const [, written] = /^(?:DNS|IP Address):(.+)$/.exec(name) ?? [];
    return written === undefined ? [] : [safe(written)];
  });
}

/** A server may write anything into its certificate. */
function safe(text: string): string {
  return printable(Buffer.from(text).toString("latin1"));
}

function connectionOptions(socket: Duplex, { host, mailDomain, options }: TlsPlan): ConnectionOptions {
  const { ca, cert, ciphers, key, passphrase, pfx, secureContext, servername } = options;
  const name = servername ?? host;
  return {
    ...given({ ca, cert, ciphers, key, passphrase, pfx, secureContext }),
    socket,
    host: name,
    // RFC 6186 §4; an address is no name to send (RFC 6066 §3).
    ...(isIP(name) === 0 && { servername: name }),
    minVersion: options.minVersion ?? "TLSv1.2",
    checkServerIdentity: (_, certificate) => checkServerName(name, certificate, mailDomain),
    // Whether it is trusted is told by `trustedCertificate` before anything is said: by then Node would have hung up, and nobody
    // could look at what was refused.
    rejectUnauthorized: false,
  };
}

/** The server's. Throws Pop3Error for one that is not trusted; a pin takes the place of issuers, names and dates. */
function trustedCertificate(socket: TLSSocket, pins: readonly string[]): X509Certificate {
  // Node tells it once; asked again it may have none.
  const certificate = socket.getPeerX509Certificate();
  const shown = certificate === undefined ? undefined : certificateInfo(certificate);
  const isTrusted =
    pins.length === 0
      ? socket.authorized
      : shown !== undefined && (pins.includes(shown.pin) || pins.includes(shown.fingerprint));
  if (certificate !== undefined && isTrusted) return certificate;
  if (pins.length > 0) throw new Pop3Error("TLS_PIN", { phase: "tls", certificate: shown });
  // A code, whatever its type says.
  const code = String(socket.authorizationError);
  throw tlsError(Object.assign(new Error(code), { code }), shown);
}

function publicKeyPin(certificate: X509Certificate): string {
  const key = certificate.publicKey.export({ type: "spki", format: "der" });
  return `sha256/${createHash("sha256").update(key).digest("base64")}`;
}

/** A fingerprint with colons and in upper case, however it was written. */
function colons(pin: string): string {
  const digits = pin.replace(/[:\s]/g, "").toUpperCase();
  return /^[0-9A-F]{64}$/.test(digits) ? (digits.match(/../g) as string[]).join(":") : pin;
}

function given<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function nothing(): void {}
