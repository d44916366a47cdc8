// Ids of events are `start:number`: another start at each start of the server, and numbers without gaps.
import type { Told } from "./stream.ts";

/** What is to be done with an event by who knows all up to `last`: it is next, was had before, or others are missing. */
export function orderOf(last: string, { id, event }: Told): "next" | "had" | "gap" {
  // Everything is asked for anew, whatever was missed.
  if (event.kind === "resync") return "next";
  const ahead = distance(last, id);
  if (ahead === undefined || ahead > 1) return "gap";
  return ahead === 1 ? "next" : "had";
}

/** From where a stream that stands at `cursor` must be read again for one who knows all up to `last`; undefined when it
 * need not be. From "" on the server says `resync`, which serves everyone. */
export function readAgainFrom(cursor: string, last: string): string | undefined {
  if (cursor === "") return undefined;
  const ahead = distance(last, cursor);
  if (ahead === undefined) return "";
  return ahead > 0 ? last : undefined;
}

/** How many events further `to` is than `from`; undefined for another start. */
function distance(from: string, to: string): number | undefined {
  const [start, number] = from.split(":");
  const [otherStart, otherNumber] = to.split(":");
  const ahead = Number(otherNumber) - Number(number);
  return start === otherStart && Number.isSafeInteger(ahead) ? ahead : undefined;
}
