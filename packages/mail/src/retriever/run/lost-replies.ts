// Replies to commands that were sent together and that never came: each moves those behind it by one, and is seen only when
// one of them is not as long as LIST told. Where sizes are wrong, too, one before that may have come in the place of another.
// The last of those moved comes again as itself, with the octets that are here as the one before it: that proves it.
import type { Copy } from "../decide/known.ts";
import type { Journal, Journalled } from "./journal.ts";

/** As many as the client ever asks for together; and what is written down later than it came. */
const SUSPECTS_MAX = 1_000;

export interface CameNow {
  readonly uniqueId: string;
  readonly sha256: string;
  readonly octets: number;
  readonly listedOctets: number;
}

/** Of all sessions of a run. */
export class LostReplies {
  #areThere = false;
  #journal: Journal | undefined;
  #countThen: number | undefined;
  #earlier: readonly Journalled[] = [];
  #isProved = false;
  /** Asked for again, until their octets come. */
  readonly #doubted: Journalled[] = [];

  /** Of another session. */
  begin(): void {
    this.#earlier = [...this.#earlier, ...this.#around()];
    this.#areThere = false;
    this.#journal = undefined;
    this.#countThen = undefined;
  }

  /** Some were lost in this session. */
  get areThere(): boolean {
    return this.#areThere;
  }

  /** Some may have been lost in this run. */
  get areSuspected(): boolean {
    return this.#countThen !== undefined || this.#earlier.length > 0 || this.#doubted.length > 0;
  }

  /** From now on messages are collected. */
  watch(journal: Journal): void {
    this.#journal = journal;
  }

  /** A reply did not come, or not as it should be. */
  suspected(): void {
    this.#countThen ??= this.#journal?.count;
  }

  /** Asked for alone, it came at once. */
  seen(): void {
    this.#areThere = true;
    this.suspected();
  }

  /**
   * Where these octets are already, as this message or as another: as one that was as long as that other should be, where
   * this is not as long as LIST told of it. Until that proves it, messages may have the same octets otherwise.
   */
  copiesOf(came: CameNow): readonly Copy[] | undefined {
    const isSame = ({ message }: Journalled): boolean => message.sha256 === came.sha256;
    const isIt = ({ message }: Journalled): boolean => message.message.uniqueId === came.uniqueId;
    const doubted = this.#doubted.filter(isSame);
    const again = doubted.find(isIt) ?? doubted[0];
    if (again !== undefined) {
      this.#doubted.splice(this.#doubted.indexOf(again), 1);
      return copiesIn(again);
    }
    const isOther = (one: Journalled): boolean => isSame(one) && !isIt(one);
    const taken = this.#earlier.find(isOther) ?? this.#around().find(isOther);
    if (taken === undefined) return undefined;
    this.#isProved = true;
    return came.octets !== came.listedOctets && taken.message.message.octets === came.octets
      ? copiesIn(taken)
      : undefined;
  }

  /** Rows of messages of which nobody knows what they are, once one is proved to be another. */
  takeSuspects(): readonly number[] {
    if (!this.#isProved) return [];
    const suspects = [...this.#earlier, ...this.#around()];
    this.#doubted.push(...suspects);
    this.#isProved = false;
    this.#earlier = [];
    this.#countThen = undefined;
    return suspects.map(({ id }) => id);
  }

  /** What was written down shortly before some were found lost, or just after. */
  #around(): readonly Journalled[] {
    const then = this.#countThen;
    if (this.#journal === undefined || then === undefined) return [];
    if (this.#journal.count <= then + SUSPECTS_MAX) this.#journal.flush();
    const around = this.#journal.written.slice(Math.max(0, then - SUSPECTS_MAX), then + SUSPECTS_MAX);
    return around.filter(({ message }) => message.state === "collected");
  }
}

function copiesIn({ message: { copies, sha256 } }: Journalled): readonly Copy[] {
  return copies.map((copy) => ({ ...copy, sha256 }));
}
