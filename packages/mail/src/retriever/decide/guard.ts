// Where a run stops and asks: before it removes much that it did not itself just collect, and whenever something says
// that its idea of the past may be wrong.
import { say } from "../said.ts";
import { clockDoubtText, type ClockFinding } from "./clock.ts";
import type { Decision } from "./decide.ts";
import { MIGRATION_TEXT, type MigrationCounts } from "./migration.ts";

export const RUN_QUESTIONS = ["many", "clock", "restored"] as const;

/** What holds back the deletes of a run. */
export type RunQuestionKind = (typeof RUN_QUESTIONS)[number];

/** A migration stops no run: whoever looks before one is asked what the unknown messages are. */
export type QuestionKind = RunQuestionKind | "migration";

/** Questions answered with yes, each about at most so many messages: of more it is asked anew. */
export type Allowed = ReadonlyMap<RunQuestionKind, number>;

/**
 * A yes to a question, as it was asked. To remove many is said of that number. That the clock is right, or that what was
 * restored is, is said of these, whatever it has removed.
 */
export function saidYes({
  kind,
  messages,
}: Pick<RunQuestion, "kind" | "messages">): readonly [RunQuestionKind, number] {
  return [kind, kind === "many" ? messages : Infinity];
}

interface Asked {
  /** In English. */
  readonly text: string;
  /** Messages that stay on the server because of it. */
  readonly messages: number;
}

export type RunQuestion =
  | (Asked & { readonly kind: "many"; readonly going: number; readonly listed: number })
  | (Asked & { readonly kind: "clock"; readonly doubt: ClockFinding })
  | (Asked & { readonly kind: "restored"; readonly what: Restored });

/** Until it is answered with yes, what it is about is left alone. */
export type Question = RunQuestion | (Asked & MigrationCounts & { readonly kind: "migration" });

const QUESTION_TEXTS = {
  many: "remove {going} of {listed} messages from the server in one run?",
  clock: "{doubt}: remove {messages} from the server all the same?",
  restored: "{what}: remove {messages} from the server all the same?",
  migration: `${MIGRATION_TEXT}; collect the other {news} as new?`,
} as const satisfies Readonly<Record<QuestionKind, string>>;

/** What is not known by size and header is new, or was changed by the move: whoever looks can say which. */
export function migrationQuestion(counts: MigrationCounts): Question | undefined {
  const news = counts.came - counts.adopted;
  if (news === 0) return undefined;
  return { kind: "migration", messages: news, ...counts, text: say(QUESTION_TEXTS.migration, { ...counts, news }) };
}

export type Restored = keyof typeof RESTORED_TEXTS;

/** Why what is remembered may be wrong. */
export const RESTORED_TEXTS = {
  memory: "what is remembered here was restored from a backup",
  server: "messages that were removed there are there again: was the server restored from a backup?",
} as const;

/** What a look and the memory say about it; undefined when nothing was restored. */
export function whyRestored(o: {
  /** Of the memory. */
  readonly remembered: Restored | undefined;
  readonly hasLostCopies: boolean;
  readonly reappeared: readonly number[];
}): Restored | undefined {
  if (o.remembered !== undefined || o.hasLostCopies) return o.remembered ?? "memory";
  return o.reappeared.length > 0 ? "server" : undefined;
}

export interface GuardFacts {
  /** To be removed. */
  readonly deletes: readonly Decision[];
  /** In the source's listing. */
  readonly listed: number;
  /** By their ids: what this run collected itself. */
  readonly collectedNow: ReadonlySet<number>;
  readonly clockDoubt: ClockFinding | undefined;
  readonly restored: Restored | undefined;
  readonly allowed: Allowed;
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
  const going = judged.length;
  if (going > MANY && going * 2 > listed)
    questions.push({ kind: "many", messages, going, listed, text: say(QUESTION_TEXTS.many, { going, listed }) });
  if (clockDoubt !== undefined)
    questions.push({
      kind: "clock",
      messages,
      doubt: clockDoubt,
      text: say(QUESTION_TEXTS.clock, { doubt: clockDoubtText(clockDoubt), messages: plural(messages) }),
    });
  if (restored !== undefined)
    questions.push({
      kind: "restored",
      messages,
      what: restored,
      text: say(QUESTION_TEXTS.restored, { what: RESTORED_TEXTS[restored], messages: plural(messages) }),
    });
  return questions.filter(({ kind, messages }) => messages > (allowed.get(kind) ?? 0));
}

function plural(count: number): string {
  return count === 1 ? "one message" : `${count} messages`;
}
