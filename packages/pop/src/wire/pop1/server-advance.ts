// One function changes a session: one event in, effects out, in order. Nothing but RCVD after RDEL ever removes mail.
import { afterTheEnd, awaitLine, demandExpected, EXPECTED, type ExpectedEvents } from "../advancing.ts";
import { isControl, keywordLength, upperCase } from "../command-words.ts";
import { ERRORS, PopError, type ErrorCode } from "../errors.ts";
import { FAMILY_LINES, type FamilyPolicy } from "../family-session.ts";
import { printable } from "../reply.ts";
import type { Channel, CloseReason, Effect, MaildropListing, ServerSide, SessionEvent } from "../server-contract.ts";
import { SessionSide, type SideRules } from "../session-side.ts";
import { POP1_COMMANDS, POP1_SYNONYMS } from "./commands.ts";
import { nextRun } from "./mailbox.ts";
import { createPop1Session, letGo, openTransaction, type Pop1ServerSession } from "./server-session.ts";
import { pop1Transition, type Pop1Trigger } from "./states.ts";

const GREETING = "+OK POP1 ready\r\n";
const KEYWORD_OCTETS = 4;
const ERROR_FRAME_OCTETS = 7;

const EXPECTED_HERE: ExpectedEvents = { ...EXPECTED, measured: ["measured"], "send-failed": ["measured", "sent"] };

const RULES: SideRules<Pop1ServerSession> = {
  isAuthorized: ({ state }) => state !== "usr" && state !== "pwd",
  advance: advancePop1Server,
  ...FAMILY_LINES,
};

/** A POP1 session before its greeting, as its driver sees it. */
export function pop1Side(of: { readonly channel: Channel; readonly policy: FamilyPolicy }): ServerSide {
  return new SessionSide(createPop1Session(of), RULES);
}

/** The only code that changes a session. Throws a plain Error on an event the session does not await: a driver's bug. */
function advancePop1Server(session: Pop1ServerSession, event: SessionEvent): readonly Effect[] {
  if (session.state === "closed") return afterTheEnd(event);
  demandExpected(EXPECTED_HERE, session.awaits, event);
  switch (event.kind) {
    case "connected":
      return awaitLine(session, GREETING);
    case "line":
      return commandLine(session, event.octets);
    case "line-too-long":
      return badCommand(session, "LINE_TOO_LONG");
    case "accepted":
      session.badCommands = 0;
      session.state = pop1Transition(session.state, "accepted");
      return awaitLine(session, "+OK logged in\r\n");
    case "refused":
      return loginRefused(session, event.code);
    case "maildrop-opened":
      return opened(session, event.maildrop);
    case "maildrop-refused":
      session.transaction = undefined;
      return awaitLine(session, failure(event.code));
    case "measured":
      return measured(session, event.octets);
    case "sent":
      return sent(session, event.octets ?? 0);
    case "send-failed":
      return sendFailed(session, event.code);
    case "committed":
      session.transaction = undefined;
      session.state = pop1Transition(session.state, "mailbox-closed");
      return awaitLine(session, "+OK mail removed, mailbox closed\r\n");
    case "commit-failed":
      // RFC 918 RCVD: "it is possible that the mail is not necessarily deleted. This is indicated by an error reply."
      session.transaction = undefined;
      session.state = pop1Transition(session.state, "mailbox-closed");
      return [{ kind: "release-maildrop" }, ...awaitLine(session, failure(event.code))];
    case "stop":
      session.stopping = true;
      return session.awaits === "line" && event.linesBuffered !== true ? stopped(session) : [];
    case "timeout":
      // As RFC 1939 §3: no removal, and no answer.
      return end(session, "timeout", { reason: "timeout" });
    case "disconnected":
      return end(session, "disconnected");
    default:
      throw new Error(`POP1 knows no event ${event.kind}`);
  }
}

