// Questions that were answered: the run that asked has not heard of it, and what is told of it asks no more. The next run
// looks for itself.
import type { Question, QuestionKind, SourceReport } from "../../../retriever/index.ts";

type RunQuestion = SourceReport["questions"][number];

/** Undefined: it is answered; else as it was asked again, by the run that the answer began. */
type Standing = Map<QuestionKind, RunQuestion | undefined>;

export class Answered {
  readonly #standing = new WeakMap<SourceReport, Standing>();

  add(report: SourceReport | undefined, kind: QuestionKind): void {
    this.#standingOf(report).set(kind, undefined);
  }

  /** The answer was about fewer messages than there are by now. */
  askAgain(report: SourceReport | undefined, questions: readonly RunQuestion[]): void {
    for (const question of questions) this.#standingOf(report).set(question.kind, question);
  }

  /** Those of a run that are open. */
  openIn(report: SourceReport | undefined): readonly RunQuestion[] {
    const standing = this.#standingOf(report);
    return (report?.questions ?? []).flatMap((one) => (standing.has(one.kind) ? (standing.get(one.kind) ?? []) : one));
  }

  /** Of what a look behind that run asks, what is open. */
  openBehind(report: SourceReport | undefined, questions: readonly Question[]): readonly Question[] {
    const standing = this.#standingOf(report);
    return questions.filter(({ kind }) => !standing.has(kind) || standing.get(kind) !== undefined);
  }

  #standingOf(report: SourceReport | undefined): Standing {
    if (report === undefined) return new Map();
    const standing: Standing = this.#standing.get(report) ?? new Map();
    this.#standing.set(report, standing);
    return standing;
  }
}
