// The states of RFC 1939 §3 and the only ways from one to another.
import { followerOf, type Transitions } from "../transitions.ts";

export const POP3_STATES = ["authorization", "transaction", "update", "closed"] as const;

export type Pop3State = (typeof POP3_STATES)[number];

export type Trigger =
  | "maildrop-opened"
  | "tls-started"
  | "quit"
  | "committed"
  | "commit-failed"
  | "too-many-errors"
  | "stopped"
  | "timeout"
  | "disconnected";

/** State × trigger; what it lacks cannot happen. */
export const TRANSITIONS: Transitions<Pop3State, Trigger> = {
  authorization: {
    // RFC 2595 §4: the session is as after the greeting, whatever the client said in cleartext.
    "tls-started": "authorization",
    "maildrop-opened": "transaction",
    // RFC 1939 §4: QUIT here ends the session without UPDATE.
    quit: "closed",
    "too-many-errors": "closed",
    stopped: "closed",
    timeout: "closed",
    disconnected: "closed",
  },
  // RFC 1939 §6: only QUIT enters UPDATE, so a time-out or a lost connection removes nothing.
  transaction: {
    quit: "update",
    "too-many-errors": "closed",
    stopped: "closed",
    timeout: "closed",
    disconnected: "closed",
  },
  // The removal runs to its end whether or not the client still waits for the answer.
  update: { committed: "closed", "commit-failed": "closed", timeout: "closed", disconnected: "closed" },
  closed: {},
};

/** The state that follows; throws a plain Error when the table has none. */
export const transition: (state: Pop3State, trigger: Trigger) => Pop3State = followerOf(TRANSITIONS);
