// A person at a terminal: `script` of util-linux, which every Debian has, runs the command on a pseudo-terminal.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { COMMAND, ENV } from "./command-line.ts";

export interface AtTerminal {
  readonly code: number;
  /** All that stood on the screen, what was typed among it, in the order it was written. */
  readonly screen: string;
}

/** Types `answer` and Return each time `question` is asked. */
export async function atTerminal(
  argv: readonly string[],
  o: { readonly question: string; readonly answer: string; readonly env: Readonly<Record<string, string>> },
): Promise<AtTerminal> {
  const line = [...COMMAND, ...argv].map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  // exec: the signal that ends a test that went wrong reaches the command itself.
  const child = spawn("script", ["--quiet", "--return", "--flush", "--command", `exec ${line}`, "/dev/null"], {
    env: { ...ENV, TERM: "xterm", ...o.env },
    stdio: ["pipe", "pipe", "ignore"],
    timeout: 60_000,
  });
  let raw = "";
  let answered = 0;
  // What moves the cursor or colours a word is left out.
  // oxlint-disable-next-line no-control-regex
  const screen = (): string => raw.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, "");
  const asked = (): number => screen().split(o.question).length - 1;
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    raw += text;
    for (; answered < asked(); answered += 1) child.stdin.write(`${o.answer}\n`);
  });
  child.stdin.on("error", () => undefined);
  const [code] = (await once(child, "close")) as [number | null];
  return { code: code ?? 255, screen: screen() };
}
