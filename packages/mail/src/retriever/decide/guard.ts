// Where a run stops and asks: before it removes much that it did not itself just collect, and whenever something says
// that its idea of the past may be wrong.
import { readerOf, say, type Said } from "../said.ts";
import type { Decision } from "./decide.ts";
import { MIGRATION_TEXT } from "./migration.ts";

export const RUN_QUESTIONS = ["many", "clock", "restored"] as const;

/** What holds back the deletes of a run. */
export type RunQuestionKind = (typeof RUN_QUESTIONS)[number];

/** A migration stops no run: whoever looks before one is asked what the unknown messages are. */
export type QuestionKind = RunQuestionKind | "migration";

/** Until it is answered with yes, what it is about is left alone. */
export interface Question {
  readonly kind: QuestionKind;
  readonly text: string;
  /** Messages that stay on the server because of it. */
  readonly messages: number;
}

export interface RunQuestion extends Question {
  readonly kind: RunQuestionKind;
}

const AS_NEWS = "; collect the other {news} as new?";

/** What is asked. */
export const QUESTION_TEXTS = {
  many: "remove {going} of {listed} messages from the server in one run?",
  clock: "{doubt}: remove {messages} from the server all the same?",
  restored: "{what}: remove {messages} from the server all the same?",
  migration: `${MIGRATION_TEXT}${AS_NEWS}`,
} as const satisfies Readonly<Record<QuestionKind, string>>;

/** `described` says what was found; so many of it would be collected. */
export function migrationQuestionText(described: string, news: number): string {
  return described + say(AS_NEWS, { news });
}

/** What stands in the text of a question; undefined when it is not made like today's. */
export function questionValues({ kind, text }: Question): Said<QuestionKind>["values"] | undefined {
  return readerOf({ [kind]: QUESTION_TEXTS[kind] })(text)?.values;
}

/** Why what is remembered may be wrong. */
export const RESTORED_TEXTS = {
  memory: "what is remembered here was restored from a backup",
  server: "messages that were removed there are there again: was the server restored from a backup?",
} as const;

/** What a look and the memory say about it; undefined when nothing was restored. */
export function whyRestored(o: {
  /** Of the memory. */
  readonly remembered: string | undefined;
  readonly hasLostCopies: boolean;
  readonly reappeared: readonly number[];
}): string | undefined {
  if (o.remembered !== undefined || o.hasLostCopies) return o.remembered ?? RESTORED_TEXTS.memory;
  return o.reappeared.length > 0 ? RESTORED_TEXTS.server : undefined;
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
  readonly allowed: ReadonlySet<RunQuestionKind>;
}

const MANY = 20;

/** Questions that hold back the deletes; empty when they may go ahead. */
export function guard(facts: GuardFacts): readonly RunQuestion[] {
  const { deletes, listed, collectedNow, clockDoubt, restored, allowed } = facts;
  const old = deletes.filter(({ known }) => known === undefined || !collectedNow.has(known.id));
  if (old.length === 0) return [];
  // What the run that collected it wanted removed is not judged again, unless its record may be an old one.
  const judged = restored === undefined ? old.filter(({ isUnfinished }) => isUnfinished !== true) : old;
  const questions: RunQuestion[] = [];
  const messages = old.length;
  if (judged.length > MANY && judged.length * 2 > listed)
    questions.push({
      kind: "many",
      messages,
      text: say(QUESTION_TEXTS.many, { going: judged.length, listed }),
    });
  if (clockDoubt !== undefined)
    questions.push({
      kind: "clock",
      messages,
      text: say(QUESTION_TEXTS.clock, { doubt: clockDoubt, messages: plural(messages) }),
    });
  if (restored !== undefined)
    questions.push({
      kind: "restored",
      messages,
      text: say(QUESTION_TEXTS.restored, { what: restored, messages: plural(messages) }),
    });
  return questions.filter(({ kind }) => !allowed.has(kind));
}

function plural(count: number): string {
  return count === 1 ? "one message" : `${count} messages`;
}
