// What a person marks unread is told to whoever would mark it read by itself: of a message that is unread already nothing else
// says so.
import type { Ref } from "../../api/schema/index.ts";

type Hear = (marked: readonly Ref[]) => void;

const hearers = new Set<Hear>();

/** Calls `hear` with what a person marks unread, until the function it gives is called. */
export function watchMarkedUnread(hear: Hear): () => void {
  hearers.add(hear);
  return () => void hearers.delete(hear);
}

export function tellMarkedUnread(marked: readonly Ref[]): void {
  for (const hear of hearers) hear(marked);
}
