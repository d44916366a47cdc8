// Which ways to log in a channel offers (RFC 2595 §2.3, RFC 5034 §4).
import { PopError } from "../errors.ts";
import { PLAIN_KERNEL } from "../octets.ts";
import type { OfferedMechanism, ServerSession } from "./server-session.ts";

/** Passwords may cross this channel as they are: it is encrypted, or it never leaves the machine. */
export function allowsPlaintext({ channel }: ServerSession): boolean {
  return channel.encrypted || channel.loopback;
}

/** Refuses USER and PASS where a password would be seen. */
export function demandPlaintextAllowed(session: ServerSession): void {
  if (!allowsPlaintext(session)) throw new PopError("PLAINTEXT_REFUSED");
}

/** The mechanisms of this channel, strongest first. */
export function offeredMechanisms(session: ServerSession): readonly OfferedMechanism[] {
  const plaintext = allowsPlaintext(session);
  return session.policy.mechanisms.filter(
    (mechanism) => (plaintext || !mechanism.plaintext) && (session.channel.encrypted || !mechanism.channelBinding),
  );
}

/** The mechanism a client names, in any case; throws UNKNOWN_MECHANISM, PLAINTEXT_REFUSED or BAD_ARGUMENT. */
export function chosenMechanism(session: ServerSession, word: Uint8Array): OfferedMechanism {
  const name = PLAIN_KERNEL.latin1(word);
  // RFC 4422 §3.1: 1 to 20 letters, digits, hyphens and underscores.
  if (!/^[A-Za-z0-9_-]{1,20}$/u.test(name)) throw new PopError("BAD_ARGUMENT");
  const known = session.policy.mechanisms.find((mechanism) => mechanism.name === name.toUpperCase());
  if (known?.plaintext === true) demandPlaintextAllowed(session);
  if (known === undefined || !offeredMechanisms(session).includes(known)) throw new PopError("UNKNOWN_MECHANISM");
  return known;
}
