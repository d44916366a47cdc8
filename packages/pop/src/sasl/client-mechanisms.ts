// What a client can authenticate with, strongest first.
import { randomBytes } from "node:crypto";
import { OAUTHBEARER_CLIENT, XOAUTH2_CLIENT } from "./bearer.ts";
import type { SaslClientMechanisms } from "./client-contract.ts";
import { CRAM_MD5_CLIENT } from "./cram-md5.ts";
import { EXTERNAL_CLIENT } from "./external.ts";
import { LOGIN_CLIENT } from "./login.ts";
import type { MechanismOptions } from "./mechanisms.ts";
import { PLAIN_CLIENT } from "./plain.ts";
import { defaultSaslprep } from "./saslprep.ts";
import { scramClient } from "./scram-client.ts";

/** The client side of every mechanism of this package, strongest first. */
export function clientMechanisms(options: MechanismOptions = {}): SaslClientMechanisms {
  const saslprep = options.saslprep ?? defaultSaslprep;
  const makeNonce = options.makeNonce ?? (() => randomBytes(18).toString("base64"));
  return [
    scramClient({ hash: "sha256", plus: true, saslprep, makeNonce }),
    scramClient({ hash: "sha256", plus: false, saslprep, makeNonce }),
    scramClient({ hash: "sha1", plus: true, saslprep, makeNonce }),
    scramClient({ hash: "sha1", plus: false, saslprep, makeNonce }),
    PLAIN_CLIENT,
    LOGIN_CLIENT,
    CRAM_MD5_CLIENT,
    OAUTHBEARER_CLIENT,
    XOAUTH2_CLIENT,
    EXTERNAL_CLIENT,
  ];
}

/** The same with this package's own SASLprep. */
export const CLIENT_MECHANISMS: SaslClientMechanisms = clientMechanisms();
