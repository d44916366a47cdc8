// Messages that look alike: one unique-id, one size and one header, or one name made of their octets. Nothing but their
// number tells which of them are there, so that each has a row from the first look on, before any of them is removed.
import type { KnownMessage } from "./known.ts";

/** In their order, those of `alike` that a listing has which shows so many of them; fewer when it shows more than are known. */
export function stillThere(alike: readonly KnownMessage[], count: number): readonly KnownMessage[] {
  if (count >= alike.length) return alike;
  const there = new Set(
    alike.toSorted((one, other) => doubt(one) - doubt(other) || since(other) - since(one)).slice(0, count),
  );
  return alike.filter((message) => there.has(message));
}

/**
 * How little is known to speak for its being there. One that did not come yet is the last to be taken for gone: of two that
 * look alike a wrong guess collects one again, and does not remove one that nobody has.
 */
function doubt({ state, pending, missing, removedAt, inferred }: KnownMessage): number {
  if (removedAt !== undefined && inferred === undefined) return 4;
  if (removedAt !== undefined || missing > 0) return 3;
  if (pending !== undefined) return 2;
  return state === "collected" ? 1 : 0;
}

/** Of several that were collected the youngest stays, so that none goes before its time. */
function since({ collectedAt = 0 }: KnownMessage): number {
  return collectedAt;
}
