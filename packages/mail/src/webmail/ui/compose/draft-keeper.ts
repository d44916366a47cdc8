// Keeps a draft on the server while it is written: within three seconds of the last key, one request at a time, each
// with the version the server said last; what did not come there is tried again by itself. Knows no screen.
import type { Draft, DraftAttachment, DraftFields } from "../../api/schema/index.ts";
import { Refusal } from "../data/refusal.ts";

/** After the last key; under three seconds with the request on top. */
const IDLE_MS = 1_500;
/** While somebody types on and on. */
const BUSY_MS = 10_000;
/** After a request that failed: the first of these, then twice as long each time. */
const AGAIN_MS = 3_000;
const AGAIN_MAX_MS = 60_000;

/** failed: it is tried again by itself; refused: it is not. gone: the server has no such draft any more; it was sent or thrown
 * away in another window. */
export type Keeping = "as-it-was" | "changed" | "saving" | "saved" | "failed" | "refused" | "conflict" | "gone";

/** How a draft is opened. changed: what stands in it was left in this browser, and is not kept on the server yet; saved: the
 * server has it after all, and only its answer was lost. */
export type OpenedAs = Extract<Keeping, "as-it-was" | "changed" | "saved">;

export interface Kept {
  readonly version: number;
  readonly updatedAt: number;
}

export interface KeeperOptions {
  readonly save: (version: number, fields: DraftFields) => Promise<Kept>;
  /** The draft as the server has it. */
  readonly look: () => Promise<{ readonly version: number } & DraftFields>;
  readonly onKeeping: (keeping: Keeping, error: unknown) => void;
  /** Called with every change, and with null once the server has it. */
  readonly onCopy: (fields: DraftFields | null, version: number) => void;
}

export class DraftKeeper {
  readonly #o: KeeperOptions;
  #fields: DraftFields;
  #version: number;
  #isDirty = false;
  #isStopped = false;
  #hasCopy = false;
  #running: Promise<void> | null = null;
  #uploads = new Set<Promise<unknown>>();
  /** The same with the saving before each. */
  #attaching = new Set<Promise<unknown>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #dirtySince = 0;
  #failures = 0;
  /** Saved perhaps: what was sent since the server last answered. */
  readonly #unanswered = new Set<string>();

  constructor(draft: Draft, o: KeeperOptions) {
    this.#o = o;
    this.#fields = fieldsOf(draft);
    this.#version = draft.version;
  }

  get fields(): DraftFields {
    return this.#fields;
  }

