// What a person marks unread is told to whoever would mark it read by itself: of a message that is unread already nothing else
// says so.
import type { ActedOn } from "./target.ts";

type Hear = (marked: ActedOn) => void;

const hearers = new Set<Hear>();

/** Calls `hear` with what a person marks unread, until the function it gives is called. */
export function watchMarkedUnread(hear: Hear): () => void {
  hearers.add(hear);
  return () => void hearers.delete(hear);
}

/** To be called with what is about to be marked unread. */
export function tellMarkedUnread(marked: ActedOn): void {
  for (const hear of hearers) hear(marked);
}
