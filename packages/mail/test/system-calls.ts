// What a process asks of the system, by strace: every thread of it, in the order in which it happened.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Of a test that traces: .ci/run installs strace, and counts what is skipped as failed. */
export const TRACING: { readonly skip: string | false } = { skip: whyNotTraced() };

function whyNotTraced(): string | false {
  const ends = (...args: readonly string[]): boolean => spawnSync("strace", args, { stdio: "ignore" }).status === 0;
  if (!ends("--version")) return "strace is not installed: apt-get install strace";
  return !ends("-qq", "-o", "/dev/null", "true") && "strace may trace nothing here: a container needs SYS_PTRACE";
}

/** Whole pages of a database and the beginnings of messages. */
const SHOWN_OCTETS = 20_000;

const CALLS =
  "openat,mkdir,mkdirat,rename,renameat,renameat2,link,linkat,unlink,unlinkat," +
  "write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync";

/** Before a command that is to be traced into `log`. */
export function traced(log: string): readonly string[] {
  return ["strace", "-f", "-qq", "-yy", "-s", String(SHOWN_OCTETS), "-o", log, "-e", `trace=${CALLS}`];
}

export interface Fault {
  readonly calls: readonly string[];
  /** What the call fails with, without being made. */
  readonly error: "EIO" | "ENOSPC";
  /** The calls of one thread are counted, from 1. */
  readonly nth: number;
  /** All calls behind it fail too. */
  readonly isLasting?: boolean;
  /** Only calls on these; `$$` is the number of the process. */
  readonly paths: readonly string[];
}

/** Before a command one of whose calls is to fail. It has one thread for files, so that the n-th call is a certain one. */
export function injecting(log: string, { calls, error, nth, isLasting = false, paths }: Fault): readonly string[] {
  const named = paths.map((path) => `-P "${path}"`).join(" ");
  const inject = `-e trace=${calls.join()} -e inject=${calls.join()}:error=${error}:when=${nth}${isLasting ? "+" : ""}`;
  // The tracer is the grandchild, so that the command has the shell's number.
  return ["env", "UV_THREADPOOL_SIZE=1", "sh", "-c", `exec strace -D -f -qq -o "${log}" ${named} ${inject} "$@"`, "sh"];
}

/** How many calls failed for us. */
export function faultsIn(log: string): number {
  return readFileSync(log, "latin1").split("(INJECTED)").length - 1;
}

export interface SystemCall {
  readonly name: string;
  /** As strace shows them: descriptors with their paths, octets as a C string. */
  readonly arguments: string;
}

/** A call begins, and ends with what the system answered. In between other threads are at work. */
export type Moment =
  | { readonly kind: "begin"; readonly call: SystemCall }
  | { readonly kind: "end"; readonly call: SystemCall; readonly result: string };

const LINE = /^(?<thread>\d+) +(?:(?<name>\w+)\(|<\.\.\. (?<resumed>\w+) resumed>)(?<rest>.*)$/s;
const UNFINISHED = " <unfinished ...>";
const RESULT = /^(?<arguments>.*)\) += (?<result>.*)$/s;

/** Everything in a log of strace, first to last. */
export function momentsIn(log: string): readonly Moment[] {
  const moments: Moment[] = [];
  const open = new Map<string, SystemCall>();
  for (const line of readFileSync(log, "latin1").split("\n")) {
    const { thread = "", name, resumed, rest = "" } = LINE.exec(line)?.groups ?? {};
    if (name !== undefined && rest.endsWith(UNFINISHED)) {
      const call = { name, arguments: rest.slice(0, -UNFINISHED.length) };
      open.set(thread, call);
      moments.push({ kind: "begin", call });
      continue;
    }
    const { arguments: told = "", result } = RESULT.exec(rest)?.groups ?? {};
    if (result === undefined) continue; // A signal, an exit.
    const call = resumed === undefined ? { name: name ?? "", arguments: told } : open.get(thread);
    assert.ok(call !== undefined, line.slice(0, 200));
    open.delete(thread);
    if (resumed === undefined) moments.push({ kind: "begin", call });
    moments.push({ kind: "end", call, result });
  }
  return moments;
}

/** What a descriptor stands for: a path, or the ends of a connection. */
export function descriptorOf({ arguments: told }: SystemCall): string {
  return /^\d+<([^>]*(?:->[^>]*)?)>/.exec(told)?.[1] ?? "";
}

/** Paths among the arguments. */
export function pathsIn({ arguments: told }: SystemCall): readonly string[] {
  return [...told.matchAll(/"([^"]*)"/g)].map(([, path = ""]) => path);
}
