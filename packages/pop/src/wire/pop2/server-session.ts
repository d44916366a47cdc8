// A POP2 session as the server sees it. Plain data: the advance function and the commands it runs alone change it.
import type { FamilyPolicy } from "../family-session.ts";
import type { Awaited, Channel, MaildropListing, MessageNumber } from "../server-contract.ts";
import type { Pop2State } from "./states.ts";

export interface Pop2ServerSession {
  state: Pop2State;
  awaits: Awaited;
  readonly channel: Channel;
  readonly policy: FamilyPolicy;
  /** The mailbox that is held; undefined when none is, be it that FOLD named one that is not there. */
  mailbox: MaildropListing | undefined;
  /** Put anew for each mailbox: the driver still reads the one before while its removal runs. */
  marked: Set<MessageNumber>;
  /** RFC 937: "the current message indicator". May point at no message. */
  current: MessageNumber;
  /** What comes after the removal that is under way: another mailbox, or the end. */
  next: { readonly kind: "fold"; readonly mailbox: Uint8Array } | { readonly kind: "quit" } | undefined;
  failedLogins: number;
  stopping: boolean;
}

/** A session before its greeting. */
export function createPop2Session(of: { readonly channel: Channel; readonly policy: FamilyPolicy }): Pop2ServerSession {
  return {
    state: "auth",
    awaits: "nothing",
    channel: of.channel,
    policy: of.policy,
    mailbox: undefined,
    marked: new Set(),
    current: 1,
    next: undefined,
    failedLogins: 0,
    stopping: false,
  };
}

/** RFC 937 "Message Length": octets of a message as they are sent, 0 for one that is not there or marked. */
export function lengthOf({ mailbox, marked }: Pop2ServerSession, number: MessageNumber): number {
  if (mailbox === undefined || number < 1 || number > mailbox.count || marked.has(number)) return 0;
  return mailbox.octetsOf(number);
}
