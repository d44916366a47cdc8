// One function changes a session: one event in, effects out, in order. No clock and no I/O; answers from the world
// (credentials, store, TLS) come back as events.
import { afterTheEnd, awaitLine, demandExpected, EXPECTED, type ExpectedEvents } from "../advancing.ts";
import { decodeBase64 } from "../base64.ts";
import { ERRORS, PopError, type ErrorCode } from "../errors.ts";
import { challengeReply, GREETING, withTimestamp } from "../reply.ts";
import type { AccountTerms } from "../server-contract.ts";
import { runCommand } from "./command-line.ts";
import { endSession, leaveMaildrop } from "./ending.ts";
import { dropSummary } from "./listings.ts";
import type { Awaited, Effect, MaildropListing, MessageNumber, ServerSession, SessionEvent } from "./server-session.ts";
import { octetsWord, refusal, say, textsOf } from "./speech.ts";
import { transition } from "./states.ts";

const ASTERISK = 0x2a;
const LINES: readonly Awaited[] = ["line", "sasl-line"];

const EXPECTED_HERE: ExpectedEvents = {
  ...EXPECTED,
  line: LINES,
  "line-too-long": LINES,
  challenge: ["verdict"],
  // POP1's: nothing here awaits it.
  measured: ["measured"],
  "tls-started": ["tls"],
};

/** The only code that changes a session. Throws a plain Error on an event the session does not await: a driver's bug. */
export function advanceServer(session: ServerSession, event: SessionEvent): readonly Effect[] {
  if (session.state === "closed") return afterTheEnd(event);
  demandExpected(EXPECTED_HERE, session.awaits, event);
  switch (event.kind) {
    case "connected":
      return awaitLine(session, greeting(session));
    case "line":
      return session.awaits === "sasl-line" ? saslLine(session, event.octets) : commandLine(session, event.octets);
    case "line-too-long":
      return lineTooLong(session);
    case "challenge":
      session.awaits = "sasl-line";
      return [{ kind: "reply", text: challengeReply(event.octets) }];
    case "accepted":
      return accepted(session, event.terms);
    case "refused":
      return loginRefused(session, event.code);
    case "maildrop-opened":
      return maildropOpened(session, event.maildrop);
    case "maildrop-refused":
      return awaitLine(session, refusal(session, event.code));
    case "sent":
      session.awaits = "line";
      if (session.sending !== undefined) session.retrieved.add(session.sending);
      session.sending = undefined;
      return [];
    case "send-failed":
      return sendFailed(session, event.code, event.unsent ?? []);
    case "tls-started":
      return tlsStarted(session);
    case "committed":
      return endSession(session, "committed", { reason: "quit", text: say(session, textsOf(session).bye) });
    case "commit-failed":
      // A store that fails here may not have unlocked; releasing twice is safe.
      return [
        { kind: "release-maildrop" },
        ...endSession(session, "commit-failed", { reason: "store-failed", text: refusal(session, event.code) }),
      ];
    case "stop":
      return stop(session, event.linesBuffered ?? false);
    case "timeout":
      // RFC 1939 §3: no UPDATE, and no answer.
      return endSession(session, "timeout", { reason: "timeout" });
    case "disconnected":
    default:
      return leaveMaildrop(session, "disconnected");
  }
}

function commandLine(session: ServerSession, octets: Uint8Array): readonly Effect[] {
  if (session.stopping) return refuseStopping(session);
  try {
    const effects = runCommand(session, octets);
    if (session.awaits !== "verdict") session.badCommands = 0;
    return effects;
  } catch (error) {
    if (!(error instanceof PopError)) throw error;
    return badCommand(session, error.code);
  }
}

function saslLine(session: ServerSession, octets: Uint8Array): readonly Effect[] {
  if (octets.length === 1 && octets[0] === ASTERISK) return cancelExchange(session, "SASL_CANCELLED");
  const response = decodeBase64(octets);
  if (response === undefined) return cancelExchange(session, "BAD_BASE64");
  session.awaits = "verdict";
  return [{ kind: "sasl-response", octets: response }];
}

