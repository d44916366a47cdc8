// A POP2 session behind the promise API. A message that came is acknowledged when it is known what becomes of it: the next
// thing asked for keeps it (ACKS), `delete` marks it (ACKD), `rollback` says that it did not arrive (NACK).
import type { CommitResult, Entry } from "./contract.ts";
import { Pop3Error, printable } from "./errors.ts";
import { FamilySession, NamesByOctets, type FamilyOpened } from "./family-session.ts";
import type { FamilyOptions } from "./contract.ts";
import type { MessageBody } from "./message-body.ts";

export class Pop2Session extends FamilySession {
  /** Messages of the mailbox, by HELO or FOLD. */
  readonly #count: number;
  /** Came, and is not acknowledged. */
  #unacknowledged: number | undefined;
  /** What the octets of each message were, where they were read. */
  readonly #hashes = new Map<number, string>();
  /** A mailbox holds still for a session. */
  #entries: readonly Entry[] | undefined;

  constructor(opened: FamilyOpened<FamilyOptions>, count: number) {
    super(opened);
    this.#count = count;
  }

  protected async readListing(): Promise<readonly Entry[]> {
    this.#entries ??= await this.#readAll();
    return this.#entries.filter(({ n }) => !this.marked.has(n));
  }

  async #readAll(): Promise<readonly Entry[]> {
    const { uniqueIds = "none" } = this.opened.options;
    this.refuseTooMany(this.#count);
    const names = new NamesByOctets();
    const entries: Entry[] = [];
    for (let n = 1; n <= this.#count; n += 1) {
      // P2-C-012: a message that was removed has no octets, and those behind it are there.
      const octets = this.marked.has(n) ? 0 : await this.#read(n);
      if (octets === 0) continue;
      const uniqueId = uniqueIds === "none" ? null : names.next(await this.#take(n));
      entries.push({ n, uniqueId, octets });
    }
    return entries;
  }

  protected async receive(n: number, body: MessageBody): Promise<void> {
    if ((await this.#read(n)) === 0) throw new Pop3Error("NO_SUCH_MESSAGE", { phase: "retrieve", n });
    await this.#take(n, body);
    body.end();
    // P2-C-006: of a message that its reader gave up, it is said that it did not arrive.
    if (!(await arrived(body))) await this.#acknowledge("NACK");
  }

  /** P2-C-007: by whoever has made it durable. A message that is not the last one that came has to come again. */
  protected async mark(n: number): Promise<void> {
    if (this.#unacknowledged !== n) {
      const before = this.#hashes.get(n);
      if ((await this.#read(n)) === 0) throw new Pop3Error("NO_SUCH_MESSAGE", { phase: "delete", n });
      const now = await this.#take(n);
      if (before !== undefined && before !== now) {
        await this.#acknowledge("NACK");
        const message = `message ${n} is not the one that came before`;
        throw new Pop3Error("NO_SUCH_MESSAGE", { phase: "delete", n, message });
      }
    }
    await this.#acknowledge("ACKD");
    this.marked.add(n);
  }

  protected async leave(): Promise<CommitResult> {
    await this.#acknowledge("ACKS");
    try {
      const { isOk, text } = await this.opened.link.say("commit", "QUIT");
      if (isOk) return { status: "committed", text: printable(text) };
      const error = new Pop3Error("COMMIT_PARTIAL", { phase: "commit", serverText: text });
      return { status: "partial", text: printable(text), error };
    } catch (cause) {
      return { status: "unknown", error: new Pop3Error("COMMIT_UNKNOWN", { phase: "commit", cause }) };
    }
  }

  protected async giveUp(): Promise<void> {
    // QUIT would make the marks real; the end of the connection does not (RFC 937, and UW's server).
    if (this.marked.size > 0) throw new Pop3Error("ABORTED", { phase: "session" });
    await this.#acknowledge("NACK");
    await this.opened.link.say("session", "QUIT");
  }

  undeleteAll(): Promise<void> {
    if (this.marked.size === 0) return Promise.resolve();
    const message = "POP2 cannot take marks back: roll the session back";
    return Promise.reject(new Pop3Error("UNSUPPORTED", { phase: "delete", message }));
  }

  /** There is no such command; READ of the current message is the nearest thing. */
  noop(): Promise<void> {
    return Promise.resolve();
  }

  /** The octets of message n, which is then the current one; 0 for none. */
  async #read(n: number): Promise<number> {
    await this.#acknowledge("ACKS");
    const { number } = await this.opened.link.say("retrieve", "READ", [n]);
    return number;
  }

  /** Takes the current message off the connection; its octets' hash. */
  async #take(n: number, body?: MessageBody): Promise<string> {
    const { link } = this.opened;
    link.request("RETR");
    this.#unacknowledged = n;
    const { sha256 } = await this.pump(
      chunksOf(() => link.read()),
      body,
    );
    this.#hashes.set(n, sha256);
    return sha256;
  }

  async #acknowledge(how: "ACKS" | "ACKD" | "NACK"): Promise<void> {
    if (this.#unacknowledged === undefined) return;
    await this.opened.link.say(how === "ACKD" ? "delete" : "retrieve", how);
    this.#unacknowledged = undefined;
  }
}

async function* chunksOf(read: () => Promise<Uint8Array | undefined>): AsyncGenerator<Uint8Array> {
  for (let chunk = await read(); chunk !== undefined; chunk = await read()) yield chunk;
}

function arrived({ done }: MessageBody): Promise<boolean> {
  return done.then(
    () => true,
    () => false,
  );
}
