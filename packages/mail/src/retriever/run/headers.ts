// Headers of listed messages, asked for once a session and many at a time.
import { Pop3Error } from "@restante/pop/client";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import { headerHash } from "./header.ts";

/** Asked for together; the client pipelines what it may. */
const TOGETHER = 64;

export class Headers {
  readonly #maildrop: RemoteMaildrop;
  readonly #onAsk: () => void;
  readonly #headers = new Map<number, Buffer | undefined>();

  /** `onAsk` is told before headers are asked for. */
  constructor(maildrop: RemoteMaildrop, onAsk: () => void) {
    this.#maildrop = maildrop;
    this.#onAsk = onAsk;
  }

  /** Hashes of those that could be had. */
  get hashes(): ReadonlyMap<number, string> {
    const hashes = new Map<number, string>();
    for (const [n, header] of this.#headers) if (header !== undefined) hashes.set(n, headerHash(header));
    return hashes;
  }

  of(n: number): Buffer | undefined {
    return this.#headers.get(n);
  }

  /** A message whose header is refused has none; a lost connection rejects. */
  async ask(numbers: Iterable<number>): Promise<void> {
    const missing = [...new Set(numbers)].filter((n) => !this.#headers.has(n));
    if (missing.length > 0) this.#onAsk();
    for (let at = 0; at < missing.length; at += TOGETHER)
      await Promise.all(missing.slice(at, at + TOGETHER).map((n) => this.#askOne(n)));
  }

  async #askOne(n: number): Promise<void> {
    try {
      this.#headers.set(n, await this.#maildrop.headers(n));
    } catch (error) {
      if (!Pop3Error.is(error) || !error.sessionUsable) throw error;
      this.#headers.set(n, undefined);
    }
  }
}
