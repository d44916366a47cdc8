// Other people's programs on this machine. One that is missing is skipped with the package that brings it; CI allows no skip.
import { execFileSync } from "node:child_process";

const PACKAGE: Readonly<Record<string, string>> = {
  curl: "curl",
  dovecot: "dovecot-pop3d",
  fetchmail: "fetchmail",
  mpop: "mpop",
  python3: "python3",
  openssl: "openssl",
};

/** Test options that skip, with a reason, when `program` is not installed. */
export function needs(program: string): { readonly skip: string | false } {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return { skip: false };
  } catch {
    return { skip: `${program} is not installed: apt-get install ${PACKAGE[program] ?? program}` };
  }
}

/** The three ways a mail program reaches its maildrop. */
export type Transport = "cleartext" | "STLS" | "TLS";

export const TRANSPORTS: readonly Transport[] = ["cleartext", "STLS", "TLS"];

/** How large the maildrop is that is collected twice. */
export const LETTERS = process.env["RESTANTE_LONG"] === "1" ? 500 : 100;
