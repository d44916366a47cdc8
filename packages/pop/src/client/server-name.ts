// Is the certificate for this name? Node's own check, without the wildcards it still takes: RFC 8314 §5.3 wants them to
// be the whole left-most label.
import { checkServerIdentity, type PeerCertificate } from "node:tls";

/** As Node's checkServerIdentity: an error, or undefined. */
export function checkServerName(host: string, certificate: PeerCertificate): Error | undefined {
  const names = certificate.subjectaltname?.split(", ");
  if (names === undefined) return checkServerIdentity(host, certificate);
  const allowed = names.filter((name) => !name.includes("*") || /^DNS:\*\.[^*]+$/.test(name));
  // Without a DNS name Node would fall back to the common name, which only a certificate without names may use.
  const refused = allowed.length === 0 ? ["DNS:none.invalid"] : allowed;
  return checkServerIdentity(host, { ...certificate, subjectaltname: refused.join(", ") });
}
