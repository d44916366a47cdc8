// Looks without touching: what a run would do (plan), how much there is (check), what a server is (serverinfo).
import { join } from "node:path";
import { Pop3Error, probe, type Pop3Options, type ServerInfo } from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import { clockDoubt, timeToWrite } from "../decide/clock.ts";
import type { Action, Decision } from "../decide/decide.ts";
import { guard, migrationQuestion, whyRestored, type Question } from "../decide/guard.ts";
import { type ListedMessage, showUniqueId } from "../decide/known.ts";
import { policyOf } from "../decide/policy.ts";
import { REASONS } from "../decide/reasons.ts";
import { closeAll, openDestinations } from "../destinations/open.ts";
import { FetchError } from "../fetch-error.ts";
import { hidePassword } from "../remote/masking.ts";
import { openRemote, type RemoteMaildrop } from "../remote/maildrop.ts";
import { readPassword } from "../remote/secret.ts";
import type { FetchState } from "../state/fetch-state.ts";
import { takeLease } from "../state/lease.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { endpointOf, hasWorked } from "../endpoint.ts";
import { adviceFor, type Advice, type AdviceCode } from "./advice.ts";
import { leave } from "./ending.ts";
import { compileFilters } from "./filters.ts";
import { FETCH_FILES, readClock, type FetchHouse } from "./house.ts";
import { loginFacts, refuseTooSoon, type LoginFacts } from "./login-delay.ts";
import { look, type View } from "./look.ts";
import { isTold, refOf } from "./message-ref.ts";
import { avoidsPipelining } from "./pipelining.ts";
import { queueOf } from "./queue.ts";
import { serverWarnings } from "./server-warnings.ts";
import { clockWarnings, warning, type Warning } from "./warnings.ts";

/** One message and what would become of it. */
export interface PlannedMessage {
  readonly n: number;
  /** Safe to show. */
  readonly uniqueId: string;
  readonly octets: number;
  readonly action: Action;
  readonly why: string;
  /** Removed there right after it is safely here. */
  readonly thenDelete: string | undefined;
}

export interface SourcePlan {
  readonly source: string;
  readonly messages: readonly PlannedMessage[];
  readonly questions: readonly Question[];
  readonly warnings: readonly Warning[];
}

export interface SourceCheck {
  readonly source: string;
  readonly messages: number;
  readonly octets: number;
  /** Would be fetched, whole or their header. */
  readonly fresh: number;
  readonly freshOctets: number;
  /** Would be removed. */
  readonly toRemove: number;
}

/** What a run would do now. Nothing is changed, here or there. Throws Pop3Error, FetchError. */
export async function planSource(source: SourceConfig, house: FetchHouse): Promise<SourcePlan> {
  return looking(source, house, (view, maildrop) => {
    const clock = (house.clock ?? readClock)();
    const facts = house.state.find(source.name);
    const left = new Set(queueOf(view.decisions, { policy: policyOf(source), done: 0 }).left.map(({ n }) => n));
    const doubt = clockDoubt({ now: clock, believed: facts?.believed, serverMs: undefined });
    const questions = guard({
      deletes: view.decisions.filter(({ action }) => action === "delete"),
      listed: view.listed.length,
      collectedNow: new Set(),
      clockDoubt: doubt,
      restored: whyRestored({ ...view, remembered: house.state.restored(source.name) }),
      allowed: house.allowed ?? new Map(),
    });
    return {
      source: source.name,
      messages: view.decisions.map(({ n, uniqueId, octets, action, why, thenDelete }) => ({
        n,
        uniqueId: showUniqueId(uniqueId),
        octets,
        action: left.has(n) ? "skip" : action,
        why: left.has(n) ? REASONS["next-run"] : why,
        thenDelete,
      })),
      questions: [...migrationQuestions(view), ...questions],
      warnings: [
        ...view.warnings,
        ...clockWarnings(doubt, policyOf(source)),
        ...(facts === undefined ? [] : serverWarnings({ source, maildrop, facts, view })),
        ...(view.migration === undefined ? [] : [warning("renumbered", { ...view.migration.counts })]),
      ],
    };
  });
}

