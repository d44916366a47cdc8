// What a person can do about what went wrong. One sentence each for whoever is at a terminal; the reader has its own.
import { Pop3Error, type Pop3ErrorCode } from "@restante/pop/client";
import type { RunQuestion, RunQuestionKind } from "../decide/guard.ts";
import { FetchError, type FetchErrorCode } from "../fetch-error.ts";
import { sayerOf, type Saying } from "../said.ts";
import type { FailedRow } from "./events.ts";

export interface AdviceFacts {
  readonly source: string;
  readonly error: unknown;
  /** It was logged in to before: the certificate was good then. */
  readonly hasWorked: boolean;
  readonly failed: readonly FailedRow[];
  readonly questions: readonly RunQuestion[];
}

export const ADVICE = {
  host: "look at the host name in the configuration, and whether this machine is online",
  "host-and-port": "look at host, port and tls in the configuration",
  proxy: "look at proxy in the configuration, and whether an HTTP proxy answers there",
  "proxy-login":
    'the proxy wants a name and a password: write proxy = "http://NAME:PASSWORD@host:port", with those it knows',
  "proxy-refuses":
    "the proxy does not connect to this host and port: ask whoever runs it, or leave proxy out of the configuration",
  firewall: "look at host and port in the configuration, and whether a firewall is in between",
  pin: "if the server is really yours, pin its certificate: restante fetch serverinfo shows what to write after pin =",
  "certificate-name": "write the host name the certificate is for, or pin the certificate",
  "certificate-date":
    "tell whoever runs the server that its certificate is out of date, and look at this machine's clock",
  "pin-changed": "find out why the server has another certificate before you change the pin",
  "no-tls": 'the server offers no STLS here: write tls = "implicit", or find out who takes it away',
  "tls-and-port": 'look at port and tls: implicit is for port 995, "stls-required" for port 110',
  login: "look at user and password; some providers want an app password",
  mechanism: "the server wants another way to log in than the ones allowed here",
  cleartext: 'write tls = "implicit" or "stls-required"; allow_cleartext = true lets the password go out in clear',
  "less-often": "collect less often: raise every =",
  busy: "another program has the maildrop open; it is tried again",
  operator: "ask whoever runs the server; it will not mend itself",
  "not-pop3": "look at host and port: what answers there is not POP3",
  between: "its certificate was good before: somebody may be in between; ask whoever runs the server",
  "goes-on": "the next run goes on where this one stopped",
  "nothing-lost": "nothing was lost: what did not arrive was not removed, and is still on the server",
  "look-there": "look at that place: its disk, and whether who runs this may write there; the next run goes on",
  room: "make room: empty the trash, or remove what else is on that disk; collecting then goes on",
  "account-room":
    "make room in the account: remove mail for good, or give it more with restante account quota; collecting then goes on",
  quarantined:
    "quarantined messages stay on the server; restante fetch state forget {source} --quarantined tries them again",
  "question-many": "look at restante fetch plan; restante fetch run --allow many removes them",
  "question-clock": "set the clock right; if it is right, restante fetch run --allow clock goes on",
  "question-restored": "look at restante fetch plan; restante fetch run --allow restored goes on",
} as const satisfies Readonly<Record<string, string>> & Readonly<Record<`question-${RunQuestionKind}`, string>>;

export type AdviceCode = keyof typeof ADVICE;

export type Advice = Saying<AdviceCode>;

const advise = sayerOf<AdviceCode>(ADVICE);

const BY_CODE: Readonly<Partial<Record<Pop3ErrorCode, AdviceCode>>> = {
  DNS: "host",
  CONNECT_REFUSED: "host-and-port",
  CONNECT_TIMEOUT: "firewall",
  PROXY: "proxy",
  TLS_UNTRUSTED: "pin",
  TLS_NAME: "certificate-name",
  TLS_EXPIRED: "certificate-date",
  TLS_PIN: "pin-changed",
  TLS_UNAVAILABLE: "no-tls",
  TLS_HANDSHAKE: "tls-and-port",
  AUTH_REJECTED: "login",
  AUTH_NO_MECHANISM: "mechanism",
  AUTH_CLEARTEXT_REFUSED: "cleartext",
  AUTH_THROTTLED: "less-often",
  MAILBOX_BUSY: "busy",
  LOGIN_DELAY: "less-often",
  SERVER_PERMANENT: "operator",
  PROTOCOL: "not-pop3",
};

const BY_OUR_CODE: Readonly<Partial<Record<FetchErrorCode, readonly AdviceCode[]>>> = {
  stopped: ["goes-on"],
  state: ["nothing-lost"],
  "low-space": ["room"],
  "no-room": ["nothing-lost", "room"],
  destination: ["nothing-lost", "look-there"],
  "destination-later": ["nothing-lost", "goes-on"],
  "destination-config": ["nothing-lost"],
  "destination-full": ["nothing-lost", "account-room"],
};

/** By the status a proxy answers with; of one that answers none it is the proxy itself that is to be looked at. */
function proxyAdvice({ serverText = "" }: Pop3Error): AdviceCode | undefined {
  const status = /^\d{3}/.exec(serverText)?.[0];
  // RFC 9110 §15.5.8.
  if (status === "407") return "proxy-login";
  return status === undefined ? undefined : "proxy-refuses";
}

/** Where nobody was greeted yet: a port that TLS begins on is silent in clear, or hangs up. */
const AT_GREETING: typeof BY_CODE = {
  CLOSED: "tls-and-port",
  NETWORK: "tls-and-port",
  GREETING_TIMEOUT: "tls-and-port",
};

/** RFC 8314 §5.4: a pin is for when a source is set up, and is not offered when its certificate fails later. */
const BY_CODE_LATER: typeof BY_CODE = { TLS_UNTRUSTED: "between", TLS_NAME: "between" };

export function adviceFor({ source, error, hasWorked, failed, questions }: AdviceFacts): readonly Advice[] {
  const advice = questions.map(({ kind }): AdviceCode => `question-${kind}`);
  if (error instanceof Pop3Error) {
    const code =
      (hasWorked ? BY_CODE_LATER : error.phase === "greeting" ? AT_GREETING : {})[error.code] ??
      (error.code === "PROXY" ? proxyAdvice(error) : undefined) ??
      BY_CODE[error.code] ??
      (error.place === undefined ? undefined : "host") ??
      (error.retry === "later" || error.retry === "now" ? "goes-on" : undefined);
    if (code !== undefined) advice.push(code);
  }
  if (error instanceof FetchError) advice.push(...(BY_OUR_CODE[error.code] ?? []));
  if (failed.some(({ quarantined }) => quarantined)) advice.push("quarantined");
  return advice.map((code) => advise(code, { source }));
}
