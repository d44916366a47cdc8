// Questions that were answered: the run that asked has not heard of it, and what is told of it asks no more. The next run
// looks for itself.
import type { Question, QuestionKind, SourceReport } from "../../../retriever/index.ts";

type RunQuestion = SourceReport["questions"][number];

/** What became of the questions of a run. */
interface Standing {
  /** About so many messages. */
  readonly answered: Map<QuestionKind, number>;
  /** As the run asked it that an answer began. */
  readonly again: Map<QuestionKind, RunQuestion>;
}

type Asked = Pick<Question, "kind" | "messages">;

export class Answered {
  readonly #standing = new WeakMap<SourceReport, Standing>();

  add(report: SourceReport | undefined, { kind, messages }: Asked): void {
    this.#standingOf(report).answered.set(kind, messages);
  }

  /** What the answer began came to nothing. */
  takeBack(report: SourceReport | undefined, kind: QuestionKind): void {
    this.#standingOf(report).answered.delete(kind);
  }

  /** The run that the answer began asks this: the answer was about fewer messages. */
  askAgain(report: SourceReport | undefined, questions: readonly RunQuestion[]): void {
    for (const question of questions) this.#standingOf(report).again.set(question.kind, question);
  }

  /** Those of a run that are open. */
  openIn(report: SourceReport | undefined): readonly RunQuestion[] {
    const { again } = this.#standingOf(report);
    const asked = (report?.questions ?? []).filter(({ kind }) => !again.has(kind));
    return this.openBehind(report, [...asked, ...again.values()]);
  }

  /** Of what a look behind that run asks, what is open: about more messages than were answered for, it is another question. */
  openBehind<Q extends Asked>(report: SourceReport | undefined, questions: readonly Q[]): readonly Q[] {
    const { answered } = this.#standingOf(report);
    return questions.filter(({ kind, messages }) => messages > (answered.get(kind) ?? 0));
  }

  #standingOf(report: SourceReport | undefined): Standing {
    const standing = (report && this.#standing.get(report)) ?? { answered: new Map(), again: new Map() };
    if (report !== undefined) this.#standing.set(report, standing);
    return standing;
  }
}
