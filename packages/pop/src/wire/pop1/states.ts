// The server's states of RFC 918 ("Diagram", page 5) and the only ways from one to another.
import { followerOf, type Transitions } from "../transitions.ts";

export const POP1_STATES = ["usr", "pwd", "idle", "open", "sent", "closed"] as const;

export type Pop1State = (typeof POP1_STATES)[number];

export type Pop1Trigger =
  /** USER. */
  | "named"
  | "accepted"
  /** PASS was wrong, or was not what followed USER. */
  | "refused"
  /** RETR or RDEL: the mailbox is locked and its octets are counted. */
  | "opened"
  /** RCEV: all the octets are on their way. */
  | "sent"
  /** The octets cannot be sent, so the connection is aborted. */
  | "not-sent"
  /** RCVD or RSET: the mailbox is unlocked. */
  | "mailbox-closed"
  | "quit"
  | "too-many-errors"
  | "stopped"
  | "timeout"
  | "disconnected";

const ENDS = {
  quit: "closed",
  "too-many-errors": "closed",
  stopped: "closed",
  timeout: "closed",
  disconnected: "closed",
} as const;

/** State × trigger; what it lacks cannot happen. */
export const POP1_TRANSITIONS: Transitions<Pop1State, Pop1Trigger> = {
  usr: { named: "pwd", ...ENDS },
  // USER "must be followed by the PASS command": whatever else comes, USER has to be said again.
  pwd: { accepted: "idle", refused: "usr", ...ENDS },
  idle: { opened: "open", ...ENDS },
  open: { sent: "sent", "not-sent": "closed", "mailbox-closed": "idle", ...ENDS },
  // Nothing but RCVD removes: QUIT, RSET, a time-out or a lost connection leave everything where it is.
  sent: { "mailbox-closed": "idle", ...ENDS },
  closed: {},
};

/** The state that follows; throws a plain Error when the table has none. */
export const pop1Transition = followerOf(POP1_TRANSITIONS);
