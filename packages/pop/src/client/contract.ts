// The client's public face: what a program gives `connect`, and what it gets back.
import type { Duplex, Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";
import type { ConnectionOptions } from "node:tls";
import type { KnownResponseCode } from "../wire/index.ts";
import type { AccessToken, SaslClientMechanism, TokenReason } from "../sasl/index.ts";
import type { Pop3Error } from "./errors.ts";
import type { Limits, Timeouts } from "./limits.ts";

/** Implicit TLS (RFC 8314 §3.3); STLS or nothing; STLS if the server announces it, else cleartext; cleartext. */
export type TlsMode = "implicit" | "stls-required" | "stls-if-offered" | "none";

/** A secret, or how to get it when it is needed: within `timeouts.credentialsMs`, or the login fails with AUTH_TIMEOUT. */
export type Secret = string | (() => string | Promise<string>);

export interface TokenRequest {
  readonly user: string;
  readonly host: string;
  readonly port: number;
  /** `expired` and `rejected` ask for a token other than the last one, at most once a login. */
  readonly reason: TokenReason;
  /** Aborted when nobody waits for the token any more: the login was given up, or `timeouts.credentialsMs` are over. */
  readonly signal: AbortSignal;
}

/** Ways to use a password. CRAM-MD5 and APOP are used only when they are named. */
export type PasswordMechanism =
  | "SCRAM-SHA-256-PLUS"
  | "SCRAM-SHA-256"
  | "SCRAM-SHA-1-PLUS"
  | "SCRAM-SHA-1"
  | "PLAIN"
  | "LOGIN"
  | "USER"
  | "CRAM-MD5"
  | "APOP";

export type TokenMechanism = "OAUTHBEARER" | "XOAUTH2";

/** `auto`: with the AUTH command where it fits and the mechanism is known to bear it; XOAUTH2 goes in two steps. */
export type InitialResponse = "auto" | "always" | "never";

export interface PasswordAuth {
  readonly user: string;
  readonly password: Secret;
  readonly authzid?: string;
  /** Only these, in this order; else the strongest that the server announces. */
  readonly mechanisms?: readonly PasswordMechanism[];
  readonly initialResponse?: InitialResponse;
}

export interface TokenAuth {
  readonly user: string;
  readonly oauth2: (request: TokenRequest) => Promise<AccessToken>;
  readonly authzid?: string;
  readonly mechanisms?: readonly TokenMechanism[];
  readonly initialResponse?: InitialResponse;
}

/** By the client certificate in `tlsOptions`. */
export interface ExternalAuth {
  readonly external: true;
  readonly authzid?: string;
}

/** A SASL mechanism of the caller's own. */
export interface MechanismAuth {
  readonly sasl: SaslClientMechanism;
  readonly user?: string;
  readonly password?: Secret;
  readonly authzid?: string;
}

export type Auth = PasswordAuth | TokenAuth | ExternalAuth | MechanismAuth;

/** What may be chosen of TLS. Verification cannot be switched off: `pin` a certificate that nobody vouches for. */
export type TlsOptions = Pick<
  ConnectionOptions,
  "ca" | "cert" | "ciphers" | "key" | "passphrase" | "pfx" | "secureContext" | "servername"
> & { readonly minVersion?: "TLSv1.2" | "TLSv1.3" };

/** Opens a byte stream to the server, or to what leads there: SOCKS, a unix socket, a tunnel, a test. TLS is put on top by the client. */
export interface Pop3Transport {
  connect(to: { readonly host: string; readonly port: number; readonly signal: AbortSignal }): Promise<Duplex>;
}

/** Where a program keeps what was learnt about hosts; in memory unless given. */
export interface HostMemory {
  /** This host announced PIPELINING and then lost commands. */
  isPipeliningBroken(host: string): boolean;
  rememberPipeliningBroken(host: string): void;
}

/** Of pino's shape. */
export interface Logger {
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
}

/**
 * One line of the conversation, or the octets of a message. Secrets are `****`, control octets are escaped. Of a listing the
 * first hundred lines, and how many more there were.
 */
export interface TraceEvent {
  readonly session: string;
  readonly from: "client" | "server";
  readonly line?: string;
  readonly octets?: number;
}

/** How far the way into a session is: the connection is made, TLS begun, the login begun. */
export type OpeningStep = "connect" | "tls" | "auth";

export type OutOfStep = "lost" | "unasked";

export interface Pop3Options {
  readonly host: string;
  /** 995 for implicit TLS, else 110. */
  readonly port?: number;
  /** `implicit` unless given. */
  readonly tls?: TlsMode;
  readonly tlsOptions?: TlsOptions;
  /**
   * Of the address whose SRV records named `host` (RFC 6186): a certificate for this domain's POP3 (an SRV-ID) then
   * counts as one for the host (RFC 7817 §3).
   */
  readonly mailDomain?: string;
  /** `sha256/BASE64` of the public key (SPKI), or the SHA-256 fingerprint of the certificate: replaces trust in issuers and names. */
  readonly pin?: string | readonly string[];
  /** Logs in; without it the session stays in the authorization state. */
  readonly auth?: Auth;
  /** Lets a password or token go out without TLS; loopback is always let. */
  readonly allowCleartextAuth?: boolean;
  /** `http://` or `https://`: HTTP CONNECT, with `user:password@` if need be. Others go through `transport`. */
  readonly proxy?: string;
  readonly localAddress?: string;
  readonly transport?: Pop3Transport;
  /** Ends the session, whatever it does. */
  readonly signal?: AbortSignal;
  readonly timeouts?: Partial<Timeouts>;
  readonly limits?: Partial<Limits>;
  /** `auto`: when the server announces it, tried carefully first; `always`: believed without asking. */
  readonly pipelining?: "auto" | "off" | "always";
  /** Ask for the listing together with what is asked after the login: the first `list` costs no round trip of its own. */
  readonly listing?: boolean;
  /** Say UTF8 before login where it is announced: internationalised mail comes as it is, not as a surrogate (RFC 6856). */
  readonly utf8?: boolean;
  /** A language-range such as `de` or `*`: the server's texts come in it where LANG is announced, behind TLS alone (RFC 6856 §3). */
  readonly lang?: string;
  readonly hostMemory?: HostMemory;
  readonly log?: Logger;
  readonly trace?: (event: TraceEvent) => void;
  /** Told before each step into the session; again when a session goes on over a new connection. */
  readonly onStep?: (step: OpeningStep) => void;
  /**
   * Told when commands sent together were not answered as they should be (RFC 2449 §6.6): a reply may be lost, and where sizes
   * are wrong a message that came before may be another. `unasked`: a reply came that nothing was asked for, so that one
   * before it may have been too many, and each message behind that one another. What it throws is ignored.
   */
  readonly onOutOfStep?: (why: OutOfStep) => void;
}

/** Given to every call. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** From the call to its end. */
  readonly timeoutMs?: number;
}

