// Tells the observer, and keeps what an observer throws away from the sessions.
import type { ServerObserver, SessionSummary } from "./contract.ts";

export class Reporter {
  readonly #observer: ServerObserver;

  constructor(observer: ServerObserver | undefined) {
    this.#observer = observer ?? {};
  }

  sessionEnded(summary: SessionSummary): void {
    safely(() => this.#observer.sessionEnded?.(summary));
  }

  failed(error: unknown, context: { readonly session: string; readonly while: string }): void {
    safely(() => this.#observer.failed?.(error, context));
  }

  warned(message: string): void {
    safely(() => this.#observer.warned?.(message));
  }
}

/** A mistake in the observer is its program's to hear of, but no reason to end anybody's session. */
function safely(tell: () => void): void {
  try {
    tell();
  } catch (error) {
    process.emitWarning(error instanceof Error ? error : String(error));
  }
}
