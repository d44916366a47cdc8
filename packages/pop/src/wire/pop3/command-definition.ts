// What a row of the command table says.
import type { CommandArguments } from "./arguments.ts";
import type { Effect, ServerSession } from "./server-session.ts";
import type { Pop3State } from "./states.ts";

export interface CommandCapability {
  readonly tag: string;
  /** When it is announced, in words for the command reference. */
  readonly condition: string;
  /** Its line now, or none. */
  lines(session: ServerSession): readonly string[];
}

export interface CommandDefinition {
  readonly keyword: string;
  /** Where it is allowed; elsewhere it is answered -ERR. */
  readonly states: readonly Extract<Pop3State, "authorization" | "transaction">[];
  readonly rfc: string;
  /** The keyword with its arguments, optional ones in brackets. */
  readonly syntax: string;
  readonly summary: string;
  /** Its positive reply goes on behind the first line, up to the termination octet (RFC 1939 §3). */
  readonly multiLine?: "always" | "without-argument";
  /** Nothing is pipelined behind it: its reply decides what the connection is afterwards (RFC 2449 §6.6, RFC 2595 §4). */
  readonly decides?: true;
  /** A login named by USER outlives this command; PASS takes it itself. */
  readonly keepsPendingLogin?: true;
  /** It is a command only here; elsewhere it is unknown. Always one unless said. */
  isSpoken?(session: ServerSession): boolean;
  /** When that is, in words for the command reference. */
  readonly spokenWhen?: string;
  /** How CAPA announces it; RFC 2449 §6 has no capability for the commands every server must have. */
  readonly capability?: CommandCapability;
  /** Carries the command out. Throws PopError, which becomes the -ERR reply. */
  run(session: ServerSession, rest: CommandArguments): readonly Effect[];
}
