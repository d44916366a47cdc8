// Who holds which maildrop now. Leases live in the memory of the one owning process; only a takeover is made durable,
// as a higher fence, so that a QUIT of the session before can never remove anything.
import { PopError } from "@restante/pop/maildrop";

/** A holder that did nothing for this long gives way to a new session (STORE: takeover is safe by construction). */
const takeoverIdleMs = 60_000;

export interface Lease {
  readonly account: number;
  readonly holder: string;
  readonly since: number;
  activeAt: number;
  /** Set once the fence is known. */
  fence: number;
}

interface Place {
  lease: Lease | undefined;
  /** A takeover is being made durable. */
  changing: boolean;
  /** How the last session's QUIT ended is not known, so the next one must raise the fence first. */
  doubtful: boolean;
}

export interface AcquireOptions {
  readonly holder: string;
  readonly onBusy: "reject" | "takeover";
}

export class Leases {
  readonly #places = new Map<number, Place>();
  readonly #now: () => number;
  readonly #raiseFence: (account: number) => Promise<number>;

  constructor(o: { readonly now: () => number; readonly raiseFence: (account: number) => Promise<number> }) {
    this.#now = o.now;
    this.#raiseFence = o.raiseFence;
  }

  /** At once when the maildrop is free; a takeover waits until it is durable. Throws PopError MAILDROP_IN_USE. */
  acquire(account: number, options: AcquireOptions): Lease | Promise<Lease> {
    const place = this.#places.get(account);
    if (place === undefined)
      return this.#grant({ lease: undefined, changing: false, doubtful: false }, account, options);
    if (place.changing || (place.lease !== undefined && !this.#givesWay(place.lease, options))) {
      throw new PopError(
        "MAILDROP_IN_USE",
        `account ${account} is held by ${place.lease?.holder ?? "a session that is just opening"}`,
      );
    }
    return this.#takeOver(place, account, options);
  }

  holds(lease: Lease): boolean {
    return this.#places.get(lease.account)?.lease === lease;
  }

  /** Also by one that is idle, or just opening. */
  isHeld(account: number): boolean {
    const place = this.#places.get(account);
    return place !== undefined && (place.lease !== undefined || place.changing);
  }

  touch(lease: Lease): void {
    lease.activeAt = this.#now();
  }

  /** Frees the maildrop if this lease still holds it. `doubtful`: its QUIT may or may not have happened. */
  release(lease: Lease, o: { readonly doubtful: boolean } = { doubtful: false }): void {
    const place = this.#places.get(lease.account);
    if (place?.lease !== lease) return;
    place.lease = undefined;
    place.doubtful ||= o.doubtful;
    if (!place.changing && !place.doubtful) this.#places.delete(lease.account);
  }

  list(): readonly { readonly account: string; readonly holder: string; readonly sinceMs: number }[] {
    const now = this.#now();
    return [...this.#places.values()].flatMap(({ lease }) =>
      lease === undefined ? [] : [{ account: String(lease.account), holder: lease.holder, sinceMs: now - lease.since }],
    );
  }

  #givesWay(lease: Lease, { onBusy }: AcquireOptions): boolean {
    return onBusy === "takeover" || this.#now() - lease.activeAt > takeoverIdleMs;
  }

  async #takeOver(place: Place, account: number, options: AcquireOptions): Promise<Lease> {
    place.changing = true;
    try {
      const fence = await this.#raiseFence(account);
      place.doubtful = false;
      return Object.assign(this.#grant(place, account, options), { fence });
    } finally {
      place.changing = false;
      if (place.lease === undefined && !place.doubtful) this.#places.delete(account);
    }
  }

  #grant(place: Place, account: number, { holder }: AcquireOptions): Lease {
    const now = this.#now();
    place.lease = { account, holder, since: now, activeAt: now, fence: 0 };
    this.#places.set(account, place);
    return place.lease;
  }
}
