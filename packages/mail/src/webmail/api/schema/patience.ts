// How long an answer may take. The server gives up then; the reader waits as long, and a moment more for the words of it.
import type { RouteName } from "./routes.ts";

/** Of an answer that asks nobody else. */
const ANSWER_MS = 30_000;
/** Of one that talks to another server, or looks at a whole mailbox. */
const REMOTE_MS = 120_000;

const REMOTE: ReadonlySet<RouteName> = new Set([
  "discoverSource",
  "testSource",
  "addSource",
  "changeSource",
  "removeSource",
  "serverMailbox",
  "downloadFromServer",
  "planRemoval",
  "removeFromServer",
  "answerSource",
  "testIdentity",
  "unsubscribe",
  "act",
  "undo",
  "applyRule",
  "emptyMailbox",
  "renameMailbox",
  "removeMailbox",
]);

/** Milliseconds. */
export function patienceFor(name: RouteName): number {
  return REMOTE.has(name) ? REMOTE_MS : ANSWER_MS;
}
