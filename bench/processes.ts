// CPU and memory of a server with all its children, read from /proc; and starting and stopping it by process id.
import { spawn, type ChildProcess } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { createConnection } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const TICKS_PER_SECOND = 100;

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** User and system time of the process and of the children it has reaped, in clock ticks. */
  readonly ticks: number;
}

function readProcess(pid: number): ProcessRow | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text
      .slice(text.lastIndexOf(")") + 2)
      .split(" ")
      .map(Number);
    const [parent = 0] = fields.slice(1, 2);
    return { pid, parent, ticks: fields.slice(11, 15).reduce((sum, value) => sum + value, 0) };
  } catch {
    return undefined; // it ended meanwhile
  }
}

/** The process and everything below it. */
export function family(root: number): readonly number[] {
  const rows = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => readProcess(Number(name)) ?? []);
  const found = new Set([root]);
  for (let grew = true; grew;) {
    grew = false;
    for (const row of rows) {
      if (found.has(row.parent) && !found.has(row.pid)) {
        found.add(row.pid);
        grew = true;
      }
    }
  }
  return [...found];
}

/** CPU seconds used so far by the process, its descendants and the children they reaped. */
export function cpuSeconds(root: number): number {
  return family(root).reduce((sum, pid) => sum + (readProcess(pid)?.ticks ?? 0), 0) / TICKS_PER_SECOND;
}

/** Proportional set size of the process and its descendants, in kB. */
export function memoryKb(root: number): number {
  return family(root).reduce((sum, pid) => {
    try {
      return sum + Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "latin1"))?.[1] ?? 0);
    } catch {
      return sum;
    }
  }, 0);
}

export interface Running {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts a program and resolves once `port` answers; rejects when it ends before that. */
export async function start(
  command: readonly string[],
  o: { readonly port: number; readonly cwd?: string; readonly env?: NodeJS.ProcessEnv },
): Promise<Running> {
  const [program = "", ...args] = command;
  const child = spawn(program, args, {
    cwd: o.cwd,
    env: { ...process.env, ...o.env },
    stdio: ["ignore", "ignore", "inherit"],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program} did not start: is it installed?`);
  for (let tries = 0; !(await answers(o.port)); tries += 1) {
    if (child.exitCode !== null || tries > 300) throw new Error(`${program} did not open port ${o.port}`);
    await delay(100);
  }
  return { pid, stop: () => stop(child) };
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const members = family(child.pid);
  child.kill("SIGTERM");
  await Promise.race([ended, delay(15_000, undefined, { ref: false })]);
  for (const pid of members) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone already, as it should be
    }
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: "127.0.0.1", port });
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    socket.once("connect", () => socket.destroy());
  });
}
