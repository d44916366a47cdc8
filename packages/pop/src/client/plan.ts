// Options read once: checked, with their defaults, as the rest of the client wants them.
import type { ClientPolicy } from "../wire/index.ts";
import type {
  HostMemory,
  Logger,
  OpeningStep,
  OutOfStep,
  Pop3Options,
  Pop3Transport,
  TlsMode,
  TraceEvent,
} from "./contract.ts";
import { Pop3Error } from "./errors.ts";
import { PROCESS_HOST_MEMORY } from "./host-memory.ts";
import { DEFAULT_LIMITS, DEFAULT_TIMEOUTS, withDefaults, type Limits, type Timeouts } from "./limits.ts";
import { ReadMemory } from "./read-memory.ts";
import { tlsPlan, type TlsPlan } from "./tls.ts";
import { transportOf } from "./transport.ts";

/** CAPA as the first command, and as the first one inside TLS that STLS started. */
export type CapaPlace = "first" | "after-stls";

/** What this session knows of its host, also what is not to be kept. */
export interface SessionMemory extends HostMemory {
  /** From the next connection of this session on one command at a time. */
  avoidPipelining(): void;
}

export interface Plan {
  readonly options: Pop3Options;
  readonly session: string;
  readonly host: string;
  readonly port: number;
  readonly tlsMode: TlsMode;
  readonly tls: TlsPlan;
  readonly transport: Pop3Transport;
  /** Of all connections of the session. */
  readonly readMemory: ReadMemory;
  readonly timeouts: Timeouts;
  readonly limits: Limits;
  readonly memory: SessionMemory;
  /** Under what `memory` knows this server. */
  readonly memoryKey: string;
  /** Where this server was seen to hang up on CAPA: it is not asked there again in this session. */
  readonly hangsUpOnCapa: Set<CapaPlace>;
  readonly log: Logger;
  readonly trace: ((event: TraceEvent) => void) | undefined;
  readonly outOfStep: (why: OutOfStep) => void;
  readonly step: (step: OpeningStep) => void;
}

const SILENT: Logger = { info: nothing, warn: nothing };
const IMPLICIT_TLS_PORT = 995;
const CLEARTEXT_PORT = 110;
const TLS_MODES: readonly unknown[] = ["implicit", "stls-required", "stls-if-offered", "none"] satisfies TlsMode[];

/** RFC 4647 §2.1, or any language. */
const LANGUAGE_RANGE = /^(?:\*|[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8}){0,8})$/;

let lastSession = 0;

/** Throws Pop3Error CONFIG for what cannot work. */
export function planOf(options: Pop3Options): Plan {
  const { host, tls: tlsMode = "implicit" } = options;
  const port = options.port ?? (tlsMode === "implicit" ? IMPLICIT_TLS_PORT : CLEARTEXT_PORT);
  if (typeof host !== "string" || host === "" || /[\s\0]/.test(host)) throw config("host is not a host name");
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw config("port is not a port");
  if (!TLS_MODES.includes(tlsMode)) throw config(`tls must be one of ${TLS_MODES.join(", ")}`);
  if ((options.tlsOptions as { rejectUnauthorized?: unknown } | undefined)?.rejectUnauthorized === false) {
    throw config("certificates are always verified: pin the one that no issuer vouches for");
  }
  if (options.lang !== undefined && !LANGUAGE_RANGE.test(options.lang)) throw config("lang is no language-range");
  const { trace, onStep, onOutOfStep } = options;
  return {
    options,
    session: `pop3-${(lastSession += 1).toString(36)}`,
    host,
    port,
    tlsMode,
    tls: tlsPlan(options),
    transport: transportOf(options),
    readMemory: new ReadMemory(),
    timeouts: withDefaults(DEFAULT_TIMEOUTS, options.timeouts, "timeouts"),
    limits: withDefaults(DEFAULT_LIMITS, options.limits, "limits"),
    memory: guarded(options.hostMemory ?? PROCESS_HOST_MEMORY),
    memoryKey: `${host}:${port}`,
    hangsUpOnCapa: new Set(),
    log: quietLog(options.log ?? SILENT),
    trace: trace === undefined ? undefined : (event) => safely(() => trace(event)),
    outOfStep: onOutOfStep === undefined ? nothing : (why) => safely(() => onOutOfStep(why)),
    step: onStep === undefined ? nothing : (step) => safely(() => onStep(step)),
  };
}

/** How the wire session is to behave on the next connection. */
export function policyOf(plan: Plan): ClientPolicy {
  const { limits, options, memory, memoryKey } = plan;
  const { pipelining = "auto" } = options;
  const isOff = pipelining === "off" || (pipelining === "auto" && memory.isPipeliningBroken(memoryKey));
  return {
    lineOctetsMax: limits.lineOctetsMax,
    capabilityLinesMax: limits.capabilityLinesMax,
    listLinesMax: limits.listEntriesMax,
    listOctetsMax: limits.listOctetsMax,
    pipelining: {
      when: isOff ? "never" : pipelining === "always" ? "always" : "announced",
      inFlightMax: limits.inFlightMax,
      octetsMax: limits.readAheadOctets,
    },
  };
}

function config(message: string): Pop3Error {
  return new Pop3Error("CONFIG", { phase: "connect", message });
}

/** Asked and told from handlers of sockets and timers. This session knows what it learnt, even if it cannot be kept. */
function guarded(memory: HostMemory): SessionMemory {
  let isBroken = false;
  return {
    isPipeliningBroken(host) {
      safely(() => {
        isBroken ||= memory.isPipeliningBroken(host);
      });
      return isBroken;
    },
    avoidPipelining() {
      isBroken = true;
    },
    rememberPipeliningBroken(host) {
      isBroken = true;
      safely(() => memory.rememberPipeliningBroken(host));
    },
  };
}

function quietLog(log: Logger): Logger {
  return {
    info: (facts, text) => safely(() => log.info(facts, text)),
    warn: (facts, text) => safely(() => log.warn(facts, text)),
  };
}

/** A mistake in what the caller gave is its program's to hear of, but no reason to end a session. */
function safely(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}

function nothing(): void {}
