// Octets of messages, lent to whoever reads them. Memory that holds octets counts to no thread's cap, so what all messages
// that are read at once have of it is bounded here: the others wait for their turn before they are loaded.
import type { Mailstore } from "../../mailstore/index.ts";
import { ApiError } from "./api-error.ts";
import { LIMITS } from "./limits.ts";
import { Turnstile } from "./turnstile.ts";

export interface MessagePlace {
  readonly account: string;
  readonly messageId: number;
}

export class MessageOctets {
  readonly #store: Pick<Mailstore, "messages" | "octetsOf">;
  readonly #turnstile = new Turnstile({ room: LIMITS.octetsAtOnce, waiting: LIMITS.readingsWaiting });

  constructor(store: Pick<Mailstore, "messages" | "octetsOf">) {
    this.#store = store;
  }

  /**
   * Gives what `work` makes of them; they are its own. Whoever goes away before their turn throws the reason of `signal`.
   * Throws ApiError `too-large`, `busy`, PopError NO_SUCH_MESSAGE.
   */
  async lend<T>(place: MessagePlace, work: (octets: Uint8Array) => Promise<T>, signal?: AbortSignal): Promise<T> {
    const octets = await this.#sizeOf(place);
    if (octets > LIMITS.messageOctets)
      throw new ApiError("too-large", "the message is too large to be shown; save it instead", {
        reason: "too-large-to-show",
      });
    return this.#turnstile.pass(async () => work(await this.#load(place, octets)), { takes: octets, signal });
  }

  /** Of one that is not there whoever loads it is told. */
  async #sizeOf({ account, messageId }: MessagePlace): Promise<number> {
    const [stored] = await this.#store.messages(account, { after: messageId - 1, limit: 1 });
    return stored?.messageId === messageId ? stored.octets : 0;
  }

  async #load({ account, messageId }: MessagePlace, octets: number): Promise<Uint8Array> {
    const whole = new Uint8Array(octets);
    let at = 0;
    for await (const chunk of this.#store.octetsOf(account, messageId)) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }
}
