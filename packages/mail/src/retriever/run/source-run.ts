// What a run does once it has the source to itself: login, look, collect, remove, and again after every hundred removals
// or a lost connection, until nothing is left to do.
import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import { Pop3Error } from "@restante/pop/client";
import type { SourceConfig } from "../../config/index.ts";
import type { ClockReading } from "../decide/clock.ts";
import { removesAlone, type Decision } from "../decide/decide.ts";
import type { KnownMessage } from "../decide/known.ts";
import { doomRule, policyOf } from "../decide/policy.ts";
import { REASONS } from "../decide/reasons.ts";
import type { Destination } from "../destinations/contract.ts";
import { closeAll, openDestinations } from "../destinations/open.ts";
import { openRemote, type RemoteMaildrop } from "../remote/maildrop.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { Collector } from "./collect.ts";
import { endpointOf } from "../endpoint.ts";
import { compileFilters, type Filters } from "./filters.ts";
import { abortLater, GRACE_MS } from "./grace.ts";
import { readClock, type FetchHouse } from "./house.ts";
import { Journal } from "./journal.ts";
import { loginFacts, msUntilLogin } from "./login-delay.ts";
import { look, type View } from "./look.ts";
import { OldMarks, type ChosenMarks } from "./old-marks.ts";
import { queueOf, withoutFailed, type FetchQueue } from "./queue.ts";
import { rememberView } from "./remember-view.ts";
import { removeAndCommit, type Mark } from "./remove.ts";
import type { Reporter } from "./reporter.ts";
import { RunClock } from "./run-clock.ts";
import { isSpoilt, RunFailures } from "./run-failures.ts";
import { serverWarnings } from "./server-warnings.ts";
import { Together } from "./together.ts";
import { clockWarnings, warning } from "./warnings.ts";

/** New connections after lost ones, while each brings something, or fails at another message. */
const RECONNECTS_MAX = 3;
/** New connections after messages that ended one: each costs what it may have at most before it is found out. */
const SPOILT_MAX = 20;
/** So many times `on_bad_message.after` runs in a row that lose a connection at a message end it, whosever fault they are. */
const LOST_RUNS_FACTOR = 3;
/** A server that wants longer between logins is not left and entered again in one run. */
const LOGIN_DELAY_MS_MAX = 2_000;

export interface RunParts {
  readonly source: SourceConfig;
  readonly house: FetchHouse;
  readonly reporter: Reporter;
  readonly password: string | undefined;
  readonly clock: ClockReading;
  /** At its beginning. */
  readonly facts: SourceFacts;
}

export class SourceRun {
  readonly #o: RunParts;
  readonly #filters: Filters | undefined;
  readonly #checkpoint: (step: string) => void;
  /** Cuts what still goes on. */
  readonly #hard = new AbortController();
  readonly #cut: AbortSignal;
  #destinations: readonly Destination[] = [];
  /** Rows of what this run collected. */
  readonly #collected = new Set<number>();
  /** Written down as collected, one that came again in another session too. */
  #written = 0;
  readonly #clock: RunClock;
  readonly #oldMarks: OldMarks;
  readonly #failures = new RunFailures();
  #isFirst = true;
  /** The first listing of this run was without some that the last run left there. */
  #isShorter = false;
  /** A session brought nothing but what this run had: the next one is not cut, so that it comes to what is behind. */
  #isUncut = false;
  /** Messages the last session that removed some left there. */
  #left: number | undefined;
  /** Everything was removed that was to be, but for what comes after. */
  #hasRemoved = false;
  /** All else is fetched in this session, and what failed before waits until it has removed what is to be. */
  #holdsBack = false;
  /** What came before and is to be removed, until that is done. */
  #deletes: readonly Decision[] = [];
  /** It was stopped where its session ended. */
  #isCutShort = false;

  constructor(o: RunParts) {
    this.#o = o;
    this.#filters = compileFilters(o.source);
    this.#checkpoint = o.house.checkpoint ?? nothing;
    this.#cut = o.house.cut ?? this.#hard.signal;
    this.#clock = new RunClock({ now: o.clock, believed: o.facts.believed, wasProven: o.facts.isClockProven });
    this.#oldMarks = new OldMarks({ ...o, clock: this.#clock, collected: this.#collected });
  }

