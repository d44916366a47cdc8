// 100,000 messages in 20 accounts: a page costs what it shows, and no statement walks a table or sorts a list. The short
// run has fewer of them: the planner keeps no figures of tables, so its plans are the same.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { join } from "node:path";
import { conversationOf } from "../../../src/mailstore/sqlite/reading/conversation.ts";
import { countStarred, listPage, type ListInput } from "../../../src/mailstore/sqlite/reading/list.ts";
import { MAIL_STATEMENTS } from "../../../src/mailstore/sqlite/reading/mail-source.ts";
import { membersOf, rangesOf, rangeStatement } from "../../../src/mailstore/sqlite/reading/ranges.ts";
import { ROW_STATEMENTS } from "../../../src/mailstore/sqlite/reading/rows.ts";
import { parseQuery } from "../../../src/mailstore/sqlite/reading/search-query.ts";
import { searchPage } from "../../../src/mailstore/sqlite/reading/search.ts";
import { soughtMailboxes } from "../../../src/mailstore/sqlite/reading/sought-mailboxes.ts";
import type { Statements } from "../../../src/mailstore/sqlite/statements.ts";
import { temporaryStore } from "../temporary-store.ts";
import { fillIndex, MAILBOXES } from "./many-entries.ts";
import { temporaryDirectory } from "../../temporary-directory.ts";

const messages = process.env["RESTANTE_LONG"] === "1" ? 100_000 : 20_000;
const accounts = Array.from({ length: 20 }, (_, i) => i + 1);
const undoing: (() => void | Promise<void>)[] = [];
let db: Statements;

before(() => {
  const directory = temporaryDirectory({ after: (undo) => void undoing.push(undo) });
  db = fillIndex(join(directory, "search.db"), { messages, accounts: accounts.length, words: 8 });
});

after(async () => {
  db.database.close();
  for (const undo of undoing) await undo();
});

function input(o: Partial<ListInput>): ListInput {
  return {
    accounts,
    mailbox: undefined,
    role: "inbox",
    starred: false,
    unread: false,
    source: undefined,
    view: "conversations",
    before: undefined,
    limit: 100,
    ...o,
  };
}

const LISTS: Readonly<Record<string, Partial<ListInput>>> = {
  "an inbox": {},
  "an inbox, messages": { view: "messages" },
  "a mailbox": { role: undefined, mailbox: "Archive" },
  unread: { unread: true },
  "unread, messages": { unread: true, view: "messages" },
  starred: { role: undefined, starred: true },
  "all mail": { role: undefined },
  "one source": { role: undefined, source: "isp" },
  "one source in the inbox": { source: "isp", view: "messages" },
};

