// Replies to commands that were sent together and that never came: each moves those behind it by one, and is seen only when
// one of them is not as long as LIST told. Where sizes are wrong, too, one before that may have come in the place of another.
// The last of those moved comes again as itself, with the octets that are here as the one before it: that proves it.
import { isDoubted, type Copy, type KnownMessage } from "../decide/known.ts";
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
  #doubted: KnownMessage[] = [];

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

  /** Some may have been lost in this run, or were in an earlier one. */
  get areSuspected(): boolean {
    return this.#countThen !== undefined || this.#earlier.length > 0 || this.#doubted.length > 0;
  }

  /** From now on messages are collected; `known` may have other names there by now. */
  watch(journal: Journal, known: readonly KnownMessage[]): void {
    this.#journal = journal;
    this.#doubted = known.filter(isDoubted);
  }

  /** A reply did not come, or not as it should be. */
  suspected(): void {
    this.#countThen ??= this.#journal?.count;
  }

  /** One came that nothing was asked for: each message before it may have come in the place of the next. */
  sawTooMany(): void {
    this.suspected();
    this.#isProved ||= this.areSuspected;
  }

  /** Asked for alone, it came at once. */
  seen(): void {
    this.#areThere = true;
    this.suspected();
  }

  /** Where these octets are already: as this message, or as one that is doubted; or as one that this proves to be another. */
  copiesOf({ uniqueId, sha256, octets, listedOctets }: CameNow): readonly Copy[] | undefined {
    const same = this.#doubted.filter(({ copies }) => copies.some((copy) => copy.sha256 === sha256));
    const again = same.find((known) => known.uniqueId === uniqueId && known.octets === listedOctets) ?? same[0];
    if (again !== undefined) {
      this.#doubted = this.#doubted.filter((known) => known !== again);
      return again.copies.filter((copy) => copy.sha256 === sha256);
    }
    if (octets === listedOctets) return undefined;
    const isTaken = ({ message }: Journalled): boolean =>
      message.sha256 === sha256 && message.message.octets === octets;
    const taken = this.#earlier.find(isTaken) ?? this.#around().find(isTaken);
    this.#isProved ||= taken !== undefined;
    return taken?.message.copies.map((copy) => ({ ...copy, sha256 }));
  }

  /** Everything came, so that the one whose reply was owed did. */
  allCame(): void {
    if (!this.#isProved) this.#forget();
  }

  /** Rows of messages of which nobody knows what they are, once one is proved to be another. */
  takeProved(): readonly number[] {
    return this.#isProved ? this.takeUnproved() : [];
  }

  /** The same where nothing more comes that could prove it. */
  takeUnproved(): readonly number[] {
    const suspects = [...this.#earlier, ...this.#around()];
    this.#forget();
    return suspects.map(({ id }) => id);
  }

  #forget(): void {
    this.#isProved = false;
    this.#earlier = [];
    this.#countThen = undefined;
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
