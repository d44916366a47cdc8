// What a person can do about what went wrong: one sentence each.
import { Pop3Error, type Pop3ErrorCode } from "@restante/pop/client";
import type { Question, QuestionKind } from "../decide/guard.ts";
import { FetchError } from "../fetch-error.ts";
import type { FailedRow } from "./events.ts";

export interface AdviceFacts {
  readonly source: string;
  readonly error: unknown;
  /** It was logged in to before: the certificate was good then. */
  readonly hasWorked: boolean;
  readonly failed: readonly FailedRow[];
  readonly questions: readonly Question[];
}

const BY_CODE: Readonly<Partial<Record<Pop3ErrorCode, string>>> = {
  DNS: "look at the host name in the configuration, and whether this machine is online",
  CONNECT_REFUSED: "look at host, port and tls in the configuration",
  CONNECT_TIMEOUT: "look at host and port in the configuration, and whether a firewall is in between",
  TLS_UNTRUSTED:
    "if the server is really yours, pin its certificate: restante fetch serverinfo shows what to write after pin =",
  TLS_NAME: "write the host name the certificate is for, or pin the certificate",
  TLS_EXPIRED: "tell whoever runs the server that its certificate is out of date, and look at this machine's clock",
  TLS_PIN: "find out why the server has another certificate before you change the pin",
  TLS_UNAVAILABLE: 'the server offers no STLS here: write tls = "implicit", or find out who takes it away',
  TLS_HANDSHAKE: 'look at port and tls: implicit is for port 995, "stls-required" for port 110',
  AUTH_REJECTED: "look at user and password; some providers want an app password",
  AUTH_NO_MECHANISM: "the server wants another way to log in than the ones allowed here",
  AUTH_CLEARTEXT_REFUSED:
    'write tls = "implicit" or "stls-required"; allow_cleartext = true lets the password go out in clear',
  AUTH_THROTTLED: "collect less often: raise every =",
  MAILBOX_BUSY: "another program has the maildrop open; it is tried again",
  LOGIN_DELAY: "collect less often: raise every =",
  SERVER_PERMANENT: "ask whoever runs the server; it will not mend itself",
  PROTOCOL: "look at host and port: what answers there is not POP3",
};

/** RFC 8314 §5.4: a pin is for when a source is set up, and is not offered when its certificate fails later. */
const BY_CODE_LATER: typeof BY_CODE = {
  TLS_UNTRUSTED: "its certificate was good before: somebody may be in between; ask whoever runs the server",
  TLS_NAME: "its certificate was good before: somebody may be in between; ask whoever runs the server",
};

const BY_QUESTION: Readonly<Record<QuestionKind, string>> = {
  many: "look at restante fetch plan; restante fetch run --allow many removes them",
  clock: "set the clock right; if it is right, restante fetch run --allow clock goes on",
  restored: "look at restante fetch plan; restante fetch run --allow restored goes on",
  migration: "look at restante fetch plan before the next run",
};

export function adviceFor({ source, error, hasWorked, failed, questions }: AdviceFacts): readonly string[] {
  const advice = questions.map(({ kind }) => BY_QUESTION[kind]);
  if (error instanceof Pop3Error) {
    const text =
      (hasWorked ? BY_CODE_LATER[error.code] : undefined) ??
      BY_CODE[error.code] ??
      (error.retry === "later" || error.retry === "now" ? "the next run goes on where this one stopped" : undefined);
    if (text !== undefined) advice.push(text);
  }
  if (error instanceof FetchError && error.code.startsWith("destination"))
    advice.push("nothing was lost: what did not arrive is still on the server");
  if (failed.some(({ quarantined }) => quarantined))
    advice.push(
      `quarantined messages stay on the server; restante fetch state forget ${source} --quarantined tries them again`,
    );
  return advice;
}
