// The right to load remote images of one body, for some hours: the frame of a message has no cookie to show.
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { LIMITS } from "../limits.ts";

/** One HTML body of one message. */
export interface BodyPlace {
  readonly account: string;
  readonly messageId: number;
  readonly part: string;
}

export class Capabilities {
  readonly #key = randomBytes(32);

  /** A path segment. */
  grant({ account, messageId, part }: BodyPlace, now = Date.now()): string {
    const text = `${account}_${messageId}_${part}_${(now + LIMITS.capabilityMs).toString(36)}`;
    return `${text}_${this.#sign(text)}`;
  }

  /** Undefined for one that is not ours, or too old. */
  check(capability: string, now = Date.now()): BodyPlace | undefined {
    const [, text, account, messageId, part, until, signature] =
      /^((\d{1,15})_(\d{1,15})_([\d.]{1,100})_([0-9a-z]{1,12}))_([0-9a-f]{64})$/.exec(capability) ?? [];
    if (text === undefined || signature === undefined) return undefined;
    if (!timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(text)))) return undefined;
    if (Number.parseInt(until ?? "0", 36) < now) return undefined;
    return { account: account ?? "", messageId: Number(messageId), part: part ?? "" };
  }

  #sign(text: string): string {
    return createHmac("sha256", this.#key).update(text).digest("hex");
  }
}
