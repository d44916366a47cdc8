// What being durable costs: how often the store asks the disk, and how long the disk takes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROUNDS = 200;

/** How often process `pid` calls fsync or fdatasync while `work` goes on, counted by strace. */
export async function countFsyncs(pid: number, work: () => Promise<unknown>): Promise<number> {
  const args = ["--follow-forks", "--trace=fsync,fdatasync", "--quiet=exit", `--attach=${pid}`];
  const strace = spawn("strace", args, { stdio: ["ignore", "ignore", "pipe"] });
  const lines = createInterface({ input: strace.stderr });
  let calls = 0;
  const attached = once(lines, "line");
  // A call that another thread interrupts is told in two lines; the second says "resumed".
  lines.on("line", (line) => void (/f(?:data)?sync\(/.test(line) && (calls += 1)));
  await attached;
  try {
    await work();
  } finally {
    strace.kill("SIGINT");
    await once(strace, "close");
  }
  return calls;
}

/** Milliseconds of an fsync behind 30 kB on the disk of `folder`: the median of two hundred. */
export function fsyncMs(folder: string): number {
  const file = join(folder, "fsync-probe");
  const handle = openSync(file, "w");
  const octets = Buffer.alloc(30_000, "x");
  const times: number[] = [];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      writeSync(handle, octets);
      const began = performance.now();
      fsyncSync(handle);
      times.push(performance.now() - began);
    }
  } finally {
    closeSync(handle);
    rmSync(file);
  }
  return times.toSorted((a, b) => a - b)[ROUNDS / 2] ?? Number.NaN;
}
