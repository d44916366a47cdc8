// POP1's command table: keyword × states, and what each command does. What it lacks is an unknown command.
import { PopError } from "../errors.ts";
import { demandNothing, mayLogIn } from "../family-session.ts";
import { ok } from "../reply.ts";
import type { Effect } from "../server-contract.ts";
import { allMessages, nextRun } from "./mailbox.ts";
import { letGo, openTransaction, type Pop1ServerSession } from "./server-session.ts";
import { pop1Transition, type Pop1State } from "./states.ts";

export interface Pop1Command {
  readonly keyword: string;
  readonly states: readonly Exclude<Pop1State, "closed">[];
  readonly rfc: string;
  readonly syntax: string;
  readonly summary: string;
  /** Carries the command out; `rest` is what stands behind the space. Throws PopError, which becomes the -ERR reply. */
  run(session: Pop1ServerSession, rest: Uint8Array): readonly Effect[];
}

const user: Pop1Command = {
  keyword: "USER",
  states: ["usr"],
  rfc: "RFC 918 USER",
  syntax: "USER name",
  summary: "names the login that PASS, the next command, opens",
  run(session, rest) {
    demandMayLogIn(session);
    session.pendingLogin = something(rest).slice();
    session.state = pop1Transition(session.state, "named");
    // The same for every name, known or not (P1-S-021).
    return reply("send the password");
  },
};

const pass: Pop1Command = {
  keyword: "PASS",
  states: ["pwd"],
  rfc: "RFC 918 PASS",
  syntax: "PASS password",
  summary: "logs in; the password is the whole rest of the line",
  run(session, rest) {
    const password = something(rest).slice();
    // Only USER leads here.
    const login = session.pendingLogin as Uint8Array;
    session.pendingLogin = undefined;
    session.awaits = "verdict";
    return [{ kind: "check-password", login, password }];
  },
};

const retr: Pop1Command = {
  keyword: "RETR",
  states: ["idle"],
  rfc: "RFC 918 RETR",
  syntax: "RETR mailbox",
  summary: "opens and locks a mailbox, to be read; answered `#` and its octets",
  run: (session, rest) => open(session, rest, false),
};

const rdel: Pop1Command = {
  keyword: "RDEL",
  states: ["idle"],
  rfc: "RFC 918 RDEL",
  syntax: "RDEL mailbox",
  summary: "opens and locks a mailbox, to be read and emptied; answered `#` and its octets",
  run: (session, rest) => open(session, rest, true),
};

const rcev: Pop1Command = {
  keyword: "RCEV",
  states: ["open"],
  rfc: "RFC 918 RCEV",
  syntax: "RCEV",
  summary: "sends the mailbox: exactly so many octets as was said, and nothing else; also spelt `RECV`",
  run(session, rest) {
    demandNothing(rest);
    const transaction = openTransaction(session);
    transaction.last = 0;
    const run = nextRun(transaction, "retrieve");
    if (run === undefined) {
      session.state = pop1Transition(session.state, "sent");
      return [];
    }
    session.awaits = "sent";
    return [run];
  },
};

const rcvd: Pop1Command = {
  keyword: "RCVD",
  states: ["sent"],
  rfc: "RFC 918 RCVD",
  syntax: "RCVD",
  summary: "the mail arrived: after RDEL it is removed; the mailbox is unlocked",
  run(session, rest) {
    demandNothing(rest);
    const transaction = openTransaction(session);
    const marked = transaction.removes ? allMessages(transaction) : undefined;
    if (marked === undefined || marked.size === 0) return close(session);
    transaction.mailbox = undefined;
    session.awaits = "commit";
    return [{ kind: "commit", marked }];
  },
};

const rset: Pop1Command = {
  keyword: "RSET",
  states: ["idle", "open", "sent"],
  rfc: "RFC 918 RSET",
  syntax: "RSET",
  summary: "gives the transaction up: nothing is removed, the mailbox is unlocked",
  run(session, rest) {
    demandNothing(rest);
    return session.state === "idle" ? reply("nothing to give up") : close(session);
  },
};

const noop: Pop1Command = {
  keyword: "NOOP",
  states: ["idle"],
  rfc: "RFC 918 NOOP",
  syntax: "NOOP",
  summary: "does nothing",
  run(_session, rest) {
    demandNothing(rest);
    return reply("still here");
  },
};

const quit: Pop1Command = {
  keyword: "QUIT",
  states: ["usr", "pwd", "idle", "open", "sent"],
  rfc: "RFC 918 QUIT",
  syntax: "QUIT",
  summary: "ends the session; a transaction under way is given up",
  run(session, rest) {
    demandNothing(rest);
    const effects = letGo(session);
    session.state = pop1Transition(session.state, "quit");
    session.awaits = "nothing";
    return [...effects, ...reply("bye"), { kind: "close", reason: "quit" }];
  },
};

/** Every command of POP1. The text of RFC 918 says RCEV, its diagram RECV. */
export const POP1_COMMANDS: readonly Pop1Command[] = [user, pass, retr, rdel, rcev, rcvd, rset, noop, quit];
export const POP1_SYNONYMS: Readonly<Record<string, string>> = { RECV: "RCEV" };

function open(session: Pop1ServerSession, rest: Uint8Array, removes: boolean): readonly Effect[] {
  const mailbox = something(rest).slice();
  session.transaction = { removes, mailbox: undefined, last: 0, octets: 0, sent: 0 };
  session.awaits = "maildrop";
  return [{ kind: "open-maildrop", mailbox }];
}

function close(session: Pop1ServerSession): readonly Effect[] {
  const effects = letGo(session);
  session.state = pop1Transition(session.state, "mailbox-closed");
  return [...effects, ...reply("mailbox closed")];
}

function reply(text: string): readonly Effect[] {
  return [{ kind: "reply", text: ok(text) }];
}

function demandMayLogIn({ channel, policy }: Pop1ServerSession): void {
  if (!mayLogIn(channel, policy)) throw new PopError("PLAINTEXT_REFUSED");
}

function something(rest: Uint8Array): Uint8Array {
  if (rest.length === 0) throw new PopError("BAD_ARGUMENT");
  return rest;
}
