// The commands: keyword × states. What is not here is unknown; what is not allowed in a state is 503.
import type { LmtpEffect, LmtpSession } from "./session.ts";
import type { LmtpState, Trigger } from "./states.ts";
import { hasParameters, readMailParameters } from "./parameters.ts";
import { needsUtf8, readPath, type Path } from "./path.ts";
import { multilineReply, type ReplyName } from "./replies.ts";

/** What a command comes to: a reply, the transition it makes, more for the driver to do. */
export interface Answer {
  readonly reply?: ReplyName;
  /** A reply that is not in the table: the lines of LHLO. */
  readonly text?: string;
  readonly trigger?: Trigger;
  readonly effects?: readonly LmtpEffect[];
  /** Counts towards the limit of bad commands in a row. Refused addresses do not: a good client has lists of them. */
  readonly bad?: true;
}

export interface CommandDefinition {
  readonly keyword: string;
  readonly rfc: string;
  readonly states: readonly LmtpState[];
  /** The reply in another state. */
  readonly otherwise: ReplyName;
  /** `rest` is what follows the keyword and one space. */
  run(session: LmtpSession, rest: string): Answer;
}

const ANY: readonly LmtpState[] = ["greeting", "ready", "mail", "recipients"];

const bad = (reply: ReplyName): Answer => ({ reply, bad: true });

const lhlo: CommandDefinition = {
  keyword: "LHLO",
  rfc: "RFC 2033 §4.1",
  states: ANY,
  otherwise: "wrong-order",
  run({ policy }, rest) {
    if (!/^[!-~]+ *$/.test(rest)) return bad("bad-argument");
    const lines = [
      policy.hostName,
      "PIPELINING",
      "ENHANCEDSTATUSCODES",
      "8BITMIME",
      "SMTPUTF8",
      `SIZE ${policy.messageOctetsMax}`,
    ];
    return { text: multilineReply(250, lines), trigger: "lhlo" };
  },
};

const mail: CommandDefinition = {
  keyword: "MAIL",
  rfc: "RFC 5321 §4.1.1.2, RFC 1870, RFC 6152, RFC 6531",
  states: ["ready"],
  otherwise: "wrong-order",
  run(session, rest) {
    const found = pathAfter(/^FROM: */i, rest, session.policy.pathOctetsMax);
    if (found === undefined) return { reply: "bad-sender" };
    const parameters = readMailParameters(found.rest);
    if (parameters === "unknown-parameter") return { reply: "unknown-parameter" };
    if (parameters === "bad-parameter") return { reply: "bad-argument" };
    if (needsUtf8(found.path) && !parameters.utf8) return { reply: "sender-needs-utf8" };
    if ((parameters.declaredOctets ?? 0) > session.policy.messageOctetsMax) return { reply: "too-big" };
    session.reversePath = found.path;
    session.utf8 = parameters.utf8;
    return { reply: "sender-ok", trigger: "mail" };
  },
};

const rcpt: CommandDefinition = {
  keyword: "RCPT",
  rfc: "RFC 5321 §4.1.1.3",
  states: ["mail", "recipients"],
  otherwise: "wrong-order",
  run(session, rest) {
    const found = pathAfter(/^TO: */i, rest, session.policy.pathOctetsMax);
    if (found === undefined || found.path.kind === "null") return { reply: "bad-recipient" };
    if (hasParameters(found.rest)) return { reply: "unknown-parameter" };
    if (needsUtf8(found.path) && !session.utf8) return { reply: "recipient-needs-utf8" };
    if (session.recipients.length >= session.policy.recipientsMax) return { reply: "too-many-recipients" };
    const { local, domain } = found.path;
    // RFC 5321 §4.1.1.3: postmaster needs no domain, wherever the client is.
    if (domain === undefined && !session.local && local.toLowerCase() !== "postmaster")
      return { reply: "domain-missing" };
    session.pending = { local, domain };
    return { effects: [{ kind: "look-up", mailbox: session.pending }] };
  },
};

const data: CommandDefinition = {
  keyword: "DATA",
  rfc: "RFC 2033 §4.2",
  states: ["recipients"],
  otherwise: "no-recipients",
  run(_session, rest) {
    if (rest.trim() !== "") return bad("bad-argument");
    return { reply: "start-mail", trigger: "data", effects: [{ kind: "receive" }] };
  },
};

const rset: CommandDefinition = {
  keyword: "RSET",
  rfc: "RFC 5321 §4.1.1.5",
  states: ANY,
  otherwise: "wrong-order",
  run: (_session, rest) => (rest.trim() === "" ? { reply: "ok", trigger: "reset" } : bad("bad-argument")),
};

const noop: CommandDefinition = {
  keyword: "NOOP",
  rfc: "RFC 5321 §4.1.1.9",
  states: ANY,
  otherwise: "wrong-order",
  run: () => ({ reply: "ok" }),
};

const vrfy: CommandDefinition = {
  keyword: "VRFY",
  rfc: "RFC 5321 §3.5.3",
  states: ANY,
  otherwise: "wrong-order",
  run: (_session, rest) => (rest.trim() === "" ? bad("bad-argument") : { reply: "cannot-verify" }),
};

const quit: CommandDefinition = {
  keyword: "QUIT",
  rfc: "RFC 5321 §4.1.1.10",
  states: ANY,
  otherwise: "wrong-order",
  run: (_session, rest) => (rest.trim() === "" ? { reply: "goodbye", trigger: "closed" } : bad("bad-argument")),
};

// RFC 2033 §4.1: the greetings of SMTP are not there; 500 shows a client that it speaks the wrong protocol.
const smtpGreeting = (keyword: string): CommandDefinition => ({
  keyword,
  rfc: "RFC 2033 §4.1",
  states: ANY,
  otherwise: "not-lmtp",
  run: () => bad("not-lmtp"),
});

export const COMMANDS: ReadonlyMap<string, CommandDefinition> = new Map(
  [lhlo, mail, rcpt, data, rset, noop, vrfy, quit, smtpGreeting("HELO"), smtpGreeting("EHLO")].map((command) => [
    command.keyword,
    command,
  ]),
);

function pathAfter(
  prefix: RegExp,
  rest: string,
  octetsMax: number,
): { readonly path: Path; readonly rest: string } | undefined {
  const lead = prefix.exec(rest);
  if (lead === null) return undefined;
  const text = rest.slice(lead[0].length);
  const found = readPath(text);
  if (found === undefined || (found.rest !== "" && !found.rest.startsWith(" "))) return undefined;
  const octets = Buffer.byteLength(text.slice(0, text.length - found.rest.length));
  return octets > octetsMax ? undefined : found;
}
