// Rows of the index as they come, change and go. To be called inside a transaction.
import type { MailAddress, MessageSummary } from "../../../message/index.ts";
import { isSeen } from "../folding.ts";
import type { Statements } from "../statements.ts";
import { forgetConversation, joinConversation } from "./conversations.ts";
import { entryFacts, isStarred, type EntryFacts, type PlacedItem } from "./entry.ts";
import { placesInSecond } from "./schema.ts";

/** Spreads the accounts over a second's places, so that messages of one account keep their order in it. */
const accountStride = 648_391;
const probesMax = 4_096;

/** What one batch did to one account, for those who follow lists. */
export interface BatchEffects {
  readonly added: number[];
  /** Of those: unread mail of an inbox that came since its account was followed, and was not only read late. */
  readonly arrived: number[];
  readonly changed: Set<number>;
  readonly gone: number[];
}

interface KnownEntry {
  readonly position: number;
  readonly modseq: number;
  readonly conversation: number;
}

export class EntryWriter {
  readonly effects: BatchEffects = { added: [], arrived: [], changed: new Set(), gone: [] };
  readonly #db: Statements;
  readonly #account: number;
  /** Conversations whose newest messages may be others now. */
  readonly #touched = new Set<number>();

  constructor(db: Statements, account: number) {
    this.#db = db;
    this.#account = account;
  }

  /** Of what was added: that it came just now. */
  tellArrived({ messageId, mailbox, keywords }: PlacedItem): void {
    if (mailbox.role === "inbox" && !isSeen(keywords)) this.effects.arrived.push(messageId);
  }

