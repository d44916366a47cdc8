// The server's states of RFC 937 ("Server State Diagram") and the only ways from one to another. LSTN is the listener's.
import { followerOf, type Transitions } from "../transitions.ts";

export const POP2_STATES = ["auth", "mbox", "item", "next", "done"] as const;

export type Pop2State = (typeof POP2_STATES)[number];

export type Pop2Trigger =
  /** HELO or FOLD: a mailbox is there, be it empty. */
  | "opened"
  /** The login, or the mailbox, is refused. */
  | "refused"
  | "read"
  /** RETR: all the data is on its way. */
  | "sent"
  /** RETR without a message, or one that the store cannot give. */
  | "not-sent"
  | "acknowledged"
  | "quit"
  | "not-removed"
  /** "This is garbage": whatever the table has no other row for. */
  | "garbage"
  | "stopped"
  | "timeout"
  | "disconnected";

const ENDS = { garbage: "done", stopped: "done", timeout: "done", disconnected: "done" } as const;

/** State × trigger; what it lacks cannot happen. */
export const POP2_TRANSITIONS: Transitions<Pop2State, Pop2Trigger> = {
  auth: { opened: "mbox", refused: "done", quit: "done", ...ENDS },
  mbox: { opened: "mbox", refused: "done", read: "item", quit: "done", "not-removed": "done", ...ENDS },
  item: {
    opened: "mbox",
    refused: "done",
    // RFC 937 decision table: also after a READ that was answered =0.
    read: "item",
    sent: "next",
    "not-sent": "done",
    quit: "done",
    "not-removed": "done",
    ...ENDS,
  },
  // Only an acknowledgement leads on. QUIT is garbage here, and what was marked before stays.
  next: { acknowledged: "item", ...ENDS },
  done: {},
};

/** The state that follows; throws a plain Error when the table has none. */
export const pop2Transition = followerOf(POP2_TRANSITIONS);
