// POP2's command table: keyword × states, and what each command does. What it lacks is garbage.
import { PopError } from "../errors.ts";
import { demandNothing, mayLogIn } from "../family-session.ts";
import type { Effect } from "../server-contract.ts";
import { unquoted, wordLength } from "./quoting.ts";
import { count, length, success } from "./replies.ts";
import { lengthOf, type Pop2ServerSession } from "./server-session.ts";
import { pop2Transition, type Pop2State } from "./states.ts";

export interface Pop2Command {
  readonly keyword: string;
  readonly states: readonly Exclude<Pop2State, "done">[];
  readonly rfc: string;
  /** The keyword with its arguments, optional ones in brackets. */
  readonly syntax: string;
  readonly summary: string;
  /** Carries the command out; `rest` is what stands behind the space. Throws PopError, which ends the session. */
  run(session: Pop2ServerSession, rest: Uint8Array): readonly Effect[];
}

const ZERO = 0x30;
const NINE = 0x39;

const helo: Pop2Command = {
  keyword: "HELO",
  states: ["auth"],
  rfc: "RFC 937 HELO",
  syntax: "HELO user password",
  summary: "logs in and opens the default mailbox; answered `#` and its count of messages",
  run(session, rest) {
    if (!mayLogIn(session.channel, session.policy)) throw new PopError("PLAINTEXT_REFUSED");
    const end = wordLength(rest);
    const login = unquoted(rest.subarray(0, end));
    // fetchmail and UW's clients do not quote: every further space belongs to the password (P2-S-026).
    const password = unquoted(rest.subarray(end + 1));
    session.awaits = "verdict";
    return [{ kind: "check-password", login, password }];
  },
};

const fold: Pop2Command = {
  keyword: "FOLD",
  states: ["mbox", "item"],
  rfc: "RFC 937 FOLD",
  syntax: "FOLD mailbox",
  summary: "removes what is marked, then opens another mailbox; answered `#` and its count, 0 if there is none",
  run: (session, rest) => leaveMailbox(session, { kind: "fold", mailbox: unquoted(rest) }),
};

const read: Pop2Command = {
  keyword: "READ",
  states: ["mbox", "item"],
  rfc: "RFC 937 READ",
  syntax: "READ [message-number]",
  summary: "makes a message the current one; answered `=` and its octets, 0 if there is none",
  run(session, rest) {
    if (rest.length > 0) session.current = decimal(rest);
    session.state = pop2Transition(session.state, "read");
    return reply(length(lengthOf(session, session.current)));
  },
};

const retr: Pop2Command = {
  keyword: "RETR",
  states: ["item"],
  rfc: "RFC 937 RETR",
  syntax: "RETR",
  summary: "sends the current message: exactly so many octets as was said, and nothing else",
  run(session, rest) {
    demandNothing(rest);
    // RFC 937 "Message Length": asked for a message of no octets, the server closes the connection.
    if (lengthOf(session, session.current) === 0) throw new PopError("NO_SUCH_MESSAGE");
    session.awaits = "sent";
    return [{ kind: "retrieve", numbers: [session.current], bodyLines: undefined, framing: "octets" }];
  },
};

const acks: Pop2Command = {
  keyword: "ACKS",
  states: ["next"],
  rfc: "RFC 937 ACKS",
  syntax: "ACKS",
  summary: "the message arrived and stays; answered as READ of the next one",
  run(session, rest) {
    demandNothing(rest);
    return acknowledged(session, session.current + 1);
  },
};

const ackd: Pop2Command = {
  keyword: "ACKD",
  states: ["next"],
  rfc: "RFC 937 ACKD",
  syntax: "ACKD",
  summary: "the message arrived and is marked; answered as READ of the next one",
  run(session, rest) {
    demandNothing(rest);
    // The reply is the same, and nothing changes, where the user may not write.
    if (session.mailbox?.isReadOnly !== true) session.marked.add(session.current);
    return acknowledged(session, session.current + 1);
  },
};

const nack: Pop2Command = {
  keyword: "NACK",
  states: ["next"],
  rfc: "RFC 937 NACK",
  syntax: "NACK",
  summary: "the message did not arrive; answered as READ of the same one",
  run(session, rest) {
    demandNothing(rest);
    return acknowledged(session, session.current);
  },
};

const quit: Pop2Command = {
  keyword: "QUIT",
  states: ["auth", "mbox", "item"],
  rfc: "RFC 937 QUIT",
  syntax: "QUIT",
  summary: "removes what is marked and ends the session",
  run(session, rest) {
    demandNothing(rest);
    return leaveMailbox(session, { kind: "quit" });
  },
};

/** Every command of POP2. */
export const POP2_COMMANDS: readonly Pop2Command[] = [helo, fold, read, retr, acks, ackd, nack, quit];

/** What follows when the mailbox is let go of, its removal done. */
export function goOn(session: Pop2ServerSession, next: NonNullable<Pop2ServerSession["next"]>): readonly Effect[] {
  session.next = undefined;
  if (next.kind === "fold") {
    session.awaits = "maildrop";
    return [{ kind: "open-maildrop", mailbox: next.mailbox }];
  }
  session.state = pop2Transition(session.state, "quit");
  session.awaits = "nothing";
  return [...reply(success("bye")), { kind: "close", reason: "quit" }];
}

/** The answer to HELO and FOLD. */
export function mailboxReply(session: Pop2ServerSession): Effect {
  return { kind: "reply", text: count(session.mailbox?.count ?? 0) };
}

/** RFC 937 ACKD: the change is made when the mailbox is released, by FOLD or at the end of the session. */
function leaveMailbox(session: Pop2ServerSession, next: NonNullable<Pop2ServerSession["next"]>): readonly Effect[] {
  const wasHeld = session.mailbox !== undefined;
  session.mailbox = undefined;
  if (session.marked.size === 0) {
    return [...(wasHeld ? [{ kind: "release-maildrop" } as const] : []), ...goOn(session, next)];
  }
  session.next = next;
  session.awaits = "commit";
  return [{ kind: "commit", marked: session.marked }];
}

function acknowledged(session: Pop2ServerSession, current: number): readonly Effect[] {
  session.current = current;
  session.state = pop2Transition(session.state, "acknowledged");
  return reply(length(lengthOf(session, current)));
}

function reply(text: string): readonly Effect[] {
  return [{ kind: "reply", text }];
}

/** Any number of digits; beyond 2^53-1 it stays there, which is more than any mailbox has. */
function decimal(rest: Uint8Array): number {
  let number = 0;
  for (const octet of rest) {
    if (octet < ZERO || octet > NINE) throw new PopError("BAD_ARGUMENT");
    number = Math.min(number * 10 + octet - ZERO, Number.MAX_SAFE_INTEGER);
  }
  return number;
}
