// Takes one message in as it arrives, counts it, and lets go of it when it is too big or the store fails:
// the rest is then read and dropped, because an LMTP client is answered only after its final dot.
import type { BodyWriter, ReceivedBody } from "../../mailstore/index.ts";

/** What became of the message. */
export type Received =
  | { readonly kind: "body"; readonly body: ReceivedBody }
  | { readonly kind: "too-big" }
  | { readonly kind: "failed"; readonly error: unknown };

/** One message on its way in. */
export class Spool {
  readonly #octetsMax: number;
  readonly #failed: (error: unknown) => void;
  #writer: BodyWriter | undefined;
  #octets = 0;
  #lost: Exclude<Received, { kind: "body" }> | undefined;

  /** `failed` is told of an error that has no recipient to be answered: letting go of what was received. */
  constructor(o: {
    readonly newBody: () => BodyWriter;
    readonly octetsMax: number;
    readonly failed: (error: unknown) => void;
  }) {
    this.#octetsMax = o.octetsMax;
    this.#failed = o.failed;
    try {
      this.#writer = o.newBody();
    } catch (error) {
      this.#lost = { kind: "failed", error };
    }
  }

  /** Octets of the message so far, those that were dropped included. */
  get octets(): number {
    return this.#octets;
  }

  /** Takes the next pieces. A promise means: bring no more until it is settled; it never rejects. */
  take(pieces: readonly Uint8Array[]): void | Promise<void> {
    for (let at = 0; at < pieces.length; at += 1) {
      const waiting = this.#takeOne(pieces[at] as Uint8Array);
      if (waiting !== undefined) return this.#takeLater(waiting, pieces.slice(at + 1));
    }
  }

  /** Ends the message. Call after the last `take` is settled; once. */
  async finish(): Promise<Received> {
    if (this.#lost === undefined && this.#writer !== undefined) {
      try {
        const body = await this.#writer.finish();
        this.#writer = undefined; // it is the body's now
        return { kind: "body", body };
      } catch (error) {
        await this.#lose({ kind: "failed", error });
      }
    }
    return this.#lost ?? { kind: "failed", error: new Error("the message was let go") };
  }

  /** Lets go of everything; safe at any time; never rejects. */
  async discard(): Promise<void> {
    const writer = this.#writer;
    this.#writer = undefined;
    try {
      await writer?.discard();
    } catch (error) {
      this.#failed(error);
    }
  }

  #takeOne(piece: Uint8Array): Promise<void> | undefined {
    this.#octets += piece.length;
    if (this.#octets > this.#octetsMax && this.#lost === undefined) return this.#lose({ kind: "too-big" });
    if (this.#writer === undefined) return undefined;
    try {
      const waiting = this.#writer.write(piece);
      return waiting instanceof Promise
        ? waiting.catch((error: unknown) => this.#lose({ kind: "failed", error }))
        : undefined;
    } catch (error) {
      return this.#lose({ kind: "failed", error });
    }
  }

  async #takeLater(waiting: Promise<void>, rest: readonly Uint8Array[]): Promise<void> {
    await waiting;
    await this.take(rest);
  }

  #lose(lost: Exclude<Received, { kind: "body" }>): Promise<void> {
    this.#lost ??= lost;
    return this.discard();
  }
}
