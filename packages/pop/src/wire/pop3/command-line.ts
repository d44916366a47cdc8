// From a line to its row in the command table.
import { isControl, keywordLength, upperCase } from "../command-words.ts";
import { PopError } from "../errors.ts";
import type { CommandDefinition } from "./command-definition.ts";
import { POP3_COMMANDS } from "./commands.ts";
import type { Effect, ServerSession } from "./server-session.ts";

const BY_KEYWORD: ReadonlyMap<string, CommandDefinition> = new Map(
  POP3_COMMANDS.map((command) => [command.keyword, command]),
);
const KEYWORD_OCTETS_MAX = Math.max(...POP3_COMMANDS.map(({ keyword }) => keyword.length));

/** Runs the command of this line. Throws PopError for what is not a command, or not one now. */
export function runCommand(session: ServerSession, line: Uint8Array): readonly Effect[] {
  const keywordEnd = keywordLength(line);
  const command = BY_KEYWORD.get(upperCase(line, Math.min(keywordEnd, KEYWORD_OCTETS_MAX + 1)));
  const clean = !line.some(isControl);
  if (!clean || command?.keepsPendingLogin !== true) session.pendingLogin = undefined;
  if (!clean) throw new PopError("BAD_ARGUMENT");
  if (command === undefined || command.isSpoken?.(session) === false) throw new PopError("UNKNOWN_COMMAND");
  if (!command.states.some((state) => state === session.state)) throw new PopError("WRONG_STATE");
  return command.run(session, keywordEnd < line.length ? line.subarray(keywordEnd + 1) : undefined);
}
