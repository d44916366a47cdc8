// A store in memory, for tests and for programs that keep mail elsewhere. It keeps the whole contract but one promise:
// what it was given is gone with the process.
import { randomBytes } from "node:crypto";
import { PopError } from "../wire/index.ts";
import { Canonicaliser } from "./canonical.ts";
import type { AccountId, Delivered, DeliverOptions, IncomingMessage, Maildrop, MaildropStore } from "./contract.ts";
import type { OpenOptions, StoreCapabilities } from "./contract.ts";
import { SurrogateMaker } from "./surrogate/edits.ts";
import { SurrogateScanner } from "./surrogate/scanner.ts";
import { MemoryMaildrop, type Lease, type MemoryMessage } from "./memory-maildrop.ts";

const INBOX = "INBOX";
const takeoverIdleMs = 60_000;
const deliveryIdMs = 7 * 24 * 3_600_000;

export interface MemoryStoreOptions {
  /** Milliseconds, monotonic; the process's own clock unless given. */
  readonly now?: () => number;
}

export interface MemoryAccountOptions {
  /** Most octets the account may hold; no limit unless given. */
  readonly quotaOctets?: number;
  /** Most messages the account may hold; no limit unless given. */
  readonly quotaMessages?: number;
}

interface MemoryAccount extends MemoryAccountOptions {
  readonly epoch: number;
  /** By mailbox, INBOX among them; each in order of message-id. */
  readonly mailboxes: Map<string, MemoryMessage[]>;
  messages: number;
  octets: number;
  lease: Lease | undefined;
  /** Oldest first. */
  readonly deliveries: Map<string, { readonly messageId: number; readonly at: number }>;
}

/** Maildrops in memory. Bodies are kept whole: for mail of modest size. */
export class MemoryStore implements MaildropStore {
  readonly capabilities: StoreCapabilities = {
    exclusiveLock: "lease",
    atomicCommit: true,
    stableSnapshot: true,
    durableDeliver: "memory",
    mailboxes: true,
    surrogates: true,
  };
  readonly #now: () => number;
  readonly #accounts = new Map<AccountId, MemoryAccount>();
  #lastMessageId = 0;

  constructor(options: MemoryStoreOptions = {}) {
    this.#now = options.now ?? (() => performance.now());
  }

