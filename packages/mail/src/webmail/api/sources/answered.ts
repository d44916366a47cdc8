// Questions that were answered: the run that asked has not heard of it, and what is told of it asks no more. The next run
// looks for itself.
import type { QuestionKind, SourceReport } from "../../../retriever/index.ts";

type Question = SourceReport["questions"][number];

export class Answered {
  readonly #kinds = new WeakMap<SourceReport, Set<QuestionKind>>();

  add(report: SourceReport | undefined, kind: QuestionKind): void {
    if (report === undefined) return;
    const kinds = this.#kinds.get(report) ?? new Set();
    this.#kinds.set(report, kinds.add(kind));
  }

  /** Those of a run that are open. */
  openIn(report: SourceReport | undefined): readonly Question[] {
    if (report === undefined) return [];
    const kinds = this.#kinds.get(report);
    return report.questions.filter(({ kind }) => kinds?.has(kind) !== true);
  }
}
