// What CAPA says (RFC 2449 §5): what the commands announce for themselves, and what holds for the server as a whole.
import { printable } from "../reply.ts";
import type { CommandDefinition } from "./command-definition.ts";
import { offeredMechanisms } from "./mechanisms.ts";
import type { ServerSession } from "./server-session.ts";
import type { Pop3State } from "./states.ts";

export interface ServerCapability {
  readonly tag: string;
  readonly states: readonly Pop3State[];
  readonly rfc: string;
  readonly summary: string;
  /** Behind the tag; undefined: this server does not announce it now. */
  parameters?(session: ServerSession): string | undefined;
}

const BOTH_STATES = ["authorization", "transaction"] as const;
/** A capability line has at most 512 octets, its CRLF included (RFC 2449 §5). */
const LINE_END_OCTETS = 2;

/** Capabilities that are no command's. */
export const SERVER_CAPABILITIES: readonly ServerCapability[] = [
  {
    tag: "RESP-CODES",
    states: BOTH_STATES,
    rfc: "RFC 2449 §6.4",
    summary: "text that begins with [ is a response code",
  },
  {
    tag: "AUTH-RESP-CODE",
    states: BOTH_STATES,
    rfc: "RFC 3206 §6",
    summary: "[AUTH] marks every refusal of credentials, and nothing else",
  },
  {
    tag: "PIPELINING",
    states: BOTH_STATES,
    rfc: "RFC 2449 §6.6",
    summary: "commands may be sent before earlier ones are answered",
  },
  {
    tag: "EXPIRE",
    states: BOTH_STATES,
    rfc: "RFC 2449 §6.7",
    summary: "days after which the site removes mail; before login the fewest, with `USER` when accounts differ",
    parameters: expiry,
  },
  {
    tag: "LOGIN-DELAY",
    states: BOTH_STATES,
    rfc: "RFC 2449 §6.5",
    summary: "seconds from one login to the next; before login the most, with `USER` when accounts differ",
    parameters: loginDelay,
  },
  {
    tag: "IMPLEMENTATION",
    // RFC 2449 §6.9 allows it in both states; strangers need not know what runs here.
    states: ["transaction"],
    rfc: "RFC 2449 §6.9",
    summary: "names the program, without its version",
    parameters: (session) => session.policy.implementation,
  },
];

/** The lines of CAPA's reply, in the order of the tables; the same at every call in one state. */
export function capabilityLines(session: ServerSession, commands: readonly CommandDefinition[]): readonly string[] {
  const ofCommands = commands.flatMap((command) => command.capability?.lines(session) ?? []);
  const ofServer = SERVER_CAPABILITIES.filter(({ states }) => states.includes(session.state)).flatMap((capability) => {
    if (capability.parameters === undefined) return [capability.tag];
    const parameters = capability.parameters(session);
    return parameters === undefined ? [] : [capabilityLine(capability.tag, parameters)];
  });
  return [...ofCommands, ...ofServer];
}

/** RFC 2449 §6.7: the exact figure once the account is known, the worst for the client before. */
function expiry({ terms, policy }: ServerSession): string | undefined {
  const site = policy.siteTerms?.();
  const known = terms ?? site;
  if (known === undefined) return undefined;
  const days = known.expireDays === undefined ? "NEVER" : `${known.expireDays}`;
  return terms === undefined && site?.expireDiffers === true ? `${days} USER` : days;
}

function loginDelay({ terms, policy }: ServerSession): string | undefined {
  const site = policy.siteTerms?.();
  const known = terms ?? site;
  const differs = terms === undefined && site?.loginDelayDiffers === true;
  // Announced before login, it is announced after it too, also where it is 0 (RFC 2449 §5).
  if (known === undefined || (known.loginDelaySeconds === 0 && (site?.loginDelaySeconds ?? 0) === 0)) return undefined;
  return differs ? `${known.loginDelaySeconds} USER` : `${known.loginDelaySeconds}`;
}

/** `SASL SCRAM-SHA-256 PLAIN`: the mechanisms of this channel, as many as the line has room for; nothing if there is none. */
export function saslCapability(session: ServerSession): readonly string[] {
  const names = offeredMechanisms(session).map(({ name }) => name);
  const fitting = names.filter((_, index) => fits(["SASL", ...names.slice(0, index + 1)].join(" ")));
  return fitting.length === 0 ? [] : [capabilityLine("SASL", fitting.join(" "))];
}

function capabilityLine(tag: string, parameters: string): string {
  return printable(`${tag} ${parameters}`, LINE_END_OCTETS).trimEnd();
}

function fits(line: string): boolean {
  return printable(line, LINE_END_OCTETS) === line;
}