/** RFC 5034 §4: back in AUTHORIZATION as if AUTH had not been sent. */
function cancelExchange(session: ServerSession, code: ErrorCode): readonly Effect[] {
  session.awaits = "line";
  return [{ kind: "sasl-cancel" }, ...badCommand(session, code)];
}

function lineTooLong(session: ServerSession): readonly Effect[] {
  if (session.awaits === "sasl-line") return cancelExchange(session, "LINE_TOO_LONG");
  if (session.stopping) return refuseStopping(session);
  session.pendingLogin = undefined;
  return badCommand(session, "LINE_TOO_LONG");
}

function badCommand(session: ServerSession, code: ErrorCode): readonly Effect[] {
  // Only what the peer did wrong counts against it.
  if (ERRORS[code].fault === "peer") session.badCommands += 1;
  const { authorization, transaction } = session.policy.badCommandsMax;
  if (session.badCommands <= (session.state === "authorization" ? authorization : transaction)) {
    return [{ kind: "reply", text: refusal(session, code) }];
  }
  return endSession(session, "too-many-errors", { reason: "bad-commands", text: refusal(session, "TOO_MANY_ERRORS") });
}

function loginRefused(session: ServerSession, code: ErrorCode): readonly Effect[] {
  // An outage is not the peer's failure.
  if (ERRORS[code].fault === "peer") session.failedLogins += 1;
  if (session.failedLogins < session.policy.failedLoginsMax) return awaitLine(session, refusal(session, code));
  // RFC 3206 §6: this refusal carries [AUTH] like the ones before.
  return endSession(session, "too-many-errors", { reason: "failed-logins", text: refusal(session, code) });
}

function maildropOpened(session: ServerSession, maildrop: MaildropListing): readonly Effect[] {
  session.state = transition(session.state, "maildrop-opened");
  session.maildrop = maildrop;
  session.badCommands = 0;
  return awaitLine(session, say(session, textsOf(session).maildropHas(dropSummary(session))));
}

function greeting(session: ServerSession): string {
  return withTimestamp(session.policy.greeting ?? GREETING, session.timestamp);
}

function accepted(session: ServerSession, terms: AccountTerms | undefined): readonly Effect[] {
  session.awaits = "maildrop";
  session.terms = terms;
  const surrogates = !session.utf8 && session.policy.internationalised !== "as-is";
  return [{ kind: "open-maildrop", ...(surrogates && { surrogates }) }];
}

function sendFailed(session: ServerSession, code: ErrorCode, unsent: readonly MessageNumber[]): readonly Effect[] {
  session.sending = undefined;
  const effects = awaitLine(session, refusal(session, code));
  if (unsent.length === 0) return effects;
  session.awaits = "sent";
  return [...effects, { kind: "retrieve", numbers: unsent, bodyLines: undefined, ...octetsWord(session) }];
}

/** RFC 2595 §4, RFC 5034 §4: what was said in cleartext is forgotten; only the counters of abuse go on. */
function tlsStarted(session: ServerSession): readonly Effect[] {
  session.state = transition(session.state, "tls-started");
  session.channel = { ...session.channel, encrypted: true };
  session.pendingLogin = undefined;
  // Whoever changed the greeting on its way would have chosen what the secret is hashed with.
  session.timestamp = undefined;
  session.language = undefined;
  session.awaits = "line";
  return [];
}

function stop(session: ServerSession, linesBuffered: boolean): readonly Effect[] {
  session.stopping = true;
  if (session.awaits === "sasl-line") return [{ kind: "sasl-cancel" }, ...refuseStopping(session)];
  const idle = session.awaits === "nothing" || (session.awaits === "line" && !linesBuffered);
  return idle ? endSession(session, "stopped", { reason: "stopped" }) : [];
}

function refuseStopping(session: ServerSession): readonly Effect[] {
  return endSession(session, "stopped", { reason: "stopped", text: refusal(session, "STOPPING") });
}
