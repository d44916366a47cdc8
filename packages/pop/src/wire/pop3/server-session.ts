// A POP3 session as the server sees it: its state, the events that reach it and the effects it asks for.
// Plain data: advanceServer and the commands it runs are the only code that changes it, the driver in ../../server
// the only one that acts.
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
  /** Bad commands in a row that are answered, before login and after; the next one closes the connection (P3-S-018). */
  readonly badCommandsMax: { readonly authorization: number; readonly transaction: number };
  /** The failed login that closes the connection (P3-S-037). */
  readonly failedLoginsMax: number;
  /** Octets of a command line, its end included; at least 255 (RFC 2449 §4). */
  readonly commandOctetsMax: number;
  /** Octets of an AUTH line or a SASL response, its end included. */
  readonly authOctetsMax: number;
  /** What IMPLEMENTATION says after login. */
  readonly implementation: string;
  /** The whole greeting line, GREETING by default; see `greetingReply`. */
  readonly greeting?: string;
}

/** The limits of CONFORMANCE P3-S-008, P3-S-018 and P3-S-037, and no mechanism. */
export const DEFAULT_POLICY: Pop3Policy = {
  mechanisms: [],
  badCommandsMax: { authorization: 3, transaction: 20 },
  failedLoginsMax: 3,
  commandOctetsMax: 4_096,
  authOctetsMax: 65_536,
  implementation: "Restante",
};

export interface OfferedMechanism {
  readonly name: string;
  /** Shows the password to whoever reads the channel: PLAIN, LOGIN. */
  readonly plaintext: boolean;
  /** Needs TLS because it binds to it: the -PLUS mechanisms. */
  readonly channelBinding: boolean;
  /** The server speaks first, so an initial response is an error (RFC 5034 §4). */
  readonly serverFirst: boolean;
}

/** What the session waits for; lines are handed over only while it is "line" or "sasl-line". */
export type Awaited = "line" | "verdict" | "sasl-line" | "maildrop" | "sent" | "commit" | "tls" | "nothing";

export interface ServerSession {
  state: Pop3State;
  awaits: Awaited;
  channel: Channel;
  readonly policy: Pop3Policy;
  /** Login named by an accepted USER, waiting for its PASS. */
  pendingLogin: Uint8Array | undefined;
  maildrop: MaildropListing | undefined;
  readonly marked: Set<MessageNumber>;
  markedOctets: number;
  badCommands: number;
  failedLogins: number;
  /** A graceful stop was asked for: the next command gets -ERR [SYS/TEMP] and the connection ends. */
  stopping: boolean;
}

/** A session before its greeting: it awaits the event `connected`. */
export function createServerSession(of: { readonly channel: Channel; readonly policy: Pop3Policy }): ServerSession {
  return {
    state: "authorization",
    awaits: "nothing",
    channel: of.channel,
    policy: of.policy,
    pendingLogin: undefined,
    maildrop: undefined,
    marked: new Set(),
    markedOctets: 0,
    badCommands: 0,
    failedLogins: 0,
    stopping: false,
  };
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

/** Why the session asks for its end. */
export type CloseReason = "quit" | "bad-commands" | "failed-logins" | "stopped" | "timeout" | "store-failed";

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
  | { readonly kind: "close"; readonly reason: CloseReason };
