// The token in the address a start prints: lets one browser in, once, and is another after that and at every start.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

export class StartTokens {
  #token: string | undefined;

  /** A fresh one; the one before opens nothing any more. */
  renew(): string {
    this.#token = randomBytes(32).toString("base64url");
    return this.#token;
  }

  /** The one that is good now; made when there is none. */
  current(): string {
    return this.#token ?? this.renew();
  }

  /** True once for each. */
  use(token: string): boolean {
    if (this.#token === undefined || !timingSafeEqual(digest(token), digest(this.#token))) return false;
    this.#token = undefined;
    return true;
  }
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