/** What the planner does, step by step. */
function plan(database: Statements, text: string): readonly string[] {
  const values = Array.from({ length: text.split("?").length - 1 }, () => 1);
  return database.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${text}`, ...values).map(({ detail }) => detail);
}

for (const [name, of] of Object.entries(LISTS)) {
  test(`${name}: the plan is one range of an index, read in order`, () => {
    const [range] = rangesOf(db, input(of));
    assert.ok(range !== undefined);
    const steps = plan(db, rangeStatement(range, input(of).view === "conversations"));
    assert.match(
      steps[0] ?? "",
      new RegExp(`^SEARCH e USING (COVERING )?INDEX ${range.index} \\(.*=\\?.* AND position<\\?\\)`),
      name,
    );
    for (const step of steps) assert.doesNotMatch(step, /TEMP B-TREE|^SCAN [en]\b/, `${name}: ${step}`);
  });

  test(`${name}: the first page and one far down read few rows`, () => {
    db.statistics.rowsMax = 0;
    const first = listPage(db, input(of));
    assert.equal(first.rows.length, 100);
    const far = listPage(db, input({ ...of, before: first.next ?? 0 }));
    assert.equal(far.rows.length > 0, first.next !== undefined);
    const times = [...first.rows, ...far.rows].map(({ newest }) => newest.sortAt);
    assert.deepEqual(
      times,
      times.toSorted((a, b) => b - a),
    );
    assert.ok(db.statistics.rowsMax <= 200, `${db.statistics.rowsMax} rows: ${db.statistics.largest}`);
  });
}

interface Entry {
  readonly position: number;
  readonly account: number;
  readonly messageId: number;
  readonly conversation: number;
  readonly unread: number;
  readonly starred: number;
  readonly attachments: number;
  readonly source: string | null;
  readonly name: string;
  readonly role: string | null;
}

/** All that is in a list, from the newest down, found by looking at every row. */
function listedEntries(of: ListInput): readonly Entry[] {
  const all = db.database
    .prepare(
      `SELECT e.position, e.account, e.message_id AS messageId, e.conversation, e.unread, e.starred, e.attachments, e.source,
       b.name, b.role FROM entry e, mailbox b WHERE b.mailbox = e.mailbox ORDER BY e.position DESC`,
    )
    .all() as unknown as readonly Entry[];
  const isOfPlace = ({ name, role }: Entry): boolean =>
    of.mailbox !== undefined
      ? name === of.mailbox
      : of.role !== undefined
        ? role === of.role
        : role !== "trash" && role !== "junk";
  return all.filter(
    (entry) =>
      of.accounts.includes(entry.account) &&
      isOfPlace(entry) &&
      (!of.unread || entry.unread === 1) &&
      (!of.starred || entry.starred === 1) &&
      (of.source === undefined || entry.source === of.source),
  );
}

for (const [name, of] of Object.entries(LISTS)) {
  test(`${name}: its pages are what a look at every row finds`, () => {
    const rows = new Map<string, Entry[]>();
    for (const entry of listedEntries(input(of))) {
      const key = of.view === "messages" ? `${entry.position}` : `${entry.account}/${entry.conversation}`;
      const members = rows.get(key);
      if (members === undefined) rows.set(key, [entry]);
      else members.push(entry);
    }
    const expected = [...rows.values()].slice(0, 500).map((members) => ({
      messageIds: members.map(({ messageId }) => messageId),
      account: String(members[0]?.account),
      count: members.length,
      isUnread: members.some(({ unread }) => unread === 1),
      isStarred: members.some(({ starred }) => starred === 1),
      attachments: members.reduce((sum, { attachments }) => sum + attachments, 0),
    }));
    const listed = [];
    for (let before: number | undefined; listed.length < expected.length;) {
      const page = listPage(db, input({ ...of, before }));
      listed.push(...page.rows);
      before = page.next;
      if (before === undefined) break;
    }
    const shown = listed.slice(0, 500).map(({ newest, messageIds, count, isUnread, isStarred, attachments }) => ({
      messageIds,
      account: newest.account,
      count,
      isUnread,
      isStarred,
      attachments,
    }));
    assert.deepEqual(shown, expected);
  });

  test(`${name}: of a conversation only the index is read`, () => {
    const [range] = rangesOf(db, input(of));
    assert.ok(range !== undefined);
    for (const step of plan(db, `SELECT e.position, e.message_id, e.sender ${membersOf(range)}`))
      assert.match(step, /^SEARCH e USING (COVERING )?INDEX entry_conversation \(account=\? AND conversation=\?/, step);
  });
}

test("lists know how long they are", () => {
  assert.equal(listPage(db, input({ view: "messages" })).total, messages * 0.75);
  assert.equal(listPage(db, input({ view: "messages", unread: true })).total, messages * 0.075);
  assert.equal(countStarred(db, accounts), messages / 200);
  assert.equal(listPage(db, input({ role: undefined, starred: true, view: "messages" })).total, messages / 200);
  const grouped = listPage(db, input({ accounts: [1] })).total;
  assert.equal(
    grouped,
    new Set(
      Array.from({ length: messages / accounts.length }, (_, n) => n + 1)
        .filter((id) => id % 4 !== 0)
        .map((id) => Math.floor(id / 5)),
    ).size,
  );
});

test("points are read by their key", () => {
  for (const [name, text] of Object.entries(ROW_STATEMENTS))
    for (const step of plan(db, text))
      // The keys themselves are the one thing that is gone through.
      assert.match(step, /^SEARCH \w+ USING .*=\?|^SCAN c VIRTUAL TABLE/, `${name}: ${step}`);
  assert.equal(conversationOf(db, { account: 3, conversation: 500, limit: 500 }).length, 5);
});

test("what the indexing thread reads of mail.db is ranges of keys, too", async (context) => {
  const { store } = await temporaryStore(context);
  for (const [name, text] of Object.entries(MAIL_STATEMENTS)) {
    // Accounts are walked once a minute, in their order.
    if (name === "total") continue;
    for (const step of plan(store.parts.db, text))
      assert.match(step, /^SEARCH \w+ USING|^CORRELATED SCALAR SUBQUERY/, `${name}: ${step}`);
  }
});

function search(text: string, of: readonly number[] = accounts): ReturnType<typeof searchPage> {
  const { plan: asked } = parseQuery(text);
  return searchPage(db, {
    accounts: of,
    plan: asked,
    places: soughtMailboxes(asked.mailboxes, MAILBOXES),
    onServer: undefined,
    order: "newest",
    after: undefined,
    limit: 50,
  });
}

test("what is found of words alone is counted by an index, and no row of it is read", () => {
  for (const asked of [accounts, [7]]) {
    db.statistics.rowsMax = 0;
    search("common", asked);
    assert.match(db.statistics.largest, /FROM words/);
    const steps = plan(db, db.statistics.largest);
    assert.ok(
      steps.includes("SEARCH e USING COVERING INDEX entry_place (position=?)"),
      `${asked.length} accounts: ${steps.join("; ")}`,
    );
  }
});

test("a common word, a rare one, a beginning and filters are answered, newest first, of the accounts that were named", () => {
  const common = search("common");
  assert.equal(common.rows.length, 50);
  assert.equal(common.total, undefined);
  const times = common.rows.map(({ newest }) => newest.sortAt);
  assert.deepEqual(
    times,
    times.toSorted((a, b) => b - a),
  );
  assert.ok(search("comm", [7]).rows.every(({ newest }) => newest.account === "7"));
  assert.equal(search("from:person5 ").rows[0]?.newest.from[0]?.address, "person5@example.org");
  assert.equal(search("common has:attachment").rows.length, 0);
  assert.equal(search("-common has:attachment in:inbox").rows.length, 50);
});
