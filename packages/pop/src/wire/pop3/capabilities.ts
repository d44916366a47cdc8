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
  parameters?(session: ServerSession): string;
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
  const ofServer = SERVER_CAPABILITIES.filter(({ states }) => states.includes(session.state)).map((capability) =>
    capabilityLine(capability.tag, capability.parameters?.(session)),
  );
  return [...ofCommands, ...ofServer];
}

/** `SASL SCRAM-SHA-256 PLAIN`: the mechanisms of this channel, as many as the line has room for; nothing if there is none. */
export function saslCapability(session: ServerSession): readonly string[] {
  const names = offeredMechanisms(session).map(({ name }) => name);
  const fitting = names.filter((_, index) => fits(["SASL", ...names.slice(0, index + 1)].join(" ")));
  return fitting.length === 0 ? [] : [capabilityLine("SASL", fitting.join(" "))];
}

function capabilityLine(tag: string, parameters?: string): string {
  return parameters === undefined ? tag : printable(`${tag} ${parameters}`, LINE_END_OCTETS).trimEnd();
}

function fits(line: string): boolean {
  return printable(line, LINE_END_OCTETS) === line;
}
