// A POP3 session as the server sees it. Plain data: advanceServer and the commands it runs are the only code that
// changes it, the driver in ../../server the only one that acts.
import type { AccountTerms, Awaited, Channel, MaildropListing, MessageNumber } from "../server-contract.ts";
import type { Language } from "./language.ts";
import type { Pop3State } from "./states.ts";

export type {
  Awaited,
  Channel,
  CloseReason,
  Effect,
  MaildropListing,
  MessageNumber,
  SessionEvent,
} from "../server-contract.ts";

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
  /** The client may not be shown raw UTF-8 headers unless it said UTF8: "surrogate" (RFC 6858) unless said. */
  readonly internationalised?: "surrogate" | "as-is" | "refuse";
  /** The language of `LANG *`; English unless said. */
  readonly language?: Language;
  /** Speak LAST, which RFC 1725 took out. */
  readonly speaksLast?: boolean;
  /** Makes a msg-id never made before; APOP is spoken, and announced by it in the greeting, only with this. */
  readonly makeTimestamp?: () => string;
  /** What is announced before anybody is logged in; undefined: nothing is. */
  readonly siteTerms?: () => SiteTerms;
}

/** The strictest that holds for any account, and whether it differs between accounts (RFC 2449 §6.5, §6.7). */
export interface SiteTerms extends AccountTerms {
  readonly expireDiffers: boolean;
  readonly loginDelayDiffers: boolean;
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

export interface ServerSession {
  state: Pop3State;
  awaits: Awaited;
  channel: Channel;
  readonly policy: Pop3Policy;
  /** Login named by an accepted USER, waiting for its PASS. */
  pendingLogin: Uint8Array | undefined;
  /** Of the greeting; undefined when there is none to answer by APOP, or TLS came after it. */
  timestamp: string | undefined;
  /** Chosen by LANG; English in ASCII until then. */
  language: Language | undefined;
  /** The client said UTF8 (RFC 6856 §2.1). */
  utf8: boolean;
  /** Of the account that is logged in. */
  terms: AccountTerms | undefined;
  maildrop: MaildropListing | undefined;
  /** The message being sent by RETR, where it matters afterwards which were. */
  sending: MessageNumber | undefined;
  /** Sent whole by RETR, where it matters; TOP does not count. */
  readonly retrieved: Set<MessageNumber>;
  /** The highest message-number that RETR or DELE was given (RFC 1460 §5 LAST). */
  highestAccessed: MessageNumber;
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
    timestamp: of.policy.makeTimestamp?.(),
    language: undefined,
    utf8: false,
    terms: undefined,
    maildrop: undefined,
    sending: undefined,
    retrieved: new Set(),
    highestAccessed: 0,
    marked: new Set(),
    markedOctets: 0,
    badCommands: 0,
    failedLogins: 0,
    stopping: false,
  };
}
