// A row that stands for more messages than it names, as a mailing list, an alarm or a build writes them: what is done with
// the row is done with all of them, and taken back of all of them.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Row, WholeRow } from "../../../src/webmail/api/schema/index.ts";
import { openReaderOffice, type ReaderOffice } from "./reader-office.ts";

const MESSAGES = 250;

let office: ReaderOffice;
let anna = "";
let wholeAct: WholeRow;

before(async () => {
  office = await openReaderOffice();
  anna = await office.account("anna");
  for (let n = 1; n <= MESSAGES; n += 1) await office.deliver("anna", alarm("disk", n));
  wholeAct = wholeOf(await rowOf("inbox", MESSAGES));
});
after(() => office.stop());

/** The first of a conversation is named by all others. */
function alarm(of: string, n: number, subject = `The ${of} is full`): string {
  return [
    "From: Watch <watch@host.example>",
    "To: anna@localhost",
    `Subject: ${subject}`,
    `Date: ${new Date(Date.UTC(2026, 0, 1, 0, n)).toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: <${of}-${n}@host.example>`,
    ...(n === 1 ? [] : [`In-Reply-To: <${of}-1@host.example>`]),
    "",
    "x\n",
  ].join("\n");
}

/** As soon as it has so many messages: the index follows what is delivered. */
async function rowOf(
  list: "inbox" | "archive" | "trash" | "all mail",
  count: number,
  subject = "The disk is full",
): Promise<Row> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const { rows } = await office.ask("list", { account: anna, ...(list === "all mail" ? {} : { role: list }) });
    const found = rows.find((row) => row.subject === subject);
    if (found?.count === count) return found;
    assert.ok(Date.now() < deadline, `${found?.count} of ${count} messages are listed`);
  }
}

function wholeOf({ whole }: Row): WholeRow {
  assert.ok(whole !== null, "the row has more messages than it names");
  return whole;
}

async function held(): Promise<Readonly<Record<string, readonly [messages: number, unread: number]>>> {
  const { mailboxes } = await office.ask("mailboxes", { account: anna });
  return Object.fromEntries(
    mailboxes.flatMap(({ role, messages, unread }) => (role === null ? [] : [[role, [messages, unread]]])),
  );
}

test("a row of 250 messages names 100 of them, and what stands for all", async () => {
  const row = await rowOf("inbox", MESSAGES);
  assert.deepEqual([row.messageIds.length, row.count, row.isUnread], [100, MESSAGES, true]);
  assert.deepEqual(row.whole, {
    account: anna,
    conversation: row.conversation,
    upTo: row.messageId,
    count: MESSAGES,
    role: "inbox",
  });
});

for (const role of ["archive", "trash"] as const) {
  test(`all of it goes to the ${role} at once, and all of it comes back`, async () => {
    const { changed, undo } = await office.ask("act", { act: { kind: role }, rows: [wholeAct] });
    const then = await held();
    assert.deepEqual([changed, then["inbox"]?.[0], then[role]?.[0]], [MESSAGES, 0, MESSAGES]);
    assert.deepEqual((await office.ask("list", { account: anna, role: "inbox" })).rows, []);
    await office.ask("undo", { undo: undo ?? "" });
    assert.deepEqual((await held())["inbox"], [MESSAGES, MESSAGES]);
    await rowOf("inbox", MESSAGES);
  });
}

test("all of it is read, and only what was unread is unread again", async () => {
  const row = await rowOf("inbox", MESSAGES);
  const newest = row.messageIds.map((messageId) => ({ account: anna, messageId }));
  await office.ask("act", { act: { kind: "read" }, on: newest });
  const half = await rowOf("inbox", MESSAGES);
  assert.equal(half.isUnread, true, "those that are not named are unread");
  const { undo } = await office.ask("act", { act: { kind: "read" }, rows: [wholeAct] });
  assert.deepEqual([(await held())["inbox"]?.[1], (await rowOf("inbox", MESSAGES)).isUnread], [0, false]);
  await office.ask("undo", { undo: undo ?? "" });
  assert.equal((await held())["inbox"]?.[1], MESSAGES - 100);
});

test("in a list of what is unread, a row is what is unread", async () => {
  const { rows } = await office.ask("list", { account: anna, role: "inbox", unread: "1" });
  const [row] = rows;
  assert.ok(row !== undefined);
  assert.equal(row.count, MESSAGES - 100);
  const { changed, undo } = await office.ask("act", { act: { kind: "archive" }, rows: [wholeOf(row)] });
  assert.deepEqual([changed, (await held())["inbox"]], [MESSAGES - 100, [100, 0]]);
  await office.ask("undo", { undo: undo ?? "" });
});

