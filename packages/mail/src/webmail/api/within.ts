import { ApiError } from "./api-error.ts";

export interface Span {
  readonly signal: AbortSignal;
  /** When what it was for is over. */
  readonly clear: () => void;
}

/**
 * A timer of its own: one of AbortSignal.timeout would live on after the answer, and Node 20 forgets it before its time
 * when AbortSignal.any alone holds it and memory is collected.
 */
export function within(ms: number, client: AbortSignal): Span {
  const late = new AbortController();
  const timer = setTimeout(
    () => late.abort(new ApiError("took-too-long", "it took too long; try again", { reason: "took-too-long" })),
    ms,
  );
  return { signal: AbortSignal.any([late.signal, client]), clear: () => clearTimeout(timer) };
}
