// What a scripted peer can be told, all of it data: what it serves, and the faults it makes.
import type { TlsOptions } from "node:tls";

/** A message as RETR sends it. Text stands for octets, one character (U+0000 to U+00FF) an octet. */
export interface PeerMessage {
  /** Line ends go out as they are; only a missing last CRLF is added. */
  readonly octets: string | Uint8Array;
  /** Made up and never used again unless given; null: no line in the unique-id listing; "": a line without one. */
  readonly uniqueId?: string | null;
  /** What LIST and STAT say; the true octets unless given. */
  readonly listedOctets?: number;
}

/** Capabilities, each a line of CAPA's reply, by what has happened on the connection. What is missing is as before. */
export interface PeerCapabilities {
  readonly start?: readonly string[];
  readonly tls?: readonly string[];
  readonly login?: readonly string[];
}

export interface PeerTls extends TlsOptions {
  /** TLS from the first octet on (port 995's way); otherwise STLS is offered. */
  readonly implicit?: boolean;
}

export interface ScriptedPeerOptions {
  /** Three small messages unless given. */
  readonly messages?: readonly (string | Uint8Array | PeerMessage)[];
  /** The one name that may log in; any unless given. */
  readonly user?: string;
  /** `secret` unless given. */
  readonly password?: string;
  /** What XOAUTH2 and OAUTHBEARER take; `token` unless given. */
  readonly token?: string;
  /** Text behind `+OK `. One with `<…@…>` in it offers APOP. */
  readonly greeting?: string;
  /** In place of what the other options would announce. */
  readonly capabilities?: readonly string[] | PeerCapabilities;
  /** Commands it does not know and does not announce, such as `UIDL`, `TOP`, `CAPA`, `STLS`. */
  readonly without?: readonly string[];
  /** SASL mechanisms it offers; PLAIN and SCRAM-SHA-256 unless given. */
  readonly mechanisms?: readonly PeerMechanism[];
  readonly tls?: PeerTls;
  /** When messages go: marked ones at QUIT (RFC 1939 §6); or RETR takes the message away, at once or at QUIT. */
  readonly removal?: "at-quit" | "on-retr" | "retrieved-at-quit";
  readonly faults?: readonly PeerFault[];
  /** Answers what came within so many milliseconds together, as a distant server would. 0 unless given. */
  readonly latencyMs?: number;
  /** Ends a connection on which nothing was said for so long. 60,000 unless given. */
  readonly patienceMs?: number;
}

export type PeerMechanism =
  | "PLAIN"
  | "LOGIN"
  | "SCRAM-SHA-256"
  | "SCRAM-SHA-256-PLUS"
  | "CRAM-MD5"
  | "XOAUTH2"
  | "OAUTHBEARER"
  | "EXTERNAL";

/** When a fault applies. */
export interface FaultPlace {
  /**
   * The reply it changes: `greeting`; a command by its leading words, as `RETR`, `RETR 4` or `AUTH PLAIN`; a pattern
   * of the whole command; `RESPONSE 2`, the reply to the second line of a SASL exchange; `login`, the +OK of any way to
   * log in; `*`, every reply. `connection` is the whole connection: its octets count from the greeting's first.
   */
  readonly on: string | RegExp;
  /** The connections it applies to, counted from 1; all unless given. */
  readonly connection?: number | readonly number[];
  /** Passes over so many replies it would have applied to. */
  readonly skip?: number;
  /** Applies so many times and then no more. */
  readonly times?: number;
}

/** What a reply says. */
export interface FaultOnReply {
  /**
   * The first line, in place of the reply. The command is then not carried out, unless `applies`. A SASL exchange ends
   * with it, unless it is a challenge.
   */
  readonly answer?: string;
  /** Lines of a multi-line reply, in place of its own. */
  readonly lines?: readonly string[];
  /** LIST and UIDL without arguments: lines of these message-numbers only. */
  readonly lists?: readonly number[];
  /** Whether the command is carried out: `{ on: "QUIT", drop: 0, applies: false }` loses QUIT before the removal. */
  readonly applies?: boolean;
  /** On `login`: the session sees a maildrop that holds only these of its messages, counted from 1. */
  readonly sees?: readonly number[];
  /** On `QUIT`: of the marked messages only these are removed. */
  readonly removes?: readonly number[];
  /** On `AUTH`: lines to say one after another, each but the last once the client has said something. */
  readonly dialogue?: readonly string[];
  /** On `AUTH`: the line in place of the first challenge, such as `+OK`, `+` or `+ go ahead`. */
  readonly continuation?: string;
}

/** How a reply is written. */
export interface FaultOnLines {
  /** Between the columns of a listing, in place of one space. */
  readonly spacing?: string;
  /** Before each line of a listing. */
  readonly linePrefix?: string;
  /** Lines put into a listing, before its line `at`, counted from 0. */
  readonly insert?: { readonly at: number; readonly lines: readonly string[] };
  /** What ends a multi-line reply, in place of `.` CRLF; "" for nothing. */
  readonly terminator?: string;
  /** False: leading dots are not doubled. */
  readonly stuffing?: boolean;
  /** Ends status and listing lines, in place of CRLF. */
  readonly lineEnd?: string;
}

/** How a reply goes out. */
export interface FaultOnWire {
  /** Waits before its first octet. */
  readonly delayMs?: number;
  /** Not sent at all; the next command is answered. */
  readonly omit?: boolean;
  /** Octets right behind it, in the same packet; behind STLS's reply in clear. */
  readonly behind?: string;
  /** A packet for each octet, or packets that end at these offsets. */
  readonly split?: "octets" | readonly number[];
  /** Between the packets of a split reply. */
  readonly pauseMs?: number;
  /** Ends the connection when so many octets of it have been sent. */
  readonly drop?: number;
  /** How it ends: FIN, after close_notify on TLS, unless given; FIN without close_notify; RST. */
  readonly how?: "fin" | "bare-fin" | "reset";
  /** Sends so many octets of it and then nothing more, ever. */
  readonly stall?: number;
  /** On `connection`, of commands that come together: answers only the first, or closes. */
  readonly together?: "first" | "close";
}

/** What a fault changes. */
export interface FaultEffects extends FaultOnReply, FaultOnLines, FaultOnWire {}

/** One fault, as a value. Several may apply to one reply: of two that set the same field the later in the list counts. */
export interface PeerFault extends FaultPlace, FaultEffects {}
