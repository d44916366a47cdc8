// What a row of the command table says.
import type { CommandArguments } from "./arguments.ts";
import type { Effect, ServerSession } from "./server-session.ts";
import type { Pop3State } from "./states.ts";

export interface CommandDefinition {
  readonly keyword: string;
  /** Where it is allowed; elsewhere it is answered -ERR. */
  readonly states: readonly Extract<Pop3State, "authorization" | "transaction">[];
  readonly rfc: string;
  /** The keyword with its arguments, optional ones in brackets. */
  readonly syntax: string;
  readonly summary: string;
  /** A login named by USER outlives this command; PASS takes it itself. */
  readonly keepsPendingLogin?: true;
  /** The capability lines that announce the command now (RFC 2449 §6); none when it cannot be used. */
  capabilities?(session: ServerSession): readonly string[];
  /** Carries the command out. Throws PopError, which becomes the -ERR reply. */
  run(session: ServerSession, rest: CommandArguments): readonly Effect[];
}
