// Listings and plans of sources that were shown, so that what is done next is what was shown.
import { randomBytes } from "node:crypto";
import type { ServerListing } from "../../../retriever/index.ts";

const PLAN_MS = 5 * 60_000;
const LISTING_MS = 10 * 60_000;
const PLANS_MAX = 100;
const LISTINGS_MAX = 8;

interface Plan {
  readonly source: string;
  readonly uniqueIds: readonly string[];
  readonly until: number;
}

export class SourceSeats {
  readonly #plans = new Map<string, Plan>();
  readonly #listings = new Map<string, ServerListing>();

  /** Gives the token that is said back to do it. */
  plan(source: string, uniqueIds: readonly string[], now = Date.now()): string {
    for (const [token, { until }] of this.#plans) {
      if (until > now && this.#plans.size < PLANS_MAX) break;
      this.#plans.delete(token);
    }
    const token = randomBytes(16).toString("base64url");
    this.#plans.set(token, { source, uniqueIds, until: now + PLAN_MS });
    return token;
  }

  /** Once; undefined for one of another source, or too old. */
  take(source: string, token: string, now = Date.now()): readonly string[] | undefined {
    const plan = this.#plans.get(token);
    if (plan?.source !== source) return undefined;
    this.#plans.delete(token);
    return plan.until > now ? plan.uniqueIds : undefined;
  }

  keep(listing: ServerListing): void {
    this.#listings.delete(listing.source);
    this.#listings.set(listing.source, listing);
    const [oldest] = this.#listings.keys();
    if (this.#listings.size > LISTINGS_MAX && oldest !== undefined) this.#listings.delete(oldest);
  }

  /** For the pages after the first. */
  listing(source: string, now = Date.now()): ServerListing | undefined {
    const listing = this.#listings.get(source);
    return listing !== undefined && listing.at + LISTING_MS > now ? listing : undefined;
  }

  forget(source: string): void {
    this.#listings.delete(source);
  }
}
