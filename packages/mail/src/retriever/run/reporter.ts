// Gathers what a run of a source does, and tells it as it happens.
import { Pop3Error } from "@restante/pop/client";
import type { Decision } from "../decide/decide.ts";
import type { RunQuestion } from "../decide/guard.ts";
import { showUniqueId, type ListedMessage } from "../decide/known.ts";
import { REASONS } from "../decide/reasons.ts";
import { isTold } from "./message-ref.ts";
import { FETCH_EXIT, FetchError, type FetchExit } from "../fetch-error.ts";
import { adviceFor } from "./advice.ts";
import type { FailedRow, FetchEvent, FetchPhase, SourceReport } from "./events.ts";
import { exitOf, worstOf } from "./exit-code.ts";
import { failureKey, FailedRows } from "./failed-rows.ts";
import type { Warning } from "./warnings.ts";

export class Reporter {
  readonly source: string;
  /** The source was logged in to by an earlier run. */
  hasWorked = false;
  /** Takes a secret out of what a server said, which may have repeated it. */
  masked: (text: string) => string = (text) => text;
  readonly #tell: (event: FetchEvent) => void;
  readonly #startedAt = performance.now();
  #fetchingSince: number | undefined;
  /** What was tried, as far as it is told from others: another try of it is no other message. */
  readonly #tried = new Set<string>();
  /** Of the total, so many are left for another run. */
  #left = 0;
  #total = { messages: 0, octets: 0 };
  #done = { messages: 0, octets: 0 };
  #arrived = { messages: 0, octets: 0 };
  #headersOnly = 0;
  #alreadyHere = 0;
  #removed = 0;
  #unconfirmed = 0;
  #listed = 0;
  #hasLooked = false;
  #stayed = new Map<string, number>();
  #unlisted = 0;
  readonly #failed = new FailedRows();
  readonly #questions = new Map<string, RunQuestion>();
  /** By their texts. */
  readonly #warnings = new Map<string, Warning>();
  #error: unknown;

  constructor(source: string, tell: (event: FetchEvent) => void) {
    this.source = source;
    this.#tell = tell;
  }

  phase(phase: FetchPhase): void {
    if (phase === "retr") this.#fetchingSince ??= performance.now();
    this.#tell({ kind: "phase", source: this.source, phase });
  }

