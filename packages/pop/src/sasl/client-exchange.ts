// An exchange of a client told as one story: a generator that yields responses and is given challenges.
import { SaslClientError, type SaslClientExchange, type SaslClientFailure } from "./client-contract.ts";
import { NO_OCTETS } from "./exchange.ts";

export type ClientStory = AsyncGenerator<Uint8Array, void, Uint8Array>;

/** What a story finds out about the server; it owns and changes it. */
export interface Findings {
  isVerified: boolean;
  failure: SaslClientFailure | undefined;
}

/** Runs a story. It is told with the first challenge, of zero octets for a client that speaks first. */
export function clientExchange(
  findings: Findings,
  tell: (firstChallenge: Uint8Array) => ClientStory,
): SaslClientExchange {
  let story: ClientStory | undefined;
  return {
    get isVerified() {
      return findings.isVerified;
    },
    get failure() {
      return findings.failure;
    },
    async next(challenge = NO_OCTETS) {
      const step = await (story === undefined ? (story = tell(challenge)).next() : story.next(challenge));
      if (step.done !== true) return step.value;
      throw new SaslClientError("UNEXPECTED_CHALLENGE", "the server sent a challenge after the end of the exchange");
    },
  };
}

/** Of a mechanism that has nothing to check. */
export function nothingToCheck(): Findings {
  return { isVerified: true, failure: undefined };
}
