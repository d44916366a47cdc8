// Brings messages here, in the order that survives a crash: every octet to its destinations, the termination octet seen,
// each destination durable, the journal synced. What removes them there comes after, and elsewhere.
import { Pop3Error, type Listing, type MessageStream, type RetrieveOptions } from "@restante/pop/client";
import type { Decision } from "../decide/decide.ts";
import { NAMELESS, stubsOf, wholeCopiesOf, type Copy, type KnownMessage } from "../decide/known.ts";
import { because, readReason, REASONS } from "../decide/reasons.ts";
import { occurrenceIn } from "../decide/pair.ts";
import type { Destination } from "../destinations/contract.ts";
import { isOfDisk } from "../destinations/disk-trouble.ts";
import { STUB_FIELD } from "../destinations/maildir-stub.ts";
import { FetchError } from "../fetch-error.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { StoredCopy } from "../state/arrivals.ts";
import type { FetchState } from "../state/fetch-state.ts";
import type { FetchQueue } from "./queue.ts";
import { headerHash, Onlooker, receivedDate } from "./header.ts";
import type { Headers } from "./headers.ts";
import { octetsAllowed } from "./octets-allowed.ts";
import { Intakes, type KeptBy } from "./intakes.ts";
import type { LostReplies } from "./lost-replies.ts";
import type { Together } from "./together.ts";
import { keptName, Twins } from "./twins.ts";
import { Keeping } from "./keeping.ts";
import type { Journal } from "./journal.ts";
import { refOf, refOfFailed } from "./message-ref.ts";
import type { Reporter } from "./reporter.ts";
import { saysTemporary } from "./outage.ts";
import { isSpoilt, type RunFailures } from "./run-failures.ts";

export interface CollectOptions {
  readonly source: string;
  readonly state: FetchState;
  readonly maildrop: RemoteMaildrop;
  /** What was decided about. */
  readonly listing: Listing;
  readonly destinations: readonly Destination[];
  readonly journal: Journal;
  readonly reporter: Reporter;
  /** Of the whole run. */
  readonly failures: RunFailures;
  readonly badMessageAfter: number;
  readonly order: "oldest" | "newest";
  /** Messages are asked for before they are taken. */
  readonly readsAhead: boolean;
  /** Of the policy. */
  readonly octetsMax: number | undefined;
  /** What is written down with a message that a filter wants removed. */
  readonly doomRule: string;
  /** Where it comes from, for the trace field of a header that stands alone. */
  readonly origin: string;
  /** Messages that may come again under another name, by the hash of their octets; each is used once. */
  readonly migrated: ReadonlyMap<string, KnownMessage[]>;
  readonly isStopped: () => boolean;
  /** Asked after each message: why no more may be stored here. */
  readonly shortage: () => Error | undefined;
  /** Asked before each large message, of it and what comes before it. */
  readonly hasRoomFor: (octets: number) => boolean;
  /** What was looked at in this session. */
  readonly headers: Headers;
  /** Rows of what this run removed for certain in earlier sessions. */
  readonly goneNow: ReadonlySet<number>;
  /** So many that are to be removed end the session, so that they are. */
  readonly marksMax: number;
  readonly together: Together;
  readonly lostReplies: LostReplies;
  readonly timeToWrite: () => number;
  /** Told the date a server wrote into a message that just came. */
  readonly sawServerDate: (ms: number) => void;
}

/** A message that came and is being kept. */
interface Whole {
  readonly decision: Decision;
  readonly sha256: string;
  readonly headerHash: string;
  readonly octets: number;
}

/** Larger messages hold more while they are kept, in memory and on their way to the disk. */
const LARGE_OCTETS = 65_536;
const LARGE_AT_ONCE = 8;
/** How often the bar moves while one message comes. */
const PROGRESS_OCTETS = 262_144;

export class Collector {
  readonly #o: CollectOptions;
  readonly #keeping = new Keeping();
  readonly #concurrency: number;
  readonly #twins: Twins;
  /** Sizes may have changed with the names; what is large was hardly listed as small. */
  readonly #mayComeLarge: boolean;
  /** A destination that takes nothing now: the rest waits for another run. */
  #trouble: Error | undefined;
  #marks = 0;
  #hasFailed = false;

