// The log: one JSON object a line, times in ISO 8601 UTC, secrets blotted out whoever hands them in.
import { createRequire } from "node:module";
import type pinoModule from "pino";
import type { DestinationStream, Logger } from "pino";
import { blotSecrets } from "./blot-secrets.ts";
import { plainLine } from "./plain-line.ts";

export type LogLevel = "error" | "warn" | "info" | "debug" | "trace";

/** What goes beside the text of a line. Names of secrets are blotted out to the second level. */
export type Fields = Readonly<Record<string, unknown>>;

/** Writes lines; each takes fields and a short text that stays the same for the same event. */
export interface Log {
  error(fields: Fields, text: string): void;
  warn(fields: Fields, text: string): void;
  info(fields: Fields, text: string): void;
  debug(fields: Fields, text: string): void;
  trace(fields: Fields, text: string): void;
}

/** A log with its destination. */
export interface OpenLog extends Log {
  setLevel(level: LogLevel): void;
  /** Opens the file again under its name, after it was rotated away. */
  reopen(): void;
  /** Writes out what is held back; synchronous, so that nothing is lost at the end of the process. */
  flush(): void;
}

export interface LogOptions {
  readonly level: LogLevel;
  /** "stderr", "stdout" or the path of a file. */
  readonly destination: string;
  /** Also tells warnings and errors here in words, for a person at a terminal. */
  readonly people?: { write(text: string): unknown };
}

/** Octets of lines that could not be written and are tried again; further ones are lost. */
const heldBackMax = 1_048_576;
const DESCRIPTORS: Readonly<Record<string, number>> = { stdout: 1, stderr: 2 };

/** Loaded with the first log: most commands write none, and end before it would have been read. */
const loadPino = (): typeof pinoModule => createRequire(import.meta.url)("pino") as typeof pinoModule;

/** Opens the destination. Throws the system's error when the file cannot be opened. */
export function createLog(options: LogOptions): OpenLog {
  const pino = loadPino();
  const descriptor = DESCRIPTORS[options.destination];
  const dest = descriptor ?? options.destination;
  const sink = pino.destination({ dest, sync: true, append: true, mode: 0o600, maxLength: heldBackMax });
  const people: DestinationStream | undefined = options.people && {
    write: (line: string) => void options.people?.write(plainLine(line)),
  };
  // A stream that throws would take the server with it: a full disk stops the log, not the mail. Lines are written at
  // once, so something is held back only after a failure; flushSync would then try again and again, for ever.
  let failed = false;
  sink.on("error", () => (failed = true));
  sink.on("write", () => (failed = false));
  const stream =
    people === undefined
      ? sink
      : pino.multistream([
          { level: "trace", stream: sink },
          { level: "warn", stream: people },
        ]);
  const timestamp = pino.stdTimeFunctions.isoTime;
  const logger = pino({ ...SHAPE, timestamp, level: options.level }, stream);
  return Object.assign(face(logger), {
    setLevel: (level: LogLevel) => {
      logger.level = level;
    },
    reopen: () => {
      if (descriptor === undefined) sink.reopen();
    },
    flush: () => {
      if (!failed) sink.flushSync();
    },
  });
}

/** A log that says nothing. */
export const SILENT: OpenLog = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
  trace: () => undefined,
  setLevel: () => undefined,
  reopen: () => undefined,
  flush: () => undefined,
};

const SHAPE = {
  base: null,
  messageKey: "text",
  formatters: { level: (label: string) => ({ level: label }), log: blotSecrets },
  serializers: { error: describeError },
};

function face(logger: Logger): Log {
  return {
    error: (fields, text) => logger.error(fields, text),
    warn: (fields, text) => logger.warn(fields, text),
    info: (fields, text) => logger.info(fields, text),
    debug: (fields, text) => logger.debug(fields, text),
    trace: (fields, text) => logger.trace(fields, text),
  };
}

/** An error with its causes: name, code, message, stack. Nothing else an error may carry is written. */
function describeError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return String(error);
  const code = (error as { readonly code?: unknown }).code;
  return {
    name: error.name,
    ...(typeof code === "string" ? { code } : {}),
    message: error.message,
    stack: error.stack,
    ...(error.cause !== undefined && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  };
}
