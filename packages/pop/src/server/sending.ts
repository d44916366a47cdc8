// Something long on its way to the peer, made piece by piece as the socket takes it.
import type { ErrorCode } from "../wire/index.ts";

/** What one step came to. */
export type SendingStep =
  /** A write's worth is collected. */
  | { readonly kind: "full" }
  | { readonly kind: "done" }
  /** Nothing can be made until this settles; it never rejects. */
  | { readonly kind: "wait"; readonly until: Promise<void> }
  /** Failed between two messages: `failed` gets a reply, `unsent` were asked for behind it. */
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly cause: unknown; readonly unsent: readonly number[] }
  /** Failed inside a message: whatever else was said would be taken for the message's text. */
  | { readonly kind: "broken"; readonly cause: unknown };

/** Where it goes: the connection's output, or something that only counts. */
export interface Sink {
  /** Octets taken since the last write. */
  readonly collected: number;
  text(text: string): void;
  octets(octets: Uint8Array): void;
}

export interface Sending {
  /** Octets handed over by now, or measured. */
  readonly octets: number;
  /** Makes the next pieces, about one write of them. */
  step(output: Sink): SendingStep;
  /** Lets go of what it holds; safe at any time. */
  close(): void;
}

export const FULL: SendingStep = { kind: "full" };
export const DONE: SendingStep = { kind: "done" };

/** A listing: its text is pulled in chunks, a chunk a step. */
export class ListingSending implements Sending {
  octets = 0;
  readonly #chunks: Iterator<string>;

  constructor(chunks: Iterator<string>) {
    this.#chunks = chunks;
  }

  step(output: Sink): SendingStep {
    const chunk = this.#chunks.next();
    if (chunk.done === true) return DONE;
    output.text(chunk.value);
    this.octets += chunk.value.length;
    return FULL;
  }

  close(): void {
    this.#chunks.return?.();
  }
}
