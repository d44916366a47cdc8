// From a line to its row in the command table.
import { PopError } from "../errors.ts";
import { SPACE } from "../octets.ts";
import type { CommandDefinition } from "./command-definition.ts";
import { POP3_COMMANDS } from "./commands.ts";
import type { Effect, ServerSession } from "./server-session.ts";

const DELETE = 0x7f;
const LOWER_A = 0x61;
const LOWER_Z = 0x7a;

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
  if (command === undefined) throw new PopError("UNKNOWN_COMMAND");
  if (!command.states.some((state) => state === session.state)) throw new PopError("WRONG_STATE");
  return command.run(session, keywordEnd < line.length ? line.subarray(keywordEnd + 1) : undefined);
}

function keywordLength(line: Uint8Array): number {
  const space = line.indexOf(SPACE);
  return space < 0 ? line.length : space;
}

/** ASCII only: String's own upper case would turn an octet 0xDF into "SS". */
function upperCase(octets: Uint8Array, length: number): string {
  let text = "";
  for (let at = 0; at < length; at += 1) {
    const octet = octets[at] as number;
    text += String.fromCharCode(octet >= LOWER_A && octet <= LOWER_Z ? octet - 0x20 : octet);
  }
  return text;
}

function isControl(octet: number): boolean {
  return octet < SPACE || octet === DELETE;
}
