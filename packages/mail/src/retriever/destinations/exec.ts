// Into a program's standard input. The end of input says "this is the whole message", so the program is started when the
// message is whole, on a file of it: not even a retriever that is killed gives it half a message and an end.
import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { makeFolder } from "../../files/index.ts";
import { showUniqueId } from "../decide/known.ts";
import { FetchError, type FetchErrorCode } from "../fetch-error.ts";
import type { Destination, IncomingFacts, Intake, Kept } from "./contract.ts";
import { UnixLineEnds } from "./line-ends.ts";
import { noRoom } from "./disk-trouble.ts";
import { TmpFile } from "./tmp-file.ts";

export interface ExecDestinationOptions {
  readonly to: string;
  readonly command: string;
  readonly lineEnds: "lf" | "crlf";
  readonly source: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where messages wait until they are whole; made when it is not there. */
  readonly spool: string;
  /** Ends programs that run when it is aborted. */
  readonly signal: AbortSignal;
  /** From the program's start to its end; ten minutes unless given. */
  readonly patienceMs?: number;
}

const PATIENCE_MS = 600_000;
const WORDS_OCTETS_MAX = 1_024;
/** Gathered before it is written. */
const PIECE_OCTETS = 131_072;

/** The caller holds the source's lease, so files it left in the spool are nobody's. Throws FetchError. */
export async function openExecDestination(o: ExecDestinationOptions): Promise<Destination> {
  const prefix = `${o.source}~`; // no name of a source holds one
  await spooling(async () => {
    makeFolder(o.spool);
    for (const name of await readdir(o.spool))
      if (name.startsWith(prefix)) await rm(join(o.spool, name), { force: true });
  });
  return {
    to: o.to,
    isIdempotent: false,
    concurrency: 1,
    begin: (facts) => ExecIntake.begin(o, facts, join(o.spool, `${prefix}${randomUUID()}`)),
    // What a program was given is its own: there is nothing to look at.
    states: (copies) => Promise.resolve(copies.map(() => "there" as const)),
    close: () => Promise.resolve(),
  };
}

class ExecIntake implements Intake {
  readonly #of: ExecDestinationOptions;
  readonly #facts: IncomingFacts;
  readonly #file: TmpFile;
  readonly #lineEnds: UnixLineEnds | undefined;

  private constructor(o: ExecDestinationOptions, facts: IncomingFacts, file: TmpFile) {
    this.#of = o;
    this.#facts = facts;
    this.#file = file;
    this.#lineEnds = o.lineEnds === "lf" ? new UnixLineEnds() : undefined;
  }

  static async begin(o: ExecDestinationOptions, facts: IncomingFacts, path: string): Promise<ExecIntake> {
    const intake = new ExecIntake(o, facts, await spooling(() => TmpFile.create(path)));
    await intake.write(Buffer.from(facts.prefix, "latin1"));
    return intake;
  }

  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#lineEnds === undefined) this.#file.add(chunk);
    else this.#lineEnds.push(chunk, (octets) => this.#file.add(octets));
    if (this.#file.gathered >= PIECE_OCTETS) return spooling(() => this.#file.spill());
  }

