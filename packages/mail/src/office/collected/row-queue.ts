// Rows made by one side and read by the other, each at its own pace.

export class RowQueue<Row> implements AsyncIterable<Row> {
  readonly #rows: Row[] = [];
  #hasEnded = false;
  #failure: Error | undefined;
  #wake: () => void = nothing;

  push(row: Row): void {
    this.#rows.push(row);
    this.#wake();
  }

  /** The reader's loop ends behind the last row, or throws. */
  end(failure?: Error): void {
    this.#hasEnded = true;
    this.#failure = failure;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Row, void, undefined> {
    for (;;) {
      const row = this.#rows.shift();
      if (row !== undefined) yield row;
      else if (this.#failure !== undefined) throw this.#failure;
      else if (this.#hasEnded) return;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

function nothing(): void {}
