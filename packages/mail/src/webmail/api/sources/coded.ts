// What the retriever says in words, by its code: the reader has words of its own for each.
// What the retriever can say and the schema does not list does not compile.
import {
  questionValues,
  readAdvice,
  readClockDoubt,
  readReason,
  readWarning,
  RESTORED_TEXTS,
  type Question,
} from "../../../retriever/index.ts";
import type { Reason, SourceQuestion, SourceWarning, Trouble } from "../schema/index.ts";

export function codedAdvice(advice: readonly string[]): Trouble["advice"] {
  return advice.flatMap((text) => readAdvice(text)?.code ?? []);
}

/** A text of an earlier build may be in none of the tables. */
export function codedReason(why: string): Reason {
  return readReason(why)?.code ?? "other";
}

export function codedWarning(words: string): SourceWarning {
  const { code, values } = readWarning(words) ?? { code: "other", values: {} };
  return { code, values: { ...values }, words };
}

export function codedQuestion(question: Question): SourceQuestion {
  const { kind, messages, text: words } = question;
  const values: Readonly<Record<string, string>> = questionValues(question) ?? {};
  const number = (name: string): number => Number(values[name] ?? 0);
  switch (kind) {
    case "many":
      return { kind, messages, words, going: number("going"), listed: number("listed") };
    case "clock": {
      const doubt = readClockDoubt(values["doubt"] ?? "");
      const days = Number.parseInt(doubt?.values["days"] ?? "", 10);
      return { kind, messages, words, clock: doubt?.code ?? "behind", days: Number.isNaN(days) ? 1 : days };
    }
    case "restored":
      return { kind, messages, words, what: values["what"] === RESTORED_TEXTS.memory ? "memory" : "server" };
    case "migration":
      return { kind, messages, words, gone: number("gone"), came: number("came"), adopted: number("adopted") };
  }
}