/** A message-number of this session, or a unique-id. */
export type MessageRef = number | { readonly uniqueId: string };

export interface Entry {
  readonly n: number;
  /** One character an octet; null where the server gives none. */
  readonly uniqueId: string | null;
  /** As the server says; many servers guess. */
  readonly octets: number;
}

export interface Listing {
  /** By message-number. */
  readonly entries: readonly Entry[];
  readonly byUniqueId: ReadonlyMap<string, Entry>;
  /** Unique-ids that several messages have. They are not in `byUniqueId`. */
  readonly duplicateUniqueIds: readonly string[];
  /** Messages that UIDL has and LIST has not. */
  readonly unmatched: readonly { readonly n: number; readonly uniqueId: string | undefined }[];
  /** The server answered UIDL. */
  readonly hasUniqueIds: boolean;
  /** Nothing was odd: no unreadable line, gap, duplicate or missing unique-id. Blank lines are none. */
  readonly isComplete: boolean;
}

export interface DropListing {
  readonly count: number;
  readonly octets: number;
}

/** `signal` ends the loop and what is retrieved in it; `timeoutMs` is for the listing, each retrieval has its own. */
export interface SelectOptions extends CallOptions {
  /** Of this session, from `list()`; asked for again unless given. */
  readonly listing?: Listing;
  readonly order?: "oldest" | "newest";
  readonly where?: (entry: Entry) => boolean;
  readonly limit?: number;
  /** Leaves larger ones out, by the size the server says. */
  readonly octetsMax?: number;
  /** Messages asked for before they are wanted, once the first was retrieved; 0 for none. */
  readonly readAhead?: number;
}

export interface HeaderOptions extends CallOptions {
  /** Lines of the body behind the header; 0 unless given. */
  readonly bodyLines?: number;
  /** In POP3, reject where the server refuses TOP, and do not read the beginning of RETR instead; false unless given. */
  readonly onlyTop?: boolean;
}

export interface Progress {
  readonly n: number;
  readonly octets: number;
  /** As LIST says, if it was asked. */
  readonly expectedOctets: number | undefined;
}

