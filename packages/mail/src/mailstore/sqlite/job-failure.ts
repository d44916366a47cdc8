// A failure of the writer thread, made an error again on the event loop's side.
import { PopError } from "@restante/pop/maildrop";
import { DirectoryError } from "../contract.ts";
import type { JobFailure } from "./jobs.ts";

/** The job may have become durable or not. */
export class UnknownOutcomeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UnknownOutcomeError";
  }
}

export function jobError(failure: JobFailure): Error {
  switch (failure.kind) {
    case "refused":
      return new PopError(failure.code, failure.message);
    case "directory":
      return new DirectoryError(failure.code, failure.message);
    case "unknown":
      return new UnknownOutcomeError(failure.message);
    case "mistake":
      return Object.assign(new Error(failure.message), failure.stack === undefined ? {} : { stack: failure.stack });
  }
}
