// A POP1 session behind the promise API. POP1 reads a whole mailbox at once: a reading goes through its messages in order,
// and one that is asked for out of order begins another. All of them are removed, or none.
import { MboxSplitter, type MboxPart } from "../wire/index.ts";
import { BUFFER_KERNEL } from "./buffer-kernel.ts";
import type { CommitResult, Entry, Pop1Options } from "./contract.ts";
import { Pop3Error, printable } from "./errors.ts";
import type { FamilyLink } from "./family-link.ts";
import { FamilySession, NamesByOctets, type Arrived, type FamilyOpened } from "./family-session.ts";
import type { MessageBody } from "./message-body.ts";

const CHANGED = "the mailbox changed between two readings of it";

/** One reading: from RETR or RDEL to RCVD or RSET. */
class Reading {
  readonly removes: boolean;
  /** The message that was taken last. */
  last = 0;
  /** Behind the last message. */
  isWhole = false;
  readonly #link: FamilyLink;
  readonly #splitter = new MboxSplitter({ kernel: BUFFER_KERNEL });
  #parts: MboxPart[] = [];
  #isDataOver = false;

  constructor(link: FamilyLink, removes: boolean) {
    this.#link = link;
    this.removes = removes;
  }

  /** Goes to the next message; false behind the last one. */
  async next(): Promise<boolean> {
    const part = await this.#part();
    if (part === undefined) {
      this.isWhole = true;
      return false;
    }
    this.last += 1;
    return true;
  }

  /** The octets of the message that `next` went to. */
  async *octets(): AsyncGenerator<Uint8Array> {
    for (let part = await this.#part(); part !== undefined; part = await this.#part()) {
      if (part.kind !== "octets") return;
      yield part.octets;
    }
  }

  async #part(): Promise<MboxPart | undefined> {
    while (this.#parts.length === 0) {
      if (this.#isDataOver) return undefined;
      const chunk = await this.#link.read();
      this.#isDataOver = chunk === undefined;
      this.#parts = [...(chunk === undefined ? this.#splitter.end() : this.#splitter.push(chunk))].reverse();
    }
    return this.#parts.pop();
  }
}

export class Pop1Session extends FamilySession<Pop1Options> {
  #reading: Reading | undefined;
  /** Every message that was read to its end, by its number. */
  readonly #arrived = new Map<number, Arrived>();
  #entries: readonly Entry[] | undefined;

  constructor(opened: FamilyOpened<Pop1Options>) {
    super(opened);
  }

  protected async readListing(): Promise<readonly Entry[]> {
    if (this.#entries !== undefined) return this.#entries;
    const reading = await this.#readingBefore(1);
    while (await reading.next()) await this.#take(reading);
    const { uniqueIds = "none" } = this.opened.options;
    const names = new NamesByOctets();
    this.#entries = [...this.#arrived]
      .sort(([a], [b]) => a - b)
      .map(([n, { octets, sha256 }]) => ({ n, octets, uniqueId: uniqueIds === "none" ? null : names.next(sha256) }));
    return this.#entries;
  }

  protected async receive(n: number, body: MessageBody): Promise<void> {
    const reading = await this.#readingBefore(n);
    while (await reading.next()) {
      if (reading.last < n) {
        await this.#take(reading);
        continue;
      }
      await this.#take(reading, body);
      return body.end();
    }
    throw new Pop3Error("NO_SUCH_MESSAGE", { phase: "retrieve", n });
  }

  protected mark(n: number): Promise<void> {
    if (this.#entries?.some((entry) => entry.n === n) === false) {
      return Promise.reject(new Pop3Error("NO_SUCH_MESSAGE", { phase: "delete", n }));
    }
    this.marked.add(n);
    return Promise.resolve();
  }

  protected async leave(): Promise<CommitResult> {
    const { link } = this.opened;
    const result = this.marked.size === 0 ? COMMITTED : await this.#removeAll();
    if (link.isOver) return result;
    await this.#close();
    await link.say("commit", "QUIT");
    return result;
  }

  protected async giveUp(): Promise<void> {
    await this.#close();
    await this.opened.link.say("session", "QUIT");
  }

  undeleteAll(): Promise<void> {
    this.marked.clear();
    return Promise.resolve();
  }

  noop(): Promise<void> {
    return this.inTurn(async () => {
      if (this.#reading === undefined) await this.opened.link.say("session", "NOOP");
    });
  }

  /** RFC 918 RDEL: all or nothing, and only what is certainly what was read before. */
  async #removeAll(): Promise<CommitResult> {
    const { link } = this.opened;
    const reading = this.#reading?.removes === true ? this.#reading : await this.#readingBefore(1, true);
    try {
      while (!reading.isWhole && (await reading.next())) await this.#take(reading);
    } catch (error) {
      if (!Pop3Error.is(error, "STATE")) throw error;
      return partial(CHANGED);
    }
    for (let n = 1; n <= reading.last; n += 1) {
      if (!this.marked.has(n)) return partial(`POP1 removes a whole mailbox or nothing: message ${n} is to stay`);
    }
    try {
      const { isOk, text } = await link.say("commit", "RCVD");
      this.#reading = undefined;
      return isOk ? COMMITTED : partial(text);
    } catch (cause) {
      return { status: "unknown", error: new Pop3Error("COMMIT_UNKNOWN", { phase: "commit", cause }) };
    }
  }

  /** A reading that has message n before it. */
  async #readingBefore(n: number, removes = this.opened.options.removes === true): Promise<Reading> {
    const { link, options } = this.opened;
    if (
      this.#reading !== undefined &&
      this.#reading.last < n &&
      !this.#reading.isWhole &&
      this.#reading.removes === removes
    )
      return this.#reading;
    await this.#close();
    const { mailbox = "INBOX" } = options;
    const { isOk, text } = await link.say("retrieve", removes ? "RDEL" : "RETR", [mailbox]);
    if (!isOk) throw refusedMailbox(text);
    link.request("RCEV");
    this.#reading = new Reading(link, removes);
    return this.#reading;
  }

  /** Takes the message a reading is at. One that came before has to be the same (P1-C-005). */
  async #take(reading: Reading, body?: MessageBody): Promise<void> {
    const arrived = await this.pump(reading.octets(), body);
    const before = this.#arrived.get(reading.last);
    if (before !== undefined && before.sha256 !== arrived.sha256)
      throw new Pop3Error("STATE", { phase: "retrieve", n: reading.last, message: CHANGED });
    this.#arrived.set(reading.last, arrived);
    this.refuseTooMany(this.#arrived.size);
  }

  /** RSET, which removes nothing, once all the data has come. */
  async #close(): Promise<void> {
    const reading = this.#reading;
    this.#reading = undefined;
    if (reading === undefined) return;
    while ((await this.opened.link.read()) !== undefined);
    await this.opened.link.say("session", "RSET");
  }
}

const COMMITTED: CommitResult = { status: "committed" };

function partial(serverText: string): CommitResult {
  const error = new Pop3Error("COMMIT_PARTIAL", { phase: "commit", serverText });
  return { status: "partial", text: printable(serverText), error };
}

function refusedMailbox(serverText: string): Pop3Error {
  const isBusy = /lock|in use|busy/i.test(serverText);
  return new Pop3Error(isBusy ? "MAILBOX_BUSY" : "COMMAND_REFUSED", { phase: "retrieve", serverText });
}