export interface RetrieveOptions extends CallOptions {
  /** Fails with MESSAGE_TOO_LARGE beyond this; the limit of the session unless given. */
  readonly octetsMax?: number;
  /** What line ends to give out: those that came, CRLF everywhere, or LF everywhere. */
  readonly lineEnds?: "as-sent" | "crlf" | "lf";
  readonly digest?: "sha256";
  /** What is read with `for await` is good until the next is asked for, and may be overwritten then: no copies are made. */
  readonly borrowed?: boolean;
  readonly onProgress?: (progress: Progress) => void;
}

export interface RetrieveResult {
  /** As received, after un-stuffing. */
  readonly octets: number;
  readonly has8Bit: boolean;
  /** Hexadecimal, of the octets given out; with `digest`. */
  readonly sha256: string | undefined;
  /** The size LIST told is the size that came; undefined when LIST was not asked. */
  readonly sizeMatches: boolean | undefined;
}

/** A message on its way: octets as they are, un-stuffed, its last CRLF kept. To be read once, in one of the ways. */
export interface MessageStream extends AsyncIterable<Uint8Array> {
  readonly n: number;
  /** Resolves when the termination octet was seen, and never without; what was read before may be half a message. */
  readonly done: Promise<RetrieveResult>;
  toReadable(): Readable;
  toWeb(): ReadableStream<Uint8Array>;
  toBuffer(): Promise<Buffer>;
  /** Wants no more. A short rest is read and thrown away; a long one ends the session. `sessionUsable` of what `done` rejects with tells. */
  cancel(reason?: unknown): Promise<void>;
}

export interface Message extends Entry {
  headers(options?: HeaderOptions): Promise<Buffer>;
  retrieve(options?: RetrieveOptions): MessageStream;
  delete(options?: CallOptions): Promise<void>;
}

export type ResponseCode = KnownResponseCode | (string & {});

export interface RawReply {
  readonly isOk: boolean;
  /** Control octets escaped. */
  readonly text: string;
  readonly responseCode: ResponseCode | undefined;
  readonly lines: readonly Buffer[];
}

/**
 * `committed`: the server removed what was marked. `partial`: it says it did not remove everything. `unknown`: QUIT was
 * sent and no answer came; the next session's listing tells.
 */
export interface CommitResult {
  readonly status: "committed" | "partial" | "unknown";
  readonly text?: string;
  /** COMMIT_PARTIAL or COMMIT_UNKNOWN. */
  readonly error?: Pop3Error;
}

export interface CloseReason {
  readonly kind: "commit" | "rollback" | "server" | "error";
  readonly error?: Pop3Error;
}

/** What a certificate says of itself, as text that is safe to show. */
export interface CertificateInfo {
  /** `sha256/BASE64` of the public key. */
  readonly pin: string;
  /** SHA-256 of the certificate, in upper case with colons: what to compare with what its owner says. */
  readonly fingerprint: string;
  /** `CN=pop.example.org, O=Example`, or "". */
  readonly subject: string;
  /** As `subject`. */
  readonly issuer: string;
  /** The hosts and addresses it is for. */
  readonly names: readonly string[];
  /** Not a date (`NaN`) where the certificate has none. */
  readonly validFrom: Date;
  /** As `validFrom`. */
  readonly validTo: Date;
}

/** Of the server's certificate, where it is trusted by a pin, nobody vouches for what it says of itself. */
export interface TlsInfo extends CertificateInfo {
  readonly protocol: string;
  readonly cipher: string;
  /** Checked by its issuer and name, or by a pin. */
  readonly trustedBy: "issuer" | "pin";
}

/** What CAPA said; tags in upper case. A server without CAPA has none. */
export interface Capabilities extends ReadonlyMap<string, readonly string[]> {
  readonly pipelining: boolean;
  readonly top: boolean;
  readonly uidl: boolean;
  readonly user: boolean;
  readonly stls: boolean;
  readonly respCodes: boolean;
  readonly authRespCode: boolean;
  readonly sasl: readonly string[];
  readonly utf8: boolean;
  readonly utf8User: boolean;
  readonly lang: boolean;
  readonly expire: { readonly days: number | "never"; readonly perUser: boolean } | undefined;
  readonly loginDelay: { readonly seconds: number; readonly perUser: boolean } | undefined;
  readonly implementation: string | undefined;
}

