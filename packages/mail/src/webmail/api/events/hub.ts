// What happened, in order, for whoever listens: the last ten thousand events. Nobody has a queue of their own: a
// listener knows how far it has come, and one that is left behind is told to read everything anew.
import { randomBytes } from "node:crypto";
import type { IndexedChange } from "../../../mailstore/index.ts";
import type { DaemonEvent } from "../../../retriever/index.ts";
import type { ReaderHouse } from "../contract.ts";
import { LIMITS } from "../limits.ts";
import type { ReaderEvent, SourceProgress } from "../schema/index.ts";
import { endedTrouble } from "../sources/shown.ts";

export interface HubEvent {
  readonly id: string;
  readonly event: ReaderEvent;
}

interface Gathered {
  readonly added: Set<number>;
  readonly arrived: Set<number>;
  readonly changed: Set<number>;
  readonly gone: Set<number>;
}

function nothingGathered(): Gathered {
  return { added: new Set(), arrived: new Set(), changed: new Set(), gone: new Set() };
}

const NO_PROGRESS: SourceProgress = {
  phase: "resolve",
  n: 0,
  of: 0,
  octets: 0,
  octetsTotal: 0,
  octetsPerSecond: 0,
};

export class EventHub {
  /** Another at each start: a number from before means nothing now. */
  readonly #start = randomBytes(6).toString("base64url");
  readonly #ring: ReaderEvent[] = [];
  /** Events that have left the ring. */
  #left = 0;
  readonly #waiting = new Set<() => void>();
  readonly #messages = new Map<string, Gathered>();
  readonly #progress = new Map<string, SourceProgress>();
  /** Sources whose progress was not told since it was made. */
  readonly #untold = new Set<string>();
  #isIndexUntold = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #ends: readonly (() => void)[];
  #isClosed = false;

  constructor(house: Pick<ReaderHouse, "index" | "collecting">) {
    this.#ends = [
      house.index.onIndexed((change) => this.#gather(change)),
      house.index.onState(() => {
        this.#isIndexUntold = true;
        this.#later();
      }),
      house.collecting.listen((event) => this.take(event)),
    ];
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** How far things are now. */
  get position(): number {
    return this.#left + this.#ring.length;
  }

  /** Of a Last-Event-ID; undefined when what followed it is not known any more. */
  positionOf(id: string): number | undefined {
    const [start, number] = id.split(":");
    const position = Number(number) + 1;
    if (start !== this.#start || !Number.isSafeInteger(position)) return undefined;
    return position >= this.#left && position <= this.position ? position : undefined;
  }

  /** The event at a position; `missed` for one that has left the ring, undefined while it is yet to come. */
  at(position: number): HubEvent | "missed" | undefined {
    if (position < this.#left) return "missed";
    const event = this.#ring[position - this.#left];
    return event === undefined ? undefined : { id: `${this.#start}:${position}`, event };
  }

  /** The id that stands for everything before a position. */
  idBefore(position: number): string {
    return `${this.#start}:${position - 1}`;
  }

  /** Resolves when there is something new, or when it closes. */
  next(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      if (signal.aborted || this.#isClosed) return resolve();
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }

  tell(event: ReaderEvent): void {
    this.#ring.push(event);
    if (this.#ring.length > LIMITS.eventsKept) {
      // A tenth at a time: what is moved is not moved for each event.
      this.#left += this.#ring.splice(0, Math.ceil(LIMITS.eventsKept / 10)).length;
    }
    this.#wake();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    for (const end of this.#ends) end();
    this.#wake();
  }

  #wake(): void {
    const waiting = [...this.#waiting];
    for (const wake of waiting) wake();
  }

  #gather({ account, added, arrived, changed, gone }: IndexedChange): void {
    const gathered = this.#messages.get(account) ?? nothingGathered();
    for (const id of added) gathered.added.add(id);
    for (const id of arrived) gathered.arrived.add(id);
    for (const id of changed) gathered.changed.add(id);
    for (const id of gone) gathered.gone.add(id);
    this.#messages.set(account, gathered);
    this.#later();
  }

  /** What a run tells, of the daemon or of another. */
  take(event: DaemonEvent): void {
    const { source } = event;
    if (event.kind === "phase") {
      if (event.phase === "connect") this.tell({ kind: "source-started", source });
      this.#makeProgress(source, { phase: event.phase === "done" ? "quit" : event.phase });
    } else if (event.kind === "progress") {
      const { done, total, octetsPerSecond } = event;
      const counts = { n: done.messages, of: total.messages, octets: done.octets, octetsTotal: total.octets };
      this.#makeProgress(source, { ...counts, octetsPerSecond: Math.round(octetsPerSecond) });
    } else if (event.kind === "finished") {
      this.#progress.delete(source);
      this.#untold.delete(source);
      const { arrived, removed } = event.report;
      const trouble = endedTrouble(event.report);
      this.tell({ kind: "source-ended", source, arrived: arrived.messages, removed, trouble });
    } else if (event.kind !== "message") this.tell({ kind: "sources-changed" });
  }

  #makeProgress(source: string, change: Partial<SourceProgress>): void {
    this.#progress.set(source, { ...(this.#progress.get(source) ?? NO_PROGRESS), ...change });
    this.#untold.add(source);
    this.#later();
  }

  #later(): void {
    this.#timer ??= setTimeout(() => this.#flush(), LIMITS.eventEveryMs);
  }

  /** At most one round in a quarter of a second. */
  #flush(): void {
    this.#timer = undefined;
    for (const source of this.#untold) {
      const progress = this.#progress.get(source);
      if (progress !== undefined) this.tell({ kind: "source-progress", source, progress });
    }
    this.#untold.clear();
    // With the counts of any account it is asked for, too.
    if (this.#isIndexUntold && this.#messages.size === 0) this.tell({ kind: "index-changed" });
    this.#isIndexUntold = false;
    for (const [account, gathered] of this.#messages) {
      this.#tellMessages(account, gathered);
      this.tell({ kind: "counts", account });
    }
    this.#messages.clear();
  }

  #tellMessages(account: string, { added, arrived, changed, gone }: Gathered): void {
    for (const id of gone) for (const other of [added, arrived, changed]) other.delete(id);
    for (const id of added) changed.delete(id);
    const count = added.size + changed.size + gone.size;
    if (count > LIMITS.eventIds)
      this.tell({ kind: "messages", account, added: [], changed: [], gone: [], arrived: arrived.size, isMany: true });
    else
      this.tell({
        kind: "messages",
        account,
        added: [...added],
        changed: [...changed],
        gone: [...gone],
        arrived: arrived.size,
        isMany: false,
      });
  }
}
