// Whether mail is missing from lists because what they are answered from is behind, and when that is worth a line.
import type { RouteOutput } from "../../api/schema/index.ts";

export type Behind = "waiting" | "disk" | "failure";

/** Fewer are there in a moment. */
const WAITING_LEAST = 200;

/** What to say above a list; above an empty one whatever may be missing is said. Null when it is nothing. */
export function behindOf(index: RouteOutput<"mailboxes">["index"] | undefined, isEmpty: boolean): Behind | null {
  if (index === undefined) return null;
  if (index.stopped !== null) return index.stopped;
  return index.waiting >= (isEmpty ? 1 : WAITING_LEAST) ? "waiting" : null;
}