  /** Makes an empty maildrop. Throws when there is one of this name. */
  addAccount(account: AccountId, options: MemoryAccountOptions = {}): void {
    if (this.#accounts.has(account)) throw new Error(`there is an account ${JSON.stringify(account)} already`);
    const epoch = randomBytes(6).readUIntBE(0, 6);
    this.#accounts.set(account, {
      ...options,
      epoch,
      mailboxes: new Map([[INBOX, []]]),
      messages: 0,
      octets: 0,
      lease: undefined,
      deliveries: new Map(),
    });
  }

  // oxlint-disable-next-line typescript/require-await -- part of the contract: refusals are rejections
  async open(account: AccountId, options: OpenOptions): Promise<Maildrop> {
    options.signal?.throwIfAborted();
    const owner = this.#account(account);
    const busy = owner.lease;
    if (busy !== undefined && options.onBusy === "reject" && this.#now() - busy.activeAt <= takeoverIdleMs) {
      throw new PopError("MAILDROP_IN_USE", `${account} is held by ${busy.holder}`);
    }
    const messages = owner.mailboxes.get(mailboxName(options.mailbox))?.slice();
    if (messages === undefined) throw new PopError("NO_SUCH_MAILBOX", `${account} has no such mailbox`);
    const lease: Lease = { holder: options.holder, activeAt: this.#now() };
    owner.lease = lease;
    return new MemoryMaildrop({
      epoch: owner.epoch,
      messages,
      surrogates: options.surrogates ?? false,
      touch: () => void (lease.activeAt = this.#now()),
      holds: () => owner.lease === lease,
      release: () => void (owner.lease = undefined),
      remove: (messages) => this.#remove(owner, (message) => messages.has(message)),
    });
  }

  async deliver(account: AccountId, message: IncomingMessage, options: DeliverOptions = {}): Promise<Delivered> {
    const owner = this.#account(account);
    const body = await receive(message, owner.quotaOctets ?? Infinity);
    // From here to the end nothing waits, so a message appears whole and in the order of its message-id.
    const known = this.#knownDelivery(owner, options.deliveryId);
    if (known !== undefined) return { messageId: known, added: false };
    if (owner.messages + 1 > (owner.quotaMessages ?? Infinity)) throw new PopError("OVER_QUOTA");
    if (owner.octets + body.octets.length > (owner.quotaOctets ?? Infinity)) throw new PopError("OVER_QUOTA");
    const messageId = (this.#lastMessageId += 1);
    const mailbox = mailboxName(options.mailbox);
    const kept = owner.mailboxes.get(mailbox) ?? [];
    kept.push({ messageId, ...body });
    owner.mailboxes.set(mailbox, kept);
    owner.messages += 1;
    owner.octets += body.octets.length;
    if (options.deliveryId !== undefined) owner.deliveries.set(options.deliveryId, { messageId, at: this.#now() });
    return { messageId, added: true };
  }

  /** Removes messages as the owner of the mail would, beside POP. A session that listed them can still read them. */
  // oxlint-disable-next-line typescript/require-await -- stores on a disk have to wait here
  async remove(account: AccountId, messageIds: readonly number[]): Promise<void> {
    const ids = new Set(messageIds);
    this.#remove(this.#account(account), (message) => ids.has(message.messageId));
  }

  #account(account: AccountId): MemoryAccount {
    const found = this.#accounts.get(account);
    if (found === undefined) throw new PopError("NO_SUCH_ACCOUNT", `no account ${JSON.stringify(account)}`);
    return found;
  }

  #remove(owner: MemoryAccount, isGone: (message: MemoryMessage) => boolean): void {
    for (const [mailbox, messages] of owner.mailboxes) {
      owner.mailboxes.set(
        mailbox,
        messages.filter((message) => !isGone(message)),
      );
    }
    const left = [...owner.mailboxes.values()].flat();
    owner.messages = left.length;
    owner.octets = left.reduce((sum, message) => sum + message.octets.length, 0);
  }

  #knownDelivery(owner: MemoryAccount, deliveryId: string | undefined): number | undefined {
    for (const [id, { at }] of owner.deliveries) {
      if (this.#now() - at <= deliveryIdMs) break;
      owner.deliveries.delete(id);
    }
    return deliveryId === undefined ? undefined : owner.deliveries.get(deliveryId)?.messageId;
  }
}

function mailboxName(name: string | undefined): string {
  return name === undefined || /^inbox$/i.test(name) ? INBOX : name;
}

async function receive(message: IncomingMessage, octetsMax: number): Promise<Omit<MemoryMessage, "messageId">> {
  const canonical = new Canonicaliser();
  const kept: Uint8Array[] = [];
  const keep = (pieces: readonly Uint8Array[]): void => {
    if (canonical.octets > octetsMax) throw new PopError("OVER_QUOTA");
    // Copied, because whoever gave the piece may use its memory for the next one.
    for (const piece of pieces) kept.push(Uint8Array.from(piece));
  };
  if (message.prefix !== undefined) keep(canonical.push(message.prefix));
  for await (const chunk of message.body) keep(canonical.push(chunk));
  keep(canonical.end());
  const octets = Buffer.concat(kept);
  return {
    octets,
    surrogate: surrogateOf(octets),
    headerOctets: canonical.headerOctets,
    stuffedLines: canonical.stuffedLines,
  };
}

function surrogateOf(octets: Uint8Array): Uint8Array | undefined {
  const scanner = new SurrogateScanner();
  scanner.push(octets);
  const edits = scanner.end();
  return edits.length === 0 ? undefined : new SurrogateMaker(edits).push(octets);
}
