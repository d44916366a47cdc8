// Whether what was collected is still where it was put.
import type { CopyState } from "../decide/decide.ts";
import type { Copy, KnownMessage } from "../decide/known.ts";
import type { Destination } from "../destinations/contract.ts";

/** Of messages that were collected, or their header was, over all of today's destinations: the state that says least for a removal counts. */
export async function copyStates(
  known: readonly KnownMessage[],
  destinations: readonly Destination[],
): Promise<ReadonlyMap<number, CopyState>> {
  const collected = known.filter(({ state }) => state === "collected" || state === "headers-only");
  const states = new Map<number, CopyState[]>(collected.map(({ id }) => [id, []]));
  for (const destination of destinations) {
    const isIn = (copy: Copy): boolean => copy.destination === destination.to;
    const held = collected.flatMap((known) => known.copies.filter(isIn).map((copy) => ({ known, copy })));
    const found = held.length === 0 ? [] : await destination.states(held.map(({ copy }) => copy));
    held.forEach(({ known }, at) => states.get(known.id)?.push(found[at] ?? "missing"));
    // Added since: a removal would leave it without the message for ever.
    for (const { id, copies } of collected) if (!copies.some(isIn)) states.get(id)?.push("elsewhere");
  }
  return new Map(collected.map(({ id, state }) => [id, (state === "collected" ? worst : best)(states.get(id) ?? [])]));
}

function worst(states: readonly CopyState[]): CopyState {
  return (
    (["lost", "missing", "elsewhere", "expired", "removed", "there"] as const).find((state) =>
      states.includes(state),
    ) ?? "elsewhere"
  );
}

/** A header that anybody kept is one whose message is wanted. */
function best(states: readonly CopyState[]): CopyState {
  return worst(states.some((state) => state !== "removed") ? states.filter((state) => state !== "removed") : states);
}