function commandLine(session: Pop1ServerSession, line: Uint8Array): readonly Effect[] {
  if (session.stopping) return stopped(session);
  try {
    const keywordEnd = keywordLength(line);
    const word = upperCase(line, Math.min(keywordEnd, KEYWORD_OCTETS + 1));
    const keyword = POP1_SYNONYMS[word] ?? word;
    const command = POP1_COMMANDS.find((row) => row.keyword === keyword);
    if (command === undefined) throw new PopError("UNKNOWN_COMMAND");
    if (line.some(isControl)) throw new PopError("BAD_ARGUMENT");
    if (!command.states.some((state) => state === session.state)) throw new PopError("WRONG_STATE");
    const effects = command.run(session, line.subarray(keywordEnd + 1));
    if (session.awaits !== "verdict") session.badCommands = 0;
    return effects;
  } catch (error) {
    if (!(error instanceof PopError)) throw error;
    return badCommand(session, error.code);
  }
}

function badCommand(session: Pop1ServerSession, code: ErrorCode): readonly Effect[] {
  session.badCommands += 1;
  // RFC 918 USER: it "must be followed by the PASS command".
  if (session.state === "pwd") session.state = pop1Transition(session.state, "refused");
  session.pendingLogin = undefined;
  const { authorization, transaction } = session.policy.badCommandsMax;
  if (session.badCommands <= (session.state === "usr" ? authorization : transaction))
    return awaitLine(session, failure(code));
  return end(session, "too-many-errors", { reason: "bad-commands", text: failure("TOO_MANY_ERRORS") });
}

function loginRefused(session: Pop1ServerSession, code: ErrorCode): readonly Effect[] {
  session.state = pop1Transition(session.state, "refused");
  // An outage is not the peer's failure.
  if (ERRORS[code].fault === "peer") session.failedLogins += 1;
  if (session.failedLogins < session.policy.failedLoginsMax) return awaitLine(session, failure(code));
  return end(session, "too-many-errors", { reason: "failed-logins", text: failure(code) });
}

function opened(session: Pop1ServerSession, mailbox: MaildropListing): readonly Effect[] {
  openTransaction(session).mailbox = mailbox;
  return measured(session, 0);
}

function measured(session: Pop1ServerSession, octets: number): readonly Effect[] {
  const transaction = openTransaction(session);
  transaction.octets += octets;
  const run = nextRun(transaction, "measure");
  if (run !== undefined) {
    session.awaits = "measured";
    return [run];
  }
  session.state = pop1Transition(session.state, "opened");
  return awaitLine(session, `#${transaction.octets} octets\r\n`);
}

function sent(session: Pop1ServerSession, octets: number): readonly Effect[] {
  const transaction = openTransaction(session);
  transaction.sent += octets;
  const run = nextRun(transaction, "retrieve");
  if (run !== undefined) return [run];
  // A store that gave other octets than it was measured by: the client must not take them for its mail.
  if (transaction.sent !== transaction.octets) return end(session, "not-sent", { reason: "store-failed" });
  session.state = pop1Transition(session.state, "sent");
  session.awaits = "line";
  return [];
}

/** RFC 918 RCEV: "+OK or (connection aborted)"; before that the mailbox cannot be opened. */
function sendFailed(session: Pop1ServerSession, code: ErrorCode): readonly Effect[] {
  if (session.awaits === "sent") return end(session, "not-sent", { reason: "store-failed" });
  return [...letGo(session), ...awaitLine(session, failure(code))];
}

function stopped(session: Pop1ServerSession): readonly Effect[] {
  return end(session, "stopped", { reason: "stopped", text: failure("STOPPING") });
}

/** The end, nothing removed. */
function end(
  session: Pop1ServerSession,
  trigger: Pop1Trigger,
  how?: { readonly reason: CloseReason; readonly text?: string },
): readonly Effect[] {
  const effects = [...letGo(session)];
  session.state = pop1Transition(session.state, trigger);
  session.awaits = "nothing";
  if (how === undefined) return effects;
  if (how.text !== undefined) effects.push({ kind: "reply", text: how.text });
  return [...effects, { kind: "close", reason: how.reason }];
}

function failure(code: ErrorCode): string {
  return `-ERR ${printable(ERRORS[code].reply, ERROR_FRAME_OCTETS)}\r\n`;
}
