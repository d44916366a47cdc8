// How the parts that ask the accounts and the store speak to the connection they ask for.
import type { SessionEvent } from "../wire/index.ts";

export interface Answers {
  /** A question is under way from now on; `limits.answerMs` is all it gets. */
  asked(): void;
  /** Hands its answer to the session. */
  answer(event: SessionEvent): void;
  /** Something that is not the peer's fault, for the log. */
  failed(error: unknown, during: string): void;
}
