// When a run logs in again: while something is left to do; after a lost connection, while each brings something or fails
// at another message; after a message that ended its session, while each finds such a message out; and where the server
// holds the maildrop for the session before, which it has not seen end yet.
import { setTimeout as sleep } from "node:timers/promises";
import { Pop3Error } from "@restante/pop/client";
import { REASONS } from "../decide/reasons.ts";
import type { SourceFacts } from "../state/source-facts.ts";
import { readClock, type FetchHouse } from "./house.ts";
import { mayLoginAgain, msUntilLogin } from "./login-delay.ts";
import type { OldMarks } from "./old-marks.ts";
import type { Reporter } from "./reporter.ts";
import { isSpoilt, type RunFailures } from "./run-failures.ts";
import type { RunProgress } from "./run-progress.ts";
import { warning } from "./warnings.ts";

/** New connections after lost ones, while each brings something, or fails at another message. */
const RECONNECTS_MAX = 3;
/** New connections after messages that ended one: each costs what it may have at most before it is found out. */
const SPOILT_MAX = 20;
/** How long a server is given to see that the session before is over, each time. */
const RELEASE_MS = [300, 1_000, 3_000] as const;
/** A session has it. "Please wait" or "user locked" is said to who came too often, and more logins make it last. */
const OF_THE_MAILDROP = /(?:mailbox|maildrop|spool) .*(?:lock|in use|being used|busy)|by another/i;

export interface SessionsOptions {
  readonly house: Pick<FetchHouse, "clock" | "signal">;
  readonly cut: AbortSignal;
  readonly reporter: Reporter;
  readonly facts: () => SourceFacts;
  readonly failures: RunFailures;
  readonly oldMarks: OldMarks;
  readonly progress: RunProgress;
}

/** What the run had before a session. */
interface Before {
  readonly collected: number;
  readonly foundOut: number;
}

export class Sessions {
  readonly #o: SessionsOptions;
  #lost = 0;
  #spoilt = 0;
  #isCutShort = false;
  /** So many times in a row the maildrop was held. */
  #held = 0;

  constructor(o: SessionsOptions) {
    this.#o = o;
  }

  /** The run was stopped where its session ended. */
  get isCutShort(): boolean {
    return this.#isCutShort;
  }

  /** One after another, until one answers that nothing is left to do. Rejects with what ends the run. */
  async each(session: () => Promise<boolean>): Promise<void> {
    for (;;) {
      await this.#untilLogin();
      if (this.#isStopped) return;
      const before = { collected: this.#o.progress.collected.size, foundOut: this.#foundOut };
      try {
        if (await session()) return;
        this.#held = 0;
      } catch (error) {
        if (await this.#mayBeReleased(error)) continue;
        this.#held = 0;
        if (!this.#isAnother(error, before)) return;
      }
    }
  }

  async #untilLogin(): Promise<void> {
    const { house, cut, facts } = this.#o;
    const waitMs = msUntilLogin(facts(), (house.clock ?? readClock)());
    // Cut short, it is the connection that says so.
    if (waitMs > 0) await sleep(waitMs, undefined, { signal: cut }).catch(() => undefined);
  }

  /** Where it may be this run alone that the maildrop is held for: waits, and answers whether another try is worth it. */
  async #mayBeReleased(error: unknown): Promise<boolean> {
    if (!this.#o.progress.hasLoggedIn || !isHeld(error)) return false;
    const waitMs = RELEASE_MS[this.#held];
    if (waitMs === undefined) return false;
    this.#held += 1;
    await sleep(waitMs, undefined, { signal: this.#o.house.signal }).catch(() => undefined);
    return true;
  }

  /** Whether there is another one after what ended this. */
  #isAnother(error: unknown, before: Before): boolean {
    if (!Pop3Error.is(error) || !(isSpoilt(error) || isLostConnection(error))) throw error;
    const isAtAnother = isLostConnection(error) && this.#o.failures.lostConnection();
    if (this.#isStopped) {
      if (this.#o.cut.aborted) throw error;
      this.#isCutShort = true;
      return false;
    }
    return isSpoilt(error) ? this.#isAfterSpoilt(error, before) : this.#isAfterLost(error, { ...before, isAtAnother });
  }

  #isAfterSpoilt(error: Pop3Error, { foundOut }: Before): boolean {
    if (this.#foundOut === foundOut) throw error;
    if (this.#mayLoginAgain && (this.#spoilt += 1) <= SPOILT_MAX) return true;
    const { reporter, oldMarks } = this.#o;
    reporter.stayedToo(REASONS["session-ended"], reporter.untried + oldMarks.untried);
    return false;
  }

  #isAfterLost(error: Pop3Error, o: Before & { readonly isAtAnother: boolean }): boolean {
    const { reporter, progress } = this.#o;
    this.#lost += 1;
    // The others tell whether it was that message, and are not held up by it.
    const hasOthers = reporter.untried > 0 || progress.haveSomeCome;
    // What waits for the removals is tried all the same where they end the session.
    const isOwed = progress.holdsBack && !progress.hasRemoved;
    if (isOwed) progress.hasRemoved = true;
    const hasBrought = progress.collected.size > o.collected || this.#foundOut > o.foundOut;
    const isWorthIt = hasBrought || (o.isAtAnother && hasOthers) || isOwed;
    if (!this.#mayLoginAgain || !isWorthIt || this.#lost > RECONNECTS_MAX) throw error;
    reporter.warn(warning("connection-lost", { why: error.message }));
    return true;
  }

  /** How many messages are known to end a session, and are left alone by this run from then on. */
  get #foundOut(): number {
    const { failures, oldMarks, progress } = this.#o;
    return failures.left + oldMarks.unread + progress.lostHeaders.size;
  }

  get #mayLoginAgain(): boolean {
    return mayLoginAgain(this.#o.facts());
  }

  get #isStopped(): boolean {
    return this.#o.house.signal.aborted;
  }
}

function isHeld(error: unknown): boolean {
  if (!Pop3Error.is(error, "MAILBOX_BUSY")) return false;
  return error.responseCode === "IN-USE" || OF_THE_MAILDROP.test(error.serverText ?? "");
}

function isLostConnection(error: Pop3Error): boolean {
  return error.group === "wire" || error.code === "NETWORK";
}
