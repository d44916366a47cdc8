// Which messages belong together. A conversation is whatever is connected by Message-IDs: every id a message has or names
// belongs to one conversation, and a message that names ids of two joins them. So the order messages come in makes no
// difference, a parent that comes late is found, and messages that name each other in a circle are simply together.
// What anybody may write has its limits: one letter joins few conversations, and no two large ones.
import type { MailAddress } from "../../../message/index.ts";
import type { Statements } from "../statements.ts";
import { digest, type EntryFacts } from "./entry.ts";
import { placesInSecond } from "./schema.ts";

const looseReplyPlaces = 30 * 24 * 3_600 * placesInSecond;
/** Messages of the same subject that are looked at, before and after. */
const sameSubjectMax = 20;
/** Conversations one message joins. A thread that fell apart has its pieces; a letter that names more glues on purpose. */
const joinedMax = 4;
/** A conversation of more messages is not put into another one. */
const movedMessagesMax = 100;

export interface Newcomer {
  readonly account: number;
  readonly messageId: number;
  readonly position: number;
  readonly facts: EntryFacts;
}

/** The conversation of a message that has no row yet. Others that were joined with it are told, with their messages. */
export function joinConversation(
  db: Statements,
  newcomer: Newcomer,
): { readonly conversation: number; readonly renamed: readonly number[] } {
  const { account, messageId, facts } = newcomer;
  // Its own first: those who answered it named it. Then its parent, and who came before.
  const named = [...(facts.id === undefined ? [] : [facts.id]), ...facts.references.toReversed()];
  const ids = [...new Set(named)].map(digest);
  const known = new Set([...linked(db, account, ids), ...sameSubject(db, newcomer)]);
  const [largest, ...others] = bySize(db, account, [...known].slice(0, joinedMax));
  const conversation = largest?.conversation ?? messageId;
  const renamed = others
    .filter(({ messages }) => messages <= movedMessagesMax)
    .flatMap((other) => rename(db, { account, from: other.conversation, to: conversation }));
  for (const id of ids)
    db.run("INSERT OR IGNORE INTO link (account, id, conversation) VALUES (?, ?, ?)", account, id, conversation);
  return { conversation, renamed };
}

/** Its last message went. */
export function forgetConversation(db: Statements, account: number, conversation: number): void {
  db.run("DELETE FROM link WHERE account = ? AND conversation = ?", account, conversation);
}

function linked(db: Statements, account: number, ids: readonly Uint8Array[]): readonly number[] {
  return ids.flatMap((id) => {
    const find = "SELECT conversation FROM link WHERE account = ? AND id = ?";
    const row = db.get<{ conversation: number }>(find, account, id);
    return row === undefined ? [] : [row.conversation];
  });
}

interface Sized {
  readonly conversation: number;
  readonly messages: number;
}

/** The one with the most messages, which gives its name, so that few rows change; then the others. Of large ones the nearest. */
function bySize(db: Statements, account: number, conversations: readonly number[]): readonly Sized[] {
  const [only] = conversations;
  if (conversations.length === 1 && only !== undefined) return [{ conversation: only, messages: 0 }];
  const count = `SELECT count(*) AS n FROM (SELECT 1 FROM entry INDEXED BY entry_conversation
    WHERE account = ? AND conversation = ? LIMIT ?)`;
  return conversations
    .map((conversation) => ({
      conversation,
      messages: db.get<{ n: number }>(count, account, conversation, movedMessagesMax + 1)?.n ?? 0,
    }))
    .toSorted((a, b) => b.messages - a.messages);
}

function rename(
  db: Statements,
  o: { readonly account: number; readonly from: number; readonly to: number },
): readonly number[] {
  db.run("UPDATE link SET conversation = ? WHERE account = ? AND conversation = ?", o.to, o.account, o.from);
  return db
    .all<{ messageId: number }>(
      "UPDATE entry SET conversation = ? WHERE account = ? AND conversation = ? RETURNING message_id AS messageId",
      o.to,
      o.account,
      o.from,
    )
    .map(({ messageId }) => messageId);
}

interface SameSubjectRow {
  readonly conversation: number;
  readonly sender: string;
  readonly recipient: string;
  readonly copied: string;
}

const rows = "SELECT conversation, sender, recipient, copied FROM entry";

/**
 * A reply whose program named nothing belongs to messages of the same subject within 30 days before it, if the two
 * writers write to each other: people who happen to write "Re: invoice" to the same person have nothing in common.
 */
function sameSubject(db: Statements, { account, position, facts }: Newcomer): readonly number[] {
  if (facts.threadSubject === null) return [];
  const before = facts.isLooseReply
    ? db.all<SameSubjectRow>(
        `${rows} INDEXED BY entry_subject WHERE account = ? AND thread_subject = ? AND position BETWEEN ? AND ?
         ORDER BY position DESC LIMIT ?`,
        account,
        facts.threadSubject,
        position - looseReplyPlaces,
        position,
        sameSubjectMax,
      )
    : [];
  const repliesAfter = db.all<SameSubjectRow>(
    `${rows} INDEXED BY entry_loose WHERE account = ? AND thread_subject = ? AND position BETWEEN ? AND ? AND loose_reply = 1
     ORDER BY position LIMIT ?`,
    account,
    facts.threadSubject,
    position,
    position + looseReplyPlaces,
    sameSubjectMax,
  );
  return [...before, ...repliesAfter].filter((row) => writeToEachOther(facts, row)).map((row) => row.conversation);
}

function writeToEachOther({ sender, recipient, copied }: EntryFacts, row: SameSubjectRow): boolean {
  const [hisSenders, hisRecipients, hisCopied] = [row.sender, row.recipient, row.copied].map(
    (json) => JSON.parse(json) as readonly MailAddress[],
  );
  return (
    meet(sender, [...(hisSenders ?? []), ...(hisRecipients ?? []), ...(hisCopied ?? [])]) &&
    meet(hisSenders ?? [], [...sender, ...recipient, ...copied])
  );
}

function meet(some: readonly MailAddress[], others: readonly MailAddress[]): boolean {
  const known = new Set(others.map(({ address }) => address.toLowerCase()).filter((address) => address !== ""));
  return some.some(({ address }) => known.has(address.toLowerCase()));
}
