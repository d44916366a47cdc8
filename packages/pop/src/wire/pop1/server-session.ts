// A POP1 session as the server sees it. Plain data: the advance function and the commands it runs alone change it.
import type { FamilyPolicy } from "../family-session.ts";
import type { Awaited, Channel, Effect, MaildropListing, MessageNumber } from "../server-contract.ts";
import type { Pop1State } from "./states.ts";

/** A mailbox between RETR or RDEL and RCVD or RSET. */
export interface Pop1Transaction {
  /** RDEL: RCVD removes what was sent. */
  readonly removes: boolean;
  mailbox: MaildropListing | undefined;
  /** The last message that was measured, or sent. */
  last: MessageNumber;
  /** What `#` says. */
  octets: number;
  /** Of them, sent. */
  sent: number;
}

export interface Pop1ServerSession {
  state: Pop1State;
  awaits: Awaited;
  readonly channel: Channel;
  readonly policy: FamilyPolicy;
  /** Named by USER, waiting for its PASS. */
  pendingLogin: Uint8Array | undefined;
  transaction: Pop1Transaction | undefined;
  badCommands: number;
  failedLogins: number;
  stopping: boolean;
}

/** A session before its greeting. */
export function createPop1Session(of: { readonly channel: Channel; readonly policy: FamilyPolicy }): Pop1ServerSession {
  return {
    state: "usr",
    awaits: "nothing",
    channel: of.channel,
    policy: of.policy,
    pendingLogin: undefined,
    transaction: undefined,
    badCommands: 0,
    failedLogins: 0,
    stopping: false,
  };
}

/** The mailbox is unlocked, nothing removed. */
export function letGo(session: Pop1ServerSession): readonly Effect[] {
  const isHeld = session.transaction?.mailbox !== undefined;
  session.transaction = undefined;
  return isHeld ? [{ kind: "release-maildrop" }] : [];
}

/** Of a session between RETR or RDEL and its end. */
export function openTransaction({ transaction }: Pop1ServerSession): Pop1Transaction {
  return transaction as Pop1Transaction;
}
