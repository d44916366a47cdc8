// What one session of a run does: logs in, looks, collects, and removes with its end.
import type { Decision } from "../decide/decide.ts";
import { REASONS } from "../decide/reasons.ts";
import type { Destination } from "../destinations/contract.ts";
import { openRemote, type RemoteMaildrop } from "../remote/maildrop.ts";
import { believeForNow } from "./clock-belief.ts";
import { leave, mayQuit } from "./ending.ts";
import { fetchWanted, type Fetched, type Fetching } from "./fetch-wanted.ts";
import { readClock } from "./house.ts";
import { Journal } from "./journal.ts";
import { loginFacts, mayLoginAgain } from "./login-delay.ts";
import { look, type View } from "./look.ts";
import type { LostReplies } from "./lost-replies.ts";
import type { ChosenMarks } from "./old-marks.ts";
import { avoidsPipelining, serverFacts } from "./pipelining.ts";
import { rememberView } from "./remember-view.ts";
import { removeAndCommit, type Mark } from "./remove.ts";
import { serverWarnings } from "./server-warnings.ts";
import type { SessionParts } from "./session-parts.ts";
import { Together } from "./together.ts";
import { warning } from "./warnings.ts";

/** True when nothing is left to do. Throws Pop3Error when the session is lost. */
export async function runSession(o: SessionParts): Promise<boolean> {
  const { lostReplies } = o.progress;
  lostReplies.begin();
  o.failures.beginSession();
  const maildrop = await openMaildrop(o, lostReplies);
  o.progress.hasLoggedIn = true;
  try {
    using _alive = maildrop.keepAlive();
    const destinations = await o.destinations;
    return await new Session(o, { maildrop, destinations }).work();
  } catch (error) {
    await leave(maildrop);
    throw error;
  }
}

async function openMaildrop(o: SessionParts, lostReplies: LostReplies): Promise<RemoteMaildrop> {
  const { source, house, reporter, password, cut, destinations: ready } = o;
  const readNow = house.clock ?? readClock;
  const before = o.facts();
  const trace = house.trace;
  const maildrop = await openRemote(source, {
    password,
    signal: cut,
    ready,
    onStep: (step) => reporter.phase(step),
    noPipelining: avoidsPipelining(before, readNow(), source),
    sawTlsOffered: () => reporter.warn(warning("tls-unused")),
    onOutOfStep: (why) => (why === "lost" ? lostReplies.suspected() : lostReplies.sawTooMany()),
    learnNoPipelining: () => {
      lostReplies.seen();
      house.state.learn(source.name, { pipeliningLostAt: readNow().wallMs });
    },
    log: house.log,
    trace: trace === undefined ? undefined : (event) => trace(source.name, event),
  });
  try {
    const lostAt = o.facts().pipeliningLostAt;
    house.state.learn(source.name, {
      ...loginFacts(maildrop, readNow()),
      ...serverFacts(maildrop, { source, before, lostAt }),
    });
  } catch (error) {
    // Whoever logged in holds the maildrop.
    await maildrop.rollback();
    throw error;
  }
  return maildrop;
}

const NO_REMOVALS: ChosenMarks = { marks: [], isAll: true, others: [] };
/** So many sessions of a run may end without the removals they were to make. */
const UNREMOVING_MAX = 3;

interface OpenedSession {
  readonly maildrop: RemoteMaildrop;
  readonly destinations: readonly Destination[];
}

class Session {
  readonly #o: SessionParts;
  readonly #maildrop: RemoteMaildrop;
  readonly #destinations: readonly Destination[];
  /** Messages of this session or an earlier one may be others than they were taken for: nothing is removed. */
  #hasDoubts = false;

  constructor(o: SessionParts, opened: OpenedSession) {
    this.#o = o;
    this.#maildrop = opened.maildrop;
    this.#destinations = opened.destinations;
  }