  get version(): number {
    return this.#version;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Whether the server has all that was written and attached. */
  get isKept(): boolean {
    return !this.#isDirty && this.#running === null && this.#attaching.size === 0;
  }

  /** Whether the copy in the browser, if there is one, is of this keeper. */
  get hasCopy(): boolean {
    return this.#hasCopy;
  }

  change(change: Partial<DraftFields>): void {
    this.#fields = { ...this.#fields, ...change };
    if (!this.#isDirty) this.#dirtySince = Date.now();
    this.#isDirty = true;
    this.#copy(this.#fields);
    this.#o.onKeeping("changed", null);
    this.#schedule();
  }

  /** Saves what is not saved yet, even an empty draft, and gives the version that holds it. Throws Refusal. */
  async flush(): Promise<number> {
    clearTimeout(this.#timer);
    while (this.#isDirty || this.#running !== null || this.#version === 0) await (this.#running ?? this.#save());
    return this.#version;
  }

  /** Saves it, waits for what changes its attachments, and gives the version that holds all of it. Throws Refusal. */
  async settle(): Promise<number> {
    await this.flush();
    while (this.#attaching.size > 0) await Promise.allSettled(this.#attaching);
    return this.flush();
  }

  /** Runs what changes attachments on the server; `version` is the one it made. */
  async attach<T extends { readonly version: number }>(task: () => Promise<T>): Promise<T> {
    const whole = this.#attach(task);
    this.#attaching.add(whole);
    try {
      return await whole;
    } finally {
      this.#attaching.delete(whole);
    }
  }

  async #attach<T extends { readonly version: number }>(task: () => Promise<T>): Promise<T> {
    await this.flush();
    const running = task();
    this.#uploads.add(running);
    try {
      const done = await running;
      this.#version = Math.max(this.#version, done.version);
      return done;
    } finally {
      this.#uploads.delete(running);
    }
  }

  /** No request follows; what is under way goes on. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
  }

  /** The server said, when asked for something else, that it has no such draft: what is here is in this browser alone. */
  lose(error: unknown): void {
    this.#isDirty = true;
    this.#copy(this.#fields);
    this.#o.onKeeping("gone", error);
  }

  /** The server's newer version is written over. */
  overwrite(version: number): void {
    this.#version = version;
    this.#isDirty = true;
    this.#schedule();
  }

  #schedule(): void {
    this.#flushAfter(Math.max(0, Math.min(IDLE_MS, this.#dirtySince + BUSY_MS - Date.now())));
  }

  #flushAfter(left: number): void {
    if (this.#isStopped) return;
    clearTimeout(this.#timer);
    // What failed is said where it failed; the copy in the browser has the text.
    this.#timer = setTimeout(() => void this.flush().catch(() => undefined), left);
  }

  #copy(fields: DraftFields | null): void {
    this.#hasCopy = fields !== null;
    this.#o.onCopy(fields, this.#version);
  }

  #save(): Promise<void> {
    this.#running = this.#saveOnce().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #saveOnce(): Promise<void> {
    const fields = this.#fields;
    this.#isDirty = false;
    this.#o.onKeeping("saving", null);
    try {
      const { version } = await this.#saved(fields);
      this.#version = version;
      this.#failures = 0;
      this.#unanswered.clear();
    } catch (error) {
      this.#isDirty = true;
      this.#dirtySince = Date.now();
      if (isUnknown(error)) this.#unanswered.add(textOf(fields));
      this.#o.onKeeping(keepingAfter(error), error);
      if (keepingAfter(error) === "failed") this.#flushAfter(Math.min(AGAIN_MAX_MS, AGAIN_MS * 2 ** this.#failures++));
      throw error;
    }
    if (this.#isDirty) return;
    this.#copy(null);
    this.#o.onKeeping("saved", null);
  }

  /** An attachment that arrives meanwhile makes a version of its own, and so does what was sent without an answer: neither
   * is a conflict. */
  async #saved(fields: DraftFields): Promise<Kept> {
    const version = this.#version;
    try {
      return await this.#o.save(version, fields);
    } catch (error) {
      if (!(error instanceof Refusal && error.code === "conflict")) throw error;
      const mayBeOurs = this.#uploads.size > 0 || this.#version !== version;
      if (mayBeOurs) await Promise.allSettled(this.#uploads);
      else if (!(await this.#isOwn())) throw error;
      return this.#o.save(this.#version, fields);
    }
  }

  /** Whether the version the server has is what was sent from here, its answer lost. */
  async #isOwn(): Promise<boolean> {
    if (this.#unanswered.size === 0) return false;
    const kept = await this.#o.look();
    if (!this.#unanswered.has(textOf(kept))) return false;
    this.#version = kept.version;
    return true;
  }
}

export function isGone(error: unknown): boolean {
  return error instanceof Refusal && error.reason === "draft-gone";
}

/** Nobody knows whether it was saved: no answer, one that broke off, or one of something between here and the server. */
function isUnknown(error: unknown): boolean {
  return !(error instanceof Refusal) || error.status === 0 || error.code === "reader/unreadable" || error.status >= 500;
}

/** What was refused for good is said, and waits for whoever writes. */
function mayPass(error: unknown): boolean {
  return isUnknown(error) || (error instanceof Refusal && error.status === 429);
}

/** Alike for drafts that say the same. */
export function textOf(fields: DraftFields): string {
  return JSON.stringify(fieldsOf(fields));
}

function keepingAfter(error: unknown): Keeping {
  if (isGone(error)) return "gone";
  if (error instanceof Refusal && error.code === "conflict") return "conflict";
  return mayPass(error) ? "failed" : "refused";
}

export function fieldsOf(draft: DraftFields): DraftFields {
  const { from, to, cc, bcc, subject, text, html, inReplyTo, references, answers, asksForReceipt } = draft;
  return { from, to, cc, bcc, subject, text, html, inReplyTo, references, answers, asksForReceipt };
}

export function attachedOctets(attachments: readonly Pick<DraftAttachment, "octets">[]): number {
  return attachments.reduce((sum, { octets }) => sum + octets, 0);
}
