// A session of a scripted peer: a correct and very plain POP3 server. Handlers change nothing; what a command does is
// in `apply` of its reply, so that a fault can leave it out.
import { createHash } from "node:crypto";
import { capabilitiesAt } from "./capabilities.ts";
import type { PeerMaildrop, PeerStoredMessage } from "./maildrop.ts";
import type { FaultEffects, ScriptedPeerOptions } from "./options.ts";
import { ok, refusal, type PeerReply } from "./reply.ts";

export interface PeerSession {
  readonly options: ScriptedPeerOptions;
  readonly maildrop: PeerMaildrop;
  readonly greeting: string;
  isEncrypted: boolean;
  user: string | undefined;
  /** Undefined before the login. */
  messages: readonly PeerStoredMessage[] | undefined;
  numbers: ReadonlyMap<PeerStoredMessage, number>;
  readonly marked: Set<PeerStoredMessage>;
  readonly retrieved: Set<PeerStoredMessage>;
}

type Handler = (session: PeerSession, words: readonly string[], rest: string) => PeerReply;
interface Command {
  readonly state: "authorization" | "transaction" | "any";
  readonly run: Handler;
}

const WRONG_CREDENTIALS = refusal("[AUTH] wrong name or password");

/** The reply to a command, nothing of which has happened yet. AUTH is not here. */
export function replyTo(session: PeerSession, line: string): PeerReply {
  const [word = "", ...words] = line.split(" ");
  const keyword = word.toUpperCase();
  const command = session.options.without?.includes(keyword) === true ? undefined : COMMANDS[keyword];
  if (command === undefined) return refusal("unknown command");
  const state = session.messages === undefined ? "authorization" : "transaction";
  if (command.state !== "any" && command.state !== state) return refusal("not in this state");
  return command.run(session, words, line.slice(word.length + 1));
}

/** The reply to a right name and password, however they came. */
export function loggedIn(session: PeerSession, user: string): PeerReply {
  return {
    ...ok("maildrop open"),
    isLogin: true,
    apply({ sees }) {
      session.user = user;
      const all = session.maildrop.messages;
      session.messages = sees === undefined ? [...all] : all.filter((_, i) => sees.includes(i + 1));
      session.numbers = new Map(session.messages.map((message, i) => [message, i + 1]));
    },
  };
}

export function isRightUser(session: PeerSession, user: string): boolean {
  return session.options.user === undefined || session.options.user === user;
}

export function passwordOf(session: PeerSession): string {
  return session.options.password ?? "secret";
}

const COMMANDS: Readonly<Record<string, Command>> = {
  CAPA: { state: "any", run: (session) => ({ ...ok("capabilities"), lines: capabilities(session) }) },
  USER: { state: "authorization", run: user },
  PASS: { state: "authorization", run: pass },
  APOP: { state: "authorization", run: apop },
  STLS: { state: "authorization", run: stls },
  STAT: { state: "transaction", run: (session) => ok(`${live(session).length} ${sum(live(session).map(listed))}`) },
  LIST: { state: "transaction", run: listing((message) => String(message.listedOctets)) },
  UIDL: { state: "transaction", run: listing((message) => message.uniqueId) },
  RETR: { state: "transaction", run: retr },
  TOP: { state: "transaction", run: top },
  DELE: { state: "transaction", run: dele },
  NOOP: { state: "transaction", run: () => ok("") },
  RSET: {
    state: "transaction",
    run: (session) => ({ ...ok("nothing is marked"), apply: () => session.marked.clear() }),
  },
  QUIT: { state: "any", run: quit },
};

function capabilities(session: PeerSession): readonly string[] {
  return capabilitiesAt(session.options, {
    isEncrypted: session.isEncrypted,
    isLoggedIn: session.messages !== undefined,
  });
}

function user(session: PeerSession, _words: readonly string[], rest: string): PeerReply {
  return { ...ok("name taken"), apply: () => void (session.user = asUtf8(rest)) };
}

function pass(session: PeerSession, _words: readonly string[], rest: string): PeerReply {
  const name = session.user;
  if (name === undefined) return refusal("USER comes first");
  const isRight = isRightUser(session, name) && asUtf8(rest) === passwordOf(session);
  return isRight ? loggedIn(session, name) : { ...WRONG_CREDENTIALS, apply: () => void (session.user = undefined) };
}

