// Messages that did not come in a run, by what each is told by. What comes after all did not fail, also where the server
// gave it a new unique-id meanwhile.
import type { Decision } from "../decide/decide.ts";
import { messageKey, showUniqueId, type ListedMessage } from "../decide/known.ts";
import type { FailedRow } from "./events.ts";
import { isTold } from "./message-ref.ts";

interface Failure extends Pick<ListedMessage, "uniqueId" | "octets"> {
  readonly row: FailedRow;
}

export class FailedRows {
  readonly #failures = new Map<string, Failure>();
  /** Unique-ids of the last listing. */
  #listed: ReadonlySet<string> = new Set();

  sawListing(listed: readonly ListedMessage[]): void {
    this.#listed = new Set(listed.map(({ uniqueId }) => uniqueId));
  }

  add(decision: Decision, o: Omit<FailedRow, "uniqueId">): void {
    const { uniqueId, octets } = decision;
    this.#failures.set(failureKey(decision), { uniqueId, octets, row: { uniqueId: showUniqueId(uniqueId), ...o } });
  }

  has(decision: Decision): boolean {
    return this.#failures.has(failureKey(decision));
  }

  came(decision: Decision): void {
    if (!isTold(decision)) return;
    if (this.#failures.delete(failureKey(decision))) return;
    const renamed = [...this.#failures].find(([, one]) => this.#mayBe(one, decision));
    if (renamed !== undefined) this.#failures.delete(renamed[0]);
  }

  get rows(): readonly FailedRow[] {
    return [...this.#failures.values()].map(({ row }) => row);
  }

  /** As large, and its own unique-id is there no more. */
  #mayBe({ uniqueId, octets, row }: Failure, came: Decision): boolean {
    return octets === came.octets && !row.quarantined && !this.#listed.has(uniqueId);
  }
}

export function failureKey({ uniqueId, octets, isDuplicate, headerHash = "" }: Decision): string {
  return messageKey(uniqueId, octets, isDuplicate ? headerHash : "");
}
