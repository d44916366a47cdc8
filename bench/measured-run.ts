// Runs a program to its end and says what it took: time, CPU of it and its children, and its largest memory.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

const TICKS_PER_SECOND = 100;
const LOOK_MS = 10;

export interface Measured {
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** Largest resident set, of the program itself. */
  readonly peakKb: number;
  readonly stdout: string;
}

/** Rejects when it ends with another exit code than 0, or takes longer. */
export async function measuredRun(
  command: readonly string[],
  o: { readonly timeoutMs: number; readonly env?: NodeJS.ProcessEnv },
): Promise<Measured> {
  const [program = "", ...args] = command;
  const cpuBefore = childrenCpuSeconds();
  const startedAt = performance.now();
  const child = spawn(program, args, {
    env: { ...process.env, ...o.env },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: o.timeoutMs,
  });
  let [stdout, stderr, peakKb] = ["", "", 0];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text.slice(0, 1_000_000)));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr = (stderr + text).slice(-2_000)));
  const looking = setInterval(() => (peakKb = Math.max(peakKb, peakKbOf(child.pid))), LOOK_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject).once("close", (exit) => resolve(exit));
  });
  clearInterval(looking);
  const seconds = (performance.now() - startedAt) / 1_000;
  if (code !== 0) throw new Error(`${command.join(" ")}: ended with ${code}: ${stderr}${stdout.slice(-500)}`);
  return { seconds, cpuSeconds: childrenCpuSeconds() - cpuBefore, peakKb, stdout };
}

/** User and system time of the children this process has reaped, theirs included. */
function childrenCpuSeconds(): number {
  const text = readFileSync("/proc/self/stat", "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
}

function peakKbOf(pid: number | undefined): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "latin1"))?.[1] ?? 0);
  } catch {
    return 0; // it ended meanwhile
  }
}
