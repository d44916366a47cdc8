// Addresses that go into an envelope: only what every server understands, and nothing that could end a line.
import { domainToASCII } from "node:url";
import type { MailAddress } from "../message/index.ts";
import { SubmissionError } from "./contract.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";

/** RFC 5321 §4.1.2: dot-atom or quoted local part and a domain or address literal; RFC 6531 adds letters beyond ASCII. */
const LOCAL = /^(?:[^\s\p{Cc}"(),:;<>@[\\\]]+|"(?:[^"\\\p{Cc}]|\\[\x20-\x7e])*")$/u;
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$|^\[[0-9A-Za-z.:]+\]$/u;

/** The address as it was entered, checked. Throws SubmissionError `bad-address`. */
export function envelopeAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  // RFC 5321 §4.5.3.1: 64 octets before the @, 255 after it.
  const fits = Buffer.byteLength(local) <= 64 && Buffer.byteLength(domain) <= 255;
  const isDotted = local.startsWith('"') || !/^\.|\.\.|\.$/.test(local);
  if (at < 1 || !fits || !isDotted || !LOCAL.test(local) || !DOMAIN.test(domain)) throw badAddress(address);
  return address;
}

/**
 * The address as most servers take it: a domain beyond ASCII in A-labels (RFC 5890 §2.3.2.1). One whose local part is
 * beyond ASCII too stays as it is, for only a server with SMTPUTF8 takes it anyhow (RFC 6531 §3.3). Throws SubmissionError.
 */
export function wireAddress(address: string): string {
  const checked = envelopeAddress(address);
  const at = checked.lastIndexOf("@");
  const local = checked.slice(0, at);
  return isAscii(local) ? `${local}@${domainOnTheWire(checked)}` : checked;
}

/** The domain of an address, in A-labels. Throws SubmissionError. */
export function domainOnTheWire(address: string): string {
  const domain = address.slice(address.lastIndexOf("@") + 1);
  if (isAscii(domain)) return domain;
  const labels = domainToASCII(domain);
  if (labels === "") throw badAddress(address);
  return labels;
}

export function isAscii(text: string): boolean {
  return !/[^\0-\x7f]/.test(text);
}

function badAddress(address: string): SubmissionError {
  const shown = address.slice(0, 80);
  return new SubmissionError("bad-address", `${JSON.stringify(shown)} is not a mail address`, { address: shown });
}

/** Every recipient once, as servers take it, compared without the case of its domain. Throws SubmissionError. */
export function envelopeRecipients(...lists: readonly (readonly MailAddress[])[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const { address } of lists.flat()) {
    const checked = wireAddress(address.trim());
    const at = checked.lastIndexOf("@");
    const key = checked.slice(0, at + 1) + checked.slice(at + 1).toLowerCase();
    if (!seen.has(key)) seen.set(key, checked);
  }
  if (seen.size === 0) throw new SubmissionError("no-recipients", "nobody to send it to; add an address");
  if (seen.size > SUBMISSION_LIMITS.recipientsMax)
    throw new SubmissionError(
      "too-many-recipients",
      `${seen.size} recipients; a message takes ${SUBMISSION_LIMITS.recipientsMax}, send it in parts`,
      { count: seen.size, max: SUBMISSION_LIMITS.recipientsMax },
    );
  return [...seen.values()];
}
