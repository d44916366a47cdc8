// Runs popload and reads its answer: one JSON line, with an error count that must be zero.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cpuSeconds } from "./processes.ts";

const SOURCE = fileURLToPath(new URL("popload.c", import.meta.url));
const BINARY = fileURLToPath(new URL("bin/popload", import.meta.url));

/** Compiles popload when it is missing or older than its source; without TLS where OpenSSL's headers are missing. */
export function buildPopload(): string {
  if (!existsSync(BINARY) || statSync(BINARY).mtimeMs < statSync(SOURCE).mtimeMs) {
    mkdirSync(new URL("bin", import.meta.url), { recursive: true });
    try {
      execFileSync("cc", ["-O2", "-o", BINARY, SOURCE, "-lssl", "-lcrypto"], { stdio: "ignore" });
    } catch {
      execFileSync("cc", ["-O2", "-DNO_TLS", "-o", BINARY, SOURCE], { stdio: "inherit" });
    }
  }
  return BINARY;
}

export interface LoadResult {
  readonly errors: number;
  readonly first_err: string;
  readonly ok: number;
  readonly elapsed: number;
  readonly sps?: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly msgs?: number;
  readonly payload?: number;
  readonly mbps?: number;
  readonly msgps?: number;
  readonly held?: number;
  readonly kb_per_conn?: number;
  readonly login?: number;
  readonly stat?: number;
  readonly list?: number;
  readonly uidl?: number;
  readonly total?: number;
  /** CPU seconds of the server and its children during the run. */
  readonly serverCpu: number;
}

/** One run of popload against `port`; throws when a single reply was wrong. */
export async function load(
  args: readonly string[],
  o: { readonly port: number; readonly pid: number },
): Promise<LoadResult> {
  const [mode = "sessions", ...rest] = args;
  const before = cpuSeconds(o.pid);
  const output = await run(buildPopload(), [mode, "-p", String(o.port), "--pids", String(o.pid), ...rest]);
  const result = JSON.parse(output.trim().split("\n").at(-1) ?? "{}") as Omit<LoadResult, "serverCpu">;
  if (result.errors > 0)
    throw new Error(`popload ${args.join(" ")}: ${result.errors} errors, first: ${result.first_err}`);
  return { ...result, serverCpu: cpuSeconds(o.pid) - before };
}

function run(program: string, args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
    let output = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child
      .once("error", reject)
      .once("close", () => (output === "" ? reject(new Error(`${program} printed nothing`)) : resolve(output)));
  });
}
