// A POP3 session as a driver of any generation sees it.
import type { Channel, ServerSide } from "../server-contract.ts";
import { lineOctetsMax, nextInRun } from "./lookahead.ts";
import { advanceServer } from "./server-advance.ts";
import { createServerSession, type Pop3Policy } from "./server-session.ts";

/** A session before its greeting. */
export function pop3Side(of: { readonly channel: Channel; readonly policy: Pop3Policy }): ServerSide {
  const session = createServerSession(of);
  return {
    get state() {
      return session.state;
    },
    get awaits() {
      return session.awaits;
    },
    get encrypted() {
      return session.channel.encrypted;
    },
    get isAuthorized() {
      return session.state !== "authorization";
    },
    get failedLogins() {
      return session.failedLogins;
    },
    get stopping() {
      return session.stopping;
    },
    advance: (event) => advanceServer(session, event),
    lineOctetsMax: (head) => lineOctetsMax(session, head),
    nextInRun: (line) => nextInRun(session, line),
  };
}
