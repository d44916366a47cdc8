// The command table: keyword × states, and what each command does. What it lacks is an unknown command.
import { PopError } from "../errors.ts";
import { decodeBase64 } from "../base64.ts";
import { TERMINATION } from "../multiline.ts";
import { PLAIN_KERNEL, SPACE } from "../octets.ts";
import { utf8Octets } from "../reply.ts";
import {
  atMostTwoArguments,
  decimal,
  messageNumber,
  noArguments,
  oneArgument,
  trimmed,
  trimmedRest,
  twoArguments,
  wholeRest,
  type CommandArguments,
} from "./arguments.ts";
import { capabilityLines, saslCapability } from "./capabilities.ts";
import type { CommandDefinition } from "./command-definition.ts";
import { endSession } from "./ending.ts";
import { dropListing, dropSummary, listing, openMaildrop, scanLine, uniqueIdLine } from "./listings.ts";
import { allowsPlaintext, chosenMechanism, demandPlaintextAllowed, offeredMechanisms } from "./mechanisms.ts";
import { ENGLISH } from "./english.ts";
import type { Language } from "./language.ts";
import { LANGUAGES, languageFor } from "./languages.ts";
import { access, demandShowable, retrieval, toRemove } from "./retrieving.ts";
import type { Effect, ServerSession } from "./server-session.ts";
import { say, textsOf } from "./speech.ts";
import { transition } from "./states.ts";

const EQUALS_SIGN = 0x3d;

const capa: CommandDefinition = {
  keyword: "CAPA",
  states: ["authorization", "transaction"],
  rfc: "RFC 2449 §5",
  syntax: "CAPA",
  summary: "lists what this server can do in this state",
  multiLine: "always",
  keepsPendingLogin: true,
  run(session, rest) {
    noArguments(rest);
    return multiLine(session, textsOf(session).capabilitiesFollow, capabilityLines(session, POP3_COMMANDS));
  },
};

const user: CommandDefinition = {
  keyword: "USER",
  states: ["authorization"],
  rfc: "RFC 1939 §7",
  syntax: "USER name",
  summary: "names the login that the next PASS opens",
  capability: {
    tag: "USER",
    condition: "a password may be sent: with TLS, or over loopback",
    lines: (session) => (allowsPlaintext(session) ? ["USER"] : []),
  },
  run(session, rest) {
    demandPlaintextAllowed(session);
    session.pendingLogin = trimmedRest(rest).slice();
    // RFC 1939 §13: the same for every name, known or not.
    return reply(session, textsOf(session).sendPassword);
  },
};

const pass: CommandDefinition = {
  keyword: "PASS",
  states: ["authorization"],
  rfc: "RFC 1939 §7",
  syntax: "PASS password",
  summary: "logs in; the password is the whole rest of the line, spaces included",
  decides: true,
  keepsPendingLogin: true,
  run(session, rest) {
    const login = session.pendingLogin;
    session.pendingLogin = undefined;
    demandPlaintextAllowed(session);
    if (login === undefined) throw new PopError("WRONG_STATE");
    const password = wholeRest(rest).slice();
    session.awaits = "verdict";
    return [{ kind: "check-password", login, password }];
  },
};

const auth: CommandDefinition = {
  keyword: "AUTH",
  states: ["authorization"],
  rfc: "RFC 5034 §4",
  syntax: "AUTH [mechanism [initial-response]]",
  summary: "logs in by a SASL mechanism; without one, lists the mechanisms",
  decides: true,
  multiLine: "without-argument",
  capability: {
    tag: "SASL",
    condition: "there is a mechanism for this connection; also after login",
    lines: saslCapability,
  },
  run(session, rest) {
    const [word, initial] = atMostTwoArguments(rest);
    if (word === undefined) {
      return multiLine(
        session,
        textsOf(session).mechanismsFollow,
        offeredMechanisms(session).map(({ name }) => name),
      );
    }
    const mechanism = chosenMechanism(session, word);
    // RFC 5034 §4: an initial response to a mechanism in which the server speaks first is an error.
    if (mechanism.serverFirst && initial !== undefined) throw new PopError("BAD_ARGUMENT");
    const initialResponse = initial === undefined ? undefined : decodedInitial(initial);
    session.awaits = "verdict";
    return [{ kind: "sasl-start", mechanism: mechanism.name, initialResponse }];
  },
};

