import type { Finding } from "../../mailstore/index.ts";
import type { LiveOffice, ShownCertificate } from "../live-office.ts";
import { renderSpan } from "../../observe/index.ts";

const SOON_MS = 14 * 86_400_000;

/** The certificates that are shown now. */
export function certificateHealth(live: LiveOffice | undefined, now: number): readonly Finding[] {
  return (live?.certificates ?? []).map((certificate) => healthOf(certificate, now));
}

function healthOf(certificate: ShownCertificate, now: number): Finding {
  const kind = certificate.selfSigned ? "the self-signed certificate" : `the certificate for ${nameOf(certificate)}`;
  const repair = certificate.selfSigned ? "restart: a new one is made" : "renew it, then send the process SIGHUP";
  if (certificate.validTo <= now) return { what: `${kind} has expired`, severity: "error", repair };
  const left = renderSpan(certificate.validTo - now);
  if (certificate.validTo - now < SOON_MS) return { what: `${kind} expires in ${left}`, severity: "warning", repair };
  return { what: `${kind} is good for ${left}, SHA-256 ${certificate.fingerprint}`, severity: "ok" };
}

/** Its first name tells it from the others. */
function nameOf({ names }: ShownCertificate): string {
  return names.length > 1 ? `${names[0] ?? ""} and ${names.length - 1} more` : (names[0] ?? "no name");
}
