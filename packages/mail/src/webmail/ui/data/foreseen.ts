// Changes that are on their way to the server. What was asked for before it had one may be answered as it was before: each such
// answer is given the change, or it would take back in sight what was done, and a key that toggles would do it twice.
import type { Conversation, Message, Page } from "../../api/schema/index.ts";
import type { ListOf } from "../place/place.ts";

/** What a change makes of an answer. Made of one that has it already, it changes nothing. */
export interface Change {
  page<T extends Page>(page: T, list: ListOf): T;
  conversation(conversation: Conversation): Conversation;
  message(message: Message): Message;
}

/** In the order they were begun, which is that in which they are made. */
const underway = new Set<Change>();
/** Of each question that has no answer yet, the changes that may be missing from it. */
const questions = new Set<Set<Change>>();

export function beginChange(change: Change): void {
  for (const changes of [underway, ...questions]) changes.add(change);
}

/** The server has it: what is asked for from now on is answered with it. */
export function endChange(change: Change): void {
  underway.delete(change);
}

/** It was refused, or is wished back: no answer is given it any more. */
export function dropChange(change: Change): void {
  for (const changes of [underway, ...questions]) changes.delete(change);
}

/** Asks, and gives the answer as the changes leave it that may be missing from it. */
export async function askForeseen<T>(ask: () => Promise<T>, made: (change: Change, answer: T) => T): Promise<T> {
  const missing = new Set(underway);
  questions.add(missing);
  try {
    let answer: T = await ask();
    for (const change of missing) answer = made(change, answer);
    return answer;
  } finally {
    questions.delete(missing);
  }
}
