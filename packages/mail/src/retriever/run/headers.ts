// What headers of listed messages show: asked for once a session and many at a time, looked at as they come, not kept.
import { Pop3Error } from "@restante/pop/client";
import type { FilterVerdict } from "../decide/decide.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { Filters } from "./filters.ts";
import { headerHash, isDistinct } from "./header.ts";

/** Asked for together; the client pipelines what it may. */
const TOGETHER = 64;

export interface HeadersOptions {
  readonly maildrop: RemoteMaildrop;
  readonly filters: Filters | undefined;
  /** Told before headers are asked for. */
  readonly onAsk: () => void;
}

export class Headers {
  readonly #o: HeadersOptions;
  /** Also those that could not be had. */
  readonly #answered = new Set<number>();
  readonly #hashes = new Map<number, string>();
  readonly #distinct = new Set<number>();
  #kept: { readonly n: number; readonly header: Buffer } | undefined;
  readonly #verdicts = new Map<number, FilterVerdict>();

  constructor(o: HeadersOptions) {
    this.#o = o;
  }

  /** Hashes of those that could be had. */
  get hashes(): ReadonlyMap<number, string> {
    return this.#hashes;
  }

  /** Answers come in the order of the questions: of these, the first that has none. */
  firstUnanswered(numbers: readonly number[]): number | undefined {
    return numbers.find((n) => !this.#answered.has(n));
  }

  /** Numbers of those whose header no other message has. */
  get distinct(): ReadonlySet<number> {
    return this.#distinct;
  }

  /** Asks by TOP for one that is kept until somebody takes it. False: it is refused. */
  async tryOne(n: number): Promise<boolean> {
    if (!this.#answered.has(n)) this.#o.onAsk();
    await this.#askOne(n, { onlyTop: true, see: (header) => (this.#kept = { n, header }) });
    return this.#kept?.n === n;
  }

  /** Once: it is not asked for again. */
  takeKept(n: number): Buffer | undefined {
    const { header } = this.#kept?.n === n ? this.#kept : {};
    if (header !== undefined) this.#kept = undefined;
    return header;
  }

  /** What the filters say of it; undefined: nothing, or it was not asked for. */
  verdictOn(n: number): FilterVerdict | undefined {
    return this.#verdicts.get(n);
  }

  /** A message whose header is refused has none; a lost connection rejects. */
  async ask(numbers: Iterable<number>): Promise<void> {
    const missing = [...new Set(numbers)].filter((n) => !this.#answered.has(n));
    if (missing.length > 0) this.#o.onAsk();
    for (let at = 0; at < missing.length; at += TOGETHER) {
      // All of them, so that it is known which were answered before the connection was lost.
      const asked = await Promise.allSettled(missing.slice(at, at + TOGETHER).map((n) => this.#askOne(n)));
      for (const one of asked) if (one.status === "rejected") throw one.reason;
    }
  }

  async #askOne(
    n: number,
    { onlyTop = false, see }: { readonly onlyTop?: boolean; readonly see?: (header: Buffer) => unknown } = {},
  ): Promise<void> {
    try {
      const header = await this.#o.maildrop.headers(n, { onlyTop });
      this.#look(n, header);
      see?.(header);
    } catch (error) {
      if (!Pop3Error.is(error) || !error.sessionUsable) throw error;
    }
    this.#answered.add(n);
  }

  #look(n: number, header: Uint8Array): void {
    this.#hashes.set(n, headerHash(header));
    if (isDistinct(header)) this.#distinct.add(n);
    const verdict = this.#o.filters?.(header);
    if (verdict !== undefined) this.#verdicts.set(n, verdict);
  }
}
