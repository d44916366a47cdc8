// The command table: keyword × states, and what each command does. What it lacks is an unknown command.
import { PopError } from "../errors.ts";
import { decodeBase64 } from "../base64.ts";
import { TERMINATION } from "../multiline.ts";
import { ok } from "../reply.ts";
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
import type { Effect, ServerSession } from "./server-session.ts";
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
    return multiLine("capability list follows", capabilityLines(session, POP3_COMMANDS));
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
    return reply("send the password");
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
        "mechanisms follow",
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
    if (!session.channel.tlsAvailable) throw new PopError("TLS_UNAVAILABLE");
    session.awaits = "tls";
    return [...reply("begin TLS now"), { kind: "start-tls" }];
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
    return endSession(session, "quit", { reason: "quit", text: ok("bye") });
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
    return reply(`${count} ${octets}`);
  },
};

const list: CommandDefinition = {
  keyword: "LIST",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "LIST [message-number]",
  summary: "octets of each message, or of one",
  multiLine: "without-argument",
  run: (session, rest) => listAllOrOne(session, rest, scanLine),
};

const uidl: CommandDefinition = {
  keyword: "UIDL",
  states: ["transaction"],
  rfc: "RFC 1939 §7",
  syntax: "UIDL [message-number]",
  summary: "unique-id of each message, or of one",
  multiLine: "without-argument",
  capability: { tag: "UIDL", condition: "always", lines: () => ["UIDL"] },
  run: (session, rest) => listAllOrOne(session, rest, uniqueIdLine),
};

const retr: CommandDefinition = {
  keyword: "RETR",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "RETR message-number",
  summary: "sends a message",
  multiLine: "always",
  run(session, rest) {
    const number = messageNumber(session, oneArgument(rest));
    session.awaits = "sent";
    return [{ kind: "retrieve", numbers: [number], bodyLines: undefined }];
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
    const numbers = [messageNumber(session, number)];
    session.awaits = "sent";
    return [{ kind: "retrieve", numbers, bodyLines }];
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
    return reply(`message ${number} deleted`);
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
    return reply(`maildrop has ${dropSummary(session)}`);
  },
};

const noop: CommandDefinition = {
  keyword: "NOOP",
  states: ["transaction"],
  rfc: "RFC 1939 §5",
  syntax: "NOOP",
  summary: "does nothing; the session stays awake",
  run(_session, rest) {
    noArguments(rest);
    return reply("still here");
  },
};

/** Every command this build speaks. */
export const POP3_COMMANDS: readonly CommandDefinition[] = [
  capa,
  stls,
  user,
  pass,
  auth,
  stat,
  list,
  uidl,
  retr,
  top,
  dele,
  noop,
  rset,
  quit,
];

function reply(text: string): readonly Effect[] {
  return [{ kind: "reply", text: ok(text) }];
}

function multiLine(text: string, lines: readonly string[]): readonly Effect[] {
  return [{ kind: "reply", text: [ok(text), ...lines.map((line) => `${line}\r\n`), TERMINATION].join("") }];
}

function decodedInitial(initial: Uint8Array): Uint8Array {
  // RFC 5034 §4: a lone "=" is an empty response, which is not the same as none.
  if (initial.length === 1 && initial[0] === EQUALS_SIGN) return new Uint8Array(0);
  const octets = decodeBase64(initial);
  if (octets === undefined) throw new PopError("BAD_BASE64");
  return octets;
}

function listAllOrOne(session: ServerSession, rest: CommandArguments, lineText: typeof scanLine): readonly Effect[] {
  if (rest === undefined || trimmed(rest).length === 0) return listing(session, lineText);
  const number = messageNumber(session, oneArgument(rest));
  return reply(lineText(openMaildrop(session), number));
}

function update(session: ServerSession): readonly Effect[] {
  session.state = transition(session.state, "quit");
  session.awaits = "commit";
  return [{ kind: "commit", marked: session.marked }];
}