  constructor(o: CollectOptions) {
    this.#o = o;
    this.#twins = new Twins({ known: () => o.state.known(o.source), goneNow: o.goneNow });
    this.#concurrency = Math.min(...o.destinations.map(({ concurrency }) => concurrency));
    this.#mayComeLarge = [...o.migrated.values()].some((rows) => rows.some(({ octets }) => octets > LARGE_OCTETS));
  }

  /** True when everything was tried; false when it stopped early. Throws Pop3Error when the session is lost, and the trouble of a destination. */
  async collect(queue: FetchQueue): Promise<boolean> {
    try {
      if (!this.#mustStop) await this.#collectFresh(queue.fresh);
      for (const decision of queue.headers) if (!this.#mustStop) await this.#collectHeader(decision);
      for (const decision of queue.failing)
        if (!this.#mustStop && this.#hasRoom(decision)) await this.#collectAgain(decision);
    } finally {
      await this.#settle();
    }
    if (this.#trouble !== undefined) throw this.#trouble;
    return !this.#mustStop;
  }

  /** Some message did not come, and is tried again, by another run perhaps, or quarantined. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  get #mustStop(): boolean {
    return this.#trouble !== undefined || this.#marks >= this.#o.marksMax || this.#o.isStopped();
  }

  #bounds({ octets }: Decision): RetrieveOptions {
    return { octetsMax: octetsAllowed(octets, this.#o.octetsMax), borrowed: true };
  }

  /** Nothing is asked for that this session may not take: servers that remove what was retrieved would lose it. */
  async #collectFresh(decisions: readonly Decision[]): Promise<void> {
    // Before anything is asked for: what is read ahead and not kept counts as retrieved, and no QUIT is said then.
    let octets = 0;
    const fitting = decisions.filter((decision) => {
      const fits = this.#hasRoom(decision, octets);
      if (fits) octets += decision.octets;
      return fits;
    });
    for (let rest = fitting; rest.length > 0 && !this.#mustStop;) {
      const now = upToMarks(rest, this.#o.marksMax - this.#marks);
      rest = rest.slice(now.length);
      await this.#collectTogether(now);
    }
  }

  /** One that would take what is to stay free, with so many octets that come before it, waits for another run. */
  #hasRoom(decision: Decision, before = 0): boolean {
    if (decision.octets <= LARGE_OCTETS || this.#o.hasRoomFor(before + decision.octets)) return true;
    // It may wait for ever. What it cannot be waits for nothing.
    this.#hasFailed ||= this.#mayComeLarge;
    this.#o.reporter.leftThere(decision, REASONS["no-room"]);
    return false;
  }

  async #collectTogether(decisions: readonly Decision[]): Promise<void> {
    const wanted = new Map(decisions.map((decision) => [decision.n, decision]));
    const { listing, order, readsAhead } = this.#o;
    const where = ({ n }: { readonly n: number }): boolean => wanted.has(n);
    const ahead = readsAhead ? {} : { readAhead: 0 };
    for await (const message of this.#o.maildrop.messages({ listing, order, where, ...ahead })) {
      const decision = wanted.get(message.n);
      if (decision === undefined) continue;
      if (!this.#hasRoom(decision)) continue;
      await this.#collectOne(decision, message.retrieve(this.#bounds(decision)));
      if (this.#mustStop) return;
    }
  }

  async #collectOne(decision: Decision, stream: MessageStream): Promise<void> {
    let intakes: Intakes | undefined;
    const onlooker = new Onlooker(decision.octets);
    try {
      intakes = await this.#begin(decision, "");
      await this.#copy(stream, onlooker, intakes);
      await stream.done;
    } catch (error) {
      await intakes?.discard();
      await stream.cancel();
      // Another reply was lost, and this may be another message. The session goes on, one command at a time.
      if (Pop3Error.is(error, "PIPELINE_DESYNC") && error.sessionUsable) return this.#collectAgain(decision);
      return this.#broken(decision, error);
    }
    this.#o.failures.gaveOne();
    const { sha256, header, headerHash: hash } = onlooker.end();
    const date = receivedDate(header);
    if (date !== undefined) this.#o.sawServerDate(date);
    const whole = { decision, sha256, headerHash: hash, octets: onlooker.octets };
    const there = await this.#copiesOf(whole);
    if (there !== undefined) return this.#keep(whole, intakes.except(there));
    const known = isNowhere(decision.known) ? this.#o.migrated.get(sha256)?.shift() : undefined;
    if (known !== undefined) return this.#adopt(whole, { known, intakes });
    if (decision.occurrence === undefined) {
      const occurrence = this.#twins.occurrenceOf(decision.uniqueId, sha256);
      if (occurrence > 1) return this.#collectTwin({ ...decision, occurrence }, intakes);
    }
    await this.#keep(whole, intakes);
  }

  /** It came before, perhaps in the place of one whose reply was lost. */
  async #copiesOf({ decision, sha256, octets }: Whole): Promise<readonly Copy[] | undefined> {
    const { lostReplies } = this.#o;
    if (!lostReplies.areSuspected) return undefined;
    await this.#keeping.fewerThan(1);
    return lostReplies.copiesOf({ uniqueId: decision.uniqueId, sha256, octets, listedOctets: decision.octets });
  }

  /** What it is called where it is kept is known only when all its octets came: they come once more. */
  async #collectTwin(decision: Decision, intakes: Intakes): Promise<void> {
    await intakes.discard();
    await this.#collectAgain(decision);
  }

  async #collectAgain(decision: Decision): Promise<void> {
    await this.#collectOne(decision, this.#o.maildrop.retrieve(decision.n, this.#bounds(decision)));
  }

  /** TOP n 0, with a field that says what it is: a header is never taken for the whole message. */
  async #collectHeader(decision: Decision): Promise<void> {
    let intakes: Intakes | undefined;
    const onlooker = new Onlooker(0);
    try {
      const header =
        this.#o.headers.takeKept(decision.n) ?? (await this.#o.maildrop.headers(decision.n, { onlyTop: true }));
      const isEnded = header.subarray(-4).toString("latin1") === "\r\n\r\n" || header.toString("latin1") === "\r\n";
      const octets = isEnded ? header : Buffer.concat([header, Buffer.from("\r\n")]);
      intakes = await this.#begin(decision, `${STUB_FIELD}: ${decision.octets} octets are at ${this.#o.origin}\r\n`);
      onlooker.push(octets);
      await intakes.write(octets);
    } catch (error) {
      await intakes?.discard();
      // It is not the message that failed: larger ones stay where their header cannot be had alone.
      if (Pop3Error.is(error, "MESSAGE_REFUSED", "NO_SUCH_MESSAGE"))
        return this.#o.reporter.leftThere(
          decision,
          because("no-top", { size: readReason(decision.why)?.values["size"] ?? "" }),
        );
      return this.#broken(decision, error);
    }
    const { sha256, header } = onlooker.end();
    await this.#keep({ decision, sha256, headerHash: headerHash(header), octets: onlooker.octets }, intakes);
  }

  #begin({ uniqueId, octets, known, occurrence, action, isAskedFor }: Decision, prefix: string): Promise<Intakes> {
    const stubs = known === undefined || action !== "fetch" ? [] : stubsOf(known);
    return Intakes.begin(
      this.#o.destinations,
      { uniqueId: keptName(uniqueId, occurrence), octets, again: isAskedFor === true || known?.again === true, prefix },
      { earlier: known === undefined ? [] : wholeCopiesOf(known), stubs },
    );
  }

  async #copy(stream: MessageStream, onlooker: Onlooker, intakes: Intakes): Promise<void> {
    let told = 0;
    for await (const chunk of stream) {
      onlooker.push(chunk);
      // Backpressure: the next octets are taken from the socket when the slowest destination has these.
      const waiting = intakes.write(chunk);
      if (waiting !== undefined) await waiting;
      if (onlooker.octets - told < PROGRESS_OCTETS) continue;
      told = onlooker.octets;
      this.#o.reporter.progress(told);
    }
  }

  /**
   * Equal octets of a message that went missing when the server was moved, or was listed with another size: the same
   * message. Who asked for it is given it where it is no more.
   */
  async #adopt(whole: Whole, o: { readonly known: KnownMessage; readonly intakes: Intakes }): Promise<void> {
    const { decision } = whole;
    const { source, state, reporter, destinations } = this.#o;
    const there = decision.isAskedFor === true ? await copiesThere(destinations, o.known) : undefined;
    const isHere = there === undefined || there.length === destinations.length;
    const adoption = { entry: decision, known: o.known, isByOctets: true, failed: decision.known?.id };
    this.#o.failures.came(decision);
    state.adopt(source, [isHere ? adoption : { ...adoption, again: { there } }]);
    if (isHere) {
      this.#o.journal.wasHere(decision.n);
      reporter.arrived(decision, { octets: 0, added: false, isHeader: false });
      return o.intakes.discard();
    }
    const known = state.known(source).find(({ id }) => id === o.known.id);
    const occurrence = occurrenceIn(known?.keyHash ?? "");
    await this.#keep({ ...whole, decision: { ...decision, known, occurrence } }, o.intakes.except(there));
  }

  /** Goes on in the background, so that the next message comes while this one is synced. */
  async #keep(whole: Whole, intakes: Intakes): Promise<void> {
    const keeping = intakes
      .keep(whole.sha256)
      .then((kept) => this.#kept(whole, kept))
      .catch((error: unknown) => {
        // What is written down nowhere stays there, and is told of when the others are done.
        this.#trouble ??= asError(error);
      });
    this.#keeping.add(keeping);
    if (whole.decision.thenDelete !== undefined) this.#marks += this.#o.together.came(whole.decision.n);
    const isLarge = whole.octets > LARGE_OCTETS;
    await this.#keeping.fewerThan(isLarge ? Math.min(LARGE_AT_ONCE, this.#concurrency) : this.#concurrency);
  }

  #kept(whole: Whole, { kept, failure }: KeptBy): void {
    const { decision, sha256, octets } = whole;
    const { n, action, known, thenDelete, isDoomed, isRepeated } = decision;
    const copies = kept.map(({ destination, place }): StoredCopy => ({ destination, place }));
    if (failure !== undefined) return this.#notKept(whole, copies, failure);
    const isHeader = action === "headers";
    this.#o.journal.add(n, {
      // Its next look is by the header TOP shows.
      message: refOf(decision, decision.uniqueId === NAMELESS ? sha256 : (decision.headerHash ?? whole.headerHash)),
      state: isHeader ? "headers-only" : "collected",
      // Fewer octets than LIST told may be a message that was cut at a dot: its header cannot vouch for it.
      headerHash: !isHeader && octets < decision.octets ? undefined : whole.headerHash,
      sha256,
      wireOctets: octets,
      copies,
      at: this.#o.timeToWrite(),
      collectedAt: isRepeated === true ? known?.collectedAt : undefined,
      // Whether others that look like it come as well is not known yet.
      pendingWhy: isHeader || this.#o.together.has(n) ? undefined : thenDelete,
      rule: isDoomed ? this.#o.doomRule : undefined,
    });
    this.#o.failures.came(decision);
    this.#o.reporter.arrived(decision, { octets, added: kept.some(({ added }) => added), isHeader });
    this.#trouble ??= this.#o.shortage();
  }

  #notKept({ decision, sha256, headerHash: hash }: Whole, copies: readonly StoredCopy[], failure: unknown): void {
    if (decision.thenDelete !== undefined) this.#marks -= this.#o.together.failed(decision.n);
    const isItsFault = isRefused(failure);
    const isFirst = this.#trouble === undefined;
    if (!isItsFault) this.#trouble ??= asError(failure);
    // Where the disk fails, or is full, no message did. Any other trouble may be about the one it began with, which then
    // waits behind the others.
    const isOfAll = isOfDisk(failure) || (!isItsFault && !isFirst);
    if (isOfAll && copies.length === 0) return;
    this.#failed(decision, { failure, counts: isItsFault, copies, sha256, headerHash: hash });
  }

  /** It did not come. A lost session is thrown on, when the message is written down. */
  #broken(decision: Decision, error: unknown): void {
    const isRemote = Pop3Error.is(error);
    const isOurs = isRemote ? error.code === "ABORTED" || error.code === "STATE" : !isRefused(error);
    const isEnd = isRemote && !error.sessionUsable;
    const ended = isEnd ? (isSpoilt(error) ? "its-session" : "the-connection") : undefined;
    if (!isOurs)
      this.#failed(decision, {
        failure: error,
        counts: !saysTemporary(error),
        ended,
        copies: [],
        sha256: undefined,
        headerHash: "",
      });
    if (isEnd) throw error;
    if (!isRemote && isOurs) this.#trouble ??= asError(error);
    if (isRemote && isOurs && !this.#o.isStopped()) this.#trouble ??= asError(error);
  }

  #failed(
    decision: Decision,
    o: {
      readonly failure: unknown;
      readonly counts: boolean;
      /** What ended with it: of a lost connection the end of the run tells whose fault it was. */
      readonly ended?: "its-session" | "the-connection" | undefined;
      readonly copies: readonly StoredCopy[];
      readonly sha256: string | undefined;
      readonly headerHash: string;
    },
  ): void {
    this.#hasFailed = true;
    const failure = this.#o.reporter.masked(o.failure instanceof Error ? o.failure.message : String(o.failure));
    const { failures } = this.#o;
    const isLost = o.ended === "the-connection";
    const counts = o.counts && !isLost && !failures.isCounted(decision.known?.id);
    const attempts = (decision.known?.attempts ?? 0) + (counts ? 1 : 0);
    const quarantine = counts && attempts >= this.#o.badMessageAfter;
    const row = this.#o.state.failed(this.#o.source, {
      message: refOfFailed(decision, o.headerHash),
      copies: o.copies,
      sha256: o.sha256,
      failure,
      at: this.#o.timeToWrite(),
      quarantine,
      counts,
      isLost: isLost && !failures.isLostAt(decision.known?.id),
    });
    if (counts) failures.counted(row);
    if (o.ended === undefined && (isRefused(o.failure) || Pop3Error.is(o.failure)))
      failures.refused({ row, decision, error: o.failure, why: failure, counts });
    if (isLost) failures.lostAt({ row, decision, why: failure });
    if (o.ended === "its-session") failures.leave(row);
    this.#o.reporter.failed(decision, { why: failure, quarantined: quarantine });
  }

  async #settle(): Promise<void> {
    this.#o.reporter.phase("store");
    await this.#keeping.fewerThan(1);
    this.#o.journal.flush();
  }
}

/** The first of them, so many of which are removed at once. */
function upToMarks(decisions: readonly Decision[], marksMax: number): readonly Decision[] {
  let marks = 0;
  const last = decisions.findIndex(({ thenDelete }) => thenDelete !== undefined && (marks += 1) >= marksMax);
  return last === -1 ? decisions : decisions.slice(0, last + 1);
}

/** Of its copies, those that are where they were put, in destinations of today. */
async function copiesThere(destinations: readonly Destination[], { copies }: KnownMessage): Promise<readonly Copy[]> {
  const there: Copy[] = [];
  for (const destination of destinations) {
    const copy = copies.find(({ destination: to }) => to === destination.to);
    if (copy !== undefined && (await destination.states([copy]))[0] === "there") there.push(copy);
  }
  return there;
}

/** Nothing of it is here, and nobody asked for it once more. */
function isNowhere(known: KnownMessage | undefined): boolean {
  if (known === undefined) return true;
  return (known.state === "new" || known.state === "quarantined") && known.copies.length === 0 && !known.again;
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

function isRefused(error: unknown): boolean {
  return error instanceof FetchError && error.code === "message-refused";
}
