// Sources as the reader shows them.
import type { SourceConfig } from "../../../config/index.ts";
import {
  adviceFor,
  type SourceProgress,
  type SourceReport,
  type SourceStatus as DaemonStatus,
} from "../../../retriever/index.ts";
import type { Keep, SourceProgress as ShownProgress, SourceStatus, Trouble } from "../schema/index.ts";

function shownProgress({ phase, done, total, octetsPerSecond }: SourceProgress): ShownProgress {
  return {
    phase: phase === "done" ? "quit" : phase,
    n: done.messages,
    of: total.messages,
    octets: done.octets,
    octetsTotal: total.octets,
    octetsPerSecond: Math.round(octetsPerSecond),
  };
}

/** What a person reads first, by the code of what went wrong; the server's own words follow in quotes. */
const WORDS: Readonly<Record<string, string>> = {
  AUTH_REJECTED: "The server does not take this name and password",
  AUTH_THROTTLED: "The server wants fewer logins",
  MAILBOX_BUSY: "Another program is reading this mailbox; it is tried again",
  LOGIN_DELAY: "The server wants more time between logins; it is tried again",
  DNS: "The server's name is not known",
  CONNECT_REFUSED: "The server takes no connection at this port",
  CONNECT_TIMEOUT: "The server does not answer",
  TLS_NAME: "The server's certificate is for another name",
  TLS_EXPIRED: "The server's certificate has expired",
  TLS_UNTRUSTED: "The server's certificate is not from anybody this machine trusts",
  TLS_PIN: "The server has another certificate than the one that was pinned",
  TLS_UNAVAILABLE: "The server offers no encryption here; nothing was sent",
  TLS_HANDSHAKE: "No encrypted connection could be made",
  TRUNCATED: "The server dropped the connection in the middle; the rest comes next time, nothing is lost",
  NETWORK: "The connection was lost; the rest comes next time, nothing is lost",
  PROTOCOL: "What answers there is no POP3 server",
  secret: "The password cannot be read",
  state: "What is remembered of sources cannot be used",
  "destination-later": "The mail cannot be stored now; it stays on the server",
  destination: "The mail cannot be stored; it stays on the server",
};

function troubleIn(error: { readonly code: string; readonly message: string }, advice: readonly string[]): Trouble {
  const words = WORDS[error.code];
  const message = words === undefined ? error.message : `${words} (“${error.message}”)`;
  return { code: error.code, message: message.slice(0, 1_000), advice: [...advice] };
}

export function shownTrouble({ error, advice }: Pick<SourceReport, "error" | "advice">): Trouble | null {
  return error === undefined ? null : troubleIn(error, advice);
}

/** Of an error that is not of a run. */
export function troubleOf(source: string, error: unknown): Trouble {
  const { code = "internal", message } = error as Error & { readonly code?: string };
  const advice = adviceFor({ source, error, failed: [], questions: [], hasWorked: false });
  return troubleIn({ code, message }, advice);
}

function keepOf({ server }: SourceConfig): Keep {
  if (server.deleteWhenDeletedLocally && server.keep === "forever") return { kind: "until-deleted-here" };
  if (server.keep === "forever") return { kind: "forever" };
  if (server.keep.ms === 0) return { kind: "remove-at-once" };
  return { kind: "days", days: Math.max(1, Math.round(server.keep.ms / 86_400_000)) };
}

export interface StatusFacts {
  readonly source: SourceConfig;
  /** Undefined for one that is off, or before collecting began. */
  readonly status: DaemonStatus | undefined;
  /** Of an earlier start of this program. */
  readonly lastRunAt: number | undefined;
  /** Of the last run, as far as nobody has answered them. */
  readonly questions: SourceReport["questions"];
  readonly isReadOnly: boolean;
}

export function shownSource({ source, status, lastRunAt, questions, isReadOnly }: StatusFacts): SourceStatus {
  const report = status?.lastReport;
  const trouble = report === undefined ? null : shownTrouble(report);
  return {
    source: source.name,
    account: source.destinations.find(({ kind }) => kind === "store")?.to.slice("store:".length) ?? "",
    host: source.host,
    port: source.port,
    user: source.user,
    tls: source.tls,
    keep: keepOf(source),
    everyMs: source.everyMs,
    state: stateOf(source, { status, questions }),
    progress: status?.progress === undefined ? null : shownProgress(status.progress),
    lastRunAt: lastRunAt ?? null,
    lastOutcome: report?.outcome ?? null,
    arrivedLast: report?.arrived.messages ?? 0,
    nextRunAt: status?.nextRunAt ?? null,
    trouble,
    questions: questions.map(({ kind, messages, text }) => ({ kind, messages, text })),
    warnings: [...(report?.warnings ?? [])],
    isReadOnly,
  };
}

/** Exit codes of sysexits(3) that time does not mend: no permission, configuration, trust. */
const NEEDS_PERSON: ReadonlySet<number> = new Set([64, 77, 78, 80]);

function stateOf(
  source: SourceConfig,
  { status, questions }: Pick<StatusFacts, "status" | "questions">,
): SourceStatus["state"] {
  if (!source.enabled) return "off";
  if (status?.isPaused === true) return "paused";
  if (status?.isRunning === true) return "running";
  const report = status?.lastReport;
  if (report === undefined) return "idle";
  const isAsked = questions.length > 0 || (report.error !== undefined && NEEDS_PERSON.has(report.exitCode));
  return isAsked ? "needs-you" : "idle";
}
