// A remote maildrop as the retriever sees it. POP3 fills it today; POP2 and POP1 sessions offer the same part of it.
import { readFile } from "node:fs/promises";
import {
  connect,
  DEFAULT_TIMEOUTS,
  type Auth,
  type HostMemory,
  type OpeningStep,
  type Pop3Session,
  type TlsOptions,
  type TraceEvent,
} from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import type { Log } from "../../observe/index.ts";
import { FetchError } from "../fetch-error.ts";
import { masking } from "./masking.ts";

export type RemoteMaildrop = Pick<
  Pop3Session,
  | "capabilities"
  | "command"
  | "commit"
  | "delete"
  | "headers"
  | "keepAlive"
  | "list"
  | "marked"
  | "messages"
  | "retrieve"
  | "rollback"
  | "tls"
>;

/** A session that goes on for longer is ended; what came is safe, and the next run goes on. */
const SESSION_MS_MAX = 86_400_000;

export interface OpenRemoteOptions {
  readonly password: string | undefined;
  readonly signal: AbortSignal;
  /** The server was seen to lose pipelined commands. */
  readonly noPipelining: boolean;
  readonly learnNoPipelining: () => void;
  readonly log: Log;
  readonly trace?: ((event: TraceEvent) => void) | undefined;
  readonly onStep?: (step: OpeningStep) => void;
}

/** Connects and logs in. Throws Pop3Error, or FetchError `config` for files that cannot be read. */
export async function openRemote(source: SourceConfig, o: OpenRemoteOptions): Promise<RemoteMaildrop> {
  const { caFile, certificateFile, keyFile, timeoutMs, pins } = source;
  const tlsOptions: TlsOptions = {
    ...(caFile === undefined ? {} : { ca: await readPem(source, caFile) }),
    ...(certificateFile === undefined ? {} : { cert: await readPem(source, certificateFile) }),
    ...(keyFile === undefined ? {} : { key: await readPem(source, keyFile) }),
  };
  return connect({
    host: source.host,
    port: source.port,
    tls: source.tls,
    tlsOptions,
    ...(pins.length === 0 ? {} : { pin: pins }),
    auth: authOf(source, o.password),
    allowCleartextAuth: source.allowCleartext,
    ...(source.proxy === undefined ? {} : { proxy: source.proxy }),
    signal: o.signal,
    pipelining: source.pipelining,
    timeouts: { totalMs: SESSION_MS_MAX, ...(timeoutMs === undefined ? {} : timeoutsOf(timeoutMs)) },
    hostMemory: memoryOf(o),
    log: {
      info: (fields, text = "") => o.log.debug(fields as Record<string, unknown>, text),
      warn: (fields, text = "") => o.log.warn(fields as Record<string, unknown>, text),
    },
    ...(o.trace === undefined ? {} : { trace: maskedTrace(o.trace, masking(o.password)) }),
    ...(o.onStep === undefined ? {} : { onStep: o.onStep }),
  });
}

/** Also for the connection this very session may go on over. */
function memoryOf({ noPipelining, learnNoPipelining }: OpenRemoteOptions): HostMemory {
  let isBroken = noPipelining;
  return {
    isPipeliningBroken: () => isBroken,
    rememberPipeliningBroken() {
      isBroken = true;
      learnNoPipelining();
    },
  };
}

function authOf(source: SourceConfig, password: string | undefined): Auth {
  if (password === undefined) return { external: true };
  const { user, mechanisms } = source;
  return { user, password, ...(mechanisms === undefined ? {} : { mechanisms }) };
}

/** What the client sends is masked by it. */
function maskedTrace(
  trace: (event: TraceEvent) => void,
  masked: (text: string) => string,
): (event: TraceEvent) => void {
  return (event) => trace(event.line === undefined ? event : { ...event, line: masked(event.line) });
}

/** One number for every silence; who allows a long one allows a slow reply. */
function timeoutsOf(ms: number) {
  const replyMs = Math.max(DEFAULT_TIMEOUTS.replyMs, 2 * ms);
  return { connectMs: ms, greetingMs: ms, commandMs: ms, idleMs: ms, replyMs, probationMs: Math.min(ms, 15_000) };
}

async function readPem(source: SourceConfig, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new FetchError(
      "config",
      `${source.name}: ${path} cannot be read (${String((cause as NodeJS.ErrnoException).code)})`,
      { cause },
    );
  }
}
