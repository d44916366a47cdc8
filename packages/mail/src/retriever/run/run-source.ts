// One run of one source, from its lease to its report: who may run it now, with which password, and how it ended.
import { Pop3Error } from "@restante/pop/client";
import { join } from "node:path";
import type { SourceConfig } from "../../config/index.ts";
import type { ClockReading } from "../decide/clock.ts";
import { removesAlone } from "../decide/decide.ts";
import { FetchError } from "../fetch-error.ts";
import { masking } from "../remote/masking.ts";
import { readPassword } from "../remote/secret.ts";
import { takeLease } from "../state/lease.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { endpointOf } from "./endpoint.ts";
import type { FetchEvent, SourceReport } from "./events.ts";
import { FETCH_FILES, readClock, type FetchHouse } from "./house.ts";
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
  reporter.hasWorked = facts.lastLoginAt !== undefined && facts.endpoint === endpointOf(source);
  const shortage = removesAlone(house.asked) ? undefined : house.space?.shortage();
  if (shortage !== undefined) throw shortage;
  refuseTooSoon(source, facts, clock);
  let error: unknown;
  try {
    const password = source.password === undefined ? undefined : await readPassword(source, source.password, house);
    reporter.masked = masking(password);
    await new SourceRun({ source, house, reporter, password, clock, believed: facts.believed }).run();
    error = reporter.error;
  } catch (cause) {
    error = cause;
    throw cause;
  } finally {
    const outcome =
      error instanceof Pop3Error || error instanceof FetchError ? error.code : error === undefined ? "ok" : "internal";
    state.learn(source.name, {
      lastRunAt: clock.wallMs,
      lastOutcome: outcome,
      failures: failuresAfter(error, facts.failures),
    });
  }
}

/** In a row. A full disk is none of the server's: it is not left alone for longer because of that. */
function failuresAfter(error: unknown, before: number): number {
  if (error === undefined) return 0;
  return error instanceof FetchError && error.code === "low-space" ? before : before + 1;
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

/** RFC 2449 §6.5: a login before its time is refused, and some servers count it. A clock that went back never waits longer. */
function refuseTooSoon(
  { name }: SourceConfig,
  { lastLoginAt, loginDelayMs }: SourceFacts,
  { wallMs }: ClockReading,
): void {
  const since = wallMs - (lastLoginAt ?? -Infinity);
  if (since < 0 || since >= loginDelayMs) return;
  const seconds = Math.ceil((loginDelayMs - since) / 1_000);
  throw new FetchError(
    "too-soon",
    `${name}: the server wants ${loginDelayMs / 1_000} seconds between logins; try again in ${seconds} seconds`,
  );
}
