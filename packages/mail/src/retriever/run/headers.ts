// What headers of listed messages show: asked for once a session and many at a time, looked at as they come, not kept. One
// that a connection was lost at is not asked for again in the same run: whoever wanted it goes on without.
import { Pop3Error } from "@restante/pop/client";
import type { FilterVerdict } from "../decide/decide.ts";
import { messageKey, NAMELESS, type ListedMessage } from "../decide/known.ts";
import type { RemoteMaildrop } from "../remote/maildrop.ts";
import type { Filters } from "./filters.ts";
import { headerHash, isDistinct } from "./header.ts";

/** Asked for together; the client pipelines what it may. */
const TOGETHER = 64;

export interface HeadersOptions {
  readonly maildrop: RemoteMaildrop;
  readonly filters: Filters | undefined;
  /** Where there is no TOP, the message is retrieved for its header: never by who only looks, for it may be gone then. */
  readonly mayRetrieve: boolean;
  /** Told before headers are asked for. */
  readonly onAsk: () => void;
  /** Keys of messages this run lost a connection at while their header was asked for. */
  readonly lost?: ReadonlySet<string> | undefined;
  /** Told the key of such a message, before the lost session rejects. */
  readonly onLost?: ((key: string) => void) | undefined;
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

  /** An earlier session of this run was lost at it. */
  isLost(message: ListedMessage): boolean {
    return this.#o.lost?.has(keyOf(message)) === true;
  }

  /** Numbers of those whose header no other message has. */
  get distinct(): ReadonlySet<number> {
    return this.#distinct;
  }

  /** Asks by TOP for one that is kept until somebody takes it. False: it is refused. */
  async tryOne(message: ListedMessage): Promise<boolean> {
    const { n } = message;
    if (!this.#answered.has(n)) this.#o.onAsk();
    try {
      await this.#askOne(n, { onlyTop: true, see: (header) => (this.#kept = { n, header }) });
    } catch (error) {
      this.#noteLost(message);
      throw error;
    }
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

  /** A message whose header is refused has none; a lost connection rejects, once it is noted whose header it was lost at. */
  async ask<Message extends ListedMessage>(
    messages: readonly Message[],
    onLost: (message: Message) => void = (message) => this.#noteLost(message),
  ): Promise<void> {
    const missing = messages.filter((one) => !this.#answered.has(one.n) && !this.isLost(one));
    if (missing.length > 0) this.#o.onAsk();
    for (let at = 0; at < missing.length; at += TOGETHER) {
      // All of them, so that it is known which were answered before the connection was lost.
      const asked = await Promise.allSettled(missing.slice(at, at + TOGETHER).map(({ n }) => this.#askOne(n)));
      const rejected = asked.find(({ status }) => status === "rejected");
      if (rejected?.status !== "rejected") continue;
      // Answers come in the order of the questions.
      const lost = missing.find(({ n }) => !this.#answered.has(n));
      if (lost !== undefined) onLost(lost);
      throw rejected.reason;
    }
  }

  #noteLost(message: ListedMessage): void {
    this.#o.onLost?.(keyOf(message));
  }

  async #askOne(
    n: number,
    {
      onlyTop = !this.#o.mayRetrieve,
      see,
    }: { readonly onlyTop?: boolean; readonly see?: (header: Buffer) => unknown } = {},
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

/** Of several that have no name, or share one, the number tells which it is, as long as none before them goes. */
function keyOf({ n, uniqueId, octets, isDuplicate }: ListedMessage): string {
  return messageKey(uniqueId, octets, isDuplicate || uniqueId === NAMELESS ? `${n}` : "");
}
