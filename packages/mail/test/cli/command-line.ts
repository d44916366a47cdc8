// Runs the command line as a person or a program would: as a process of its own, on free ports and a temporary directory.
import { execFile, spawn, spawnSync, type ChildProcess, type SpawnSyncReturns } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { PassThrough, Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { run } from "../../src/cli/main.ts";

/** What `restante` is here, for a shell or a `spawn`: the sources, unbuilt. */
export const COMMAND = [
  process.execPath,
  "--conditions=restante-source",
  "--no-warnings",
  fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url)),
] as const;
const [NODE, ...RESTANTE] = COMMAND;
/** No variable of this process's may change what a command means. */
export const ENV: Readonly<Record<string, string | undefined>> = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith("RESTANTE_") && name !== "npm_lifecycle_event"),
);

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in this process, which is faster; nothing it does is different. */
export async function here(
  argv: readonly string[],
  o: {
    readonly stdin?: string | Buffer;
    readonly env?: Readonly<Record<string, string>>;
    /** Somebody is at a terminal, and answers the questions with these lines. */
    readonly answers?: readonly string[];
  } = {},
): Promise<Ended> {
  const [stdout, stderr] = [new Gathering(), new Gathering()];
  const stdin = o.answers === undefined ? given(o.stdin) : person(stderr, o.answers);
  const code = await run(argv, { stdin, stdout, stderr, env: { ...o.env } });
  return { code, stdout: stdout.text, stderr: stderr.text };
}

function given(text: string | Buffer | undefined): Readable {
  return Readable.from(text === undefined ? [] : [Buffer.from(text)], { objectMode: false });
}

/** Types the next line whenever a question stands there. */
function person(stderr: Gathering, answers: readonly string[]): Readable {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true });
  const left = [...answers];
  stderr.onText = (text) => {
    const answer = text.endsWith(": ") ? left.shift() : undefined;
    if (answer !== undefined) setImmediate(() => keyboard.write(`${answer}\n`));
  };
  return keyboard;
}

class Gathering extends Writable {
  text = "";
  onText: (text: string) => void = () => undefined;

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString("utf8");
    this.onText(this.text);
    done();
  }
}

/** Runs a command as a process, to its end. */
export function spawned(
  argv: readonly string[],
  o: { readonly stdin?: string | Buffer; readonly cwd?: string } = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      NODE,
      [...RESTANTE, ...argv],
      { env: ENV, cwd: o.cwd, timeout: 60_000, maxBuffer: 1 << 26 },
      (error, stdout, stderr) => resolve({ code: error === null ? 0 : Number(error.code ?? 255), stdout, stderr }),
    );
    // A command that refuses early does not read what it is given.
    child.stdin?.on("error", () => undefined).end(o.stdin ?? "");
  });
}

/** The same on descriptors of the test's own, such as cannot be read or written. */
export function spawnedOn(
  stdio: readonly ["ignore" | "pipe" | number, "pipe" | number, "pipe"],
  argv: readonly string[],
): SpawnSyncReturns<string> {
  return spawnSync(NODE, [...RESTANTE, ...argv], { env: ENV, stdio: [...stdio], encoding: "utf8", timeout: 60_000 });
}

export interface Ready {
  readonly url?: string;
  readonly event: "ready";
  readonly listeners: readonly {
    readonly protocol: string;
    readonly address: string;
    readonly port: number;
    readonly tls: boolean;
  }[];
  readonly accounts?: readonly { readonly user: string; readonly password: string }[];
  readonly pid: number;
  readonly fingerprint: string;
}

export interface RunningOffice {
  readonly ready: Ready;
  readonly child: ChildProcess;
  port(protocol: string): number;
  /** What it said on standard error so far. */
  stderr(): string;
  stdoutLines(): readonly string[];
  signal(signal: NodeJS.Signals): void;
  /** Resolves with its exit code, or the signal's name. */
  ended(): Promise<number | string>;
}

export const FREE_PORTS = ["pop3", "pop3s", "pop2", "pop1", "lmtp", "web"].flatMap((protocol) => [
  "--listen",
  `${protocol}=127.0.0.1:0`,
]);

/** Those that a failing test leaves behind are ended with its directory. */
const running = new Set<ChildProcess>();

/** Starts `restante ARGV`, or `command ARGV`, and waits for its line `ready`. */
export async function startOffice(
  argv: readonly string[],
  o: { readonly env?: Readonly<Record<string, string>>; readonly command?: readonly [string, ...string[]] } = {},
): Promise<RunningOffice> {
  const [program, ...before] = o.command ?? COMMAND;
  const child = spawn(program, [...before, ...argv], {
    env: { ...ENV, ...o.env, RESTANTE_LIMITS_REFUSAL_DELAY: "0s" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  const exited = once(child, "exit") as Promise<[number | null, string | null]>;
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const lines: string[] = [];
  const ready = await new Promise<Ready>((resolve, reject) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      const event = JSON.parse(line) as Ready;
      if (event.event === "ready") resolve(event);
    });
    exited.then(([code]) => reject(new Error(`ended with ${code} before it was ready: ${complaints}`)), reject);
  });
  return {
    ready,
    child,
    port: (protocol) => {
      const found = ready.listeners.find((listener) => listener.protocol === protocol);
      if (found === undefined) throw new Error(`no ${protocol} listener`);
      return found.port;
    },
    stderr: () => complaints,
    stdoutLines: () => lines,
    signal: (signal) => child.kill(signal),
    ended: async () => {
      const [code, signal] = await exited;
      return code ?? signal ?? -1;
    },
  };
}

/** A directory that is removed when `run` has ended. */
export async function inDirectory<T>(body: (directory: string) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), "restante-cli-"));
  try {
    return await body(directory);
  } finally {
    for (const child of running) child.kill("SIGKILL");
    rmSync(directory, { recursive: true, force: true });
  }
}
