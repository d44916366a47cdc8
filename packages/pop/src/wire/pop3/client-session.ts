// A POP3 session as the client sees it: plain data that advanceClient alone changes. Commands go in as events, in any
// number; what must be sent, and what came back for which command, leaves as effects.
import { LineReader } from "../line-reader.ts";
import type { DotUnstuffer } from "../multiline.ts";
import { PLAIN_KERNEL, type OctetKernel } from "../octets.ts";
import type { AnnouncedCapabilities } from "./client-capabilities.ts";
import type { ClientCommand } from "./client-commands.ts";
import type { StatusLine } from "./client-status.ts";
import type { Pop3State } from "./states.ts";

export interface ClientPolicy {
  /** Octets of a status line or a line of a listing, its end included; lines of messages have no limit (P3-C-009). */
  readonly lineOctetsMax: number;
  readonly capabilityLinesMax: number;
  /** Lines of LIST, UIDL and other listings. */
  readonly listLinesMax: number;
  /** Of all lines of one of them together. */
  readonly listOctetsMax: number;
  readonly pipelining: {
    /** `announced`: when CAPA says PIPELINING in the transaction state, with probation (RFC 2449 §6.6). */
    readonly when: "announced" | "always" | "never";
    readonly inFlightMax: number;
    /** Octets of the replies expected in flight; one command is always sent. */
    readonly octetsMax: number;
  };
}

export const DEFAULT_CLIENT_POLICY: ClientPolicy = {
  lineOctetsMax: 8_192,
  capabilityLinesMax: 256,
  listLinesMax: 1_000_000,
  // A million unique-ids of seventy characters (RFC 1939 §7), their message-numbers and line ends included.
  listOctetsMax: 80_000_000,
  pipelining: { when: "announced", inFlightMax: 1_000, octetsMax: 4_194_304 },
};

/** A command that was sent and whose reply has not ended. */
export interface InFlight<C> {
  readonly command: C;
  /** Sent while another was unanswered. */
  readonly pipelined: boolean;
  /** Its first line has come, and more belongs to it. */
  isContinued: boolean;
  readonly lines: Uint8Array[];
  lineCount: number;
  lineOctets: number;
  /** AUTH alone: how many challenges came, and whether we cancelled. */
  challenges: number;
  challengesAfterCancel: number;
  cancelled: ExchangeEnd | undefined;
}

/** Why a client cancelled an exchange. */
export type ExchangeEnd = "undecodable-challenge" | "unexpected-challenge" | "refused-by-client";

/** What the session waits for besides replies. */
export type ClientAwaited = "greeting" | "replies" | "sasl-response" | "tls" | "nothing";

export interface ClientSession<C extends ClientCommand = ClientCommand> {
  state: Pop3State;
  awaits: ClientAwaited;
  encrypted: boolean;
  greeting: string | undefined;
  /** Undefined until CAPA was answered, and again after STLS (RFC 2595 §4). */
  capabilities: AnnouncedCapabilities | undefined;
  /**
   * How far the server's PIPELINING is believed: not; two in flight until one sent behind another was answered; up to
   * the policy's window.
   */
  pipelining: "off" | "probation" | "on";
  readonly queue: C[];
  readonly inFlight: InFlight<C>[];
  inFlightOctets: number;
  /** The window was full: nothing more is sent before half of it is answered, so that commands leave in runs. */
  isDraining: boolean;
  /** The driver doubts that the replies are in step: nothing is sent before all that was sent is answered. */
  isHeld: boolean;
  /** The driver saw replies that may have been out of step: one command at a time from then on. */
  isDistrusted: boolean;
  readonly policy: ClientPolicy;
  readonly kernel: OctetKernel;
  readonly reader: LineReader;
  unstuffer: DotUnstuffer | undefined;
}

/** A session before its connection: it awaits the greeting. */
export function createClientSession<C extends ClientCommand = ClientCommand>(of: {
  /** TLS is active from the first octet. */
  readonly encrypted: boolean;
  readonly policy?: ClientPolicy;
  readonly kernel?: OctetKernel;
}): ClientSession<C> {
  const kernel = of.kernel ?? PLAIN_KERNEL;
  return {
    state: "authorization",
    awaits: "greeting",
    encrypted: of.encrypted,
    greeting: undefined,
    capabilities: undefined,
    pipelining: "off",
    queue: [],
    inFlight: [],
    inFlightOctets: 0,
    isDraining: false,
    isHeld: false,
    isDistrusted: false,
    policy: of.policy ?? DEFAULT_CLIENT_POLICY,
    kernel,
    reader: new LineReader({ kernel }),
    unstuffer: undefined,
  };
}

/** One thing that happened. */
export type ClientEvent<C> =
  /** Octets from the connection; they must not be written to afterwards. `go-on` follows. */
  | { readonly kind: "received"; readonly octets: Uint8Array }
  /** What came was looked at: sends what may be sent now. */
  | { readonly kind: "go-on" }
  | { readonly kind: "command"; readonly command: C }
  /** They go before what waits, in their order; their states are the caller's to see to. */
  | { readonly kind: "first"; readonly commands: readonly C[] }
  /** The caller no longer wants it. Has no effect on one that was sent. */
  | { readonly kind: "withdraw"; readonly command: C }
  /** Sends nothing before everything in flight is answered; what a server lost is then missing at the end. */
  | { readonly kind: "hold" }
  /** As `hold`, and one command at a time for the rest of the session. */
  | { readonly kind: "distrust" }
  /** What a SASL mechanism answers to a challenge; undefined cancels the exchange. */
  | { readonly kind: "sasl-response"; readonly octets: Uint8Array | undefined }
  | { readonly kind: "tls-started" }
  /** The other side closed, or the connection was lost. */
  | { readonly kind: "ended" };

/** Why a session cannot go on. */
export type ClientFailure =
  /** A greeting of -ERR (RFC 1939 §4). */
  | "greeting-refused"
  /** What came is not POP3 at this place. */
  | "protocol"
  | "line-too-long"
  | "too-many-lines"
  /** Octets behind the reply to STLS, before TLS (RFC 2595 §4). */
  | "tls-injection"
  /** The connection ended inside a reply of several lines. */
  | "truncated"
  | "closed";

/** One thing the driver must do, or learns, in order. */
export type ClientEffect<C> =
  /** Send this text, one octet a character; a log may show `shown`. */
  | { readonly kind: "send"; readonly text: string; readonly shown: string }
  | { readonly kind: "greeting"; readonly status: StatusLine }
  /** The first line of a reply; the last one too unless `isContinued`. */
  | {
      readonly kind: "reply";
      readonly command: C;
      readonly status: StatusLine;
      readonly isContinued: boolean;
      readonly cancelled: ExchangeEnd | undefined;
    }
  /** A line of a listing, un-stuffed. */
  | { readonly kind: "line"; readonly command: C; readonly octets: Uint8Array }
  /** A part of a message, un-stuffed. */
  | { readonly kind: "data"; readonly command: C; readonly pieces: readonly Uint8Array[] }
  /** The termination octet came: the reply is whole. */
  | { readonly kind: "end"; readonly command: C }
  | { readonly kind: "challenge"; readonly command: C; readonly octets: Uint8Array }
  /** Start TLS on this connection, then say `tls-started`. */
  | { readonly kind: "start-tls"; readonly command: C }
  /** Close. Every command that was not answered has failed; `text` is what the server wrote, if anything. */
  | { readonly kind: "failed"; readonly failure: ClientFailure; readonly status?: StatusLine; readonly text?: string };
