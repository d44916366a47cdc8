// A POP3 session as a driver of any generation sees it.
import type { Channel, ServerSide } from "../server-contract.ts";
import { SessionSide, type SideRules } from "../session-side.ts";
import { lineOctetsMax, nextInRun } from "./lookahead.ts";
import { advanceServer } from "./server-advance.ts";
import { createServerSession, type Pop3Policy, type ServerSession } from "./server-session.ts";

const RULES: SideRules<ServerSession> = {
  isAuthorized: ({ state }) => state !== "authorization",
  advance: advanceServer,
  lineOctetsMax,
  nextInRun,
};

/** A session before its greeting. */
export function pop3Side(of: { readonly channel: Channel; readonly policy: Pop3Policy }): ServerSide {
  return new SessionSide(createServerSession(of), RULES);
}
