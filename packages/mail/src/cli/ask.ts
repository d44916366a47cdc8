// Questions to a person at a terminal. They go to standard error: standard output is for answers.
import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { CliError } from "./failure.ts";
import type { Io } from "./io.ts";

export async function askLine(io: Io, question: string): Promise<string> {
  const reader = createInterface({ input: io.stdin, output: io.stderr });
  try {
    return await reader.question(question);
  } finally {
    reader.close();
  }
}

/** What is typed is not shown. */
export async function askSecret(io: Io, question: string): Promise<string> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: io.stdin, output: nowhere, terminal: true });
  const interrupted = new Promise<never>((_resolve, reject) =>
    reader.once("SIGINT", () => reject(new CliError("usage", "nothing was changed"))),
  );
  io.stderr.write(question);
  try {
    return await Promise.race([reader.question(""), interrupted]);
  } finally {
    reader.close();
    io.stderr.write("\n");
  }
}
