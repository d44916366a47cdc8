// Addresses that go into an envelope: only what every server understands, and nothing that could end a line.
import type { MailAddress } from "../message/index.ts";
import { SubmissionError } from "./contract.ts";
import { SUBMISSION_LIMITS } from "./limits.ts";

/** RFC 5321 §4.1.2: dot-atom or quoted local part and a domain or address literal; RFC 6531 adds letters beyond ASCII. */
const LOCAL = /^(?:[^\s\p{Cc}"(),:;<>@[\\\]]+|"(?:[^"\\\p{Cc}]|\\[\x20-\x7e])*")$/u;
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}_-]*[\p{L}\p{N}\p{M}])?\.)*[\p{L}\p{N}](?:[\p{L}\p{N}\p{M}-]*[\p{L}\p{N}\p{M}])?$|^\[[0-9A-Za-z.:]+\]$/u;

/** The address as an envelope takes it. Throws SubmissionError `bad-address`. */
export function envelopeAddress(address: string): string {
  const at = address.lastIndexOf("@");
  const local = address.slice(0, at);
  const domain = address.slice(at + 1);
  // RFC 5321 §4.5.3.1: 64 octets before the @, 255 after it.
  const fits = Buffer.byteLength(local) <= 64 && Buffer.byteLength(domain) <= 255;
  const isDotted = local.startsWith('"') || !/^\.|\.\.|\.$/.test(local);
  if (at < 1 || !fits || !isDotted || !LOCAL.test(local) || !DOMAIN.test(domain))
    throw new SubmissionError("bad-address", `${JSON.stringify(address.slice(0, 80))} is not a mail address`);
  return address;
}

/** Every recipient once, compared without the case of its domain. Throws SubmissionError. */
export function envelopeRecipients(...lists: readonly (readonly MailAddress[])[]): readonly string[] {
  const seen = new Map<string, string>();
  for (const { address } of lists.flat()) {
    const checked = envelopeAddress(address.trim());
    const at = checked.lastIndexOf("@");
    const key = checked.slice(0, at + 1) + checked.slice(at + 1).toLowerCase();
    if (!seen.has(key)) seen.set(key, checked);
  }
  if (seen.size === 0) throw new SubmissionError("no-recipients", "nobody to send it to; add an address");
  if (seen.size > SUBMISSION_LIMITS.recipientsMax)
    throw new SubmissionError(
      "too-many-recipients",
      `${seen.size} recipients; a message takes ${SUBMISSION_LIMITS.recipientsMax}, send it in parts`,
    );
  return [...seen.values()];
}