/** RFC 1939 §7. */
function apop(session: PeerSession, [name = "", digest]: readonly string[]): PeerReply {
  const timestamp = /<[^<>@]+@[^<>@]+>/.exec(session.greeting)?.[0];
  if (timestamp === undefined) return refusal("unknown command");
  const right = createHash("md5")
    .update(timestamp + passwordOf(session))
    .digest("hex");
  return isRightUser(session, name) && digest === right ? loggedIn(session, name) : WRONG_CREDENTIALS;
}

function stls(session: PeerSession): PeerReply {
  if (session.options.tls === undefined || session.isEncrypted) return refusal("no TLS here");
  return { ...ok("begin TLS"), next: "tls" };
}

function listing(column: (message: PeerStoredMessage) => string | null): Handler {
  return (session, [argument]) => {
    const row = (message: PeerStoredMessage): readonly string[] => {
      const value = column(message);
      return value === null ? [] : [`${numberOf(session, message)} ${value}`.trimEnd()];
    };
    if (argument === undefined) return { ...ok("listing follows"), lines: live(session).flatMap(row) };
    return withMessage(session, argument, (message) => ok(row(message).join("")));
  };
}

function retr(session: PeerSession, [argument]: readonly string[]): PeerReply {
  return withMessage(session, argument, (message) => ({
    ...ok(`${message.octets.length} octets`),
    message: message.octets,
    apply() {
      session.retrieved.add(message);
      if (session.options.removal === "on-retr") session.maildrop.remove(new Set([message]));
    },
  }));
}

function top(session: PeerSession, [argument, lines = ""]: readonly string[]): PeerReply {
  if (!/^\d+$/.test(lines)) return refusal("TOP takes a message-number and a number of lines");
  return withMessage(session, argument, (message) => ({
    ...ok("top follows"),
    message: topOf(message.octets, Number(lines)),
  }));
}

/** RFC 1939 §7: the header, the blank line and the first lines of the body. */
function topOf(octets: Uint8Array, lines: number): Uint8Array {
  const text = Buffer.from(octets).toString("latin1");
  const blank = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n") + 2;
  if (blank === 1) return Buffer.from(text === "" ? "" : `${text}\r\n`, "latin1");
  const body = text.slice(blank + 2).split(/(?<=\r\n)/);
  return Buffer.from(text.slice(0, blank + 2) + body.slice(0, lines).join(""), "latin1");
}

function dele(session: PeerSession, [argument]: readonly string[]): PeerReply {
  return withMessage(session, argument, (message) => ({
    ...ok("marked"),
    apply: () => void session.marked.add(message),
  }));
}

function quit(session: PeerSession): PeerReply {
  return { ...ok("bye"), next: "close", apply: (effects) => session.maildrop.remove(toRemove(session, effects)) };
}

function toRemove(session: PeerSession, { removes }: FaultEffects): ReadonlySet<PeerStoredMessage> {
  const { marked, retrieved, options } = session;
  const going = options.removal === "retrieved-at-quit" ? new Set([...marked, ...retrieved]) : marked;
  return removes === undefined ? going : new Set([...going].filter((m) => removes.includes(numberOf(session, m))));
}

function withMessage(
  session: PeerSession,
  argument: string | undefined,
  reply: (message: PeerStoredMessage) => PeerReply,
): PeerReply {
  const number = /^\d{1,10}$/.test(argument ?? "") ? Number(argument) : 0;
  const message = session.messages?.[number - 1];
  return message === undefined || session.marked.has(message) ? refusal("no such message") : reply(message);
}

function live(session: PeerSession): readonly PeerStoredMessage[] {
  return (session.messages ?? []).filter((message) => !session.marked.has(message));
}

function numberOf(session: PeerSession, message: PeerStoredMessage): number {
  return session.numbers.get(message) as number;
}

function listed(message: PeerStoredMessage): number {
  return message.listedOctets;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

/** Names and passwords beyond ASCII (RFC 6856 §2.2). */
function asUtf8(octets: string): string {
  return Buffer.from(octets, "latin1").toString("utf8");
}
