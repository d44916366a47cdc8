// Logging in: which ways there are, in which order, and when to stop trying. No octet of a credential leaves before the
// way it would leave was found good enough.
import {
  APOP,
  CLIENT_MECHANISMS,
  SaslClientError,
  type ChannelBinding,
  type SaslClientContext,
  type SaslClientExchange,
  type SaslClientMechanism,
  type TokenReason,
} from "../sasl/index.ts";
import { authCommand, clientCommand, PopError, type ClientCommand, type StatusLine } from "../wire/index.ts";
import type { Auth, Capabilities, InitialResponse, TokenAuth } from "./contract.ts";
import { Pop3Error, type Pop3ErrorCode } from "./errors.ts";
import type { Link } from "./link.ts";
import { unlessAborted } from "./network-errors.ts";
import { refusal } from "./replies.ts";
import { Request, type Answer } from "./request.ts";

/** What is known when the login begins. */
export interface LoginSite {
  readonly link: Link;
  readonly host: string;
  readonly port: number;
  readonly greeting: string;
  readonly capabilities: Capabilities;
  readonly channelBindings: readonly ChannelBinding[];
  /** Nobody reads along, or that is no matter: TLS, loopback, or the caller's word. */
  readonly isPrivate: boolean;
  readonly signal: AbortSignal;
  /** How long the caller may take to say a password or token. */
  readonly credentialsMs: number;
}

/** One way to log in; resolves when the maildrop is open. */
interface Way {
  readonly name: string;
  readonly shows: Shown;
  /** Whoever reads along has the password, or can guess it in peace: one MD5 a guess. */
  readonly needsPrivacy: boolean;
  run(site: LoginSite, credentials: Credentials): Promise<void>;
}

/** What a server is shown of a secret. One that is refused is not shown again in another wrapping: tries are counted. */
type Shown = "keys" | "password" | "digest" | "token" | "identity";

interface Credentials {
  readonly user: string;
  readonly authzid: string | undefined;
  readonly initialResponse: InitialResponse;
  password(): Promise<string>;
  token(reason: TokenReason): ReturnType<TokenAuth["oauth2"]>;
}

const BY_NAME: ReadonlyMap<string, SaslClientMechanism> = new Map(CLIENT_MECHANISMS.map((one) => [one.name, one]));
const PASSWORD_ORDER = CLIENT_MECHANISMS.filter(({ needs, onRequestOnly }) => needs === "password" && !onRequestOnly);
const TOKEN_ORDER = CLIENT_MECHANISMS.filter(({ needs }) => needs === "token");
const NON_ASCII = /[^\0-\x7f]/;
/** "Unsupported authentication type", "unknown command": said of the way, not of the password. */
const OTHER_WAY =
  /mechanism|auth\w* (?:method|type)|unknown auth|unrecogni[sz]ed|unsupported|not (?:support|available|implemented|allowed)|command|syntax/i;

/**
 * Tries the ways in their order, a password in no more than one way that carries it. Rejects with the Pop3Error of the
 * first refusal, or of what makes it impossible.
 */
export async function login(site: LoginSite, auth: Auth): Promise<void> {
  const credentials = credentialsOf(auth, site);
  const ways = waysOf(auth, site, credentials);
  let first: Pop3Error | undefined;
  const refused = new Set<Shown>();
  for (const way of ways) {
    if (refused.has(way.shows)) continue;
    try {
      return await way.run(site, credentials);
    } catch (error) {
      if (!(error instanceof Pop3Error)) throw error;
      first ??= error;
      if (!isWorthAnotherWay(error)) throw site.link.isOver ? first : error;
      if (isOfSecret(error)) refused.add(way.shows);
    }
  }
  throw first ?? noWay(auth, site);
}

/** Not when the code says that the credentials are wrong (RFC 3206), or that it is not about them at all (P3-C-068). */
function isWorthAnotherWay({ code, responseCode, sessionUsable }: Pop3Error): boolean {
  return sessionUsable && code === "AUTH_REJECTED" && responseCode !== "AUTH";
}

/** Some servers announce mechanisms that they do not have, or not for everybody. */
function isOfSecret({ serverText }: Pop3Error): boolean {
  return serverText !== undefined && !OTHER_WAY.test(serverText);
}