const stls: CommandDefinition = {
  keyword: "STLS",
  states: ["authorization"],
  rfc: "RFC 2595 §4",
  syntax: "STLS",
  summary: "starts TLS on this connection; everything said before is forgotten",
  decides: true,
  // RFC 2595 §4: announced only where it would work now.
  capability: {
    tag: "STLS",
    condition: "before login, without TLS, when there is a certificate",
    lines: ({ state, channel }) =>
      state === "authorization" && channel.tlsAvailable && !channel.encrypted ? ["STLS"] : [],
  },
  run(session, rest) {
    noArguments(rest);
    if (session.channel.encrypted) throw new PopError("TLS_ACTIVE");
    // RFC 6856 §2.1: a client never sends STLS behind UTF8.
    if (session.utf8) throw new PopError("UTF8_ACTIVE");
    if (!session.channel.tlsAvailable) throw new PopError("TLS_UNAVAILABLE");
    session.awaits = "tls";
    return [...reply(session, textsOf(session).beginTls), { kind: "start-tls" }];
  },
};

const quit: CommandDefinition = {
  keyword: "QUIT",
  states: ["authorization", "transaction"],
  rfc: "RFC 1939 §4, §6",
  syntax: "QUIT",
  summary: "ends the session; after login, removes the marked messages first",
  decides: true,
  run(session, rest) {
    noArguments(rest);
    if (session.state === "transaction") return update(session);
    return endSession(session, "quit", { reason: "quit", text: say(session, textsOf(session).bye) });
  },
};

const stat: CommandDefinition = {
  keyword: "STAT",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "STAT",
  summary: "count and octets of the messages not marked",
  run(session, rest) {
    noArguments(rest);
    const { count, octets } = dropListing(session);
    return reply(session, `${count} ${octets}`);
  },
};

const list: CommandDefinition = {
  keyword: "LIST",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "LIST [message-number]",
  summary: "octets of each message, or of one",
  multiLine: "without-argument",
  run: (session, rest) => listAllOrOne(session, rest, { lineText: scanLine, one: demandShowable }),
};

const uidl: CommandDefinition = {
  keyword: "UIDL",
  states: ["transaction"],
  rfc: "RFC 1939 §7",
  syntax: "UIDL [message-number]",
  summary: "unique-id of each message, or of one",
  multiLine: "without-argument",
  capability: { tag: "UIDL", condition: "always", lines: () => ["UIDL"] },
  run: (session, rest) => listAllOrOne(session, rest, { lineText: uniqueIdLine }),
};

const retr: CommandDefinition = {
  keyword: "RETR",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "RETR message-number",
  summary: "sends a message",
  multiLine: "always",
  run(session, rest) {
    const number = demandShowable(session, messageNumber(session, oneArgument(rest)));
    return retrieval(session, { number, bodyLines: undefined });
  },
};

const top: CommandDefinition = {
  keyword: "TOP",
  states: ["transaction"],
  rfc: "RFC 1939 §7",
  syntax: "TOP message-number lines",
  summary: "sends the header of a message and the first lines of its body",
  multiLine: "always",
  capability: { tag: "TOP", condition: "always", lines: () => ["TOP"] },
  run(session, rest) {
    const [number, lines] = twoArguments(rest);
    const bodyLines = decimal(lines);
    return retrieval(session, { number: demandShowable(session, messageNumber(session, number)), bodyLines });
  },
};

const dele: CommandDefinition = {
  keyword: "DELE",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "DELE message-number",
  summary: "marks a message; QUIT removes it",
  run(session, rest) {
    const number = messageNumber(session, oneArgument(rest));
    session.markedOctets += openMaildrop(session).octetsOf(number);
    session.marked.add(number);
    access(session, number);
    return reply(session, textsOf(session).deleted(number));
  },
};

const rset: CommandDefinition = {
  keyword: "RSET",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "RSET",
  summary: "takes all marks back",
  run(session, rest) {
    noArguments(rest);
    session.marked.clear();
    session.markedOctets = 0;
    session.retrieved.clear();
    // RFC 1460 §5: LAST is 0 again; the 1 of RFC 1225's example was a slip.
    session.highestAccessed = 0;
    return reply(session, textsOf(session).maildropHas(dropSummary(session)));
  },
};

const noop: CommandDefinition = {
  keyword: "NOOP",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "NOOP",
  summary: "does nothing; the session stays awake",
  run(session, rest) {
    noArguments(rest);
    return reply(session, textsOf(session).stillHere);
  },
};

const apop: CommandDefinition = {
  keyword: "APOP",
  states: ["authorization"],
  rfc: "RFC 1939 §7",
  syntax: "APOP name digest",
  summary: "logs in by a digest of the greeting's timestamp and a secret",
  decides: true,
  spokenWhen: "the greeting has a timestamp, and TLS did not begin after it",
  isSpoken: ({ timestamp }) => timestamp !== undefined,
  run(session, rest) {
    const { timestamp } = session;
    const words = trimmedRest(rest);
    const space = words.lastIndexOf(SPACE);
    const login = trimmed(words.subarray(0, Math.max(0, space))).slice();
    const digest = PLAIN_KERNEL.latin1(words.subarray(space + 1));
    if (timestamp === undefined || login.length === 0 || !/^[0-9a-f]{32}$/u.test(digest)) {
      throw new PopError("BAD_ARGUMENT");
    }
    session.awaits = "verdict";
    return [{ kind: "check-digest", login, timestamp, digest }];
  },
};

