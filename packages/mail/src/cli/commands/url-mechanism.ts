// The way to log in that a POP URL names: that one, and no other (RFC 2384 §4).
import type { PasswordMechanism, PopUrl } from "@restante/pop/client";
import { CliError } from "../failure.ts";

const PASSWORD_MECHANISMS: readonly PasswordMechanism[] = [
  "SCRAM-SHA-256-PLUS",
  "SCRAM-SHA-256",
  "SCRAM-SHA-1-PLUS",
  "SCRAM-SHA-1",
  "PLAIN",
  "LOGIN",
  "CRAM-MD5",
];

/** Undefined: the client chooses. Throws CliError `usage` for one that is not known here. */
export function mechanismOf({ mechanism }: PopUrl): PasswordMechanism | undefined {
  if (mechanism === undefined) return undefined;
  if (mechanism.toUpperCase() === "+APOP") return "APOP";
  const found = PASSWORD_MECHANISMS.find((name) => name === mechanism.toUpperCase());
  if (found !== undefined) return found;
  throw new CliError(
    "usage",
    `;AUTH=${mechanism} is not known here; write one of ${PASSWORD_MECHANISMS.join(", ")}, +APOP`,
  );
}