function waysOf(auth: Auth, site: LoginSite, credentials: Credentials): readonly Way[] {
  const ways = allWays(auth, site, credentials);
  return site.isPrivate ? ways : ways.filter(({ needsPrivacy }) => !needsPrivacy);
}

function allWays(auth: Auth, site: LoginSite, credentials: Credentials): readonly Way[] {
  if ("sasl" in auth) return [saslWay(auth.sasl)];
  if ("external" in auth) return announced(["EXTERNAL"], site).map(saslWay);
  if ("oauth2" in auth) return announced(auth.mechanisms ?? TOKEN_ORDER.map(({ name }) => name), site).map(saslWay);
  const names = auth.mechanisms ?? [...PASSWORD_ORDER.map(({ name }) => name), "USER"];
  return names.flatMap((name): Way[] => {
    if (name === "USER") return canUseUser(site, credentials) ? [USER_WAY] : [];
    if (name === "APOP") return APOP.timestampOf(site.greeting) === undefined ? [] : [APOP_WAY];
    return announced([name], site).map(saslWay);
  });
}

/** RFC 5034 §3: no AUTH with a mechanism that CAPA did not announce. */
function announced(names: readonly string[], { capabilities, channelBindings }: LoginSite): SaslClientMechanism[] {
  return names.flatMap((name) => {
    const mechanism = BY_NAME.get(name);
    if (mechanism === undefined || !capabilities.sasl.includes(name)) return [];
    return mechanism.channelBinding && channelBindings.length === 0 ? [] : [mechanism];
  });
}

/** A server without CAPA has USER; one with CAPA says so, or has nothing else. */
function canUseUser({ capabilities }: LoginSite, { user }: Credentials): boolean {
  if (NON_ASCII.test(user) && !capabilities.utf8User) return false;
  return capabilities.user || capabilities.sasl.length === 0;
}

function noWay(auth: Auth, site: LoginSite): Pop3Error {
  const isOnlyCleartext = !site.isPrivate && allWays(auth, site, credentialsOf(auth, site)).length > 0;
  if (isOnlyCleartext) return new Pop3Error("AUTH_CLEARTEXT_REFUSED", { phase: "auth" });
  const offered = site.capabilities.sasl.join(" ");
  const message = `no common way to log in: the server offers ${offered === "" ? "no SASL mechanism" : offered}`;
  return new Pop3Error("AUTH_NO_MECHANISM", { phase: "auth", message });
}

function credentialsOf(auth: Auth, site: LoginSite): Credentials {
  const { host, port } = site;
  const user = ("user" in auth ? auth.user : undefined) ?? "";
  return {
    user,
    authzid: auth.authzid,
    initialResponse: ("initialResponse" in auth ? auth.initialResponse : undefined) ?? "auto",
    password: () => secretOf(auth, site),
    async token(reason) {
      if (!("oauth2" in auth)) throw new Pop3Error("CONFIG", { phase: "auth", message: "there is no token to be had" });
      try {
        return await inTime(site, (signal) => auth.oauth2({ user, host, port, reason, signal }));
      } catch (cause) {
        throw cause instanceof Pop3Error ? cause : new Pop3Error("AUTH_TOKEN", { phase: "auth", cause });
      }
    },
  };
}

/** The password, by whatever way it is had. Rejects with Pop3Error. */
export async function secretOf(auth: Auth, patience: CallerPatience): Promise<string> {
  const secret = "password" in auth ? auth.password : undefined;
  if (secret === undefined) throw new Pop3Error("CONFIG", { phase: "auth", message: "there is no password" });
  if (typeof secret === "string") return secret;
  try {
    const given: unknown = await inTime(patience, () => secret());
    if (typeof given !== "string") throw new TypeError("whoever was asked for the password gave no text");
    return given;
  } catch (cause) {
    if (cause instanceof Pop3Error) throw cause;
    throw new Pop3Error("CONFIG", { phase: "auth", message: "the password could not be had", cause });
  }
}

/** How long whoever was asked for a secret is waited for. */
type CallerPatience = Pick<LoginSite, "signal" | "credentialsMs">;

