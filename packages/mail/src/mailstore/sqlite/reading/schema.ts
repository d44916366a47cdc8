// search.db: what lists, conversations and search are answered from. Nothing in it is the only copy of anything: a file of
// another version, or one that is damaged, is thrown away and made anew from mail.db.
import { rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { createPrivateFile } from "../data-directory.ts";
import { pageOctets } from "../database.ts";
import { resultCode } from "../result-codes.ts";

/** Goes up with every change of the tables, or of what is put into them. */
const searchVersion = 7;
/** Marks the file as ours in its header: "Rfnd". */
const applicationId = 0x5266_6e64;
const busyMs = 10_000;

/**
 * A position is the second a message is sorted by, and a place within that second: lists go down by it, and the newest
 * finds of a word are the last rowids of its list.
 */
export const placesInSecond = 2 ** 20;

const SCHEMA = `
CREATE TABLE entry (
  position INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  message_id INTEGER NOT NULL,
  modseq INTEGER NOT NULL,
  mailbox INTEGER NOT NULL,
  conversation INTEGER NOT NULL,
  -- The newest of its conversation in its mailbox.
  leads INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL,
  starred INTEGER NOT NULL,
  keywords TEXT NOT NULL,
  sort_at INTEGER NOT NULL,
  received_at INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  attachments INTEGER NOT NULL,
  subject TEXT NOT NULL,
  -- JSON: senders, recipients, and those who got copies.
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  copied TEXT NOT NULL,
  preview TEXT NOT NULL,
  source TEXT,
  -- The address it was delivered to, when it was not collected.
  address TEXT NOT NULL,
  id TEXT,
  unreadable INTEGER NOT NULL,
  -- Digest of the subject without prefixes; NULL when there is none.
  thread_subject BLOB,
  -- A reply by its subject that names no message it answers.
  loose_reply INTEGER NOT NULL,
  -- Written by a person: its addresses are offered when somebody writes.
  personal INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX entry_message ON entry (account, message_id);
-- What a list is walked and counted by is all in its index: of rows that are not shown the table is not read.
CREATE INDEX entry_mailbox ON entry (mailbox, position, account, conversation);
CREATE INDEX entry_leads ON entry (mailbox, position, account, conversation) WHERE leads = 1;
CREATE INDEX entry_unread ON entry (mailbox, position, account, conversation) WHERE unread = 1;
CREATE INDEX entry_starred ON entry (account, position, mailbox, conversation) WHERE starred = 1;
CREATE INDEX entry_source ON entry (account, source, position, mailbox, conversation) WHERE source IS NOT NULL;
CREATE INDEX entry_account ON entry (account, position, mailbox, conversation);
-- What the finds of words are counted by: where each is, and whose.
CREATE INDEX entry_place ON entry (position, mailbox, account);
CREATE INDEX entry_conversation ON entry (account, conversation, mailbox, position, leads, unread, starred, message_id,
  attachments, sender);
CREATE INDEX entry_subject ON entry (account, thread_subject, position) WHERE thread_subject IS NOT NULL;
CREATE INDEX entry_loose ON entry (account, thread_subject, position) WHERE loose_reply = 1;

-- Mailboxes of mail.db, as they were last seen.
CREATE TABLE mailbox (
  mailbox INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  name TEXT NOT NULL,
  role TEXT
) STRICT;
CREATE INDEX mailbox_account ON mailbox (account);

-- What lists say of their length. Kept by the triggers below.
CREATE TABLE tally (
  mailbox INTEGER PRIMARY KEY,
  messages INTEGER NOT NULL DEFAULT 0,
  unread INTEGER NOT NULL DEFAULT 0,
  starred INTEGER NOT NULL DEFAULT 0,
  conversations INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TRIGGER entry_comes AFTER INSERT ON entry BEGIN
  INSERT INTO tally (mailbox, messages, unread, starred, conversations) VALUES (new.mailbox, 1, new.unread, new.starred, new.leads)
  ON CONFLICT (mailbox) DO UPDATE SET messages = messages + 1, unread = unread + new.unread,
    starred = starred + new.starred, conversations = conversations + new.leads;
END;
CREATE TRIGGER entry_goes AFTER DELETE ON entry BEGIN
  UPDATE tally SET messages = messages - 1, unread = unread - old.unread, starred = starred - old.starred,
    conversations = conversations - old.leads WHERE mailbox = old.mailbox;
END;
CREATE TRIGGER entry_moves AFTER UPDATE OF mailbox, unread, starred ON entry BEGIN
  UPDATE tally SET messages = messages - 1, unread = unread - old.unread, starred = starred - old.starred,
    conversations = conversations - old.leads WHERE mailbox = old.mailbox;
  INSERT INTO tally (mailbox, messages, unread, starred, conversations) VALUES (new.mailbox, 1, new.unread, new.starred, new.leads)
  ON CONFLICT (mailbox) DO UPDATE SET messages = messages + 1, unread = unread + new.unread,
    starred = starred + new.starred, conversations = conversations + new.leads;
END;
CREATE TRIGGER entry_leads_or_not AFTER UPDATE OF leads ON entry WHEN new.leads <> old.leads BEGIN
  UPDATE tally SET conversations = conversations + new.leads - old.leads WHERE mailbox = new.mailbox;
END;

-- Which conversation a Message-ID belongs to, whether its message is here or only spoken of. The key is a digest.
CREATE TABLE link (
  account INTEGER NOT NULL,
  id BLOB NOT NULL,
  conversation INTEGER NOT NULL,
  PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_conversation ON link (account, conversation);

-- Addresses seen in mail of persons, and in how many messages.
CREATE TABLE correspondent (
  account INTEGER NOT NULL,
  folded TEXT NOT NULL,
  name TEXT NOT NULL,
  address TEXT NOT NULL,
  messages INTEGER NOT NULL,
  -- Position of the newest message that gave the name.
  named_at INTEGER NOT NULL,
  PRIMARY KEY (account, folded)
) STRICT, WITHOUT ROWID;

-- How far each account is followed.
CREATE TABLE followed (
  account INTEGER PRIMARY KEY,
  -- The account's own random number: another one is another account, or one restored from a backup.
  uidl_epoch INTEGER NOT NULL,
  -- Every change up to this one is in here, but for messages below the next.
  modseq INTEGER NOT NULL,
  -- Messages with a smaller id are still to be compared, the largest first; 0 when none are.
  below INTEGER NOT NULL,
  -- The account's run when that was so: of another past, the same modseq is another change.
  run INTEGER NOT NULL
) STRICT;

-- The words. Contentless: the texts are in mail.db. The first column holds who owns the message, as a word.
-- A beginning that has no list of its own is looked for in all words that have it, to the end of each: 4 to 20 ms a letter.
CREATE VIRTUAL TABLE words USING fts5 (
  owner, subject, sender, recipient, attachment, body,
  content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3 4 5 6'
);
`;

/** The writer's connection. A file that cannot be used is thrown away first. */
export function openSearch(path: string): DatabaseSync {
  try {
    return openOrMake(path);
  } catch (error) {
    if (resultCode(error) !== "corrupt" && !(error instanceof OtherVersionError)) throw error;
    removeSearch(path);
    return openOrMake(path);
  }
}

/** Whoever has it open must have closed it. */
export function removeSearch(path: string): void {
  for (const end of ["", "-wal", "-shm"]) rmSync(`${path}${end}`, { force: true });
}

class OtherVersionError extends Error {}

function openOrMake(path: string): DatabaseSync {
  createPrivateFile(path);
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${busyMs}; PRAGMA page_size = ${pageOctets}`);
    const { application_id: id } = database.prepare("PRAGMA application_id").get() as { application_id: number };
    const { user_version: version } = database.prepare("PRAGMA user_version").get() as { user_version: number };
    if (id !== 0 && (id !== applicationId || version !== searchVersion)) throw new OtherVersionError();
    // NORMAL: after a power failure the last batches may be missing, and are indexed again.
    database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = NORMAL;
      PRAGMA cache_size = -32000;
      PRAGMA journal_size_limit = 67108864;
    `);
    if (id === 0) make(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function make(database: DatabaseSync): void {
  database.exec(
    `BEGIN; ${SCHEMA} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${searchVersion}; COMMIT`,
  );
}
