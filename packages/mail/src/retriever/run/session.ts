// What one session of a run does: logs in, looks, collects, and removes with its end.
import type { Decision } from "../decide/decide.ts";
import { REASONS } from "../decide/reasons.ts";
import type { Destination } from "../destinations/contract.ts";
import { openRemote, type RemoteMaildrop } from "../remote/maildrop.ts";
import { believeForNow } from "./clock-belief.ts";
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
  const maildrop = await openMaildrop(o, lostReplies);
  try {
    using _alive = maildrop.keepAlive();
    const destinations = await o.destinations;
    return await new Session(o, { maildrop, destinations }).work();
  } catch (error) {
    await maildrop.rollback();
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
    // Where nothing can be to remove, the session ends while the last messages are made durable here.
    const removesNothing = view.decisions.every((one) => one.action !== "delete" && one.thenDelete === undefined);
    let ending: Promise<void> | undefined;
    const onTaken = (): void => {
      // It never rejects, so nobody has to wait for it yet.
      if (removesNothing) ending = this.#maildrop.rollback();
    };
    const fetched = await this.#fetch(view, { journal, together, onTaken });
    progress.holdsBack = fetched === "held-back";
    if (ending !== undefined || this.#hasDoubts) {
      await (ending ?? this.#maildrop.rollback());
      if (this.#hasDoubts) return this.#isOver || !mayLoginAgain(this.#o.facts());
      return fetched === "all" || this.#isOver;
    }
    const marks = this.#marksOf(journal, view, together);
    // A server that removes nothing gives the same again and again.
    progress.isUncut ||= journal.written.length > 0 && journal.written.every(({ id }) => before.has(id));
    const isLast = fetched !== "more" || this.#isOver;
    const rest =
      isLast && reporter.error === undefined ? await this.#removals(view, marks.length) : { marks: [], isAll: true };
    await this.#end([...marks, ...rest.marks]);
    progress.left = view.listed.length - this.#maildrop.marked.size;
    if (!isLast || !rest.isAll) return false;
    progress.hasRemoved = true;
    return fetched !== "held-back" || this.#isOver;
  }

  /**
   * What may have come in the place of another is asked for again by the next session, one message at a time: the same
   * octets are here already, and others are kept as well.
   */
  async #fetch(view: View, o: Pick<Fetching, "journal" | "onTaken" | "together">): Promise<Fetched> {
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
    const known = state.known(source.name);
    const found = await look({
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
    if (this.#isStopped) return { marks: [], isAll: true };
    return this.#o.oldMarks.choose(this.#maildrop, view, {
      room: this.#marksMax - taken,
      isOnlySession: !mayLoginAgain(this.#o.facts()),
    });
  }

  async #end(marks: readonly Mark[]): Promise<void> {
    const { house, reporter, checkpoint, clock } = this.#o;
    const maildrop = this.#maildrop;
    // RSET before QUIT: servers that remove what was retrieved are told that nothing is to be removed.
    if (marks.length === 0) return maildrop.rollback();
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
