// A large index, made by the writer's own code in a few transactions, for tests of plans and for benches.
import { EntryWriter } from "../../../src/mailstore/sqlite/reading/entries.ts";
import { UNREADABLE_SUMMARY, type MessageSummary } from "../../../src/message/index.ts";
import { writeProgress } from "../../../src/mailstore/sqlite/reading/following.ts";
import { openSearch } from "../../../src/mailstore/sqlite/reading/schema.ts";
import { Statements } from "../../../src/mailstore/sqlite/statements.ts";
import { LETTER_RECIPIENT, letters, type Letter } from "./letters.ts";

/** Of each account. */
export const MAILBOXES = [{ mailbox: "INBOX" }, { mailbox: "Archive" }] as const;

const entriesAtOnce = 5_000;

/** Mail of so many accounts in their inbox and archive. */
export function fillIndex(
  path: string,
  o: { readonly messages: number; readonly accounts: number; readonly words: number },
): Statements {
  const db = new Statements(openSearch(path));
  let writers: readonly EntryWriter[] = [];
  for (const letter of letters(o)) {
    if (letter.n % entriesAtOnce === 0) {
      finish(db, writers, o.messages);
      db.database.exec("BEGIN");
      writers = Array.from({ length: o.accounts }, (_, i) => new EntryWriter(db, i + 1));
    }
    writers[letter.account]?.put(placed(letter), summary(letter));
  }
  finish(db, writers, o.messages);
  return db;
}

function finish(db: Statements, writers: readonly EntryWriter[], modseq: number): void {
  if (writers.length === 0) return;
  for (const [i, writer] of writers.entries()) {
    writer.finish();
    writeProgress(db, i + 1, { uidlEpoch: 1, modseq, below: 0, run: 1 });
  }
  db.database.exec("COMMIT");
}

function placed(letter: Letter): Parameters<EntryWriter["put"]>[0] {
  const { n, account, messageId, receivedAt, source } = letter;
  return {
    kind: "placed",
    messageId,
    modseq: messageId,
    mailbox: letter.isArchived
      ? { mailbox: account * 2 + 2, name: "Archive", role: "archive" }
      : { mailbox: account * 2 + 1, name: "INBOX", role: "inbox" },
    keywords: letter.keywords.join(" "),
    receivedAt,
    octets: 1_000 + n,
    source,
    address: "",
  };
}

function summary({ subject, threadSubject, from, id, reference, attachment, text }: Letter): MessageSummary {
  return {
    ...UNREADABLE_SUMMARY,
    isUnreadable: false,
    subject,
    threadSubject,
    from: [from],
    to: [LETTER_RECIPIENT],
    id,
    references: [reference],
    attachments: attachment === undefined ? [] : [attachment],
    preview: text.slice(0, 120),
    text,
  };
}
