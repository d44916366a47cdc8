// Messages that are being made durable while others come in: how many there are, and a wait for there to be fewer.

export class Keeping {
  #count = 0;
  #wake: () => void = nothing;

  /** It settles by itself, and never rejects. */
  add(work: Promise<void>): void {
    this.#count += 1;
    void work.then(() => {
      this.#count -= 1;
      this.#wake();
    });
  }

  /** One at a time waits. */
  async fewerThan(max: number): Promise<void> {
    while (this.#count >= max)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    this.#wake = nothing;
  }
}

function nothing(): void {}