  async run(): Promise<void> {
    const { source, house, reporter } = this.#o;
    const grace = house.cut === undefined ? abortLater(house.signal, this.#hard, GRACE_MS) : undefined;
    // While they open, the server is connected to; nobody logs in before they are there. The connection is asked for
    // first: loading and opening a store keeps the event loop busy for as long as a greeting is on its way.
    const opening = setImmediate()
      .then(() =>
        openDestinations(source, {
          ...house,
          signal: this.#cut,
          openStore: house.openStore,
          checkpoint: house.checkpoint,
        }),
      )
      .then((destinations) => (this.#destinations = destinations));
    opening.catch(nothing);
    try {
      await this.#sessions(opening);
      if (this.#isStopped) reporter.stopped({ unremoved: this.#unremoved, isCut: this.#isCutShort });
      this.#believe();
    } catch (error) {
      throw this.#asCut(error);
    } finally {
      try {
        this.#blame();
      } finally {
        grace?.clear();
        await opening.catch(nothing);
        await closeAll(this.#destinations, house.log);
      }
    }
  }

  /** What breaks when a run is cut is not the server's fault, nor a destination's. */
  #asCut(error: unknown): unknown {
    return this.#cut.aborted ? new Pop3Error("ABORTED", { phase: "session", cause: error }) : error;
  }

  async #sessions(ready: Promise<unknown>): Promise<void> {
    let spoilt = 0;
    for (let lost = 0; ;) {
      const [before, foundOut] = [this.#collected.size, this.#foundOut];
      const waitMs = msUntilLogin(this.#facts(), this.#readClock());
      // Cut short, it is the connection that says so.
      if (waitMs > 0) await sleep(waitMs, undefined, { signal: this.#cut }).catch(nothing);
      if (this.#isStopped) return;
      try {
        if (await this.#session(ready)) return;
      } catch (error) {
        if (!Pop3Error.is(error) || !(isSpoilt(error) || isLostConnection(error))) throw error;
        const isAtAnother = isLostConnection(error) && this.#failures.lostConnection();
        if (this.#isStopped && !this.#cut.aborted) {
          this.#isCutShort = true;
          return;
        }
        const mayGoOn = !this.#isStopped && this.#mayLoginAgain;
        const hasFoundOut = this.#foundOut > foundOut;
        if (isSpoilt(error)) {
          if (this.#isStopped || !hasFoundOut) throw error;
          if (!mayGoOn || (spoilt += 1) > SPOILT_MAX) return this.#leaveRest();
          continue;
        }
        lost += 1;
        // The others tell whether it was that message, and are not held up by it.
        const hasOthers = this.#o.reporter.untried > 0 || this.#collected.size > 0;
        // What waits for the removals is tried all the same where they end the session.
        const isOwed = this.#holdsBack && !this.#hasRemoved;
        if (isOwed) this.#hasRemoved = true;
        const brought = this.#collected.size > before || hasFoundOut || (isAtAnother && hasOthers) || isOwed;
        if (!mayGoOn || !brought || lost > RECONNECTS_MAX) throw error;
        this.#o.reporter.warn(warning("connection-lost", { why: error.message }));
      }
    }
  }

  /** How many messages are known to end a session, and are left alone by this run from then on. */
  get #foundOut(): number {
    return this.#failures.left + this.#oldMarks.unread;
  }

  /** To the next run. */
  #leaveRest(): void {
    this.#o.reporter.stayedToo(REASONS["session-ended"], this.#o.reporter.untried + this.#unremoved);
  }

  /** True when nothing is left to do. */
  async #session(ready: Promise<unknown>): Promise<boolean> {
    const maildrop = await this.#open(ready);
    try {
      using _alive = maildrop.keepAlive();
      return await this.#work(maildrop);
    } catch (error) {
      await maildrop.rollback();
      throw error;
    }
  }

  async #open(ready: Promise<unknown>): Promise<RemoteMaildrop> {
    const { source, house, reporter, password } = this.#o;
    const facts = this.#facts();
    const trace = house.trace;
    const maildrop = await openRemote(source, {
      password,
      signal: this.#cut,
      ready,
      onStep: (step) => reporter.phase(step),
      noPipelining: facts.noPipelining,
      sawTlsOffered: () => reporter.warn(warning("tls-unused")),
      learnNoPipelining: () => house.state.learn(source.name, { noPipelining: true }),
      log: house.log,
      trace: trace === undefined ? undefined : (event) => trace(source.name, event),
    });
    try {
      house.state.learn(source.name, loginFacts(maildrop, this.#readClock()));
    } catch (error) {
      // Whoever logged in holds the maildrop.
      await maildrop.rollback();
      throw error;
    }
    return maildrop;
  }

  async #work(maildrop: RemoteMaildrop): Promise<boolean> {
    const { reporter } = this.#o;
    if (this.#isStopped) {
      await maildrop.rollback();
      return true;
    }
    this.#holdsBack = false;
    const view = await this.#look(maildrop);
    this.#deletes = view.decisions.filter(({ action }) => action === "delete");
    const journal = this.#journal();
    // Where nothing can be to remove, the session ends while the last messages are made durable here.
    const removesNothing = view.decisions.every((one) => one.action !== "delete" && one.thenDelete === undefined);
    const together = new Together(view.decisions.filter(({ action }) => action === "fetch"));
    const before = new Set(this.#collected);
    let ending: Promise<void> | undefined;
    const fetched = await this.#fetch(maildrop, view, {
      journal,
      together,
      onTaken: () => {
        // It never rejects, so nobody has to wait for it yet.
        if (removesNothing) ending = maildrop.rollback();
      },
    });
    this.#holdsBack = fetched === "held-back";
    if (ending !== undefined) {
      await ending;
      return fetched === "all" || this.#isStopped || reporter.error !== undefined;
    }
    const marks = this.#marksOf(journal, view, together);
    // A server that removes nothing gives the same again and again.
    this.#isUncut ||= journal.written.length > 0 && journal.written.every(({ id }) => before.has(id));
    const isLast = fetched !== "more" || this.#isStopped || reporter.error !== undefined;
    const rest =
      isLast && reporter.error === undefined
        ? await this.#removals(maildrop, view, marks.length)
        : { marks: [], isAll: true };
    await this.#end(maildrop, [...marks, ...rest.marks]);
    this.#left = view.listed.length - maildrop.marked.size;
    if (!isLast || !rest.isAll) return false;
    this.#hasRemoved = true;
    return fetched !== "held-back" || this.#isStopped || reporter.error !== undefined;
  }

  /** Of what came in this session. */
  #marksOf(journal: Journal, { decisions }: View, together: Together): readonly Mark[] {
    const reasons = new Map(decisions.map(({ n, thenDelete }) => [n, thenDelete]));
    const wanted = journal.written.flatMap(({ n, id }) => {
      const why = reasons.get(n);
      return why === undefined ? [] : [{ n, id, why }];
    });
    const whole = wanted.filter(({ n }) => together.isWhole(n));
    this.#o.reporter.stayedToo(REASONS["not-alone"], wanted.length - whole.length);
    return whole;
  }

  async #removals(maildrop: RemoteMaildrop, view: View, taken: number): Promise<ChosenMarks> {
    if (this.#isStopped) {
      return { marks: [], isAll: true };
    }
    const chosen = await this.#oldMarks.choose(maildrop, view, {
      room: this.#marksMax - taken,
      isOnlySession: !this.#mayLoginAgain,
    });
    this.#deletes = [];
    return chosen;
  }

  /** Of what is to be removed, what was not tried yet. */
  get #unremoved(): number {
    return this.#deletes.filter(({ known }) => known !== undefined && !this.#oldMarks.isTried(known.id)).length;
  }

  async #end(maildrop: RemoteMaildrop, marks: readonly Mark[]): Promise<void> {
    const { house, reporter } = this.#o;
    // RSET before QUIT: servers that remove what was retrieved are told that nothing is to be removed.
    if (marks.length === 0) return maildrop.rollback();
    await removeAndCommit(marks, {
      maildrop,
      state: house.state,
      reporter,
      checkpoint: this.#checkpoint,
      timeToWrite: () => this.#clock.timeToWrite,
    });
  }

