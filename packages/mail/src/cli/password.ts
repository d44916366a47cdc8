// A password somebody chooses never stands on a command line, where every user of the machine could read it.
import { askSecret } from "./ask.ts";
import { isSet, type CliOption, type OptionValues } from "./command.ts";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

const OCTETS_MAX = 4_096;

export const PASSWORD_OPTIONS: Readonly<Record<string, CliOption>> = {
  ask: { summary: "choose the password: it is asked for, twice, and not shown" },
  "password-stdin": { summary: "choose the password: it is the first line of standard input" },
};

/** Undefined when it is to be generated. Throws CliError `usage`. */
export async function chosenPassword(values: OptionValues, io: Io): Promise<string | undefined> {
  if (isSet(values, "password-stdin")) return firstLine(io);
  if (!isSet(values, "ask")) return undefined;
  if (io.stdin.isTTY !== true) throw new CliError("usage", "--ask needs a terminal; in a script, use --password-stdin");
  const password = await askSecret(io, "New password: ");
  if ((await askSecret(io, "The same again: ")) !== password)
    throw new CliError("usage", "the two differ, nothing was changed; try again");
  return password;
}

async function firstLine(io: Io): Promise<string> {
  const chunks: Buffer[] = [];
  let octets = 0;
  for await (const chunk of io.stdin as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    octets += chunk.length;
    if (chunk.includes(0x0a) || octets > OCTETS_MAX) break;
  }
  const line = Buffer.concat(chunks).toString("utf8").split(/\r?\n/, 1)[0] ?? "";
  if (line === "") throw new CliError("usage", "standard input holds no password; give it on the first line");
  return line;
}
