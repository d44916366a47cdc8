// Where a run stops and asks: before it removes much that it did not itself just collect, and whenever something says
// that its idea of the past may be wrong.
import type { Decision } from "./decide.ts";

export type QuestionKind = "many" | "clock" | "restored" | "migration";

/** Until it is answered with yes, what it is about is left alone. */
export interface Question {
  readonly kind: QuestionKind;
  readonly text: string;
  /** Messages that stay on the server because of it. */
  readonly messages: number;
}

export interface GuardFacts {
  /** To be removed. */
  readonly deletes: readonly Decision[];
  /** In the source's listing. */
  readonly listed: number;
  /** By their ids: what this run collected itself. */
  readonly collectedNow: ReadonlySet<number>;
  readonly clockDoubt: string | undefined;
  readonly restored: string | undefined;
  /** Questions answered with yes. */
  readonly allowed: ReadonlySet<QuestionKind>;
}

const MANY = 20;

/** Questions that hold back the deletes; empty when they may go ahead. */
export function guard(facts: GuardFacts): readonly Question[] {
  const { deletes, listed, collectedNow, clockDoubt, restored, allowed } = facts;
  const old = deletes.filter(({ known }) => known === undefined || !collectedNow.has(known.id));
  if (old.length === 0) return [];
  // What the run that collected it wanted removed is not judged again, unless its record may be an old one.
  const judged = restored === undefined ? old.filter(({ isUnfinished }) => isUnfinished !== true) : old;
  const questions: Question[] = [];
  const messages = old.length;
  if (judged.length > MANY && judged.length * 2 > listed)
    questions.push({
      kind: "many",
      messages,
      text: `remove ${judged.length} of ${listed} messages from the server in one run?`,
    });
  if (clockDoubt !== undefined)
    questions.push({
      kind: "clock",
      messages,
      text: `${clockDoubt}: remove ${plural(messages)} from the server all the same?`,
    });
  if (restored !== undefined)
    questions.push({
      kind: "restored",
      messages,
      text: `${restored}: remove ${plural(messages)} from the server all the same?`,
    });
  return questions.filter(({ kind }) => !allowed.has(kind));
}

function plural(count: number): string {
  return count === 1 ? "one message" : `${count} messages`;
}
