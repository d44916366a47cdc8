import type { ReadingFailure } from "./contract.ts";

const WORDS: Readonly<Record<ReadingFailure, string>> = {
  "too-large": "the message is too large to be read here; save it and open it with another program",
  "took-too-long": "the message took too long to read; show its text, or save it",
  "no-such-part": "the message has no such part",
  unreadable: "the message cannot be read; show its source, or save it",
};

/** A message, or a part of it, that cannot be shown. `failure` says why; the text is for a person. */
export class ReadingError extends Error {
  readonly failure: ReadingFailure;

  constructor(failure: ReadingFailure, options?: ErrorOptions) {
    super(WORDS[failure], options);
    this.name = "ReadingError";
    this.failure = failure;
  }
}
