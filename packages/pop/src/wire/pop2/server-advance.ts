// One function changes a session: one event in, effects out, in order. "If anything goes wrong close the connection"
// (RFC 937) is the rule of this protocol, and nothing that was marked is removed then.
import { afterTheEnd, awaitLine, demandExpected, EXPECTED } from "../advancing.ts";
import { isControl, keywordLength, upperCase } from "../command-words.ts";
import { ERRORS, PopError, type ErrorCode } from "../errors.ts";
import { FAMILY_LINES, type FamilyPolicy } from "../family-session.ts";
import type { Channel, CloseReason, Effect, MaildropListing, ServerSide, SessionEvent } from "../server-contract.ts";
import { SessionSide, type SideRules } from "../session-side.ts";
import { goOn, mailboxReply, POP2_COMMANDS } from "./commands.ts";
import { failure, greeting } from "./replies.ts";
import { createPop2Session, type Pop2ServerSession } from "./server-session.ts";
import { pop2Transition, type Pop2Trigger } from "./states.ts";

const KEYWORD_OCTETS = 4;

const RULES: SideRules<Pop2ServerSession> = {
  isAuthorized: ({ state }) => state !== "auth",
  advance: advancePop2Server,
  ...FAMILY_LINES,
};

/** A POP2 session before its greeting, as its driver sees it. */
export function pop2Side(of: { readonly channel: Channel; readonly policy: FamilyPolicy }): ServerSide {
  return new SessionSide(createPop2Session(of), RULES);
}

/** The only code that changes a session. Throws a plain Error on an event the session does not await: a driver's bug. */
function advancePop2Server(session: Pop2ServerSession, event: SessionEvent): readonly Effect[] {
  if (session.state === "done") return afterTheEnd(event);
  demandExpected(EXPECTED, session.awaits, event);
  switch (event.kind) {
    case "connected":
      return awaitLine(session, greeting(session.policy.hostName));
    case "line":
      return commandLine(session, event.octets);
    case "line-too-long":
      return end(session, "garbage", { reason: "bad-commands", code: "LINE_TOO_LONG" });
    case "accepted":
      session.awaits = "maildrop";
      return [{ kind: "open-maildrop" }];
    case "refused":
      return loginRefused(session, event.code);
    case "maildrop-opened":
      return opened(session, event.maildrop);
    case "maildrop-refused":
      // A mailbox that is not there, or not to be seen, is an empty one (RFC 937 FOLD).
      if (event.code === "NO_SUCH_MAILBOX") return opened(session, undefined);
      return end(session, "refused", { reason: "maildrop-refused", code: event.code });
    case "sent":
      session.awaits = "line";
      session.state = pop2Transition(session.state, "sent");
      return [];
    case "send-failed":
      // Where the message was to come nothing else can be said.
      return end(session, "not-sent", { reason: "store-failed" });
    case "committed":
      return goOn(session, session.next as NonNullable<typeof session.next>);
    case "commit-failed":
      // A store that fails here may not have unlocked; releasing twice is safe.
      return [
        { kind: "release-maildrop" },
        ...end(session, "not-removed", { reason: "store-failed", code: event.code }),
      ];
    case "stop":
      session.stopping = true;
      return session.awaits === "line" && event.linesBuffered !== true ? stopped(session) : [];
    case "timeout":
      return end(session, "timeout", { reason: "timeout", code: "SESSION_OVER" });
    case "disconnected":
      return end(session, "disconnected");
    default:
      throw new Error(`POP2 knows no event ${event.kind}`);
  }
}

function commandLine(session: Pop2ServerSession, line: Uint8Array): readonly Effect[] {
  if (session.stopping) return stopped(session);
  try {
    const keywordEnd = keywordLength(line);
    const keyword = upperCase(line, Math.min(keywordEnd, KEYWORD_OCTETS + 1));
    const command = POP2_COMMANDS.find((row) => row.keyword === keyword);
    if (command === undefined || line.some(isControl)) throw new PopError("UNKNOWN_COMMAND");
    if (!command.states.some((state) => state === session.state)) throw new PopError("WRONG_STATE");
    return command.run(session, line.subarray(keywordEnd + 1));
  } catch (error) {
    if (!(error instanceof PopError)) throw error;
    return end(session, "garbage", { reason: "bad-commands", code: error.code });
  }
}

function loginRefused(session: Pop2ServerSession, code: ErrorCode): readonly Effect[] {
  // An outage is not the peer's failure.
  const isPeers = ERRORS[code].fault === "peer";
  if (isPeers) session.failedLogins += 1;
  return end(session, "refused", { reason: isPeers ? "failed-logins" : "store-failed", code });
}

function opened(session: Pop2ServerSession, mailbox: MaildropListing | undefined): readonly Effect[] {
  session.state = pop2Transition(session.state, "opened");
  session.awaits = "line";
  session.mailbox = mailbox;
  session.marked = new Set();
  session.current = 1;
  return [mailboxReply(session)];
}

function stopped(session: Pop2ServerSession): readonly Effect[] {
  return end(session, "stopped", { reason: "stopped", code: "STOPPING" });
}

/** The end, nothing removed. `- error` is said except where the octets of a message are expected. */
function end(
  session: Pop2ServerSession,
  trigger: Pop2Trigger,
  how?: { readonly reason: CloseReason; readonly code?: ErrorCode },
): readonly Effect[] {
  const effects: Effect[] = session.mailbox === undefined ? [] : [{ kind: "release-maildrop" }];
  const mayReply = session.awaits !== "sent";
  session.state = pop2Transition(session.state, trigger);
  session.awaits = "nothing";
  session.mailbox = undefined;
  if (how === undefined) return effects;
  if (how.code !== undefined && mayReply) effects.push({ kind: "reply", text: failure(how.code) });
  return [...effects, { kind: "close", reason: how.reason }];
}
