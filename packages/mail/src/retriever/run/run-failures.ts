// Whose fault it was that messages did not come in one run. Each counts once a run at most, however often it was tried. A
// lost connection is held against a message at the end of the run, when all that were lost were lost at it, or when it lost
// several while others came. Where others fail likewise it is the link, and a message that is good is not quarantined for
// that, unless very many runs in a row were lost at it.
import type { Pop3Error } from "@restante/pop/client";
import type { Decision } from "../decide/decide.ts";
import { hintsTemporary, type Refusal } from "./outage.ts";
import { hasFailed } from "./queue.ts";

/** A connection that ended while this message came. */
export interface Loss {
  readonly row: number;
  readonly decision: Decision;
  readonly why: string;
}

export interface HeldLoss extends Loss {
  readonly counts: boolean;
}

export class RunFailures {
  readonly #counted = new Set<number>();
  /** The last one at each message, by its row. */
  readonly #lostAt = new Map<number, Loss>();
  /** Rows of messages that ended their session: the next run tries them again. */
  readonly #left = new Set<number>();
  #lost = 0;
  #isAtAnother = false;
  readonly #lostTimes = new Map<number, number>();
  /** The last of each message that came to no end of the connection. */
  readonly #refusals = new Map<number, Refusal>();
  /** Of this session: nothing came behind them so far. */
  readonly #refusedLast = new Set<number>();
  /** Refused while the server was well: others came behind them. */
  readonly #refusedAlone = new Set<number>();
  /** One that failed in an earlier session came: the server gives some of them now, and the others later. */
  #hasMended = false;

  /** How often it was tried in this run, and did not come. */
  timesOf(row: number | undefined): number {
    if (row === undefined) return 0;
    return (this.#lostTimes.get(row) ?? 0) + (this.#counted.has(row) ? 1 : 0);
  }

  isLostAt(row: number | undefined): boolean {
    return row !== undefined && this.#lostTimes.has(row);
  }

  isCounted(row: number | undefined): boolean {
    return row !== undefined && this.#counted.has(row);
  }

  counted(row: number): void {
    this.#counted.add(row);
  }

  refused(refusal: Refusal): void {
    const counts = refusal.counts || this.#refusals.get(refusal.row)?.counts === true;
    this.#refusals.set(refusal.row, { ...refusal, counts });
    this.#refusedLast.add(refusal.row);
  }

  get refusals(): readonly Refusal[] {
    return [...this.#refusals.values()];
  }

  /** What another session gives says nothing about who was refused in the last one. */
  beginSession(): void {
    this.#refusedLast.clear();
  }

  /** All octets of a message came. */
  gaveOne(): void {
    for (const row of this.#refusedLast) this.#refusedAlone.add(row);
    this.#refusedLast.clear();
  }

  /**
   * Refused with words that it is for now, which are about the message where others come behind it: a server that has
   * enough for today gives no more. What failed like that before comes last of all, so that nothing is behind it then: it
   * is about the message still, unless another that failed comes.
   */
  heldRefusals({ haveOthersCome }: { readonly haveOthersCome: boolean }): readonly Refusal[] {
    const hinted = this.refusals.filter(
      ({ row, counts, error }) => !counts && !this.isCounted(row) && hintsTemporary(error),
    );
    const isAlone = ({ row }: Refusal): boolean => this.#refusedAlone.has(row);
    const wasAlone = ({ decision }: Refusal): boolean => !this.#hasMended && (decision.known?.attempts ?? 0) > 0;
    const isServerWell = haveOthersCome && hinted.every((one) => isAlone(one) || wasAlone(one));
    return isServerWell ? hinted : hinted.filter(isAlone);
  }

  /** It ended its session, and would end another one. */
  leave(row: number): void {
    this.#left.add(row);
  }

  isLeft(row: number | undefined): boolean {
    return row !== undefined && this.#left.has(row);
  }

  /** How many did. */
  get left(): number {
    return this.#left.size;
  }

  /** A connection was lost, wherever it was. True when it was at a message that none was lost at before. */
  lostConnection(): boolean {
    const isAtAnother = this.#isAtAnother;
    this.#lost += 1;
    this.#isAtAnother = false;
    return isAtAnother;
  }

  lostAt(loss: Loss): void {
    this.#isAtAnother = !this.#lostTimes.has(loss.row);
    this.#lostAt.set(loss.row, loss);
    this.#lostTimes.set(loss.row, (this.#lostTimes.get(loss.row) ?? 0) + 1);
  }

  /** It came after all. */
  came(decision: Decision): void {
    const { known } = decision;
    if (known === undefined) return;
    this.#lostAt.delete(known.id);
    this.#refusals.delete(known.id);
    this.#hasMended ||= hasFailed(decision);
  }

  /** The messages that connections were lost at and that did not come, and which of them have failed for that. */
  losses({ haveOthersCome }: { readonly haveOthersCome: boolean }): readonly HeldLoss[] {
    return [...this.#lostAt.values()].map((loss) => {
      const times = this.#lostTimes.get(loss.row) ?? 0;
      const isItsFault = times === this.#lost || (haveOthersCome && times > 1);
      return { ...loss, counts: isItsFault && !this.isCounted(loss.row) };
    });
  }
}

/** A message was larger than it may be, and the session did not survive the rest of it. */
export function isSpoilt(error: Pop3Error): boolean {
  return error.code === "MESSAGE_TOO_LARGE" && !error.sessionUsable;
}
