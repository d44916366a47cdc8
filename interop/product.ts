// The built product, run as a newcomer runs it, for other people's programs to talk to.
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const PROGRAM = fileURLToPath(new URL("../packages/mail/bin/restante.js", import.meta.url));

interface Listener {
  readonly protocol: string;
  readonly address: string;
  readonly port: number;
  readonly tls: boolean;
}

interface DemoAccount {
  readonly user: string;
  readonly password: string;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Product {
  readonly data: string;
  readonly pid: number;
  /** SHA-256 of the certificate it made for itself. */
  readonly fingerprint: string;
  /** Opens the web reader, once; undefined where it listens nowhere. */
  readonly url: string | undefined;
  /** Of a start with --demo. */
  readonly accounts: readonly DemoAccount[];
  port(protocol: string): number;
  /** Runs `restante ARGS --data DATA`; never rejects on an exit code. */
  cli(args: readonly string[], input?: string | Buffer): Promise<Finished>;
  /** Makes an account and gives its password. */
  account(name: string): Promise<string>;
  kill(signal: NodeJS.Signals): Promise<void>;
  stop(): Promise<void>;
}

/** Starts `restante up` on free ports; `data` keeps a directory over a restart. */
export async function startProduct(
  o: { readonly data?: string; readonly args?: readonly string[] } = {},
): Promise<Product> {
  const data = o.data ?? (await mkdtemp(join(tmpdir(), "restante-interop-")));
  const listen = ["pop3", "pop3s", "pop2", "pop1", "lmtp", "web"].flatMap((protocol) => [
    "--listen",
    `${protocol}=127.0.0.1:0`,
  ]);
  const child = spawn(process.execPath, [PROGRAM, "up", "--json", "--data", data, ...listen, ...(o.args ?? [])], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (complaints += text));
  const exited = once(child, "exit");
  const {
    listeners,
    fingerprint,
    url,
    accounts = [],
  } = await Promise.race([
    readyEvent(child.stdout),
    exited.then(() => Promise.reject(new Error(`restante up ended: ${complaints}`))),
  ]);
  const kill = async (signal: NodeJS.Signals): Promise<void> => {
    child.kill(signal);
    await exited;
  };
  const cli = (args: readonly string[], input?: string | Buffer): Promise<Finished> =>
    run([PROGRAM, ...args, "--data", data], input);
  return {
    data,
    pid: child.pid ?? 0,
    fingerprint,
    url,
    accounts,
    cli,
    kill,
    port: (protocol) => {
      const found = listeners.find((listener) => listener.protocol === protocol);
      if (found === undefined) throw new Error(`no ${protocol} listener`);
      return found.port;
    },
    account: async (name) => {
      const { stdout, stderr } = await cli(["account", "add", name, "--json"]);
      const made = JSON.parse(stdout === "" ? "{}" : stdout) as { password?: string };
      if (made.password === undefined) throw new Error(`account add ${name}: ${stderr}`);
      return made.password;
    },
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) await kill("SIGTERM");
      if (o.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

interface ReadyEvent {
  readonly event: string;
  readonly listeners: readonly Listener[];
  readonly fingerprint: string;
  readonly url?: string;
  readonly accounts?: readonly DemoAccount[];
}

async function readyEvent(stdout: NodeJS.ReadableStream): Promise<ReadyEvent> {
  for await (const line of createInterface({ input: stdout })) {
    const event = JSON.parse(line) as ReadyEvent;
    if (event.event === "ready") {
      stdout.resume();
      return event;
    }
  }
  throw new Error("restante up ended without a ready line");
}

/** Runs a script of ours on this Node, to its end. */
function run(args: readonly string[], input: string | Buffer = ""): Promise<Finished> {
  return runProgram(process.execPath, args, { input });
}

/** Runs any program to its end, at most two minutes; never rejects on an exit code. */
export function runProgram(
  program: string,
  args: readonly string[],
  o: { readonly input?: string | Buffer; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { cwd: o.cwd, env: { ...process.env, ...o.env }, maxBuffer: 1 << 28, timeout: 120_000 };
    const child = execFile(program, [...args], options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code ?? 255), stdout, stderr });
    });
    // A program that ends early, or reads nothing, does not take what it is given.
    child.stdin?.on("error", () => undefined).end(o.input ?? "");
  });
}
