// What is written here and how it leaves. Restante is no SMTP server: it hands a message to a submission server of the
// sender's provider (RFC 6409), or, between accounts of this house, places it itself.
import type { MailAddress } from "../message/index.ts";

/** How a submission server is reached. Passwords go over TLS alone. */
export interface SubmissionServer {
  readonly host: string;
  readonly port: number;
  /** implicit: TLS from the first octet (RFC 8314). starttls: required, never optional. none: loopback only. */
  readonly tls: "implicit" | "starttls" | "none";
  readonly auth: SubmissionAuth | undefined;
}

export type SubmissionAuth =
  | { readonly kind: "plain" | "login"; readonly user: string; readonly password: string }
  /** Asked for a fresh token before every attempt. */
  | { readonly kind: "xoauth2"; readonly user: string; readonly token: () => Promise<string> };

export interface OutgoingAttachment {
  readonly fileName: string;
  /** `message/rfc822` for a mail that is forwarded whole. */
  readonly mediaType: string;
  readonly content: Uint8Array;
  /** Shown inside the HTML body as `cid:` of this. */
  readonly contentId?: string;
}

/** A message as its writer means it. Every field is cleaned before a header is made of it. */
export interface OutgoingMessage {
  readonly from: MailAddress;
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  /** In the envelope alone. */
  readonly bcc: readonly MailAddress[];
  readonly subject: string;
  readonly text: string;
  /** Undefined: plain text alone. Already made of allowed elements. */
  readonly html?: string;
  /** Message-ID of what this answers, without angle brackets. */
  readonly inReplyTo?: string;
  readonly references: readonly string[];
  readonly attachments: readonly OutgoingAttachment[];
  readonly asksForReceipt: boolean;
}

export interface Envelope {
  readonly from: string;
  readonly to: readonly string[];
}

export interface BuiltMessage {
  /** Canonical octets; sent, stored and filed as they are. */
  readonly octets: Uint8Array;
  readonly envelope: Envelope;
  /** Without angle brackets. */
  readonly id: string;
}

export type OutboxState = "held" | "queued" | "sending" | "sent" | "failed";

/** Why an attempt did not succeed, in the server's words and in plain ones. */
export interface SubmissionTrouble {
  /** What kind of trouble it is; stable. */
  readonly code: SubmissionFailure;
  /** The reply of the server, cleaned; empty when there was none. */
  readonly reply: string;
  /** One sentence, and what to do about it. */
  readonly words: string;
}

export type SubmissionFailure =
  | "no-server"
  | "unreachable"
  | "tls"
  | "login-refused"
  | "sender-refused"
  | "recipients-refused"
  /** An address beyond ASCII, and a server without SMTPUTF8 (RFC 6531). */
  | "ascii-only"
  /** Octets beyond 127 in the body, and a server without 8BITMIME (RFC 6152). */
  | "seven-bit"
  | "too-large"
  | "message-refused"
  | "try-later"
  | "maybe-sent"
  /** Its draft could not be kept, or the process ended while it was being taken back. */
  | "half-taken-back"
  /** Something of our own cannot be read or written. */
  | "our-side"
  /** Tried until SUBMISSION_LIMITS.giveUpMs was over. */
  | "gave-up"
  | "protocol";

/** One message on its way out. */
export interface OutboxEntry {
  readonly id: string;
  readonly account: string;
  readonly state: OutboxState;
  /** The stored message: in Outbox until it was sent, then in Sent. */
  readonly messageId: number;
  readonly subject: string;
  /** Who is still to be asked, or may not have it; who was refused stands in `refused`. */
  readonly envelope: Envelope;
  /** Who has it: a server took it for them. */
  readonly taken: readonly string[];
  /** Whether it can be taken back and written on, to those alone who do not have it. */
  readonly canBeTakenBack: boolean;
  /** Whether it can be kept from being sent and is nothing to write on: a receipt, or a mail that leaves a list. */
  readonly canBeCancelled: boolean;
  /** Whether somebody of the envelope may have it all the same; a later attempt that failed does not change that. */
  readonly isMaybeSent: boolean;
  /** Whether it is one of those and may have been sent: it can be put with what was sent, and never said not to be. */
  readonly canBeFiled: boolean;
  /** Milliseconds since the epoch. */
  readonly queuedAt: number;
  readonly holdUntil: number;
  readonly nextTryAt: number;
  readonly attempts: number;
  readonly sentAt: number | undefined;
  readonly trouble: SubmissionTrouble | undefined;
  /** Recipients refused for good while others took it. */
  readonly refused: readonly { readonly address: string; readonly reply: string }[];
}

/** A refusal the caller expects. */
export type SubmissionRefusal = "bad-address" | "no-recipients" | "too-many-recipients" | "too-large" | "too-late";

export class SubmissionError extends Error {
  readonly code: SubmissionRefusal;
  /** What `message` is about, for whoever says it in another language. */
  readonly values: Readonly<Record<string, string | number>>;
  constructor(code: SubmissionRefusal, message: string, values: SubmissionError["values"] = {}) {
    super(message);
    this.name = "SubmissionError";
    this.code = code;
    this.values = values;
  }
}
