// The end of a session that the server brings about.
import type { CloseReason, Effect, ServerSession } from "./server-session.ts";
import { transition, type Trigger } from "./states.ts";

/** Lets the maildrop go before the last words, so that a client that reads them can log in again at once. */
export function endSession(
  session: ServerSession,
  trigger: Trigger,
  how: { readonly reason: CloseReason; readonly text?: string },
): readonly Effect[] {
  const effects = leaveMaildrop(session, trigger);
  if (how.text !== undefined) effects.push({ kind: "reply", text: how.text });
  return [...effects, { kind: "close", reason: how.reason }];
}

/** Closed from now on. A maildrop in its UPDATE is not released here: its removal runs on and unlocks it. */
export function leaveMaildrop(session: ServerSession, trigger: Trigger): Effect[] {
  const held = session.state === "transaction";
  session.state = transition(session.state, trigger);
  session.awaits = "nothing";
  session.maildrop = undefined;
  return held ? [{ kind: "release-maildrop" }] : [];
}