/** Counts alone. Throws Pop3Error, FetchError. */
export async function checkSource(source: SourceConfig, house: FetchHouse): Promise<SourceCheck> {
  return looking(source, house, ({ decisions }) => {
    const fresh = decisions.filter(({ action }) => action === "fetch" || action === "headers");
    const sum = (rows: readonly { readonly octets: number }[]): number =>
      rows.reduce((total, { octets }) => total + octets, 0);
    return {
      source: source.name,
      messages: decisions.length,
      octets: sum(decisions),
      fresh: fresh.length,
      freshOctets: sum(fresh),
      toRemove: decisions.filter(({ action }) => action === "delete").length,
    };
  });
}

/** Marks what is there now as no news, all but so many of the newest. Answers how much of it was. Throws Pop3Error, FetchError. */
export async function markSeen(
  source: SourceConfig,
  house: FetchHouse,
  { butNewest = 0 }: { readonly butNewest?: number } = {},
): Promise<number> {
  return looking(source, house, (view) => {
    const { decisions } = view;
    return markAsSeen(source, house, view, decisions.slice(0, Math.max(0, decisions.length - butNewest)));
  });
}

/**
 * No to a server that renumbered its messages: what was shown with the question is no news; what came since is. Answers
 * false, and marks nothing, when the server is not asked about any more. Throws Pop3Error, FetchError.
 */
export async function denyMigration(
  source: SourceConfig,
  house: FetchHouse,
  { shown }: { readonly shown: readonly Named[] | undefined },
): Promise<boolean> {
  return looking(source, house, (view) => {
    if (view.migration === undefined) return false;
    const names = shown === undefined ? undefined : new Set(shown.map(nameOf));
    const { decisions } = view;
    markAsSeen(
      source,
      house,
      view,
      names === undefined ? decisions : decisions.filter((one) => names.has(nameOf(one))),
    );
    return true;
  });
}

type Named = Pick<ListedMessage, "uniqueId" | "octets">;

function nameOf({ uniqueId, octets }: Named): string {
  return `${octets} ${uniqueId}`;
}

function markAsSeen(
  source: SourceConfig,
  house: FetchHouse,
  { migration, pairing, headers }: View,
  decisions: readonly Decision[],
): number {
  house.state.facts(source.name, endpointOf(source));
  house.state.supersede(pairing.superseded.map(({ id }) => id));
  // Written down as a run would: fewer unknown ones are left now, and by their number nobody would know it again.
  if (migration !== undefined) house.state.adopt(source.name, migration.adoptions);
  const fresh = decisions.filter(
    (one) => isTold(one) && (one.known === undefined || one.known.state === "new" || one.known.state === "filtered"),
  );
  return house.state.markSeen(
    source.name,
    fresh.map((one) => ({ message: refOf(one, one.headerHash ?? ""), headerHash: headers.hashes.get(one.n) })),
    (house.clock ?? readClock)().wallMs,
  );
}

/** What a run does about it later is no advice to who only looked. */
const OF_RUNS: ReadonlySet<AdviceCode> = new Set(["goes-on", "busy"]);

/** What a person can do about a look that failed. */
export function adviceForLook(
  source: SourceConfig,
  error: unknown,
  { state }: Pick<FetchHouse, "state">,
): readonly Advice[] {
  const advice = adviceFor({
    source: source.name,
    error,
    hasWorked: hasWorked(state.find(source.name), source),
    failed: [],
    questions: [],
  });
  return advice.filter(({ code }) => !OF_RUNS.has(code));
}

/** What a server says of itself, without a login. Throws Pop3Error. */
export function serverInfo(options: Omit<Pop3Options, "auth">): Promise<ServerInfo> {
  return probe(options);
}

