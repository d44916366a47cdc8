// XOAUTH2 (Google's and Microsoft's) and OAUTHBEARER (RFC 7628): a bearer token of OAuth 2.0 in place of a password.
import type { SaslClientContext, SaslClientFailure, SaslClientMechanism } from "./client-contract.ts";
import { clientExchange, nothingToCheck, type ClientStory, type Findings } from "./client-exchange.ts";
import { checkedLine, checkedToken } from "./client-text.ts";
import { NO_OCTETS } from "./exchange.ts";
import { formatGs2Header } from "./scram-client-messages.ts";
import { decodeUtf8, encodeUtf8 } from "./text.ts";

const common = {
  needs: "token",
  plaintext: true,
  channelBinding: false,
  serverFirst: false,
  ignoresFirstChallenge: true,
  onRequestOnly: false,
} as const;

export const XOAUTH2_CLIENT: SaslClientMechanism = {
  ...common,
  name: "XOAUTH2",
  // Microsoft's servers refuse the token on the line of AUTH.
  prefersTwoSteps: true,
  start: (context) => start(context, { message: xoauth2Message, afterError: NO_OCTETS }),
};

export const OAUTHBEARER_CLIENT: SaslClientMechanism = {
  ...common,
  name: "OAUTHBEARER",
  prefersTwoSteps: false,
  // RFC 7628 §3.2.3: the dummy response that lets the server end the exchange.
  start: (context) => start(context, { message: oauthbearerMessage, afterError: Uint8Array.of(1) }),
};

interface Form {
  readonly message: (context: SaslClientContext, token: string) => string;
  readonly afterError: Uint8Array;
}

function start(context: SaslClientContext, form: Form) {
  const findings = nothingToCheck();
  return clientExchange(findings, () => tell(context, form, findings));
}

async function* tell(context: SaslClientContext, form: Form, findings: Findings): ClientStory {
  const { token } = await context.token();
  const challenge = yield encodeUtf8(form.message(context, checkedToken(token)));
  // After the message a server has nothing to ask: what it sends is an error, and no +OK behind it is to be believed.
  findings.isVerified = false;
  findings.failure = failureIn(challenge);
  yield form.afterError;
}

/** The name is that of the mailbox; who opens it is in the token. */
function xoauth2Message({ user, authzid = user }: SaslClientContext, token: string): string {
  return `user=${checkedLine("the name", authzid)}\x01auth=Bearer ${token}\x01\x01`;
}

/** RFC 7628 §3.1. */
function oauthbearerMessage({ user, authzid = user, host, port }: SaslClientContext, token: string): string {
  const header = formatGs2Header("n", checkedLine("the name", authzid));
  return `${header}\x01host=${checkedLine("the host", host)}\x01port=${port}\x01auth=Bearer ${token}\x01\x01`;
}

/** 400 and 401 are Google's and Microsoft's way of saying invalid_token. */
const WORTH_A_FRESH_TOKEN: ReadonlySet<string> = new Set(["invalid_token", "400", "401"]);
const textMax = 1_024;

/** RFC 7628 §3.2.2. */
function failureIn(challenge: Uint8Array): SaslClientFailure {
  const told = asObject(decodeUtf8(challenge));
  const status = told["status"];
  const scope = told["scope"];
  const said = typeof status === "string" || typeof status === "number" ? String(status).slice(0, textMax) : "";
  return {
    status: said,
    scope: typeof scope === "string" ? scope.slice(0, textMax) : undefined,
    tokenExpired: WORTH_A_FRESH_TOKEN.has(said),
  };
}

function asObject(text: string | undefined): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text ?? "");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // No JSON: an error that says nothing of itself.
  }
}
