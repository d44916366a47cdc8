// A session for a command: opened, always closed, its failures told with the next step.
import {
  connect,
  connectPop1,
  connectPop2,
  Pop3Error,
  type Pop3ErrorCode,
  type PopSession,
  type PopUrl,
} from "@restante/pop/client";
import { renderListenAddress } from "../../../config/index.ts";
import { hidePassword, maskedTrace } from "../../../retriever/index.ts";
import { CliError } from "../../failure.ts";
import { POP_EXITS } from "../../pop-exits.ts";
import type { PopLogin, PopTarget } from "./options.ts";

/** Runs with a session; rolls back whatever was not committed. A password that the server repeats is hidden. Throws CliError with the code of the Pop3Error. */
export async function withSession<T>(
  target: PopTarget,
  auth: PopLogin | undefined,
  run: (session: PopSession) => Promise<T>,
): Promise<T> {
  try {
    const session = await open(target, auth);
    try {
      const result = await run(session);
      await session.rollback();
      return result;
    } catch (error) {
      // At QUIT some servers remove what was retrieved, and not all of that need be anywhere else.
      if (session.retrieved.size > 0) session.hangUp();
      else await session.rollback();
      throw error;
    }
  } catch (error) {
    throw explained(auth === undefined ? error : hidePassword(error, auth), target);
  }
}

/** POP2 and POP1 log in as they connect, by a password. */
function open({ url, options: given }: PopTarget, auth: PopLogin | undefined): Promise<PopSession> {
  if (auth === undefined) {
    if (url.generation === undefined) return connect(given);
    throw new Error("POP2 and POP1 have nothing to say before a login");
  }
  const { trace } = given;
  const options = { ...given, ...(trace !== undefined && { trace: maskedTrace(trace, auth) }) };
  if (url.generation === undefined) return connect({ ...options, auth });
  const { user, password } = auth;
  const { port, mailbox, implicitTls } = url;
  const { tls: _, pipelining: __, hostMemory: ___, auth: ____, ...shared } = options;
  const family = {
    ...shared,
    port,
    tls: implicitTls ? "implicit" : "none",
    auth: { user, password },
    ...(mailbox !== undefined && { mailbox }),
  } as const;
  return url.generation === "pop2" ? connectPop2(family) : connectPop1(family);
}

const NEXT: Partial<Record<Pop3ErrorCode, string>> = {
  DNS: "see that the name is written right, and this machine online",
  CONNECT_REFUSED: "see that it is the right host; pops:// is port 995, pop:// is 110",
  CONNECT_TIMEOUT: "see that it is the right host and port, and whether a firewall is in between",
  TLS_UNAVAILABLE: "try pops:// (port 995), or --allow-cleartext where the way there is safe",
  TLS_EXPIRED: "its operator must renew it; until then --pin trusts exactly this one",
  TLS_HANDSHAKE: "is TLS spoken at that port? where POP3 begins in clear, write pop:// (port 110)",
  AUTH_REJECTED: "is the password right? some providers want an app password, made on their site",
  AUTH_NO_MECHANISM: "restante pop capa shows what the server offers",
  AUTH_CLEARTEXT_REFUSED: "use pops:// or a server with STLS, or --allow-cleartext where the way there is safe",
  MAILBOX_BUSY: "try again when the other session has ended",
  LOGIN_DELAY: "wait before the next login",
  COMMIT_PARTIAL: "restante pop list shows what is left",
  COMMIT_UNKNOWN: "restante pop list shows what is left",
  UNSUPPORTED: "restante pop capa shows what the server offers",
};
/** Where nobody was greeted: a port that TLS begins on is silent in clear, or hangs up. */
const NEXT_AT_GREETING = "is it the right port? where TLS is spoken from the beginning, write pops:// (port 995)";
const UNGREETED: readonly Pop3ErrorCode[] = ["CLOSED", "GREETING_TIMEOUT", "NETWORK"];
/** No one vouches for the certificate, or for another name: a person can, who knows whose it is. */
const TO_BE_PINNED: readonly Pop3ErrorCode[] = ["TLS_UNTRUSTED", "TLS_NAME", "TLS_EXPIRED"];

/** The same failure as one line for a person. What is no Pop3Error is given back as it is. */
export function explained(error: unknown, target: PopTarget): unknown {
  if (!(error instanceof Pop3Error)) return error;
  const isUngreeted = error.phase === "greeting" && UNGREETED.includes(error.code);
  const next = [isUngreeted ? NEXT_AT_GREETING : NEXT[error.code], pinAdvice(error)].filter(
    (part) => part !== undefined,
  );
  const wait = error.retryAfterMs === undefined ? [] : [`in ${Math.ceil(error.retryAfterMs / 1_000)} s`];
  const line = [atPlace(error, target.url), ...wait, ...next].join("; ");
  return new CliError(error.code in POP_EXITS ? error.code : "internal", line, { cause: error });
}

/** What went wrong, and with which server, named once. */
export function atPlace({ place, message }: Pop3Error, of: Place): string {
  return place === undefined ? `${placeText(of)}: ${message}` : message;
}

type Place = Pick<PopUrl, "host" | "port">;

/** As a person writes it. */
export function placeText({ host, port }: Place): string {
  return renderListenAddress({ kind: "tcp", host, port });
}

function pinAdvice({ code, certificate }: Pop3Error): string | undefined {
  if (certificate === undefined) return undefined;
  if (code === "TLS_PIN") return `it is ${certificate.pin} now; find out why before you pin that`;
  return TO_BE_PINNED.includes(code)
    ? `if it is really your server's, trust it with --pin ${certificate.pin}`
    : undefined;
}
