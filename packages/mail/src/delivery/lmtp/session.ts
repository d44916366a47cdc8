// An LMTP session (RFC 2033): its state, the events that reach it and the effects it asks for.
// Plain data: ./advance.ts is the only code that changes it, ./connection.ts the only one that acts.
import type { RecipientAnswer } from "../../accounts/index.ts";
import type { Mailbox, Path } from "./path.ts";
import type { ReplyName } from "./replies.ts";
import type { LmtpState } from "./states.ts";

export interface LmtpPolicy {
  /** Said in the greeting and to LHLO. */
  readonly hostName: string;
  readonly messageOctetsMax: number;
  readonly pathOctetsMax: number;
  readonly recipientsMax: number;
  readonly badCommandsMax: { readonly greeting: number; readonly session: number };
  /** What a mailbox over its quota answers: 452, so that the message comes again, or 552. */
  readonly overQuota: "defer" | "refuse";
}

/** What the session waits for; lines are handed over only while it is "line". */
export type Awaited = "line" | "recipient" | "data" | "outcomes" | "nothing";

/** A recipient that got its 250, in order; the same one may be there twice. */
export interface AcceptedRecipient {
  readonly mailbox: Mailbox;
  readonly account: string;
}

export interface LmtpSession {
  state: LmtpState;
  awaits: Awaited;
  /** A Unix socket, or both ends on loopback: bare names are accepted. */
  readonly local: boolean;
  readonly policy: LmtpPolicy;
  reversePath: Path | undefined;
  /** MAIL said SMTPUTF8. */
  utf8: boolean;
  /** The recipient that is being looked up. */
  pending: Mailbox | undefined;
  recipients: AcceptedRecipient[];
  /** What became of each recipient after the final dot; undefined while not known. */
  outcomes: (ReplyName | undefined)[];
  /** Recipients whose reply was sent. */
  answered: number;
  badCommands: number;
  /** A graceful stop was asked for: the session ends with the transaction. */
  stopping: boolean;
}

/** One thing that happened. Lines carry no line end. */
export type LmtpEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "line"; readonly octets: Uint8Array }
  | { readonly kind: "line-too-long" }
  | { readonly kind: "recipient"; readonly answer: RecipientAnswer | { readonly kind: "unavailable" } }
  /** The final dot was read. */
  | { readonly kind: "data-ended" }
  /** What became of the recipient at `index`. */
  | { readonly kind: "outcome"; readonly index: number; readonly reply: ReplyName }
  /** The store did not answer in time. */
  | { readonly kind: "delivery-timeout" }
  | { readonly kind: "timeout" }
  | { readonly kind: "stop" }
  | { readonly kind: "disconnected" };

/** One thing the driver must do, in order. */
export type LmtpEffect =
  | { readonly kind: "reply"; readonly text: string }
  | { readonly kind: "look-up"; readonly mailbox: Mailbox }
  /** Everything from here to the final dot is the message. */
  | { readonly kind: "receive" }
  /** Place the message that was received with each recipient, all at once. */
  | { readonly kind: "deliver"; readonly reversePath: Path; readonly recipients: readonly AcceptedRecipient[] }
  /** Let go of what was received of the message. */
  | { readonly kind: "discard" }
  /** Send what is queued, then close. */
  | { readonly kind: "close"; readonly reason: CloseReason };

/** Why the session itself ends a connection. */
export type CloseReason = "quit" | "disconnected" | "timeout" | "bad-commands" | "stopped";

/** A session at its very start. */
export function newSession(o: { readonly policy: LmtpPolicy; readonly local: boolean }): LmtpSession {
  return {
    state: "greeting",
    awaits: "nothing",
    local: o.local,
    policy: o.policy,
    reversePath: undefined,
    utf8: false,
    pending: undefined,
    recipients: [],
    outcomes: [],
    answered: 0,
    badCommands: 0,
    stopping: false,
  };
}
