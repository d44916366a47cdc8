// A large index, made by the writer's own code in a few transactions, for tests of plans and for benches.
import type { MessageSummary } from "../../../src/message/index.ts";
import { EntryWriter } from "../../../src/mailstore/sqlite/reading/entries.ts";
import { NO_SUMMARY } from "../../../src/mailstore/sqlite/reading/entry.ts";
import { writeProgress } from "../../../src/mailstore/sqlite/reading/following.ts";
import { openSearch } from "../../../src/mailstore/sqlite/reading/schema.ts";
import { Statements } from "../../../src/mailstore/sqlite/statements.ts";

const entriesAtOnce = 5_000;
const vocabulary = 20_000;
const firstMs = Date.UTC(2016, 0, 1);
const spanMs = 10 * 365 * 24 * 3_600_000;

/** Mail of so many accounts in their inbox and archive: a word in nearly all, others ever rarer, conversations of five. */
export function fillIndex(
  path: string,
  o: { readonly messages: number; readonly accounts: number; readonly words: number },
): Statements {
  const db = new Statements(openSearch(path));
  const next = random(20_261_126);
  for (let from = 0; from < o.messages; from += entriesAtOnce) {
    db.database.exec("BEGIN");
    const writers = Array.from({ length: o.accounts }, (_, i) => new EntryWriter(db, i + 1));
    for (let n = from; n < Math.min(from + entriesAtOnce, o.messages); n += 1) {
      const i = n % o.accounts;
      const messageId = Math.floor(n / o.accounts) + 1;
      const inArchive = messageId % 4 === 0;
      writers[i]?.put(
        {
          kind: "placed",
          messageId,
          modseq: messageId,
          mailbox: inArchive
            ? { mailbox: i * 2 + 2, name: "Archive", role: "archive" }
            : { mailbox: i * 2 + 1, name: "INBOX", role: "inbox" },
          keywords: keywordsOf(n),
          receivedAt: Math.floor(firstMs + (n / o.messages) * spanMs),
          octets: 1_000 + n,
          source: n % 3 === 0 ? "isp" : undefined,
          address: "",
        },
        summary(n, messageId, next, o.words),
      );
    }
    for (const [i, writer] of writers.entries()) {
      writer.finish();
      writeProgress(db, i + 1, { uidlEpoch: 1, modseq: o.messages, below: 0 });
    }
    db.database.exec("COMMIT");
  }
  return db;
}

function keywordsOf(n: number): string {
  return [...(n % 200 === 0 ? ["$flagged"] : []), ...(n % 10 === 0 ? [] : ["$seen"])].join(" ");
}

function summary(n: number, messageId: number, next: () => number, words: number): MessageSummary {
  const text = Array.from({ length: words }, () => `w${Math.floor(vocabulary * next() ** 3)}`).join(" ");
  const thread = Math.floor(messageId / 5);
  return {
    ...NO_SUMMARY,
    isUnreadable: false,
    subject: `subject ${n} of ${thread}`,
    threadSubject: `subject of ${thread}`,
    from: [{ name: `Person ${n % 997}`, address: `person${n % 997}@example.org` }],
    to: [{ name: "Robin", address: "robin@alder.example" }],
    id: `${n}@example.org`,
    references: [`thread-${thread}@example.org`],
    attachments: n % 20 === 0 ? ["plan.pdf"] : [],
    preview: text.slice(0, 120),
    text: n % 20 === 0 ? text : `${text} common`,
  };
}

/** Deterministic numbers from 0 to 1 (mulberry32). */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
