// Work on a whole mailbox, done in turns: other sources, and whoever reads mail in the same process, have theirs between.
import { setImmediate } from "node:timers/promises";

/** Nobody notices a wait of so long. */
const TURN_MS = 10;

/** Does all of it, and lets go where it yields when it has been at it for long enough. */
export async function inTurns<Result>(work: Generator<void, Result>): Promise<Result> {
  for (let since = performance.now(); ;) {
    const { done, value } = work.next();
    if (done === true) return value;
    if (performance.now() - since < TURN_MS) continue;
    await setImmediate();
    since = performance.now();
  }
}

/** As `map`, one after another. */
export function* eachOf<Item, Made>(items: readonly Item[], make: (item: Item) => Made): Generator<void, Made[]> {
  const made: Made[] = [];
  for (const item of items) {
    made.push(make(item));
    yield;
  }
  return made;
}
