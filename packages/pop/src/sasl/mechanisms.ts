// What a server offers, strongest first.
import { randomBytes } from "node:crypto";
import type { SaslServerMechanism } from "./contract.ts";
import { cramMd5 } from "./cram-md5.ts";
import { login } from "./login.ts";
import { plain } from "./plain.ts";
import { defaultSaslprep, type Saslprep } from "./saslprep.ts";
import { scramServer } from "./scram-server.ts";

export interface MechanismOptions {
  /** Prepares names and passwords; this package's own unless given. */
  readonly saslprep?: Saslprep;
  /** Makes the server's part of a SCRAM nonce; 24 random characters unless given. Tests give a known one. */
  readonly makeNonce?: () => string;
  /** Offer CRAM-MD5, with this name in its challenges. Off unless given: it needs secrets that the server can read. */
  readonly cramMd5?: { readonly hostName: string };
}

/** The server side of every mechanism of this package, strongest first. */
export function serverMechanisms(options: MechanismOptions = {}): readonly SaslServerMechanism[] {
  const saslprep = options.saslprep ?? defaultSaslprep;
  const makeNonce = options.makeNonce ?? (() => randomBytes(18).toString("base64"));
  return [
    scramServer({ hash: "sha256", plus: true, saslprep, makeNonce }),
    scramServer({ hash: "sha256", plus: false, saslprep, makeNonce }),
    scramServer({ hash: "sha1", plus: true, saslprep, makeNonce }),
    scramServer({ hash: "sha1", plus: false, saslprep, makeNonce }),
    plain({ saslprep }),
    login({ saslprep }),
    ...(options.cramMd5 === undefined ? [] : [cramMd5({ saslprep, hostName: options.cramMd5.hostName })]),
  ];
}

/** The same with this package's own SASLprep. */
export const SERVER_MECHANISMS: readonly SaslServerMechanism[] = serverMechanisms();