export function migrationQuestions({ migration }: View): readonly Question[] {
  const question = migration === undefined ? undefined : migrationQuestion(migration.counts);
  return question === undefined ? [] : [question];
}

/** In a session that ends as it began. */
export async function looking<T>(
  source: SourceConfig,
  house: FetchHouse,
  see: (view: View, maildrop: RemoteMaildrop) => T | Promise<T>,
): Promise<T> {
  const lease = takeLease(join(house.dataDir, FETCH_FILES.leases), source.name);
  try {
    const { signal } = house;
    const facts = house.state.find(source.name) ?? noFacts(source);
    refuseTooSoon(source, facts, (house.clock ?? readClock)());
    const password =
      source.password === undefined ? undefined : await readPassword(source, source.password, { ...house, signal });
    try {
      return await lookedAt({ source, house, facts, password }, see);
    } catch (error) {
      throw hidePassword(error, { user: source.user, password });
    }
  } catch (cause) {
    if (!house.signal.aborted || !Pop3Error.is(cause, "ABORTED")) throw cause;
    throw new FetchError("stopped", `${source.name}: stopped before it had looked`, { cause });
  } finally {
    lease.release();
  }
}

interface LookedAt extends Omit<LookingOnce, "maildrop"> {
  readonly password: string | undefined;
}

async function lookedAt<T>(
  { source, house, facts, password }: LookedAt,
  see: (view: View, maildrop: RemoteMaildrop) => T | Promise<T>,
): Promise<T> {
  const { state, signal, log } = house;
  const maildrop = await openRemote(source, {
    password,
    signal,
    noPipelining: avoidsPipelining(facts, (house.clock ?? readClock)(), source),
    learnNoPipelining: () => undefined,
    log,
  });
  try {
    const login = loginFacts(maildrop, (house.clock ?? readClock)());
    noteLogin(source, state, { before: facts, login });
    return await see(await lookOnce({ source, house, maildrop, facts }), maildrop);
  } finally {
    await leave(maildrop);
  }
}

/** Only where the next login has to wait, or had to; then also of a source that nothing was collected from. */
function noteLogin(
  source: SourceConfig,
  state: FetchState,
  { before, login }: { readonly before: SourceFacts; readonly login: LoginFacts },
): void {
  const { loginDelayMs = before.loginDelayMs } = login;
  if (loginDelayMs === 0 && before.loginDelayMs === 0) return;
  state.facts(source.name, endpointOf(source));
  state.learn(source.name, login);
}

interface LookingOnce {
  readonly source: SourceConfig;
  readonly house: FetchHouse;
  readonly maildrop: RemoteMaildrop;
  readonly facts: SourceFacts;
}

async function lookOnce({ source, house, maildrop, facts }: LookingOnce): Promise<View> {
  const known = await house.state.knownInTurns(source.name);
  // Destinations are asked about copies alone; where none is known they need not be there.
  const isKnown = known.some(({ copies }) => copies.length > 0);
  const destinations = isKnown
    ? await openDestinations(source, {
        ...house,
        openStore: house.openStore,
        checkpoint: undefined,
        isLookedAt: true,
      })
    : [];
  try {
    return await look({
      source,
      maildrop,
      facts,
      known,
      destinations,
      filters: compileFilters(source),
      now: timeToWrite({ now: (house.clock ?? readClock)(), believed: facts.believed, serverMs: undefined }),
      asked: house.asked,
    });
  } finally {
    await closeAll(destinations, house.log);
  }
}

function noFacts(source: SourceConfig): SourceFacts {
  return {
    source: source.name,
    endpoint: endpointOf(source),
    believed: undefined,
    isClockProven: false,
    lastRunAt: undefined,
    lastOutcome: undefined,
    listedMessages: undefined,
    hadUniqueIds: false,
    pipeliningLostAt: undefined,
    announced: undefined,
    removesOnRetr: false,
    loginDelayMs: 0,
    lastLoginAt: undefined,
    hasWorked: false,
    failures: 0,
    isMigrating: false,
  };
}