/** What the caller's own function gives; it is told by the signal when nobody waits any more. */
async function inTime<T>(
  { signal, credentialsMs }: CallerPatience,
  ask: (signal: AbortSignal) => T | Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Pop3Error("AUTH_TIMEOUT", { phase: "auth" })), credentialsMs);
  const either = AbortSignal.any([signal, late.signal]);
  try {
    return await unlessAborted(ask(either), "auth", either);
  } finally {
    clearTimeout(timer);
  }
}

const USER_WAY: Way = {
  name: "USER",
  shows: "password",
  needsPrivacy: true,
  async run(site, credentials) {
    const { user } = credentials;
    const secret = await credentials.password();
    if (NON_ASCII.test(secret) && !site.capabilities.utf8User) {
      // RFC 6856 §2.2.
      const message = "this server takes no password beyond ASCII by USER and PASS";
      throw new Pop3Error("CONFIG", { phase: "auth", message });
    }
    // RFC 1939 §7: PASS only after +OK to USER.
    await ask(
      site,
      made(() => clientCommand("USER", [octets(user)])),
    );
    await ask(
      site,
      made(() => clientCommand("PASS", [octets(secret)])),
    );
  },
};

const APOP_WAY: Way = {
  name: "APOP",
  shows: "digest",
  needsPrivacy: true,
  async run(site, credentials) {
    const digest = APOP.digest(APOP.timestampOf(site.greeting) as string, await credentials.password());
    await ask(
      site,
      made(() => clientCommand("APOP", [octets(credentials.user), digest])),
    );
  },
};

function saslWay(mechanism: SaslClientMechanism): Way {
  return {
    name: mechanism.name,
    shows: shownBy(mechanism),
    needsPrivacy: mechanism.plaintext || mechanism.onRequestOnly,
    async run(site, credentials) {
      const error = await exchange({ mechanism, site, credentials, reason: "initial" });
      if (error === undefined) return;
      const isRefused = error.code === "AUTH_REJECTED" || error.code === "AUTH_EXPIRED_TOKEN";
      const isOld = mechanism.needs === "token" && isRefused && error.sessionUsable;
      if (!isOld) throw error;
      // Once: a token that the server did not like may have been revoked a minute ago (P3-C-079).
      const reason = error.code === "AUTH_EXPIRED_TOKEN" ? "expired" : "rejected";
      const again = await exchange({ mechanism, site, credentials, reason });
      if (again !== undefined) throw again;
    },
  };
}

function shownBy({ needs, plaintext, onRequestOnly }: SaslClientMechanism): Shown {
  if (needs !== "password") return needs === "token" ? "token" : "identity";
  if (plaintext) return "password";
  return onRequestOnly ? "digest" : "keys";
}

interface ExchangeOf {
  readonly mechanism: SaslClientMechanism;
  readonly site: LoginSite;
  readonly credentials: Credentials;
  readonly reason: TokenReason;
}

/** One AUTH from its command to its reply; the error it ended with, if it did. */
async function exchange(of: ExchangeOf): Promise<Pop3Error | undefined> {
  const { mechanism, site, credentials } = of;
  const running = mechanism.start(contextOf(of));
  let clientError: unknown;
  let answer: Answer;
  try {
    // The caller's own mechanism may wait for anything.
    const next = (challenge?: Uint8Array): Promise<Uint8Array> => inTime(site, () => running.next(challenge));
    const initialResponse = mechanism.serverFirst ? undefined : await next();
    const atOnce = isAtOnce(mechanism, credentials.initialResponse);
    const start = { initialResponse, atOnce, ignoresFirstChallenge: mechanism.ignoresFirstChallenge };
    const command = made(() => authCommand(mechanism.name, start));
    const request: Request = new Request(command, {
      phase: "auth",
      onChallenge: (challenge) => {
        next(challenge)
          .then((response) => site.link.respond(asOctets(response)))
          .catch((error: unknown) => {
            clientError = error;
            site.link.respond(undefined);
          });
      },
    });
    answer = await site.link.submit(request, { signal: site.signal });
  } catch (error) {
    return asLoginError(error, mechanism);
  }
  return verdict({ answer, running, clientError, of });
}

/** The caller's own mechanism may answer anything. */
function asOctets(response: unknown): Uint8Array {
  if (response instanceof Uint8Array) return response;
  throw new TypeError("a SASL mechanism answers a challenge with octets");
}

function isAtOnce(mechanism: SaslClientMechanism, wanted: InitialResponse): boolean {
  if (wanted === "auto") return !mechanism.prefersTwoSteps;
  return wanted === "always";
}

