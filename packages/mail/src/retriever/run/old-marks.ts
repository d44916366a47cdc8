// Which of the messages that came before are to be removed there now: each tried once a run, and none that a question
// stands before.
import { Pop3Error } from "@restante/pop/client";
import { isNamed } from "../decide/message-name.ts";
import type { SourceConfig } from "../../config/index.ts";
import type { Decision } from "../decide/decide.ts";
import { guard, whyRestored } from "../decide/guard.ts";
import type { KnownMessage } from "../decide/known.ts";
import { REASONS } from "../decide/reasons.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { FetchHouse } from "./house.ts";
import type { View } from "./look.ts";
import { isSpoilt } from "./run-failures.ts";
import { verify, type Mark, type VerifyOptions } from "./remove.ts";
import type { Reporter } from "./reporter.ts";
import type { RunClock } from "./run-clock.ts";

export interface OldMarksOptions {
  readonly source: Pick<SourceConfig, "name" | "protocol">;
  readonly house: Pick<FetchHouse, "allowed" | "asked" | "state">;
  readonly reporter: Reporter;
  readonly clock: RunClock;
  /** Rows of what this run collected itself. */
  readonly collected: ReadonlySet<number>;
}

export interface ChosenMarks {
  readonly marks: readonly Mark[];
  /** Nothing more is to be removed by this run. */
  readonly isAll: boolean;
  /** Numbers of messages that are not what was collected, and nowhere here. */
  readonly others: readonly number[];
}

export interface ChoiceLimits {
  readonly room: number;
  /** There is no other in this run. */
  readonly isOnlySession: boolean;
}

export class OldMarks {
  readonly #o: OldMarksOptions;
  /** What came before and is to be removed, until that is done. */
  #wanted: readonly Decision[] = [];
  /** Rows this run has tried to remove. */
  readonly #tried = new Set<number>();
  /** Rows of those among them that ended their session, and why they stay. */
  readonly #unread = new Map<number, string>();

  constructor(o: OldMarksOptions) {
    this.#o = o;
  }

  /** Told what a look found. */
  want({ decisions }: View): void {
    this.#wanted = decisions.filter(({ action }) => action === "delete");
  }

  /** Of what is to be removed, how many were not tried yet. */
  get untried(): number {
    return this.#wanted.filter(({ known }) => known !== undefined && !this.#tried.has(known.id)).length;
  }

  /** How many ended their session while they were compared with what was collected. */
  get unread(): number {
    return this.#unread.size;
  }

  /** At most `room` of them, and at least one; those that sessions ended at wait for the others. */
  async choose(maildrop: RemoteMaildrop, view: View, { room, isOnlySession }: ChoiceLimits): Promise<ChosenMarks> {
    const { source, reporter } = this.#o;
    this.#tellUnread(view);
    const allowed = this.#allowed(view);
    // POP1 removes all or nothing.
    const together = source.protocol === "pop1" ? allowed : leastHarmful(allowed);
    const now = together.slice(0, Math.max(1, room));
    if (isOnlySession) reporter.stayedToo(REASONS["not-compared"], allowed.length - now.length);
    const others: number[] = [];
    const onOther = ({ n }: Decision, sha256: string | undefined): void => {
      if (!this.#isHere(sha256)) others.push(n);
    };
    const marks = now.length === 0 ? [] : await this.#verified(now, { maildrop, view, allowed, onOther });
    this.#wanted = [];
    return { marks, isAll: isOnlySession || now.length === allowed.length, others };
  }

  /** As another message. */
  #isHere(sha256: string | undefined): boolean {
    if (sha256 === undefined) return false;
    const { house, source } = this.#o;
    return house.state.known(source.name).some(({ copies }) => copies.some((copy) => copy.sha256 === sha256));
  }

  #tellUnread({ decisions }: View): void {
    for (const { action, known } of decisions) {
      const why = action === "delete" && known !== undefined ? this.#unread.get(known.id) : undefined;
      if (why !== undefined) this.#o.reporter.stayedToo(why, 1);
    }
  }

  /** To be removed, not tried before, and no question stands before it. */
  #allowed(view: View): readonly Decision[] {
    const { source, house, reporter, clock, collected } = this.#o;
    // What this run removed and is there all the same may be a twin: the next run asks.
    const isAgain = ({ id, removedAt }: KnownMessage): boolean => removedAt !== undefined && collected.has(id);
    const deletes = view.decisions.filter(
      ({ action, known }) =>
        action === "delete" && known !== undefined && !this.#tried.has(known.id) && !isAgain(known),
    );
    if (deletes.length === 0) return [];
    // What a person named one by one was answered before it was asked.
    const isAsked = (one: Decision): boolean => house.asked !== undefined && isNamed(house.asked.remove, one);
    const questions = guard({
      deletes: deletes.filter((one) => !isAsked(one)),
      listed: view.listed.length,
      collectedNow: collected,
      clockDoubt: clock.doubt,
      restored: whyRestored({ ...view, remembered: house.state.restored(source.name) }),
      allowed: house.allowed ?? new Map(),
    });
    for (const question of questions) reporter.ask(question);
    const allowed =
      questions.length === 0
        ? deletes
        : deletes.filter((one) => isAsked(one) || (one.known !== undefined && collected.has(one.known.id)));
    reporter.stayedToo(REASONS.unanswered, deletes.length - allowed.length);
    return allowed;
  }

  /** Of those that are tried now, what is certainly what came before. What ends the session is told by its row. */
  async #verified(
    now: readonly Decision[],
    o: Pick<VerifyOptions, "allowed" | "maildrop" | "onOther"> & { readonly view: View },
  ): Promise<readonly Mark[]> {
    const { state } = this.#o.house;
    const { headers, decisions: listed } = o.view;
    let row: number | undefined;
    const onWait = ({ known }: Decision): void => void (row = known?.id);
    try {
      const marks = await verify(now, { ...o, headers, state, reporter: this.#o.reporter, listed, onWait });
      for (const { known } of now) if (known !== undefined) this.#tried.add(known.id);
      return marks;
    } catch (error) {
      if (row !== undefined && Pop3Error.is(error) && error.code !== "ABORTED") this.#endedBy(row, error);
      throw error;
    }
  }

  /** The others go on in another session. */
  #endedBy(row: number, error: Pop3Error): void {
    const why = REASONS[isSpoilt(error) ? "changed-there" : "not-compared"];
    this.#tried.add(row);
    this.#unread.set(row, why);
    this.#o.house.state.lostAt(row);
    this.#o.reporter.stayedToo(why, 1);
  }
}

/** Those that end every session would hold up for good the ones that a session ended at once. */
function leastHarmful(decisions: readonly Decision[]): readonly Decision[] {
  const lostRuns = ({ known }: Decision): number => known?.lostRuns ?? 0;
  const least = decisions.reduce((fewest, one) => Math.min(fewest, lostRuns(one)), Infinity);
  return decisions.filter((one) => lostRuns(one) === least);
}