  /** A message with its parser's answer; one that is there already only gets its new place. */
  put(item: PlacedItem, summary: MessageSummary): void {
    const known = knownEntry(this.#db, this.#account, item.messageId);
    if (known === undefined) this.#add(item, entryFacts(item, summary));
    else this.#update(known, item);
  }

  /** False when there is no such row: it has to be parsed. */
  change(item: PlacedItem): boolean {
    const known = knownEntry(this.#db, this.#account, item.messageId);
    if (known !== undefined) this.#update(known, item);
    return known !== undefined;
  }

  remove(messageId: number): void {
    const row = this.#db.get<{ position: number; conversation: number }>(
      "SELECT position, conversation FROM entry WHERE account = ? AND message_id = ?",
      this.#account,
      messageId,
    );
    if (row === undefined) return;
    this.#uncollect(row.position);
    this.#db.run("DELETE FROM entry WHERE position = ?", row.position);
    this.#db.run("DELETE FROM words WHERE rowid = ?", row.position);
    this.#touched.add(row.conversation);
    this.effects.gone.push(messageId);
  }

  /** To be called once, last. */
  finish(): void {
    for (const conversation of this.#touched) this.#findLeads(conversation);
    for (const messageId of this.effects.added) this.effects.changed.delete(messageId);
  }

  #add(item: PlacedItem, facts: EntryFacts): void {
    const db = this.#db;
    const account = this.#account;
    const { messageId, mailbox, keywords } = item;
    const position = freePosition(db, { account, messageId, sortAt: facts.sortAt });
    const { conversation, renamed } = joinConversation(db, { account, messageId, position, facts });
    keepMailbox(db, account, mailbox);
    const { sender, recipient, copied } = facts;
    db.run(
      `INSERT INTO entry (position, account, message_id, modseq, mailbox, conversation, unread, starred, keywords, sort_at,
         received_at, octets, attachments, subject, sender, recipient, copied, preview, source, address, id, unreadable,
         thread_subject, loose_reply, personal)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      position,
      account,
      messageId,
      item.modseq,
      mailbox.mailbox,
      conversation,
      Number(!isSeen(keywords)),
      Number(isStarred(keywords)),
      keywords,
      facts.sortAt,
      item.receivedAt,
      item.octets,
      facts.attachments,
      facts.subject,
      ...[sender, recipient, copied].map((addresses) => JSON.stringify(addresses)),
      facts.preview,
      item.source ?? null,
      item.address,
      facts.id ?? null,
      Number(facts.isUnreadable),
      facts.threadSubject,
      Number(facts.isLooseReply),
      Number(facts.isPersonal),
    );
    const { words } = facts;
    db.run(
      "INSERT INTO words (rowid, owner, subject, sender, recipient, attachment, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
      position,
      ownerWord(account),
      words.subject,
      words.sender,
      words.recipient,
      words.attachment,
      words.body,
    );
    if (facts.isPersonal) collect(db, { account, position, addresses: [...sender, ...recipient, ...copied] });
    this.#touched.add(conversation);
    this.effects.added.push(messageId);
    for (const other of renamed) this.effects.changed.add(other);
  }

  #update(known: KnownEntry, item: PlacedItem): void {
    if (known.modseq === item.modseq) return;
    keepMailbox(this.#db, this.#account, item.mailbox);
    this.#db.run(
      "UPDATE entry SET modseq = ?, mailbox = ?, unread = ?, starred = ?, keywords = ? WHERE position = ?",
      item.modseq,
      item.mailbox.mailbox,
      Number(!isSeen(item.keywords)),
      Number(isStarred(item.keywords)),
      item.keywords,
      known.position,
    );
    this.#touched.add(known.conversation);
    this.effects.changed.add(item.messageId);
  }

  #findLeads(conversation: number): void {
    const db = this.#db;
    const newest = db.all<{ mailbox: number; position: number }>(
      `SELECT mailbox, max(position) AS position FROM entry INDEXED BY entry_conversation
       WHERE account = ? AND conversation = ? GROUP BY mailbox`,
      this.#account,
      conversation,
    );
    if (newest.length === 0) forgetConversation(db, this.#account, conversation);
    for (const { mailbox, position } of newest) {
      db.run(
        `UPDATE entry INDEXED BY entry_conversation SET leads = 0
         WHERE account = ? AND conversation = ? AND mailbox = ? AND leads = 1 AND position <> ?`,
        this.#account,
        conversation,
        mailbox,
        position,
      );
      db.run("UPDATE entry SET leads = 1 WHERE position = ? AND leads = 0", position);
    }
  }

  #uncollect(position: number): void {
    type Row = {
      readonly personal: number;
      readonly sender: string;
      readonly recipient: string;
      readonly copied: string;
    };
    const row = this.#db.get<Row>("SELECT personal, sender, recipient, copied FROM entry WHERE position = ?", position);
    if (row === undefined || row.personal === 0) return;
    const addresses = [row.sender, row.recipient, row.copied].flatMap((json) => JSON.parse(json) as MailAddress[]);
    for (const folded of foldedAddresses(addresses)) {
      this.#db.run(
        "UPDATE correspondent SET messages = messages - 1 WHERE account = ? AND folded = ?",
        this.#account,
        folded,
      );
      this.#db.run(
        "DELETE FROM correspondent WHERE account = ? AND folded = ? AND messages <= 0",
        this.#account,
        folded,
      );
    }
  }
}

/** The word every message of an account has in the column `owner`. */
export function ownerWord(account: number): string {
  return `a${account}`;
}

export function knownEntry(db: Statements, account: number, messageId: number): KnownEntry | undefined {
  return db.get<KnownEntry>(
    "SELECT position, modseq, conversation FROM entry WHERE account = ? AND message_id = ?",
    account,
    messageId,
  );
}

/** Messages sorted by the same second have places of their own in it: in the order of their ids, nearly always. */
function freePosition(
  db: Statements,
  o: { readonly account: number; readonly messageId: number; readonly sortAt: number },
): number {
  const second = Math.floor(o.sortAt / 1_000) * placesInSecond;
  const wanted = (o.messageId + o.account * accountStride) % placesInSecond;
  for (let probe = 0; probe < probesMax; probe += 1) {
    // Each step is longer than the one before, so that a run of taken places is soon left behind.
    const position = second + ((wanted + (probe * (probe + 1)) / 2) % placesInSecond);
    if (db.get("SELECT 1 FROM entry WHERE position = ?", position) === undefined) return position;
  }
  throw new Error("no place is free in a second");
}

function keepMailbox(
  db: Statements,
  account: number,
  o: { readonly mailbox: number; readonly name: string; readonly role: string | undefined },
): void {
  db.run(
    `INSERT INTO mailbox (mailbox, account, name, role) VALUES (?, ?, ?, ?)
     ON CONFLICT (mailbox) DO UPDATE SET name = excluded.name, role = excluded.role WHERE name <> excluded.name OR role IS NOT excluded.role`,
    o.mailbox,
    account,
    o.name,
    o.role ?? null,
  );
}

function collect(
  db: Statements,
  o: { readonly account: number; readonly position: number; readonly addresses: readonly MailAddress[] },
): void {
  const byFolded = new Map(o.addresses.map((address) => [address.address.toLowerCase(), address]));
  for (const folded of foldedAddresses(o.addresses)) {
    const { name = "", address = "" } = byFolded.get(folded) ?? {};
    db.run(
      `INSERT INTO correspondent (account, folded, name, address, messages, named_at) VALUES (?, ?, ?, ?, 1, ?)
       ON CONFLICT (account, folded) DO UPDATE SET messages = messages + 1,
         name = CASE WHEN excluded.name <> '' AND (name = '' OR excluded.named_at >= named_at) THEN excluded.name ELSE name END,
         named_at = CASE WHEN excluded.name <> '' THEN max(named_at, excluded.named_at) ELSE named_at END`,
      o.account,
      folded,
      name,
      address,
      o.position,
    );
  }
}

function foldedAddresses(addresses: readonly MailAddress[]): ReadonlySet<string> {
  return new Set(addresses.map(({ address }) => address.toLowerCase()).filter((address) => address.includes("@")));
}
