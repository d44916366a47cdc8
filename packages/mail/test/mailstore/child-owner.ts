// Drives owning-child.ts from a test.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Undoing } from "../temporary-directory.ts";

const program = fileURLToPath(new URL("./owning-child.ts", import.meta.url));

export interface ChildError {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly pid?: number;
}

export interface ChildOwner {
  readonly pid: number;
  /** Rejects with the child's error. */
  ask<T>(command: string): Promise<T>;
  /** SIGKILL: no handler runs. */
  kill(): Promise<void>;
  /** Says nothing more; it ends by itself, without a clean stop. */
  leave(): Promise<void>;
}

export interface ChildOptions {
  /** Largest file the child may write, in units of 1,024 octets: writes beyond fail with EFBIG. */
  readonly fileKib?: number;
  /** A program and its arguments that the child is run by. */
  readonly runBy?: readonly string[];
}

export function childOwner(context: Undoing, directory: string, options: ChildOptions = {}): ChildOwner {
  const limit = options.fileKib === undefined ? "" : `ulimit -S -f ${options.fileKib};`;
  // bash counts in 1,024 octets; other shells in 512.
  const shell = [
    "-c",
    `${limit} exec "$@"`,
    "bash",
    ...(options.runBy ?? []),
    process.execPath,
    ...process.execArgv,
    "--conditions=restante-source",
    program,
    directory,
  ];
  const child = spawn("bash", shell, { stdio: ["pipe", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const asked = new Map<string, (answer: Answer) => void>();
  createInterface({ input: child.stdout }).on("line", (line) => {
    const answer = JSON.parse(line) as Answer;
    asked.get(answer.id)?.(answer);
    asked.delete(answer.id);
  });
  // Once its output is at its end: an answer that was written before the death counts.
  child.on("close", () => {
    for (const [id, answer] of asked) answer({ id, error: { name: "Error", message: "the child died" } });
  });
  child.stdin.on("error", () => {}); // Written to after its death: told by "close".
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  let lastId = 0;
  context.after(kill);
  return {
    pid: child.pid as number,
    kill,
    async leave() {
      child.stdin.end();
      await exited;
    },
    async ask<T>(command: string): Promise<T> {
      const id = String((lastId += 1));
      const answered = new Promise<Answer>((resolve) => asked.set(id, resolve));
      child.stdin.write(`${id} ${command}\n`);
      const answer = await answered;
      if (answer.error !== undefined) throw Object.assign(new Error(answer.error.message), answer.error);
      return answer.value as T;
    },
  };
}

interface Answer {
  readonly id: string;
  readonly value?: unknown;
  readonly error?: ChildError;
}
