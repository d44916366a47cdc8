// RFC 2449 §6.5: so many seconds from one login to the next. Counted by a clock that only goes forward, so that no change
// of the time of day locks anybody out; a restart forgets, which lets people in early and never late.
import type { Clock } from "./contract.ts";
import type { Owner } from "./login.ts";

const sweptMax = 10_000;

export class LoginDelays {
  readonly #clock: Required<Clock>;
  /** When each account may log in again; in the order of the last logins. */
  readonly #until = new Map<string, number>();

  constructor(clock: Required<Clock>) {
    this.#clock = clock;
  }

  /** The last login of this account is not long enough ago. */
  isTooEarly({ account }: Owner): boolean {
    return (this.#until.get(account) ?? -Infinity) > this.#clock.now();
  }

  /** +OK was said to a login: from now on it counts. Failed ones do not. */
  began({ account, terms }: Owner): void {
    const seconds = terms?.loginDelaySeconds ?? 0;
    this.#until.delete(account);
    if (seconds <= 0) return;
    this.#until.set(account, this.#clock.now() + seconds * 1_000);
    if (this.#until.size > sweptMax) this.#sweep();
  }

  /** Forgets the oldest that are over; those under way are as many as accounts at most. */
  #sweep(): void {
    const now = this.#clock.now();
    for (const [account, until] of this.#until) {
      if (until > now) return;
      this.#until.delete(account);
    }
  }
}
