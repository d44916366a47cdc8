// Is the certificate for this name? Node's own check, without the wildcards it still takes: RFC 8314 §5.3 wants them to
// be the whole left-most label. Or for the mail of the domain whose records named the host.
import { checkServerIdentity, type PeerCertificate } from "node:tls";

/** As Node's checkServerIdentity: an error, or undefined. */
export function checkServerName(host: string, certificate: PeerCertificate, mailDomain?: string): Error | undefined {
  // Node writes a name that has a comma in it with \u002c: one name never passes for two.
  const names = certificate.subjectaltname?.split(", ");
  if (names === undefined) return checkServerIdentity(host, certificate);
  if (mailDomain !== undefined && isForMailOf(mailDomain, names)) return undefined;
  const allowed = names.filter((name) => !name.includes("*") || /^DNS:\*\.[^*]+$/.test(name));
  // Without a DNS name Node would fall back to the common name, which only a certificate without names may use.
  const refused = allowed.length === 0 ? ["DNS:none.invalid"] : allowed;
  return checkServerIdentity(host, { ...certificate, subjectaltname: refused.join(", ") });
}

/** RFC 7817 §3: the mail domain as SRV-ID, of either service of POP3; no wildcards (RFC 4985 §2). */
function isForMailOf(domain: string, names: readonly string[]): boolean {
  const wanted = ["_pop3s", "_pop3"].map((service) => `othername:srvname:${service}.${domain.toLowerCase()}`);
  return names.some((name) => wanted.includes(name.toLowerCase()));
}
