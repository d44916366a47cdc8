// Octets handed over as they come to somebody who pulls them; the giver waits while the taker is behind.

const HELD_OCTETS_MAX = 262_144;

export class OctetPipe implements AsyncIterable<Uint8Array> {
  #chunks: Uint8Array[] = [];
  #held = 0;
  #hasEnded = false;
  #failure: Error | undefined;
  /** Why the taker went away. */
  #stopped: Error | undefined;
  #wakeTaker: () => void = nothing;
  #wakeGiver: () => void = nothing;

  /** A promise means: wait. Throws what the taker stopped with. */
  write(chunk: Uint8Array): void | Promise<void> {
    if (this.#stopped !== undefined) throw this.#stopped;
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    this.#wakeTaker();
    if (this.#held > HELD_OCTETS_MAX) return this.#room();
  }

  end(): void {
    this.#hasEnded = true;
    this.#wakeTaker();
  }

  /** The taker's loop throws this, and has no whole message. */
  fail(error: Error): void {
    if (this.#hasEnded) return;
    this.#failure = error;
    this.#wakeTaker();
    this.stop(error);
  }

  /** The taker takes no more. */
  stop(error: Error): void {
    this.#stopped ??= error;
    this.#chunks = [];
    this.#held = 0;
    this.#wakeGiver();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#held -= chunk.length;
        if (this.#held <= HELD_OCTETS_MAX) this.#wakeGiver();
        yield chunk;
      } else if (this.#hasEnded) return;
      else
        await new Promise<void>((resolve) => {
          this.#wakeTaker = resolve;
        });
    }
  }

  async #room(): Promise<void> {
    while (this.#held > HELD_OCTETS_MAX && this.#stopped === undefined)
      await new Promise<void>((resolve) => {
        this.#wakeGiver = resolve;
      });
    if (this.#stopped !== undefined) throw this.#stopped;
  }
}

function nothing(): void {}
