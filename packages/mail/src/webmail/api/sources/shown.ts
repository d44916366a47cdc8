// Sources as the reader shows them.
import { Pop3Error, type CertificateInfo } from "@restante/pop/client";
import type { SourceConfig } from "../../../config/index.ts";
import {
  adviceFor,
  FetchError,
  type SourceProgress,
  type SourceReport,
  type SourceStatus as DaemonStatus,
} from "../../../retriever/index.ts";
import type { Certificate, Keep, SourceProgress as ShownProgress, SourceStatus, Trouble } from "../schema/index.ts";
import { codedAdvice, codedQuestion, codedWarning } from "./coded.ts";

/** Characters of what is quoted. */
const WORDS_MAX = 1_000;
const DAY_MS = 86_400_000;
/** Of a certificate. */
const NAMES_MAX = 100;

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

export function shownTrouble({ error, advice }: Pick<SourceReport, "error" | "advice">): Trouble | null {
  if (error === undefined) return null;
  return described(error, advice);
}

/** Of a run that is over: whoever paused the source, or ended the program, knows that it was stopped. */
export function endedTrouble(report: Pick<SourceReport, "error" | "advice">): Trouble | null {
  return report.error?.code === "stopped" ? null : shownTrouble(report);
}

/** Of an error that is not of a run. */
export function troubleOf(source: string, error: unknown): Trouble {
  const advice = adviceFor({ source, error, failed: [], questions: [], hasWorked: false });
  const { message } = error as Error;
  if (Pop3Error.is(error))
    return described(
      { code: error.code, message, reply: error.serverText ?? "", values: {}, certificate: error.certificate },
      advice,
    );
  if (error instanceof FetchError)
    return described({ code: error.code, message, reply: "", values: error.values }, advice);
  return described({ code: "internal", message, reply: "", values: {} }, advice);
}

type Failure = NonNullable<SourceReport["error"]>;

function described({ code, message, reply, values, certificate }: Failure, advice: SourceReport["advice"]): Trouble {
  return {
    code,
    values: { ...values },
    reply: reply.slice(0, WORDS_MAX),
    words: message.slice(0, WORDS_MAX),
    advice: codedAdvice(advice),
    certificate: certificate === undefined ? null : shownCertificate(certificate),
  };
}

/** Whoever makes a certificate may write into it what it likes, and as much. */
function shownCertificate(certificate: CertificateInfo): Certificate {
  const { fingerprint, subject, issuer, names, validFrom, validTo } = certificate;
  return {
    fingerprint,
    subject: subject.slice(0, WORDS_MAX),
    issuer: issuer.slice(0, WORDS_MAX),
    names: names.slice(0, NAMES_MAX).map((name) => name.slice(0, WORDS_MAX)),
    validFrom: momentOf(validFrom),
    validTo: momentOf(validTo),
  };
}

function momentOf(date: Date): number | null {
  const at = date.getTime();
  return Number.isNaN(at) ? null : at;
}

function keepOf({ server }: SourceConfig): Keep {
  const { keep, deleteWhenDeletedLocally: whenDeletedHere } = server;
  if (keep === "forever") return { kind: whenDeletedHere ? "until-deleted-here" : "forever" };
  // What was deleted here went with the rest.
  if (keep.ms === 0) return { kind: "remove-at-once" };
  const days = keep.ms / DAY_MS;
  return Number.isInteger(days)
    ? { kind: "days", days, whenDeletedHere }
    : { kind: "span", ms: keep.ms, whenDeletedHere };
}

export interface StatusFacts {
  readonly source: SourceConfig;
  /** Undefined for one that is off, or before collecting began. */
  readonly status: DaemonStatus | undefined;
  /** Of an earlier start of this program. */
  readonly lastRunAt: number | undefined;
  /** It was logged in to since it was set up, or nobody knows. */
  readonly hasWorked: boolean;
  /** Of the last run, as far as nobody has answered them. */
  readonly questions: SourceReport["questions"];
  readonly isReadOnly: boolean;
}

export function shownSource({
  source,
  status,
  lastRunAt,
  hasWorked,
  questions,
  isReadOnly,
}: StatusFacts): SourceStatus {
  const report = status?.lastReport;
  const trouble = report === undefined ? null : endedTrouble(report);
  return {
    source: source.name,
    account: source.destinations.find((one) => one.kind === "store")?.login ?? "",
    host: source.host,
    port: source.port,
    user: source.user,
    tls: source.tls,
    pins: [...source.pins],
    // RFC 8314 §5.4: what fails later is not to be trusted by a click.
    mayTrust: !hasWorked && trouble !== null && trouble.certificate !== null,
    keep: keepOf(source),
    everyMs: source.everyMs,
    state: stateOf(source, { status, questions }),
    progress: status?.progress === undefined ? null : shownProgress(status.progress),
    lastRunAt: lastRunAt ?? null,
    lastOutcome: report?.outcome ?? null,
    arrivedLast: report?.arrived.messages ?? 0,
    nextRunAt: status?.nextRunAt ?? null,
    got: gotOf(report),
    trouble,
    questions: questions.map(codedQuestion),
    warnings: (report?.warnings ?? []).map(codedWarning),
    isReadOnly,
  };
}

/** Exit codes of sysexits(3) that time does not mend: no permission, configuration, trust. */
const NEEDS_PERSON: ReadonlySet<number> = new Set([64, 77, 78, 80]);

/** Nothing was begun, all of it was tried, or the rest does not come by itself: then there is nothing to say. */
function gotOf(report: SourceReport | undefined): SourceStatus["got"] {
  if (report?.error === undefined || report.tried.n >= report.tried.of || NEEDS_PERSON.has(report.exitCode))
    return null;
  // What was tried may have failed.
  return { n: report.arrived.messages + report.headersOnly + report.alreadyHere, of: report.tried.of };
}

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
