// `restante fetch run` as a process of its own, under strace or to be killed, and what it left behind.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { COMMAND, ENV } from "../cli/command-line.ts";
import { SOURCE_ENV, type House } from "../cli/source-house.ts";
import { openSqliteMailstore } from "../../src/mailstore/index.ts";
import { textsOf } from "./fixture.ts";

export interface EndedRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedRun {
  readonly ended: Promise<EndedRun>;
  kill(): void;
}

/** `runBy`: a program and its arguments that the command is run by. */
interface StartOptions {
  readonly runBy?: readonly string[];
}

export function startRun({ file, data }: House, o: StartOptions = {}): StartedRun {
  return start(["fetch", "run", "-c", file, "--data", data], o);
}

/** `restante ARGV`. */
export function start(argv: readonly string[], { runBy = [] }: StartOptions): StartedRun {
  const [program = "", ...rest] = [...runBy, ...COMMAND, ...argv];
  const child = spawn(program, rest, { env: { ...ENV, ...SOURCE_ENV }, stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = once(child, "close").then(([code, signal]): EndedRun => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout,
    stderr,
  }));
  return { ended, kill: () => void child.kill("SIGKILL") };
}

export interface Letter {
  readonly octets: string;
  readonly uniqueId: string;
  /** Stands in its body and nowhere else. */
  readonly word: string;
  /** Hex, as the journal writes it. */
  readonly sha256: string;
}

/** So many letters; the last, and each so many, is too large for a row of the store. */
export function letters(count: number, { largeEvery = count } = {}): readonly Letter[] {
  return Array.from({ length: count }, (_, i) => {
    const word = `letter-${i + 1}-of-${count}`;
    const body = (i + 1) % largeEvery === 0 ? "A line of it.\r\n".repeat(8_000) : ".dot\r\n";
    const octets = `Subject: a letter\r\n\r\n${word}\r\n${body}`;
    return { octets, uniqueId: `id-${i + 1}`, word, sha256: createHash("sha256").update(octets).digest("hex") };
  });
}

/** Of Anna's mail in the store below `directory`. */
export async function storeTexts(directory: string): Promise<readonly string[]> {
  const store = await openSqliteMailstore({ directory: join(directory, "data") });
  try {
    const account = store.directory.accountNamed("anna")?.account ?? "";
    return await textsOf(store, account);
  } finally {
    await store.close();
  }
}

/** Every path below `directory`. */
export function pathsBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).map((path) => join(directory, path));
}