test("single messages and rows go together, each once", async () => {
  const one = await office.deliver("anna", "From: a@x.example\nSubject: Alone\n\nx\n");
  const on = [one, wholeAct.upTo].map((messageId) => ({ account: anna, messageId }));
  const { changed, undo } = await office.ask("act", { act: { kind: "star" }, on, rows: [wholeAct] });
  assert.equal(changed, MESSAGES + 1);
  await office.ask("undo", { undo: undo ?? "" });
  assert.deepEqual((await office.ask("list", { account: anna, starred: "1" })).rows, []);
});

test("what came after the row was shown is left where it is", async () => {
  await office.deliver("anna", alarm("disk", MESSAGES + 1));
  await rowOf("inbox", MESSAGES + 1);
  const { changed, undo } = await office.ask("act", { act: { kind: "archive" }, rows: [wholeAct] });
  assert.equal(changed, MESSAGES);
  await rowOf("inbox", 1);
  await office.ask("undo", { undo: undo ?? "" });
});

test("in a list of all mail a row says what one wrote oneself, which stays when the row is moved", async () => {
  const answer = await office.deliver("anna", alarm("disk", MESSAGES + 2));
  await rowOf("inbox", MESSAGES + 2);
  await office.house.office.house.store.move(anna, [answer], "Sent");
  assert.deepEqual((await rowOf("inbox", MESSAGES + 1)).written, undefined);
  const row = await rowOf("all mail", MESSAGES + 2);
  assert.deepEqual(row.written, [answer]);
  const trashed = await office.ask("act", { act: { kind: "trash" }, rows: [wholeOf(row)] });
  assert.equal(trashed.changed, MESSAGES + 1);
  assert.deepEqual((await rowOf("all mail", 1)).messageIds, [answer]);
  await office.ask("undo", { undo: trashed.undo ?? "" });
  // What is done to it where it is, is done to all of it.
  const starred = await office.ask("act", { act: { kind: "star" }, rows: [wholeOf(row)] });
  assert.equal(starred.changed, MESSAGES + 2);
  // What has a star is of all mailboxes, too: a star says nothing of where something is to be.
  const [star] = (await office.ask("list", { account: anna, starred: "1" })).rows;
  assert.ok(star !== undefined);
  assert.deepEqual([star.count, star.written], [MESSAGES + 2, [answer]]);
  const archived = await office.ask("act", { act: { kind: "archive" }, rows: [wholeOf(star)] });
  assert.equal(archived.changed, MESSAGES + 1);
  await office.ask("undo", { undo: archived.undo ?? "" });
  await office.ask("undo", { undo: starred.undo ?? "" });
  await office.house.office.house.store.remove(anna, [answer]);
});

test("a row that has more messages than it was shown with is refused, and nothing is done", async () => {
  const rows = [{ ...wholeAct, count: MESSAGES - 1 }];
  const refused = await office.refused("act", { act: { kind: "delete", confirmed: true }, rows });
  assert.deepEqual(refused, [409, "conflict"]);
  await rowOf("inbox", MESSAGES + 1);
});

test("an act names something, and no two lists at once", async () => {
  assert.deepEqual(await office.refused("act", { act: { kind: "read" } }), [400, "bad-request"]);
  const twice = [{ ...wholeAct, mailbox: "INBOX" }];
  assert.deepEqual(await office.refused("act", { act: { kind: "read" }, rows: twice }), [400, "bad-request"]);
  const nobodys = [{ ...wholeAct, account: "999" }];
  assert.deepEqual(await office.refused("act", { act: { kind: "read" }, rows: nobodys }), [404, "not-found"]);
});

test("deleted for good, all that was shown is gone, and what came since is there", async () => {
  const { changed, undo } = await office.ask("act", { act: { kind: "delete", confirmed: true }, rows: [wholeAct] });
  assert.deepEqual([changed, undo], [MESSAGES, null]);
  await rowOf("inbox", 1);
});

test("a conversation of more than 500 messages says how many it does not show, and names them", async () => {
  for (let n = 1; n <= 503; n += 1) await office.deliver("anna", alarm("build", n, "Build failed"));
  const row = await rowOf("inbox", 503, "Build failed");
  const shown = await office.ask("conversation", { account: anna, conversation: row.conversation });
  assert.deepEqual([shown.cards.length, shown.older, shown.whole?.count], [500, 3, 503]);
  const inbox = (await held())["inbox"]?.[0] ?? 0;
  assert.ok(shown.whole !== null);
  const { changed } = await office.ask("act", { act: { kind: "archive" }, rows: [shown.whole] });
  assert.deepEqual([changed, (await held())["inbox"]?.[0]], [503, inbox - 503]);
});