  // --- looking

  async #look(maildrop: RemoteMaildrop): Promise<View> {
    const { source, house, reporter } = this.#o;
    const { state } = house;
    const facts = this.#facts();
    const known = state.known(source.name);
    const found = await look({
      onPhase: (phase) => reporter.phase(phase),
      source,
      maildrop,
      facts,
      known,
      ...(this.#left === undefined ? {} : { before: { collected: this.#collected, left: this.#left } }),
      destinations: this.#destinations,
      filters: this.#filters,
      now: this.#clock.timeToWrite,
      asked: house.asked,
    });
    for (const one of [...found.warnings, ...serverWarnings({ source, maildrop, facts, view: found })])
      reporter.warn(one);
    if (this.#isFirst) this.#isShorter = isShorter(found, known, facts);
    const view = rememberView(found, {
      source,
      state,
      facts,
      reporter,
      clock: this.#clock,
      isFirst: this.#isFirst,
      isRestoredAllowed: house.allowed?.has("restored") === true,
    });
    if (this.#isFirst) this.#believeForNow();
    this.#isFirst = false;
    const skipped = view.decisions.filter(({ action }) => action === "skip");
    reporter.stayed(
      view.listed.length,
      skipped.filter(({ known }) => known?.state !== "quarantined"),
    );
    reporter.quarantinedBefore(skipped.filter(({ known }) => known?.state === "quarantined"));
    return view;
  }

  // --- collecting

  #journal(): Journal {
    const { source, house } = this.#o;
    // A command that has a message must not get it again: it is written down before the next one.
    const atOnce = source.destinations.some(({ kind }) => kind === "exec");
    return new Journal({ state: house.state, source: source.name, checkpoint: this.#checkpoint, atOnce });
  }

  /** `all`: nothing more is to be fetched by this run. `held-back`: what failed before is, once the rest is removed. */
  async #fetch(
    maildrop: RemoteMaildrop,
    view: View,
    o: { readonly journal: Journal; readonly together: Together; readonly onTaken: () => void },
  ): Promise<"all" | "held-back" | "more"> {
    const { source, house, reporter } = this.#o;
    // A full disk is no reason to keep a removal from somebody; the mail waits for another run.
    if (removesAlone(house.asked) && house.space?.shortage() !== undefined) return "all";
    const policy = policyOf(source);
    const queue = queueOf(
      view.decisions.filter(({ known }) => !this.#failures.isLeft(known?.id)),
      { policy, done: this.#written, failedNow: ({ known }) => this.#failures.timesOf(known?.id) },
    );
    const all = [...queue.fresh, ...queue.headers, ...queue.failing];
    reporter.stayedToo(REASONS["next-run"], queue.left.length);
    if (all.length === 0) {
      // A listing without a message is no word about any.
      if (queue.left.length === 0 && view.listed.length > 0) this.#endMigration();
      return "all";
    }
    const now = this.#mayTryFailed(view, queue) ? queue : withoutFailed(queue);
    const isHeldBack = now.failing.length < queue.failing.length;
    reporter.expect(all);
    reporter.phase("retr");
    const collector = new Collector({
      source: source.name,
      state: house.state,
      maildrop,
      listing: view.listing,
      destinations: this.#destinations,
      reporter,
      failures: this.#failures,
      badMessageAfter: source.badMessageAfter,
      order: policy.order,
      octetsMax: policy.octetsMax,
      doomRule: doomRule(policy),
      origin: `${source.user} at ${source.host}`,
      migrated: this.#migrated(),
      isStopped: () => this.#isStopped,
      shortage: () => house.space?.shortage(),
      ...o,
      headers: view.headers,
      goneNow: view.goneNow,
      marksMax: this.#marksMax,
      timeToWrite: () => this.#clock.timeToWrite,
      sawServerDate: (ms) => this.#clock.sawServerDate(ms),
    });
    try {
      if (!(await collector.collect(now))) return "more";
      if (isHeldBack) return "held-back";
      if (queue.left.length === 0 && !collector.hasFailed) this.#endMigration();
      return "all";
    } catch (error) {
      if (Pop3Error.is(error)) throw error;
      if (this.#cut.aborted) throw error;
      // A destination that takes nothing: what it took before is still to be made final.
      reporter.fail(error);
      return "all";
    } finally {
      this.#note(o.journal);
    }
  }

  /**
   * In a session that may end with it. What is to be removed otherwise goes first, in a session of its own, where another
   * login is allowed; POP1 removes only all or nothing.
   */
  #mayTryFailed({ decisions }: View, queue: FetchQueue): boolean {
    if (this.#hasRemoved || !this.#mayLoginAgain || this.#o.source.protocol === "pop1") return true;
    const { fresh, failing } = withoutFailed(queue);
    return (
      !decisions.some(({ action }) => action === "delete") &&
      ![...fresh, ...failing].some(({ thenDelete }) => thenDelete !== undefined)
    );
  }

  get #mayLoginAgain(): boolean {
    return this.#facts().loginDelayMs <= LOGIN_DELAY_MS_MAX;
  }

  #blame(): void {
    const { source, house, reporter } = this.#o;
    const after = source.badMessageAfter;
    const haveOthersCome = this.#collected.size > 0;
    for (const { row, counts, decision, why } of this.#failures.losses({ haveOthersCome }))
      if (house.state.blame({ row, counts, after, afterLost: LOST_RUNS_FACTOR * after }))
        reporter.quarantined(decision, why);
  }

  #note(journal: Journal): void {
    for (const { id } of journal.written) this.#collected.add(id);
    this.#written += journal.written.length;
  }

  get #marksMax(): number {
    return this.#isUncut || !this.#mayLoginAgain ? Infinity : this.#o.source.commitEvery;
  }

  /** While a migration lasts, octets of what went missing tell what is no news. */
  #migrated(): ReadonlyMap<string, KnownMessage[]> {
    const { source, house } = this.#o;
    if (source.dedupContent === "never" || !this.#facts().isMigrating) return new Map();
    const migrated = new Map<string, KnownMessage[]>();
    for (const known of house.state.known(source.name)) {
      const { missing, state, removedAt, sha256 } = known;
      if (missing === 0 || state !== "collected" || removedAt !== undefined || sha256 === undefined) continue;
      migrated.set(sha256, [...(migrated.get(sha256) ?? []), known]);
    }
    return migrated;
  }

  /** Everything was looked at: from now on equal octets are another mail. A listing that is shorter once may not be all. */
  #endMigration(): void {
    if (!this.#isShorter && this.#failures.left === 0 && this.#facts().isMigrating)
      this.#o.house.state.learn(this.#o.source.name, { isMigrating: false });
  }

  // --- time

  /**
   * Ages count from what is written down by this clock, however the run ends: what it was must be known to the next one.
   * What comes may still speak against it.
   */
  #believeForNow(): void {
    const { source, house, clock } = this.#o;
    const { doubt, isProven: isClockProven } = this.#clock;
    if (doubt === undefined) house.state.learn(source.name, { believed: clock, isClockProven });
  }

  /** A clock that is doubted stays doubted until it is right again, or somebody says that it is. */
  #believe(): void {
    const { source, house, clock, facts, reporter } = this.#o;
    if (house.allowed?.has("restored") === true) house.state.acceptRestored(source.name);
    const { doubt } = this.#clock;
    const isSaid = house.allowed?.has("clock") === true;
    const isBelieved = doubt === undefined || isSaid;
    const { believed, isClockProven } = facts;
    house.state.learn(
      source.name,
      isBelieved ? { believed: clock, isClockProven: isSaid || this.#clock.isProven } : { believed, isClockProven },
    );
    if (!isBelieved) for (const one of clockWarnings(doubt, policyOf(source))) reporter.warn(one);
  }

  get #isStopped(): boolean {
    return this.#o.house.signal.aborted;
  }

  #readClock(): ClockReading {
    return (this.#o.house.clock ?? readClock)();
  }

  #facts(): SourceFacts {
    const { house, source } = this.#o;
    return house.state.facts(source.name, endpointOf(source));
  }
}

/** Than the last one was, less what was removed there since. Where the server is another, there is no last one. */
function isShorter({ listed, migration }: View, known: readonly KnownMessage[], { listedMessages = 0 }: SourceFacts) {
  const removed = known.filter(({ removedAt, inferred, missing }) => removedAt && inferred === undefined && !missing);
  return migration === undefined && listed.length < listedMessages - removed.length;
}

function isLostConnection(error: Pop3Error): boolean {
  return error.group === "wire" || error.code === "NETWORK";
}

function nothing(): void {}
