// Counts the octets that messages will be sent as, by going through them as if they were sent: POP1 says how many come
// before the first of them (RFC 918 RETR).
import { Retrieval, type RetrievalOptions } from "./retrieval.ts";
import type { Sending, SendingStep, Sink } from "./sending.ts";

export class Measurement implements Sending {
  readonly #retrieval: Retrieval;

  constructor(options: Omit<RetrievalOptions, "tally">) {
    this.#retrieval = new Retrieval({ ...options, tally: { sent: nothing } });
  }

  get octets(): number {
    return this.#retrieval.octets;
  }

  /** Nothing was said to the peer, so a message that fails may still be answered for. */
  step(): SendingStep {
    const step = this.#retrieval.step(new Counter());
    if (step.kind !== "broken") return step;
    return { kind: "refused", code: "STORE_UNAVAILABLE", cause: step.cause, unsent: [] };
  }

  close(): void {
    this.#retrieval.close();
  }
}

class Counter implements Sink {
  collected = 0;

  text(text: string): void {
    this.collected += text.length;
  }

  octets(octets: Uint8Array): void {
    this.collected += octets.length;
  }
}

function nothing(): void {}
