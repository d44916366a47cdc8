// One run of one source, from its lease to its report: who may run it now, with which password, and how it ended.
import { Pop3Error } from "@restante/pop/client";
import { join } from "node:path";
import type { SourceConfig } from "../../config/index.ts";
import { removesAlone } from "../decide/decide.ts";
import { FetchError } from "../fetch-error.ts";
import { masking } from "../remote/masking.ts";
import { readPassword } from "../remote/secret.ts";
import { takeLease } from "../state/lease.ts";
import { endpointOf, hasWorked } from "../endpoint.ts";
import type { FetchEvent, SourceReport } from "./events.ts";
import { FETCH_FILES, readClock, type FetchHouse } from "./house.ts";
import { refuseTooSoon } from "./login-delay.ts";
import { Reporter } from "./reporter.ts";
import { SourceRun } from "./source-run.ts";

/** Never rejects: what went wrong is in the report. */
export async function runSource(source: SourceConfig, house: FetchHouse): Promise<SourceReport> {
  const reporter = new Reporter(source.name, listenerOf(house, source.name));
  try {
    const lease = takeLease(join(house.dataDir, FETCH_FILES.leases), source.name);
    try {
      await runLeased(source, house, reporter);
    } finally {
      lease.release();
    }
  } catch (error) {
    reporter.fail(error);
  }
  return reporter.finish();
}

async function runLeased(source: SourceConfig, house: FetchHouse, reporter: Reporter): Promise<void> {
  const { state } = house;
  const clock = (house.clock ?? readClock)();
  const facts = state.facts(source.name, endpointOf(source));
  reporter.hasWorked = hasWorked(facts, source);
  const shortage = removesAlone(house.asked) ? undefined : house.space?.shortage();
  if (shortage !== undefined) throw shortage;
  refuseTooSoon(source, facts, clock);
  state.renewMarks();
  try {
    const password =
      source.password === undefined
        ? undefined
        : await readPassword(source, source.password, { ...house, signal: house.cut ?? house.signal });
    reporter.masked = masking({ user: source.user, password });
    await new SourceRun({ source, house, reporter, password, clock, facts }).run();
  } catch (cause) {
    if (house.signal.aborted && Pop3Error.is(cause, "ABORTED")) reporter.stopped({ isCut: true });
    else reporter.fail(cause);
  } finally {
    const { error } = reporter;
    const outcome =
      error instanceof Pop3Error || error instanceof FetchError ? error.code : error === undefined ? "ok" : "internal";
    state.learn(source.name, {
      lastRunAt: clock.wallMs,
      lastOutcome: outcome,
      failures: failuresAfter(error, facts.failures),
    });
  }
}

/** In a row. A full disk and a stop are none of the server's: it is not left alone for longer because of them. */
function failuresAfter(error: unknown, before: number): number {
  if (error === undefined) return 0;
  const isOurs =
    Pop3Error.is(error, "ABORTED") ||
    (error instanceof FetchError && (error.code === "low-space" || error.code === "stopped"));
  return isOurs ? before : before + 1;
}

/** Whoever listens cannot end a run by a mistake of its own. */
function listenerOf({ onEvent, log }: FetchHouse, source: string): (event: FetchEvent) => void {
  return (event) => {
    try {
      onEvent?.(event);
    } catch (error) {
      log.error({ source, error }, "a listener to collecting threw");
    }
  };
}
