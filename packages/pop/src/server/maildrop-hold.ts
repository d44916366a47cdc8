// A session's hold on its maildrop: opening, UPDATE, letting go. Whatever comes too late is let go of as well.
import { ERRORS, PopError } from "../wire/index.ts";
import type { Effect, ErrorCode, MessageNumber, SessionEvent } from "../wire/index.ts";
import type { AccountId, CommitOutcome, Maildrop, MaildropStore } from "../maildrop/index.ts";
import type { Answers } from "./answers.ts";

type Opening = Extract<Effect, { readonly kind: "open-maildrop" }>;

export interface HoldOptions {
  readonly store: MaildropStore;
  /** The session's id. */
  readonly holder: string;
  readonly answers: Answers;
  /** Nothing is under way any more. */
  readonly settled: () => void;
}

const CODES: Readonly<Record<Exclude<CommitOutcome, "done">, ErrorCode>> = {
  "lost-lease": "LEASE_LOST",
  failed: "NOTHING_REMOVED",
  unknown: "COMMIT_UNKNOWN",
};

export class MaildropHold {
  /** Held now. */
  maildrop: Maildrop | undefined;
  /** Messages in it, and in those that were held before, when they were opened. */
  listed = 0;
  /** Messages that UPDATE removed, confirmed by the store. */
  removed = 0;
  readonly #options: HoldOptions;
  /** The question whose answer still counts. */
  #question: object | undefined;
  #underWay = 0;
  /** What was let go of is free when this resolves. */
  #released: Promise<void> = Promise.resolve();

  constructor(options: HoldOptions) {
    this.#options = options;
  }

  get isSettled(): boolean {
    return this.#underWay === 0;
  }

  /** The account's maildrop, or the mailbox a peer named, when what was held before is free. */
  async open(account: AccountId, how: Pick<Opening, "mailbox" | "surrogates">): Promise<void> {
    const { store, holder } = this.#options;
    const question = this.#ask();
    try {
      await this.#released;
      const { mailbox, surrogates } = how;
      const named = mailbox === undefined ? undefined : { mailbox: mailboxName(mailbox) };
      const shown = surrogates === undefined ? undefined : { surrogates };
      const maildrop = await store.open(account, { holder, onBusy: "reject", ...named, ...shown });
      this.#opened(maildrop, question);
    } catch (error) {
      this.#answer(question, { kind: "maildrop-refused", code: this.#codeOf(error) });
    }
    this.#done();
  }

  /** UPDATE (RFC 1939 §6). */
  async commit(marked: ReadonlySet<MessageNumber>): Promise<void> {
    const maildrop = this.#held();
    const { size } = marked;
    const question = this.#ask();
    try {
      const outcome = await maildrop.commit(marked);
      if (outcome === "done") this.#removedThem(size);
      this.#answer(question, this.#committed(outcome));
    } catch (error) {
      this.#options.answers.failed(error, "removing messages");
      this.#answer(question, { kind: "commit-failed", code: "COMMIT_UNKNOWN" });
    }
    this.#done();
  }

  /** Unlocks and removes nothing. */
  release(): void {
    const { maildrop } = this;
    this.maildrop = undefined;
    if (maildrop !== undefined) this.#released = this.#release(maildrop);
  }

  /** The store did not answer in time. */
  giveUp(awaited: "maildrop" | "commit"): void {
    const question = this.#question;
    if (question === undefined) return;
    const isOpening = awaited === "maildrop";
    const during = isOpening ? "opening the maildrop" : "removing messages";
    this.#options.answers.failed(new Error("the store gave no answer in time"), during);
    const code = isOpening ? "STORE_UNAVAILABLE" : "COMMIT_UNKNOWN";
    this.#answer(question, { kind: isOpening ? "maildrop-refused" : "commit-failed", code });
  }

  #opened(maildrop: Maildrop, question: object): void {
    if (question !== this.#question) return void this.#release(maildrop);
    this.maildrop = maildrop;
    this.listed += maildrop.count;
    this.#answer(question, { kind: "maildrop-opened", maildrop });
  }

  #removedThem(count: number): void {
    this.removed += count;
    this.maildrop = undefined;
  }

  #committed(outcome: CommitOutcome): SessionEvent {
    if (outcome === "done") return { kind: "committed" };
    const code = CODES[outcome];
    if (outcome !== "lost-lease") {
      this.#options.answers.failed(new PopError(code, `the store says of its commit: ${outcome}`), "removing messages");
    }
    return { kind: "commit-failed", code };
  }

  async #release(maildrop: Maildrop): Promise<void> {
    this.#underWay += 1;
    this.#options.answers.asked();
    try {
      await maildrop.release();
    } catch (error) {
      this.#options.answers.failed(error, "unlocking the maildrop");
    }
    this.#done();
  }

  #held(): Maildrop {
    if (this.maildrop === undefined) throw new Error("no maildrop is open");
    return this.maildrop;
  }

  #ask(): object {
    this.#underWay += 1;
    this.#options.answers.asked();
    return (this.#question = {});
  }

  #answer(question: object, event: SessionEvent): void {
    if (question !== this.#question) return;
    this.#question = undefined;
    this.#options.answers.answer(event);
  }

  #done(): void {
    this.#underWay -= 1;
    if (this.isSettled) this.#options.settled();
  }

  /** A refusal goes to the peer as it is; anything else is an outage. What is the server's fault goes to the log too. */
  #codeOf(error: unknown): ErrorCode {
    const code = error instanceof PopError ? error.code : "STORE_UNAVAILABLE";
    if (ERRORS[code].fault === "server") this.#options.answers.failed(error, "opening the maildrop");
    return code;
  }
}

const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws PopError NO_SUCH_MAILBOX: what is no text is no mailbox's name. */
function mailboxName(octets: Uint8Array): string {
  try {
    return strictUtf8.decode(octets);
  } catch (cause) {
    throw new PopError("NO_SUCH_MAILBOX", "the name is not UTF-8", { cause });
  }
}
