// What is still on the server a message was collected from, and what will become of it: by message, from memory alone.
import { loginOfDestination, type SourceConfig } from "../../config/index.ts";
import type { IndexedMessage } from "../../mailstore/index.ts";
import { rowNameOf, type FetchState } from "../../retriever/index.ts";
import type { ReaderHouse } from "./contract.ts";
import type { ServerCopy } from "./schema/index.ts";

type Known = ReturnType<FetchState["known"]>[number];
type Fate = Omit<ServerCopy, "source" | "whole">;

export class ServerCopies {
  readonly #house: ReaderHouse;
  readonly #known = new Map<string, ReadonlyMap<string, Known>>();

  constructor(house: ReaderHouse) {
    this.#house = house;
    house.collecting.listen(({ kind, source }) => {
      if (kind === "finished") this.#known.delete(source);
    });
  }

  /** What is known of this source is read again. */
  forget(source: string): void {
    this.#known.delete(source);
  }

  /** Null for a message of no source. */
  of({ account, messageId, origin }: Pick<IndexedMessage, "account" | "messageId" | "origin">): ServerCopy | null {
    if (origin.kind !== "source") return null;
    const source = this.#house.settings.sources().find(({ name }) => name === origin.name);
    const known = this.#of(origin.name).get(`${account}/${messageId}`);
    const fate = known === undefined ? UNKNOWN : fateOf(known, source);
    const isHeader = known !== undefined && fate.state === "headers-only";
    const whole = isHeader ? { uniqueId: rowNameOf(known), octets: known.octets } : null;
    return { source: origin.name, ...fate, whole };
  }

  /** By "account/message-id": a source may be collected into several accounts, each of which counts its messages itself. */
  #of(source: string): ReadonlyMap<string, Known> {
    const kept = this.#known.get(source);
    if (kept !== undefined) return kept;
    const memory = this.#house.collecting.memory();
    const byPlace = new Map<string, Known>();
    for (const known of memory?.known(source) ?? [])
      for (const { destination, place } of known.copies) {
        const account = this.#accountOf(destination);
        if (account !== undefined) byPlace.set(`${account}/${place}`, known);
      }
    if (memory !== undefined) this.#known.set(source, byPlace);
    return byPlace;
  }

  /** Undefined for what is no account's, such as a Maildir. */
  #accountOf(destination: string): string | undefined {
    const login = loginOfDestination(destination);
    return login === undefined ? undefined : this.#house.accounts.accountOf(login);
  }
}

const UNKNOWN: Fate = { state: "unknown", removeAt: null };

/** What the rule of the source means for one message. */
export function fateOf(known: Known, source: SourceConfig | undefined): Fate {
  if (known.removedAt !== undefined) return { state: "removed", removeAt: null };
  if (known.missing > 0) return UNKNOWN;
  if (source !== undefined && lacksCopies(known, source)) return { state: "kept", removeAt: null };
  if (known.pending !== undefined) return { state: "to-be-removed", removeAt: known.pending.at };
  if (known.state === "headers-only") return { state: "headers-only", removeAt: null };
  if (source === undefined || source.server.keep === "forever") return { state: "kept", removeAt: null };
  const keptMs = Math.max(source.server.keep.ms, source.server.deleteMinAgeMs);
  return { state: "to-be-removed", removeAt: (known.collectedAt ?? known.firstSeenAt) + keptMs };
}

/** Not in every destination of today: one was added since. */
function lacksCopies({ state, copies }: Known, { destinations }: SourceConfig): boolean {
  const having = new Set(copies.map(({ destination }) => destination));
  return state === "collected" && destinations.some(({ to }) => !having.has(to));
}
