// Whether mail is missing from lists because what they are answered from is behind, and when that is worth a line.
import type { RouteOutput } from "../../api/schema/index.ts";

export type Behind = "waiting" | "disk" | "failure";

export type Index = RouteOutput<"mailboxes">["index"];

/** Fewer are there in a moment. */
const WAITING_LEAST = 200;

/** Whether so many wait that it is said above every list. Once they do it is said until none does: mail that comes in while
 * mail is prepared would make a line come and go that had one limit. */
export function doManyWait(index: Index | undefined, before: boolean): boolean {
  return index === undefined ? before : index.waiting >= (before ? 1 : WAITING_LEAST);
}

/** What to say above a list; above an empty one whatever may be missing is said. Null when it is nothing. */
export function behindOf(
  index: Index | undefined,
  { isEmpty, doMany }: { readonly isEmpty: boolean; readonly doMany: boolean },
): Behind | null {
  if (index === undefined) return null;
  if (index.stopped !== null) return index.stopped;
  return index.waiting > 0 && (isEmpty || doMany) ? "waiting" : null;
}