export interface Pop3Session extends AsyncDisposable {
  readonly id: string;
  readonly host: string;
  readonly state: "authorization" | "transaction" | "update" | "closed";
  readonly greeting: string;
  readonly capabilities: Capabilities;
  readonly tls: TlsInfo | undefined;
  /** Resolves when the session has ended, and never rejects. */
  readonly closed: Promise<CloseReason>;
  /** Marked in this session. */
  readonly marked: ReadonlySet<number>;
  /** Sent whole or in part by RETR in this session, or may have been: some servers remove these at QUIT. POP2 and POP1 have none. */
  readonly retrieved: ReadonlySet<number>;
  login(auth: Auth, options?: CallOptions): Promise<void>;
  stat(options?: CallOptions): Promise<DropListing>;
  /** LIST and UIDL, in one round trip where the server can. */
  list(options?: CallOptions): Promise<Listing>;
  /** One message after the other, read ahead of the loop; leaving the loop gives up what was read ahead. */
  messages(options?: SelectOptions): AsyncIterableIterator<Message>;
  message(ref: MessageRef, options?: CallOptions): Promise<Message>;
  retrieve(ref: MessageRef, options?: RetrieveOptions): MessageStream;
  /** TOP: the header as it came, with the empty line, and so many lines of the body. */
  headers(ref: MessageRef, options?: HeaderOptions): Promise<Buffer>;
  /** Marks; `commit` removes. Several leave together. Rejects with the first refusal when all are answered. */
  delete(refs: MessageRef | Iterable<MessageRef>, options?: CallOptions): Promise<void>;
  /** UIDL of one message; undefined where the server gives none. */
  uniqueIdOf(n: number, options?: CallOptions): Promise<string | undefined>;
  /** RSET. */
  undeleteAll(options?: CallOptions): Promise<void>;
  noop(options?: CallOptions): Promise<void>;
  /** NOOP whenever nothing was said for `everyMs`, 20,000 unless given, until it is disposed of. */
  keepAlive(options?: { readonly everyMs?: number }): Disposable;
  /** QUIT: the only call that makes marks real (RFC 1939 §6). Rejects when it could not be sent: then nothing was removed. */
  commit(options?: CallOptions): Promise<CommitResult>;
  /** RSET and QUIT, or the end of the connection: nothing is removed. Never rejects. */
  rollback(options?: CallOptions): Promise<void>;
  /** Ends the connection without QUIT, so that servers that remove at QUIT what was retrieved do not (RFC 1939 §6). */
  hangUp(): void;
  /** Any other command. Those that decide about the session (AUTH, PASS, STLS, QUIT) are refused. */
  command(line: string, options?: CallOptions & { readonly isMultiLine?: boolean }): Promise<RawReply>;
}

/** What sessions of every generation offer; POP2 and POP1 refuse `command` and have nothing for `noop` to say while mail is open. */
export type PopSession = Omit<Pop3Session, "login" | "uniqueIdOf">;

/** What POP2 and POP1 know of POP3's options: no STLS, no SASL, no pipelining. */
export interface FamilyOptions extends Pick<
  Pop3Options,
  | "allowCleartextAuth"
  | "host"
  | "limits"
  | "localAddress"
  | "log"
  | "pin"
  | "port"
  | "proxy"
  | "signal"
  | "timeouts"
  | "tlsOptions"
  | "trace"
  | "transport"
> {
  /** Around everything, or not at all; not at all unless given. */
  readonly tls?: "implicit" | "none";
  readonly auth: { readonly user: string; readonly password: Secret };
  /** Any mailbox of the account; the one the server opens by itself unless given (POP1: INBOX). */
  readonly mailbox?: string;
  /**
   * `octets`: `list` reads every message and names it by the SHA-256 of its octets and by which of its occurrences it is,
   * for there are no other unique-ids (P2-C-014). `none` unless given.
   */
  readonly uniqueIds?: "none" | "octets";
}

export interface Pop1Options extends FamilyOptions {
  /** RFC 918 names no port, and nobody uses one. */
  readonly port: number;
  /** The server says +OK before the data: some read RFC 918 so. */
  readonly rcevOk?: boolean;
  /**
   * Reads by RDEL, so that `commit` after everything was marked needs no second reading. Nothing is removed without
   * `commit` all the same.
   */
  readonly removes?: boolean;
}

/** What can be learnt of a server without a login. */
export interface ServerInfo {
  readonly greeting: string;
  readonly hasApop: boolean;
  readonly beforeTls: Capabilities | undefined;
  readonly capabilities: Capabilities;
  readonly tls: TlsInfo | undefined;
}
