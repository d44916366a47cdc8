// What a server's session, of whatever generation of POP, and its driver say to each other: events in, effects out.
// Sessions know no socket, store or clock; the driver in ../server knows no keyword.
import type { ErrorCode } from "./errors.ts";

/** 1-based place of a message in this session's maildrop. */
export type MessageNumber = number;

/** What the session reads of an open maildrop; a Maildrop of ../../maildrop fits. */
export interface MaildropListing {
  readonly count: number;
  readonly octets: number;
  octetsOf(n: MessageNumber): number;
  uniqueIdOf(n: MessageNumber): string;
  readonly isReadOnly?: boolean;
  /** Shown as its surrogate, because the session opened the maildrop with `surrogates`. */
  isSurrogate?(n: MessageNumber): boolean;
}

/** What the site does by itself to the mail and the logins of an account (RFC 2449 §6.5, §6.7). */
export interface AccountTerms {
  /** Days after which mail is removed; 0 once it was retrieved; never when undefined. */
  readonly expireDays: number | undefined;
  /** From one login to the next. 0 for none. */
  readonly loginDelaySeconds: number;
}

/** What the driver knows about the connection; it changes only by the event `tls-started`. */
export interface Channel {
  /** TLS is active. */
  readonly encrypted: boolean;
  /** A certificate is there, so STLS would work. */
  readonly tlsAvailable: boolean;
  /** The peer's socket address and the listener's are loopback: plaintext passwords are tolerated without TLS. */
  readonly loopback: boolean;
}

/** What the session waits for; lines are handed over only while it is "line" or "sasl-line". */
export type Awaited =
  | "line"
  | "verdict"
  | "sasl-line"
  | "maildrop"
  | "measured"
  | "sent"
  | "commit"
  | "tls"
  | "nothing";

/** A session of any generation, as its driver sees it. */
export interface ServerSide {
  /** As `who` shows it. */
  readonly state: string;
  readonly awaits: Awaited;
  readonly encrypted: boolean;
  /** Somebody is logged in. */
  readonly isAuthorized: boolean;
  readonly failedLogins: number;
  /** A graceful stop was asked for. */
  readonly stopping: boolean;
  /** The only way to change it. Throws a plain Error on an event it does not await: a driver's bug. */
  advance(event: SessionEvent): readonly Effect[];
  /** Octets the next line may have, its end included, judged by how it begins. */
  lineOctetsMax(head: Uint8Array): number;
  /** The message that this line asks for, if it may join the run about to be sent; the line is then dropped. */
  nextInRun(line: Uint8Array): MessageNumber | undefined;
}

/** One thing that happened. Lines carry no line end. */
export type SessionEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "line"; readonly octets: Uint8Array }
  | { readonly kind: "line-too-long" }
  /** A SASL mechanism asks the client for more. */
  | { readonly kind: "challenge"; readonly octets: Uint8Array }
  /** `terms`: what holds for this account, when the site has any. */
  | { readonly kind: "accepted"; readonly terms?: AccountTerms }
  | { readonly kind: "refused"; readonly code: ErrorCode }
  | { readonly kind: "maildrop-opened"; readonly maildrop: MaildropListing }
  | { readonly kind: "maildrop-refused"; readonly code: ErrorCode }
  /** The effect `retrieve` or `list` is done and everything, so many octets of it, was handed to the connection. */
  | { readonly kind: "sent"; readonly octets?: number }
  /** The effect `measure` is done: so many octets will be sent. */
  | { readonly kind: "measured"; readonly octets: number }
  /**
   * A message failed before its first octet was handed to the connection, so a reply is still possible. `unsent` are
   * the messages behind it in a run; they are asked for again after the -ERR.
   */
  | { readonly kind: "send-failed"; readonly code: ErrorCode; readonly unsent?: readonly MessageNumber[] }
  | { readonly kind: "tls-started" }
  | { readonly kind: "committed" }
  | { readonly kind: "commit-failed"; readonly code: ErrorCode }
  /**
   * A graceful stop. Ends a session that awaits a command, unless a whole line of it is buffered; otherwise the running
   * command is finished, and the driver says `stop` again when nothing is buffered behind it.
   */
  | { readonly kind: "stop"; readonly linesBuffered?: boolean }
  | { readonly kind: "timeout" }
  | { readonly kind: "disconnected" };

/**
 * How messages are told apart on the wire: first reply line, stuffed octets and terminator (RFC 1939 §3); their octets
 * and nothing else (RFC 937); one mailbox of them (POP1's, see mbox.ts).
 */
export type Framing = "multi-line" | "octets" | "mbox";

/** Why the session asks for its end. */
export type CloseReason =
  | "quit"
  | "bad-commands"
  | "failed-logins"
  | "maildrop-refused"
  | "stopped"
  | "timeout"
  | "store-failed";

/** One thing the driver must do, in order. */
export type Effect =
  /** Send this text, ASCII or one character an octet; CRLFs are in it. */
  | { readonly kind: "reply"; readonly text: string }
  | { readonly kind: "check-password"; readonly login: Uint8Array; readonly password: Uint8Array }
  /** RFC 1939 §7: the digest is the MD5 of this session's timestamp and the secret, in hex. */
  | { readonly kind: "check-digest"; readonly login: Uint8Array; readonly timestamp: string; readonly digest: string }
  | { readonly kind: "sasl-start"; readonly mechanism: string; readonly initialResponse: Uint8Array | undefined }
  | { readonly kind: "sasl-response"; readonly octets: Uint8Array }
  | { readonly kind: "sasl-cancel" }
  /**
   * Open the maildrop of the login that was accepted, or another of its mailboxes, named as the peer wrote it.
   * `surrogates`: show internationalised mail as its surrogate (RFC 6858).
   */
  | { readonly kind: "open-maildrop"; readonly mailbox?: Uint8Array; readonly surrogates?: boolean }
  /** Send messages, framed as POP3's multi-line replies unless said. */
  | {
      readonly kind: "retrieve";
      readonly numbers: readonly MessageNumber[];
      readonly bodyLines: number | undefined;
      readonly framing?: Framing;
      /** The word for octets in the first reply line, an octet a character; "octets" unless said. */
      readonly octetsWord?: string;
    }
  /** Count the octets that these messages will be sent as. */
  | { readonly kind: "measure"; readonly numbers: readonly MessageNumber[]; readonly framing: Framing }
  /** Send a long listing: pull a chunk of ASCII text, send it, yield, pull the next. */
  | { readonly kind: "list"; readonly chunks: Iterator<string> }
  /** Discard everything read so far, then start TLS; with octets already buffered close instead (P3-S-174). */
  | { readonly kind: "start-tls" }
  | { readonly kind: "commit"; readonly marked: ReadonlySet<MessageNumber> }
  | { readonly kind: "release-maildrop" }
  /** Send what is queued, then close. */
  | { readonly kind: "close"; readonly reason: CloseReason };