function contextOf({ mechanism, site, credentials, reason }: ExchangeOf): SaslClientContext {
  const { link, host, port, capabilities, channelBindings } = site;
  return {
    user: credentials.user,
    authzid: credentials.authzid,
    host,
    port,
    encrypted: link.wire.encrypted,
    channelBindings,
    plusOffered: capabilities.sasl.includes(`${mechanism.name.replace(/-PLUS$/, "")}-PLUS`),
    password: () => credentials.password(),
    token: () => credentials.token(reason),
  };
}

interface Outcome {
  readonly answer: Answer;
  readonly running: SaslClientExchange;
  readonly clientError: unknown;
  readonly of: ExchangeOf;
}

function verdict({ answer, running, clientError, of }: Outcome): Pop3Error | undefined {
  const { mechanism, site } = of;
  if (clientError !== undefined) return endUnlessUsable(site.link, asLoginError(clientError, mechanism));
  if (answer.status.isOk) {
    if (running.isVerified) return undefined;
    // RFC 5802 §5: +OK from one who did not prove that it knows the keys is worth nothing.
    return endUnlessUsable(
      site.link,
      new Pop3Error("AUTH_SERVER_SIGNATURE", { phase: "auth", command: `AUTH ${mechanism.name}` }),
    );
  }
  if (answer.cancelled !== undefined) {
    const message = `${mechanism.name}: the server's challenge cannot be understood`;
    return new Pop3Error("AUTH_REJECTED", { phase: "auth", message, command: `AUTH ${mechanism.name}` });
  }
  const { failure } = running;
  if (failure !== undefined) {
    const serverText = [failure.status, failure.scope].filter((part) => part !== undefined).join(" ");
    const code = failure.tokenExpired ? "AUTH_EXPIRED_TOKEN" : of.reason === "initial" ? "AUTH_REJECTED" : "AUTH_TOKEN";
    return new Pop3Error(code, { phase: "auth", serverText, command: `AUTH ${mechanism.name}` });
  }
  return refused(site, answer.status, `AUTH ${mechanism.name}`);
}

function endUnlessUsable(link: Link, error: Pop3Error): Pop3Error {
  if (!error.sessionUsable) link.fail(error);
  return error;
}

const SASL_ERRORS: Readonly<Record<SaslClientError["code"], Pop3ErrorCode>> = {
  MALFORMED_CHALLENGE: "AUTH_REJECTED",
  UNEXPECTED_CHALLENGE: "AUTH_REJECTED",
  BAD_NONCE: "AUTH_SERVER_SIGNATURE",
  WEAK_PARAMETERS: "AUTH_SERVER_SIGNATURE",
  SERVER_SIGNATURE: "AUTH_SERVER_SIGNATURE",
  SERVER_REFUSED: "AUTH_REJECTED",
  CREDENTIALS_UNFIT: "CONFIG",
  NO_CHANNEL_BINDING: "AUTH_REJECTED",
};

function asLoginError(error: unknown, mechanism: SaslClientMechanism): Pop3Error {
  if (error instanceof Pop3Error) return error;
  const command = `AUTH ${mechanism.name}`;
  if (!(error instanceof SaslClientError)) return new Pop3Error("CONFIG", { phase: "auth", cause: error, command });
  const { message, reason } = error;
  return new Pop3Error(SASL_ERRORS[error.code], { phase: "auth", cause: error, message, serverText: reason, command });
}

async function ask(site: LoginSite, command: ClientCommand): Promise<void> {
  const { status } = await site.link.submit(new Request(command, { phase: "auth" }), { signal: site.signal });
  if (!status.isOk) throw refused(site, status, command.shown);
}

function refused({ capabilities }: LoginSite, status: StatusLine, command: string): Pop3Error {
  return refusal({ status, capabilities, phase: "auth", command });
}

/** UTF-8, one character an octet. */
function octets(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}

/** A name or password that no command can carry. */
function made(make: () => ClientCommand): ClientCommand {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof PopError)) throw cause;
    const why = cause.code === "LINE_TOO_LONG" ? "is too long for a command" : "has an octet that no command can carry";
    throw new Pop3Error("CONFIG", { phase: "auth", message: `the name or password ${why}`, cause });
  }
}
