// A POP3 session as the server sees it: its state, the events that reach it and the effects it asks for.
// Plain data: ./server-advance.ts is the only code that changes it, the driver in ../../server the only one that acts.
import type { ErrorCode } from "../errors.ts";
import type { Pop3State } from "./states.ts";

/** 1-based place of a message in this session's maildrop. */
export type MessageNumber = number;

/** What the session reads of an open maildrop; a Maildrop of ../../maildrop fits. */
export interface MaildropListing {
  readonly count: number;
  readonly octets: number;
  octetsOf(n: MessageNumber): number;
  uniqueIdOf(n: MessageNumber): string;
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

export interface Pop3Policy {
  /** SASL mechanisms offered on a channel, strongest first, with what each needs to know. */
  readonly mechanisms: readonly OfferedMechanism[];
  /** Bad commands in a row before the connection is closed: before login, after login (P3-S-018). */
  readonly badCommandsMax: { readonly authorization: number; readonly transaction: number };
  /** Failed logins before the connection is closed (P3-S-037). */
  readonly failedLoginsMax: number;
  readonly commandOctetsMax: number;
  readonly authOctetsMax: number;
  readonly implementation: string;
}

export interface OfferedMechanism {
  readonly name: string;
  /** Shows the password to whoever reads the channel: PLAIN, LOGIN. */
  readonly plaintext: boolean;
  /** Needs TLS because it binds to it: the -PLUS mechanisms. */
  readonly channelBinding: boolean;
  /** The server speaks first, so an initial response is an error (RFC 5034 §4). */
  readonly serverFirst: boolean;
}

/** What the session waits for; lines are handed over only while it is "line". */
export type Awaited = "line" | "verdict" | "sasl-line" | "maildrop" | "sent" | "commit" | "tls" | "nothing";

export interface ServerSession {
  state: Pop3State;
  awaits: Awaited;
  channel: Channel;
  readonly policy: Pop3Policy;
  /** Login named by an accepted USER, waiting for its PASS. */
  pendingLogin: string | undefined;
  maildrop: MaildropListing | undefined;
  readonly marked: Set<MessageNumber>;
  markedOctets: number;
  badCommands: number;
  failedLogins: number;
  /** A graceful stop was asked for: the next command gets -ERR [SYS/TEMP] and the connection ends. */
  stopping: boolean;
}

/** One thing that happened. Lines carry no line end. */
export type SessionEvent =
  | { readonly kind: "connected" }
  | { readonly kind: "line"; readonly octets: Uint8Array }
  | { readonly kind: "line-too-long" }
  /** A SASL mechanism asks the client for more. */
  | { readonly kind: "challenge"; readonly octets: Uint8Array }
  | { readonly kind: "accepted" }
  | { readonly kind: "refused"; readonly code: ErrorCode }
  | { readonly kind: "maildrop-opened"; readonly maildrop: MaildropListing }
  | { readonly kind: "maildrop-refused"; readonly code: ErrorCode }
  /** The effect `retrieve` or `list` is done and everything was handed to the connection. */
  | { readonly kind: "sent" }
  /** It failed before its first octet was handed to the connection, so a reply is still possible. */
  | { readonly kind: "send-failed"; readonly code: ErrorCode }
  | { readonly kind: "tls-started" }
  | { readonly kind: "committed" }
  | { readonly kind: "commit-failed"; readonly code: ErrorCode }
  | { readonly kind: "stop" }
  | { readonly kind: "timeout" }
  | { readonly kind: "disconnected" };

/** One thing the driver must do, in order. */
export type Effect =
  /** Send this ASCII text; CRLFs are in it. */
  | { readonly kind: "reply"; readonly text: string }
  | { readonly kind: "check-password"; readonly login: Uint8Array; readonly password: Uint8Array }
  | { readonly kind: "sasl-start"; readonly mechanism: string; readonly initialResponse: Uint8Array | undefined }
  | { readonly kind: "sasl-response"; readonly octets: Uint8Array }
  | { readonly kind: "sasl-cancel" }
  /** Open the maildrop of the login that was accepted. */
  | { readonly kind: "open-maildrop" }
  /** Send messages, each as its first reply line, its stuffed octets and the terminator. */
  | { readonly kind: "retrieve"; readonly numbers: readonly MessageNumber[]; readonly bodyLines: number | undefined }
  /** Send a long listing: pull a chunk of ASCII text, send it, yield, pull the next. */
  | { readonly kind: "list"; readonly chunks: Iterator<string> }
  /** Discard everything read so far, then start TLS; with octets already buffered close instead (P3-S-174). */
  | { readonly kind: "start-tls" }
  | { readonly kind: "commit"; readonly marked: ReadonlySet<MessageNumber> }
  | { readonly kind: "release-maildrop" }
  /** Send what is queued, then close. */
  | { readonly kind: "close" };
