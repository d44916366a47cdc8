// Messages that are safely here are written down in groups: one sync for many, and always before anything is removed.
import type { CollectedMessage } from "../state/arrivals.ts";
import type { FetchState } from "../state/fetch-state.ts";

const GROUP_MAX = 256;

export interface Journalled {
  readonly id: number;
  /** Message-number in this session. */
  readonly n: number;
  readonly message: CollectedMessage;
}

export class Journal {
  readonly #state: FetchState;
  readonly #source: string;
  readonly #checkpoint: (step: string) => void;
  readonly #groupMax: number;
  #waiting: { readonly n: number; readonly message: CollectedMessage }[] = [];
  readonly #written: Journalled[] = [];
  readonly #hereBefore: number[] = [];

  constructor(o: {
    readonly state: FetchState;
    readonly source: string;
    readonly checkpoint: (step: string) => void;
    readonly atOnce: boolean;
  }) {
    this.#state = o.state;
    this.#source = o.source;
    this.#checkpoint = o.checkpoint;
    this.#groupMax = o.atOnce ? 1 : GROUP_MAX;
  }

  add(n: number, message: CollectedMessage): void {
    this.#waiting.push({ n, message });
    if (this.#waiting.length >= this.#groupMax) this.flush();
  }

  flush(): void {
    if (this.#waiting.length === 0) return;
    this.#checkpoint("stored");
    const ids = this.#state.collected(
      this.#source,
      this.#waiting.map(({ message }) => message),
    );
    this.#waiting.forEach(({ n, message }, at) => this.#written.push({ n, message, id: ids[at] as number }));
    this.#waiting = [];
    this.#checkpoint("journalled");
  }

  /** The octets of this one were here before, and are written down. */
  wasHere(n: number): void {
    this.#hereBefore.push(n);
  }

  /** Numbers of all whose octets came and are safely here. */
  get here(): readonly number[] {
    return [...this.#hereBefore, ...this.#written.map(({ n }) => n)];
  }

  /** How many came, written down or not yet. */
  get count(): number {
    return this.#written.length + this.#waiting.length;
  }

  /** What was written down in this session. */
  get written(): readonly Journalled[] {
    return this.#written;
  }
}
