import type { Finding } from "../../mailstore/index.ts";
import type { LiveOffice } from "../live-office.ts";
import { renderSpan } from "./figures.ts";

const SOON_MS = 14 * 86_400_000;

/** The certificate that is shown now. */
export function certificateHealth(live: LiveOffice | undefined, now: number): readonly Finding[] {
  const certificate = live?.certificate;
  if (certificate === undefined) return [];
  const kind = certificate.selfSigned ? "the self-signed certificate" : "the certificate";
  const repair = certificate.selfSigned ? "restart: a new one is made" : "renew it, then send the process SIGHUP";
  if (certificate.validTo <= now) return [{ what: `${kind} has expired`, severity: "error", repair }];
  const left = renderSpan(certificate.validTo - now);
  if (certificate.validTo - now < SOON_MS) return [{ what: `${kind} expires in ${left}`, severity: "warning", repair }];
  return [{ what: `${kind} is good for ${left}, SHA-256 ${certificate.fingerprint}`, severity: "ok" }];
}
