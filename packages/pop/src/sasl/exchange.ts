// An exchange told as one story: a generator that yields challenges, is given responses and returns the verdict.
import type { SaslServerExchange, SaslStep, Verdict } from "./contract.ts";

export type ExchangeStory = AsyncGenerator<Uint8Array, Verdict, Uint8Array>;

/** Every failed check looks the same to the peer. */
export const REFUSED: Verdict = { kind: "refused" };
export const NO_OCTETS: Uint8Array = new Uint8Array(0);

/** Runs a story. Its first argument is the initial response, undefined when none was given. */
export function exchangeOf(tell: (initial: Uint8Array | undefined) => ExchangeStory): SaslServerExchange {
  let story: ExchangeStory | undefined;
  let isOver = false;
  return {
    async next(response: Uint8Array | undefined): Promise<SaslStep> {
      if (isOver) throw new Error("this SASL exchange is over");
      isOver = true; // Also when the step fails, and for whoever asks before it has ended.
      const step = story === undefined ? (story = tell(response)).next(NO_OCTETS) : story.next(response ?? NO_OCTETS);
      const result = await step;
      if (result.done) return { kind: "done", verdict: result.value };
      isOver = false;
      return { kind: "challenge", octets: result.value };
    },
  };
}