const utf8: CommandDefinition = {
  keyword: "UTF8",
  states: ["authorization"],
  rfc: "RFC 6856 §2.1",
  syntax: "UTF8",
  summary: "shows internationalised mail as it is; without it, as a surrogate in ASCII (RFC 6858)",
  // RFC 6856 §2.2: names and passwords in UTF-8 are taken before UTF8 as well.
  capability: { tag: "UTF8", condition: "always, with `USER`", lines: () => ["UTF8 USER"] },
  run(session, rest) {
    noArguments(rest);
    session.utf8 = true;
    return reply(session, textsOf(session).utf8On);
  },
};

const lang: CommandDefinition = {
  keyword: "LANG",
  states: ["authorization", "transaction"],
  rfc: "RFC 6856 §3",
  syntax: "LANG [language-range]",
  summary: "chooses the language of replies, `*` the one its operator prefers; without a range, lists them",
  multiLine: "without-argument",
  capability: { tag: "LANG", condition: "always", lines: () => ["LANG"] },
  run(session, rest) {
    if (rest === undefined || trimmed(rest).length === 0) {
      const lines = LANGUAGES.map(({ tag, name }) => `${tag} ${utf8Octets(name, 0)}`);
      return multiLine(session, textsOf(session).languagesFollow, lines);
    }
    session.language = chosenLanguage(session, PLAIN_KERNEL.latin1(oneArgument(rest)));
    return reply(session, `${session.language.tag} ${session.language.texts.languageChosen}`);
  },
};

const last: CommandDefinition = {
  keyword: "LAST",
  states: ["transaction"],
  rfc: "RFC 1460 §5",
  syntax: "LAST",
  summary: "the highest message-number that RETR or DELE was given",
  spokenWhen: "its operator switched it on; RFC 1725 took it out",
  isSpoken: ({ policy }) => policy.speaksLast === true,
  run(session, rest) {
    noArguments(rest);
    return reply(session, `${session.highestAccessed}`);
  },
};

/** Every command this build speaks. */
export const POP3_COMMANDS: readonly CommandDefinition[] = [
  capa,
  stls,
  user,
  pass,
  auth,
  apop,
  utf8,
  lang,
  stat,
  list,
  uidl,
  retr,
  top,
  dele,
  noop,
  rset,
  last,
  quit,
];

function reply(session: ServerSession, text: string): readonly Effect[] {
  return [{ kind: "reply", text: say(session, text) }];
}

function multiLine(session: ServerSession, text: string, lines: readonly string[]): readonly Effect[] {
  return [{ kind: "reply", text: [say(session, text), ...lines.map((line) => `${line}\r\n`), TERMINATION].join("") }];
}

function decodedInitial(initial: Uint8Array): Uint8Array {
  // RFC 5034 §4: a lone "=" is an empty response, which is not the same as none.
  if (initial.length === 1 && initial[0] === EQUALS_SIGN) return new Uint8Array(0);
  const octets = decodeBase64(initial);
  if (octets === undefined) throw new PopError("BAD_BASE64");
  return octets;
}

interface ListingKind {
  readonly lineText: typeof scanLine;
  /** Looks at the message of a listing of one. */
  one?(session: ServerSession, number: number): number;
}

function listAllOrOne(session: ServerSession, rest: CommandArguments, kind: ListingKind): readonly Effect[] {
  if (rest === undefined || trimmed(rest).length === 0) return listing(session, kind.lineText);
  const number = messageNumber(session, oneArgument(rest));
  kind.one?.(session, number);
  return reply(session, kind.lineText(openMaildrop(session), number));
}

/** RFC 6856 §3.2: a range that nothing matches changes nothing. */
function chosenLanguage({ policy }: ServerSession, range: string): Language {
  if (range === "*") return policy.language ?? ENGLISH;
  // RFC 4647 §2.1
  if (!/^[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*$/u.test(range)) throw new PopError("BAD_ARGUMENT");
  const found = languageFor(range);
  if (found === undefined) throw new PopError("UNKNOWN_LANGUAGE");
  return found;
}

function update(session: ServerSession): readonly Effect[] {
  session.state = transition(session.state, "quit");
  session.awaits = "commit";
  return [{ kind: "commit", marked: toRemove(session) }];
}