  warn({ code, values, text }: Warning): void {
    const masked = (value: string | number) => (typeof value === "string" ? this.masked(value) : value);
    const warning = {
      code,
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, masked(value)])),
      text: this.masked(text),
    };
    if (this.#warnings.has(warning.text)) return;
    this.#warnings.set(warning.text, warning);
    this.#tell({ kind: "warning", source: this.source, warning });
  }

  ask(question: RunQuestion): void {
    if (!this.#questions.has(question.kind)) this.#tell({ kind: "question", source: this.source, question });
    this.#questions.set(question.kind, question);
  }

  /** What is to be fetched from now on. */
  expect(decisions: readonly Decision[]): void {
    const untried = decisions.filter((decision) => !this.#isTried(decision));
    const octets = untried.reduce((sum, decision) => sum + decision.octets, 0);
    this.#total = { messages: this.#done.messages + untried.length, octets: this.#done.octets + octets };
    this.#left = 0;
  }

  /** Octets that came, beyond the messages that are done. */
  progress(octets = 0): void {
    const done = { messages: this.#done.messages, octets: Math.min(this.#done.octets + octets, this.#total.octets) };
    const seconds = (performance.now() - (this.#fetchingSince ?? this.#startedAt)) / 1_000;
    this.#tell({
      kind: "progress",
      source: this.source,
      done,
      total: this.#total,
      octetsPerSecond: seconds > 0 ? Math.round(done.octets / seconds) : 0,
    });
  }

  arrived(
    decision: Decision,
    o: { readonly octets: number; readonly added: boolean; readonly isHeader: boolean },
  ): void {
    this.#settle(decision);
    this.#failed.came(decision);
    if (o.isHeader) this.#headersOnly += 1;
    else if (o.added) this.#arrived = { messages: this.#arrived.messages + 1, octets: this.#arrived.octets + o.octets };
    else this.#alreadyHere += 1;
    const outcome = o.isHeader ? "header-only" : o.added ? "arrived" : "known";
    this.#message(decision, outcome, decision.why);
  }

  failed(decision: Decision, o: { readonly why: string; readonly quarantined: boolean }): void {
    this.#settle(decision);
    this.#fail(decision, o);
  }

  /** One that failed before in this run, which is held against it now. */
  quarantined(decision: Decision, why: string): void {
    this.#fail(decision, { why, quarantined: true });
  }

  /** One that failed before in this run, and is not to blame. */
  excused(decision: Decision, why: string): void {
    this.#fail(decision, { why, quarantined: false });
  }

  /** One that was to be fetched, and stays. */
  leftThere(decision: Decision, why: string): void {
    this.#settle(decision);
    this.stayedToo(why, 1);
  }

  removed(count: number): void {
    this.#removed += count;
  }

  unconfirmed(count: number): void {
    this.#unconfirmed += count;
  }

  /** The last look counts. */
  stayed(listed: readonly ListedMessage[], decisions: readonly { readonly why: string }[]): void {
    this.#hasLooked = true;
    this.#listed = Math.max(this.#listed, listed.length);
    this.#failed.sawListing(listed);
    this.#stayed = new Map();
    for (const { why } of decisions) this.#stayed.set(why, (this.#stayed.get(why) ?? 0) + 1);
  }

  /** Messages of the last look that UIDL names and LIST does not: nobody knows enough of them to fetch them. */
  unlisted(count: number): void {
    this.#unlisted = count;
  }

  /** What was not tried, and is not by this run. */
  leaveRest(why: string): void {
    this.stayedToo(why, this.untried);
    this.#left += this.untried;
  }

  stayedToo(why: string, count: number): void {
    if (count > 0) this.#stayed.set(why, (this.#stayed.get(why) ?? 0) + count);
  }

  quarantinedBefore(rows: readonly Decision[]): void {
    for (const one of rows) if (!this.#failed.has(one)) this.#failed.add(one, { why: one.why, quarantined: true });
  }

  fail(error: unknown): void {
    this.#error ??= error;
  }

  get error(): unknown {
    return this.#error;
  }

  /**
   * Whoever runs it ended it. What was not tried yet waits for the next run, `unremoved` among it; a run that was `cut` may
   * have left more. One that had done everything is not stopped.
   */
  stopped({ unremoved = 0, isCut = false }: { readonly unremoved?: number; readonly isCut?: boolean } = {}): void {
    const left = this.untried;
    if (this.#hasLooked && left + unremoved === 0 && !isCut) return;
    this.stayedToo(REASONS.stopped, left + unremoved);
    this.fail(stopError({ hasLooked: this.#hasLooked, collected: this.#collected, left, unremoved }));
  }

  /** Messages it set out to fetch and has not tried yet. */
  get untried(): number {
    return this.#total.messages - this.#done.messages - this.#left;
  }

  get #collected(): number {
    return this.#arrived.messages + this.#headersOnly + this.#alreadyHere;
  }

  finish(): SourceReport {
    this.stayedToo(REASONS["odd-listing"], this.#unlisted);
    const exitCode = this.#exitCode();
    const error = this.#error === undefined ? undefined : describe(this.#error, this.masked);
    const report: SourceReport = {
      source: this.source,
      outcome: this.#isFailed ? "failed" : exitCode === FETCH_EXIT.OK ? "ok" : "partial",
      exitCode,
      arrived: this.#arrived,
      headersOnly: this.#headersOnly,
      alreadyHere: this.#alreadyHere,
      removed: this.#removed,
      unconfirmed: this.#unconfirmed,
      stayed: [...this.#stayed].map(([why, messages]) => ({ why, messages })),
      failed: this.#failed.rows,
      questions: [...this.#questions.values()],
      warnings: [...this.#warnings.values()],
      error,
      advice: adviceFor({
        source: this.source,
        error: this.#error,
        hasWorked: this.hasWorked,
        failed: this.#failed.rows,
        questions: [...this.#questions.values()],
      }),
      listed: this.#listed,
      tried: { n: this.#done.messages, of: this.#total.messages },
      durationMs: Math.round(performance.now() - this.#startedAt),
      retryAfterMs: this.#error instanceof Pop3Error ? this.#error.retryAfterMs : undefined,
    };
    this.phase("done");
    this.#tell({ kind: "finished", source: this.source, report });
    return report;
  }

  /** What was stopped did not fail. */
  get #isFailed(): boolean {
    return this.#error !== undefined && !(this.#error instanceof FetchError && this.#error.code === "stopped");
  }

  #exitCode(): FetchExit {
    return worstOf([
      this.#error === undefined ? FETCH_EXIT.OK : exitOf(this.#error),
      this.#failed.rows.some(({ quarantined }) => quarantined) ? FETCH_EXIT.DATAERR : FETCH_EXIT.OK,
      this.#leftOpen > 0 ? FETCH_EXIT.TEMPFAIL : FETCH_EXIT.OK,
    ]);
  }

  /** What waits for another run, or for an answer. */
  get #leftOpen(): number {
    return this.#failed.rows.length + this.#questions.size + this.#unconfirmed + this.#unlisted;
  }

  #settle(decision: Decision): void {
    if (!this.#isTried(decision)) {
      const { messages, octets } = this.#done;
      this.#done = { messages: messages + 1, octets: octets + decision.octets };
      const key = triedKey(decision);
      if (key !== undefined) this.#tried.add(key);
    }
    this.progress();
  }

  #isTried(decision: Decision): boolean {
    const key = triedKey(decision);
    return key !== undefined && this.#tried.has(key);
  }

  #fail(decision: Decision, o: Omit<FailedRow, "uniqueId">): void {
    this.#failed.add(decision, o);
    this.#message(decision, o.quarantined ? "quarantined" : "failed", o.why);
  }

  #message(
    { uniqueId, octets }: Decision,
    outcome: Extract<FetchEvent, { kind: "message" }>["outcome"],
    why: string,
  ): void {
    this.#tell({ kind: "message", source: this.source, uniqueId: showUniqueId(uniqueId), octets, outcome, why });
  }
}

/** Undefined: only its octets tell it from others. */
function triedKey(decision: Decision): string | undefined {
  const { occurrence } = decision;
  return occurrence === undefined || !isTold(decision) ? undefined : `${occurrence} ${failureKey(decision)}`;
}

function stopError(o: {
  readonly hasLooked: boolean;
  readonly collected: number;
  readonly left: number;
  readonly unremoved: number;
}): FetchError {
  const { hasLooked, ...values } = o;
  const parts = [
    `${o.collected} collected, ${o.left} not tried`,
    ...(o.unremoved === 0 ? [] : [`${o.unremoved} not removed there yet`]),
  ];
  const text = hasLooked ? parts.join(", ") : "0 collected, and what waits there was not looked at";
  return new FetchError("stopped", `stopped: ${text}`, { values });
}

function describe(error: unknown, masked: Reporter["masked"]): NonNullable<SourceReport["error"]> {
  const message = masked(error instanceof Error ? error.message : String(error));
  if (error instanceof Pop3Error)
    return {
      code: error.code,
      message,
      reply: masked(error.serverText ?? ""),
      values: {},
      certificate: error.certificate,
    };
  if (error instanceof FetchError) return { code: error.code, message, reply: "", values: error.values };
  return { code: "internal", message, reply: "", values: {} };
}
