// What the retriever says, by its code: the reader has words of its own for each, and the command line gets the English ones.
// What the retriever can say and the schema does not list does not compile.
import { readReason, type Advice, type Question, type Warning } from "../../../retriever/index.ts";
import type { Reason, SourceQuestion, SourceWarning, Trouble } from "../schema/index.ts";

export function codedAdvice(advice: readonly Advice[]): Trouble["advice"] {
  return advice.map(({ code }) => code);
}

/** fetch.db keeps texts; one of an earlier build may be in no table. */
export function codedReason(why: string): Reason {
  return readReason(why)?.code ?? "other";
}

export function codedWarning({ code, values, text: words }: Warning): SourceWarning {
  return { code, values: { ...values }, words };
}

export function codedQuestion(question: Question): SourceQuestion {
  const { messages, text: words } = question;
  switch (question.kind) {
    case "many":
      return { kind: "many", messages, words, going: question.going, listed: question.listed };
    case "clock":
      return { kind: "clock", messages, words, clock: question.doubt.code, days: question.doubt.days };
    case "restored":
      return { kind: "restored", messages, words, what: question.what };
    case "migration": {
      const { gone, came, adopted } = question;
      return { kind: "migration", messages, words, gone, came, adopted };
    }
  }
}