  async work(): Promise<boolean> {
    const { reporter, progress, oldMarks } = this.#o;
    if (this.#isStopped) {
      await this.#maildrop.rollback();
      return true;
    }
    progress.holdsBack = false;
    const view = await this.#look();
    oldMarks.want(view);
    const journal = this.#journal();
    const together = new Together(view.decisions.filter(({ action }) => action === "fetch"));
    const before = new Set(progress.collected);
    const fetched = await this.#fetch(view, { journal, together });
    progress.holdsBack = fetched === "held-back";
    if (this.#hasDoubts) {
      // A message whose reply was lost is nowhere.
      await leave(this.#maildrop);
      return this.#isOver || !mayLoginAgain(this.#o.facts());
    }
    const marks = this.#marksOf(journal, view, together);
    // A server that removes nothing gives the same again and again.
    progress.isUncut ||= journal.written.length > 0 && journal.written.every(({ id }) => before.has(id));
    const isLast = fetched !== "more" || this.#isOver;
    const rest = isLast && reporter.error === undefined ? await this.#removals(view, marks.length) : NO_REMOVALS;
    const here = this.#here(view, journal, rest);
    const all = [...marks, ...rest.marks];
    if (all.length > 0 && !mayQuit(this.#maildrop, here)) return this.#endWithoutRemovals(all.length);
    await this.#end(all, here);
    progress.left = view.listed.length - this.#maildrop.marked.size;
    if (!isLast || !rest.isAll) return false;
    progress.hasRemoved = true;
    return fetched !== "held-back" || this.#isOver;
  }

  /**
   * What may have come in the place of another is asked for again by the next session, one message at a time: the same
   * octets are here already, and others are kept as well.
   */
  async #fetch(view: View, o: Pick<Fetching, "journal" | "together">): Promise<Fetched> {
    const { house, progress } = this.#o;
    const { lostReplies } = progress;
    const { pairs, absent } = view.pairing;
    lostReplies.watch(o.journal, [...pairs.flatMap(({ known }) => known ?? []), ...absent]);
    try {
      return await fetchWanted({
        ...this.#o,
        ...o,
        maildrop: this.#maildrop,
        destinations: this.#destinations,
        lostReplies,
        view,
        marksMax: this.#marksMax,
      });
    } finally {
      const suspects = lostReplies.takeProved();
      house.state.doubt(suspects);
      progress.doubt(suspects);
      this.#hasDoubts = suspects.length > 0 || (lostReplies.areThere && o.journal.written.length > 0);
    }
  }

  async #look(): Promise<View> {
    const { source, house, reporter, filters, clock, migrating, progress } = this.#o;
    const { state } = house;
    const maildrop = this.#maildrop;
    const { collected, left } = progress;
    const facts = this.#o.facts();
    const known = await state.knownInTurns(source.name);
    const found = await look({
      isRun: true,
      onPhase: (phase) => reporter.phase(phase),
      source,
      maildrop,
      facts,
      known,
      ...(left === undefined ? {} : { before: { collected, left } }),
      destinations: this.#destinations,
      filters,
      now: clock.timeToWrite,
      asked: house.asked,
      lostHeaders: progress.lostHeaders,
      onHeaderLost: (key) => void progress.lostHeaders.add(key),
    });
    for (const one of [...found.warnings, ...serverWarnings({ source, maildrop, facts, view: found })])
      reporter.warn(one);
    const isFirst = !progress.hasLooked;
    if (isFirst) migrating.sawFirst(found, { known, facts });
    const isRestoredAllowed = house.allowed?.has("restored") === true;
    const view = rememberView(found, { source, state, facts, reporter, clock, isFirst, isRestoredAllowed });
    if (isFirst) believeForNow(this.#o);
    progress.hasLooked = true;
    this.#tellSkipped(view);
    return view;
  }

  #tellSkipped({ listed, decisions }: View): void {
    const skipped = decisions.filter(({ action }) => action === "skip");
    const isQuarantined = ({ known }: Decision): boolean => known?.state === "quarantined";
    this.#o.reporter.stayed(
      listed,
      skipped.filter((one) => !isQuarantined(one)),
    );
    this.#o.reporter.quarantinedBefore(skipped.filter(isQuarantined));
  }

  #journal(): Journal {
    const { source, house, checkpoint } = this.#o;
    // A command that has a message must not get it again: it is written down before the next one.
    const atOnce = source.destinations.some(({ kind }) => kind === "exec");
    return new Journal({ state: house.state, source: source.name, checkpoint, atOnce });
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

  /** Of what came before. */
  async #removals(view: View, taken: number): Promise<ChosenMarks> {
    if (this.#isStopped) return NO_REMOVALS;
    return this.#o.oldMarks.choose(this.#maildrop, view, {
      room: this.#marksMax - taken,
      isOnlySession: !mayLoginAgain(this.#o.facts()),
    });
  }

  /** Numbers of what is safely here: what this session wrote down, and what came before and is what it was. */
  #here(
    { decisions, copies }: View,
    journal: Journal,
    { marks, others }: ChosenMarks = NO_REMOVALS,
  ): ReadonlySet<number> {
    const changed = new Set(others);
    const before = decisions.filter(
      ({ n, action, known }) =>
        action !== "fetch" &&
        action !== "headers" &&
        known?.state === "collected" &&
        copies.get(known.id) !== "lost" &&
        !changed.has(n),
    );
    return new Set([...journal.here, ...marks.map(({ n }) => n), ...before.map(({ n }) => n)]);
  }

  /**
   * QUIT would perhaps take with it what came and is not here. Another session removes, and asks again for that only when
   * it has. True: there is none.
   */
  #endWithoutRemovals(count: number): boolean {
    const { progress, facts, reporter } = this.#o;
    this.#maildrop.hangUp();
    progress.hasRemoved = false;
    progress.unremoving += 1;
    if (!this.#isOver && progress.unremoving <= UNREMOVING_MAX && mayLoginAgain(facts())) return false;
    reporter.stayedToo(REASONS["removed-later"], count);
    return true;
  }

  async #end(marks: readonly Mark[], here: ReadonlySet<number>): Promise<void> {
    const { house, reporter, checkpoint, clock } = this.#o;
    const maildrop = this.#maildrop;
    if (marks.length === 0) return leave(maildrop, here);
    const timeToWrite = (): number => clock.timeToWrite;
    await removeAndCommit(marks, { maildrop, state: house.state, reporter, checkpoint, timeToWrite });
  }

  /** How many are removed with one session. */
  get #marksMax(): number {
    const { source, facts, progress } = this.#o;
    return progress.isUncut || !mayLoginAgain(facts()) ? Infinity : source.commitEvery;
  }

  get #isStopped(): boolean {
    return this.#o.house.signal.aborted;
  }

  /** Nothing more is begun in this run. */
  get #isOver(): boolean {
    return this.#isStopped || this.#o.reporter.error !== undefined;
  }
}