  async keep(): Promise<Kept> {
    this.#file.add(this.#lineEnds?.end() ?? new Uint8Array(0));
    await spooling(() => this.#file.spill());
    const message = await spooling(() => open(this.#file.path, "r"));
    try {
      await run(this.#of, this.#facts, message.fd);
    } finally {
      await message.close();
      await this.#file.discard();
    }
    return { added: true, place: "" };
  }

  discard(): Promise<void> {
    return this.#file.discard();
  }
}

/** How a program ended. */
interface End {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly error?: Error;
}

/** Throws FetchError unless the program ended with 0. */
async function run(o: ExecDestinationOptions, facts: IncomingFacts, stdin: number): Promise<void> {
  // A process group of its own, so that killing the shell kills what it started.
  const child = spawn("/bin/sh", ["-c", o.command], {
    detached: true,
    stdio: [stdin, "ignore", "pipe"],
    env: { ...inherited(o.env), ...variables(o, facts) },
  });
  const words = wordsOf(child);
  let giveUp: (end: End) => void = () => undefined;
  const ended = new Promise<End>((resolve) => {
    giveUp = resolve;
    child.once("error", (error) => resolve({ code: null, signal: null, error }));
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  let killedFor: string | undefined;
  const kill = (why: string): void => {
    killedFor ??= why;
    if (killGroup(child)) return;
    killedFor = `${killedFor}, and cannot be killed`;
    child.unref();
    giveUp({ code: null, signal: null });
  };
  const { patienceMs = PATIENCE_MS } = o;
  const timer = setTimeout(() => kill(`did not end within ${Math.round(patienceMs / 1_000)} seconds`), patienceMs);
  const stop = (): void => kill("was stopped");
  o.signal.addEventListener("abort", stop, { once: true });
  if (o.signal.aborted) stop();
  const end = await ended;
  clearTimeout(timer);
  o.signal.removeEventListener("abort", stop);
  const said = words();
  const failure = killedFor === undefined ? failureOf(end) : ({ code: "destination-later", text: killedFor } as const);
  if (failure !== undefined) throw new FetchError(failure.code, `the command ${failure.text}${said}`);
}

/** False when the program became another user, whom we may not kill. */
function killGroup({ pid }: ChildProcess): boolean {
  if (pid === undefined) return true;
  try {
    process.kill(-pid, "SIGKILL");
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EPERM") return false;
    if (code !== "ESRCH") throw error;
    return true;
  }
}

/**
 * The first line of what a program complains about, safe on a terminal. To be asked for when it ended: that closes the
 * pipe, which what it left running would hold open for as long as it runs.
 */
function wordsOf(child: ChildProcess): () => string {
  let text = "";
  child.stderr?.on("error", () => undefined);
  child.stderr?.on("data", (chunk: Buffer) => {
    if (text.length < WORDS_OCTETS_MAX) text += chunk.toString("latin1");
  });
  return () => {
    const [line = ""] = text.slice(0, WORDS_OCTETS_MAX).split(/[\r\n]+/, 1);
    child.stderr?.destroy();
    const words = line.replace(/[^\x20-\x7e]/g, "?").trim();
    return words === "" ? "" : `: ${words}`;
  };
}

/** What programs need to run at all. The rest may hold secrets, of this source or of another. */
const INHERITED = /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|XDG_[A-Z_]+)$/;

function inherited(env: ExecDestinationOptions["env"]): Readonly<Record<string, string | undefined>> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => INHERITED.test(name)));
}

function variables(o: ExecDestinationOptions, facts: IncomingFacts): Readonly<Record<string, string>> {
  return {
    RESTANTE_SOURCE: o.source,
    RESTANTE_UNIQUE_ID: showUniqueId(facts.uniqueId),
    RESTANTE_OCTETS: String(facts.octets),
  };
}

async function spooling<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const { code, syscall } = cause as NodeJS.ErrnoException;
    if (syscall === undefined) throw cause;
    throw (
      noRoom("the spool of the data directory", cause) ??
      new FetchError("destination", `a message for a command cannot be spooled (${String(code)})`, { cause })
    );
  }
}

/** Codes of sysexits(3) that are about the program or its surroundings, not about the message. */
const TROUBLE: Readonly<Record<number, FetchErrorCode>> = {
  64: "destination-config", // EX_USAGE
  69: "destination-later", // EX_UNAVAILABLE
  70: "destination", // EX_SOFTWARE
  71: "destination", // EX_OSERR
  72: "destination-config", // EX_OSFILE
  73: "destination", // EX_CANTCREAT
  74: "destination", // EX_IOERR
  75: "destination-later", // EX_TEMPFAIL
  77: "destination-config", // EX_NOPERM
  78: "destination-config", // EX_CONFIG
  126: "destination-config",
  127: "destination-config",
};

function failureOf({ code, signal, error }: End): { readonly code: FetchErrorCode; readonly text: string } | undefined {
  if (error !== undefined) return { code: "destination-config", text: `could not be started (${error.message})` };
  if (code === 0) return undefined;
  if (code === null) return { code: "destination", text: `was ended by ${String(signal)}` };
  return { code: TROUBLE[code] ?? "message-refused", text: `ended with exit code ${code}` };
}
